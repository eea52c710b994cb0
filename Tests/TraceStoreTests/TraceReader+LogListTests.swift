import Testing
import TraceModel

@testable import TraceStore

/// Which log records a filter lets through.
struct LogListTests {
  private static func batch() -> SpanBatch {
    var batch = SpanBatch([PlainSpan(1, 7, 0, 10)])
    func add(_ body: String, _ change: (inout LogRow, inout SpanBatch) -> Void) {
      var log = LogRow()
      log.body = batch.add(body)
      log.offset = Int64(batch.logs.count)
      log.time = Int64(1000 - batch.logs.count)
      change(&log, &batch)
      batch.logs.append(log)
      batch.logsSeen += 1
    }
    add("Pay 100%_ of it") { log, _ in log.severity = 9 }
    add("failed") { log, batch in
      log.severity = 17
      log.trace = TraceID(high: 0xa, low: 1)
      log.span = SpanID(7)
      log.detail = batch.add(
        #"{"exception":{"type":"KeyError","message":"'sku'","blame":"cart.py:42 in add"}}"#)
    }
    add("pay 100 of it") { log, batch in
      log.time = 0
      log.attributes = batch.add(#"{"exception.type":"Timeout"}"#)
    }
    add("elsewhere") { log, _ in
      log.trace = TraceID(high: 0, low: 1)
      log.severity = 13
    }
    return batch
  }

  private func bodies(_ change: (inout LogFilter) -> Void, limit: Int = 9) throws -> [String] {
    try withFolder { folder in
      let path = folder + "/s.db"
      var writer = try SpanWriter(creating: path)
      _ = try writer.load("a.jsonl", [Self.batch()])
      try writer.close()
      var filter = LogFilter()
      change(&filter)
      let reader = try TraceReader(path: path)
      let logs = try reader.logs(filter, limit: limit)
      #expect(try reader.logCount(filter) >= logs.count)
      var times = 0
      try reader.forEachLogTime(filter) { _, _ in times += 1 }
      #expect(try reader.logCount(filter) == times)
      return logs.map(\.body)
    }
  }

  @Test func `records come by time, those without one last`() throws {
    #expect(
      try bodies { _ in } == ["elsewhere", "failed", "Pay 100%_ of it", "pay 100 of it"])
    #expect(try bodies({ _ in }, limit: 1) == ["elsewhere"])
  }

  @Test func `text is looked for in messages, attributes and exceptions, and wildcards are text`()
    throws
  {
    #expect(try bodies { $0.text = "PAY 100" } == ["Pay 100%_ of it", "pay 100 of it"])
    #expect(try bodies { $0.text = "100%_" } == ["Pay 100%_ of it"])
    #expect(try bodies { $0.text = "keyerror" } == ["failed"])
    #expect(try bodies { $0.text = "timeout" } == ["pay 100 of it"])
    #expect(try bodies { $0.text = "\\" } == [])
    #expect(try bodies { $0.text = "' or 1=1 --" } == [])
  }

  @Test func `severity, service, window, span and trace narrow the list together`() throws {
    #expect(try bodies { $0.leastSeverity = 13 } == ["elsewhere", "failed"])
    #expect(try bodies { $0.services = ["shop"] }.count == 4)
    #expect(try bodies { $0.services = ["bank"] } == [])
    #expect(
      try bodies { $0.window = TimeWindow(start: Timestamp(998), end: Timestamp(1000)) }
        == ["failed"])
    #expect(try bodies { $0.span = SpanID(7) } == ["failed"])
    let long = TraceID(high: 0xa, low: 1)
    #expect(try bodies { $0.traces = [long] } == ["failed"])
    #expect(
      try bodies {
        $0.traces = [long, TraceID(high: 0, low: 1)]; $0.leastSeverity = 17
      } == ["failed"])
  }

  @Test
  func
    `a 64-bit id stands for the one long id that ends so, and ids are found by their first digits`()
    throws
  {
    try withFolder { folder in
      let path = folder + "/s.db"
      var writer = try SpanWriter(creating: path)
      _ = try writer.load("a.jsonl", [Self.batch()])
      try writer.close()
      let reader = try TraceReader(path: path)
      let (long, short) = (TraceID(high: 0xa, low: 1), TraceID(high: 0, low: 1))
      #expect(try reader.storedForms(of: long) == [long, short])
      #expect(try reader.storedForms(of: short) == [short, long])
      #expect(try reader.logTraceIDs(prefix: "000000000000000A") == [long])
      #expect(try reader.logTraceIDs(prefix: "0000", limit: 4) == [short, long])
      #expect(try reader.logTraceIDs(prefix: "f") == [])
    }
  }

  @Test func `what a record says of an exception comes from its detail, else from its attributes`()
    throws
  {
    try withFolder { folder in
      let path = folder + "/s.db"
      var writer = try SpanWriter(creating: path)
      _ = try writer.load("a.jsonl", [Self.batch()])
      try writer.close()
      let logs = try TraceReader(path: path).logs(LogFilter(), limit: 9)
      #expect(
        logs.map(\.exception) == [
          nil, LogException(type: "KeyError", message: "'sku'", blame: "cart.py:42 in add"), nil,
          LogException(type: "Timeout"),
        ])
    }
  }
}
