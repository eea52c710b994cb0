/// The 128 bits that all spans of one trace share.
///
/// The text form is 32 lower-case hex digits. Sixteen digits, as Jaeger, Zipkin and Datadog write them, are the low half.
/// A written form that is not hex (`"my-trace"`) is hashed to the width, and the written form is kept beside.
///
/// - Invariant: all zero means "no id".
public struct TraceID: Hashable, Comparable, Sendable {
  /// The first 16 digits; zero where the id was written with 64 bits.
  public var high: UInt64
  /// The last 16 digits; partitions are cut by these.
  public var low: UInt64

  /// An id of two halves.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The id that stands for "none".
  public static let absent = TraceID(high: 0, low: 0)

  /// Whether no id was given.
  public var isAbsent: Bool { high == 0 && low == 0 }

  /// Whether only the low 64 bits are set.
  public var is64Bit: Bool { high == 0 && low != 0 }

  /// An id from what a person types: 1 to 32 hex digits, X-Ray's `1-5759e988-bd862e3fe1be46a994272793`,
  /// or any other text, which is hashed as the ingest does it.
  public init(text: String) {
    var digits = Array(text.utf8)
    if digits.count == 35, digits[0] == UInt8(ascii: "1"), digits[1] == UInt8(ascii: "-"),
      digits[10] == UInt8(ascii: "-")
    {
      digits = Array(digits[2..<10]) + Array(digits[11...])
    }
    if digits.isEmpty {
      self = .absent
    } else if digits.count <= 32, let halves = hexHalves(digits) {
      self.init(high: halves.high, low: halves.low)
    } else {
      self.init(opaque: Array(text.utf8))
    }
  }

  /// The hash of a written form that is not hex.
  ///
  /// - Parameter opaque: the written form in UTF-8.
  public init(opaque: some Collection<UInt8>) {
    self.init(
      high: stableHash(opaque, seed: 0x9e37_79b9_7f4a_7c15) | 1, low: stableHash(opaque, seed: 0))
  }

  /// First by the high half, then by the low one: the order of the text forms.
  public static func < (a: TraceID, b: TraceID) -> Bool {
    a.high != b.high ? a.high < b.high : a.low < b.low
  }
}

extension TraceID: CustomStringConvertible {
  /// 32 lower-case hex digits.
  public var description: String { hexText(high) + hexText(low) }
}

/// The 64 bits that name a span within its trace.
///
/// - Invariant: zero means "no id".
public struct SpanID: Hashable, Comparable, Sendable {
  /// The id as a number; the order of numbers is the order of the hex texts.
  public var rawValue: UInt64

  /// An id of its bits.
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// The id that stands for "none".
  public static let absent = SpanID(0)

  /// Whether no id was given.
  public var isAbsent: Bool { rawValue == 0 }

  /// An id from what a person types: 1 to 16 hex digits, or any other text, which is hashed.
  public init(text: String) {
    let digits = Array(text.utf8)
    if digits.isEmpty {
      self = .absent
    } else if digits.count <= 16, let halves = hexHalves(digits) {
      self.init(halves.low)
    } else {
      self.init(opaque: digits)
    }
  }

  /// The hash of a written form that is not hex.
  public init(opaque: some Collection<UInt8>) { self.init(stableHash(opaque, seed: 0) | 1) }

  /// Numeric order, which is the order of the text forms.
  public static func < (a: SpanID, b: SpanID) -> Bool { a.rawValue < b.rawValue }
}

extension SpanID: CustomStringConvertible {
  /// 16 lower-case hex digits.
  public var description: String { hexText(rawValue) }
}

/// A hash that is the same in every run and on every machine (FNV-1a, 64 bit, closed by the finalizer of MurmurHash3).
///
/// - Source: Fowler, Noll, Vo, draft-eastlake-fnv; Appleby, MurmurHash3 `fmix64`.
public func stableHash(_ bytes: some Sequence<UInt8>, seed: UInt64) -> UInt64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ seed
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  hash ^= hash >> 33
  hash &*= 0xff51_afd7_ed55_8ccd
  hash ^= hash >> 33
  hash &*= 0xc4ce_b9fe_1a85_ec53
  return hash ^ (hash >> 33)
}

/// The value of up to 32 hex digits, or nil where one is no hex digit.
private func hexHalves(_ digits: [UInt8]) -> (high: UInt64, low: UInt64)? {
  var high: UInt64 = 0
  var low: UInt64 = 0
  for digit in digits {
    let value: UInt64
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt64(digit - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): value = UInt64(digit - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): value = UInt64(digit - UInt8(ascii: "A") + 10)
    default: return nil
    }
    high = high << 4 | low >> 60
    low = low << 4 | value
  }
  return (high, low)
}

package func hexText(_ value: UInt64) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: 16 - text.count) + text
}
