import Foundation
import Testing
import TraceModel
import TraceStore

/// What goes in comes out.
struct StoreLoadTests {
  /// Spans of every oddity, over several sources and batches.
  private func randomSpans(_ count: Int, _ dice: inout Dice) -> [PlainSpan] {
    let lows = (0..<max(2, count / 9)).map { _ in dice.next() } + [0]
    return (0..<count).map { index in
      var span = PlainSpan(1, dice.next())
      let high: UInt64 = [0, 0xa, 0xb, UInt64.max].randomElement(using: &dice) ?? 0
      span.trace = TraceID(high: high, low: lows.randomElement(using: &dice) ?? 1)
      span.parent = Bool.random(using: &dice) ? .absent : SpanID(dice.next())
      if index % 11 == 0 { span.id = .absent }
      span.start = Int64.random(in: -5...Int64.max / 4, using: &dice)
      span.end = span.start &+ Int64.random(in: -1_000_000...9_000_000_000, using: &dice)
      span.facts = SpanFacts(rawValue: dice.next())
      if index % 7 == 0 {
        span.start = index % 2 == 0 ? Int64.min : Int64.max
        span.end = 3
      }
      span.service = "service-\(Int.random(in: 0..<4, using: &dice))"
      span.host = Bool.random(using: &dice) ? "" : "host \u{1F40C}\0x"
      span.instance = Bool.random(using: &dice) ? "" : "i-\(index % 3)"
      span.version = Bool.random(using: &dice) ? "" : "1.\(index % 2)"
      span.operation = index % 13 == 0 ? "" : "op <b>\(index % 5)"
      span.peer = Bool.random(using: &dice) ? "" : "peer"
      span.errorType = Bool.random(using: &dice) ? "" : "java.io.IOException"
      span.scope = Bool.random(using: &dice) ? "" : "lib-\(index % 2)"
      span.attributes =
        index % 3 == 0 ? "" : "{\"a\":\"\(String(repeating: "é", count: index % 50))\"}"
      if index == 5 { span.attributes = "{\"big\":\"\(String(repeating: "x", count: 100_000))\"}" }
      span.detail = index % 4 == 0 ? "{\"name\":\"n\(index)\"}" : ""
      span.resourceAttributes = "{\"service.name\":\"\(span.service)\"}"
      span.offset = Int64(index) * 700 + (index == 8 ? 1 << 39 : 0)
      return span
    }
  }

