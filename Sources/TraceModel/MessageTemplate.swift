/// What messages of one statement have in common: numbers, ids and quoted values are replaced, words stay.
///
/// A word with a digit in it becomes `#`, with signs around it kept; what stands in quotes becomes `'…'`; white space is one blank.
///
///     order 10258 placed in 3.2ms        →  order # placed in #
///     KeyError: 'sku-4711'               →  KeyError: '…'
///     GET /users/42/cart?x=1 → 503       →  GET /users/#/cart?x=# → #
///
/// - Parameters:
///   - text: one message; what is behind its first 1,000 bytes does not count.
/// - Returns: the template; the same for messages that differ in values alone.
/// - Complexity: O(*n*).
public func messageTemplate(_ text: some StringProtocol) -> String {
  var bytes: [UInt8] = []
  for byte in text.utf8 {
    if bytes.count == 1000 { break }
    bytes.append(byte)
  }
  return String(decoding: messageTemplate(bytes), as: UTF8.self)
}

/// The template of a message given as bytes.
public func messageTemplate(_ text: [UInt8]) -> [UInt8] {
  var result: [UInt8] = []
  appendTemplate(of: text, to: &result)
  return result
}

/// Hashes of templates, for telling them apart by the million; its room is used again and again.
public struct TemplateHasher: Sendable {
  private var text: [UInt8] = []
  private var template: [UInt8] = []

  /// A hasher.
  public init() {}

  /// A hash of the template of a message.
  public mutating func hash(_ message: some Collection<UInt8>) -> UInt64 {
    text.removeAll(keepingCapacity: true)
    text.append(contentsOf: message.prefix(1000))
    template.removeAll(keepingCapacity: true)
    appendTemplate(of: text, to: &template)
    return stableHash(template, seed: 2)
  }
}

private func appendTemplate(of text: [UInt8], to result: inout [UInt8]) {
  result.reserveCapacity(text.count)
  var i = 0
  while i < text.count {
    let byte = text[i]
    switch byte {
    case 0x20, 0x09, 0x0a, 0x0d:
      if result.last != 0x20, !result.isEmpty { result.append(0x20) }
      i += 1
    case 0x22, 0x27, 0x60:
      // A quote that is closed; an apostrophe inside a word is none.
      let isInside = i > 0 && isWordByte(text[i - 1])
      if !isInside, let end = closingQuote(text, i) {
        result += [byte, 0xe2, 0x80, 0xa6, byte]
        i = end + 1
      } else {
        result.append(byte)
        i += 1
      }
    case _ where isWordByte(byte):
      var end = i
      var hasDigit = false
      while end < text.count, isWordByte(text[end]) || isInnerByte(text, end) {
        if text[end] &- 0x30 < 10 { hasDigit = true }
        end += 1
      }
      if hasDigit {
        if result.last != 0x23 { result.append(0x23) }
      } else {
        result += text[i..<end]
      }
      i = end
    default:
      result.append(byte)
      i += 1
    }
  }
  while result.last == 0x20 { result.removeLast() }
}

private func isWordByte(_ byte: UInt8) -> Bool {
  byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5f || byte >= 0x80
}

/// A sign between two parts of one value: `10.0.0.1`, `12:30:01`, `4f3c-9a1b`, `1,042`; between words it ends the word.
private func isInnerByte(_ text: [UInt8], _ i: Int) -> Bool {
  guard [0x2e, 0x3a, 0x2d, 0x2c].contains(text[i]), i > 0, i + 1 < text.count else { return false }
  let (before, after) = (text[i - 1], text[i + 1])
  let isHex = { (byte: UInt8) in byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 }
  return isHex(before) && isHex(after)
}

/// The quote that closes the one at an index, within 200 bytes and one line.
private func closingQuote(_ text: [UInt8], _ start: Int) -> Int? {
  var i = start + 1
  while i < text.count, i - start <= 200, text[i] != 0x0a {
    if text[i] == text[start] { return i }
    i += 1
  }
  return nil
}
