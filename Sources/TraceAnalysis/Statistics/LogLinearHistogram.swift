public import TraceModel

/// How often lengths fall into bins of four equal widths for each doubling; below 4 ns a bin holds one value.
///
///     … 4 5 6 7 | 8 10 12 14 | 16 20 24 28 | 32 …
///
/// A bin is at most a quarter as wide as its lower end, and its ends are whole numbers, so that the same length falls
/// into the same bin on every machine. Adding and merging are sums.
public struct LogLinearHistogram: Sendable, Equatable {
  private var counts: [Int]
  private var errors: [Int]

  /// The number of bins that cover every length.
  public static let binCount = 248

  /// An empty histogram.
  public init() {
    counts = Array(repeating: 0, count: LogLinearHistogram.binCount)
    errors = counts
  }

  /// The bin of a length; negative lengths count as 0.
  public static func bin(of length: Nanoseconds) -> Int {
    if length < 4 { return Int(max(length, 0)) }
    let exponent = 63 - length.leadingZeroBitCount
    return (exponent - 2) * 4 + Int(length >> Int64(exponent - 2) & 3) + 4
  }

  /// The lowest length of a bin, and the first above it; the last bin ends at the largest length.
  public static func bounds(of bin: Int) -> (low: Nanoseconds, high: Nanoseconds) {
    if bin < 4 { return (Int64(bin), Int64(bin) + 1) }
    let shift = Int64((bin - 4) / 4)
    let low = Int64(4 + bin % 4) << shift
    let (high, overflow) = low.addingReportingOverflow(1 << shift)
    return (low, overflow ? .max : high)
  }

  /// Counts a length.
  public mutating func add(_ length: Nanoseconds, isError: Bool) {
    let bin = LogLinearHistogram.bin(of: length)
    counts[bin] += 1
    errors[bin] += isError ? 1 : 0
  }

  /// Takes in the counts of another histogram.
  public mutating func merge(_ other: LogLinearHistogram) {
    for bin in counts.indices {
      counts[bin] += other.counts[bin]
      errors[bin] += other.errors[bin]
    }
  }

  /// The bins that hold something, ascending.
  public var bins: [Findings.HistogramBin] {
    counts.indices.compactMap { bin in
      if counts[bin] == 0 { return nil }
      let bounds = LogLinearHistogram.bounds(of: bin)
      return Findings.HistogramBin(
        lowNs: bounds.low, highNs: bounds.high, count: counts[bin], errors: errors[bin])
    }
  }
}
