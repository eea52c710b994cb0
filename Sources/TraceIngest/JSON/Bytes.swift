import CSimdjson

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A stretch of bytes that somebody else owns, with at least sixteen readable bytes behind it.
///
/// Never kept beyond the chunk or the parse that it points into. Bytes are read in eights and sixteens, past the end too: every buffer
/// of ours and of simdjson has room behind its content.
@safe struct Bytes {
  let base: UnsafePointer<UInt8>
  let count: Int

  @inline(__always) init(_ base: UnsafePointer<UInt8>, _ count: Int) {
    unsafe self.base = base
    self.count = count
  }

  /// No bytes.
  static var none: Bytes {
    let zeros: StaticString = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    return unsafe Bytes(zeros.utf8Start, 0)
  }

  @inline(__always) subscript(index: Int) -> UInt8 { unsafe base[index] }

  /// Eight bytes from an offset, the first one lowest.
  @inline(__always) func word(_ offset: Int) -> UInt64 {
    unsafe UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self)
  }

  /// Sixteen bytes from an offset.
  @inline(__always) func sixteen(_ offset: Int) -> SIMD16<UInt8> {
    unsafe UnsafeRawPointer(base + offset).loadUnaligned(as: SIMD16<UInt8>.self)
  }

  /// How many of the sixteen bytes from an offset stand for themselves in a JSON string, up to the first that does not.
  @inline(__always) func plainBytes(_ offset: Int) -> Int {
    unsafe Int(json_plain_bytes(base + offset))
  }

  /// The part from one offset up to another.
  @inline(__always) func slice(_ from: Int, _ to: Int) -> Bytes {
    unsafe Bytes(base + from, to - from)
  }

  /// Whether the bytes are those of a literal.
  @inline(__always) func equals(_ literal: StaticString) -> Bool {
    unsafe count == literal.utf8CodeUnitCount && memcmp(base, literal.utf8Start, count) == 0
  }

  /// Whether the bytes are the same as others.
  @inline(__always) func equals(_ other: Bytes) -> Bool {
    guard count == other.count else { return false }
    var i = 0
    while i &+ 8 < count {
      if word(i) != other.word(i) { return false }
      i &+= 8
    }
    // The last one to eight bytes; what lies behind them is shifted out.
    return count == 0 || (word(i) ^ other.word(i)) << UInt64(64 &- 8 &* (count &- i)) == 0
  }

  /// Five bits that names of one kind of span most often share: a multiplicative hash of their first eight bytes, and of what
  /// follows shorter ones.
  ///
  /// - Source: Knuth, The Art of Computer Programming 3, 6.4, multiplicative hashing.
  @inline(__always) var likeness: Int {
    Int((word(0) &* 0x9e37_79b9_7f4a_7c15) >> 59)
  }

  /// Whether the bytes start with a literal.
  func starts(with literal: StaticString) -> Bool {
    unsafe count >= literal.utf8CodeUnitCount
      && memcmp(base, literal.utf8Start, literal.utf8CodeUnitCount) == 0
  }

  /// Whether the bytes are a literal in lower case, ASCII letters compared without case.
  func equalsIgnoringCase(_ literal: StaticString) -> Bool {
    guard count == literal.utf8CodeUnitCount else { return false }
    for i in 0..<count {
      if unsafe lowered(base[i]) != literal.utf8Start[i] { return false }
    }
    return true
  }

  /// Whether a literal in lower case occurs, ASCII letters compared without case.
  func containsIgnoringCase(_ literal: StaticString) -> Bool {
    let width = literal.utf8CodeUnitCount
    var from = 0
    while from + width <= count {
      if slice(from, from + width).equalsIgnoringCase(literal) { return true }
      from += 1
    }
    return false
  }

  /// A number that tells most keys apart: of the length, the first eight and the last eight bytes.
  @inline(__always) var keyHash: UInt64 {
    var first: UInt64
    var last: UInt64 = 0
    if count >= 8 {
      first = word(0)
      last = word(count - 8)
    } else {
      first = count == 0 ? 0 : word(0) & (~0 >> UInt64(64 - 8 * count))
    }
    first = (first ^ UInt64(truncatingIfNeeded: count)) &* 0x9e37_79b9_7f4a_7c15
    first ^= first >> 29
    return (first ^ last) &* 0xff51_afd7_ed55_8ccd
  }

  /// The bytes as text, repaired where they are no UTF-8.
  var string: String {
    unsafe String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self)
  }

  /// The bytes as the standard library sees them.
  @unsafe var raw: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: base, count: count)
  }

  private func lowered(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
  }
}

/// Marks, in the top bit of each byte, the bytes of a word that are zero; the lowest mark is exact.
@inline(__always) func zeroBytes(_ word: UInt64) -> UInt64 {
  (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
}

/// A byte eight times.
@inline(__always) func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

/// The value of decimal digits, or nil where there are none, others, or too many for 64 bits.
@inline(__always) func decimal(_ text: Bytes) -> UInt64? {
  guard text.count > 0, text.count <= 20 else { return nil }
  var value: UInt64 = 0
  var i = 0
  while i + 8 <= text.count {
    guard let eight = eightDigits(text.word(i)) else { return nil }
    let (product, over) = value.multipliedReportingOverflow(by: 100_000_000)
    let (sum, overSum) = product.addingReportingOverflow(eight)
    if over || overSum { return nil }
    value = sum
    i += 8
  }
  while i < text.count {
    let digit = text[i] &- 0x30
    guard digit < 10 else { return nil }
    let (product, over) = value.multipliedReportingOverflow(by: 10)
    let (sum, overSum) = product.addingReportingOverflow(UInt64(digit))
    if over || overSum { return nil }
    value = sum
    i += 1
  }
  return value
}

/// The value of eight decimal digits in one word.
///
/// - Source: the pairwise folding of Lemire, "Quickly parsing eight digits" (2018).
@inline(__always) func eightDigits(_ word: UInt64) -> UInt64? {
  let digits = word ^ 0x3030_3030_3030_3030
  // A digit leaves 0–9, whose sum with 0x76 has no top bit.
  guard (digits | (digits &+ 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 == 0 else {
    return nil
  }
  var value = digits &* 10 &+ (digits >> 8)
  value = ((value & 0x00ff_00ff_00ff_00ff) &* 0x0064_0001) >> 16
  let low = value & 0x0000_ffff
  let high = value >> 32 & 0x0000_ffff
  return low &* 10000 &+ high
}

/// The value of eight hex digits in one word, or nil where one is none.
@inline(__always) func eightHexDigits(_ word: UInt64) -> UInt64? {
  let letters = word >> 6 & 0x0101_0101_0101_0101
  let values = (word & 0x0f0f_0f0f_0f0f_0f0f) &+ letters &* 9
  guard values & 0x1010_1010_1010_1010 == 0 else { return nil }
  let overNine = (values &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
  let canonical = values &+ 0x3030_3030_3030_3030 &+ overNine &* 39
  guard canonical == word | letters << 5 else { return nil }
  var packed = values.byteSwapped
  packed = (packed | packed >> 4) & 0x00ff_00ff_00ff_00ff
  packed = (packed | packed >> 8) & 0x0000_ffff_0000_ffff
  return (packed | packed >> 16) & 0xffff_ffff
}
