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
    joins.lazy.map {
      (
        row: $0.row, trace: $0.trace, span: $0.span, method: $0.method.rawValue,
        confidence: $0.confidence
      )
    })
}

private func joinedLogs(_ writer: borrowing SpanWriter) throws(StoreError) -> [LogJoin] {
  var names = SymbolTable()
  let withSpans = try writer.servicesOfSpans(names: &names)
  // By service; records of a service without spans by host, where one is named.
  var groups: [JoinGroup: JoinService] = [:]
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
    let isByHost = !withSpans.contains(log.service)
    if log.time == 0 || isByHost && log.host.isEmpty { return }
    let group = isByHost ? JoinGroup.host(log.host) : .service(log.service)
    groups[group, default: JoinService()].logs.append(
      JoinLog(
        row: log.row, time: log.time, host: log.host, instance: log.instance,
        severity: log.severity, template: log.template, errorType: log.errorType,
        trace: log.trace, span: log.span))
  }
  if !bare.isEmpty {
    try writer.forEachRequestOfSpans { request, trace, span in
      named.append((stableHash(request.utf8, seed: 1), trace, span))
    }
  }
  try writer.forEachSpanBesideLogs(names: &names) { span in
    let it = JoinSpan(
      start: span.start, end: span.end, trace: span.trace, id: span.id,
      operation: span.operation, errorType: span.errorType, host: span.host,
      instance: span.instance, isError: span.facts.status == .error || span.facts[.errorTag])
    groups[.service(span.service)]?.spans.append(it)
    if !span.host.isEmpty { groups[.host(span.host)]?.spans.append(it) }
  }
  let byRequest = joinByRequest(bare, named: named)
  // In the order of their names, so that sums do not hang on that of a dictionary.
  let order = groups.keys.sorted { $0.sortKey(names) < $1.sortKey(names) }
  var services: [JoinService] = []
  for group in order {
    if let service = groups.removeValue(forKey: group) { services.append(service) }
  }
  return joinedLogs(services, byRequest: byRequest)
}

/// Joins by time what was not joined by request, and finds the spans of what was.
private func joinedLogs(
  _ services: consuming [JoinService], byRequest: [LogJoin]
) -> [LogJoin] {
  if byRequest.isEmpty { return joinLogs(services).joins }
  var services = services
  var places: [Int64: Int] = [:]
  for (place, join) in byRequest.enumerated() { places[join.row] = place }
  for service in services.indices {
    for log in services[service].logs.indices {
      guard let place = places[services[service].logs[log].row] else { continue }
      services[service].logs[log].trace = byRequest[place].trace
      services[service].logs[log].isOfRequest = true
    }
  }
  var joins = byRequest
  for join in joinLogs(services).joins {
    if join.method != .requestID {
      joins.append(join)
    } else if let place = places[join.row], joins[place].span.isAbsent {
      joins[place].span = join.span
    }
  }
  return joins
}

/// Whose spans a record may belong to.
private enum JoinGroup: Hashable {
  case service(Symbol)
  case host(Symbol)

  func sortKey(_ names: SymbolTable) -> (Int, String) {
    switch self {
    case .service(let name): (0, names[name])
    case .host(let name): (1, names[name])
    }
  }
}
