import Foundation
import Testing
import TraceIngest
import TraceModel

/// What one line of a logger says, worked out by hand.
private struct Expected {
  /// Milliseconds after 2026-01-05T10:00:00Z, or any time in ns; nil: none.
  var ns: Int64?
  var severity: UInt8
  var body: String
  var trace = ""
  var span = ""
  var request = ""
  var service = "unknown_service"
  /// Type of the outermost exception; nil: none, empty: it has none.
  var exception: String?

  init(
    ms: Int64? = nil, ns: Int64? = nil, _ severity: UInt8, _ body: String, trace: String = "",
    span: String = "", request: String = "", service: String = "unknown_service",
    exception: String? = nil
  ) {
    self.ns = ns ?? ms.map { 1_767_607_200_000_000_000 + $0 * 1_000_000 }
    (self.severity, self.body, self.trace, self.span) = (severity, body, trace, span)
    (self.request, self.service, self.exception) = (request, service, exception)
  }
}

private let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
private let span = "00f067aa0ba902b7"
private let uuid = "2f437955-cf29-4413-9d97-99740396e7ad"

/// One file for each row of the table of formats/logs.md 8; those of Python's loggers were written by the loggers themselves.
@Suite struct LoggerObjectTests {
  private static let lines: [(String, [Expected])] = [
    (
      "pino",
      [
        Expected(ms: 123, 9, "order placed", trace: trace, span: span, service: "shop"),
        Expected(ms: 124, 17, "price failed", service: "shop", exception: "TypeError"),
        Expected(ms: 125, 13, "slow"),
      ]
    ),
    (
      "bunyan",
      [
        Expected(ms: 123, 13, "slow", service: "shop"),
        Expected(ms: 124, 21, "no card", service: "shop", exception: "CardError"),
      ]
    ),
    (
      "winston",
      [
        Expected(ms: 123, 9, "order placed", service: "shop"),
        Expected(ms: 124, 17, "no card", service: "shop", exception: "Error"),
        Expected(0, "no time here"),
      ]
    ),
    (
      "zap",
      [
        Expected(ns: 1_767_607_200_123_456_000, 9, "order placed"),
        Expected(ms: 124, 21, "pay failed", exception: ""),
      ]
    ),
    (
      "zerolog",
      [
        Expected(ms: 0, 9, "order placed"), Expected(ms: 0, 17, "pay failed", exception: ""),
      ]
    ),
    (
      "logrus",
      [Expected(ms: 0, 13, "slow"), Expected(ms: 1000, 21, "gone", exception: "")]
    ),
    (
      "slog",
      [
        Expected(ns: 1_767_607_200_123_456_789, 9, "order placed", trace: trace),
        Expected(ms: 200, 19, "pay failed", exception: ""),
      ]
    ),
    (
      "structlog",
      [
        Expected(
          ns: 1_795_574_377_416_986_000, 9, "order placed", trace: trace, span: span),
        Expected(ns: 1_795_574_377_417_104_000, 17, "charge failed", exception: "KeyError"),
        Expected(
          ns: 1_795_574_377_417_595_000, 17, "charge failed twice", exception: "RuntimeError"),
        Expected(ns: 1_795_574_377_417_980_400, 13, "slow"),
      ]
    ),
    (
      "python-json-logger",
      [
        Expected(
          ns: 1_795_574_377_421_000_000, 9, "paid 12", trace: trace, span: span, service: "shop"),
        Expected(ns: 1_795_574_377_421_000_000, 17, "failed", exception: "KeyError"),
        Expected(0, "bare default"),
        Expected(ns: 1_795_574_377_421_581_700, 17, "by number"),
      ]
    ),
    (
      "loguru",
      [
        Expected(ns: 1_795_574_377_446_279_000, 9, "started in 3"),
        Expected(ns: 1_795_574_377_446_511_000, 13, "slow", request: uuid),
        Expected(ns: 1_795_574_377_446_577_000, 17, "broke", exception: "KeyError"),
      ]
    ),
    (
      "ecs-logging",
      [
        Expected(
          ns: 1_795_574_377_448_000_000, 5, "cart", trace: trace, span: span, service: "cart"),
        Expected(ns: 1_795_574_377_449_000_000, 17, "failed", exception: "KeyError"),
      ]
    ),
    (
      "ecs-nested",
      [
        Expected(ms: 123, 13, "slow", trace: trace, span: span, service: "shop"),
        Expected(
          ms: 124, 17, "pay failed", service: "shop",
          exception: "java.lang.IllegalStateException"),
      ]
    ),
    (
      "powertools",
      [
        Expected(
          ns: 1_795_574_377_529_000_000, 9, "charging", trace: trace, request: uuid,
          service: "payments"),
        Expected(
          ns: 1_795_574_377_530_000_000, 17, "charge failed", trace: trace, request: uuid,
          service: "payments", exception: "ValueError"),
      ]
    ),
    (
      "serilog-compact",
      [
        Expected(
          ns: 1_767_607_200_123_456_700, 9, "order {Id} placed", trace: trace, span: span),
        Expected(
          ms: 1000, 17, "pay failed", exception: "System.InvalidOperationException"),
      ]
    ),
    (
      "gelf", [Expected(ms: 123, 13, "slow", trace: trace), Expected(ms: 1000, 21, "gone")]
    ),
    (
      "gcp-line",
      [
        Expected(ms: 123, 10, "order placed", trace: trace, span: span),
        Expected(ms: 124, 17, "pay failed"), Expected(ms: 125, 21, "gone"),
      ]
    ),
    (
      "logstash-logback",
      [
        Expected(ms: 123, 9, "order placed", trace: trace, span: span),
        Expected(ms: 124, 17, "pay failed", exception: "java.lang.IllegalStateException"),
      ]
    ),
    (
      "log4j2-layout",
      [
        Expected(
          ns: 1_767_607_200_123_456_789, 9, "order placed", trace: trace, span: span),
        Expected(ms: 124, 21, "pay failed", exception: "java.lang.IllegalStateException"),
      ]
    ),
    (
      "dotnet-console",
      [
        Expected(ms: 123, 9, "order placed", trace: trace, span: span),
        Expected(
          ms: 1000, 21, "pay failed", exception: "System.InvalidOperationException"),
      ]
    ),
    (
      "rust-tracing",
      [
        Expected(ns: 1_767_607_200_123_456_000, 9, "order placed", trace: trace),
        Expected(ms: 1000, 17, "pay failed", exception: ""),
      ]
    ),
    (
      "datadog",
      [
        Expected(
          ms: 123, 9, "order placed", trace: "0000000000000000a3ce929d0e0e4736", span: span,
          service: "shop"),
        Expected(
          ms: 124, 17, "pay failed", trace: trace, span: span, service: "shop",
          exception: "ValueError"),
        Expected(ms: 2000, 0, "GET /"),
      ]
    ),
    (
      "lambda-json",
      [
        Expected(ms: 0, 9, "order placed", request: uuid),
        Expected(ms: 1000, 17, "KeyError: 'sku'", request: uuid, exception: "KeyError"),
        Expected(
          ms: 2500, 17,
          #"{"errorType":"TypeError","errorMessage":"no sku","stackTrace":["TypeError: no sku","    at price (/var/task/index.mjs:3:9)","    at Runtime.handler (/var/task/index.mjs:8:3)"]}"#,
          request: uuid, exception: "TypeError"),
      ]
    ),
  ]

