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
  // Taken out of the trace, so that no step copies it.
  let (spans, parent) = (trace.spans, trace.parent)
  var clocks = Clocks(start: trace.start, end: trace.end, shift: trace.shift)
  (trace.start, trace.end, trace.shift) = ([], [], [])
  var notes: [(kind: Defect.Kind, span: Int)] = []
  var hasMoved = false
  for index in spans.indices {
    let above = Int(parent[index])
    if above < 0 { continue }
    let call = Call(from: spans[above], to: spans[index], resources)
    var shift: Nanoseconds = 0
    if call.isOneClock {
      shift = clocks.shift[above]
    } else if call.asynchrony != nil {
      shift = 0
    } else if !call.knowsBothHosts && !call.isClientToServer {
      shift = clocks.shift[above]
    } else {
      shift = clocks.neededShift(
        caller: above, hasFailed: spans[above].isError, callee: index, knobs.skew)
      if shift.magnitude > knobs.largestSkew.magnitude {
        shift = 0
        notes.append((.skewTooLarge, index))
      } else if shift.magnitude > 1_000_000 {
        notes.append((.skewAdjusted, index))
      }
    }
    if shift == 0 { continue }
    hasMoved = true
    clocks.move(index, by: shift)
  }
  (trace.start, trace.end, trace.shift) = (clocks.start, clocks.end, clocks.shift)
  for (kind, index) in notes { trace.note(kind, at: index) }
  if hasMoved { trace.restoreOrder() }
}

/// Corrected times of a trace's spans.
private struct Clocks {
  var start: [Timestamp]
  var end: [Timestamp]
  var shift: [Nanoseconds]

  /// By how much a callee must move to lie inside its caller, whose clock is corrected already.
  func neededShift(
    caller: Int, hasFailed: Bool, callee: Int, _ mode: Knobs.Skew
  ) -> Nanoseconds {
    let early = start[caller] - start[callee]
    let room = (end[caller] - start[caller]) - (end[callee] - start[callee])
    if room < 0 { return max(0, early) }
    let late = end[caller] - end[callee]
    if early <= 0 && late >= 0 { return 0 }
    // A caller that gave up does not say when its callee ended.
    if late < 0 && hasFailed { return 0 }
    if mode == .min { return early > 0 ? early : late }
    return (start[caller] + room / 2) - start[callee]
  }

  mutating func move(_ index: Int, by length: Nanoseconds) {
    let range = Timestamp.computable
    shift[index] = length
    start[index] = min(max(start[index] + length, range.lowerBound), range.upperBound)
    end[index] = min(max(end[index] + length, range.lowerBound), range.upperBound)
  }
}
