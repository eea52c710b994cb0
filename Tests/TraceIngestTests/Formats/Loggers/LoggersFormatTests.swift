import Foundation
import Testing
import TraceIngest
import TraceModel

/// What is a file of a JSON logger, and what is none.
@Suite struct LoggersFormatTests {
  private func format(_ text: String) async throws -> String {
    try await collect(bytes: Array(text.utf8)).summary.formatName
  }

  @Test(arguments: [
    #"{"level":"info","msg":"a"}"#, #"{"ts":1767607200,"msg":"a"}"#,
    #"{"@t":"2026-01-05T10:00:00Z","@mt":"a"}"#,
    #"{"text":"a","record":{"message":"a","level":{"name":"INFO","no":20},"time":{"timestamp":1767607200.5}}}"#,
    #"{"timestamp":"2026-01-05T10:00:00Z","level":"INFO","fields":{"message":"a"}}"#,
    #"[{"time":"2026-01-05T10:00:00Z","level":30,"message":"a"}]"#,
    #"{"date":1767607200124,"status":"error","message":"a"}"#,
  ])
  func `records with a message and a time or level are a logger's`(text: String) async throws {
    let read = try await collect(bytes: Array(text.utf8))
    #expect(read.summary.formatName == "json-logs")
    #expect(read.logs.map(\.body) == ["a"])
  }

  @Test func `spans and documents of other formats stay theirs`() async throws {
    #expect(try await format(#"{"resourceLogs":[],"message":"a","time":1}"#) == "otlp")
    #expect(
      try await format(
        #"{"traceId":"1","spanId":"2","startTimeUnixNano":1,"body":"a","timestamp":1,"level":"x"}"#)
        == "aws-spans")
    #expect(try await format(#"{"traceId":"1","id":"2","timestamp":1,"name":"get"}"#) == "zipkin")
    await #expect(throws: IngestError.self) { try await format(#"{"message":"hello"}"#) }
    await #expect(throws: IngestError.self) { try await format(#"{"name":"x","version":"1"}"#) }
  }
}

/// Input made to hurt: nothing traps, and every record that was met is stored or counted.
@Suite struct LoggersHostileTests {
  private static let names = [
    "pino.jsonl", "loguru.jsonl", "structlog.jsonl", "otlp-records.json", "log4j2-layout.jsonl",
    "repeated-and-odd.jsonl", "datadog.jsonl", "dotnet-console.jsonl", "lambda-json.jsonl",
  ]

  @Test(arguments: names)
  func `no mutation or truncation traps or loses the count`(name: String) async throws {
    let bytes = try fixture("Loggers/\(name)")
    var state: UInt64 = 7
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(truncatingIfNeeded: state >> 33) % bound
    }
    let odd: [UInt8] = Array("\"\\{}[],:0-9enull\n\u{1}".utf8) + [0xff, 0xc3, 0]
    for round in 0..<60 {
      var mutated = bytes
      for _ in 0...random(4) {
        let at = random(mutated.count)
        switch random(3) {
        case 0: mutated[at] = odd[random(odd.count)]
        case 1: mutated.insert(odd[random(odd.count)], at: at)
        default: mutated.remove(at: at)
        }
      }
      if round % 3 == 0 { mutated = Array(mutated.prefix(random(mutated.count) + 1)) }
      for size in [50, 1 << 20] {
        guard let read = try? await collect(bytes: mutated, chunkBytes: size) else { continue }
        #expect(read.addsUp)
      }
    }
  }

  @Test func `numbers at the ends of their range and deep nesting cost no record`() async throws {
    let deep = String(repeating: #"{"a":"#, count: 300) + "1" + String(repeating: "}", count: 300)
    let lines = [
      #"{"ts":18446744073709551615,"level":9223372036854775807,"msg":"a"}"#,
      #"{"ts":-9223372036854775808,"level":-1,"msg":"b"}"#,
      #"{"ts":1e308,"level":1e308,"msg":"c"}"#, #"{"ts":1e400,"level":"info","msg":"d"}"#,
      #"{"instant":{"epochSecond":9223372036854775807,"nanoOfSecond":-1},"level":"INFO","message":"e"}"#,
      #"{"timestampSeconds":9223372036854775807,"timestampNanos":9,"level":"INFO","message":"f"}"#,
      #"{"ts":1767607200,"msg":"g","context":\#(deep)}"#,
      #"{"ts":1767607200,"msg":"h","dd":{"trace_id":-1,"span_id":1.5},"err":{"cause":{"cause":null}}}"#,
      #"{"ts":1767607200,"level":"error","msg":"i","stack":[1,{"line":"99999999999999999999"},{"line":9223372036854775807}],"error":"x"}"#,
      #"{"ts":1767607200,"level":"\#(String(repeating: "e", count: 5000))","msg":"j"}"#,
    ]
    let read = try await collect(bytes: Array(lines.joined(separator: "\n").utf8))
    #expect(read.logs.map(\.body) == ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])
    #expect(read.logs.prefix(6).allSatisfy { $0.row.time == 0 })
  }
}
