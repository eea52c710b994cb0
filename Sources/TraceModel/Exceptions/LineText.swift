/// How the lines of stack traces are looked at: bytes with whole numbers as places, an array's slice or somebody's buffer alike.
///
/// Nothing here looks further than the first 1,024 bytes of a line, so that a hostile line costs no more than a long one.
extension RandomAccessCollection where Element == UInt8, Index == Int {
  /// Where looking for something ends.
  private var horizon: Int { Swift.min(endIndex, startIndex &+ 1024) }

  /// The byte at a place; 0 outside.
  func byte(_ place: Int) -> UInt8 { place >= startIndex && place < endIndex ? self[place] : 0 }

  /// Whether a literal stands at a place.
  func has(_ literal: StaticString, at place: Int) -> Bool {
    let count = literal.utf8CodeUnitCount
    guard place >= startIndex, endIndex - place >= count else { return false }
    for offset in 0..<count where self[place + offset] != (unsafe literal.utf8Start[offset]) {
      return false
    }
    return true
  }

  /// Whether the bytes end with a literal.
  func ends(with literal: StaticString) -> Bool {
    has(literal, at: endIndex - literal.utf8CodeUnitCount)
  }

  /// Whether the bytes are those of a literal.
  func equals(_ literal: StaticString) -> Bool {
    count == literal.utf8CodeUnitCount && has(literal, at: startIndex)
  }

  /// The first place of a literal from a place on.
  func first(_ literal: StaticString, from place: Int) -> Int? {
    guard literal.utf8CodeUnitCount > 0 else { return nil }
    let first = unsafe literal.utf8Start[0]
    var i = Swift.max(place, startIndex)
    let end = horizon
    while i < end {
      if self[i] == first, has(literal, at: i) { return i }
      i += 1
    }
    return nil
  }

  /// The last place of a byte before a place.
  func last(_ wanted: UInt8, before place: Int) -> Int? {
    var i = Swift.min(place, horizon)
    while i > startIndex {
      i -= 1
      if self[i] == wanted { return i }
    }
    return nil
  }

  /// The first place that is no blank: a space, a tab, or U+00A0, with which Lambda indents Python's frames.
  func skipBlanks(_ place: Int) -> Int {
    var i = place
    while i < endIndex {
      if self[i] == 0x20 || self[i] == 0x09 {
        i += 1
      } else if self[i] == 0xc2, byte(i + 1) == 0xa0 {
        i += 2
      } else {
        break
      }
    }
    return i
  }

  /// The first place that is no digit.
  func skipDigits(_ place: Int) -> Int {
    var i = place
    while byte(i) &- 0x30 < 10 { i += 1 }
    return i
  }

  /// The digits at a place as a number, with the place behind them; at most nine are read.
  func number(at place: Int) -> (value: Int, end: Int)? {
    let end = skipDigits(place)
    guard end > place else { return nil }
    var value = 0
    for i in place..<Swift.min(end, place + 9) { value = value * 10 + Int(self[i] &- 0x30) }
    return (value, end)
  }

  /// The place behind the name of a type that starts at a place: letters, digits, `_` `.` `$` `::` `\` `+`; nil where none does.
  ///
  /// - Returns: also where its last part begins.
  func typeName(at place: Int) -> (end: Int, last: Int)? {
    let letter = byte(place) | 0x20
    guard letter &- 0x61 < 26 || byte(place) == 0x5f || byte(place) == 0x5c || byte(place) >= 0x80
    else { return nil }
    var i = place
    var last = place
    let end = horizon
    while i < end {
      let byte = self[i]
      if byte == 0x2e || byte == 0x5c || byte == 0x2b || byte == 0x2f {
        last = i + 1
      } else if byte == 0x3a, self.byte(i + 1) == 0x3a {
        last = i + 2
        i += 1
      } else if !isNameByte(byte) {
        break
      }
      i += 1
    }
    guard last < i else { return nil }
    return (i, last)
  }

  /// Whether a name ends like that of an error.
  func isErrorName(_ start: Int, _ end: Int) -> Bool {
    let name = self[start..<end]
    return name.ends(with: "Exception") || name.ends(with: "Error") || name.ends(with: "Throwable")
      || name.ends(with: "Failure") || name.ends(with: "Interrupt") || name.ends(with: "Err")
      || name.ends(with: "Fault") || name.ends(with: "Exit") || name.ends(with: "Warning")
      || name.ends(with: "Timeout")
  }
}

/// Letters, digits, `_`, `$`, `` ` `` (.NET's generics) and whatever is not ASCII.
func isNameByte(_ byte: UInt8) -> Bool {
  byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5f || byte == 0x24 || byte == 0x60
    || byte >= 0x80
}
