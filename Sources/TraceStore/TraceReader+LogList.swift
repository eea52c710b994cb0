package import TraceModel

/// Which log records are wanted: all conditions hold at once; one that is empty, zero or nil asks for nothing.
package struct LogFilter: Sendable {
  /// Names of services.
  package var services: [String] = []
  /// The least severity number; records of unknown severity have 0.
  package var leastSeverity = 0
  /// Text that the message, the attributes or the exception hold; letters A–Z in any case.
  package var text = ""
  /// When: by the time of the event, else of its observation; records without either are left out.
  package var window: TimeWindow?
  /// Traces that a record names or was joined to, as they are stored.
  package var traces: [TraceID] = []
  /// The span that a record names or was joined to.
  package var span = SpanID.absent

  /// No condition.
  package init() {}
}

/// A value that stands in a condition.
private enum BoundValue {
  case int(Int64)
  case text(String)
}

extension LogFilter {
  /// The condition over `log` as l and `log_join` as j, with its values in order. An event that stands in several exports fits once.
  fileprivate var condition: (sql: String, values: [BoundValue]) {
    var parts = ["not exists (select 1 from log_copy c where c.log = l.row)"]
    var values: [BoundValue] = []
    if !services.isEmpty {
      let places = Array(repeating: "?", count: services.count).joined(separator: ", ")
      parts.append("l.resource in (select id from resource where service in (\(places)))")
      values += services.map { .text($0) }
    }
    if leastSeverity > 0 {
      parts.append("l.severity >= ?")
      values.append(.int(Int64(leastSeverity)))
    }
    if let window {
      parts.append(
        "coalesce(l.time_ns, l.observed_ns) >= ? and coalesce(l.time_ns, l.observed_ns) < ?")
      values += [.int(window.start.nanoseconds), .int(window.end.nanoseconds)]
    }
    if !traces.isEmpty {
      // A record that names a trace is not joined to another one.
      let one = "(coalesce(l.trace_lo, j.trace_lo) = ? and coalesce(l.trace_hi, j.trace_hi) = ?)"
      parts.append(
        "(" + Array(repeating: one, count: traces.count).joined(separator: " or ") + ")")
      for id in traces {
        values += [.int(Int64(bitPattern: id.low)), .int(Int64(bitPattern: id.high))]
      }
    }
    if !span.isAbsent {
      parts.append("coalesce(l.span, j.span) = ?")
      values.append(.int(Int64(bitPattern: span.rawValue)))
    }
    if !text.isEmpty {
      parts.append(
        """
        (l.body like ? escape '\\' or l.attributes like ? escape '\\' or (l.detail like '%"exception"%' and (
          json_extract(l.detail, '$."exception"."type"') like ? escape '\\'
          or json_extract(l.detail, '$."exception"."message"') like ? escape '\\')))
        """)
      values += Array(repeating: .text(pattern), count: 4)
    }
    return ("where " + parts.joined(separator: " and "), values)
  }

  /// The text between wildcards, its own wildcards taken for what they are.
  private var pattern: String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      if ["%", "_", "\\"].contains(scalar) { escaped += "\\" }
      escaped.unicodeScalars.append(scalar)
    }
    return "%\(escaped)%"
  }
}

extension RawStatement {
  fileprivate mutating func bind(_ values: [BoundValue]) {
    for (index, value) in values.enumerated() {
      switch value {
      case .int(let number): bind(number, at: Int32(index + 1))
      case .text(let text): bind(text, at: Int32(index + 1))
      }
    }
  }
}

extension TraceReader {
  /// Log records that fit, by time, then by place; those without a time come last.
  ///
  /// - Complexity: one pass over log records; memory of those returned.
  package func logs(_ filter: LogFilter, limit: Int) throws(StoreError) -> [LogRecord] {
    let result = try reading("while reading logs") { () throws(SQLiteFault) -> [LogRecord?] in
      let (condition, values) = filter.condition
      var rows = try connection.prepare(
        """
        select \(TraceReader.logColumns) \(condition)
        order by coalesce(l.time_ns, l.observed_ns) is null, coalesce(l.time_ns, l.observed_ns),
        l.place limit ?
        """)
      rows.bind(values + [.int(Int64(limit))])
      var records: [LogRecord?] = []
      while try rows.step() { records.append(catalog.log(rows)) }
      return records
    }
    let sound = result.compactMap { $0 }
    guard sound.count == result.count else {
      throw .damaged("a log record names what is not there", path: catalog.path)
    }
    return sound
  }

  /// How many log records fit.
  package func logCount(_ filter: LogFilter) throws(StoreError) -> Int {
    var count = 0
    try reading("while counting logs") { () throws(SQLiteFault) in
      let (condition, values) = filter.condition
      var rows = try connection.prepare(
        "select count(*) from log l left join log_join j on j.log = l.row \(condition)")
      rows.bind(values)
      if try rows.step() { count = Int(clamping: rows.int(0)) }
    }
    return count
  }

  /// Calls `body` with time (nil where unknown) and severity number of each log record that fits, in no order.
  package func forEachLogTime(
    _ filter: LogFilter, _ body: (_ time: Int64?, _ severity: Int) -> Void
  ) throws(StoreError) {
    try reading("while reading logs") { () throws(SQLiteFault) in
      let (condition, values) = filter.condition
      var rows = try connection.prepare(
        """
        select coalesce(l.time_ns, l.observed_ns), l.severity
        from log l left join log_join j on j.log = l.row \(condition)
        """)
      rows.bind(values)
      while try rows.step() { body(rows.isNull(0) ? nil : rows.int(0), Int(rows.int(1))) }
    }
  }

  /// Ids of traces that log records name or were joined to and whose hex text begins so, or whose low 16 digits do where the id has 64
  /// bits; ascending.
  ///
  /// - Complexity: O(log records).
  package func logTraceIDs(prefix: String, limit: Int = 2) throws(StoreError) -> [TraceID] {
    let digits = prefix.lowercased()
    var found: Set<TraceID> = []
    try reading("while reading logs") { () throws(SQLiteFault) in
      var rows = try connection.prepare(
        """
        select distinct trace_hi, trace_lo from log where trace_lo is not null
        union select trace_hi, trace_lo from log_join
        """)
      while try rows.step() {
        let id = TraceID(
          high: UInt64(bitPattern: rows.int(0)), low: UInt64(bitPattern: rows.int(1)))
        let text = id.description
        if text.hasPrefix(digits) || (id.is64Bit && text.dropFirst(16).hasPrefix(digits)) {
          found.insert(id)
        }
      }
    }
    return Array(found.sorted().prefix(limit))
  }

  /// Ids under which log records of one trace may be stored: that of its 64-bit form is one of them where only this trace ends so.
  package func storedForms(of id: TraceID) throws(StoreError) -> [TraceID] {
    if id.isAbsent { return [] }
    let longIDs = try traceIDs(low: id.low).filter { !$0.is64Bit }
    if id.is64Bit, longIDs.count == 1 { return [id, longIDs[0]] }
    if !id.is64Bit, longIDs == [id] { return [id, TraceID(high: 0, low: id.low)] }
    return [id]
  }
}
