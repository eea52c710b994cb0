import TraceModel

/// What is asked and written once for each source, prepared once: of 50,000 files of one trace it was a tenth of the work.
struct SourceStatements: ~Copyable {
  private var next: RawStatement
  private var same: RawStatement
  private var source: RawStatement
  private var defect: RawStatement

  init(_ connection: borrowing Connection) throws(SQLiteFault) {
    let next = try connection.prepare("select coalesce(max(id), 0) + 1 from source")
    let same = try connection.prepare(
      "select name from source where content_hash = ? and loaded = 1")
    let source = try connection.prepare(
      "insert into source values (?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    let defect = try connection.prepare("insert into defect values (?, ?, ?, ?, ?)")
    self.next = next
    self.same = same
    self.source = source
    self.defect = defect
  }

  /// The id of the next source.
  mutating func nextID() throws(SQLiteFault) -> Int64 {
    defer { next.reset() }
    return try next.step() ? next.int(0) : 1
  }

  /// The name of the source that has the content, nil where none has.
  mutating func name(ofContent hash: String) throws(SQLiteFault) -> String? {
    same.bind(hash, at: 1)
    defer { same.reset() }
    return try same.step() ? same.text(0) : nil
  }

  /// Writes a source and its defects.
  ///
  /// - Parameter counts: what of it was stored; nil where it was not loaded.
  mutating func write(
    _ record: SourceRecord, id: Int64, _ counts: RowInserts.Counts?
  ) throws(SQLiteFault) {
    source.bind(id, at: 1)
    source.bind(record.name, at: 2)
    source.bind(record.format, at: 3)
    source.bind(record.compression, at: 4)
    source.bind(Int64(record.bytes), at: 5)
    source.bind(record.contentHash, at: 6)
    let numbers = [
      counts == nil ? 0 : 1, record.records, record.spansSeen, counts?.spans ?? 0,
      record.spansDropped, counts?.quarantined ?? 0, record.logsSeen, counts?.logs ?? 0,
      record.logsDropped, record.metricsSeen,
    ]
    for (place, number) in numbers.enumerated() {
      source.bind(Int64(number), at: Int32(place + 7))
    }
    source.bind(record.remark, at: 17)
    try source.execute()
    for found in record.defects.sorted {
      defect.bind(id, at: 1)
      defect.bind(found.kind.rawValue, at: 2)
      defect.bind(Int64(found.count), at: 3)
      if let offset = found.firstOffset {
        defect.bind(offset, at: 4)
      } else {
        defect.bindNull(at: 4)
      }
      defect.bind(found.example, at: 5)
      try defect.execute()
    }
  }
}
