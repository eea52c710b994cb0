extension Trace {
  /// How many spans there are.
  public var count: Int { spans.count }

  /// A span and all below it, as a range of indices.
  public func subtree(of index: Int) -> Range<Int> { index..<Int(subtreeEnd[index]) }

  /// Indices of a span's children, sync or not, by start.
  ///
  /// - Complexity: O(1) a child.
  public func children(of index: Int) -> Siblings {
    Siblings(upcoming: index + 1, stop: Int(subtreeEnd[index]), subtreeEnd: subtreeEnd)
  }

  /// Indices of the spans without a parent in the trace, the primary root first.
  public var heads: Siblings { Siblings(upcoming: 0, stop: spans.count, subtreeEnd: subtreeEnd) }

  /// Indices of a span's parent, its parent, and so on up to a head.
  public func ancestors(of index: Int) -> Ancestors {
    Ancestors(upcoming: Int(parent[index]), parent: parent)
  }

  /// From the earliest start to the latest end of all spans; at least as long as `total`.
  public var hull: Nanoseconds {
    guard let first = start.min(), let last = end.max() else { return 0 }
    return last - first
  }

  /// How many different spans are named as parents and are not in the data.
  public var missingParentCount: Int {
    var missing: Set<SpanID> = []
    for index in spans.indices where edge[index] == .orphan { missing.insert(spans[index].parent) }
    return missing.count
  }

  /// Whether parts are missing: several heads, or a head that is no root.
  public var isIncomplete: Bool {
    var heads = heads
    guard let first = heads.next() else { return true }
    return edge[first] != .root || heads.next() != nil
  }

  /// Subtrees that lie one behind the other, by the index of their top.
  public struct Siblings: Sequence, IteratorProtocol, Sendable {
    var upcoming: Int
    let stop: Int
    let subtreeEnd: [Int32]

    /// The next sibling's index.
    public mutating func next() -> Int? {
      if upcoming >= stop { return nil }
      defer { upcoming = Int(subtreeEnd[upcoming]) }
      return upcoming
    }
  }

  /// A way up.
  public struct Ancestors: Sequence, IteratorProtocol, Sendable {
    var upcoming: Int
    let parent: [Int32]

    /// The next ancestor's index.
    public mutating func next() -> Int? {
      if upcoming < 0 { return nil }
      defer { upcoming = Int(parent[upcoming]) }
      return upcoming
    }
  }
}
