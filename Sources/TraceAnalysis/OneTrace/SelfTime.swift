import TraceModel

/// The time each span spends itself, with none of its sync children running.
///
/// Overlapping children count once; what a child does outside its parent is cut off; detached children do not count.
///
///     A |-----------------------|   25 ms, itself 11 ms
///     B    |-------|                 9 ms
///     C         |-------|            9 ms, 4 ms of them beside B
///
/// - Parameter trace: with corrected times and edges; siblings stand by their starts.
/// - Returns: nanoseconds in the order of `trace.spans`; never negative, never above the span's duration.
/// - Complexity: O(*n*) time and memory for *n* spans.
/// - Source: traces-semantics.md 4; Perfetto v58.2, stdlib slices/self_dur.sql, with the union of the children where it takes
///   their sum: slices never overlap, spans do.
func selfTimes(_ trace: Trace) -> [Nanoseconds] {
  var selfTime: [Nanoseconds] = []
  selfTime.reserveCapacity(trace.spans.count)
  for index in trace.spans.indices { selfTime.append(trace.duration(index)) }
  // Up to where the children seen so far cover their parent.
  var reach = trace.start
  for index in trace.spans.indices where trace.edge[index] == .sync {
    let above = Int(trace.parent[index])
    let from = max(trace.start[index], reach[above])
    let to = min(trace.end[index], trace.end[above])
    if to > from {
      selfTime[above] -= to - from
      reach[above] = to
    }
  }
  return selfTime
}
