/// The line with type and message above the frames, as most languages write it.
struct TraceHead {
  var type: ArraySlice<UInt8>
  var message: ArraySlice<UInt8>

  /// `Type: message`, `Type`, `Type [CODE]: message`, `[Type: message] {`; nil where the line is none of them.
  init?(_ line: ArraySlice<UInt8>) {
    var line = line
    while let last = line.last, last == 0x20 || last == 0x09 { line.removeLast() }
    if line.ends(with: " {") { line = line.dropLast(2) }
    if line.first == 0x5b, line.last == 0x5d { line = line.dropFirst().dropLast() }
    for prefix: StaticString in [
      "Unhandled exception. ", "Unhandled Exception: ", "Uncaught ", "Caused by: ", "Wrapped by: ",
      "Suppressed: ", "[ERROR] ",
    ] where line.has(prefix, at: line.startIndex) {
      line = line.dropFirst(prefix.utf8CodeUnitCount)
    }
    if line.has("Exception in thread \"", at: line.startIndex),
      let quote = line.first("\" ", from: line.startIndex + 21)
    {
      line = line.part(quote + 2, line.endIndex)
    }
    guard let name = line.typeName(at: line.startIndex) else { return nil }
    type = line.part(line.startIndex, name.end)
    message = line.part(line.endIndex, line.endIndex)
    if name.end == line.endIndex { return }
    var end = name.end
    if line.has(" [", at: end), let close = line.first("]: ", from: end) { end = close + 1 }
    guard line.byte(end) == 0x3a else { return nil }
    if end + 1 < line.endIndex, line[end + 1] != 0x20 { return nil }
    message = line.part(end + 2, line.endIndex)
  }

  /// The head of the trace whose first frame is at a line: the nearest line above it that is one, within 60 lines; else a name of an
  /// error inside the line above, as behind a logger's header that was left before it.
  ///
  /// - Returns: with the line, so that what is between the two belongs to the message.
  static func above(_ frame: Int, _ text: TraceText) -> (part: ExceptionPart, line: Int)? {
    var i = frame
    while i > 0, frame - i < 60 {
      i -= 1
      if text.forms[i] == .typed || text.forms[i] == .cause, let head = TraceHead(text.trimmed(i)) {
        return (head.part(text, i + 1..<frame), i)
      }
    }
    i = frame
    while i > 0, frame - i < 8 {
      i -= 1
      let line = text[i]
      if let start = errorName(in: line), let head = TraceHead(line.part(start, line.endIndex)) {
        return (head.part(text, i + 1..<frame), i)
      }
    }
    guard frame > 0 else { return nil }
    i = frame - 1
    if text.forms[i] == .blank { return nil }
    // Anything thrown that is no error: its words alone.
    if let head = TraceHead(text.trimmed(i)), !head.message.isEmpty, i == 0 {
      return (head.part(text, frame..<frame), i)
    }
    return (ExceptionPart(type: "", message: text.trimmed(i).text), i)
  }

  /// Where the name of an error begins inside a line.
  private static func errorName(in line: ArraySlice<UInt8>) -> Int? {
    var i = line.startIndex
    while i < line.endIndex, i - line.startIndex < 1024 {
      if let name = line.typeName(at: i) {
        let isEnd = name.end == line.endIndex || line.has(": ", at: name.end)
        if isEnd, line.isErrorName(i, name.end) { return i }
        i = name.end
      }
      i += 1
    }
    return nil
  }

  /// The head with further lines of its message.
  func part(_ text: TraceText, _ more: Range<Int>) -> ExceptionPart {
    ExceptionPart(type: type.text, message: text.message(message, more))
  }
}
