// Hot: a step for all spans of a batch, one pass of bindings and a step for sixteen log records at a time. The rows go in as fast as
// SQLite takes them: no row id is given, nothing is checked, no index is kept but those of `run` and `log_run`.
//
// Why the unsafe calls hold: texts are bound as pieces of the batch's text, which lives to the end of `append`; there all
// bindings are cleared.
import TraceModel

/// The statements that put spans and logs into a store.
struct RowInserts: ~Copyable {
  private static let rowsAtOnce = 16
  private static let logColumns = 14

  private var spans: SpanTable
  private var logs: RawStatement
  private var log: RawStatement
  private var run: RawStatement
  private var logRun: RawStatement
  private var answer: RawStatement
  private var point: RawStatement
  private var lastSpan: RawStatement
  private var lastLog: RawStatement
  private var nextRow: Int64 = 1
  private var nextLogRow: Int64 = 1
  /// Whether a record that names a request and no trace was met.
  private(set) var sawBareRequest = false

  /// What of a source was stored.
  struct Counts {
    var spans = 0
    var quarantined = 0
    var logs = 0
  }

  /// What was stored of the sources whose rows a batch may hold, by their number.
  struct Tally {
    private(set) var sources: [Counts]
    /// A byte offset did not fit into a place.
    private(set) var hasTooLargeOffset = false

    init(sources count: Int) { sources = Array(repeating: Counts(), count: count) }

    /// Counts what stands at an offset.
    @inline(__always) mutating func add(at offset: Int64, _ count: (inout Counts) -> Void) {
      let number = Int(offset >> Schema.offsetBits)
      if sources.indices.contains(number) {
        count(&sources[number])
      } else {
        hasTooLargeOffset = true
      }
    }
  }

  init(_ connection: borrowing Connection) throws(SQLiteFault) {
    let intoLog = """
      insert into log (trace_hi, trace_lo, span, time_ns, observed_ns, severity, severity_text,
      resource, scope, place, identity, body, attributes, detail) values
      """
    let many = RowInserts.rowsAtOnce
    let spans = try SpanTable(connection)
    let logs = try connection.prepare(intoLog + values(RowInserts.logColumns, rows: many))
    let log = try connection.prepare(intoLog + values(RowInserts.logColumns, rows: 1))
    let run = try connection.prepare("insert into run values (?, ?, ?, ?)")
    let logRun = try connection.prepare("insert into log_run values (?, ?, ?, ?)")
    let answer = try connection.prepare(
      "insert into answer (kind, trace_hi, trace_lo, place, content) values (?, ?, ?, ?, ?)")
    let point = try connection.prepare(
      """
      insert into point (name, unit, about, kind, temporality, monotonic, resource, scope, start_ns, time_ns, value, count, sum,
      min, max, place, attributes, detail) values
      """ + values(18, rows: 1))
    let lastSpan = try connection.prepare("select coalesce(max(row), 0) + 1 from span")
    let lastLog = try connection.prepare("select coalesce(max(row), 0) + 1 from log")
    self.lastSpan = lastSpan
    self.lastLog = lastLog
    self.answer = answer
    self.point = point
    self.spans = spans
    self.logs = logs
    self.log = log
    self.run = run
    self.logRun = logRun
  }

  /// Learns where the rows of a transaction begin.
  mutating func start() throws(SQLiteFault) {
    nextRow = try RowInserts.first(&lastSpan)
    nextLogRow = try RowInserts.first(&lastLog)
  }

  /// The row behind the last one.
  private static func first(_ last: inout RawStatement) throws(SQLiteFault) -> Int64 {
    defer { last.reset() }
    return try last.step() ? last.int(0) : 1
  }

