/// What X-Ray says in documents of their own: the remote ends of calls, and subsegments without their segment
/// (traces-semantics.md 1.4).
extension TraceBuilder {
  /// The id that a child means by that of an inferred segment: its caller's; the id itself where nobody was inferred so.
  ///
  /// - Complexity: O(1) where nothing was inferred.
  static func standIn(for id: UInt64, _ inferred: [UInt64: UInt64]) -> UInt64 {
    var id = id
    // Each step leads to another inferred segment, so more steps than segments are a circle.
    var steps = 0
    while let caller = inferred[id], steps < inferred.count {
      id = caller
      steps += 1
    }
    return id
  }

  /// Callers by the ids of the segments that were inferred from their calls.
  var callersOfInferred: [UInt64: UInt64] {
    if inferred.isEmpty { return [:] }
    var callers: [UInt64: UInt64] = [:]
    for span in inferred where !span.id.isAbsent && !span.parent.isAbsent {
      if callers[span.id.rawValue] == nil { callers[span.id.rawValue] = span.parent.rawValue }
    }
    return callers
  }

  /// Gives calls the name of the remote end that the back end inferred of them; of several the first in the input counts.
  mutating func nameRemoteEnds() {
    if inferred.isEmpty { return }
    var named: Set<Int> = []
    for remote in inferred {
      let index = names.lowerBound { $0.id < remote.parent.rawValue }
      guard index < names.count, names[index].id == remote.parent.rawValue else { continue }
      let caller = Int(names[index].bearer)
      guard named.insert(caller).inserted else { continue }
      if !remote.peer.isEmpty {
        kept[caller].peer = remote.peer
      } else if kept[caller].peer.isEmpty {
        kept[caller].peer = remote.operation
      }
    }
  }

  /// Gives spans whose segment was elsewhere the sender of the nearest span above that names one.
  ///
  /// - Complexity: O(*n*); each span is walked over once.
  mutating func borrowSenders() {
    guard senders.contains(where: \.isElsewhere) else { return }
    var way: [Int] = []
    // Spans with no such span above them.
    var isLost = Array(repeating: false, count: senders.count)
    for first in senders.indices where senders[first].isElsewhere {
      way.removeAll(keepingCapacity: true)
      var node = first
      while node >= 0, senders[node].isElsewhere, !isLost[node] {
        way.append(node)
        node = Int(parent[node])
      }
      guard node >= 0, !senders[node].isElsewhere else {
        for step in way { isLost[step] = true }
        continue
      }
      for step in way {
        senders[step] = senders[node]
        kept[step].resource = kept[node].resource
      }
    }
  }
}
