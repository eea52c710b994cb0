#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// JSON text that is read from front to back, token by token, without a tape.
///
/// What it takes, a strict parser takes too, with the same meaning; it takes less, though. Whoever is refused reads the text
/// with a parser.
///
/// Why no bounds are checked at each token: behind the text stands what the buffer held before, and behind that its room of
/// zeros, where every token is refused. So nothing is read beyond the buffer; who came to an end asks whether it is the text's.
///
/// - Assumes: `ByteBuffer.room` readable bytes behind the text, and mostly no white space.
@safe struct JSONCursor {
  /// The text.
  let bytes: Bytes
  /// Index of the next byte.
  var at = 0

  init(_ bytes: Bytes) { self.bytes = bytes }

  /// Whether nothing but white space follows.
  var isAtEnd: Bool {
    at <= bytes.count && JSONCursor.skipBlanks(bytes, at) == bytes.count
  }

  /// The next byte.
  @inline(__always) var next: UInt8 { bytes[at] }

  @inline(__always) mutating func skipBlanks() {
    if next <= 0x20 { at = JSONCursor.skipBlanks(bytes, at) }
  }

  @inline(never) private static func skipBlanks(_ bytes: Bytes, _ start: Int) -> Int {
    var i = start
    while i < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[i]) { i += 1 }
    return i
  }

  /// Moves behind a byte that stands here or behind white space; false where another one does.
  @inline(__always) mutating func take(_ byte: UInt8) -> Bool {
    let found = next
    if found == byte {
      at &+= 1
      return true
    }
    return found <= 0x20 && takeBehindBlanks(byte)
  }

  @inline(never) private mutating func takeBehindBlanks(_ byte: UInt8) -> Bool {
    at = JSONCursor.skipBlanks(bytes, at)
    guard next == byte else { return false }
    at += 1
    return true
  }

  /// Moves behind a literal that stands exactly here.
  @inline(__always) mutating func take(_ literal: StaticString) -> Bool {
    let width = literal.utf8CodeUnitCount
    guard unsafe memcmp(bytes.base + at, literal.utf8Start, width) == 0 else { return false }
    at &+= width
    return true
  }

  /// Moves behind a short text that stands exactly here.
  @inline(__always) mutating func take(_ text: Bytes) -> Bool {
    guard bytes.slice(at, at &+ text.count).equals(text) else { return false }
    at &+= text.count
    return true
  }

  /// Moves behind a text of any length that stands exactly here.
  mutating func take(long text: Bytes) -> Bool {
    guard text.count <= bytes.count - at, unsafe memcmp(bytes.base + at, text.base, text.count) == 0
    else { return false }
    at += text.count
    return true
  }

  /// A member's name and its colon, and the white space behind it.
  mutating func key() -> Bytes? {
    skipBlanks()
    guard let key = string(), take(0x3a) else { return nil }
    skipBlanks()
    return key
  }

  /// Moves behind a member's name and its colon; false where another one stands.
  mutating func takeKey(_ name: StaticString) -> Bool { key()?.equals(name) == true }

  /// A string without escapes that stands exactly here, without its quotes.
  @inline(__always) mutating func string() -> Bytes? {
    guard next == 0x22 else { return nil }
    let start = at &+ 1
    var i = start
    while i < bytes.count {
      let plain = bytes.plainBytes(i)
      i &+= plain
      if plain == 16 { continue }
      guard i < bytes.count, bytes[i] == 0x22 else { return longerString() }
      at = i &+ 1
      return bytes.slice(start, i)
    }
    return nil
  }

  @inline(never) private mutating func longerString() -> Bytes? {
    let place = at
    guard let string = writtenString(), !string.hasEscapes else {
      at = place
      return nil
    }
    return string.text
  }

  /// A string that stands exactly here, as it is written between its quotes; nil where it has escapes other than those of
  /// quotes, backslashes, line breaks and tabs, which our own text would not have, or is broken.
  @inline(never) mutating func writtenString() -> (text: Bytes, hasEscapes: Bool)? {
    guard next == 0x22 else { return nil }
    let start = at + 1
    var i = start
    var hasEscapes = false
    var isASCII = true
    while i < bytes.count {
      let plain = bytes.plainBytes(i)
      i += plain
      if plain == 16 { continue }
      guard i < bytes.count else { return nil }
      switch bytes[i] {
      case 0x22:
        let text = bytes.slice(start, i)
        guard isASCII || text.isUTF8 else { return nil }
        at = i + 1
        return (text, hasEscapes)
      case 0x5c:
        guard [0x22, 0x5c, 0x6e, 0x72, 0x74].contains(bytes[i + 1]) else { return nil }
        hasEscapes = true
        i += 2
      case 0x80...:
        isASCII = false
        i += 1
      default: return nil
      }
    }
    return nil
  }

  /// A string that stands exactly here, whatever its escapes, as it reads; false where it has half a surrogate pair, or is none.
  ///
  /// - Parameter buffer: holds the string afterwards, and nothing else.
  @inline(never) mutating func unescape(into buffer: inout ByteBuffer) -> Bool {
    guard next == 0x22 else { return false }
    buffer.count = 0
    var start = at + 1
    var i = start
    while i < bytes.count {
      let plain = bytes.plainBytes(i)
      i += plain
      if plain == 16 { continue }
      guard i < bytes.count else { return false }
      switch bytes[i] {
      case 0x22:
        buffer.put(bytes.slice(start, i))
        guard buffer.bytes.isUTF8 else { return false }
        at = i + 1
        return true
      case 0x5c:
        buffer.put(bytes.slice(start, i))
        guard let width = putEscaped(i, into: &buffer) else { return false }
        i += width
        start = i
      case 0x80...: i += 1
      default: return false
      }
    }
    return false
  }

  /// Puts the character that an escape stands for; the bytes of the escape.
  private func putEscaped(_ place: Int, into buffer: inout ByteBuffer) -> Int? {
    switch bytes[place + 1] {
    case 0x22, 0x5c, 0x2f: buffer.put(bytes[place + 1])
    case UInt8(ascii: "b"): buffer.put(0x08)
    case UInt8(ascii: "f"): buffer.put(0x0c)
    case UInt8(ascii: "n"): buffer.put(0x0a)
    case UInt8(ascii: "r"): buffer.put(0x0d)
    case UInt8(ascii: "t"): buffer.put(0x09)
    case UInt8(ascii: "u"): return putScalar(place, into: &buffer)
    default: return nil
    }
    return 2
  }

  private func putScalar(_ place: Int, into buffer: inout ByteBuffer) -> Int? {
    guard let first = fourHexDigits(place + 2) else { return nil }
    if let scalar = Unicode.Scalar(first) {
      for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { buffer.put(byte) }
      return 6
    }
    // The first half of a pair.
    guard first < 0xdc00, bytes[place + 6] == 0x5c, bytes[place + 7] == UInt8(ascii: "u"),
      let second = fourHexDigits(place + 8), second & 0xfc00 == 0xdc00,
      let scalar = Unicode.Scalar(0x10000 + (first & 0x3ff) << 10 + second & 0x3ff)
    else { return nil }
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { buffer.put(byte) }
    return 12
  }

  private func fourHexDigits(_ place: Int) -> UInt32? {
    var value: UInt32 = 0
    for i in place..<place + 4 {
      let letter = (bytes[i] | 0x20) &- UInt8(ascii: "a")
      let digit = letter < 6 ? letter + 10 : bytes[i] &- 0x30
      guard digit < 10 || letter < 6 else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// A whole number of at most 18 digits without sign.
  mutating func wholeNumber() -> Int64? {
    let first = next
    var value: Int64 = 0
    var digits = 0
    while digits < 16, let eight = eightDigits(bytes.word(at)) {
      value = value * 100_000_000 + Int64(eight)
      digits += 8
      at += 8
    }
    while next &- 0x30 < 10, digits < 18 {
      value = value * 10 + Int64(next &- 0x30)
      digits += 1
      at += 1
    }
    return digits > 0 && (first != 0x30 || digits == 1) && isBehindNumber && at <= bytes.count
      ? value : nil
  }

  /// The same with a sign or without.
  mutating func signedNumber() -> Int64? {
    guard next == 0x2d else { return wholeNumber() }
    at += 1
    // The whole number 0 has no sign.
    guard let value = wholeNumber(), value != 0 else { return nil }
    return -value
  }

  /// A number that has the value it is written with: at most 15 digits, no exponent.
  ///
  /// - Source: Clinger, "How to read floating point numbers accurately" (1990): such a quotient of two exact numbers is
  ///   rounded once.
  mutating func shortNumber() -> Double? {
    let isNegative = next == 0x2d
    if isNegative { at += 1 }
    let first = next
    var digits = 0.0
    var count = 0
    var scale = 1.0
    var fraction = 0
    while next &- 0x30 < 10, count + fraction <= 15 {
      digits = digits * 10 + Double(next &- 0x30)
      count += 1
      at += 1
    }
    guard count > 0, first != 0x30 || count == 1 else { return nil }
    if next == 0x2e {
      at += 1
      while next &- 0x30 < 10, count + fraction <= 15 {
        digits = digits * 10 + Double(next &- 0x30)
        scale *= 10
        fraction += 1
        at += 1
      }
      guard fraction > 0 else { return nil }
    }
    // The whole number 0 has no sign.
    guard count + fraction <= 15, isBehindNumber, at <= bytes.count,
      !isNegative || digits != 0
    else { return nil }
    return isNegative ? -digits / scale : digits / scale
  }

  /// Whether what stands here may follow a number.
  private var isBehindNumber: Bool {
    next == 0x2c || next == 0x7d || next == 0x5d || next <= 0x20
  }

  /// Containers inside each other that a value may have which is parsed alone, so that with those around it a parser would take them
  /// all: simdjson takes 1,023.
  private static let maxDepth = 1_000

  /// Moves behind a value of any kind whose brackets match; what is between them is not looked at.
  mutating func skipValue() -> Bytes? {
    let start = at
    guard start < bytes.count,
      case .at(let end) = JSONScan.endOfValue(bytes, start, isLast: true, breaks: .ignored)
    else { return nil }
    if end - start > 2 * Self.maxDepth, JSONScan.depth(bytes.slice(start, end)) > Self.maxDepth {
      return nil
    }
    at = end
    return bytes.slice(start, end)
  }
}