  /// Stores all rows of a batch.
  mutating func append(
    _ batch: borrowing SpanBatch, _ ids: RowCatalog.Batch, source: Int64, _ tally: inout Tally
  ) throws(SQLiteFault) {
    let place = source << Schema.offsetBits
    try unsafe batch.text.withUnsafeBufferPointer { (bytes) throws(SQLiteFault) in
      let text = UnsafeRawBufferPointer(bytes)
      try unsafe appendSpans(batch.spans, text, ids, place, &tally)
      try unsafe appendLogs(batch.logs, text, ids, place, &tally)
      try unsafe appendAnswers(batch.answers, text, ids, place, &tally)
      try unsafe appendPoints(batch.points, text, ids, place, &tally)
    }
    logs.clear()
    log.clear()
    answer.clear()
    point.clear()
  }

  private mutating func appendSpans(
    _ rows: [SpanRow], _ text: UnsafeRawBufferPointer, _ ids: RowCatalog.Batch, _ place: Int64,
    _ tally: inout Tally
  ) throws(SQLiteFault) {
    unsafe try spans.append(rows, ids.series, text, place)
    for row in rows {
      tally.add(at: row.offset) {
        $0.spans += 1
        if row.trace.isAbsent { $0.quarantined += 1 }
      }
    }
    try appendRuns(rows)
  }

  /// Notes the stretches of rows that share a trace id, or have none.
  private mutating func appendRuns(_ rows: [SpanRow]) throws(SQLiteFault) {
    var first = 0
    while first < rows.count {
      let trace = rows[first].trace
      var end = first + 1
      while end < rows.count, rows[end].trace == trace { end += 1 }
      try run.note(trace, from: nextRow + Int64(first), count: end - first)
      first = end
    }
    nextRow += Int64(rows.count)
  }

  /// The same for log records that name a trace.
  private mutating func appendLogRuns(_ rows: [LogRow]) throws(SQLiteFault) {
    var first = 0
    while first < rows.count {
      let trace = rows[first].trace
      var end = first + 1
      while end < rows.count, rows[end].trace == trace { end += 1 }
      if !trace.isAbsent {
        try logRun.note(trace, from: nextLogRow + Int64(first), count: end - first)
      }
      first = end
    }
    nextLogRow += Int64(rows.count)
  }

  private mutating func appendLogs(
    _ rows: [LogRow], _ text: UnsafeRawBufferPointer, _ ids: RowCatalog.Batch, _ place: Int64,
    _ tally: inout Tally
  ) throws(SQLiteFault) {
    let columns = Int32(RowInserts.logColumns)
    let whole = rows.count - rows.count % RowInserts.rowsAtOnce
    var index = 0
    while index < whole {
      for inGroup in 0..<RowInserts.rowsAtOnce {
        unsafe logs.bind(
          rows[index + inGroup], from: Int32(inGroup) * columns, text, ids, place)
      }
      try logs.execute()
      index += RowInserts.rowsAtOnce
    }
    while index < rows.count {
      unsafe log.bind(rows[index], from: 0, text, ids, place)
      try log.execute()
      index += 1
    }
    for row in rows { tally.add(at: row.offset) { $0.logs += 1 } }
    try appendLogRuns(rows)
    if sawBareRequest { return }
    for row in rows where row.trace.isAbsent && row.detail.count > 0 {
      if unsafe text[of: row.detail].contains("request_id") {
        sawBareRequest = true
        break
      }
    }
  }
}

extension RowInserts {
  private mutating func appendAnswers(
    _ rows: [AnswerRow], _ text: UnsafeRawBufferPointer, _ ids: RowCatalog.Batch, _ place: Int64,
    _ tally: inout Tally
  ) throws(SQLiteFault) {
    for row in rows {
      answer.bind(ids.names[Int(row.kind.index)], at: 1)
      answer.bindTrace(row.trace, at: 2)
      tally.add(at: row.offset) { _ in }
      answer.bind(place &+ row.offset, at: 4)
      unsafe answer.bindStatic(text[of: row.content], at: 5)
      try answer.execute()
    }
  }
}

