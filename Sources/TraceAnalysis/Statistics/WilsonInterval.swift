// `squareRoot()` and `rounded()` may become calls of the C library, which this import has linked. Both are exact to the last
// bit on every machine.
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Findings.Share {
  /// A share with its 95 % Wilson interval, both ends rounded to millionths; 0 to 0 where `total` is 0.
  ///
  /// Unlike the usual ± it stays inside 0…1 and says something for 0 of *n*.
  ///
  /// - Source: Wilson, "Probable inference, the law of succession, and statistical inference" (1927).
  public init(wilson count: Int, of total: Int) {
    guard total > 0 else {
      self.init(count: count, total: total)
      return
    }
    let z = 1.959963984540054
    let n = Double(total)
    let p = Double(count) / n
    let middle = p + z * z / (2 * n)
    let reach = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    func rounded(_ value: Double) -> Double { (min(max(value, 0), 1) * 1e6).rounded() / 1e6 }
    self.init(
      count: count, total: total, low: count == 0 ? 0 : rounded((middle - reach) / scale),
      high: count == total ? 1 : rounded((middle + reach) / scale))
  }
}
