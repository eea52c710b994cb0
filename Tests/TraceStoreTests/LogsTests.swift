import Testing
import TraceModel
import TraceStore

struct LogsTests {
  private struct PlainLog {
    var trace = TraceID.absent
    var span = SpanID.absent
    var time: Int64 = 0
    var observed: Int64 = 0
    var severity: UInt8 = 0
    var body = ""
    var offset: Int64 = 0
  }

  private func makeStore(_ path: String, spans: [PlainSpan], logs: [PlainLog]) throws {
    var batch = SpanBatch(spans)
    var resource = ResourceRow()
    resource.service = batch.symbols.intern("cart")
    batch.resources.append(resource)
    for log in logs {
      var row = LogRow()
      row.trace = log.trace
      row.span = log.span
      row.time = log.time
      row.observed = log.observed
      row.severity = log.severity
      row.severityText = batch.symbols.intern("level \(log.severity)")
      row.resource = UInt32(batch.resources.count - 1)
      row.body = batch.add(log.body)
      row.attributes = batch.add(log.body.isEmpty ? "" : #"{"k":1}"#)
      row.offset = log.offset
      batch.logs.append(row)
    }
    var writer = try SpanWriter(creating: path)
    #expect(try writer.load("a.jsonl", [batch]) == .stored(spans: spans.count, logs: logs.count))
    try writer.close()
  }

  @Test func `a trace's records come by time, then by place`() throws {
    try withFolder { folder in
      let trace = TraceID(high: 0xa, low: 1)
      var logs = (0..<20).map { index in
        PlainLog(
          trace: trace, span: SpanID(7), time: Int64(20 - index / 2), severity: 9,
          body: "line \(index)", offset: Int64(index))
      }
      logs.append(PlainLog(trace: trace, observed: 15, severity: 17, body: "observed", offset: 99))
      logs.append(PlainLog(trace: trace, offset: 98))
      logs.append(PlainLog(trace: TraceID(high: 0xb, low: 1), time: 1, body: "another trace"))
      logs.append(PlainLog(time: 1, body: "no trace"))
      let path = folder + "/s.db"
      try makeStore(path, spans: [PlainSpan(1, 7)], logs: logs)
      let reader = try TraceReader(path: path)
      #expect(reader.counts.logs == logs.count)
      let found = try reader.logs(trace: trace)
      let wanted = logs[..<22].sorted {
        let a = $0.time == 0 ? $0.observed : $0.time
        let b = $1.time == 0 ? $1.observed : $1.time
        return (a, $0.offset) < (b, $1.offset)
      }
      #expect(found.map(\.body) == wanted.map(\.body))
      #expect(found.map(\.place.offset) == wanted.map(\.offset))
      #expect(found.first?.time == nil)
      #expect(found.first?.attributes == "")
      #expect(found.allSatisfy { $0.service == "cart" && $0.trace == trace })
      #expect(found.first { $0.body == "observed" }?.time == Timestamp(15))
      #expect(found.first { $0.body == "observed" }?.severity == 17)
      #expect(try reader.logs(trace: trace, limit: 3) == Array(found.prefix(3)))
      #expect(try reader.logs(trace: .absent).isEmpty)
    }
  }

  @Test func `records under the 64-bit form belong to the one trace that ends so`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var twin = PlainSpan(2, 2)
      twin.trace = TraceID(high: 0xb, low: 2)
      let logs = [
        PlainLog(trace: TraceID(high: 0, low: 1), body: "short 1"),
        PlainLog(trace: TraceID(high: 0xa, low: 1), body: "long 1", offset: 1),
        PlainLog(trace: TraceID(high: 0, low: 2), body: "short 2", offset: 2),
        PlainLog(trace: TraceID(high: 0xa, low: 2), body: "long 2", offset: 3),
      ]
      try makeStore(path, spans: [PlainSpan(1, 1), PlainSpan(2, 1), twin], logs: logs)
      let reader = try TraceReader(path: path)
      func bodies(_ high: UInt64, _ low: UInt64) throws -> [String] {
        try reader.logs(trace: TraceID(high: high, low: low)).map(\.body)
      }
      #expect(try bodies(0xa, 1) == ["short 1", "long 1"])
      #expect(try bodies(0, 1) == ["short 1", "long 1"])
      #expect(try bodies(0xa, 2) == ["long 2"])
      #expect(try bodies(0, 2) == ["short 2"])
    }
  }

  @Test func `a record is shown with friendly columns`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      let log = PlainLog(
        trace: TraceID(high: 1, low: 2), span: SpanID(3), observed: 1_772_359_200_500_000_000,
        severity: 17, body: "out of\0memory", offset: 12)
      try makeStore(path, spans: [], logs: [log, PlainLog(body: "x")])
      #expect(
        try query(
          path,
          """
          select trace_id, span_id, time, level, severity_text, service, body, time_ns, attributes,
          source, "offset" from logs order by row
          """) == [
            "00000000000000010000000000000002|0000000000000003|2026-03-01T10:00:00.500000Z|ERROR|"
              + "level 17|cart|out of\0memory|null|{\"k\":1}|a.jsonl|12",
            "null|null|null|-|level 0|cart|x|null|{\"k\":1}|a.jsonl|0",
          ])
    }
  }

  @Test func `what is rare of a record, and what a back end says, comes back as it was`() throws {
    try withFolder { folder in
      var batch = SpanBatch([PlainSpan(1, 7)])
      let detail = #"{"request_id":"r-1","exception":{"type":"KeyError","message":"'sku'"}}"#
      var log = LogRow()
      log.trace = TraceID(high: 0xa, low: 1)
      log.time = 5
      log.identity = .max
      log.detail = batch.add(detail)
      log.body = batch.add("failed")
      batch.logs.append(log)
      var answer = AnswerRow()
      answer.kind = batch.symbols.intern("trace_summary")
      answer.trace = TraceID(high: 0xa, low: 1)
      answer.offset = 77
      answer.content = batch.add(#"{"Id":"1-2"}"#)
      batch.answers = [answer, AnswerRow()]
      let path = folder + "/s.db"
      var writer = try SpanWriter(creating: path)
      _ = try writer.load("a.jsonl", [batch])
      try writer.close()
      #expect(try TraceReader(path: path).logs(trace: log.trace).map(\.detail) == [detail])
      let columns = "request_id, exception_type, exception_message, is_copy, joined_trace_id"
      #expect(try query(path, "select \(columns) from logs") == ["r-1|KeyError|'sku'|0|null"])
      #expect(try query(path, "select identity from log") == ["-1"])
      let answers = try query(
        path, "select kind, trace_id, content, source, \"offset\" from answers")
      #expect(answers.first == "trace_summary|\(log.trace)|{\"Id\":\"1-2\"}|a.jsonl|77")
      #expect(answers.last == "|null|null|a.jsonl|0")
    }
  }
}