extension RowInserts {
  private mutating func appendPoints(
    _ rows: [PointRow], _ text: UnsafeRawBufferPointer, _ ids: RowCatalog.Batch, _ place: Int64,
    _ tally: inout Tally
  ) throws(SQLiteFault) {
    for row in rows {
      point.bind(ids.names[Int(row.name.index)], at: 1)
      point.bindUnlessZero(ids.names[Int(row.unit.index)], at: 2)
      point.bindUnlessZero(ids.names[Int(row.about.index)], at: 3)
      point.bind(Int64(row.kind.rawValue), at: 4)
      point.bindUnlessZero(Int64(row.temporality), at: 5)
      point.bindUnlessZero(row.isMonotonic ? 1 : 0, at: 6)
      point.bind(ids.resources[Int(row.resource)], at: 7)
      point.bindUnlessZero(ids.scopes[Int(row.scope)], at: 8)
      point.bindUnlessZero(row.start, at: 9)
      point.bindUnlessZero(row.time, at: 10)
      if let whole = row.whole { point.bind(whole, at: 11) } else { point.bind(row.number, at: 11) }
      if let count = row.count { point.bind(count, at: 12) } else { point.bindNull(at: 12) }
      point.bind(row.sum, at: 13)
      point.bind(row.least, at: 14)
      point.bind(row.most, at: 15)
      tally.add(at: row.offset) { _ in }
      point.bind(place &+ row.offset, at: 16)
      unsafe point.bindStatic(text[of: row.attributes], at: 17)
      unsafe point.bindStatic(text[of: row.detail], at: 18)
      try point.execute()
    }
  }
}

/// ` (?, …), (?, …)`.
private func values(_ columns: Int, rows: Int) -> String {
  let row = "(" + Array(repeating: "?", count: columns).joined(separator: ", ") + ")"
  return " " + Array(repeating: row, count: rows).joined(separator: ", ")
}

extension RawStatement {
  /// Inserts a stretch of rows that share a trace id.
  fileprivate mutating func note(
    _ trace: TraceID, from first: Int64, count: Int
  ) throws(SQLiteFault) {
    bind(first, at: 1)
    bindTrace(trace, at: 2)
    bind(Int64(count), at: 4)
    try execute()
  }

  /// A number, null where there is none.
  fileprivate mutating func bind(_ value: Double?, at index: Int32) {
    if let value { bind(value, at: index) } else { bindNull(at: index) }
  }

  /// Both halves of a trace id, nulls where it is absent.
  fileprivate mutating func bindTrace(_ trace: TraceID, at index: Int32) {
    if trace.isAbsent {
      bindNull(at: index)
      bindNull(at: index + 1)
    } else {
      bind(Int64(bitPattern: trace.high), at: index)
      bind(Int64(bitPattern: trace.low), at: index + 1)
    }
  }

  @unsafe fileprivate mutating func bind(
    _ row: LogRow, from base: Int32, _ text: UnsafeRawBufferPointer, _ ids: RowCatalog.Batch,
    _ place: Int64
  ) {
    bindTrace(row.trace, at: base + 1)
    bindUnlessZero(Int64(bitPattern: row.span.rawValue), at: base + 3)
    bindUnlessZero(row.time, at: base + 4)
    bindUnlessZero(row.observed, at: base + 5)
    bind(Int64(row.severity), at: base + 6)
    bindUnlessZero(ids.names[Int(row.severityText.index)], at: base + 7)
    bind(ids.resources[Int(row.resource)], at: base + 8)
    bindUnlessZero(ids.scopes[Int(row.scope)], at: base + 9)
    bind(place &+ row.offset, at: base + 10)
    bindUnlessZero(Int64(bitPattern: row.identity), at: base + 11)
    unsafe bindStatic(text[of: row.body], at: base + 12)
    unsafe bindStatic(text[of: row.attributes], at: base + 13)
    unsafe bindStatic(text[of: row.detail], at: base + 14)
  }
}

extension UnsafeRawBufferPointer {
  /// Whether a literal occurs.
  fileprivate func contains(_ literal: StaticString) -> Bool {
    let width = literal.utf8CodeUnitCount
    guard count >= width else { return false }
    for start in 0...count - width {
      var length = 0
      while length < width, unsafe self[start + length] == literal.utf8Start[length] { length += 1 }
      if length == width { return true }
    }
    return false
  }

  fileprivate subscript(of range: TextRange) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: self[range.bytes])
  }
}
