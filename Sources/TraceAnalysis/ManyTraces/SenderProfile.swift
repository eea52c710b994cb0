package import TraceModel

/// Who sent what: spans of each operation by resource, and when each resource was first heard of.
package struct SenderProfile: Sendable {
  private var index = KeyIndex()
  private var counts: [Int] = []
  /// Start of the first span of each resource; nil where there is none.
  package private(set) var firstSeen: [Timestamp?]

  /// No spans of so many resources.
  package init(resources: Int) { firstSeen = Array(repeating: nil, count: resources) }

  /// Adds the spans of one trace.
  ///
  /// - Complexity: O(spans), one look-up each.
  package mutating func add(_ measures: borrowing TraceMeasures, _ scan: borrowing TraceScan) {
    let spans = measures.trace.spans
    let start = measures.trace.start
    for span in spans.indices where firstSeen.indices.contains(Int(spans[span].resource)) {
      let resource = Int(spans[span].resource)
      if firstSeen[resource].map({ start[span] < $0 }) ?? true { firstSeen[resource] = start[span] }
      count(operation: scan.operations[span], resource: UInt32(resource), by: 1)
    }
  }

  private mutating func count(operation: Int, resource: UInt32, by count: Int) {
    let number = index.number(UInt64(operation) << 32 | UInt64(resource))
    if number == counts.count { counts.append(0) }
    counts[number] += count
  }

  /// Takes in other traces of the same store; `map` gives the numbers that their operations have here.
  package mutating func merge(_ other: SenderProfile, map: [Int]) {
    for (key, count) in zip(other.index.keys, other.counts) {
      self.count(
        operation: map[Int(key >> 32)], resource: UInt32(truncatingIfNeeded: key), by: count)
    }
    for (resource, theirs) in other.firstSeen.enumerated() {
      guard let theirs else { continue }
      firstSeen[resource] = firstSeen[resource].map { min($0, theirs) } ?? theirs
    }
  }

  /// Spans of some operations by resource.
  ///
  /// - Complexity: O(pairs of operation and resource).
  package func spans(of operations: Set<Int>) -> [Int32: Int] {
    var result: [Int32: Int] = [:]
    for (key, count) in zip(index.keys, counts) where operations.contains(Int(key >> 32)) {
      result[Int32(truncatingIfNeeded: key), default: 0] += count
    }
    return result
  }
}
