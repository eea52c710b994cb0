/// When spans start and end (traces-semantics.md 1.7).
extension TraceBuilder {
  /// Fills `start` and `end`: known, and never reversed.
  mutating func settleTimes() {
    var isSettled = true
    for node in kept.indices {
      let span = kept[node]
      start.append(span.start)
      end.append(span.end)
      if span.lacksStart || span.lacksEnd {
        isSettled = false
      } else if span.end < span.start {
        end[node] = span.start
        found.append((.negativeDuration, Int32(node)))
      }
    }
    if isSettled { return }
    siblings.listTopDown()
    settleStarts()
    settleEnds()
  }

  /// Parents first: an unknown start is the parent's; a head's is the earliest known among its children, else its own end.
  private mutating func settleStarts() {
    for node in siblings.order.map(Int.init) where kept[node].lacksStart {
      note(.unknownStart, kept[node].facts[.unknownStart], node)
      let above = Int(parent[node])
      if above >= 0 {
        start[node] = start[above]
        continue
      }
      var known: Timestamp?
      for child in siblings.children(of: node) where !kept[Int(child)].lacksStart {
        known = min(known ?? start[Int(child)], start[Int(child)])
      }
      start[node] = known ?? (kept[node].lacksEnd ? Timestamp(0) : end[node])
    }
  }

  /// Children first: an unknown end is the latest among the children, else the own start.
  private mutating func settleEnds() {
    for node in siblings.order.reversed().map(Int.init) {
      let span = kept[node]
      if span.lacksEnd {
        note(.unfinishedSpan, span.facts[.unknownEnd], node)
        end[node] = start[node]
        for child in siblings.children(of: node) { end[node] = max(end[node], end[Int(child)]) }
      } else if end[node] < start[node] {
        end[node] = start[node]
      }
    }
  }

  private mutating func note(_ kind: Defect.Kind, _ isFlagged: Bool, _ node: Int) {
    found.append((isFlagged ? kind : .oddTime, Int32(node)))
  }
}

extension Span {
  fileprivate var lacksStart: Bool { facts[.unknownStart] || isOdd(start) }

  fileprivate var lacksEnd: Bool { facts[.unknownEnd] || isOdd(end) }

  /// Beyond 2^62 ns (146 years) on either side of 1970, where differences would overflow.
  private func isOdd(_ time: Timestamp) -> Bool { !Timestamp.computable.contains(time) }
}

extension Timestamp {
  /// Times whose differences, and the sums of disjoint pieces of them, fit in 64 bits.
  package static let computable = Timestamp(-1 << 62 + 1)...Timestamp(1 << 62 - 1)
}
