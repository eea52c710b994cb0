/// A data point of a metric as it is read back, with the series that it belongs to.
public struct MetricPoint: Sendable, Hashable {
  /// What tells one series from all others.
  public struct Series: Sendable, Hashable {
    /// The metric's name.
    public var name = ""
    /// Its unit; empty where none is named.
    public var unit = ""
    /// What it is.
    public var kind = PointRow.Kind.unknown
    /// Whether its points count since `start` (`cumulative`), or since the point before.
    public var isCumulative = false
    /// Whether a sum never falls.
    public var isMonotonic = false
    /// The service's name.
    public var service = ""
    /// The host; empty where unknown.
    public var host = ""
    /// The instance; empty where unknown.
    public var instance = ""
    /// Attributes of the sender as a JSON object; empty where there are none.
    public var resource = ""
    /// Attributes of the points as a JSON object; empty where there are none.
    public var attributes = ""

    /// A series of which nothing is known.
    public init() {}
  }

  /// Since when it counts, ns; 0 where unknown.
  public var start: Int64 = 0
  /// When it was measured, ns.
  public var time: Int64 = 0
  /// Value of a gauge or a sum; nil where nothing was recorded.
  public var value: Double?
  /// How many were measured, of histograms and summaries.
  public var count: Double = 0
  /// Buckets of a histogram, ascending.
  public var buckets: [Bucket] = []
  /// Quantiles of a summary.
  public var quantiles: [Quantile] = []
  /// A trace that an exemplar names; empty where none does.
  public var trace = ""

  /// A stretch of values, and how many fell into it.
  public struct Bucket: Sendable, Hashable {
    /// Its values are above this; `-infinity` in the first bucket.
    public var lower: Double
    /// Its values are at most this; `infinity` in the last bucket.
    public var upper: Double
    /// How many.
    public var count: Double

    /// A bucket of its parts.
    public init(lower: Double, upper: Double, count: Double) {
      self.lower = lower
      self.upper = upper
      self.count = count
    }
  }

  /// A quantile that the sender worked out.
  public struct Quantile: Sendable, Hashable {
    /// 0 the smallest, 1 the largest.
    public var quantile: Double
    /// The value.
    public var value: Double

    /// A quantile of its parts.
    public init(quantile: Double, value: Double) {
      self.quantile = quantile
      self.value = value
    }
  }

  /// A point of which nothing is known.
  public init() {}
}
