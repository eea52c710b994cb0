import TraceModel

/// Text as it is kept: no colours, valid UTF-8, line breaks as such.
extension Decoder {
  /// A message without colour codes, its invalid UTF-8 replaced and counted, `\r` inside it a line break, no line break at its
  /// end. It stands until the next one.
  mutating func plainText(_ bytes: Bytes, _ offset: Int64) -> Bytes {
    var end = bytes.count
    while end > 0, bytes[end - 1] == 0x0a || bytes[end - 1] == 0x0d { end -= 1 }
    var whole = bytes.slice(0, end)
    if whole.firstIndex(of: 0x1b, from: 0) != nil || whole.firstIndex(of: 0x0d, from: 0) != nil {
      whole = withoutCodes(whole)
    }
    if !isUTF8(whole) {
      let repaired = whole.string
      batch.defects.count(.repairedText, at: offset)
      kept.texts.plain.count = 0
      kept.texts.plain.put(repaired)
      whole = kept.texts.plain.bytes
    }
    return whole
  }

  private mutating func withoutCodes(_ bytes: Bytes) -> Bytes {
    kept.texts.plain.count = 0
    kept.texts.plain.reserve(bytes.count)
    var i = 0
    while i < bytes.count {
      let c = bytes[i]
      if c == 0x1b, i + 1 < bytes.count, bytes[i + 1] == 0x5b {
        i = codeEnd(bytes, i)
      } else if c == 0x0d {
        kept.texts.plain.put(0x0a)
        i += i + 1 < bytes.count && bytes[i + 1] == 0x0a ? 2 : 1
      } else {
        kept.texts.plain.put(c)
        i += 1
      }
    }
    return kept.texts.plain.bytes
  }

  /// The end of the terminal's code `ESC[…letter`; behind its first byte where it is none.
  private func codeEnd(_ bytes: Bytes, _ start: Int) -> Int {
    var end = start + 2
    while end < bytes.count, end - start < 32, bytes[end] &- 0x20 < 0x20 { end += 1 }
    return end < bytes.count && bytes[end] &- 0x40 < 0x3f ? end + 1 : start + 1
  }
}

/// Whether bytes are valid UTF-8.
///
/// - Source: The Unicode Standard, table 3-7.
func isUTF8(_ bytes: Bytes) -> Bool {
  var i = 0
  while i < bytes.count {
    if i + 8 <= bytes.count, bytes.word(i) & repeated(0x80) == 0 {
      i += 8
      continue
    }
    let c = bytes[i]
    if c < 0x80 {
      i += 1
      continue
    }
    let length = c &- 0xc2 < 0x1e ? 2 : c & 0xf0 == 0xe0 ? 3 : c &- 0xf0 < 5 ? 4 : 0
    guard length > 0, i + length <= bytes.count else { return false }
    for k in 1..<length where bytes[i + k] & 0xc0 != 0x80 { return false }
    let second = bytes[i + 1]
    if c == 0xe0 && second < 0xa0 || c == 0xed && second > 0x9f || c == 0xf0 && second < 0x90
      || c == 0xf4 && second > 0x8f
    {
      return false
    }
    i += length
  }
  return true
}
