import TraceModel

/// An origin of an error with the unit in which its climb ended.
struct JoinedOrigin {
  var origin: ErrorOrigin
  /// Head of the unit in which the climb ended.
  var unit: Int32
}

/// The origins of a trace, joined where a failed call and the failed span that it called do not meet in time.
///
/// A failed call is not moved to fit its callee (traces-semantics.md 2.4), so with a clock that is ahead the two may lie
/// apart: the edge is then `disjoint`, the call looks like an origin, and the true origin seems to reach nobody.
///
///     call:C!   |-------------|
///       pay:S!                     |---------|     the same request, on a host whose clock is ahead
///
/// Whether the clock or a queue lies between them, the callee's failure explains the call's: the call is no origin, and
/// the callee's origins go on climbing from it.
func joinedOrigins(_ measures: borrowing TraceMeasures) -> [JoinedOrigin] {
  let origins = measures.origins
  let units = measures.trace.unit
  var callOf: [Int32: Int] = [:]
  var isCall = Array(repeating: false, count: origins.count)
  for (place, origin) in origins.enumerated() {
    guard let callee = disjointCallee(measures, Int(origin.span)),
      measures.errorClass[callee].isError
    else { continue }
    callOf[Int32(callee)] = place
    isCall[place] = true
  }
  var joined: [JoinedOrigin] = []
  for (place, origin) in origins.enumerated() where !isCall[place] {
    var one = JoinedOrigin(origin: origin, unit: units[Int(origin.span)])
    var steps = 0
    while steps < 64, case .reaches(let head) = one.origin.reach, let place = callOf[head] {
      let call = origins[place]
      one.origin.reach = call.reach
      one.origin.retriedBy = call.retriedBy
      one.origin.isPrimary = one.origin.isPrimary && call.isPrimary
      one.origin.propagation += call.propagation.prefix(ErrorProfile.longestPath)
      one.unit = units[Int(call.span)]
      steps += 1
    }
    joined.append(one)
  }
  return joined
}

/// The SERVER child of a CLIENT span that does not meet it in time; nil where it has none, or a child that does.
func disjointCallee(_ measures: borrowing TraceMeasures, _ call: Int) -> Int? {
  let end = Int(measures.trace.subtreeEnd[call])
  guard measures.trace.spans[call].facts.kind == .client, end > call + 1 else { return nil }
  var callee: Int?
  var child = call + 1
  while child < end {
    let isServer = measures.trace.spans[child].facts.kind == .server
    if !isServer || measures.trace.edge[child] != .disjoint { return nil }
    callee = callee ?? child
    child = max(child + 1, Int(measures.trace.subtreeEnd[child]))
  }
  return callee
}
