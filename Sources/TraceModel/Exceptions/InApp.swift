/// Which frames are the application's own (formats/logs.md 11), and which are the machinery that throws.
extension StackFrame {
  /// Whether a frame is the application's own by its place and name.
  ///
  /// - Parameters:
  ///   - language: as in `ExceptionRecord.language`.
  ///   - others: what a user adds: parts of paths, beginnings of functions or modules that are not in-app.
  public func isOwnCode(language: String, others: [String] = []) -> Bool {
    for other in others where !other.isEmpty {
      if file.contains(other) || function.hasPrefix(other) || module.hasPrefix(other) {
        return false
      }
    }
    guard let rules = NotInApp.rules[language] else { return true }
    let path = Array(file.utf8)
    let name = Array(function.utf8)
    if rules.isForeign(path: path[...], function: name[...]) { return false }
    switch language {
    case "go": return Self.isOwnGo(path[...])
    case "swift": return isOwnSwift
    case "rust": return !path.isEmpty && !path.has("./csu/", at: 0)
    case "java": return !path.isEmpty || !name.contains(0x24)
    case "node": return !path.isEmpty && !path.has("native", at: 0) && !path.has("index ", at: 0)
    case "elixir":
      return !NotInApp.elixirApps.contains(String(module.prefix { $0 != " " }))
    default: return true
    }
  }

  /// Go's own packages stand below the root of its installation, dependencies carry a version in their path.
  private static func isOwnGo(_ path: ArraySlice<UInt8>) -> Bool {
    if path.first("@v", from: 0) != nil { return false }
    guard let source = path.first("/src/", from: 0) else { return true }
    // `/usr/lib/go-1.19/src/runtime/panic.go`; below a GOPATH the first folder is a host's name.
    let root = path.last(0x2f, before: source).map { $0 + 1 } ?? 0
    guard path.has("go", at: root) else { return true }
    return path[(source + 5)...].prefix { $0 != 0x2f }.contains(0x2e)
  }

  private var isOwnSwift: Bool {
    let image = Array(module.utf8)
    for name: StaticString in [
      "libswift", "libdispatch", "libFoundation", "lib_", "libc.", "libpthread", "ld-linux",
    ] where image.has(name, at: 0) {
      return false
    }
    // The runtime's own files, as the head of a fatal error names them.
    return !(module.isEmpty && function.isEmpty && file.hasPrefix("Swift/"))
  }

  /// Whether it is a function that throws, asserts or panics, whoever's it is.
  public var isMachinery: Bool {
    if function.hasSuffix("Throwable.<init>") || function.contains("_assertionFailure") {
      return true
    }
    let name = function.prefix { $0 != "(" }.split { $0 == "." || $0 == ":" }.last ?? ""
    return ["panic", "raise", "abort", "rust_begin_unwind", "fatalError", "preconditionFailure"]
      .contains(String(name))
  }
}

/// What is not the application's own in one language.
struct NotInApp {
  /// Parts of paths; one that begins with `/` also fits the start of a relative path.
  var paths: [StaticString] = []
  /// Beginnings of functions.
  var functions: [StaticString] = []

  func isForeign(path: ArraySlice<UInt8>, function: ArraySlice<UInt8>) -> Bool {
    for start in functions where function.has(start, at: function.startIndex) { return true }
    for part in paths {
      if path.first(part, from: 0) != nil { return true }
      if unsafe part.utf8Start[0] == 0x2f, path.startsBehindSlash(part) { return true }
    }
    return false
  }

  /// By language; formats/logs.md 11 with the usual drivers and servers added.
  static let rules: [String: NotInApp] = [
    "python": NotInApp(paths: [
      "/site-packages/", "/dist-packages/", "/lib/python3", "<frozen ", "/var/lang/",
      "/var/runtime/",
    ]),
    "java": NotInApp(functions: [
      "java.", "javax.", "jdk.", "sun.", "com.sun.", "kotlin.", "kotlinx.", "scala.", "jakarta.",
      "org.springframework.", "org.apache.", "org.hibernate.", "io.netty.", "reactor.",
      "com.fasterxml.", "com.amazonaws.", "software.amazon.", "org.postgresql.", "com.mysql.",
      "org.mariadb.", "com.microsoft.", "oracle.", "com.zaxxer.", "com.mongodb.", "redis.clients.",
      "io.lettuce.", "io.grpc.", "io.opentelemetry.", "io.micrometer.", "io.undertow.", "io.vertx.",
      "io.quarkus.", "io.micronaut.", "okhttp3.", "retrofit2.", "feign.", "com.google.",
      "ch.qos.logback.", "org.slf4j.", "org.eclipse.", "org.jboss.", "org.junit.", "net.bytebuddy.",
      "akka.", "android.", "androidx.",
    ]),
    "node": NotInApp(paths: [
      "node:", "/node_modules/", "<anonymous>", "/var/runtime/", "/internal/modules/",
      "internal/process/",
    ]),
    "go": NotInApp(paths: ["/pkg/mod/", "/vendor/"], functions: ["runtime.", "runtime/"]),
    // The last four are files of Rubinius' own machine.
    "ruby": NotInApp(paths: [
      "/gems/", "/ruby/", "<internal:", "kernel/common/", "kernel/bootstrap/", "kernel/delta/",
      "kernel/loader.rb",
    ]),
    "dotnet": NotInApp(functions: ["System.", "Microsoft."]),
    "swift": NotInApp(paths: ["/checkouts/", "<compiler-generated>"]),
    "rust": NotInApp(
      paths: ["/rustc/", "/.cargo/registry/", "/.cargo/git/", "library/std/", "library/core/"],
      functions: [
        "std::", "core::", "alloc::", "<std::", "<core::", "<alloc::", "__rustc",
        "rust_begin_unwind", "std[", "core[", "<std[", "<core[", "__libc_start", "_start",
      ]),
    "php": NotInApp(paths: ["/vendor/", "[internal"]),
    "elixir": NotInApp(paths: ["/deps/"], functions: [":"]),
  ]

  /// Applications that come with Elixir and its usual servers.
  static let elixirApps: Set<String> = [
    "elixir", "stdlib", "kernel", "erts", "ex_unit", "logger", "phoenix", "plug", "plug_cowboy",
    "cowboy", "ranch", "bandit", "thousand_island", "ecto", "ecto_sql", "db_connection", "postgrex",
    "telemetry",
  ]
}

extension ArraySlice<UInt8> {
  /// Whether the bytes start with what follows the slash at the start of a literal.
  fileprivate func startsBehindSlash(_ literal: StaticString) -> Bool {
    let width = literal.utf8CodeUnitCount - 1
    guard count >= width else { return false }
    for offset in 0..<width
    where self[startIndex + offset] != (unsafe literal.utf8Start[offset + 1]) {
      return false
    }
    return true
  }
}

extension ExceptionRecord {
  /// Marks the frames that are the application's own; what the trace itself marked as foreign stays so.
  public mutating func markInApp(others: [String] = []) {
    for part in parts.indices {
      for frame in parts[part].frames.indices where parts[part].frames[frame].isInApp {
        parts[part].frames[frame].isInApp = parts[part].frames[frame].isOwnCode(
          language: language, others: others)
      }
    }
  }
}