  @Test(arguments: lines.map(\.0))
  func `each logger's time, level, message, ids and exception are found`(name: String) async throws
  {
    let expected = try #require(Self.lines.first { $0.0 == name }).1
    let read = try await collect(path: fixturePath("Loggers/\(name).jsonl"), workers: 1)
    #expect(read.summary.formatName == "json-logs" || read.summary.formatName == "cloudwatch")
    #expect(read.addsUp)
    try #require(read.logs.count == expected.count)
    for (log, line) in zip(read.logs, expected) {
      #expect(log.row.time == line.ns ?? 0, "\(log.body)")
      #expect(log.row.severity == line.severity, "\(log.body)")
      #expect(log.body == line.body)
      #expect(log.service == line.service, "\(log.body)")
      let ids = (log.row.trace.description, log.row.span.description)
      #expect(ids.0 == (line.trace.isEmpty ? String(repeating: "0", count: 32) : line.trace))
      #expect(ids.1 == (line.span.isEmpty ? String(repeating: "0", count: 16) : line.span))
      let detail = try detail(log)
      #expect(detail["request_id"] as? String ?? "" == line.request, "\(log.body)")
      let exception = detail["exception"] as? [String: Any]
      #expect(exception.map { $0["type"] as? String ?? "" } == line.exception, "\(log.body)")
      if !log.attributes.isEmpty { _ = try object(log.attributes) }
    }
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func detail(_ log: ReadLog) throws -> [String: Any] {
    log.detail.isEmpty ? [:] : try object(log.detail)
  }

  @Test func `what becomes no column stays under its own key, in its order`() async throws {
    let pino = try await collect(path: fixturePath("Loggers/pino.jsonl")).logs
    #expect(pino[0].attributes == #"{"pid":17,"reqId":"req-1","trace_flags":"01"}"#)
    #expect(pino.map(\.host) == ["web-1", "web-1", "web-1"])
    let rust = try await collect(path: fixturePath("Loggers/rust-tracing.jsonl")).logs
    #expect(rust[0].attributes.hasPrefix(#"{"fields":{"order":7},"target":"shop::pay""#))
    let nested = try await collect(path: fixturePath("Loggers/ecs-nested.jsonl")).logs
    #expect(nested[0].attributes.hasPrefix(#"{"log":{"logger":"pay"},"#))
    #expect(nested[0].version == "1.4.2" && nested[0].host == "web-1")
    let loguru = try await collect(path: fixturePath("Loggers/loguru.jsonl")).logs
    let record = try object(loguru[0].attributes)
    #expect(Set(record.keys).isSuperset(of: ["elapsed", "file", "function", "line", "process"]))
    #expect(record["message"] == nil && record["level"] == nil && record["time"] == nil)
  }

  @Test func `a level stays as it was written`() async throws {
    for (name, words) in [
      ("pino", ["30", "50", "warn"]), ("slog", ["INFO", "ERROR+2"]), ("gelf", ["4", "0"]),
      ("logstash-logback", ["INFO", "40000"]), ("loguru", ["INFO", "WARNING", "ERROR"]),
      ("serilog-compact", ["", "Error"]), ("datadog", ["info", "error", ""]),
    ] {
      let read = try await collect(path: fixturePath("Loggers/\(name).jsonl"), workers: 1)
      #expect(read.logs.map(\.severityText) == words)
    }
  }

  @Test func `records back to back on a line, and in an array, are records of their own`()
    async throws
  {
    let read = try await collect(path: fixturePath("Loggers/no-newlines.json"))
    #expect(read.logs.map(\.body) == ["a", "b", "c"])
    #expect(Set(read.logs.map(\.row.offset)).count == 3)
    let array = try await collect(
      bytes: Array(
        #"[{"ts":1767607200,"msg":"a","level":"info"},{"ts":1767607201,"msg":"b"}]"#.utf8))
    #expect(array.logs.map(\.body) == ["a", "b"])
  }

  @Test func `odd values cost no record`() async throws {
    let read = try await collect(path: fixturePath("Loggers/repeated-and-odd.jsonl"), workers: 1)
    #expect(
      read.logs.map(\.body) == [
        "b", "5", #"{"status":200,"path":"/x"}"#, "cafe \0 😀 é", "12", #"["x",{"y":2}]"#,
      ])
    #expect(read.logs[0].attributes == #"{"k":2}"#)
    #expect(read.logs[1].attributes == #"{"time":"yesterday","msg":null}"#)
    #expect(read.logs[1].severityText == "SUCCESS")
    #expect(read.logs[5].attributes == #"{"level":{"a":1},"time":[1]}"#)
    #expect(read.count(.repeatedKey) >= 1 && read.count(.unknownRecord) == 1)
    #expect(read.count(.logWithoutTime) == 3)
  }

  @Test func `text around the object is kept as the record's header`() async throws {
    func read(_ message: String) async throws -> ReadLog {
      let quoted = message.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      let page = #"{"timestamp":"2026-01-05 10:00:00.000","raw_otel_json":"\#(quoted)"}"#
      return try #require(try await collect(bytes: Array(page.utf8)).logs.first)
    }
    let log = try await read(
      #"2026-01-05T10:00:01Z web.1: {"level":"warn","msg":"slow","trace_id":"\#(trace)"} #1"#)
    #expect(log.body == "slow" && log.row.severity == 13)
    #expect(log.row.trace.description == trace)
    #expect(log.row.time == 1_767_607_200_000_000_000)
    #expect(log.detail == #"{"header":"2026-01-05T10:00:01Z web.1:  #1"}"#)
    let quoting = try await read(#"saved {"id":1,"name":"level"}"#)
    #expect(quoting.body == #"saved {"id":1,"name":"level"}"#)
  }

  @Test func `a time without a zone is assumed to be UTC, and counted`() async throws {
    let read = try await collect(path: fixturePath("Loggers/python-json-logger.jsonl"))
    #expect(read.count(.assumedZone) == 2)
  }
}
