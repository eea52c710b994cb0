import TraceModel

/// What the senders of a caller and its callee say about their edge (traces-semantics.md 2 and 3).
struct Call {
  /// Both spans were timed by one clock.
  let isOneClock: Bool
  /// Both hosts are named.
  let knowsBothHosts: Bool
  /// Both spans come from one running instance of a service.
  let isOneProcess: Bool
  /// A CLIENT and its SERVER.
  let isClientToServer: Bool
  /// Why the caller does not wait, as far as references and kinds tell; nil where times decide.
  let asynchrony: Trace.Edge?

  init(from: Span, to: Span, _ resources: [Resource]) {
    let fromKind = from.facts.kind
    let toKind = to.facts.kind
    isClientToServer = fromKind == .client && toKind == .server
    if from.resource == to.resource {
      isOneClock = true
      isOneProcess = true
      let index = Int(to.resource)
      knowsBothHosts = resources.indices.contains(index) && !resources[index].host.isEmpty
    } else {
      let a = sender(of: from, resources)
      let b = sender(of: to, resources)
      knowsBothHosts = !a.host.isEmpty && !b.host.isEmpty
      isOneClock =
        b.host.isEmpty ? a.service == b.service && a.instance == b.instance : a.host == b.host
      isOneProcess =
        a.service == b.service && !(knowsBothHosts && a.host != b.host)
        && !(!a.instance.isEmpty && !b.instance.isEmpty && a.instance != b.instance)
    }
    if to.facts[.followsParent] {
      asynchrony = .followsFrom
    } else if toKind == .consumer && (fromKind == .producer || !isOneProcess)
      || fromKind == .producer && !isOneProcess
    {
      asynchrony = .messaging
    } else {
      asynchrony = nil
    }
  }
}

/// Who sent a span; a resource that says nothing where the index points nowhere.
func sender(of span: Span, _ resources: [Resource]) -> Resource {
  let index = Int(span.resource)
  return resources.indices.contains(index) ? resources[index] : Resource(service: .empty)
}

/// Decides for each child whether its parent waits for it, and which unit each span belongs to.
///
/// - Parameter trace: with corrected times.
/// - Complexity: O(*n*).
/// - Source: traces-semantics.md 3.
func settleEdges(_ trace: inout Trace, resources: [Resource], knobs: Knobs) {
  // Locals, so that no step copies the trace.
  let (spans, parent, start, end) = (trace.spans, trace.parent, trace.start, trace.end)
  for index in spans.indices {
    let above = Int(parent[index])
    if above >= 0 {
      let call = Call(from: spans[above], to: spans[index], resources)
      trace.edge[index] =
        call.asynchrony
        ?? timedEdge(
          call, calleeKind: spans[index].facts.kind, start: start[index], end: end[index],
          callerStart: start[above], callerEnd: end[above], knobs)
    }
    trace.unit[index] = trace.edge[index].startsUnit ? Int32(index) : trace.unit[above]
  }
}

private func timedEdge(
  _ call: Call, calleeKind: SpanKind, start: Timestamp, end: Timestamp, callerStart: Timestamp,
  callerEnd: Timestamp, _ knobs: Knobs
) -> Trace.Edge {
  if start > callerEnd || end < callerStart { return .disjoint }
  if start < end && (start == callerEnd || end == callerStart) { return .disjoint }
  if let late = knobs.lateLocalChild, end - callerEnd > late, call.isOneProcess,
    !call.isClientToServer, calleeKind != .unknown
  {
    return .outlives
  }
  return .sync
}
