import Testing
import TraceModel
import TraceStore

struct LinksTests {
  @Test func `what hangs together and what was sampled is counted`() throws {
    try withFolder { folder in
      var plain = PlainSpan(1, 1, 0, 10)
      plain.detail = #"{"trace_state":"ot=th:fd70a4;rv:1,vendor=x"}"#
      var all = PlainSpan(2, 1, 0, 10)
      all.detail = #"{"trace_state":"ot=th:0"}"#
      var named = PlainSpan(3, 1, 0, 10)
      named.attributes = #"{"sampling.probability":0.1}"#
      named.service = "pay"
      var short = PlainSpan(9, 1, 0, 10)
      short.trace = TraceID(high: 0, low: 9)
      var batch = SpanBatch([short, plain, all, named])
      batch.logsSeen = 3
      for (trace, resource) in [
        (TraceID(high: 0xa, low: 1), 0), (TraceID(high: 0xa, low: 77), 0), (.absent, 1),
      ] {
        var log = LogRow()
        log.trace = trace
        log.time = 5
        log.resource = UInt32(resource)
        batch.logs.append(log)
      }
      let path = folder + "/s.db"
      var writer = try SpanWriter(creating: path)
      _ = try writer.load("a.jsonl", [batch])
      try writer.close()
      let links = try TraceReader(path: path).links()
      #expect(links.services.map(\.name) == ["pay", "shop"])
      #expect(links.services.map(\.spans) == [1, 3])
      #expect(links.services.map(\.logs) == [0, 3])
      #expect(links.logs == 3 && links.logsWithoutTrace == 1)
      #expect(
        links.logsOfMissingTraces
          == DataLinks.Sum(count: 1, example: TraceID(high: 0xa, low: 77).description))
      #expect(links.shortTraceIDs.count == 1)
      #expect(
        links.thresholdSampled == DataLinks.Sum(count: 1, example: plain.trace.description))
      #expect(links.samplerNamed == DataLinks.Sum(count: 1, example: named.trace.description))
    }
  }
}
