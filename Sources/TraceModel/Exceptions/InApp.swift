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
    let rules = Self.rules(language)
    for part in rules.paths where has(part) { return false }
    for start in rules.functions where function.hasPrefix(start) { return false }
    switch language {
    case "go": return isOwnGo
    case "swift": return isOwnSwift
    case "elixir":
      return !Self.elixirApps.contains(String(module.prefix { $0 != " " }))
    case "rust": return !file.isEmpty && !file.hasPrefix("./csu/")
    case "java": return !file.isEmpty || !function.contains("$$")
    case "node": return !file.isEmpty && file != "native" && !file.hasPrefix("index ")
    default: return true
    }
  }

  /// Applications that come with the language and its usual servers.
  private static let elixirApps: Set<String> = [
    "elixir", "stdlib", "kernel", "erts", "ex_unit", "logger", "phoenix", "plug", "plug_cowboy",
    "cowboy",
    "ranch", "bandit", "thousand_island", "ecto", "ecto_sql", "db_connection", "postgrex",
    "telemetry",
  ]

  /// Whether a part stands in the file's path; one that begins with `/` also fits the start of a relative path.
  private func has(_ part: String) -> Bool {
    file.contains(part) || part.first == "/" && file.hasPrefix(part.dropFirst())
  }

  private static func rules(_ language: String) -> (paths: [String], functions: [String]) {
    switch language {
    case "python":
      (
        [
          "/site-packages/", "/dist-packages/", "/lib/python3", "<frozen ", "/var/lang/",
          "/var/runtime/",
        ],
        []
      )
    case "java":
      (
        [],
        [
          "java.", "javax.", "jdk.", "sun.", "com.sun.", "kotlin.", "kotlinx.", "scala.",
          "jakarta.",
          "org.springframework.", "org.apache.", "org.hibernate.", "io.netty.", "reactor.",
          "com.fasterxml.", "com.amazonaws.", "software.amazon.", "org.postgresql.", "com.mysql.",
          "org.mariadb.", "com.microsoft.", "oracle.", "com.zaxxer.", "com.mongodb.",
          "redis.clients.",
          "io.lettuce.", "io.grpc.", "io.opentelemetry.", "io.micrometer.", "io.undertow.",
          "io.vertx.",
          "io.quarkus.", "io.micronaut.", "okhttp3.", "retrofit2.", "feign.", "com.google.",
          "ch.qos.logback.",
          "org.slf4j.", "org.eclipse.", "org.jboss.", "org.junit.", "net.bytebuddy.", "akka.",
          "android.",
          "androidx.",
        ]
      )
    case "node": (["node:", "/node_modules/", "<anonymous>", "/var/runtime/", "internal/"], [])
    case "go": (["/pkg/mod/", "/vendor/"], ["runtime.", "runtime/"])
    case "ruby": (["/gems/", "/ruby/", "<internal:"], [])
    case "dotnet": ([], ["System.", "Microsoft."])
    case "swift": (["/checkouts/", "<compiler-generated>"], [])
    case "rust":
      (
        ["/rustc/", "/.cargo/registry/", "/.cargo/git/", "library/std/", "library/core/"],
        [
          "std::", "core::", "alloc::", "<std::", "<core::", "<alloc::", "__rustc",
          "rust_begin_unwind",
          "std[", "core[", "<std[", "<core[", "__libc_start", "_start",
        ]
      )
    case "php": (["/vendor/", "[internal"], [])
    case "elixir": (["/deps/"], [":"])
    default: ([], [])
    }
  }

  /// Go's own packages stand below the root of its installation, dependencies carry a version in their path.
  private var isOwnGo: Bool {
    if file.contains("@v") { return false }
    guard let source = file.range(of: "/src/") else { return true }
    // `/usr/lib/go-1.19/src/runtime/panic.go`; below a GOPATH the first folder is a host's name.
    let root = file[..<source.lowerBound].split(separator: "/").last ?? ""
    guard root.hasPrefix("go") else { return true }
    return file[source.upperBound...].prefix { $0 != "/" }.contains(".")
  }

  private var isOwnSwift: Bool {
    for image in [
      "libswift", "libdispatch", "libFoundation", "lib_", "libc.", "libpthread", "ld-linux",
    ]
    where module.hasPrefix(image) {
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

extension String {
  /// The first place of another string.
  fileprivate func range(of other: String) -> Range<Index>? {
    var i = startIndex
    while i < endIndex {
      if self[i...].hasPrefix(other) { return i..<index(i, offsetBy: other.count) }
      i = index(after: i)
    }
    return nil
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
