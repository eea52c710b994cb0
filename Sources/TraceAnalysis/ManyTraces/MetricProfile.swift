package import TraceModel

/// What metrics show over the report's bins: series whose figure moved most from before a moment to after it.
///
/// Of a counter the rate a second is taken, a reset (a changed start, or a fall) counting from zero; of a gauge the mean; of a histogram
/// the 95th percentile, estimated within its bucket; of a summary the highest quantile below the largest that it gives.
///
/// - Source: opentelemetry-specification, metrics/data-model.md, "Resets and Gaps", "ExponentialHistogram"; Prometheus,
///   `histogram_quantile`, for the estimate within a bucket.
package struct MetricProfile: Sendable {
  /// Rows that are kept.
  private static let most = 10
  /// A change below this is no news.
  private static let leastChange = 1.2

  private let timeline: Timeline
  /// When the trouble began; nil where nothing is known to have begun.
  private let since: Int64?
  /// How many series there are.
  private(set) var series = 0
  /// How many points they have.
  private(set) var points = 0
  private var rows: [(score: Double, row: Findings.MetricRow)] = []

  /// A profile over some bins.
  package init(_ timeline: Timeline, since: Int64?) {
    self.timeline = timeline
    self.since = since
  }

  /// Adds a series with its points by time.
  package mutating func add(_ series: MetricPoint.Series, _ points: [MetricPoint]) {
    self.series += 1
    self.points += points.count
    let measured = Measured(series, points)
    if measured.values.isEmpty { return }
    let bins = binned(measured.values)
    let (before, after) = halves(measured.values)
    guard let score = score(before, after, bins) else { return }
    var row = Findings.MetricRow()
    row.service = series.service
    row.host = series.host
    row.instance = series.instance
    row.name = series.name
    row.unit = series.unit
    row.attributes = series.attributes
    row.resource = series.resource
    row.figure = measured.figure
    row.before = since == nil ? nil : mean(before)
    row.after = since == nil ? mean(measured.values.map(\.value)) : mean(after)
    row.points = measured.values.count
    row.bins = bins
    row.trace = points.last { !$0.trace.isEmpty }?.trace ?? ""
    rows.append((score, row))
    rows.sort {
      $0.score != $1.score
        ? $0.score > $1.score : $0.row.key.lexicographicallyPrecedes($1.row.key)
    }
    if rows.count > Self.most { rows.removeLast() }
  }

  /// The profile as it stands in findings; nil where there is no point.
  package var findings: Findings.MetricFindings? {
    if points == 0 { return nil }
    var result = Findings.MetricFindings()
    result.series = series
    result.points = points
    result.sinceNs = since
    result.startNs = timeline.start.nanoseconds
    result.widthNs = timeline.width
    result.rows = rows.map { score, row in
      // Nothing printed hangs on the last bit of a sum.
      var row = row
      row.before = row.before.map(rounded)
      row.after = row.after.map(rounded)
      row.bins = row.bins.map { $0.map(rounded) }
      return row
    }
    return result
  }

  // MARK: Figures

  private func halves(_ values: [Measured.Value]) -> (before: [Double], after: [Double]) {
    guard let since else { return ([], []) }
    return (
      values.filter { $0.time < since }.map(\.value),
      values.filter { $0.time >= since }.map(\.value)
    )
  }

  /// A number with six digits that count.
  private func rounded(_ value: Double) -> Double {
    guard value != 0, value.isFinite else { return 0 }
    var scale = 1.0
    while value.magnitude * scale >= 1e6 { scale /= 10 }
    while value.magnitude * scale < 1e5, scale < 1e300 { scale *= 10 }
    return (value * scale).rounded() / scale
  }

  private func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// How much it moved; nil where that is no news, or nothing can be said.
  private func score(_ before: [Double], _ after: [Double], _ bins: [Double?]) -> Double? {
    if since != nil {
      guard before.count >= 2, after.count >= 2, let a = mean(before), let b = mean(after) else {
        return nil
      }
      let largest = max(a.magnitude, b.magnitude)
      if largest == 0 { return nil }
      // From nothing to something is much, and not infinitely much.
      let floor = largest / 100
      let change = max(a.magnitude, floor) / max(b.magnitude, floor)
      let score = max(change, 1 / change)
      return score >= Self.leastChange ? score : nil
    }
    let values = bins.compactMap { $0 }
    guard values.count >= 3, let mean = mean(values) else { return nil }
    let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    let scale = max(mean.magnitude, values.map(\.magnitude).max() ?? 0)
    return spread > 0 && scale > 0 ? spread.squareRoot() / scale : nil
  }

  /// Means of the bins; nil where a bin has no value.
  private func binned(_ values: [Measured.Value]) -> [Double?] {
    guard timeline.count > 0 else { return [] }
    var sums = Array(repeating: 0.0, count: timeline.count)
    var counts = Array(repeating: 0.0, count: timeline.count)
    let end = timeline.start(of: timeline.count)
    for value in values {
      let time = Timestamp(value.time)
      guard time >= timeline.start, time < end else { continue }
      let bin = timeline.bin(of: time)
      sums[bin] += value.value
      counts[bin] += 1
    }
    return sums.indices.map { counts[$0] == 0 ? nil : sums[$0] / counts[$0] }
  }
}

/// A series as numbers on the time axis.
private struct Measured {
  struct Value {
    var time: Int64
    var value: Double
  }

