package import TraceModel

/// Lengths of spans, exact, with what intervals and histograms need: 8 bytes a span.
///
/// One word a span: the length above, then whether it is an error, then whether it is the first of its trace. Spans of one
/// trace lie side by side, in parts that are merged too, so traces can be told apart without their ids.
///
/// - Invariant: a trace's spans are added without another trace's between them, and into one part only.
package struct DurationSamples: Sendable {
  private var words: [UInt64] = []
  /// Number of the trace that was added last, to find the first span of the next; 0 is no trace.
  private var lastTrace: UInt32 = 0
  /// Traces that hold a span.
  package private(set) var traces = 0
  /// Spans that are errors.
  package private(set) var errors = 0

  /// No lengths.
  package init() {}

  /// Spans.
  package var count: Int { words.count }

  /// Adds a span's length, cut at 2⁶¹ ns; negative counts as 0.
  ///
  /// - Parameter trace: a number that differs from that of the trace added before, not 0.
  package mutating func add(_ length: Nanoseconds, isError: Bool, trace: UInt32) {
    let value = UInt64(min(max(length, 0), DurationSamples.longest))
    let isFirst = trace != lastTrace
    lastTrace = trace
    traces += isFirst ? 1 : 0
    errors += isError ? 1 : 0
    words.append(value << 2 | (isError ? 2 : 0) | (isFirst ? 1 : 0))
  }

  /// Takes in the spans of other traces.
  package mutating func merge(_ other: DurationSamples) {
    words.append(contentsOf: other.words)
    traces += other.traces
    errors += other.errors
  }

  /// The longest length that is told apart: 73 years.
  package static let longest: Int64 = 1 << 61

  /// The lengths in ascending order, for `percentile`.
  package func ascending() -> Ascending {
    var sorted = words
    sorted.sort()
    return Ascending(words: sorted)
  }

  /// Lengths in ascending order.
  package struct Ascending {
    fileprivate var words: [UInt64]

    /// The value at a rank from 1.
    package func value(rank: Int) -> Nanoseconds { Int64(words[rank - 1] >> 2) }

    /// The nearest-rank percentile; nil where there is no value.
    package func value(percent: Int) -> Nanoseconds? {
      words.isEmpty ? nil : value(rank: nearestRank(percent: percent, of: words.count))
    }
  }

  /// A percentile, if there are traces enough to show it.
  package func shown(_ percent: Int, in ascending: Ascending) -> Nanoseconds? {
    traces < minimumTraces(percent: percent) ? nil : ascending.value(percent: percent)
  }

  /// A percentile with its 95 % interval by trace.
  ///
  /// The ranks of the interval are those of `orderRanks` for the effective number of values, stretched to the number of
  /// spans. An end is nil where the spans lie in so few traces that the data hold none.
  ///
  /// - Complexity: O(*n*) beside the sorting.
  /// - Source: Woodruff, "Confidence intervals for medians and other position measures" (1952); see `ClusterSums`.
  package func percentile(_ percent: Int, in ascending: Ascending) -> Findings.Percentile {
    let missing = max(0, minimumTraces(percent: percent) - traces)
    guard missing == 0, let value = ascending.value(percent: percent) else {
      return Findings.Percentile(
        percent: percent, valueNs: nil, lowNs: nil, highNs: nil, tracesMissing: missing)
    }
    let effective = clusters(threshold: value).effectiveCount
    let ranks = orderRanks(percent: percent, count: effective)
    let rank = nearestRank(percent: percent, of: count)
    let low = ranks.lower.map { min(rank, max(1, stretched($0, effective).floor)) }
    let high = ranks.upper.map { max(rank, min(count, stretched($0, effective).ceiling)) }
    return Findings.Percentile(
      percent: percent, valueNs: value, lowNs: low.map { ascending.value(rank: $0) },
      highNs: high.map { ascending.value(rank: $0) }, tracesMissing: 0)
  }

  /// A rank among `effective` values as a rank among all.
  private func stretched(_ rank: Int, _ effective: Int) -> (floor: Int, ceiling: Int) {
    let product = rank.multipliedFullWidth(by: count)
    let division = effective.dividingFullWidth(product)
    return (division.quotient, division.quotient + (division.remainder > 0 ? 1 : 0))
  }

  private func clusters(threshold: Nanoseconds) -> ClusterSums {
    var sums = ClusterSums()
    if traces == words.count {
      sums.traces = traces
      sums.spans = traces
      return sums
    }
    let limit = UInt64(threshold) << 2 | 3
    var hits = 0
    var spans = 0
    for word in words {
      if word & 1 == 1, spans > 0 {
        sums.add(hits: hits, spans: spans)
        hits = 0
        spans = 0
      }
      spans += 1
      hits += word <= limit ? 1 : 0
    }
    sums.add(hits: hits, spans: spans)
    return sums
  }

  /// The lengths by size.
  package func histogram() -> LogLinearHistogram {
    var histogram = LogLinearHistogram()
    for word in words { histogram.add(Int64(word >> 2), isError: word & 2 != 0) }
    return histogram
  }
}
