import TraceAnalysis
import TraceModel
import TraceStore

/// Works out where log records belong that name no trace, and which repeat an event: at the end of a load, over the whole store.
///
/// By request id first, then by service, host and time. Raw ids are never touched.
///
/// - Complexity: one pass over spans and log records, O(*n* log *n*); about 100 bytes for each span of a service that has log records.
///   Nothing is done where every record names its trace.
func deriveLogs(_ writer: inout SpanWriter) throws(StoreError) {
  var joins: [LogJoin] = []
  if try writer.hasLogsWithoutTrace(), try writer.hasGroundsForJoins() {
    joins = try joinedLogs(writer)
  }
  try writer.replaceJoins(
    joins.map {
      (
        row: $0.row, trace: $0.trace, span: $0.span, method: $0.method.rawValue,
        confidence: $0.confidence
      )
    })
}

private func joinedLogs(_ writer: borrowing SpanWriter) throws(StoreError) -> [LogJoin] {
  var names = SymbolTable()
  var services: [Symbol: JoinService] = [:]
  var bare: [(row: Int64, request: UInt64)] = []
  var named: [(request: UInt64, trace: TraceID, span: SpanID)] = []
  try writer.forEachLog(names: &names) { log in
    if !log.request.isEmpty {
      let request = stableHash(log.request.utf8, seed: 1)
      if log.trace.isAbsent {
        bare.append((log.row, request))
      } else {
        named.append((request, log.trace, log.span))
      }
    }
    if log.time == 0 { return }
    services[log.service, default: JoinService()].logs.append(
      JoinLog(
        row: log.row, time: log.time, host: log.host, instance: log.instance,
        severity: log.severity,
        template: stableHash(messageTemplate(Array(log.body.utf8)), seed: 2),
        errorType: log.errorType, trace: log.trace, span: log.span))
  }
  if !bare.isEmpty {
    try writer.forEachRequestOfSpans { request, trace, span in
      named.append((stableHash(request.utf8, seed: 1), trace, span))
    }
  }
  let byRequest = joinByRequest(bare, named: named)
  try writer.forEachSpanBesideLogs(names: &names) { span in
    services[span.service]?.spans.append(
      JoinSpan(
        start: span.start, end: span.end, trace: span.trace, id: span.id,
        operation: span.operation, errorType: span.errorType, host: span.host,
        instance: span.instance, isError: span.facts.status == .error || span.facts[.errorTag]))
  }
  let known = Set(byRequest.map(\.row))
  // In the order of their names, so that sums do not hang on that of a dictionary.
  let ordered = services.sorted { names[$0.key] < names[$1.key] }.map(\.value)
  let byTime = joinLogs(ordered).joins.filter { !known.contains($0.row) }
  return byRequest + byTime
}
