/// An object as Node's `util.inspect` prints it → JSON: single quotes, bare keys, `undefined`, strings in pieces joined by `+`, and
/// placeholders such as `[Object]` for what lay deeper than it prints.
///
/// - Source: Node.js, documentation of util.inspect and lib/internal/util/inspect.js.
struct InspectedObject: ~Copyable {
  private static let deepest = 64

  private let input: Bytes
  private var at = 0
  /// The JSON.
  private(set) var json = ByteBuffer(capacity: 1 << 12)
  /// How many values were left out by whoever printed it.
  private(set) var left = 0

  /// An object's text.
  init(_ input: Bytes) { self.input = input }

  /// Converts; false where the text is no such object.
  mutating func convert() -> Bool {
    skip()
    guard peek == 0x7b, value(0) else { return false }
    skip()
    return at == input.count
  }

  private var peek: UInt8 { at < input.count ? input[at] : 0 }

  private mutating func skip() {
    while at < input.count, JSONScan.isBlank(input[at]) { at += 1 }
  }

  private mutating func value(_ depth: Int) -> Bool {
    guard depth < Self.deepest else { return false }
    switch peek {
    case 0x7b: return object(depth)
    case 0x5b: return isPlaceholder ? placeholder() : list(depth)
    case 0x27, 0x22, 0x60: return string()
    case 0x3c:
      // `<ref *1> {…}`
      guard let end = input.firstIndex(of: 0x3e, from: at), end - at < 16 else { return false }
      at = end + 1
      skip()
      return value(depth + 1)
    default: return word(depth)
    }
  }

  private mutating func object(_ depth: Int) -> Bool {
    at += 1
    json.put(0x7b)
    var isFirst = true
    while true {
      skip()
      if peek == 0x7d { break }
      if !isFirst {
        guard peek == 0x2c else { return false }
        at += 1
        skip()
        if peek == 0x7d { break }
        json.put(0x2c)
      }
      isFirst = false
      guard key() else { return false }
      skip()
      guard peek == 0x3a else { return false }
      at += 1
      json.put(0x3a)
      skip()
      guard value(depth + 1) else { return false }
    }
    at += 1
    json.put(0x7d)
    return true
  }

  private mutating func list(_ depth: Int) -> Bool {
    at += 1
    json.put(0x5b)
    var isFirst = true
    while true {
      skip()
      if peek == 0x5d { break }
      if !isFirst {
        guard peek == 0x2c else { return false }
        at += 1
        skip()
        if peek == 0x5d { break }
      }
      if peek == 0x2e {
        // `... 3 more items`
        left += 1
        while at < input.count, peek != 0x5d, peek != 0x0a { at += 1 }
        continue
      }
      if !isFirst { json.put(0x2c) }
      isFirst = false
      guard value(depth + 1) else { return false }
    }
    at += 1
    json.put(0x5d)
    return true
  }

  /// A bare or a quoted key; symbols are written in brackets.
  private mutating func key() -> Bool {
    if peek == 0x27 || peek == 0x22 { return string() }
    let start = at
    if peek == 0x5b {
      guard let end = input.firstIndex(of: 0x5d, from: at), end - at < 200 else { return false }
      at = end + 1
    } else {
      while at < input.count, isWordByte(input[at]) { at += 1 }
    }
    guard at > start else { return false }
    json.putString(input.slice(start, at))
    return true
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5f || byte == 0x24 || byte >= 0x80
  }

  /// Whether a bracket holds a word with a capital letter, as `[Object]` and `[Function: f]` do.
  private var isPlaceholder: Bool {
    at + 1 < input.count && input[at + 1] &- 0x41 < 26
  }

  private mutating func placeholder() -> Bool {
    guard let end = input.firstIndex(of: 0x5d, from: at), end - at < 200 else { return false }
    at = end + 1
    left += 1
    json.put("null")
    return true
  }

  /// A string, perhaps in pieces.
  private mutating func string() -> Bool {
    var content = ByteBuffer(capacity: 64)
    while true {
      guard piece(into: &content) else { return false }
      let end = at
      skip()
      guard peek == 0x2b else {
        at = end
        break
      }
      at += 1
      skip()
      guard [0x27, 0x22, 0x60].contains(peek) else { return false }
    }
    json.putString(content.bytes)
    return true
  }

  private mutating func piece(into content: inout ByteBuffer) -> Bool {
    let quote = peek
    at += 1
    while at < input.count {
      let byte = input[at]
      at += 1
      if byte == quote { return true }
      guard byte == 0x5c else {
        content.put(byte)
        continue
      }
      guard at < input.count else { return false }
      let escaped = input[at]
      at += 1
      switch escaped {
      case 0x6e: content.put(0x0a)
      case 0x72: content.put(0x0d)
      case 0x74: content.put(0x09)
      case 0x62: content.put(0x08)
      case 0x66: content.put(0x0c)
      case 0x76: content.put(0x0b)
      case 0x78 where at + 2 <= input.count:
        guard let number = hexNumber(input.slice(at, at + 2)) else { return false }
        content.put(String(UnicodeScalar(UInt8(truncatingIfNeeded: number.low))))
        at += 2
      default: content.put(escaped)
      }
    }
    return false
  }

  /// A number, a boolean, `undefined`, a date, or the name of a class before its members.
  private mutating func word(_ depth: Int) -> Bool {
    let start = at
    while at < input.count, ![0x2c, 0x7d, 0x5d, 0x0a, 0x20, 0x7b].contains(input[at]) { at += 1 }
    let word = input.slice(start, at)
    if word.equals("true") || word.equals("false") || word.equals("null") {
      json.put(word)
      return true
    }
    if word.equals("undefined") || word.equals("NaN") || word.equals("Infinity")
      || word.equals("-Infinity")
    {
      json.put("null")
      return true
    }
    guard word.count > 0 else { return false }
    if word[0] &- 0x30 < 10 || word[0] == 0x2d { return number(word) }
    // `Resource {…}`, `Map(2) {…}`, `[Object: null prototype] {…}`
    skip()
    if peek == 0x7b || peek == 0x5b { return value(depth + 1) }
    return false
  }

  private mutating func number(_ word: Bytes) -> Bool {
    let isBig = word[word.count - 1] == 0x6e
    let digits = isBig ? word.slice(0, word.count - 1) : word
    if digits.count > 0, Double(digits.string) != nil, !digits.string.contains("x") {
      json.put(digits)
    } else {
      // A date stands bare.
      json.putString(word)
    }
    return true
  }
}
