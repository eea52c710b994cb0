// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is compiled with.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  // An existential is spelled `any P`, so that its cost is seen (SE-0335).
  .enableUpcomingFeature("ExistentialAny"),
  // A member is found only if its module is imported in that file (SE-0444).
  .enableUpcomingFeature("MemberImportVisibility"),
  // `import` is internal unless said otherwise, so nothing leaks through a floor (SE-0409).
  .enableUpcomingFeature("InternalImportsByDefault"),
  // The compiler keeps the list of unsafe code (SE-0458).
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "culprit",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "culprit", targets: ["culprit"]),
    .library(name: "TraceEngine", targets: ["TraceEngine"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: [
    // Floor 0: C libraries, each imported from one place.
    .target(
      name: "CSimdjson",
      cxxSettings: [.define("SIMDJSON_EXCEPTIONS", to: "0")],
      linkerSettings: [.linkedLibrary("simdjson")]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive",
      providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]),
    .systemLibrary(
      name: "CXXHash", pkgConfig: "libxxhash",
      providers: [.apt(["libxxhash-dev"]), .brew(["xxhash"])]),

    // Floor 1: the words of the trade.
    .target(name: "TraceModel", swiftSettings: settings),

    // Floor 2: three neighbours who do not know each other.
    .target(
      name: "TraceIngest",
      dependencies: ["TraceModel", "CSimdjson", "CZlib", "CZstd", "CXXHash", "CArchive"],
      swiftSettings: settings),
    .target(
      name: "TraceStore",
      dependencies: [
        "TraceModel",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: settings),
    .target(name: "TraceAnalysis", dependencies: ["TraceModel"], swiftSettings: settings),

    // Floor 3: findings to text.
    .target(
      name: "TraceReport", dependencies: ["TraceModel", "TraceAnalysis"],
      resources: [
        .embedInCode("Renderers/Assets/report.css"), .embedInCode("Renderers/Assets/report.js"),
      ],
      swiftSettings: settings),

    // Floor 4: the use cases.
    .target(
      name: "TraceEngine",
      dependencies: ["TraceModel", "TraceIngest", "TraceStore", "TraceAnalysis", "TraceReport"],
      swiftSettings: settings),

    // Floor 5: the program.
    .executableTarget(
      name: "culprit",
      dependencies: [
        "TraceModel", "TraceAnalysis", "TraceReport", "TraceEngine",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // The simulator, and the program that writes samples and benchmark input with it.
    .target(name: "TraceSimulator", swiftSettings: settings),
    .executableTarget(
      name: "make-incident",
      dependencies: [
        "TraceSimulator", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // Tests mirror Sources.
    .target(
      name: "TraceTestSupport", dependencies: ["TraceModel", "TraceAnalysis"],
      path: "Tests/TraceTestSupport", swiftSettings: settings),
    .testTarget(
      name: "TraceModelTests", dependencies: ["TraceModel", "TraceTestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: settings),
    .testTarget(
      name: "TraceIngestTests", dependencies: ["TraceIngest", "TraceTestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: settings),
    .testTarget(
      name: "TraceStoreTests", dependencies: ["TraceStore", "TraceTestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "TraceAnalysisTests", dependencies: ["TraceAnalysis", "TraceTestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "TraceReportTests", dependencies: ["TraceReport", "TraceTestSupport"],
      resources: [.copy("Goldens")], swiftSettings: settings),
    .testTarget(
      name: "TraceSimulatorTests", dependencies: ["TraceSimulator"], swiftSettings: settings),
    .testTarget(
      name: "TraceEngineTests",
      dependencies: ["TraceEngine", "TraceSimulator", "TraceTestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: settings),
    .testTarget(
      name: "CommandTests", dependencies: ["TraceSimulator", "culprit"], swiftSettings: settings),
    .testTarget(name: "HouseTests", swiftSettings: settings),
  ]
)

// The fuzzer needs a compiler with libFuzzer and instruments what it links: only where it is asked for (`.ci/fuzz`).
if Context.environment["CULPRIT_FUZZ"] != nil {
  let instrumented: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])]
  for target in package.targets where ["TraceModel", "TraceIngest"].contains(target.name) {
    target.swiftSettings = (target.swiftSettings ?? []) + instrumented
  }
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: ["TraceModel", "TraceIngest"], path: "Tests/Fuzz",
      swiftSettings: settings + instrumented,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]))
  package.products.append(.executable(name: "fuzz", targets: ["fuzz"]))
}
