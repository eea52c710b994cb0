/// Chance from a seed, the same on every machine: integers only, no function of the C library.
///
/// - Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (OOPSLA 2014), SplitMix64.
package struct Randomness: Sendable {
  private var state: UInt64

  /// The sequence of a seed.
  package init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return mixed(state)
  }

  /// The next 64 bits that are not all zero, as ids want them.
  package mutating func nextID() -> UInt64 { next() | 1 }

  /// A number in 0..<`bound`; 0 where `bound` is not positive.
  package mutating func below(_ bound: Int) -> Int {
    bound > 0 ? Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high) : 0
  }

  /// A number in `range`.
  package mutating func within(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.upperBound - range.lowerBound + 1)
  }

  /// True in `permille` of 1000 cases.
  package mutating func happens(permille: Int) -> Bool { below(1000) < permille }

  /// One of the elements.
  ///
  /// - Precondition: there is one.
  package mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }

  /// The elements in another order (Fisher and Yates).
  package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var shuffled = elements
    for index in stride(from: shuffled.count - 1, to: 0, by: -1) {
      shuffled.swapAt(index, below(index + 1))
    }
    return shuffled
  }

  /// A length of time, log-normally distributed around the median; at least 1 µs.
  ///
  /// The normal deviate is a sum of twelve uniform ones (Irwin and Hall), so it never leaves six deviations.
  package mutating func length(of latency: Latency) -> Int64 {
    var deviate: Int64 = -6 * 65_535
    for _ in 0..<3 {
      let bits = next()
      for shift in stride(from: UInt64(0), to: 64, by: 16) {
        deviate += Int64(bits >> shift & 0xffff)
      }
    }
    let exponent = (deviate * Int64(latency.spread)) >> 16
    return max(1000, scaledByPowerOfTwo(latency.median, exponent: exponent))
  }

  /// A length of time until the next of independent events (exponential distribution); at least 1 ns.
  ///
  /// - Parameter mean: mean distance, ns.
  package mutating func wait(mean: Int64) -> Int64 {
    let uniform = (next() >> 32) | 1
    let shift = UInt64(uniform.leadingZeroBitCount - 32)
    var mantissa = uniform << shift
    var fraction: Int64 = 0
    for _ in 0..<16 {
      mantissa = (mantissa * mantissa) >> 31
      fraction <<= 1
      if mantissa >= 1 << 32 {
        mantissa >>= 1
        fraction |= 1
      }
    }
    let log2 = (Int64(31) - Int64(shift)) << 16 + fraction
    let bits = (Int64(32) << 16) - log2
    // 45426 is ln 2 with 16 binary places.
    return max(1, (((mean * bits) >> 16) * 45_426) >> 16)
  }
}

/// A 64-bit number whose bits all hang on all bits of `value`: the finalizer of SplitMix64.
package func mixed(_ value: UInt64) -> UInt64 {
  var bits = value
  bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
  bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
  return bits ^ (bits >> 31)
}

/// `value` · 2^(`exponent` / 1024), in integers; the exponent is held between -8 and 6.
package func scaledByPowerOfTwo(_ value: Int64, exponent: Int64) -> Int64 {
  let held = min(max(exponent, -8 << 10), 6 << 10)
  var factor: Int64 = 1 << 30
  for (bit, root) in rootsOfTwo.enumerated() where held >> Int64(9 - bit) & 1 == 1 {
    factor = (factor * root) >> 30
  }
  let scaled = value * (factor >> 10)
  let whole = held >> 10
  return whole >= 0 ? (scaled >> 20) << whole : scaled >> (20 - whole)
}

/// 2^(1/2), 2^(1/4), … 2^(1/1024), with 30 binary places.
private let rootsOfTwo: [Int64] = [
  1_518_500_250, 1_276_901_417, 1_170_923_762, 1_121_280_436, 1_097_253_708,
  1_085_434_106, 1_079_572_136, 1_076_653_033, 1_075_196_443, 1_074_468_888,
]

/// A distribution of lengths of time.
public struct Latency: Sendable, Hashable {
  /// Half of all lengths are below, ns.
  public var median: Int64
  /// Standard deviation of the binary logarithm, in 1/1024; 600 is usual: 68 % lie within a factor of 1.5.
  public var spread: Int

  /// A distribution of its parts.
  public init(median: Int64, spread: Int) {
    self.median = median
    self.spread = spread
  }

  /// A usual spread around so many milliseconds.
  public static func milliseconds(_ count: Int) -> Latency {
    Latency(median: Int64(count) * 1_000_000, spread: 600)
  }

  /// A usual spread around so many microseconds.
  public static func microseconds(_ count: Int) -> Latency {
    Latency(median: Int64(count) * 1000, spread: 600)
  }
}
