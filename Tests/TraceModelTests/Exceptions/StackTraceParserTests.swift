import Foundation
import Testing
import TraceModel

/// A stack trace of a fixture as it was read by eye.
struct ExpectedTrace: Sendable, CustomStringConvertible {
  let file: String
  let language: String
  /// Types of all exceptions, outermost first; `-` for none, `(T)` beside the chain.
  let types: String
  /// The frame to blame.
  let blame: String
  /// How many frames each exception has.
  let frames: [Int]

  var description: String { file }
}

/// Most were printed by small programs of the language's own runtime (Python 3.11, OpenJDK 17, Node 20, Go 1.19, Ruby 3.1, PHP 8.2, Swift
/// 6.3, Rust 1.95); Ruby 3.4, Ruby's reversed form, .NET, Elixir, anyhow, pkg/errors, Rust before 1.73, Lambda and Spring are
/// written from their documentation.
private let expected: [ExpectedTrace] = [
  .init(
    file: "python-cause", language: "python", types: "OrderRefused json.decoder.JSONDecodeError",
    blame: "read (/srv/shop/shop.py:9)", frames: [3, 6]),
  .init(
    file: "python-context", language: "python", types: "AttributeError KeyError",
    blame: "deep (/srv/shop/shop.py:26)", frames: [2, 5]),
  .init(
    file: "python-group", language: "python",
    types:
      "ExceptionGroup (OrderRefused) (json.decoder.JSONDecodeError) OrderRefused json.decoder.JSONDecodeError",
    blame: "read (/srv/shop/shop.py:9)", frames: [2, 2, 6, 2, 6]),
  .init(
    file: "python-deep", language: "python", types: "RecursionError",
    blame: "deep (/srv/shop/shop.py:27)", frames: [5]),
  .init(
    file: "python-lambda", language: "python", types: "KeyError",
    blame: "take (/var/task/stock.py:4)", frames: [2]),
  .init(
    file: "java-cause-suppressed", language: "java",
    types:
      "com.acme.shop.Shop$OrderRefused (java.lang.IllegalStateException) java.lang.NullPointerException",
    blame: "com.acme.shop.Shop.take (Shop.java:9)", frames: [2, 2, 14]),
  .init(
    file: "java-logback-spring", language: "java",
    types:
      "org.springframework.dao.DataIntegrityViolationException org.hibernate.exception.ConstraintViolationException org.postgresql.util.PSQLException",
    blame: "com.acme.shop.OrderService.store (OrderService.java:58)", frames: [6, 6, 7]),
  .init(
    file: "node-cause", language: "node", types: "OrderRefused Error",
    blame: "readStock (/srv/shop/shop.js:9)", frames: [4, 10]),
  .init(
    file: "node-type", language: "node", types: "TypeError", blame: "/srv/shop/shop.js:19",
    frames: [10]),
  .init(
    file: "node-aggregate", language: "node",
    types: "AggregateError (OrderRefused) (Error) OrderRefused Error",
    blame: "readStock (/srv/shop/shop.js:9)", frames: [0, 4, 10, 4, 10]),
  .init(file: "node-string", language: "node", types: "-", blame: "", frames: [0]),
  .init(
    file: "node-logged", language: "node", types: "OrderRefused",
    blame: "checkout (/srv/shop/shop.js:14)", frames: [8]),
  .init(
    file: "go-index", language: "go", types: "runtime error",
    blame: "main.(*Stock).Take (/srv/shop/gosrc/main.go:13)", frames: [4]),
  .init(
    file: "go-nil", language: "go", types: "runtime error",
    blame: "main.(*Stock).Take (/srv/shop/gosrc/main.go:13)", frames: [4]),
  .init(
    file: "go-goroutine", language: "go", types: "runtime error",
    blame: "main.(*Stock).Take (/srv/shop/gosrc/main.go:13)", frames: [5]),
  .init(
    file: "go-library", language: "go", types: "-",
    blame: "main.broken.MarshalJSON (/srv/shop/gosrc/main.go:38)", frames: [9]),
  .init(
    file: "go-error", language: "go", types: "-",
    blame: "main.checkout (/srv/shop/gosrc/main.go:27)", frames: [2]),
  .init(
    file: "go-pkg-errors", language: "go", types: "- -",
    blame: "acme.example/shop/stock.Take (/srv/shop/stock/stock.go:21)", frames: [2, 5]),
  .init(
    file: "ruby-cause", language: "ruby", types: "Shop::OrderRefused KeyError",
    blame: "fetch (shop.rb:6)", frames: [5, 6]),
  .init(
    file: "ruby-3.4", language: "ruby", types: "Shop::OrderRefused KeyError",
    blame: "Hash#fetch (shop.rb:6)", frames: [4, 6]),
  .init(
    file: "ruby-library", language: "ruby", types: "JSON::ParserError", blame: "price (shop.rb:6)",
    frames: [4]),
  .init(
    file: "ruby-reversed", language: "ruby", types: "JSON::ParserError", blame: "price (shop.rb:6)",
    frames: [4]),
  .init(
    file: "ruby-nil", language: "ruby", types: "NoMethodError", blame: "<main> (shop.rb:18)",
    frames: [1]),
  .init(
    file: "php-cause", language: "php", types: "Acme\\OrderRefused DomainException",
    blame: "Acme\\Shop->take (/srv/shop/shop.php:6)", frames: [2, 5]),
  .init(
    file: "dotnet-inner", language: "dotnet",
    types: "Acme.Shop.OrderRefused System.Collections.Generic.KeyNotFoundException",
    blame: "Acme.Shop.Stock.Take(String sku) (/src/Shop/Stock.cs:14)", frames: [2, 5]),
  .init(
    file: "swift-index", language: "swift", types: "Fatal error",
    blame: "Shop.price(of:at:) (/srv/shop/swift/Shop.swift:4)", frames: [11]),
  .init(
    file: "swift-thrown", language: "swift", types: "shop.PayError",
    blame: "swift_errorInMain in libswiftCore.so", frames: [3]),
  .init(
    file: "swift-nil", language: "swift", types: "Fatal error",
    blame: "static Main.main() (/srv/shop/swift/Shop.swift:24)", frames: [5]),
  .init(
    file: "swift-precondition", language: "swift", types: "Precondition failed",
    blame: "take(_:) (/srv/shop/swift/Shop.swift:13)", frames: [5]),
  .init(
    file: "rust-short", language: "rust", types: "-", blame: "src/main.rs:10", frames: [1]),
  .init(
    file: "rust-backtrace", language: "rust", types: "-",
    blame: "main::Stock::take (./src/main.rs:10)", frames: [16]),
  .init(
    file: "rust-full", language: "rust", types: "-",
    blame: "main::Stock::take::h3e6cc71662c359f2 (/srv/shop/rs/src/main.rs:10)", frames: [47]),
  .init(
    file: "rust-unwrap", language: "rust", types: "-", blame: "main::main (./src/main.rs:23)",
    frames: [7]),
  .init(
    file: "rust-equal", language: "rust", types: "-", blame: "main::main (./src/main.rs:25)",
    frames: [6]),
  .init(
    file: "rust-before-1.73", language: "rust", types: "-", blame: "src/shop/stock.rs:14",
    frames: [1]),
  .init(
    file: "rust-anyhow", language: "rust", types: "- - -",
    blame: "refuse::read (./src/bin/refuse.rs:3)",
    frames: [0, 0, 4]),
  .init(
    file: "elixir", language: "elixir", types: "KeyError",
    blame: "Shop.Stock.take/1 (lib/shop/stock.ex:12)", frames: [5]),
]

