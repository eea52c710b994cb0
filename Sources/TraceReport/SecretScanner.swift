/// One pass over the bytes of a text; ranges found never overlap.
struct SecretScanner {
  let bytes: [UInt8]
  private(set) var found: [Range<Int>] = []
  var at = 0
  private var token = 0..<0
  /// Programs whose short options bear passwords, as far as the text names them; nil until asked for.
  private var programs: Set<String>?

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The text with each range replaced.
  var masked: String {
    var result: [UInt8] = []
    var done = 0
    for range in found {
      result += bytes[done..<range.lowerBound]
      result += Array((isBare(range) ? "\"\(Secrets.mask)\"" : Secrets.mask).utf8)
      done = range.upperBound
    }
    result += bytes[done...]
    return String(decoding: result, as: UTF8.self)
  }

  /// Whether a range is a JSON value without quotes, `"pin": 1234`: what stands for it needs them.
  private func isBare(_ range: Range<Int>) -> Bool {
    var place = range.lowerBound
    while place > 0, bytes[place - 1] == UInt8(ascii: " ") || bytes[place - 1] == UInt8(ascii: "[")
    {
      place -= 1
    }
    guard place > 2, bytes[place - 1] == UInt8(ascii: ":"), bytes[place - 2] == UInt8(ascii: "\"")
    else { return false }
    return bytes[place - 3] != UInt8(ascii: "\\")
  }

  mutating func scan() {
    while at < bytes.count {
      if let range = next(), range.lowerBound < range.upperBound {
        take(range)
      } else {
        at += 1
      }
    }
  }

  /// What is to be masked at this place; nil where nothing is.
  private mutating func next() -> Range<Int>? {
    let byte = bytes[at]
    if isLetter(byte) { return startsWord() ? word() : nil }
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: ":"):
      if starts("://", at), let range = userInfo() { return range }
      return pair(signLength: 1)
    case UInt8(ascii: "%"):
      for sign in ["%3d", "%3a", "%253d", "%253a"] where startsIgnoringCase(sign, at) {
        return pair(signLength: sign.utf8.count)
      }
      return nil
    case UInt8(ascii: "-"): return keyBlock() ?? option()
    case UInt8(ascii: ">"): return element()
    default: return nil
    }
  }

  /// Whether a word begins at this letter.
  private func startsWord() -> Bool { at == 0 || !isWord(bytes[at - 1]) }

  /// What is to be masked of the word that begins here, by its first letter.
  private mutating func word() -> Range<Int>? {
    let byte = bytes[at]
    if SecretScanner.headBytes[Int(byte)], let range = address() ?? shape() { return range }
    switch byte {
    case UInt8(ascii: "b"), UInt8(ascii: "B"): return scheme()
    case UInt8(ascii: "e"): return jwt()
    case UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "a"), UInt8(ascii: "A"),
      UInt8(ascii: "p"), UInt8(ascii: "P"):
      return statementPassword() ?? spacedKey()
    case UInt8(ascii: "i"), UInt8(ascii: "I"): return statementPassword()
    default: return nil
    }
  }

  private mutating func take(_ range: Range<Int>) {
    // A value that was masked before is not masked again: masking twice changes nothing.
    if !starts(Secrets.mask, range.lowerBound) { found.append(range) }
    at = max(at + 1, range.upperBound)
  }

  /// Where what was found last ends.
  var lastEnd: Int { found.last?.upperBound ?? 0 }

  /// Whether the text names a program.
  mutating func names(_ program: String) -> Bool {
    if let programs { return programs.contains(program) }
    let known = ["mysql", "mariadb", "sshpass", " login", "redis-cli", "curl"]
    var seen: Set<String> = []
    for place in bytes.indices {
      for program in known where starts(program, place) { seen.insert(program) }
    }
    programs = seen
    return seen.contains(program)
  }

  func starts(_ text: String, _ place: Int) -> Bool {
    bytes[min(place, bytes.count)...].starts(with: text.utf8)
  }

  func startsIgnoringCase(_ text: String, _ place: Int) -> Bool {
    var i = place
    for byte in text.utf8 {
      guard i < bytes.count,
        bytes[i] == byte || ((65...90).contains(bytes[i]) && bytes[i] + 32 == byte)
      else { return false }
      i += 1
    }
    return true
  }

  /// Where the token that holds `start` ends; remembered, so that no token is walked twice.
  mutating func endOfToken(_ start: Int) -> Int {
    if start >= token.lowerBound, start < token.upperBound { return token.upperBound }
    let start = min(start, bytes.count)
    var end = start
    while end < bytes.count, isToken(bytes[end]) { end += 1 }
    token = start..<end
    return end
  }

  func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

  func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "_")
  }

  func isKey(_ byte: UInt8) -> Bool {
    isWord(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }

  func isToken(_ byte: UInt8) -> Bool {
    isKey(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
      || byte == UInt8(ascii: "=") || byte == UInt8(ascii: "~")
  }

  func isQuote(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
  }

  func isSpace(_ byte: UInt8) -> Bool { byte <= 32 }

  func endsValue(_ byte: UInt8) -> Bool {
    isSpace(byte) || isQuote(byte) || byte == UInt8(ascii: "&") || byte == UInt8(ascii: ";")
      || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "}")
      || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: "#")
  }

  /// Whether at least so many letters and digits stand in a range, both kinds of them.
  func isMixed(_ range: Range<Int>, atLeast count: Int) -> Bool {
    let part = bytes[range].prefix(400)
    let digits = part.count { isDigit($0) }
    let letters = part.count { isLetter($0) }
    return digits > 0 && letters > 0 && digits + letters >= count
  }

  /// Where the word that begins here ends: at a space, a quote or the end.
  func endOfWord(_ start: Int) -> Int {
    var end = start
    while end < bytes.count, !isSpace(bytes[end]), !isQuote(bytes[end]) { end += 1 }
    return end
  }
}
