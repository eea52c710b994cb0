/// PHP: the previous exception is printed first, `Next` begins the one that wraps it; a frame's place is where it calls the one above.
extension StackTraceParser {
  func php(from start: Int) -> [ExceptionPart] {
    var parts: [ExceptionPart] = []
    var place = (file: "", line: 0)
    var calls: [(function: String, file: String, line: Int)] = []
    var i = start
    if text.forms[start] == .phpFrame {
      // Frames below a message that somebody logged.
      var above = start
      while above > 0 {
        above -= 1
        if text.forms[above] != .phpFrame, text.forms[above] != .blank { break }
      }
      let (part, found) = phpHead(text.trimmed(above))
      parts.append(above < start ? part : ExceptionPart(type: "", message: ""))
      place = above < start ? found : place
    }
    while i < text.count {
      let line = text.trimmed(i)
      switch text.forms[i] {
      case .phpHead, .cause:
        guard parts.count < Self.maxParts,
          text.forms[i] == .phpHead || line.has("Next ", at: line.startIndex)
        else { break }
        close(&parts, place, &calls)
        let head: ExceptionPart
        (head, place) = phpHead(phpMessage(i))
        parts.append(head)
      case .phpFrame where line.first == 0x23:
        if calls.count < Self.maxFrames { calls.append(phpCall(line)) }
      case .phpFrame where line.has("thrown in ", at: line.startIndex): i = text.count
      default: break
      }
      i += 1
    }
    close(&parts, place, &calls)
    return parts.reversed()
  }

  /// A head with the further lines of its message.
  private func phpMessage(_ i: Int) -> ArraySlice<UInt8> {
    var end = i + 1
    while end < text.count, end - i < 40, text.forms[end] != .phpFrame { end += 1 }
    guard end < text.count, end > i + 1 else { return text.trimmed(i) }
    return text.bytes[text.start(i)..<text.lines[end - 1].upperBound]
  }

  /// `Type: message in P:N`, the type behind `Uncaught` or `Next`.
  private func phpHead(_ line: ArraySlice<UInt8>) -> (ExceptionPart, (file: String, line: Int)) {
    var rest = line
    if let mark = rest.first("Uncaught ", from: rest.startIndex) {
      rest = rest.part(mark + 9, rest.endIndex)
    } else if rest.has("Next ", at: rest.startIndex) {
      rest = rest.dropFirst(5)
    }
    var place = (file: "", line: 0)
    var mark = rest.first(" in ", from: rest.startIndex)
    while let at = mark {
      let found = rest.part(at + 4, rest.endIndex).fileAndLine()
      let next = rest.first(" in ", from: at + 1)
      if next == nil, found.line > 0 {
        place = found
        rest = rest.part(rest.startIndex, at)
      }
      mark = next
    }
    guard let head = TraceHead(rest) else {
      return (ExceptionPart(type: "", message: rest.text), place)
    }
    let message = rest.part(head.message.startIndex, rest.endIndex)
    return (ExceptionPart(type: head.type.text, message: message.text), place)
  }

  /// `#0 P(N): Cls->m(args)`, `#1 [internal function]: f()`, `#2 {main}`.
  private func phpCall(_ line: ArraySlice<UInt8>) -> (function: String, file: String, line: Int) {
    let rest = line.part(line.skipDigits(line.startIndex + 1) + 1, line.endIndex)
    guard let mark = rest.first(": ", from: rest.startIndex) else { return (rest.text, "", 0) }
    var name = rest.part(mark + 2, rest.endIndex)
    // Arguments begin at the first bracket behind the name.
    if let open = name.first("(", from: name.startIndex) { name = name.part(name.startIndex, open) }
    let place = rest.part(rest.startIndex, mark)
    if place.last == 0x29, let open = place.last(0x28, before: place.endIndex),
      let number = place.number(at: open + 1)
    {
      return (name.text, place.part(place.startIndex, open).text, number.value)
    }
    return (name.text, place.text, 0)
  }

  /// Calls → frames: the exception was thrown at `place` inside the function of call 0, which was called at call 0's place, and so on.
  private func close(
    _ parts: inout [ExceptionPart], _ place: (file: String, line: Int),
    _ calls: inout [(function: String, file: String, line: Int)]
  ) {
    guard !parts.isEmpty else { return }
    var frames: [StackFrame] = []
    var at = place
    for call in calls {
      if !at.file.isEmpty {
        frames.append(StackFrame(function: call.function, file: at.file, line: at.line))
      }
      at = (call.file, call.line)
    }
    if calls.isEmpty, !place.file.isEmpty {
      frames.append(StackFrame(function: "", file: place.file, line: place.line))
    }
    parts[parts.count - 1].frames = frames
    calls = []
  }
}
