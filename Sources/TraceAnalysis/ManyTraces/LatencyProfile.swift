package import TraceModel

/// Lengths, errors and self times of every operation.
package struct LatencyProfile: Sendable {
  /// What one operation's spans add up to.
  package struct Totals: Sendable {
    /// Lengths of its spans.
    package var samples = DurationSamples()
    /// Spans that enter their service.
    package var entries = 0
    /// Sum of lengths, ns.
    package var total: Nanoseconds = 0
    /// Sum of self times, ns.
    package var selfTime: Nanoseconds = 0
    /// The longest.
    package var longest = LargestSpan()

    /// Takes in the spans of other traces.
    mutating func merge(_ other: Totals) {
      samples.merge(other.samples)
      entries += other.entries
      total = saturatingSum(total, other.total)
      selfTime = saturatingSum(selfTime, other.selfTime)
      longest.merge(other.longest)
    }
  }

  /// By number of the operation.
  package private(set) var totals: [Totals] = []

  /// No spans.
  package init() {}

  /// Adds the spans of one trace.
  ///
  /// - Parameters:
  ///   - measures: the trace.
  ///   - numbers: the number of each span's operation.
  ///   - isEntry: whether each span enters its service.
  ///   - ordinal: a number for this trace, not 0, that the trace before did not have.
  ///   - count: how many operations have numbers by now.
  package mutating func add(
    _ measures: borrowing TraceMeasures, numbers: [Int], isEntry: [Bool], ordinal: UInt32,
    count: Int
  ) {
    while totals.count < count { totals.append(Totals()) }
    for span in numbers.indices {
      let length = measures.trace.duration(span)
      let isError = measures.errorClass[span].isError
      let number = numbers[span]
      totals[number].samples.add(length, isError: isError, trace: ordinal)
      totals[number].entries += isEntry[span] ? 1 : 0
      totals[number].total = saturatingSum(totals[number].total, length)
      totals[number].selfTime = saturatingSum(totals[number].selfTime, measures.selfTime[span])
      if length >= totals[number].longest.value {
        totals[number].longest.add(length, measures.trace, span)
      }
    }
  }

  /// Takes in the spans of other traces, whose operations have the numbers `map`.
  package mutating func merge(_ other: LatencyProfile, map: [Int]) {
    while totals.count < map.count { totals.append(Totals()) }
    if let largest = map.max() { while totals.count <= largest { totals.append(Totals()) } }
    for number in other.totals.indices { totals[map[number]].merge(other.totals[number]) }
  }

  /// Rows by total time, then by operation; at most `limit`, with the number of all operations.
  package func rows(_ operations: [Operation], limit: Int) -> (
    rows: [Findings.LatencyRow], count: Int
  ) {
    let used = totals.indices.filter { totals[$0].samples.count > 0 }
    let order = used.sorted {
      if totals[$0].total != totals[$1].total { return totals[$0].total > totals[$1].total }
      return operations[$0] < operations[$1]
    }
    let rows = order.prefix(limit).map { number in
      let all = totals[number]
      let ascending = all.samples.ascending()
      return Findings.LatencyRow(
        operation: operations[number], isEntry: all.entries * 2 > all.samples.count,
        spans: all.samples.count, traces: all.samples.traces, errors: all.samples.errors,
        totalNs: all.total, selfNs: all.selfTime, maxNs: max(0, all.longest.value),
        percentiles: [50, 90, 95, 99].map { all.samples.percentile($0, in: ascending) },
        histogram: all.samples.histogram().bins, exemplar: all.longest.reference)
    }
    return (rows, used.count)
  }
}

extension ErrorClass {
  /// Whether the span itself failed.
  package var isError: Bool { self == .origin || self == .propagated }
}