/// The text of a fixture.
func stackTrace(_ name: String) throws -> String {
  let folder = try #require(Bundle.module.resourceURL)
  let file = folder.appending(path: "Fixtures/StackTraces/\(name).txt")
  return String(decoding: try Data(contentsOf: file), as: UTF8.self)
}

struct StackTraceParserTests {
  @Test(arguments: expected) func `a trace gives its types, its frames and the frame to blame`(
    trace: ExpectedTrace
  ) throws {
    let record = try #require(ExceptionRecord(parsing: stackTrace(trace.file)))
    #expect(record.language == trace.language)
    let types = record.parts.map { part in
      let type = part.type.isEmpty ? "-" : part.type
      return part.isAside ? "(\(type))" : type
    }
    #expect(types.joined(separator: " ") == trace.types)
    #expect(record.parts.map(\.frames.count) == trace.frames)
    #expect(record.blamed?.description ?? "" == trace.blame)
  }

  /// What pkg/errors prints has messages between the frames that no form tells.
  @Test(arguments: expected.filter { $0.file != "go-pkg-errors" })
  func `a trace is one record line by line`(trace: ExpectedTrace) throws {
    var folding = StackTraceFolding()
    var roles: [StackTraceFolding.Role] = []
    var text = try stackTrace(trace.file)
    while text.last?.isNewline == true { text.removeLast() }
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      if line.hasPrefix("2026-"), let mark = line.range(of: "]: ") {
        folding.start(String(line[mark.upperBound...]))
        continue
      }
      roles.append(folding.next(String(line)))
    }
    while roles.first == .outside { roles.removeFirst() }
    #expect(!roles.contains(.outside))
    #expect(!roles.dropFirst().contains(.opens))
  }

  @Test func `text before a trace is passed over, a written line break splits it`() throws {
    let text =
      "checkout failed\nTraceback (most recent call last):\n  File \"a.py\", line 3, in f\nKeyError: 'k'"
    for text in [text, text.replacing("\n", with: "\\n"), text.replacing("\n", with: "#012")] {
      let record = try #require(ExceptionRecord(parsing: text))
      #expect(record.parts.map(\.type) == ["KeyError"])
      #expect(record.parts[0].frames == [StackFrame(function: "f", file: "a.py", line: 3)])
    }
  }

  @Test(arguments: [
    "", "ready", "a\nb\nc", "GET / 200\nGET / 500", "{\"a\":\n1}", "Error: disk is full",
    "java.io.IOException: closed", "step 1:\n  read\n  write",
    "select *\n  from orders\n  where id = 3",
  ])
  func `text without frames is no stack trace`(text: String) {
    #expect(ExceptionRecord(parsing: text) == nil)
  }

  @Test func `the message of an error may have several lines`() throws {
    let text = "Error: first\nsecond\n    at f (/srv/a.js:3:9)"
    let node = try #require(ExceptionRecord(parsing: text))
    #expect(node.parts[0].message == "first\nsecond")
    let python =
      "Traceback (most recent call last):\n  File \"a.py\", line 3, in f\nValueError: first\nsecond"
    #expect(try #require(ExceptionRecord(parsing: python)).parts[0].message == "first\nsecond")
  }

  /// Texts of about 200 kB that repeat what a parser may stumble over.
  @Test(arguments: [
    "    at \n", "\tat a.B.c(D.java:1)\n", "Caused by: a.B: c\n\t... 999999999 more\n",
    "Traceback (most recent call last):\n",
    "  File \"", "  | ", "  +-+--- 1 ---\n", "    at (((((", "panic: a\n\tpanic: b\n",
    "goroutine 1 [running]:\n",
    "main.f(", ")\n\t/a.go:1\n", "a:1:in 'b': c (D)\n", "** (A) b\n",
    "#0 {main}\nNext A: b in c:1\n",
    " ---> A: b\n", "A: b ---> ", "thread 'a' panicked at b:1:1:\n",
    "  [cause]: Error: a\n    at b (c:1:1) {\n",
    "Thread 0 crashed:\n0 0x1 a + 1 in b at c:1\n",
    "The above exception was the direct cause of the following exception:\n\n",
    "\\n    at ", "   at ", "\u{a0}", "a.", "::", "\n", "\r", "'", "(", "99999999999:",
  ])
  func `hostile text neither traps nor takes long`(piece: String) {
    func seconds(_ bytes: Int) -> Duration {
      let heads = [
        "", "Error: x\n", "Exception in thread \"a\" b.C: d\n\tat a.B.c(D.java:1)\n",
        "Traceback (most recent call last):\n",
      ]
      let text = String(repeating: piece, count: bytes / piece.utf8.count)
      return ContinuousClock().measure {
        for head in heads {
          var folding = StackTraceFolding()
          for line in (head + text).split(separator: "\n") { _ = folding.next(String(line)) }
          if let record = ExceptionRecord(parsing: head + text) {
            #expect(record.parts.count <= 130)
            #expect(record.parts.allSatisfy { $0.frames.count <= 512 })
            _ = (record.blamed, record.strictFingerprint, record.looseFingerprint, record.title)
          }
        }
      }
    }
    // Four times the text takes about four times as long, not sixteen times; the bound is wide for a busy machine.
    let small = seconds(50_000)
    #expect(seconds(200_000) < small * 12 + .milliseconds(400))
  }

  /// Each trace cut, doubled, with lines swapped and bytes changed, the same ones in every run.
  @Test(arguments: expected) func `a damaged trace neither traps nor grows`(trace: ExpectedTrace)
    throws
  {
    let whole = Array(try stackTrace(trace.file).utf8)
    var state: UInt64 = 11
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % max(1, bound)
    }
    for round in 0..<60 {
      var bytes = whole
      for _ in 0...random(6) {
        let place = random(bytes.count)
        switch (round + random(3)) % 5 {
        case 0: bytes.removeSubrange(place..<min(bytes.count, place + random(80)))
        case 1: bytes[place] = UInt8(truncatingIfNeeded: random(256))
        case 2:
          bytes.insert(
            contentsOf: bytes[place..<min(bytes.count, place + 200)], at: random(bytes.count))
        case 3:
          bytes.insert([0x0a, 0x20, 0x09, 0x7c, 0x28, 0x3a, 0xc2, 0x5c][random(8)], at: place)
        default: bytes.removeSubrange(place...)
        }
        if bytes.isEmpty { bytes = [0x0a] }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      var folding = StackTraceFolding()
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        _ = folding.next(String(line))
      }
      guard let record = ExceptionRecord(parsing: text) else { continue }
      let written = record.parts.reduce(0) { sum, part in
        part.frames.reduce(sum + part.message.utf8.count) {
          $0 + $1.function.utf8.count + $1.file.utf8.count
        }
      }
      // Frames in common are written once for each exception that has them.
      #expect(written <= text.utf8.count * max(1, record.parts.count))
      _ = (record.blamed, record.strictFingerprint, record.looseFingerprint)
    }
  }
}
