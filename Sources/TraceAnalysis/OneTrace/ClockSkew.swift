import TraceModel

/// Moves spans of hosts whose clocks differ from their callers', as far as causality demands.
///
///     client  |--------------------|            client  |--------------------|
///     server |------|                    →      server  |------|              shift: one column
///
/// Heads stay; a child of the same clock moves with its parent; what lies across a queue is not moved. Siblings are then
/// brought into the order of their corrected times.
///
/// - Parameters:
///   - trace: as `Trace.build` made it: no shift yet.
///   - resources: what `Span.resource` points into.
/// - Complexity: O(*n*), and O(*n* log *n*) where siblings change places.
/// - Source: traces-semantics.md 2; `mid` is the assumption of Jaeger's clock skew adjuster.
func correctClocks(_ trace: inout Trace, resources: [Resource], knobs: Knobs) {
  if knobs.skew == .off { return }
  var hasMoved = false
  for index in trace.spans.indices {
    let above = Int(trace.parent[index])
    if above < 0 { continue }
    let call = Call(trace, caller: above, callee: index, resources)
    var shift: Nanoseconds = 0
    if call.isOneClock {
      shift = trace.shift[above]
    } else if call.asynchrony != nil {
      shift = 0
    } else if !call.knowsBothHosts && !call.isClientToServer {
      shift = trace.shift[above]
    } else {
      shift = neededShift(trace, caller: above, callee: index, knobs.skew)
      if shift.magnitude > knobs.largestSkew.magnitude {
        shift = 0
        trace.note(.skewTooLarge, at: index)
      } else if shift.magnitude > 1_000_000 {
        trace.note(.skewAdjusted, at: index)
      }
    }
    if shift == 0 { continue }
    hasMoved = true
    trace.shift[index] = shift
    trace.start[index] = moved(trace.start[index], by: shift)
    trace.end[index] = moved(trace.end[index], by: shift)
  }
  if hasMoved { trace.restoreOrder() }
}

/// By how much a callee must move to lie inside its caller, whose clock is corrected already.
private func neededShift(
  _ trace: Trace, caller: Int, callee: Int, _ mode: Knobs.Skew
) -> Nanoseconds {
  let early = trace.start[caller] - trace.start[callee]
  let room = trace.duration(caller) - trace.duration(callee)
  if room < 0 { return max(0, early) }
  let late = trace.end[caller] - trace.end[callee]
  if early <= 0 && late >= 0 { return 0 }
  // A caller that gave up does not say when its callee ended.
  if late < 0 && trace.spans[caller].isError { return 0 }
  if mode == .min { return early > 0 ? early : late }
  return (trace.start[caller] + room / 2) - trace.start[callee]
}

private func moved(_ time: Timestamp, by shift: Nanoseconds) -> Timestamp {
  let sum = time + shift
  return min(max(sum, Timestamp.computable.lowerBound), Timestamp.computable.upperBound)
}
