/// Ranks between which a percentile lies with at least 95 % confidence, for `count` independent values; nil where the data
/// hold no such end.
///
/// The number of values below the percentile is binomial, whatever the distribution of the values. `lower` is the
/// largest rank, `upper` the smallest, beyond which at most 2.5 % of that binomial lie.
///
/// The binomial's terms are built from its mode outwards by their ratios and divided by their sum: additions,
/// multiplications and divisions alone, which are the same on every machine.
///
/// - Complexity: O(√*count*).
/// - Source: David and Nagaraja, "Order Statistics" (3rd ed.), 7.1.
public func orderRanks(percent: Int, count: Int) -> (lower: Int?, upper: Int?) {
  if count <= 0 || percent <= 0 || percent >= 100 { return (nil, nil) }
  let p = Double(percent) / 100
  let q = Double(100 - percent) / 100
  let mode = min(count, (count + 1) / 100 * percent + (count + 1) % 100 * percent / 100)
  let negligible = 1e-20
  var below: [Double] = []
  var weight = 1.0
  var k = mode
  while k > 0, weight > negligible {
    weight *= Double(k) * q / (Double(count - k + 1) * p)
    k -= 1
    below.append(weight)
  }
  var above: [Double] = []
  weight = 1.0
  k = mode
  while k < count, weight > negligible {
    weight *= Double(count - k) * p / (Double(k + 1) * q)
    k += 1
    above.append(weight)
  }
  let limit = (below.reversed().reduce(0, +) + 1 + above.reversed().reduce(0, +)) * 0.025
  let terms = below.reversed() + [1.0] + above
  let first = mode - below.count
  return (
    lowerRank(terms, first: first, limit: limit),
    upperRank(terms, last: mode + above.count, count: count, limit: limit)
  )
}

/// The largest rank *l* such that fewer than *l* values lie below the percentile with a weight of at most `limit`.
private func lowerRank(_ terms: [Double], first: Int, limit: Double) -> Int? {
  var sum = 0.0
  var rank = first
  for term in terms {
    if sum + term > limit { break }
    sum += term
    rank += 1
  }
  return rank >= 1 ? rank : nil
}

/// The smallest rank *u* such that at least *u* values lie below the percentile with a weight of at most `limit`.
private func upperRank(_ terms: [Double], last: Int, count: Int, limit: Double) -> Int? {
  var sum = 0.0
  var rank = last + 1
  for term in terms.reversed() {
    if sum + term > limit { break }
    sum += term
    rank -= 1
  }
  return rank <= count ? rank : nil
}

/// How spans spread over traces, around one threshold: integer sums from which the loss of information by clustering is
/// estimated. With *m* spans of a trace, *a* of them at or below the threshold.
struct ClusterSums {
  /// Traces.
  var traces = 0
  /// Σ a.
  var hits = 0
  /// Σ m.
  var spans = 0
  /// Σ a².
  var hitsSquared = 0
  /// Σ a·m.
  var hitsTimesSpans = 0
  /// Σ m².
  var spansSquared = 0

  /// Counts one trace.
  mutating func add(hits a: Int, spans m: Int) {
    traces += 1
    hits &+= a
    spans &+= m
    hitsSquared &+= a &* a
    hitsTimesSpans &+= a &* m
    spansSquared &+= m &* m
  }

  /// How many independent values say as much about the threshold's rank as these spans do.
  ///
  /// Spans of one trace are alike: forty retries of one slow request are not forty requests. The variance of the share at
  /// or below the threshold is taken between traces (ratio estimator); its ratio to the variance of independent values is
  /// the design effect, by which the number of spans is divided. With few traces that variance is itself unsure, for which
  /// Student's t stands in for the normal quantile. One span a trace gives the number of spans unchanged; no more than the
  /// number of spans is ever returned. Where all or none lie at or below the threshold, spans of one trace count as one.
  ///
  /// - Source: Kish, "Survey Sampling" (1965), 5.4 and 8.2; Korn and Graubard, "Confidence intervals for proportions with
  ///   small expected number of positive counts estimated from survey data" (1998), for effective size and t.
  var effectiveCount: Int {
    if spans == traces { return spans }
    if traces < 2 { return traces }
    let n = Double(spans)
    let p = Double(hits) / n
    let independent = n * p * (1 - p)
    let kish = Double(spansSquared) / n
    var effect = kish
    if independent > 0 {
      let between =
        Double(hitsSquared) - 2 * p * Double(hitsTimesSpans) + p * p * Double(spansSquared)
      effect = between / independent * Double(traces) / Double(traces - 1)
    }
    let t = studentRatio(degrees: traces - 1)
    return max(1, min(spans, Int(n / max(effect, 1) / (t * t))))
  }
}

/// The 97.5 % point of Student's t over that of the normal distribution.
///
/// - Source: Abramowitz and Stegun 26.7.5, first three terms.
private func studentRatio(degrees: Int) -> Double {
  let z = 1.959963984540054
  let v = Double(degrees)
  let first = (z * z + 1) / 4
  let second = (5 * z * z * z * z + 16 * z * z + 3) / 96
  let third = (3 * z * z * z * z * z * z + 19 * z * z * z * z + 17 * z * z - 15) / 384
  return 1 + first / v + second / (v * v) + third / (v * v * v)
}
