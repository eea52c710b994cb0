import TraceAnalysis
import TraceModel
public import TraceReport
import TraceStore

/// Which log records to list or count.
public struct LogListRequest: Sendable {
  /// The store.
  public var store: OpenedStore
  /// Which part of it.
  public var window: WindowOption
  /// Only records of these services; empty for all.
  public var services: [String] = []
  /// The least severity: a word (`warn`) or a number of OpenTelemetry (1–24); nil for all.
  public var severity: String?
  /// Only records that hold this text in message, attributes or exception, letters A–Z in any case; empty for all.
  public var text = ""
  /// Only records of this trace: its id in any written form, or the first digits of one.
  public var trace: String?
  /// Only records of this span.
  public var span: String?
  /// How many.
  public var limit: Int
  /// Whether the table is for people: messages and exceptions in one line, ids cut. Else all of each record.
  public var isForPeople = true

  /// A request for all records.
  public init(store: OpenedStore, window: WindowOption, limit: Int) {
    self.store = store
    self.window = window
    self.limit = limit
  }
}

/// Lists log records by time: the first `limit`; those without a time come last.
///
/// - Throws: `EngineError`.
/// - Complexity: linear in log records; memory of those listed.
public func listLogs(_ request: LogListRequest) throws -> Table {
  let reader = try openReader(request.store.path)
  do {
    let filter = try logFilter(request, reader)
    let total = try reader.logCount(filter)
    let logs = try reader.logs(filter, limit: min(request.limit, total))
    return request.isForPeople ? brief(logs, total: total) : whole(logs, total: total)
  } catch let error as StoreError {
    throw EngineError(error)
  }
}

/// What a request means in this store.
func logFilter(
  _ request: LogListRequest, _ reader: borrowing TraceReader
) throws -> LogFilter {
  var filter = LogFilter()
  filter.window = try window(request.window, in: request.store, withLogs: true)
  if filter.window == nil, !request.window.isEmpty {
    throw EngineError(
      .usage, "nothing in the data has a time, so no part of the time can be chosen")
  }
  let known = Set(reader.resources.map { reader.symbols[$0.service] }).subtracting([""])
  for service in request.services where !known.contains(service) {
    throw EngineError(
      .usage,
      "no service '\(service)' in the data; it has \(known.sorted().prefix(12).joined(separator: ", "))"
    )
  }
  filter.services = request.services
  if let severity = request.severity { filter.leastSeverity = try severityNumber(severity) }
  guard request.text.utf8.count <= 10_000 else {
    throw EngineError(.usage, "'--grep' takes at most 10000 bytes")
  }
  filter.text = request.text
  if let trace = request.trace { filter.traces = try traceIDs(trace, request, reader) }
  if let span = request.span { filter.span = SpanID(text: span) }
  return filter
}

/// The least severity number of a word or number.
private func severityNumber(_ text: String) throws(EngineError) -> Int {
  let words = [
    "trace": 1, "debug": 5, "info": 9, "warn": 13, "warning": 13, "error": 17, "fatal": 21,
    "critical": 21,
  ]
  if let number = words[text.lowercased()] { return number }
  if let number = Int(text), (1...24).contains(number) { return number }
  throw EngineError(
    .usage,
    "'--severity \(text)' is no severity; write trace, debug, info, warn, error, fatal or a number from 1 to 24"
  )
}

/// The trace that is meant, in the forms in which records may name it.
private func traceIDs(
  _ text: String, _ request: LogListRequest, _ reader: borrowing TraceReader
) throws -> [TraceID] {
  let id = TraceID(text: text)
  let forms = try reader.storedForms(of: id)
  var filter = LogFilter()
  filter.traces = forms
  if try !forms.isEmpty && reader.logCount(filter) > 0 { return forms }
  let found = try reader.logTraceIDs(prefix: text, limit: 4)
  if found.count > 1 {
    throw EngineError(
      .usage,
      "'\(text)' is the beginning of several traces: \(found.map(\.description).joined(separator: ", "))"
    )
  }
  if let only = found.first { return try reader.storedForms(of: only) }
  if try reader.traceIDs(prefix: text).count == 1 || !forms.isEmpty && hasSpans(forms, reader) {
    return forms.isEmpty ? [TraceID(high: 0, low: 0)] : forms
  }
  throw EngineError(
    .input,
    "no log record names or was joined to a trace '\(text)' in '\(request.store.shownName.isEmpty ? "the input" : request.store.shownName)'"
  )
}

private func hasSpans(_ ids: [TraceID], _ reader: borrowing TraceReader) throws -> Bool {
  for id in ids where try !reader.traceIDs(prefix: id.description).isEmpty { return true }
  return false
}

/// One line a record, for people.
private func brief(_ logs: [LogRecord], total: Int) -> Table {
  let rows: [[Table.Cell]] = logs.map { log in
    let line = Findings.LogLine(log)
    let trace = log.trace.isAbsent ? "" : log.trace.description
    let shown = log.trace.is64Bit ? String(trace.suffix(16)) : trace
    let mark = line.joinMark.map { "\(shown.prefix(12)) \($0)" }
    return [
      .moment(line.timeNs), .word(line.severity, shown: line.severity), .text(line.service),
      .text(line.foldedText), .word(trace, shown: mark ?? String(shown.prefix(12))),
    ]
  }
  var table = Table(
    columns: [
      .init("Time", key: "time_ns", kind: .moment), .init("Level", key: "severity", kind: .text),
      .init("Service", key: "service", kind: .text), .init("Message", key: "body", kind: .text),
      .init("Trace", key: "trace_id", kind: .text),
    ], rows: rows, total: total)
  table.momentDigits = 3
  return table
}

/// All of each record, for programs.
private func whole(_ logs: [LogRecord], total: Int) -> Table {
  let keys: [(String, Table.Kind)] = [
    ("time_ns", .moment), ("severity", .text), ("severity_number", .count), ("service", .text),
    ("body", .text), ("exception_type", .text), ("exception_message", .text),
    ("exception_frame", .text), ("trace_id", .text), ("span_id", .text), ("joined_by", .text),
    ("confidence", .share), ("attributes", .text),
  ]
  let rows: [[Table.Cell]] = logs.map { log in
    let level = LogRecord.word(for: log.severity)
    let trace = log.trace.isAbsent ? "" : log.trace.description
    let span = log.span.isAbsent ? "" : log.span.description
    let join = log.trace.isAbsent && log.span.isAbsent ? "" : log.join.name
    return [
      .moment(log.time?.nanoseconds), .word(level, shown: level), .count(log.severity),
      .text(log.service), .text(log.body), .text(log.exception?.type ?? ""),
      .text(log.exception?.message ?? ""), .text(log.exception?.blame ?? ""),
      .word(trace, shown: trace), .word(span, shown: span), .word(join, shown: join),
      .share(join.isEmpty ? 0 : log.confidence), .text(log.attributes),
    ]
  }
  return Table(
    columns: keys.map { .init($0.0, key: $0.0, kind: $0.1) }, rows: rows, total: total)
}
