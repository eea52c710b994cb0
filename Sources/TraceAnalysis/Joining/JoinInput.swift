public import TraceModel

/// A span as joining sees it: when, where, whose. Times are raw: a host's records and spans share its clock.
public struct JoinSpan: Sendable {
  /// Raw start, ns.
  public var start: Int64
  /// Raw end, ns; never before the start.
  public var end: Int64
  /// Its trace.
  public var trace: TraceID
  /// Its id.
  public var id: SpanID
  /// Its operation.
  public var operation: Symbol
  /// Exception type, else `error.type`.
  public var errorType: Symbol
  /// Its host; empty where unknown.
  public var host: Symbol
  /// Its instance; empty where unknown.
  public var instance: Symbol
  /// Whether it failed.
  public var isError: Bool

  /// A span of its parts.
  public init(
    start: Int64, end: Int64, trace: TraceID, id: SpanID, operation: Symbol,
    errorType: Symbol = .empty, host: Symbol = .empty, instance: Symbol = .empty,
    isError: Bool = false
  ) {
    self.start = start
    self.end = max(start, end)
    self.trace = trace
    self.id = id
    self.operation = operation
    self.errorType = errorType
    self.host = host
    self.instance = instance
    self.isError = isError
  }
}

/// A log record as joining sees it.
public struct JoinLog: Sendable {
  /// Its row in the store.
  public var row: Int64
  /// Event time, ns.
  public var time: Int64
  /// Its host; empty where unknown.
  public var host: Symbol
  /// Its instance; empty where unknown.
  public var instance: Symbol
  /// OpenTelemetry severity number.
  public var severity: UInt8
  /// Hash of its message's template.
  public var template: UInt64
  /// Type of the exception that it tells of; empty where none.
  public var errorType: Symbol
  /// The trace that it names itself; absent where it names none: then one is sought.
  public var trace: TraceID
  /// The span that it names itself.
  public var span: SpanID
  /// Whether `trace` is that of its request, so that only its span is sought.
  public var isOfRequest = false

  /// A record of its parts.
  public init(
    row: Int64, time: Int64, host: Symbol = .empty, instance: Symbol = .empty,
    severity: UInt8 = 0, template: UInt64 = 0, errorType: Symbol = .empty,
    trace: TraceID = .absent, span: SpanID = .absent
  ) {
    self.row = row
    self.time = time
    self.host = host
    self.instance = instance
    self.severity = severity
    self.template = template
    self.errorType = errorType
    self.trace = trace
    self.span = span
  }

  /// How exactly its time was written, ns: a second, ms or µs where it ends so, else 1.
  ///
  /// A time that was cut may lie before the span in which the record was written, by up to so much.
  var grain: Int64 {
    time % 1_000_000_000 == 0
      ? 1_000_000_000 : time % 1_000_000 == 0 ? 1_000_000 : time % 1000 == 0 ? 1000 : 1
  }
}

/// Spans and log records of one service, or of one host where the records' service has no spans.
public struct JoinService: Sendable {
  /// Spans in any order.
  public var spans: [JoinSpan]
  /// Records in any order, those that name their trace too: they teach.
  public var logs: [JoinLog]

  /// A service of its parts.
  public init(spans: [JoinSpan] = [], logs: [JoinLog] = []) {
    self.spans = spans
    self.logs = logs
  }
}

extension JoinService {
  /// Places in `spans` of those that records name, by id; of several with one id the last.
  func spansNamed() -> [SpanID: Int] {
    var places: [SpanID: Int] = [:]
    for log in logs where !log.span.isAbsent { places[log.span] = -1 }
    if places.isEmpty { return [:] }
    for (place, span) in spans.enumerated() where places[span.id] != nil {
      places[span.id] = place
    }
    return places.filter { $0.value >= 0 }
  }
}

/// Where a record that names no trace belongs.
public struct LogJoin: Sendable, Hashable {
  /// The record's row.
  public var row: Int64
  /// The trace.
  public var trace: TraceID
  /// The innermost likely span of the record's service at that time; absent where none is known.
  public var span: SpanID
  /// How it was found.
  public var method: LogRecord.Join
  /// How likely the trace is right, 0…1.
  public var confidence: Double

  /// A join of its parts.
  public init(
    row: Int64, trace: TraceID, span: SpanID, method: LogRecord.Join, confidence: Double
  ) {
    self.row = row
    self.trace = trace
    self.span = span
    self.method = method
    self.confidence = confidence
  }
}
