/// Values as OTLP JSON writes them.
extension ProtobufReader {
  /// A number without sign: as text where a signed one cannot hold it, as JSON writes it.
  @inline(__always) mutating func putUnsigned(_ bits: UInt64) {
    if bits >> 63 == 0 { putNumber(JSONTape.Tag.int, bits) } else { putName(String(bits)) }
  }

  /// Eight bytes.
  @inline(__always) mutating func putFixed(_ bits: UInt64, _ shape: ProtobufField.Shape) {
    switch shape {
    case .double, .doubles: putDouble(Double(bitPattern: bits))
    case .signed64: putNumber(JSONTape.Tag.int, bits)
    default: putUnsigned(bits)
    }
  }

  /// A number with a fraction; by name where JSON has no number for it.
  private mutating func putDouble(_ value: Double) {
    if value.isFinite {
      putNumber(JSONTape.Tag.double, value.bitPattern)
    } else {
      putName(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
    }
  }

  /// Text that is rare enough to be a `String`.
  mutating func putName(_ name: String) {
    let start = beginString(name.utf8.count)
    strings.put(name)
    endString(start)
  }

  /// Text, repaired where it is no UTF-8.
  @inline(__always) mutating func putText(_ text: Bytes) {
    let start = beginString(text.count)
    let target = unsafe UnsafeMutableRawPointer(strings.end)
    var odd: UInt64 = 0
    var i = 0
    // Words are read and written in eights: both buffers have room behind their content.
    while i &+ 8 <= text.count {
      let word = text.word(i)
      odd |= word
      unsafe target.storeBytes(of: word, toByteOffset: i, as: UInt64.self)
      i &+= 8
    }
    if i < text.count {
      let word = text.word(i) & (~0 >> UInt64(64 &- 8 &* (text.count &- i)))
      odd |= word
      unsafe target.storeBytes(of: word, toByteOffset: i, as: UInt64.self)
    }
    if odd & repeated(0x80) == 0 || text.isUTF8 {
      strings.count &+= text.count
    } else if strings.putRepaired(text) {
      repairedTexts += 1
    }
    endString(start)
  }

  /// An id as hex digits.
  @inline(__always) mutating func putHex(_ id: Bytes) {
    let start = beginString(id.count &* 2)
    let target = unsafe UnsafeMutableRawPointer(strings.end)
    var i = 0
    while i < id.count {
      // Digits of four bytes at once; what lies behind the last byte is written and not counted.
      unsafe target.storeBytes(
        of: hexDigits(UInt32(truncatingIfNeeded: id.word(i))), toByteOffset: i &* 2,
        as: UInt64.self)
      i &+= 4
    }
    strings.count &+= id.count &* 2
    endString(start)
  }

  /// Bytes in base64, with padding.
  mutating func putBase64(_ bytes: Bytes) {
    let start = beginString(bytes.count / 3 * 4 + 4)
    let letters: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    var i = 0
    while i < bytes.count {
      let left = min(3, bytes.count - i)
      var value: UInt32 = 0
      for place in 0..<3 { value = value << 8 | (place < left ? UInt32(bytes[i + place]) : 0) }
      for place in 0..<4 {
        let digit = Int(value >> UInt32(18 - 6 * place)) & 63
        strings.put(place <= left ? unsafe letters.utf8Start[digit] : 0x3d)
      }
      i += 3
    }
    endString(start)
  }

  /// Reserves room for a string and leaves some for its length.
  @inline(__always) private mutating func beginString(_ length: Int) -> Int {
    strings.reserve(length &+ 24)
    strings.count &+= 4
    return strings.count &- 4
  }

  /// Writes the length before the string, a zero behind it, and its word.
  @inline(__always) private mutating func endString(_ start: Int) {
    let length = UInt32(truncatingIfNeeded: strings.count &- start &- 4)
    unsafe UnsafeMutableRawPointer(strings.base + start).storeBytes(of: length, as: UInt32.self)
    strings.put(0)
    put(UInt64(JSONTape.Tag.string) << 56 | UInt64(start))
  }
}

/// The hex digits of four bytes, the lowest first, in lower case.
@inline(__always) func hexDigits(_ bytes: UInt32) -> UInt64 {
  var lanes = UInt64(bytes)
  lanes = (lanes | lanes << 16) & 0x0000_ffff_0000_ffff
  lanes = (lanes | lanes << 8) & 0x00ff_00ff_00ff_00ff
  let values = (lanes >> 4 & 0x000f_000f_000f_000f) | (lanes & 0x000f_000f_000f_000f) << 8
  // A digit above nine is a letter, 39 places further on.
  let overNine = ((values &+ repeated(6)) >> 4) & repeated(1)
  return values &+ repeated(0x30) &+ overNine &* 39
}