  private(set) var figure = Findings.MetricRow.Figure.mean
  private(set) var values: [Value] = []

  init(_ series: MetricPoint.Series, _ points: [MetricPoint]) {
    switch series.kind {
    case .sum where series.isMonotonic || !series.isCumulative:
      figure = .rate
      rates(points, isCumulative: series.isCumulative)
    case .gauge, .sum:
      for point in points {
        if let value = point.value { values.append(Value(time: point.time, value: value)) }
      }
    case .histogram, .exponentialHistogram:
      figure = .p95
      percentiles(points, isCumulative: series.isCumulative)
    case .summary:
      figure = .quantile
      for point in points {
        let inner = point.quantiles.filter { $0.quantile < 1 }.max { $0.quantile < $1.quantile }
        if let quantile = inner ?? point.quantiles.last {
          values.append(Value(time: point.time, value: quantile.value))
        }
      }
    case .unknown: break
    }
  }

  /// Rates a second, each over the stretch from the point before, or from its start.
  private mutating func rates(_ points: [MetricPoint], isCumulative: Bool) {
    var last: MetricPoint?
    for point in points {
      guard let value = point.value else { continue }
      defer { last = point }
      var gain = value
      var from = point.start
      if isCumulative {
        // The first one says how much there was before anybody looked.
        guard let last, let known = last.value else { continue }
        if point.start == last.start, value >= known {
          gain = value - known
          from = last.time
        }
      } else if from == 0 {
        from = last?.time ?? 0
      }
      let seconds = Double(point.time &- from) / 1e9
      if from > 0, seconds > 0 { values.append(Value(time: point.time, value: gain / seconds)) }
    }
  }

  /// 95th percentiles of what each point adds.
  private mutating func percentiles(_ points: [MetricPoint], isCumulative: Bool) {
    var last: MetricPoint?
    for point in points {
      defer { last = point }
      var buckets = point.buckets
      if isCumulative {
        guard let last else { continue }
        if point.start == last.start, point.count >= last.count {
          buckets = less(buckets, last.buckets)
        }
      }
      if let value = percentile95(buckets) { values.append(Value(time: point.time, value: value)) }
    }
  }

  /// Buckets without what was there before; bounds that changed begin anew.
  private func less(
    _ buckets: [MetricPoint.Bucket], _ before: [MetricPoint.Bucket]
  ) -> [MetricPoint.Bucket] {
    var known: [Double: Double] = [:]
    for bucket in before { known[bucket.upper, default: 0] += bucket.count }
    return buckets.map { bucket in
      var rest = bucket
      rest.count = max(0, bucket.count - (known[bucket.upper] ?? 0))
      return rest
    }
  }

  private func percentile95(_ buckets: [MetricPoint.Bucket]) -> Double? {
    let total = buckets.reduce(0) { $0 + $1.count }
    guard total > 0 else { return nil }
    var seen = 0.0
    for bucket in buckets {
      let reached = seen + bucket.count
      if reached >= total * 0.95, bucket.count > 0 {
        // An open bucket says no more than its closed side.
        if bucket.upper == .infinity { return bucket.lower.isFinite ? bucket.lower : nil }
        let lower = bucket.lower.isFinite ? bucket.lower : min(0, bucket.upper)
        return lower + (bucket.upper - lower) * (total * 0.95 - seen) / bucket.count
      }
      seen = reached
    }
    return nil
  }
}

extension Findings {
  /// What metrics show.
  public struct MetricFindings: Sendable, Codable, Equatable {
    /// Series: metric, sender and attributes.
    public var series = 0
    /// Their data points, each once.
    public var points = 0
    /// The moment before and after which rows are compared; nil where nothing is known to have begun.
    public var sinceNs: Int64?
    /// Start of the first bin of every row.
    public var startNs: Int64 = 0
    /// Width of a bin.
    public var widthNs: Int64 = 1
    /// Series that moved most, at most ten; where nothing began, those that vary most.
    public var rows: [MetricRow] = []

    /// Nothing is known.
    public init() {}
  }

  /// One series.
  public struct MetricRow: Sendable, Codable, Equatable {
    /// What of it is given.
    public enum Figure: String, Sendable, Codable {
      /// Gain a second.
      case rate
      /// Mean of the values.
      case mean
      /// 95th percentile, estimated within its bucket.
      case p95
      /// A quantile that the sender worked out.
      case quantile
    }

    /// The service.
    public var service = ""
    /// The host; empty where unknown.
    public var host = ""
    /// The instance; empty where unknown.
    public var instance = ""
    /// The metric's name.
    public var name = ""
    /// Its unit; empty where none is named.
    public var unit = ""
    /// Attributes of the sender as a JSON object; empty where there are none.
    public var resource = ""
    /// Attributes as a JSON object; empty where there are none.
    public var attributes = ""
    /// What of it is given.
    public var figure = Figure.mean
    /// Mean over the points before the moment; nil where there is none.
    public var before: Double?
    /// Mean over the points from the moment on; of all points where nothing began.
    public var after: Double?
    /// Points with a value.
    public var points = 0
    /// Means by bin; nil where a bin has no point.
    public var bins: [Double?] = []
    /// A trace that an exemplar names; empty where none does.
    public var trace = ""

    /// A series of which nothing is known.
    public init() {}

    /// What orders equal scores.
    fileprivate var key: [String] { [name, service, host, instance, resource, attributes, unit] }
  }
}
