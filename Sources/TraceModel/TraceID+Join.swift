/// Which 64-bit trace ids belong to which 128-bit ones (traces-semantics.md 1.2).
public struct TraceIDJoin: Sendable, Equatable {
  /// The 128-bit id that each joined 64-bit id is part of.
  public var longForms: [TraceID: TraceID] = [:]
  /// 64-bit ids that fit several 128-bit ids, ascending; they stay alone.
  public var ambiguous: [TraceID] = []

  /// The joins among all trace ids of a data set.
  ///
  /// Ids with equal low halves must be given together, as a partition by the low half does.
  ///
  /// - Parameter ids: in any order, each once or more.
  /// - Complexity: O(*n* log *n*).
  public init(_ ids: some Sequence<TraceID>) {
    let sorted = ids.filter { $0.low != 0 }.sorted {
      $0.low != $1.low ? $0.low < $1.low : $0.high < $1.high
    }
    var first = 0
    while first < sorted.count {
      var last = first
      while last + 1 < sorted.count, sorted[last + 1].low == sorted[first].low { last += 1 }
      // The 64-bit form comes first, then equal ids side by side.
      if sorted[first].is64Bit, sorted[last].high != 0,
        let long = sorted[first...last].first(where: { $0.high != 0 })
      {
        if long == sorted[last] {
          longForms[sorted[first]] = long
        } else {
          ambiguous.append(sorted[first])
        }
      }
      first = last + 1
    }
    ambiguous.sort()
  }
}
