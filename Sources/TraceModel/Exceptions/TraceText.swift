/// The lines of a text that may hold a stack trace, with their forms.
///
/// - Invariant: `lines`, `forms` and `indents` have one entry for each line.
struct TraceText {
  /// Lines beyond this are not looked at (formats/logs.md 11 caps a record at 2,000).
  static let maxLines = 4000
  /// Bytes beyond this are not looked at.
  static let maxBytes = 1 << 20

  let bytes: [UInt8]
  private(set) var lines: [Range<Int>] = []
  private(set) var forms: [LineForm] = []
  private(set) var indents: [Int] = []

  var count: Int { lines.count }

  /// Splits at every kind of line break; at written `\n`, `\r`, `#012` or blanks before `at` where there is no other.
  init(_ text: some Collection<UInt8>) {
    bytes = Array(text.prefix(Self.maxBytes))
    splitAtBreaks()
    if lines.count == 1 { splitAtWrittenBreaks() }
    forms.reserveCapacity(lines.count)
    indents.reserveCapacity(lines.count)
    for line in lines {
      let (form, indent) = bytes[line].lineForm()
      forms.append(form)
      indents.append(indent)
    }
  }

  private mutating func splitAtBreaks() {
    var start = 0
    var i = 0
    while i < bytes.count, lines.count < Self.maxLines {
      let byte = bytes[i]
      if byte == 0x0a || byte == 0x0d {
        lines.append(start..<i)
        if byte == 0x0d, i + 1 < bytes.count, bytes[i + 1] == 0x0a { i += 1 }
        start = i + 1
      }
      i += 1
    }
    if start < bytes.count, lines.count < Self.maxLines { lines.append(start..<bytes.count) }
  }

  /// A trace on one line: its line breaks were written as escapes, or became blanks (.NET's older JSON console).
  private mutating func splitAtWrittenBreaks() {
    lines.removeAll(keepingCapacity: true)
    var start = 0
    var i = 0
    while i < bytes.count, lines.count < Self.maxLines {
      var width = 0
      if bytes[i] == 0x5c, i + 1 < bytes.count, bytes[i + 1] == 0x6e || bytes[i + 1] == 0x72 {
        width = 2
      } else if bytes[i] == 0x23, bytes.has("#012", at: i) {
        width = 4
      } else if bytes[i] == 0x20, bytes.has("   at ", at: i) || bytes.has("   --- End", at: i) {
        // The blanks stay: they indent the line.
        lines.append(start..<i)
        start = i
        i += 6
        continue
      }
      if width > 0 {
        lines.append(start..<i)
        i += width
        start = i
      } else {
        i += 1
      }
    }
    if lines.count < Self.maxLines { lines.append(start..<bytes.count) }
  }

  /// A line.
  subscript(index: Int) -> ArraySlice<UInt8> { bytes[lines[index]] }

  /// Where a line begins behind its indentation; indentation is counted in bytes.
  func start(_ index: Int) -> Int { lines[index].lowerBound + indents[index] }

  /// A line without its indentation.
  func trimmed(_ index: Int) -> ArraySlice<UInt8> { bytes[start(index)..<lines[index].upperBound] }

  /// Lines of a message, one below the other; blank ones at the end are left out.
  func message(_ first: ArraySlice<UInt8>, _ more: Range<Int>) -> String {
    var words = first.text
    var last = more.upperBound
    while last > more.lowerBound, forms[last - 1] == .blank { last -= 1 }
    for line in more.lowerBound..<Swift.max(last, more.lowerBound) {
      words += "\n" + trimmed(line).text
    }
    return words
  }

  /// The first line from one on for which something holds.
  func firstLine(from start: Int, where isWanted: (Int) -> Bool) -> Int? {
    var i = start
    while i < count {
      if isWanted(i) { return i }
      i += 1
    }
    return nil
  }
}

extension Collection where Element == UInt8 {
  /// The bytes as text, repaired where they are no UTF-8.
  var text: String { String(decoding: self, as: UTF8.self) }
}

extension ArraySlice<UInt8> {
  /// The part from one place up to another; empty where they are crossed.
  func part(_ from: Int, _ to: Int) -> ArraySlice<UInt8> {
    let start = Swift.min(Swift.max(from, startIndex), endIndex)
    return self[start..<Swift.max(start, Swift.min(to, endIndex))]
  }

  /// `path:line` or `path:line:column`, split.
  func fileAndLine() -> (file: String, line: Int) {
    var end = endIndex
    var numbers: [Int] = []
    while numbers.count < 2, let colon = lastColon(before: end),
      let number = number(at: colon + 1), number.end == end
    {
      numbers.append(number.value)
      end = colon
    }
    return (part(startIndex, end).text, numbers.last ?? 0)
  }

  private func lastColon(before end: Int) -> Int? {
    var i = end
    while i > startIndex, end - i < 12 {
      i -= 1
      if self[i] == 0x3a { return i }
      if self[i] &- 0x30 >= 10 { return nil }
    }
    return nil
  }
}
