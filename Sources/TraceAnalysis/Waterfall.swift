public import TraceModel

/// What a waterfall shows of a span beside its measures: texts that the analysis does not hold.
public struct SpanDisplayText: Sendable {
  /// Attributes worth showing, key and value.
  public var attributes: [[String]]
  /// Message of the exception, else of the status; empty where none.
  public var message: String

  /// Texts of their parts.
  public init(attributes: [[String]] = [], message: String = "") {
    self.attributes = attributes
    self.message = message
  }
}

/// One trace as it is drawn: spans in preorder, with the critical path of every unit, errors and log lines.
///
/// Where a trace has more spans than `limit`, heads stay, then errors and what lies on a critical path, then the rest,
/// each from the top down.
///
/// - Parameters:
///   - measures: the trace; one without spans gives no rows.
///   - symbols: the names of the store.
///   - resources: the resources of the store.
///   - reason: why it is shown, one sentence.
///   - limit: the most rows.
///   - texts: attributes and messages by index of the span.
///   - logs: log records of the trace.
public func waterfall(
  _ measures: TraceMeasures, symbols: SymbolTable, resources: [Resource], reason: String,
  limit: Int, texts: [Int32: SpanDisplayText], logs: [LogRecord]
) -> Findings.ExemplarTrace {
  let trace = measures.trace
  let drawing = WaterfallDrawing(
    measures: measures, symbols: symbols, resources: resources, texts: texts)
  let rows = drawing.chosen(limit)
  let lines = LogPlacement(trace, rows: rows, logs: logs)
  let primary = Int(trace.primary)
  let isEmpty = trace.spans.isEmpty
  return Findings.ExemplarTrace(
    id: trace.id.description, reason: reason,
    endpoint: isEmpty
      ? Operation(service: "", kind: SpanKind.unknown.name, name: "") : drawing.operation(primary),
    startNs: isEmpty ? 0 : trace.start[primary].nanoseconds, totalNs: trace.total,
    failed: !isEmpty && measures.errorClass[primary].isError,
    rows: rows.map { drawing.row($0, logs: lines.bySpan[$0] ?? []) },
    spanCount: trace.spans.count, looseLogs: lines.loose)
}

/// The rows of one waterfall.
private struct WaterfallDrawing {
  let measures: TraceMeasures
  let symbols: SymbolTable
  let resources: [Resource]
  let texts: [Int32: SpanDisplayText]
  let depth: [Int]
  let segments: [Int32: [PathSegment]]

  init(
    measures: TraceMeasures, symbols: SymbolTable, resources: [Resource],
    texts: [Int32: SpanDisplayText]
  ) {
    self.measures = measures
    self.symbols = symbols
    self.resources = resources
    self.texts = texts
    var depth: [Int] = []
    depth.reserveCapacity(measures.trace.spans.count)
    for parent in measures.trace.parent { depth.append(parent < 0 ? 0 : depth[Int(parent)] + 1) }
    self.depth = depth
    segments = Dictionary(grouping: measures.segments, by: \.span)
  }

  /// The spans to draw, in preorder.
  func chosen(_ limit: Int) -> [Int] {
    let all = Array(measures.trace.spans.indices)
    if all.count <= limit { return all }
    func rank(_ span: Int) -> Int {
      if measures.trace.edge[span].isHead { return 0 }
      return measures.errorClass[span].isError || measures.criticalPath[span] > 0 ? 1 : 2
    }
    let order = all.sorted { (rank($0), depth[$0], $0) < (rank($1), depth[$1], $1) }
    return order.prefix(max(limit, 0)).sorted()
  }

  func operation(_ span: Int) -> Operation {
    let raw = measures.trace.spans[span]
    let isKnown = raw.resource >= 0 && Int(raw.resource) < resources.count
    return Operation(
      OperationKey(
        service: isKnown ? resources[Int(raw.resource)].service : .empty, kind: raw.facts.kind,
        name: raw.operation), symbols)
  }

  func row(_ span: Int, logs: [Findings.LogLine]) -> Findings.WaterfallRow {
    let trace = measures.trace
    let zero = trace.start[Int(trace.primary)]
    let text = texts[Int32(span)] ?? SpanDisplayText()
    let isError = measures.errorClass[span].isError
    let pieces = (segments[Int32(span)] ?? []).map { [$0.start - zero, $0.end - zero] }
    return Findings.WaterfallRow(
      span: trace.idText(span), depth: depth[span], operation: operation(span),
      edge: trace.edge[span].name, startNs: trace.start[span] - zero,
      durationNs: trace.duration(span), selfNs: measures.selfTime[span],
      shiftNs: trace.shift[span], isError: isError, errorClass: measures.errorClass[span].name,
      errorText: isError ? errorText(span, text.message) : "",
      peer: symbols[trace.spans[span].peer], critical: pieces, logs: logs,
      attributes: text.attributes.prefix(40).map { $0.map { cutText($0, 300) } })
  }

  private func errorText(_ span: Int, _ message: String) -> String {
    let type = ErrorType(measures.trace.spans[span]).text(symbols)
    let parts = [type, cutText(message, 300)].filter { !$0.isEmpty }
    return parts.isEmpty ? "error" : parts.joined(separator: ": ")
  }
}

/// Log lines beside their spans, and those that have none among the rows. Lines of a span are moved with its clock.
private struct LogPlacement {
  var bySpan: [Int: [Findings.LogLine]] = [:]
  var loose: [Findings.LogLine] = []

  init(_ trace: Trace, rows: [Int], logs: [LogRecord]) {
    var spans: [SpanID: Int] = [:]
    for row in rows where !trace.spans[row].id.isAbsent && spans[trace.spans[row].id] == nil {
      spans[trace.spans[row].id] = row
    }
    var records: [Int: [LogRecord]] = [:]
    var others: [LogRecord] = []
    for log in logs {
      if let row = spans[log.span] {
        var log = log
        log.time = log.time.map { $0 + trace.shift[row] }
        records[row, default: []].append(log)
      } else {
        others.append(log)
      }
    }
    for (row, records) in records {
      bySpan[row] = LogPlacement.shown(records, limit: 10).map { line in
        var line = line
        line.span?.span = trace.idText(row)
        return line
      }
    }
    loose = LogPlacement.shown(others, limit: 20)
  }

  /// The worst by severity, then the earliest; shown by time.
  private static func shown(_ logs: [LogRecord], limit: Int) -> [Findings.LogLine] {
    func isEarlier(_ a: LogRecord, _ b: LogRecord) -> Bool {
      let (x, y) = (a.time?.nanoseconds ?? .max, b.time?.nanoseconds ?? .max)
      if x != y { return x < y }
      return a.place != b.place ? a.place < b.place : a.body < b.body
    }
    let worst = logs.sorted {
      $0.severity != $1.severity ? $0.severity > $1.severity : isEarlier($0, $1)
    }
    return worst.prefix(limit).sorted(by: isEarlier).map { Findings.LogLine($0) }
  }
}

/// The first characters of a text, with an ellipsis where more follow.
func cutText(_ text: String, _ limit: Int) -> String {
  if text.utf8.count <= limit { return text }
  let cut = text.prefix(limit)
  return cut.endIndex == text.endIndex ? text : cut + "…"
}
