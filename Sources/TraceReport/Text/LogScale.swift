import TraceModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Places lengths on a logarithmic axis.
package struct LogScale {
  private let low: Double
  private let high: Double

  /// An axis between two lengths, ns; at least a factor of two wide, and never below 1 ns.
  package init(low: Int64, high: Int64) {
    self.low = log10(Double(max(1, low)))
    self.high = max(log10(Double(max(1, high))), self.low + 0.301)
  }

  /// Where a length lies: 0 at the low end, 1 at the high end, never outside.
  package func fraction(_ length: Int64) -> Double {
    let place = (log10(Double(max(1, length))) - low) / (high - low)
    return min(1, max(0, place))
  }

  /// Whole powers of ten inside the axis, ns.
  package var decades: [Int64] {
    var values: [Int64] = []
    var value: Int64 = 1
    for exponent in 0...18 {
      if Double(exponent) >= low - 1e-9, Double(exponent) <= high + 1e-9 { values.append(value) }
      value = value.multipliedReportingOverflow(by: 10).partialValue
    }
    return values
  }
}
