package import TraceModel

extension TraceReader {
  /// Spans with their texts, in the order asked for.
  ///
  /// - Complexity: one look-up a span.
  package func records(of spans: [Span]) throws(StoreError) -> [SpanRecord] {
    try reading("while reading spans with their texts") { () throws(SQLiteFault) in
      var statement = try connection.prepare(
        """
        select t.resource, t.scope, t.flags, s.attributes, s.detail, u.trace_hi, u.trace_lo
        \(Schema.spansWithRuns) left join series t on t.id = s.series where s.row = ?
        """)
      var result: [SpanRecord] = []
      result.reserveCapacity(spans.count)
      for span in spans {
        statement.bind(span.row, at: 1)
        if try statement.step() {
          result.append(record(span, statement))
        }
        statement.reset()
      }
      return result
    }
  }

  /// Spans that have no trace id and stand behind a row, in the order of their rows.
  ///
  /// - Complexity: linear in the rows that are passed over.
  package func quarantined(after row: Int64, limit: Int) throws(StoreError) -> [SpanRecord] {
    let found = try reading("while reading spans without a trace") {
      () throws(SQLiteFault) -> [SpanRecord?] in
      var statement = try connection.prepare(
        """
        select t.resource, t.scope, t.flags, s.attributes, s.detail, u.trace_hi, u.trace_lo,
          s.row, s.id, s.parent, s.series, s.start_ns, s.duration_ns, s.place
        from run u not indexed cross join span s on s.row between u.first and u.first + u.count - 1
          left join series t on t.id = s.series
        where u.first >= (select coalesce(max(first), 0) from run where first <= ?1) and u.trace_lo is null
          and s.row > ?1
        order by u.first, s.row limit ?2
        """)
      statement.bind(row, at: 1)
      statement.bind(Int64(limit), at: 2)
      var result: [SpanRecord?] = []
      while try statement.step() {
        result.append(catalog.span(statement, from: 7).map { record($0, statement) })
      }
      return result
    }
    let sound = found.compactMap { $0 }
    guard sound.count == found.count else {
      throw .damaged("a span names what is not there", path: catalog.path)
    }
    return sound
  }

  private func record(_ span: Span, _ row: borrowing RawStatement) -> SpanRecord {
    var record = SpanRecord(span: span)
    record.resource = row.int(0)
    record.scope = row.int(1)
    record.flags = row.int(2)
    record.attributes = row.text(3)
    record.detail = row.text(4)
    if !row.isNull(6) {
      record.trace = TraceID(
        high: UInt64(bitPattern: row.int(5)), low: UInt64(bitPattern: row.int(6)))
    }
    record.operation = symbols[span.operation]
    record.peer = symbols[span.peer]
    record.errorType = symbols[span.errorType]
    let rank = Int(span.place.sourceRank)
    record.isForeign = rank < sources.count && sources[rank].record.format != "otlp"
    return record
  }

  /// All resources by number.
  package func resourceRecords() throws(StoreError) -> [Int64: ResourceRecord] {
    try reading("while reading its resources") { () throws(SQLiteFault) in
      var statement = try connection.prepare(
        "select id, service, host, instance, version, attributes, detail from resource")
      var result: [Int64: ResourceRecord] = [:]
      while try statement.step() {
        var record = ResourceRecord()
        record.service = statement.text(1)
        record.host = statement.text(2)
        record.instance = statement.text(3)
        record.version = statement.text(4)
        record.attributes = statement.text(5)
        record.detail = statement.text(6)
        result[statement.int(0)] = record
      }
      return result
    }
  }

  /// All scopes by number.
  package func scopeRecords() throws(StoreError) -> [Int64: ScopeRecord] {
    try reading("while reading its scopes") { () throws(SQLiteFault) in
      var statement = try connection.prepare(
        "select id, name, version, attributes, detail from scope")
      var result: [Int64: ScopeRecord] = [:]
      while try statement.step() {
        var record = ScopeRecord(name: statement.text(1), version: statement.text(2))
        record.attributes = statement.text(3)
        record.detail = statement.text(4)
        result[statement.int(0)] = record
      }
      return result
    }
  }
}
