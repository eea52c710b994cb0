public import TraceModel

extension Span {
  /// Whether the span failed, by its status, else by what its attributes and events say (traces-semantics.md 6.1).
  public var isError: Bool {
    switch facts.status {
    case .error: return true
    case .ok: return false
    case .unset: break
    }
    if facts[.errorTag] { return true }
    let isServer = facts.kind == .server
    if facts.httpStatus >= (isServer ? 500 : 400) { return true }
    guard let code = facts.grpcCode, code != 0 else { return false }
    return !isServer || [2, 4, 12, 13, 14, 15].contains(code)
  }

  /// Whether a failed span failed because its call was cancelled (6.2).
  public var isCancelled: Bool { facts[.cancelled] || facts.grpcCode == 1 }
}

/// The most spans that `ErrorOrigin.propagation` names: longer ways lose their middle.
package let longestPropagation = 64

/// The room in which errors are followed, kept from one trace to the next.
struct ErrorRoom: Sendable {
  /// Nearest span above over sync edges that is not looked through, -1 at a unit's head.
  fileprivate var above: [Int32] = []
  /// The failed span below that explains a failed span, -1 where none.
  fileprivate var cause: [Int32] = []
  /// The last failed span on the way up from a failed span.
  fileprivate var top: [Int32] = []
}

/// What each span's outcome is, and where errors begin and how far they go.
///
/// - Parameter trace: with corrected times and edges.
/// - Returns: classes in the order of the spans; origins by index of their span.
/// - Complexity: O(*n*) and a sort of the siblings of handled errors; transparent spans are passed once.
/// - Source: traces-semantics.md 6.
func errorOutcomes(
  _ trace: Trace, resources: [Resource], room: inout ErrorRoom
) -> (classes: [ErrorClass], origins: [ErrorOrigin]) {
  var classes = [ErrorClass](repeating: .none, count: trace.spans.count)
  var errors = 0
  for index in trace.spans.indices {
    if trace.spans[index].isError {
      classes[index] = .origin
      errors += 1
    } else if isTransparent(trace, index, resources) {
      classes[index] = .transparent
    }
  }
  if errors == 0 { return (classes, []) }

  room.follow(trace, &classes)
  var origins: [ErrorOrigin] = []
  for index in trace.spans.indices where classes[index] == .origin {
    origins.append(room.origin(trace, classes, index))
  }
  markPrimary(trace, classes, room, &origins)
  markRetries(trace, classes, resources, room, &origins)
  return (classes, origins)
}

/// Looked through: no error, status unset, kind INTERNAL or unknown, sync child of a span of its service (6.3).
private func isTransparent(_ trace: Trace, _ index: Int, _ resources: [Resource]) -> Bool {
  let span = trace.spans[index]
  guard trace.edge[index] == .sync, span.facts.status == .unset,
    span.facts.kind == .internal || span.facts.kind == .unknown || isSilentCall(trace, index)
  else { return false }
  let parent = trace.spans[Int(trace.parent[index])]
  return parent.resource == span.resource
    || sender(of: parent, resources).service == sender(of: span, resources).service
}

/// Whether a call says nothing of its outcome, neither by its status nor by a code, while its callee failed: then it carried
/// the failure on and did not cope with it. So API Gateway and Step Functions write their calls of Lambda.
private func isSilentCall(_ trace: Trace, _ index: Int) -> Bool {
  let facts = trace.spans[index].facts
  guard facts.kind == .client, facts.httpStatus == 0, facts.grpcCode == nil else { return false }
  for child in trace.children(of: index)
  where trace.edge[child] == .sync && trace.spans[child].facts.kind == .server
    && trace.spans[child].isError
  {
    return true
  }
  return false
}

extension ErrorRoom {
  /// Goes down once: who feels whose error (6.4), and which explains which (6.5).
  fileprivate mutating func follow(_ trace: Trace, _ classes: inout [ErrorClass]) {
    above.removeAll(keepingCapacity: true)
    top.removeAll(keepingCapacity: true)
    cause.removeAll(keepingCapacity: true)
    cause.append(contentsOf: repeatElement(-1, count: trace.spans.count))
    for index in trace.spans.indices {
      var feels: Int32 = -1
      if trace.edge[index] == .sync {
        let parent = trace.parent[index]
        feels = classes[Int(parent)] == .transparent ? above[Int(parent)] : parent
      }
      above.append(feels)
      top.append(Int32(index))
      guard feels >= 0, classes[index] == .origin else { continue }
      let higher = Int(feels)
      switch classes[higher] {
      case .none: classes[higher] = .handled
      case .origin: classes[higher] = .propagated
      case .transparent, .propagated, .handled: break
      }
      if classes[higher] == .handled { continue }
      top[index] = top[higher]
      if cause[higher] < 0 || explains(trace, higher, index, betterThan: Int(cause[higher])) {
        cause[higher] = Int32(index)
      }
    }
  }

