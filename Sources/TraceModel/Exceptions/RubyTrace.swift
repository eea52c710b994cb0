/// Ruby: `P:N:in 'F': message (Type)`, frames newest first; a cause is another such block behind the frames.
extension StackTraceParser {
  func ruby(from start: Int) -> [ExceptionPart] {
    if text.forms[start] == .traceback { return rubyReversed(start) }
    var parts: [ExceptionPart] = []
    var i = start
    if text.forms[start] == .rubyFrame { parts.append(rubyAbove(start)) }
    while i < text.count, parts.count < Self.maxParts {
      switch text.forms[i] {
      case .rubyHead:
        let end =
          text.firstLine(from: i + 1) {
            text.forms[$0] == .rubyFrame || text.forms[$0] == .rubyHead
          } ?? text.count
        parts.append(rubyHead(i, end))
      case .rubyFrame:
        if let frame = rubyFrame(text.trimmed(i)) {
          parts[parts.count - 1].frames.appendOlder(frame)
        }
      case .typed where !parts.isEmpty && !parts[parts.count - 1].frames.isEmpty: return parts
      default: break
      }
      i += 1
    }
    return parts
  }

  /// Rails' `Type (message):` and the standard logger's `message (Type)` above frames alone.
  private func rubyAbove(_ frame: Int) -> ExceptionPart {
    var i = frame
    while i > 0, frame - i < 10 {
      i -= 1
      let line = text.trimmed(i)
      if line.ends(with: "):"), let open = line.first(" (", from: line.startIndex) {
        return ExceptionPart(
          type: line.part(line.startIndex, open).text,
          message: line.part(open + 2, line.endIndex - 2).text)
      }
      if let part = rubyMessage(line) { return part }
      if let head = TraceHead(line), !head.message.isEmpty {
        return ExceptionPart(type: head.type.text, message: head.message.text)
      }
    }
    return ExceptionPart(type: "", message: "")
  }

  /// `message (Type)`.
  private func rubyMessage(_ line: ArraySlice<UInt8>) -> ExceptionPart? {
    guard line.last == 0x29, let open = line.last(0x28, before: line.endIndex),
      let name = line.typeName(at: open + 1), name.end == line.endIndex - 1
    else { return nil }
    let end = open > line.startIndex ? open - 1 : open
    return ExceptionPart(
      type: line.part(open + 1, name.end).text, message: line.part(line.startIndex, end).text)
  }

  private func rubyHead(_ i: Int, _ end: Int) -> ExceptionPart {
    let line = text.trimmed(i)
    let place = line.rubyPlace(at: line.startIndex) ?? line.endIndex
    let message = line.part(place + 2, line.endIndex)
    var part = rubyMessage(message) ?? ExceptionPart(type: "", message: message.text)
    if part.type.isEmpty {
      // The type stands at the end of the message's first line, or of a later one.
      for more in i + 1..<min(end, i + 20) {
        guard let last = rubyMessage(text.trimmed(more)) else { continue }
        part = ExceptionPart(
          type: last.type, message: text.message(message, i + 1..<more) + "\n" + last.message)
        break
      }
    }
    if let frame = rubyFrame(line) { part.frames.append(frame) }
    return part
  }

  /// The form for terminals before 3.0: oldest first, the head last.
  private func rubyReversed(_ start: Int) -> [ExceptionPart] {
    var frames: [StackFrame] = []
    var part = ExceptionPart(type: "", message: "")
    for i in start + 1..<max(start + 1, text.count) {
      if text.forms[i] == .rubyHead {
        part = rubyHead(i, text.count)
        break
      }
      if let frame = rubyFrame(text.trimmed(i)) { frames.append(frame) }
    }
    part.frames = Array((part.frames + frames.reversed()).prefix(Self.maxFrames))
    return [part]
  }

  /// `[N: ][from ]P:N:in 'F'`.
  private func rubyFrame(_ whole: ArraySlice<UInt8>) -> StackFrame? {
    var line = whole
    let digits = line.skipDigits(line.startIndex)
    if digits > line.startIndex, line.has(": from ", at: digits) {
      line = line.part(digits + 2, line.endIndex)
    }
    if line.has("from ", at: line.startIndex) { line = line.dropFirst(5) }
    guard let mark = line.first(":in ", from: line.startIndex),
      let close = line.rubyPlace(at: line.startIndex)
    else { return nil }
    let (file, number) = line.part(line.startIndex, mark).fileAndLine()
    return StackFrame(function: line.part(mark + 5, close - 1).text, file: file, line: number)
  }
}
