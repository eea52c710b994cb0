import Testing
import TraceIngest
import TraceModel

/// Headers of one line alone, and what the habits of several add.
@Suite struct HeaderReaderTests {
  struct Line: Sendable, CustomTestStringConvertible {
    var text: String
    var body: String
    var severity: Int
    /// Milliseconds since the epoch; 0 none.
    var ms: Int64 = 0
    var attributes: String = ""
    var testDescription: String { text }
  }

  /// 2026-01-05T10:00:00.123Z.
  private static let t: Int64 = 1_767_607_200_123
  private static let s: Int64 = 1_767_607_200_000

  private static let lines = [
    Line(
      text: "ERROR:shop.cart:it broke: twice", body: "it broke: twice", severity: 17,
      attributes: #"{"logger":"shop.cart"}"#),
    Line(
      text: "2026-01-05 10:00:00,123 - cart - ERROR - it broke", body: "it broke", severity: 17,
      ms: t, attributes: #"{"logger":"cart"}"#),
    Line(
      text: "2026-01-05 10:00:00.123 [http-nio-1] WARN  c.e.Cart - it broke", body: "it broke",
      severity: 13, ms: t, attributes: #"{"logger":"c.e.Cart","thread.name":"http-nio-1"}"#),
    Line(
      text:
        "2026-01-05T10:00:00.123Z  INFO 1 --- [shop] [main] [0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331] c.e.Cart                 : it works",
      body: "it works", severity: 9, ms: t,
      attributes: #"{"logger":"c.e.Cart","thread.name":"main","process.pid":1}"#),
    Line(
      text:
        "2026-01-05 10:00:00.123  INFO [shop,0af7651916cd43dd8448eb211c80319c,b7ad6b7169203331] 42 --- [nio-8080-exec-1] c.e.Cart : it works",
      body: "it works", severity: 9, ms: t,
      attributes: #"{"logger":"c.e.Cart","thread.name":"nio-8080-exec-1","process.pid":42}"#),
    Line(
      text:
        "2026-01-05 10:00:00,123 ERROR [cart] [cart.py:12] [trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331 resource.service.name=shop trace_sampled=True] - it broke",
      body: "it broke", severity: 17, ms: t,
      attributes: #"{"logger":"cart","code.file.path":"cart.py","code.line.number":12}"#),
    Line(
      text:
        "2026-01-05 10:00:00,123 ERROR shop.cart [trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331] it broke",
      body: "it broke", severity: 17, ms: t, attributes: #"{"logger":"shop.cart"}"#),
    Line(
      text: "2026-01-05 10:00:00,123 ERROR shop.cart [trace_id=1 was lost] it broke",
      body: "[trace_id=1 was lost] it broke", severity: 17, ms: t,
      attributes: #"{"logger":"shop.cart"}"#),
    Line(
      text: "E, [2026-01-05T10:00:00.123456 #42] ERROR -- cart: it broke", body: "it broke",
      severity: 17, ms: t, attributes: #"{"logger":"cart","process.pid":42}"#),
    Line(
      text:
        "I, [2026-01-05T10:00:00.123456 #42]  INFO -- : [0cd1a1e7-1111-4222-8333-444455556666] Started GET",
      body: "Started GET",
      severity: 9, ms: t, attributes: #"{"process.pid":42}"#),
    Line(
      text: "2026/01/05 10:00:00 main.go:12: it broke", body: "it broke", severity: 0, ms: s,
      attributes: #"{"code.file.path":"main.go","code.line.number":12}"#),
    Line(
      text: "2026-01-05T10:00:00+0000 error com.example.cart : id=7 who=a b [Shop] it broke",
      body: "it broke", severity: 17, ms: s,
      attributes: #"{"logger":"com.example.cart","id":"7","who":"a b"}"#),
    Line(
      text: "2026-01-05T10:00:00+0000 info cart: id=7 [Shop] it works", body: "it works",
      severity: 9, ms: s, attributes: #"{"logger":"cart","id":"7"}"#),
    Line(
      text: "[ ERROR ] it broke [request-id: 0CD1A1E7-1111-4222-8333-444455556666] (Cart.swift:12)",
      body: "it broke [request-id: 0CD1A1E7-1111-4222-8333-444455556666] (Cart.swift:12)",
      severity: 17),
    Line(
      text: "[2026-01-05T10:00:00Z ERROR shop::cart] it broke", body: "it broke", severity: 17,
      ms: s, attributes: #"{"logger":"shop::cart"}"#),
    Line(
      text:
        "2026-01-05T10:00:00.123456Z ERROR request{id=7 path=\"/a b\"}:load{n=1}: shop::cart: it broke k=v",
      body: "it broke k=v", severity: 17, ms: t, attributes: #"{"logger":"shop::cart"}"#),
    Line(
      text: "2026-01-05 10:00:00.123 UTC [42] ERROR:  relation \"a\" does not exist",
      body: "relation \"a\" does not exist", severity: 17, ms: t,
      attributes: #"{"process.pid":42}"#),
    Line(
      text: "2026-01-05 10:00:00.123 | ERROR    | shop.cart:load:18 - it broke", body: "it broke",
      severity: 17, ms: t, attributes: #"{"logger":"shop.cart:load:18"}"#),
    Line(
      text: "[2026-01-05 10:00:00,123: WARNING/MainProcess] it broke", body: "it broke",
      severity: 13, ms: t, attributes: #"{"thread.name":"MainProcess"}"#),
    Line(
      text: "[2026-01-05 10:00:00 +0000] [42] [INFO] Booting worker", body: "Booting worker",
      severity: 9, ms: s, attributes: #"{"process.pid":42}"#),
    Line(
      text: "2026-01-05T10:00:00.123Z\tINFO\tcart/load.go:12\tit works\t{\"k\": 1}",
      body: "it works\t{\"k\": 1}", severity: 9, ms: t,
      attributes: #"{"code.file.path":"cart/load.go","code.line.number":12}"#),
    Line(
      text: "[2026-01-05T10:00:00,123][WARN ][o.e.n.Node               ] [node-1] it broke",
      body: "[node-1] it broke", severity: 13, ms: t, attributes: #"{"logger":"o.e.n.Node"}"#),
    Line(
      text: "[05-Jan-2026 10:00:00 UTC] PHP Fatal error:  Uncaught Error: x in /a.php:3",
      body: "PHP Fatal error:  Uncaught Error: x in /a.php:3", severity: 21, ms: s),
    Line(
      text: "2026-01-05 10:00:00 Error connecting to the base",
      body: "Error connecting to the base",
      severity: 0, ms: s),
    Line(
      text: "2026-01-05 10:00:00 job 17 ended: ERROR", body: "job 17 ended: ERROR",
      severity: 0, ms: s),
    Line(text: "1767607200.123 it works", body: "it works", severity: 0, ms: t),
    Line(
      text: "INFO:     127.0.0.1:1234 - \"GET / HTTP/1.1\" 200 OK",
      body: "127.0.0.1:1234 - \"GET / HTTP/1.1\" 200 OK", severity: 9),
    Line(
      text: "2026-01-05 10:00:00.123 [info] <0.222.0> it works", body: "<0.222.0> it works",
      severity: 9, ms: t),
    Line(
      text: "\u{1b}[32m2026-01-05T10:00:00.123Z\u{1b}[0m \u{1b}[31mERROR\u{1b}[0m it broke",
      body: "it broke", severity: 17, ms: t),
    Line(text: "2026-01-05T10:00:00.123Z", body: "", severity: 0, ms: t),
  ]

  @Test func `what nearly all lines have is the logger, what some have is the message`()
    async throws
  {
    func bodies(_ lines: [String]) async throws -> [String] {
      let text = lines.enumerated().map { "2026-01-05 10:00:0\($0 % 10) \($1)\n" }.joined()
      let read = try await collect(bytes: Array(text.utf8), name: "a.log")
      return read.logs.map(\.body)
    }
    #expect(
      try await bodies(["INFO Cart: a", "WARN Stock: b", "INFO Cart: c: d"]) == ["a", "b", "c: d"])
    #expect(
      try await bodies(["INFO Started: a", "INFO b", "INFO c", "INFO d"])
        == ["Started: a", "b", "c", "d"])
    #expect(
      try await bodies(["INFO [7] [a] one", "INFO [8] two", "INFO [9] [b] three"])
        == ["[a] one", "two", "[b] three"])
    #expect(
      try await bodies(["Info   cart  a", "Warning  cart  b", "Error  cart  c"])
        == ["a", "b", "c"])
  }

  @Test(arguments: lines)
  func `time, level, names and message of one line are told`(line: Line) async throws {
    let read = try await collect(
      bytes: Array(line.text.utf8), name: "a.log", format: Format.named("logs"))
    let log = try #require(read.logs.first)
    #expect(read.logs.count == 1)
    #expect(log.body == line.body)
    #expect(log.row.severity == line.severity)
    #expect(log.row.time / 1_000_000 == line.ms)
    #expect(log.attributes == line.attributes)
    #expect(line.ms == 0 || line.text.hasPrefix("[ ERROR") || read.summary.formatName == "logs")
  }
}