  /// The slow and obvious reading of traces-semantics.md 1.2.
  private func joined(_ spans: [PlainSpan]) -> [TraceID: [PlainSpan: Int]] {
    var result: [TraceID: [PlainSpan: Int]] = [:]
    for span in spans where !span.trace.isAbsent {
      var id = span.trace
      if id.is64Bit {
        let twins = Set(
          spans.map(\.trace).filter { $0.low == id.low && $0.high != 0 })
        if twins.count == 1, let twin = twins.first { id = twin }
      }
      var moved = span
      moved.trace = id
      result[id, default: [:]][moved, default: 0] += 1
    }
    return result
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6])
  func `store then load gives the traces back, whatever is odd in them`(seed: UInt64) throws {
    try withFolder { folder in
      var dice = Dice(state: seed)
      let path = folder + "/s.db"
      var writer = try SpanWriter(creating: path)
      var expected: [PlainSpan] = []
      for source in ["b.jsonl", "a.jsonl", "c.jsonl"] {
        let spans = randomSpans(Int(seed) * 40 + 3, &dice)
        let cut = spans.count / 3
        _ = try writer.load(
          source, [SpanBatch(Array(spans[..<cut])), SpanBatch(Array(spans[cut...]))])
        expected += spans.map { $0.stored(in: source) }
      }
      try writer.close()
      var reader = try TraceReader(path: path)
      let wanted = joined(expected)
      for parts in [1, 2, 5, 1000] {
        let found = try reader.everything(parts: parts).traces
        #expect(
          found.mapValues { Dictionary(grouping: $0) { $0 }.mapValues(\.count) } == wanted)
      }
      #expect(reader.counts.traces == wanted.count)
      #expect(reader.counts.spans == expected.count)
      #expect(reader.counts.quarantined == expected.count { $0.trace.isAbsent })
      for (id, spans) in wanted {
        let trace = try #require(try reader.trace(id))
        #expect(trace.spans.count == spans.values.reduce(0, +))
      }
    }
  }

  @Test func `parts fall at ids, hold about equal shares, and together everything`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      // Ids from a counter lie close together: cutting the range of numbers evenly would not cut them.
      try makeStore(path, (1...400).flatMap { id in (1...3).map { PlainSpan(UInt64(id), $0) } })
      var reader = try TraceReader(path: path)
      var shares: [Int] = []
      for part in reader.partitions(4) {
        var spans = 0
        try reader.forEachTrace(in: part) { spans += $0.spans.count }
        shares.append(spans)
      }
      #expect(shares.count == 4)
      #expect(shares.reduce(0, +) == 1200)
      #expect(shares.allSatisfy { (270...330).contains($0) })
    }
  }

  @Test func `a 64-bit id is joined with one twin, and with none where there are two`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      func span(_ high: UInt64, _ low: UInt64, _ id: UInt64) -> PlainSpan {
        var span = PlainSpan(1, id)
        span.trace = TraceID(high: high, low: low)
        return span
      }
      try makeStore(
        path,
        [
          span(0, 7, 1), span(1, 7, 2), span(0, 8, 3), span(1, 8, 4), span(UInt64.max, 8, 5),
          span(0, 9, 6), span(3, 0, 7),
        ])
      var reader = try TraceReader(path: path)
      let found = try reader.everything()
      #expect(
        found.traces.mapValues { Set($0.map(\.id.rawValue)) } == [
          TraceID(high: 1, low: 7): [1, 2], TraceID(high: 0, low: 8): [3],
          TraceID(high: 1, low: 8): [4], TraceID(high: .max, low: 8): [5],
          TraceID(high: 0, low: 9): [6], TraceID(high: 3, low: 0): [7],
        ])
      #expect(found.defects.entries[.joined64BitTraceID]?.count == 1)
      #expect(
        found.defects.entries[.joined64BitTraceID]?.example == "00000000000000000000000000000007")
      #expect(found.defects.entries[.ambiguous64BitTraceID]?.count == 1)
      #expect(reader.counts.traces == 6)
      // One trace at once, by either form.
      let short = try #require(try reader.trace(TraceID(high: 0, low: 7)))
      #expect(short.id == TraceID(high: 1, low: 7))
      #expect(Set(short.spans.map(\.id.rawValue)) == [1, 2])
      #expect(try reader.trace(TraceID(high: 1, low: 7))?.spans.count == 2)
      #expect(try reader.trace(TraceID(high: 0, low: 8))?.spans.map(\.id.rawValue) == [3])
      #expect(try reader.trace(TraceID(high: 2, low: 7)) == nil)
      #expect(try reader.trace(TraceID(high: 0, low: 0)) == nil)
      #expect(try reader.trace(TraceID(high: 3, low: 0))?.spans.map(\.id.rawValue) == [7])
    }
  }

  @Test func `ids are found by the beginning of their hex text`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var spans = [PlainSpan(0x12, 1), PlainSpan(0x13, 2), PlainSpan(0x13, 3)]
      spans[0].trace = TraceID(high: 0, low: 0xbeef_0000_0000_0001)
      try makeStore(path, spans)
      let reader = try TraceReader(path: path)
      let long = TraceID(high: 0xa, low: 0x13)
      #expect(try reader.traceIDs(prefix: "000000000000000A0") == [long])
      #expect(try reader.traceIDs(prefix: "beef") == [spans[0].trace])
      #expect(try reader.traceIDs(prefix: "00000000000000", limit: 9) == [spans[0].trace, long])
      #expect(try reader.traceIDs(prefix: "0", limit: 1) == [spans[0].trace])
      #expect(try reader.traceIDs(prefix: "xyz").isEmpty)
    }
  }

  @Test func `a trace scattered over many batches is gathered whole`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var writer = try SpanWriter(creating: path)
      let batches = (1...40).map { batch in
        SpanBatch((1...25).map { PlainSpan(UInt64($0), UInt64(batch)) })
      }
      _ = try writer.load("a.jsonl", batches)
      try writer.close()
      var reader = try TraceReader(path: path)
      let found = try reader.everything(parts: 3).traces
      #expect(found.count == 25)
      #expect(found.values.allSatisfy { Set($0.map(\.id.rawValue)) == Set(1...40) })
    }
  }

  @Test func `written ids that are not hex come back by their hash`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var span = PlainSpan(1, 2)
      span.id = SpanID(text: "span-b")
      span.parent = SpanID(text: "span-a")
      span.facts[.opaqueID] = true
      span.detail = #"{"span_id":"span-b","parent_id":"span-a"}"#
      var broken = PlainSpan(1, 3)
      broken.facts[.opaqueID] = true
      broken.detail = "{not json"
      var unmarked = span
      unmarked.facts[.opaqueID] = false
      unmarked.trace.low = 2
      try makeStore(path, [span, broken, unmarked])
      var reader = try TraceReader(path: path)
      #expect(
        try reader.trace(span.trace)?.writtenIDs == [span.id: "span-b", span.parent: "span-a"])
      #expect(try reader.trace(unmarked.trace)?.writtenIDs == [:])
    }
  }

  @Test func `places follow the content's hash, not names or the order of loading`() throws {
    try withFolder { folder in
      func ranks(_ order: [(name: String, hash: String, id: UInt64)], _ path: String) throws
        -> [UInt64: Int32]
      {
        var writer = try SpanWriter(creating: path)
        for source in order {
          try writer.recordSkipped(
            SourceRecord(name: "notes-\(source.id).txt", remark: "no format"))
          _ = try writer.load(
            source.name, [SpanBatch([PlainSpan(source.id, source.id)])], contentHash: source.hash)
        }
        try writer.close()
        var reader = try TraceReader(path: path)
        var result: [UInt64: Int32] = [:]
        for part in reader.partitions(1) {
          try reader.forEachTrace(in: part) {
            for span in $0.spans { result[span.id.rawValue] = span.place.sourceRank }
          }
        }
        return result
      }
      let a = try ranks([("x", "ff", 1), ("y", "aa", 2), ("z", "bb", 3)], folder + "/a.db")
      let b = try ranks([("q", "bb", 3), ("a", "ff", 1), ("b", "aa", 2)], folder + "/b.db")
      #expect(a == [1: 2, 2: 0, 3: 1])
      #expect(b == a)
    }
  }

  @Test(arguments: [1, 2, 5])
  func `workers with a reader each see every trace once, with the same symbols`(workers: Int)
    async throws
  {
    let (folder, path) = try withFolder { folder in
      // The folder is removed; its name is free.
      (folder, folder + "/s.db")
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try makeStore(
      path,
      (0..<900).map { index in
        var span = PlainSpan(UInt64(index % 90 + 1), UInt64(index + 1))
        span.operation = "op \(index % 11)"
        return span
      })
    let catalog = try TraceReader(path: path).catalog
    var counts: [Symbol: Int] = [:]
    var traces: Set<TraceID> = []
    try await withThrowingTaskGroup(of: ([Symbol: Int], [TraceID]).self) { group in
      for part in catalog.partitions(workers) {
        group.addTask {
          var reader = try TraceReader(sharing: catalog)
          var counts: [Symbol: Int] = [:]
          var ids: [TraceID] = []
          try reader.forEachTrace(in: part) { trace in
            ids.append(trace.id)
            for span in trace.spans { counts[span.operation, default: 0] += 1 }
          }
          return (counts, ids)
        }
      }
      for try await (found, ids) in group {
        counts.merge(found, uniquingKeysWith: +)
        for id in ids { #expect(traces.insert(id).inserted) }
      }
    }
    #expect(traces.count == 90)
    for operation in 0..<11 {
      let symbol = try #require(catalog.symbols.find("op \(operation)"))
      #expect(counts[symbol] == (0..<900).count { $0 % 11 == operation })
    }
  }
}
