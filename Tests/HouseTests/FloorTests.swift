import Foundation
import Testing

/// The repository's root, from this file's place in it.
let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

struct FloorTests {
  /// Which modules of ours each module may import.
  static let floors: [String: Set<String>] = [
    "TraceModel": [],
    "TraceIngest": ["TraceModel", "CSimdjson", "CZlib", "CZstd", "CXXHash", "CArchive"],
    "TraceStore": ["TraceModel", "GRDB", "GRDBSQLite"],
    "TraceAnalysis": ["TraceModel"],
    "TraceReport": ["TraceModel", "TraceAnalysis"],
    "TraceEngine": ["TraceModel", "TraceIngest", "TraceStore", "TraceAnalysis", "TraceReport"],
    "TraceSimulator": [],
    "culprit": ["TraceModel", "TraceAnalysis", "TraceReport", "TraceEngine", "ArgumentParser"],
    "make-incident": ["TraceSimulator", "ArgumentParser"],
  ]

  /// What comes with the compiler, and the modules that may use it beside the floors above.
  static let system: [String: Set<String>] = [
    "Foundation": [
      "TraceIngest", "TraceStore", "TraceReport", "TraceEngine", "culprit", "make-incident",
    ],
    "Glibc": [
      "TraceIngest", "TraceStore", "TraceAnalysis", "TraceEngine", "culprit", "make-incident",
    ],
    "Synchronization": ["TraceIngest", "TraceEngine", "culprit"],
  ]

  static func swiftFiles(below folder: URL) -> [URL] {
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
  }

  @Test(arguments: floors.keys.sorted())
  func `imports go down only`(module: String) throws {
    let folder = root.appending(path: "Sources/\(module)")
    let files = Self.swiftFiles(below: folder)
    #expect(!files.isEmpty)
    let allowed = try #require(Self.floors[module])
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(
        of: /(?m)^(?:public |package |private )?import (?:struct |enum |func |class )?(\w+)/)
      {
        let name = String(match.1)
        let isAllowed = allowed.contains(name) || Self.system[name]?.contains(module) == true
        #expect(isAllowed, "\(file.lastPathComponent) imports \(name)")
      }
    }
  }

  @Test func `every module has its floor`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: root.path + "/Sources")
    let ours = Set(folders).subtracting(["CSimdjson", "CZlib", "CZstd", "CXXHash", "CArchive"])
    #expect(ours == Set(Self.floors.keys))
  }

  @Test func `C libraries are imported from one place each`() throws {
    let homes = [
      "CSimdjson": "TraceIngest/JSON", "CZlib": "TraceIngest/Files", "CZstd": "TraceIngest/Files",
      "CXXHash": "TraceIngest/Files", "CArchive": "TraceIngest/Files",
      "GRDBSQLite": "TraceStore/SQLite",
    ]
    for file in Self.swiftFiles(below: root.appending(path: "Sources")) {
      let text = try String(contentsOf: file, encoding: .utf8)
      for (library, home) in homes where text.contains("import \(library)\n") {
        #expect(file.path.contains("Sources/\(home)"), "\(library) in \(file.path)")
      }
    }
  }
}
