/// Words of a server's log line: separated by blanks, in quotes where they hold some; inside, `\` takes the next byte along.
struct QuotedWords {
  private let text: Bytes
  private var at = 0

  /// The words of a text.
  init(_ text: Bytes) { self.text = text }

  /// Whether the next word stands in quotes.
  var startsQuoted: Bool {
    var i = at
    while i < text.count, text[i] == 0x20 { i += 1 }
    return i < text.count && text[i] == 0x22
  }

  /// What is left, without the blanks before it.
  var rest: Bytes {
    var i = at
    while i < text.count, text[i] == 0x20 { i += 1 }
    return text.slice(i, text.count)
  }

  /// The next word as it is written, without its quotes; nil at the end. Where a quote is never closed, the rest is the word.
  mutating func next() -> (text: Bytes, isQuoted: Bool)? {
    while at < text.count, text[at] == 0x20 { at += 1 }
    guard at < text.count else { return nil }
    if text[at] != 0x22 {
      let start = at
      while at < text.count, text[at] != 0x20 { at += 1 }
      return (text.slice(start, at), false)
    }
    let start = at + 1
    at = start
    while at < text.count, text[at] != 0x22 { at += text[at] == 0x5c ? 2 : 1 }
    let end = min(at, text.count)
    at = min(at + 1, text.count)
    return (text.slice(start, end), true)
  }
}

/// The time of web servers: `05/Jan/2026:10:00:00 +0000`; nil for any other text.
func serverTime(_ text: Bytes) -> WrittenTime? {
  guard text.count >= 26, let day = digits(text, 0, 2), let month = monthNumber(text, 3),
    let year = digits(text, 7, 11), let clock = clockTime(text.slice(0, 20), 12),
    let zone = zone(text, 20),
    let ns = YearlessTime(month: month, day: day, ns: clock.ns).ns(in: year)
  else { return nil }
  return WrittenTime(
    ns: ns - Int64(zone.seconds) * 1_000_000_000, length: zone.end, hasZone: true)
}

/// Whether a text may be the address of a host: digits, letters up to f, dots and colons, or letters and dots of a name.
func isAddress(_ text: Bytes) -> Bool {
  guard text.count > 1, text.count <= 255 else { return false }
  var hasMark = false
  for i in 0..<text.count {
    switch text[i] {
    case 0x2e, 0x3a: hasMark = true
    case 0x2d, 0x5b, 0x5d, 0x5f: break
    default: if !isIDByte(text[i]) { return false }
    }
  }
  return hasMark
}
