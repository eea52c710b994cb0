/// Text that should be UTF-8.
extension ByteBuffer {
  /// Appends text; where a byte starts no character, U+FFFD stands in its place.
  ///
  /// - Returns: whether one did.
  mutating func putRepaired(_ text: Bytes) -> Bool {
    var isRepaired = false
    var i = 0
    while i < text.count { putCharacter(text, &i, &isRepaired) }
    return isRepaired
  }

  /// Appends the character at an index, or U+FFFD in place of a byte that starts none.
  mutating func putCharacter(_ text: Bytes, _ i: inout Int, _ isRepaired: inout Bool) {
    let length = text.characterLength(i)
    if length == 0 {
      isRepaired = true
      put("\u{fffd}")
    } else {
      put(text.slice(i, i + length))
    }
    i += max(1, length)
  }
}

extension Bytes {
  /// Whether all of it is UTF-8.
  var isUTF8: Bool {
    var i = 0
    while i < count {
      let length = characterLength(i)
      if length == 0 { return false }
      i += length
    }
    return true
  }

  /// Bytes of the character that starts at an index; 0 where none does.
  func characterLength(_ i: Int) -> Int {
    let lead = self[i]
    let length =
      switch lead {
      case 0..<0x80: 1
      case 0xc2...0xdf: 2
      case 0xe0...0xef: 3
      case 0xf0...0xf4: 4
      default: 0
      }
    guard length > 1 else { return length }
    guard i + length <= count else { return 0 }
    for offset in 1..<length where self[i + offset] & 0xc0 != 0x80 { return 0 }
    let second = self[i + 1]
    // Overlong forms, surrogates, and what lies above U+10FFFF.
    switch lead {
    case 0xe0: return second >= 0xa0 ? length : 0
    case 0xed: return second < 0xa0 ? length : 0
    case 0xf0: return second >= 0x90 ? length : 0
    case 0xf4: return second < 0x90 ? length : 0
    default: return length
    }
  }
}
