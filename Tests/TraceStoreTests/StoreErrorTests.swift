import Foundation
import Testing
import TraceModel
import TraceStore

/// What a failing call throws, else nil.
private func error(_ body: () throws -> Void) -> StoreError? {
  do {
    try body()
    return nil
  } catch {
    return error as? StoreError
  }
}

/// Writes bytes over a file's.
private func overwrite(_ path: String, at offset: UInt64, _ bytes: [UInt8]) throws {
  let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  try file.seek(toOffset: offset)
  try file.write(contentsOf: Data(bytes))
  try file.close()
}

struct StoreErrorTests {
  private static let sentences: [(StoreError, String)] = [
    (StoreError(.missing, "s.db"), "cannot open 's.db': there is no such file"),
    (
      StoreError(.missing, "no/s.db", isWriting: true),
      "cannot create 'no/s.db': its folder is not there"
    ),
    (
      StoreError(.notAFile, "dir"),
      "cannot open 'dir': it is not a regular file, a store is one file"
    ),
    (StoreError(.empty, "s.db"), "'s.db' is empty; a store is a file written by 'culprit ingest'"),
    (
      StoreError(.notSQLite, "s.db"),
      "'s.db' is no SQLite file; a store is a file written by 'culprit ingest'"
    ),
    (
      StoreError(.notAStore, "s.db"),
      "'s.db' is an SQLite file, but not a whole store of culprit; nothing was changed"
    ),
    (
      StoreError(.newerSchema(found: 7, known: 6), "incident.db"),
      "'incident.db' has store schema 7, this program reads up to 6; nothing was changed"
    ),
    (
      StoreError(.olderSchema(found: 1, known: 6), "incident.db"),
      "'incident.db' has store schema 1, this program reads 6; nothing was changed"
    ),
    (
      StoreError(.exists, "s.db", isWriting: true),
      "cannot create 's.db': a file of that name is there; it was not changed"
    ),
    (
      StoreError(.locked, "s.db", isWriting: true),
      "cannot write 's.db': another process is using it; nothing was changed"
    ),
    (
      StoreError(.denied, "s.db", isWriting: true),
      "cannot write 's.db': permission denied"
    ),
    (
      StoreError(
        fault: SQLiteFault(code: 8, words: "attempt to write a readonly database"), path: "s.db",
        doing: "in 'a.jsonl'", isWriting: true, kept: "nothing of 'a.jsonl' is in the store"),
      "cannot write 's.db' (SQLite 8: attempt to write a readonly database) in 'a.jsonl'; "
        + "nothing of 'a.jsonl' is in the store"
    ),
    (
      StoreError(
        .interrupted, "s.db", fault: SQLiteFault(code: 776, words: "attempt to write …")),
      "cannot read 's.db': an interrupted ingest left it unfinished, and its folder does not "
        + "let it be finished (SQLite 8)"
    ),
    (
      StoreError(
        fault: SQLiteFault(code: 13, words: "database or disk is full"), path: "incident.db",
        doing: "in 'b.jsonl'", isWriting: true,
        kept: "'a.jsonl' is complete in the store, nothing of 'b.jsonl' is"),
      "cannot write 'incident.db': disk is full (SQLite 13) in 'b.jsonl'; "
        + "'a.jsonl' is complete in the store, nothing of 'b.jsonl' is"
    ),
    (
      StoreError(
        fault: SQLiteFault(code: 267, words: "database disk image is malformed"), path: "s.db",
        doing: "while reading spans"),
      "'s.db' is damaged (SQLite 267: database disk image is malformed): while reading spans"
    ),
    (StoreError(.changed, "s.db"), "'s.db' was changed while it was read; run the command again"),
    (
      StoreError(.tooLarge, "s.db", doing: "in 'a.jsonl'", isWriting: true),
      "cannot write 's.db': a source may have 1 TiB and a store 8388607 sources, this is more "
        + "in 'a.jsonl'"
    ),
    (
      StoreError(
        .miscounted(seen: 3, stored: 1, dropped: 1), "s.db", doing: "in 'a.jsonl'", isWriting: true),
      "cannot write 's.db': 3 records were seen, but 1 stored and 1 dropped in 'a.jsonl'"
    ),
    (
      StoreError(.query, "s.db", fault: SQLiteFault(code: 1, words: "no such column: servce")),
      "the query on 's.db' failed (SQLite 1: no such column: servce)"
    ),
    (
      StoreError(
        fault: SQLiteFault(code: 778, words: "disk I/O error"), path: "s.db",
        doing: "in 'a.jsonl'", isWriting: true, kept: "no store was made"),
      "cannot write 's.db' (SQLite 778: disk I/O error) in 'a.jsonl'; no store was made"
    ),
  ]

  @Test func `each error is one sentence`() {
    for (error, sentence) in StoreErrorTests.sentences {
      #expect(error.description == sentence)
    }
  }

