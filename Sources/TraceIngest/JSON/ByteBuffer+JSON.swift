/// JSON's scalars, written.
///
/// - Assumes: short strings without anything to escape; eight bytes are checked and copied at once.
extension ByteBuffer {
  /// A string in quotes.
  @inline(__always) mutating func putString(_ text: Bytes) {
    reserve(text.count &* 6 &+ 24)
    var out = unsafe end
    unsafe out.pointee = 0x22
    unsafe out += 1
    var i = 0
    while i < text.count {
      let word = text.word(i)
      let left = text.count &- i
      var odd =
        zeroBytes(word ^ repeated(0x22)) | zeroBytes(word ^ repeated(0x5c))
        | ((word &- repeated(0x20)) & ~word & repeated(0x80))
      if left < 8 { odd &= ~0 >> UInt64(64 &- 8 &* left) }
      if odd == 0 {
        unsafe UnsafeMutableRawPointer(out).storeBytes(of: word, as: UInt64.self)
        unsafe out += min(left, 8)
        i += 8
      } else {
        let stop = min(i + 8, text.count)
        while i < stop {
          unsafe ByteBuffer.escape(text[i], &out)
          i += 1
        }
      }
    }
    unsafe out.pointee = 0x22
    count = unsafe out - base + 1
  }

  @unsafe private static func escape(_ byte: UInt8, _ out: inout UnsafeMutablePointer<UInt8>) {
    func pair(_ letter: UInt8) {
      unsafe out[0] = 0x5c
      unsafe out[1] = letter
      unsafe out += 2
    }
    switch byte {
    case 0x22, 0x5c: pair(byte)
    case 0x0a: pair(UInt8(ascii: "n"))
    case 0x0d: pair(UInt8(ascii: "r"))
    case 0x09: pair(UInt8(ascii: "t"))
    case 0..<0x20:
      pair(UInt8(ascii: "u"))
      let digits: StaticString = "0123456789abcdef"
      unsafe out[0] = 0x30
      unsafe out[1] = 0x30
      unsafe out[2] = digits.utf8Start[Int(byte >> 4)]
      unsafe out[3] = digits.utf8Start[Int(byte & 15)]
      unsafe out += 4
    default:
      unsafe out.pointee = byte
      unsafe out += 1
    }
  }

  /// A whole number.
  mutating func putInt(_ value: Int64) {
    reserve(24)
    if value < 0 { put(0x2d) }
    var rest = value.magnitude
    var digits = 1
    var bound: UInt64 = 10
    while digits < 19, rest >= bound {
      digits += 1
      bound *= 10
    }
    for place in stride(from: digits - 1, through: 0, by: -1) {
      set(count + place, 0x30 + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    }
    count += digits
  }
}