  /// Whether failed child `a` explains the failure of a span better than failed child `b` (6.5).
  private func explains(_ trace: Trace, _ failed: Int, _ a: Int, betterThan b: Int) -> Bool {
    func repeats(_ child: Int) -> Bool {
      let (inner, outer) = (trace.spans[child], trace.spans[failed])
      return !outer.errorType.isEmpty && inner.errorType == outer.errorType
        && outer.facts.messageHash != 0 && inner.facts.messageHash == outer.facts.messageHash
    }
    let (sameA, sameB) = (repeats(a), repeats(b))
    if sameA != sameB { return sameA }
    let (cancelledA, cancelledB) = (trace.spans[a].isCancelled, trace.spans[b].isCancelled)
    if cancelledA != cancelledB { return cancelledB }
    let endA = min(trace.end[a], trace.end[failed])
    let endB = min(trace.end[b], trace.end[failed])
    if endA != endB { return endA > endB }
    if trace.start[a] != trace.start[b] { return trace.start[a] < trace.start[b] }
    return trace.idPrecedes(a, b)
  }

  /// What an origin is and how far it goes (6.6, 6.7).
  fileprivate func origin(_ trace: Trace, _ classes: [ErrorClass], _ index: Int) -> ErrorOrigin {
    let last = top[index]
    let higher = above[Int(last)]
    var way: [Int32] = []
    var step = Int32(index)
    while step != last, way.count < longestPropagation - 1 {
      way.append(step)
      step = above[Int(step)]
    }
    way.append(last)
    return ErrorOrigin(
      span: Int32(index), blame: blame(trace, index), isCancelled: trace.spans[index].isCancelled,
      reach: higher < 0 ? .reaches(last) : .handledBy(higher), propagation: way)
  }

  private func blame(_ trace: Trace, _ index: Int) -> ErrorOrigin.Blame {
    if trace.spans[index].facts.kind != .client { return .local }
    if Int(trace.subtreeEnd[index]) == index + 1 { return .remote }
    var blame = ErrorOrigin.Blame.local
    for child in trace.children(of: index)
    where trace.spans[child].facts.kind == .server && !trace.spans[child].isError {
      if trace.end[child] > trace.end[index] { return .timeout }
      blame = .transport
    }
    return blame
  }
}

/// Follows causes from each failed head of a unit down to the origin (6.8).
private func markPrimary(
  _ trace: Trace, _ classes: [ErrorClass], _ room: ErrorRoom, _ origins: inout [ErrorOrigin]
) {
  var primary: Set<Int32> = []
  for head in trace.spans.indices
  where trace.edge[head].startsUnit && (classes[head] == .origin || classes[head] == .propagated) {
    var step = head
    while room.cause[step] >= 0 { step = Int(room.cause[step]) }
    primary.insert(Int32(step))
  }
  for index in origins.indices where primary.contains(origins[index].span) {
    origins[index].isPrimary = true
  }
}

/// Finds for each handled error the first later sibling that did the same without failing (6.7).
///
/// Later: it starts when the failed one has ended, or after; a parallel sibling is no second try.
private func markRetries(
  _ trace: Trace, _ classes: [ErrorClass], _ resources: [Resource], _ room: ErrorRoom,
  _ origins: inout [ErrorOrigin]
) {
  var parents: Set<Int32> = []
  for origin in origins {
    if case .handledBy = origin.reach {
      parents.insert(trace.parent[Int(room.top[Int(origin.span)])])
    }
  }
  if parents.isEmpty { return }
  func attempt(_ index: Int) -> Attempt {
    let span = trace.spans[index]
    return Attempt(
      parent: trace.parent[index], service: sender(of: span, resources).service.index,
      operation: span.operation.index, kind: span.facts.kind.rawValue,
      start: trace.start[index], span: Int32(index))
  }
  var attempts: [Attempt] = []
  for index in trace.spans.indices
  where parents.contains(trace.parent[index]) && !trace.spans[index].isError {
    attempts.append(attempt(index))
  }
  attempts.sort(by: <)
  for index in origins.indices {
    guard case .handledBy = origins[index].reach else { continue }
    let failed = Int(room.top[Int(origins[index].span)])
    var sought = attempt(failed)
    sought.start = trace.end[failed]
    sought.span = -1
    var low = 0
    var high = attempts.count
    while low < high {
      let middle = (low + high) / 2
      if attempts[middle] < sought { low = middle + 1 } else { high = middle }
    }
    if low < attempts.count, attempts[low].isAlike(sought) {
      origins[index].retriedBy = attempts[low].span
    }
  }
}

/// A span that did not fail, filed so that a retry is found by its parent, what it does, and when.
private struct Attempt {
  var parent: Int32
  var service: UInt32
  var operation: UInt32
  var kind: UInt8
  var start: Timestamp
  var span: Int32

  func isAlike(_ other: Attempt) -> Bool {
    parent == other.parent && service == other.service && operation == other.operation
      && kind == other.kind
  }

  static func < (a: Attempt, b: Attempt) -> Bool {
    if a.parent != b.parent { return a.parent < b.parent }
    if a.service != b.service { return a.service < b.service }
    if a.operation != b.operation { return a.operation < b.operation }
    if a.kind != b.kind { return a.kind < b.kind }
    return a.start != b.start ? a.start < b.start : a.span < b.span
  }
}
