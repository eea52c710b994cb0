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
