import Foundation
import Testing
import TraceModel
import TraceStore

struct SpanWriterTests {
  @Test func `a store appears under its name once it is whole, for its owner alone`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var writer = try SpanWriter(creating: path)
      _ = try writer.load("a.jsonl", [SpanBatch([PlainSpan(1, 1)])])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["s.db.partial"])
      #expect(throws: StoreError.self) { _ = try TraceReader(path: path + ".partial") }
      try writer.close()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["s.db"])
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect(mode as? Int == 0o600)
      #expect(try query(path, "pragma journal_mode") == ["delete"])
      #expect(try query(path, "pragma integrity_check") == ["ok"])
    }
  }

  @Test func `an abandoned store leaves nothing`() throws {
    try withFolder { folder in
      do {
        var writer = try SpanWriter(creating: folder + "/s.db")
        try writer.begin(source: "a.jsonl")
        try writer.append(SpanBatch([PlainSpan(1, 1)]))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test func `an extension that is abandoned leaves one file at rest`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      try makeStore(path, [PlainSpan(1, 1)])
      do {
        var writer = try SpanWriter(extending: path)
        _ = try writer.load("b.jsonl", [SpanBatch([PlainSpan(1, 2)])])
        try writer.begin(source: "c.jsonl")
        try writer.append(SpanBatch([PlainSpan(1, 3)]))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["s.db"])
      // Bytes 18 and 19 of an SQLite file are 1 where it needs no write-ahead log, 2 where it does.
      #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))[18...19]) == [1, 1])
      #expect(
        try query(path, "select span_id from spans") == ["0000000000000001", "0000000000000002"])
    }
  }

  @Test func `what a killed run left is taken over, its rows are not`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      try Data("half a store".utf8).write(to: URL(fileURLWithPath: path + ".partial"))
      try makeStore(path, [PlainSpan(1, 1)])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["s.db"])
      #expect(try query(path, "select count(*) from span") == ["1"])
    }
  }

  @Test func `the same content is loaded once, whatever its name`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      let batch = SpanBatch([PlainSpan(1, 1), PlainSpan(2, 2)])
      try makeStore(path, [PlainSpan(1, 1), PlainSpan(2, 2)])
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      var writer = try SpanWriter(extending: path)
      let again = try writer.load("copy.jsonl", [batch], contentHash: contentHash("a.jsonl"))
      #expect(again == .sameContent(as: "a.jsonl"))
      try writer.close()
      let after = try TraceReader(path: path)
      #expect(after.counts.spans == 2)
      #expect(after.sources.map(\.record.name) == ["a.jsonl"])
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == before.count)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["s.db"])
    }
  }

  @Test func `an extended store holds old and new, and its names still fit after a roll-back`()
    throws
  {
    try withFolder { folder in
      let path = folder + "/s.db"
      var first = PlainSpan(1, 1)
      first.operation = "old"
      try makeStore(path, [first])
      var gone = PlainSpan(1, 2)
      gone.operation = "gone"
      gone.service = "gone service"
      var new = PlainSpan(1, 3)
      new.operation = "new"
      new.service = "new service"
      var writer = try SpanWriter(extending: path)
      try writer.begin(source: "gone.jsonl")
      try writer.append(SpanBatch([gone]))
      try writer.rollBack()
      // What was taken back is new again, and its old row id is another's now.
      _ = try writer.load("b.jsonl", [SpanBatch([new]), SpanBatch([gone, first])])
      try writer.close()
      var reader = try TraceReader(path: path)
      let spans = try reader.everything().traces[first.trace] ?? []
      #expect(
        Set(spans) == [
          first.stored(in: "a.jsonl"), new.stored(in: "b.jsonl"), first.stored(in: "b.jsonl"),
          gone.stored(in: "b.jsonl"),
        ])
      #expect(try query(path, "select text from name order by id") == ["", "old", "new", "gone"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["s.db"])
    }
  }

  @Test func `names, resources and scopes beyond the memory for them still come back`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var limits = SpanWriter.Limits()
      limits.rememberedEntries = 5
      var writer = try SpanWriter(creating: path, limits: limits)
      var wanted: Set<PlainSpan> = []
      var batches: [SpanBatch] = []
      for batch in 0..<6 {
        let spans = (0..<20).map { index in
          var span = PlainSpan(1, UInt64(batch * 20 + index + 1))
          span.operation = "op \(index)"
          span.service = "service \(index % 7)"
          span.scope = "scope \(index % 6)"
          return span
        }
        wanted.formUnion(spans.map { $0.stored(in: "a.jsonl") })
        batches.append(SpanBatch(spans))
      }
      _ = try writer.load("a.jsonl", batches)
      try writer.close()
      var reader = try TraceReader(path: path)
      #expect(Set(try reader.everything().traces.values.joined()) == wanted)
      // One name may have several rows, but it is one name.
      let rows = try query(path, "select count(*) from name where text = 'op 3'")
      #expect(rows != ["1"])
      #expect(reader.symbols.count == 1 + 20 + 7)
      #expect(reader.resources.count == 1 + 7)
      #expect(
        try query(path, "select count(distinct operation), count(distinct service) from spans")
          == ["20|7"])
    }
  }

  @Test func `a resource that arrives after its spans is theirs`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      func batch(_ ids: [UInt64], late: UInt64, service: String?) -> SpanBatch {
        var batch = SpanBatch(ids.map { PlainSpan(1, $0) })
        batch.resources = [ResourceRow()]
        batch.scopes = [ScopeRow()]
        batch.resources[0].late = late
        batch.scopes[0].late = late
        batch.resources[0].isKnown = service != nil
        batch.scopes[0].isKnown = service != nil
        batch.resources[0].service = batch.symbols.intern(service ?? "")
        batch.scopes[0].name = batch.symbols.intern(service.map { "lib of " + $0 } ?? "")
        for index in batch.spans.indices {
          batch.spans[index].resource = 0
          batch.spans[index].scope = 0
        }
        return batch
      }
      var writer = try SpanWriter(creating: path)
      _ = try writer.load(
        "a.json",
        [
          batch([1, 2], late: 7, service: nil), batch([3], late: 8, service: nil),
          batch([4], late: 7, service: "shop"), batch([5], late: 7, service: "shop"),
          batch([6], late: 9, service: "bank"), batch([7], late: 9, service: nil),
        ])
      // The numbers begin anew with each source.
      _ = try writer.load("b.json", [batch([8], late: 7, service: "post")])
      try writer.close()
      #expect(
        try query(path, "select span_id, service, scope from spans order by 1").map {
          $0.suffix(18)
        }
          == [
            "1|shop|lib of shop", "2|shop|lib of shop", "unknown_service|null",
            "4|shop|lib of shop",
            "5|shop|lib of shop", "6|bank|lib of bank", "7|bank|lib of bank", "8|post|lib of post",
          ].map { $0.suffix(18) })
      let reader = try TraceReader(path: path)
      let defects = reader.sources.compactMap { $0.record.defects.entries[.missingService]?.count }
      #expect(defects == [1])
    }
  }

  @Test func `spans that say the same share a series, and others have their own`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var spans: [PlainSpan] = []
      let changes: [(inout PlainSpan) -> Void] = [
        { _ in }, { $0.service = "cart" }, { $0.scope = "lib" }, { $0.operation = "PUT /" },
        { $0.facts.status = .error }, { $0.facts.messageHash = 7 }, { $0.peer = "db" },
        { $0.errorType = "E" }, { $0.flags = 256 },
      ]
      for round in 0..<3 {
        for (index, change) in changes.enumerated() {
          var span = PlainSpan(UInt64(1 + index % 2), UInt64(round * 100 + index + 1))
          change(&span)
          spans.append(span)
        }
      }
      let half = spans.count / 2
      var writer = try SpanWriter(creating: path)
      _ = try writer.load(
        "a.jsonl", [SpanBatch(Array(spans[..<half])), SpanBatch(Array(spans[half...]))])
      try writer.close()
      #expect(try query(path, "select count(*) from series") == ["\(changes.count)"])
      var reader = try TraceReader(path: path)
      #expect(
        Set(try reader.everything().traces.values.joined())
          == Set(
            spans.map { span in
              // Read for exports alone.
              var span = span.stored(in: "a.jsonl")
              span.flags = 0
              return span
            }))
      #expect(
        try query(path, "select flags, count(*) from spans group by 1")
          == ["null|\(3 * changes.count - 3)", "256|3"])
    }
  }

  @Test func `small sources share a batch and stay apart`() throws {
    func record(_ name: String, _ content: String, spans: Int) -> SourceRecord {
      SourceRecord(
        name: name, format: "otlp", compression: "", bytes: 10, contentHash: content, records: 1,
        spansSeen: spans, spansDropped: 0, logsSeen: 0, logsDropped: 0, metricsSeen: 0,
        defects: DefectTally())
    }
    func span(_ trace: UInt64, _ id: UInt64, of number: Int64) -> PlainSpan {
      var span = PlainSpan(trace, id)
      span.offset = Int64(id) + number << SpanBatch.offsetBits
      return span
    }
    try withFolder { folder in
      let path = folder + "/s.db"
      var writer = try SpanWriter(creating: path)
      #expect(
        try writer.store(
          SpanBatch([span(5, 1, of: 0), span(3, 2, of: 1), span(5, 3, of: 1), span(3, 4, of: 2)]),
          [
            record("a", "1", spans: 1), record("b", "2", spans: 2), record("c", "1", spans: 1),
          ]) == [.stored(spans: 1, logs: 0), .stored(spans: 2, logs: 0), .sameContent(as: "a")])
      #expect(
        try writer.store(
          SpanBatch([span(7, 5, of: 0), span(0, 6, of: 1)]),
          [record("d", "2", spans: 1), record("e", "3", spans: 1)])
          == [.sameContent(as: "b"), .stored(spans: 1, logs: 0)])
      // What was counted is stored, source by source.
      #expect(throws: StoreError.self) {
        try writer.store(
          SpanBatch([span(8, 7, of: 0), span(8, 8, of: 0)]),
          [record("f", "4", spans: 1), record("g", "5", spans: 1)])
      }
      try writer.close()
      #expect(
        try query(path, "select source, \"offset\" from spans order by 1, 2")
          == ["a|1", "b|2", "b|3", "e|6"])
      #expect(
        try query(path, "select name, spans_stored, spans_quarantined from sources order by 1")
          == ["a|1|0", "b|2|0", "e|1|1"])
      let reader = try TraceReader(path: path)
      let names: [String] = reader.sources.map { $0.record.name }
      #expect(reader.counts.spans == 4)
      #expect(names == ["a", "b", "e"])
    }
  }

  @Test func `a series that was rolled back is stored again`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var writer = try SpanWriter(creating: path)
      try writer.begin(source: "lost.jsonl")
      try writer.append(SpanBatch([PlainSpan(1, 1)]))
      try writer.rollBack()
      _ = try writer.load("a.jsonl", [SpanBatch([PlainSpan(1, 2)])])
      try writer.close()
      var reader = try TraceReader(path: path)
      #expect(
        Set(try reader.everything().traces.values.joined())
          == [PlainSpan(1, 2).stored(in: "a.jsonl")])
    }
  }

  @Test(arguments: [1, 2, 3, 500])
  func `spans without a trace id come page by page, whatever lies between`(limit: Int) throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var writer = try SpanWriter(creating: path)
      _ = try writer.load(
        "a.jsonl",
        [
          SpanBatch([PlainSpan(0, 1), PlainSpan(0, 2), PlainSpan(5, 3)]),
          SpanBatch([PlainSpan(5, 4)]),
          SpanBatch([PlainSpan(0, 5), PlainSpan(0, 6), PlainSpan(0, 7), PlainSpan(9, 8)]),
        ])
      try writer.close()
      let reader = try TraceReader(path: path)
      var ids: [SpanID] = []
      var last: Int64 = 0
      while case let found = try reader.quarantined(after: last, limit: limit),
        let end = found.last
      {
        #expect(found.count <= limit && found.allSatisfy { $0.trace.isAbsent })
        ids += found.map(\.span.id)
        last = end.span.row
      }
      #expect(ids.map(\.rawValue) == [1, 2, 5, 6, 7])
      #expect(
        try query(path, "select trace_id is null, count(*) from spans group by 1") == [
          "0|3", "1|5",
        ])
    }
  }

  @Test func `spans without a trace id are stored and counted, and in no trace`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      try makeStore(path, [PlainSpan(0, 1), PlainSpan(0, 2), PlainSpan(5, 3)])
      var reader = try TraceReader(path: path)
      #expect(reader.counts.traces == 1)
      #expect(reader.counts.spans == 3)
      #expect(reader.counts.quarantined == 2)
      #expect(try reader.everything().traces.values.map(\.count) == [1])
      #expect(
        try query(path, "select count(*), count(trace_id) from spans") == ["3|1"])
    }
  }

  @Test func `what is known of sources and their defects comes back, skipped ones once`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var record = SourceRecord(
        name: "a.jsonl.gz", format: "otlp", compression: "gzip", bytes: 900, contentHash: "ab",
        records: 12, spansSeen: 3, spansDropped: 2, logsSeen: 1, logsDropped: 1, metricsSeen: 4,
        remark: "first")
      record.defects.add(Defect(kind: .brokenRecord, count: 2, firstOffset: 77, example: "{"))
      record.defects.add(Defect(kind: .metricsNotRead, count: 4))
      var skipped = SourceRecord(name: "notes.txt", bytes: 5, remark: "no known format")
      skipped.defects.count(.unknownFile)
      var writer = try SpanWriter(creating: path)
      try writer.recordSkipped(skipped)
      try writer.begin(source: record.name)
      try writer.append(SpanBatch([PlainSpan(1, 1)]))
      #expect(try writer.finish(record) == .stored(spans: 1, logs: 0))
      try writer.recordSkipped(skipped)
      try writer.close()
      let reader = try TraceReader(path: path)
      #expect(
        reader.sources == [
          StoredSource(
            record: record, isLoaded: true, spansStored: 1, spansQuarantined: 0, logsStored: 0),
          StoredSource(
            record: skipped, isLoaded: false, spansStored: 0, spansQuarantined: 0, logsStored: 0),
        ])
      #expect(
        try query(
          path, "select source, kind, severity, count, first_offset from defects order by 1, 2")
          == [
            "a.jsonl.gz|broken_record|loss|2|77", "a.jsonl.gz|metrics_not_read|note|4|null",
            "notes.txt|unknown_file|loss|1|null",
          ])
      #expect(
        try query(path, "select explanation from defects where kind = 'unknown_file'")
          == [Defect.Kind.unknownFile.explanation])
    }
  }
}
