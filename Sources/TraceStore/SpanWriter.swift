import GRDB
package import TraceModel

/// Turns batches into rows of one store file.
///
/// A new store grows in a temporary file beside its path and gets its name in `close`; abandoned, nothing is left. An existing
/// one is extended by whole sources, a large one or several small ones in a transaction, and is one file again after `close`. Nothing is synced to the
/// disk before it has its name: after a loss of power ingest the files again.
///
/// After an error the source that is open is lost, or the small ones that share its transaction; `close` keeps those that were finished before it.
///
/// - Invariant: what is seen of a source is stored, or dropped under a named defect; `finish` refuses other counts.
package struct SpanWriter: ~Copyable {
  let path: String
  private let isNew: Bool
  // The order matters at the end: statements, then their connection, then the lock.
  private var catalog: RowCatalog
  private var rows: RowInserts
  private var sources: SourceStatements
  let connection: Connection
  private var file: StoreFile
  private var open: OpenSource?
  private var lastFinished: String?

  /// A source whose transaction is open, or several.
  private struct OpenSource {
    /// The first one's, where there are several.
    var name: String
    /// The first one's; the others have those behind it.
    var id: Int64
    var tally: RowInserts.Tally
  }

  /// What bounds the writer's memory and patience.
  package struct Limits: Sendable {
    /// Bytes of names, resources or scopes that it remembers, each.
    package var rememberedBytes = 24 << 20
    /// Names, resources or scopes that it remembers, each.
    package var rememberedEntries = 200_000
    /// Seconds to wait for other processes.
    package var wait = 2.0
    /// Pages that the file may have; nil for no limit. For tests of a full disk.
    package var pages: Int? = nil

    /// The usual limits.
    package init() {}
  }

  /// Bytes of a page of a store that input of so many bytes goes into.
  ///
  /// Each table and index begins with a page of its own, so small stores have small ones. Each page that is written is a call of
  /// the system, so large stores have large ones.
  private static func pageBytes(expecting bytes: Int64) -> Int {
    switch bytes {
    case ..<(1 << 20): 4 << 10
    case ..<(64 << 20): 16 << 10
    default: 32 << 10
    }
  }

  /// Begins a new store: a temporary file in the same folder, readable by its owner alone.
  ///
  /// - Parameter expecting: bytes of the input, as far as they are known; they only decide how the file is laid out.
  package init(
    creating path: String, expecting bytes: Int64? = nil, limits: Limits = Limits()
  ) throws(StoreError) {
    let file = try StoreFile(creating: path, wait: limits.wait)
    do {
      let connection = try Connection(
        path: file.partialPath ?? path, for: .creating, wait: limits.wait)
      // A journal in memory costs as little as none, and unlike none it lets a source be rolled back. Some builds of SQLite
      // fill each new page with zeros, lest it show what was deleted: here nothing was.
      try connection.run(
        """
        pragma page_size = \(Self.pageBytes(expecting: bytes ?? 1 << 20)); pragma journal_mode = memory;
        pragma synchronous = off; pragma locking_mode = exclusive; pragma cache_size = -2000;
        pragma secure_delete = off;
        """)
      if let pages = limits.pages { try connection.run("pragma max_page_count = \(pages)") }
      try Schema.create(in: connection)
      let catalog = try RowCatalog(connection, limit: RowIDs.Limit(limits))
      let rows = try RowInserts(connection)
      let sources = try SourceStatements(connection)
      self.init(path: path, isNew: true, catalog, rows, sources, connection, file)
    } catch {
      throw StoreError(
        fault: error, path: path, doing: "", isWriting: true, kept: "no store was made")
    }
  }

  /// Opens an existing store to add sources to it; refuses what is not a store, a newer one, and one that another process
  /// is writing.
  package init(extending path: String, limits: Limits = Limits()) throws(StoreError) {
    let file = try StoreFile(extending: path, wait: limits.wait)
    do {
      let connection = try Connection(path: path, for: .extending, wait: limits.wait)
      try Schema.check(connection, path: path)
      try connection.openLog()
      try connection.run("pragma synchronous = normal; pragma cache_size = -2000;")
      if let pages = limits.pages { try connection.run("pragma max_page_count = \(pages)") }
      try Schema.describeDefects(in: connection)
      var catalog = try RowCatalog(connection, limit: RowIDs.Limit(limits))
      try catalog.reload(connection)
      let rows = try RowInserts(connection)
      let sources = try SourceStatements(connection)
      self.init(path: path, isNew: false, catalog, rows, sources, connection, file)
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(
        fault: SQLiteFault(error), path: path, doing: "", isWriting: true,
        kept: "nothing was added")
    }
  }

  private init(
    path: String, isNew: Bool, _ catalog: consuming RowCatalog, _ rows: consuming RowInserts,
    _ sources: consuming SourceStatements,
    _ connection: consuming Connection, _ file: consuming StoreFile
  ) {
    self.path = path
    self.isNew = isNew
    self.catalog = catalog
    self.rows = rows
    self.sources = sources
    self.connection = connection
    self.file = file
  }

  /// Opens the transaction of a source.
  package mutating func begin(source name: String) throws(StoreError) {
    try begin(source: name, count: 1)
  }

  private mutating func begin(source name: String, count: Int) throws(StoreError) {
    precondition(open == nil, "a source is finished or rolled back before the next one begins")
    do throws(SQLiteFault) {
      try connection.run(kept: "begin immediate")
      open = OpenSource(
        name: name, id: try sources.nextID(), tally: RowInserts.Tally(sources: count))
      try rows.start()
    } catch {
      throw explained(error, name)
    }
    if (open?.id ?? 0) + Int64(count) > 1 << (63 - Schema.offsetBits) {
      throw StoreError(.tooLarge, path, isWriting: true, kept: kept(name))
    }
  }

  /// Writes the rows of a batch. The batch's defects and counts are the caller's to sum up for `finish`.
  package mutating func append(_ batch: borrowing SpanBatch) throws(StoreError) {
    guard var source = open else { preconditionFailure("a batch is appended to a begun source") }
    do throws(SQLiteFault) {
      let ids = try catalog.rowIDs(for: batch)
      try rows.append(batch, ids, source: source.id, &source.tally)
    } catch {
      throw explained(error, source.name)
    }
    if source.tally.hasTooLargeOffset {
      throw StoreError(
        .tooLarge, path, doing: "in '\(source.name)'", isWriting: true, kept: kept(source.name))
    }
    open = source
  }

  /// Closes the transaction of a source: all of it is in the store, or nothing where its content was there before.
  package mutating func finish(_ record: SourceRecord) throws(StoreError) -> FinishedSource {
    guard let source = open else { preconditionFailure("only a begun source is finished") }
    do throws(SQLiteFault) {
      if let same = try sources.name(ofContent: record.contentHash) {
        try undo()
        return .sameContent(as: same)
      }
      var record = record
      let missing = try catalog.finishSource()
      if missing > 0 {
        record.defects.add(Defect(kind: .missingService, count: missing))
      }
      try sources.write(record, id: source.id, source.tally.sources[0])
    } catch {
      throw explained(error, source.name)
    }
    try check(record, source.tally.sources[0])
    try commit(last: source.name)
    let counts = source.tally.sources[0]
    return .stored(spans: counts.spans, logs: counts.logs)
  }

  /// Stores several small sources in one transaction: all rows of each are in the store, or nothing where its content was there before.
  ///
  /// - Parameters:
  ///   - batch: the rows of all, which refer to nothing that comes later.
  ///   - records: the sources by their numbers.
  package mutating func store(
    _ batch: SpanBatch, _ records: [SourceRecord]
  ) throws(StoreError) -> [FinishedSource] {
    guard let first = records.first, let last = records.last else { return [] }
    precondition(
      batch.resources.allSatisfy { $0.late == 0 } && batch.scopes.allSatisfy { $0.late == 0 },
      "what small sources refer to stands in their batch")
    let known = try namesOfKnown(records)
    let left = records.indices.filter { known[$0] == nil }
    if left.isEmpty { return known.compactMap { $0.map { .sameContent(as: $0) } } }
    try begin(source: first.name, count: left.count)
    if left.count == records.count {
      try append(batch)
    } else {
      var rest = batch
      rest.keepRows(ofSources: left)
      try append(rest)
    }
    guard let source = open else { preconditionFailure("a batch is appended to a begun source") }
    // Ids have no gaps.
    for (place, number) in left.enumerated() {
      let (record, counts) = (records[number], source.tally.sources[place])
      do throws(SQLiteFault) {
        try sources.write(record, id: source.id + Int64(place), counts)
      } catch {
        throw explained(error, record.name)
      }
      try check(record, counts)
    }
    try commit(last: last.name)
    var stored = source.tally.sources.makeIterator()
    return known.map { name in
      if let name { return .sameContent(as: name) }
      let counts = stored.next() ?? RowInserts.Counts()
      return .stored(spans: counts.spans, logs: counts.logs)
    }
  }

  /// For each source the name of one of the same content, in the store or before it; nil where there is none.
  private mutating func namesOfKnown(_ records: [SourceRecord]) throws(StoreError) -> [String?] {
    var contents: [String: String] = [:]
    var names: [String?] = []
    for record in records {
      var name = contents[record.contentHash]
      do throws(SQLiteFault) {
        if name == nil { name = try sources.name(ofContent: record.contentHash) }
      } catch {
        throw explained(error, record.name)
      }
      if name == nil { contents[record.contentHash] = record.name }
      names.append(name)
    }
    return names
  }

  private mutating func commit(last name: String) throws(StoreError) {
    do throws(SQLiteFault) {
      try connection.run(kept: "commit")
    } catch {
      throw explained(error, name)
    }
    open = nil
    lastFinished = name
  }

  /// Notes a source that was not loaded, with the reason in its remark and defects; the same one is noted once.
  package mutating func recordSkipped(_ record: SourceRecord) throws(StoreError) {
    precondition(open == nil, "a source is finished or rolled back before another one is noted")
    do throws(SQLiteFault) {
      let known = try connection.int(
        """
        select count(*) from source
        where loaded = 0 and name = ? and bytes = ? and coalesce(content_hash, '') = ? and remark = ?
        """, [record.name, record.bytes, record.contentHash, record.remark])
      if known > 0 { return }
      try connection.run(kept: "begin immediate")
      try sources.write(record, id: sources.nextID(), nil)
      try connection.run(kept: "commit")
    } catch {
      throw explained(error, record.name)
    }
  }

  /// Takes back all rows of the source that is open.
  package mutating func rollBack() throws(StoreError) {
    guard let source = open else { return }
    do throws(SQLiteFault) {
      try undo()
    } catch {
      throw explained(error, source.name)
    }
  }

  /// Makes the store whole: indexes and the name of a new one, one file again of an extended one. A source that is still
  /// open is taken back.
  package consuming func close() throws(StoreError) {
    try rollBack()
    do throws(SQLiteFault) {
      if isNew {
        try connection.run(
          """
          begin; \(Schema.indexes)
          pragma application_id = \(Schema.applicationID); pragma user_version = \(Schema.version);
          commit;
          """)
      } else {
        try connection.run("pragma wal_checkpoint(truncate)")
      }
    } catch {
      throw explained(error, nil)
    }
    try file.publish(as: path)
  }

  private mutating func undo() throws(SQLiteFault) {
    open = nil
    // A full disk may have ended the transaction already.
    if try connection.isInTransaction() { try connection.run("rollback") }
    try catalog.reload(connection)
  }

  private func check(
    _ record: SourceRecord, _ counts: RowInserts.Counts
  ) throws(StoreError) {
    let sums = [
      (record.spansSeen, counts.spans, record.spansDropped),
      (record.logsSeen, counts.logs, record.logsDropped),
    ]
    for (seen, stored, dropped) in sums where seen != stored + dropped {
      throw StoreError(
        .miscounted(seen: seen, stored: stored, dropped: dropped), path,
        doing: "in '\(record.name)'", isWriting: true, kept: kept(record.name))
    }
  }

  /// Whether a record that names a request and no trace may be in the store; what an extended one held before is not known.
  var sawBareRequest: Bool { !isNew || rows.sawBareRequest }

  private func explained(_ fault: SQLiteFault, _ source: String?) -> StoreError {
    StoreError(
      fault: fault, path: path, doing: source.map { "in '\($0)'" } ?? "while closing it",
      isWriting: true, kept: kept(source))
  }

  private func kept(_ source: String?) -> String {
    guard let source else {
      return isNew ? "no store was made" : "what was finished is in the store"
    }
    if let lastFinished {
      return "'\(lastFinished)' is complete in the store, nothing of '\(source)' is"
    }
    return isNew ? "no store was made" : "nothing of '\(source)' is in the store"
  }
}

extension RowIDs.Limit {
  fileprivate init(_ limits: SpanWriter.Limits) {
    self.init(bytes: limits.rememberedBytes, entries: limits.rememberedEntries)
  }
}
