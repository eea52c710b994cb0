import Testing
import TraceModel

struct FingerprintTests {
  private func record(_ text: String) throws -> ExceptionRecord {
    try #require(ExceptionRecord(parsing: text))
  }

  private func python(_ path: String, _ line: Int, _ message: String, type: String = "KeyError")
    throws
    -> ExceptionRecord
  {
    try record(
      "Traceback (most recent call last):\n  File \"\(path)\", line \(line), in take\n\(type): \(message)"
    )
  }

  @Test func `lines, messages and the place of the installation do not count`() throws {
    let one = try python("/srv/releases/20260105/shop/stock.py", 3, "'sku-1'")
    let other = try python("/app/shop/stock.py", 9, "'sku-2'")
    #expect(one.strictFingerprint == other.strictFingerprint)
    #expect(one.looseFingerprint == other.looseFingerprint)
  }

  @Test func `type, file and function count`() throws {
    let one = try python("/srv/shop/stock.py", 3, "x").strictFingerprint
    #expect(try python("/srv/shop/stock.py", 3, "x", type: "ValueError").strictFingerprint != one)
    #expect(try python("/srv/shop/order.py", 3, "x").strictFingerprint != one)
  }

  @Test func `frames of libraries and recursion do not count`() throws {
    let own = "  File \"/srv/a.py\", line 3, in f\n"
    let library = "  File \"/usr/lib/python3.11/json/decoder.py\", line 3, in decode\n"
    let head = "Traceback (most recent call last):\n"
    let one = try record(head + own + "E: x").strictFingerprint
    #expect(try record(head + own + own + own + library + "E: x").strictFingerprint == one)
  }

  @Test(arguments: [
    ("java", "com.acme.Shop.lambda$total$0", "com.acme.Shop.lambda$total$7"),
    ("java", "com.acme.Shop$1.run", "com.acme.Shop$2.run"),
    ("go", "main.main.func1", "main.main.func2.1"),
    ("rust", "shop::total::{{closure}}::h1f6ce0bcbe43e015", "shop::total::{{closure}}"),
    ("swift", "closure #1 in Shop.checkout(_:)", "closure #2 in Shop.checkout(_:)"),
    ("dotnet", "Acme.Shop.Run[T](Int32 a)", "Acme.Shop.Run[T](Int64 a)"),
  ])
  func `numbers of closures do not count`(language: String, one: String, other: String) {
    let prints = [one, other].map { name in
      ExceptionRecord(
        language: language,
        parts: [
          ExceptionPart(type: "E", message: "", frames: [StackFrame(function: name, file: "a.x")])
        ]
      ).strictFingerprint
    }
    #expect(prints[0] == prints[1])
  }

  @Test(arguments: [
    ("order 10258 refused after 3.2ms", "order 7 refused after 10ms"),
    (
      "user 4f3c9a1b-0000-4000-8000-0123456789ab is unknown",
      "user 0f3c9a1b-1111-4000-8000-0123456789ab is unknown"
    ),
    ("cannot open /srv/a/b.txt", "cannot open /var/lib/c.txt"),
    ("no stock of 'a'", "no stock of 'b c'"),
    ("mail to a@acme.example bounced", "mail to b.c@other.example bounced"),
  ])
  func `values in a message do not count`(one: String, other: String) {
    let prints = [one, other].map {
      ExceptionRecord(language: "", parts: [ExceptionPart(type: "E", message: $0)]).looseFingerprint
    }
    #expect(prints[0] == prints[1])
  }

  @Test func `words of a message count, and the outermost type`() {
    let prints = [("A", "disk is full"), ("A", "disk is gone"), ("B", "disk is full")].map {
      ExceptionRecord(language: "", parts: [ExceptionPart(type: $0, message: $1)]).looseFingerprint
    }
    #expect(Set(prints).count == 3)
  }

  @Test func `a fingerprint is the same on every machine`() throws {
    let trace = try python("/srv/shop/stock.py", 3, "'sku-1'")
    #expect(trace.strictFingerprint == stableHash("KeyError\nshop/stock.py|take".utf8, seed: 3))
    #expect(trace.looseFingerprint == stableHash("KeyError\n'…'".utf8, seed: 4))
  }
}