  @Test func `some errors come with what to do`() {
    #expect(
      StoreError(.newerSchema(found: 7, known: 6), "s.db").hint
        == "use a newer culprit, or ingest the original files into a new store")
    #expect(
      StoreError(.damaged, "s.db").hint == "ingest the original files into a new store")
    #expect(
      StoreError(.interrupted, "s.db").hint
        == "copy 's.db' with the files 's.db-journal' and 's.db-wal' beside it to a folder that can "
        + "be written, and read it there")
    #expect(StoreError(.missing, "s.db").hint == nil)
  }

  @Test func `what is no store is refused by reader, writer and query, and not changed`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      func refusal(_ content: [UInt8]?) throws -> [StoreError.Code] {
        if let content { try Data(content).write(to: URL(fileURLWithPath: path)) }
        var limits = SpanWriter.Limits()
        limits.wait = 0
        let codes = [
          error { _ = try TraceReader(path: path) },
          error { _ = try SpanWriter(extending: path, limits: limits) },
          error { try runQuery(path: path, sql: "select 1") { _, _ in } },
        ].compactMap { $0?.code }
        if let content {
          #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(content))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count <= 1)
        return codes
      }
      #expect(try refusal(nil) == [.missing, .missing, .missing])
      #expect(try refusal([]) == [.empty, .empty, .empty])
      #expect(
        try refusal(Array(String(repeating: "{\"traceId\":1}\n", count: 99).utf8))
          == [.notSQLite, .notSQLite, .notSQLite])
      try FileManager.default.removeItem(atPath: path)
      try makeStore(path, [PlainSpan(1, 1)])
      let store = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      var foreign = store
      foreign.replaceSubrange(68..<72, with: [0, 0, 0, 0])
      #expect(try refusal(foreign) == [.notAStore, .notAStore, .notAStore])
      var newer = store
      newer.replaceSubrange(60..<64, with: [0, 0, 0, 9])
      let code = StoreError.Code.newerSchema(found: 9, known: 6)
      #expect(try refusal(newer) == [code, code, code])
      newer.replaceSubrange(60..<64, with: [0, 0, 0, 1])
      let old = StoreError.Code.olderSchema(found: 1, known: 6)
      #expect(try refusal(newer) == [old, old, old])
      #expect(error { _ = try TraceReader(path: folder) }?.code == .notAFile)
      #expect(error { _ = try SpanWriter(creating: folder + "/no/s.db") }?.code == .missing)
      #expect(error { _ = try SpanWriter(creating: path) }?.code == .exists)
    }
  }

  @Test func `a damaged page is a sentence, wherever it lies`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      try makeStore(path, (0..<3000).map { PlainSpan(UInt64($0 / 10 + 1), UInt64($0 + 1)) })
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      var failures = 0
      for page in 0..<(whole.count / 16384) {
        try whole.write(to: URL(fileURLWithPath: path))
        try overwrite(
          path, at: UInt64(page) * 16384 + (page == 0 ? 100 : 0),
          Array(repeating: 0xff, count: 3000))
        let error = error {
          var reader = try TraceReader(path: path)
          for part in reader.partitions(2) { try reader.forEachTrace(in: part) { _ in } }
        }
        if let error {
          failures += 1
          #expect([.damaged, .notAStore, .notSQLite, .failed].contains(error.code))
        }
      }
      #expect(failures > 5)
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3")))
  func `rows that name what is not there are damage, not a crash`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      for harm in [
        "update series set operation = 9999", "update series set resource = -1",
        "update span set place = 77 << 40", "update series set peer = 1 << 62",
        "update span set series = 9999", "update span set series = -1",
        "update span set series = null", "update series set id = 7",
        "delete from span where row = 1", "update run set count = 9", "update run set count = -1",
        "update run set first = 9223372036854775807", "update run set count = 1 << 62",
        "insert into run values (8, 0, 1, 9223372036854775807)", "update source set records = -1",
        "update source set spans_stored = 9223372036854775807", "update defect set count = 1 << 62",
        "update defect set kind = null, count = 'x'", "delete from name where id = 0",
        "update name set id = 99 where id = 1", "update resource set id = 5",
        "update source set id = 3", "update defect set kind = 'new'", "drop table run",
      ] {
        try? FileManager.default.removeItem(atPath: path)
        var writer = try SpanWriter(creating: path)
        try writer.begin(source: "a")
        try writer.append(SpanBatch([PlainSpan(1, 1), PlainSpan(1, 2)]))
        var record = SourceRecord(name: "a", contentHash: "a", spansSeen: 2)
        record.defects.count(.oddID)
        _ = try writer.finish(record)
        try writer.close()
        try #require(try harmed(path, harm), "the stock shell changes the store")
        let error = error {
          var reader = try TraceReader(path: path)
          for part in reader.partitions(1) { try reader.forEachTrace(in: part) { _ in } }
        }
        #expect(error?.code == (harm.hasPrefix("drop") ? .failed : .damaged), "\(harm)")
      }
    }
  }

  /// Changes a store with the stock shell.
  private func harmed(_ path: String, _ sql: String) throws -> Bool {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
    shell.arguments = [path, sql]
    try shell.run()
    shell.waitUntilExit()
    return shell.terminationStatus == 0
  }

  @Test func `a full disk in a new store keeps the sources before, or leaves nothing`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var limits = SpanWriter.Limits()
      limits.pages = 40
      let many = SpanBatch((1...9000).map { PlainSpan(UInt64($0), UInt64($0)) })
      do {
        var writer = try SpanWriter(creating: path, limits: limits)
        var message = ""
        do { _ = try writer.load("b.jsonl", [many]) } catch { message = "\(error)" }
        #expect(
          message
            == "cannot write '\(path)': disk is full (SQLite 13) in 'b.jsonl'; no store was made")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
      var writer = try SpanWriter(creating: path, limits: limits)
      _ = try writer.load("a.jsonl", [SpanBatch([PlainSpan(1, 1)])])
      var message = ""
      do { _ = try writer.load("b.jsonl", [many]) } catch { message = "\(error)" }
      #expect(
        message == "cannot write '\(path)': disk is full (SQLite 13) in 'b.jsonl'; "
          + "'a.jsonl' is complete in the store, nothing of 'b.jsonl' is")
      try writer.close()
      #expect(try TraceReader(path: path).counts.spans == 1)
      #expect(try query(path, "pragma integrity_check") == ["ok"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["s.db"])
    }
  }

  @Test func `a full disk while extending leaves the store as it was`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      try makeStore(path, [PlainSpan(1, 1)])
      var limits = SpanWriter.Limits()
      limits.pages = 40
      var writer = try SpanWriter(extending: path, limits: limits)
      let many = SpanBatch((1...9000).map { PlainSpan(UInt64($0), UInt64($0)) })
      var message = ""
      do { _ = try writer.load("b.jsonl", [many]) } catch { message = "\(error)" }
      #expect(
        message == "cannot write '\(path)': disk is full (SQLite 13) in 'b.jsonl'; "
          + "nothing of 'b.jsonl' is in the store")
      try writer.close()
      #expect(try TraceReader(path: path).sources.map(\.record.name) == ["a.jsonl"])
      #expect(try query(path, "pragma integrity_check") == ["ok"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["s.db"])
    }
  }

  @Test func `counts that do not add up are refused`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var writer = try SpanWriter(creating: path)
      try writer.begin(source: "a.jsonl")
      try writer.append(SpanBatch([PlainSpan(1, 1)]))
      var code: StoreError.Code?
      do {
        _ = try writer.finish(SourceRecord(name: "a.jsonl", spansSeen: 3, spansDropped: 1))
      } catch let error as StoreError { code = error.code }
      #expect(code == .miscounted(seen: 3, stored: 1, dropped: 1))
      try writer.close()
      #expect(try TraceReader(path: path).counts.spans == 0)
    }
  }

  @Test func `an offset beyond a tebibyte is refused`() throws {
    try withFolder { folder in
      var writer = try SpanWriter(creating: folder + "/s.db")
      var span = PlainSpan(1, 1)
      span.offset = 1 << 40
      var code: StoreError.Code?
      do { _ = try writer.load("a.jsonl", [SpanBatch([span])]) } catch let error as StoreError {
        code = error.code
      }
      #expect(code == .tooLarge)
    }
  }

  @Test func `two writers never share a path`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var limits = SpanWriter.Limits()
      limits.wait = 0.1
      let first = try SpanWriter(creating: path)
      #expect(
        error { _ = try SpanWriter(creating: path, limits: limits) }?.description
          == "cannot write '\(path)': another process is using it; nothing was changed")
      try first.close()
      let second = try SpanWriter(extending: path)
      #expect(error { _ = try SpanWriter(extending: path, limits: limits) }?.code == .locked)
      try second.close()
      try SpanWriter(extending: path).close()
    }
  }

  @Test func `a store that is read cannot change under its readers`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      try makeStore(path, [PlainSpan(1, 1)])
      var limits = SpanWriter.Limits()
      limits.wait = 0.1
      let catalog: StoreCatalog
      do {
        let reader = try TraceReader(path: path)
        catalog = reader.catalog
        #expect(error { _ = try SpanWriter(extending: path, limits: limits) }?.code == .locked)
        #expect(try TraceReader(sharing: catalog).counts.spans == 1)
        #expect(reader.counts.spans == 1)
      }
      var writer = try SpanWriter(extending: path)
      _ = try writer.load("b.jsonl", [SpanBatch([PlainSpan(2, 2)])])
      try writer.close()
      #expect(error { _ = try TraceReader(sharing: catalog) }?.code == .changed)
    }
  }

  @Test func `a store in a folder that cannot be written is read`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      try makeStore(path, [PlainSpan(1, 1)])
      try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder)
      var reader = try TraceReader(path: path)
      #expect(try reader.everything().traces.count == 1)
      #expect(try query(path, "select count(*) from spans") == ["1"])
    }
  }
}
