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

    mutating func add(
      _ length: Nanoseconds, selfTime own: Nanoseconds, isError: Bool, isEntry: Bool,
      trace ordinal: UInt32
    ) {
      samples.add(length, isError: isError, trace: ordinal)
      entries += isEntry ? 1 : 0
      total = saturatingSum(total, length)
      selfTime = saturatingSum(selfTime, own)
    }

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
  ///   - scan: what was found of its spans.
  ///   - count: how many operations have numbers by now.
  package mutating func add(
    _ measures: borrowing TraceMeasures, _ scan: borrowing TraceScan, count: Int
  ) {
    while totals.count < count { totals.append(Totals()) }
    let selfTimes = measures.selfTime
    for span in selfTimes.indices {
      let length = scan.lengths[span]
      let number = scan.operations[span]
      totals[number].add(
        length, selfTime: selfTimes[span], isError: scan.isError[span],
        isEntry: scan.isEntry[span], trace: scan.ordinal)
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
