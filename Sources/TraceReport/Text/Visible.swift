/// Text of the input made harmless for a screen: what would move the cursor, reverse the line or hide is shown by name.
///
/// Control characters become `\n` or `\x1B`; bidirectional overrides, zero-width and tag characters become `\u{202E}`;
/// a tab becomes a space; and of a run of combining marks four are kept, so that no text grows out of its line.
///
/// - Parameters:
///   - text: anything.
///   - keepingLines: whether line feeds stay; else each becomes `\n`.
package func visible(_ text: String, keepingLines: Bool = false) -> String {
  if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
  var shown = ""
  var marks = 0
  for scalar in text.unicodeScalars {
    let value = scalar.value
    if value >= 0x20, value < 0x7f {
      marks = 0
      shown.unicodeScalars.append(scalar)
    } else if value < 0xa0 {
      marks = 0
      shown += control(value, keepingLines: keepingLines)
    } else if isHidden(value) {
      shown += "\\u{\(String(value, radix: 16, uppercase: true))}"
    } else if isMark(scalar) {
      marks += 1
      if marks <= 4 { shown.unicodeScalars.append(scalar) }
    } else {
      marks = 0
      shown.unicodeScalars.append(scalar)
    }
  }
  return shown
}

/// Text of at most `limit` characters on a screen, made harmless; the last of them is `…` where something was cut.
package func shortened(_ text: String, to limit: Int, keepingLines: Bool = false) -> String {
  // Only as much is looked at as can be shown: names may be megabytes long.
  let head = String(text.unicodeScalars.prefix(limit &* 5 &+ 1))
  let shown = visible(head, keepingLines: keepingLines)
  if shown.unicodeScalars.count <= limit, head.unicodeScalars.count == text.unicodeScalars.count {
    return shown
  }
  var kept = ""
  var count = 0
  for character in shown {
    count += 1
    if count >= limit { return kept + "…" }
    kept.append(character)
  }
  return head.utf8.count < text.utf8.count ? kept + "…" : kept
}

/// How many columns of a terminal a text takes: 2 for wide East Asian characters and emoji, 0 for marks, else 1.
///
/// - Source: Unicode Standard Annex 11, the ranges that are wide throughout.
package func columnCount(_ text: String) -> Int {
  if text.utf8.allSatisfy({ $0 < 0x7f }) { return text.utf8.count }
  var count = 0
  for scalar in text.unicodeScalars {
    if isMark(scalar) { continue }
    switch scalar.value {
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff,
      0xa000...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
      0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1f9ff,
      0x20000...0x3fffd:
      count += 2
    default: count += 1
    }
  }
  return count
}

/// Text cut or filled with spaces to exactly `width` columns; `mark` stands where something was cut.
package func fitted(
  _ text: String, to width: Int, right: Bool = false, mark: Character = "…"
) -> String {
  var shown = text
  if columnCount(shown) > width {
    var kept = ""
    var used = 0
    for character in shown {
      let columns = columnCount(String(character))
      if used + columns > width - 1 { break }
      kept.append(character)
      used += columns
    }
    shown = width > 0 ? kept + String(mark) : ""
  }
  let room = String(repeating: " ", count: max(0, width - columnCount(shown)))
  return right ? room + shown : shown + room
}

/// Text cut in its middle, or filled with spaces, to exactly `width` columns: its beginning and its end stay.
package func fittedInMiddle(_ text: String, to width: Int, mark: Character = "…") -> String {
  guard columnCount(text) > width, width >= 8 else { return fitted(text, to: width, mark: mark) }
  let tailRoom = (width - 1) / 2
  var tail = ""
  var used = 0
  for character in text.reversed() {
    let columns = columnCount(String(character))
    if used + columns > tailRoom { break }
    tail.append(character)
    used += columns
  }
  // The head takes what the tail leaves, and the mark one column.
  let head = fitted(text, to: width - used, mark: mark)
  return fitted(head + String(tail.reversed()), to: width, mark: mark)
}

private func isHidden(_ value: UInt32) -> Bool {
  switch value {
  case 0xad, 0x61c, 0x115f...0x1160, 0x17b4...0x17b5, 0x180b...0x180f,
    0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0x3164, 0xfe00...0xfe0f, 0xfeff, 0xffa0,
    0xfff0...0xfffb, 0x1d173...0x1d17a, 0xe0000...0xe0fff, 0xfffe, 0xffff:
    true
  default: false
  }
}

private func isMark(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark: true
  default: false
  }
}

private func control(_ value: UInt32, keepingLines: Bool) -> String {
  switch value {
  case 0x09: return " "
  case 0x0a: return keepingLines ? "\n" : "\\n"
  case 0x0d: return keepingLines ? "" : "\\r"
  default:
    let digits = String(value, radix: 16, uppercase: true)
    return digits.utf8.count < 2 ? "\\x0\(digits)" : "\\x\(digits)"
  }
}
