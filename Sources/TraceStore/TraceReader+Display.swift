package import TraceModel

/// The texts of one span, for display.
package struct SpanText: Sendable, Hashable {
  /// The span's row in the store.
  package var row: Int64
  /// All attributes as a JSON object; empty where there are none.
  package var attributes: String
  /// What is rare, as a JSON object (see `SpanRow.detail`); empty where there is nothing.
  package var detail: String
  /// Attributes of the resource as a JSON object; empty where there are none.
  package var resourceAttributes: String
  /// Name of the instrumentation scope; empty where there is none.
  package var scope: String
}

extension TraceReader {
  /// The texts of spans, in the order asked for; rows that are not there are left out.
  package func texts(rows: [Int64]) throws(StoreError) -> [SpanText] {
    try reading("while reading attributes") { () throws(SQLiteFault) in
      var statement = try connection.prepare(
        """
        select s.attributes, s.detail, r.attributes, c.name from span s
        left join series t on t.id = s.series
        left join resource r on r.id = t.resource left join scope c on c.id = t.scope
        where s.row = ?
        """)
      var result: [SpanText] = []
      for row in rows {
        statement.bind(row, at: 1)
        if try statement.step() {
          result.append(
            SpanText(
              row: row, attributes: statement.text(0), detail: statement.text(1),
              resourceAttributes: statement.text(2), scope: statement.text(3)))
        }
        statement.reset()
      }
      return result
    }
  }

  /// Log records that name a trace or were joined to it, earliest first; those without a time come first. An event that stands in several
  /// exports comes once.
  ///
  /// - Parameter id: 128-bit, or 64-bit as it was written.
  /// - Parameter limit: how many at most.
  package func logs(trace id: TraceID, limit: Int = .max) throws(StoreError) -> [LogRecord] {
    if id.isAbsent { return [] }
    // As with spans, records under the 64-bit form belong to the one trace that ends so.
    let wanted = try storedForms(of: id)
    let ids =
      [Int64(bitPattern: id.low)]
      + [wanted[0], wanted[wanted.count - 1]].map { Int64(bitPattern: $0.high) }
    return try logs(
      """
      where l.row in (
        select m.row from log_run r cross join log m on m.row between r.first and r.first + r.count - 1
        where r.trace_lo = ?1 and r.trace_hi in (?2, ?3)
        union all select log from log_join where trace_lo = ?1 and trace_hi in (?2, ?3))
      and not exists (select 1 from log_copy c where c.log = l.row)
      """, ids, limit: limit)
  }

  /// What `StoreCatalog.log` reads, from `log` as l and `log_join` as j.
  static let logColumns = """
    l.trace_hi, l.trace_lo, l.span, l.time_ns, l.observed_ns, l.severity, l.resource,
    l.place, l.body, l.attributes, l.detail, j.trace_hi, j.trace_lo, j.span, j.method, j.confidence,
    coalesce(json_extract(l.detail, '$."exception"."type"'), json_extract(l.attributes, '$."exception.type"')),
    coalesce(json_extract(l.detail, '$."exception"."message"'), json_extract(l.attributes, '$."exception.message"')),
    json_extract(l.detail, '$."exception"."blame"')
    from log l left join log_join j on j.log = l.row
    """

  private func logs(
    _ condition: String, _ values: [Int64], limit: Int
  ) throws(StoreError) -> [LogRecord] {
    let result = try reading("while reading logs") {
      () throws(SQLiteFault) -> [LogRecord?] in
      var statement = try connection.prepare(
        """
        select \(TraceReader.logColumns) \(condition)
        order by coalesce(l.time_ns, l.observed_ns), l.place limit ?\(values.count + 1)
        """)
      for (index, value) in (values + [Int64(limit)]).enumerated() {
        statement.bind(value, at: Int32(index + 1))
      }
      var records: [LogRecord?] = []
      while try statement.step() { records.append(catalog.log(statement)) }
      return records
    }
    let sound = result.compactMap { $0 }
    guard sound.count == result.count else {
      throw .damaged("a log record names what is not there", path: catalog.path)
    }
    return sound
  }

  /// Stored trace ids whose hex text begins so, or whose low 16 digits do where the id has 64 bits; ascending.
  ///
  /// - Parameter prefix: hex digits in any case; anything else fits nothing.
  /// - Parameter limit: how many at most; two are enough to tell whether a prefix is unique.
  /// - Complexity: O(traces).
  package func traceIDs(prefix: String, limit: Int = 2) throws(StoreError) -> [TraceID] {
    let digits = prefix.lowercased()
    var found: Set<TraceID> = []
    try forEachID { id in
      let text = id.description
      if text.hasPrefix(digits) || (id.is64Bit && text.dropFirst(16).hasPrefix(digits)) {
        found.insert(id)
      }
    }
    return Array(found.sorted().prefix(limit))
  }

  private func forEachID(_ body: (TraceID) -> Void) throws(StoreError) {
    try reading("while reading its list of traces") { () throws(SQLiteFault) in
      var statement = try connection.prepare(
        "select distinct trace_lo, trace_hi from run where trace_lo is not null")
      while try statement.step() {
        body(
          TraceID(
            high: UInt64(bitPattern: statement.int(1)), low: UInt64(bitPattern: statement.int(0))))
      }
    }
  }

  /// Stored trace ids of spans that end so.
  func traceIDs(low: UInt64) throws(StoreError) -> [TraceID] {
    try reading("while reading its list of traces") { () throws(SQLiteFault) in
      var statement = try connection.prepare(
        "select distinct trace_hi from run where trace_lo = ?")
      statement.bind(Int64(bitPattern: low), at: 1)
      var result: [TraceID] = []
      while try statement.step() {
        result.append(TraceID(high: UInt64(bitPattern: statement.int(0)), low: low))
      }
      return result
    }
  }

  /// Reads, with a fault as the store's error that says what was being done.
  func reading<R>(
    _ doing: String, _ body: () throws(SQLiteFault) -> R
  ) throws(StoreError) -> R {
    do throws(SQLiteFault) {
      return try body()
    } catch {
      throw StoreError(fault: error, path: catalog.path, doing: doing)
    }
  }
}

extension StoreCatalog {
  /// The log record of a row of `TraceReader.logColumns`; nil where it names what is not there.
  func log(_ row: borrowing RawStatement) -> LogRecord? {
    guard let resource = resourceIndex(row.int(6)), let place = place(row.int(7)) else {
      return nil
    }
    let isJoined = row.isNull(1) && !row.isNull(12)
    let time = row.isNull(3) ? (row.isNull(4) ? nil : row.int(4)) : row.int(3)
    return LogRecord(
      time: time.map { Timestamp($0) }, severity: Int(row.int(5)),
      service: symbols[resources[Int(resource)].service],
      trace: TraceID(
        high: UInt64(bitPattern: row.int(isJoined ? 11 : 0)),
        low: UInt64(bitPattern: row.int(isJoined ? 12 : 1))),
      span: SpanID(UInt64(bitPattern: row.int(isJoined ? 13 : 2))), body: row.text(8),
      attributes: row.text(9), detail: row.text(10),
      exception: row.isNull(16) && row.isNull(17)
        ? nil : LogException(type: row.text(16), message: row.text(17), blame: row.text(18)),
      join: isJoined ? LogRecord.Join(rawValue: UInt8(clamping: row.int(14))) ?? .ids : .ids,
      confidence: isJoined ? row.double(15) : 1, place: place)
  }
}
