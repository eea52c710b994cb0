/// Erlang and Elixir: `** (Type) message`, frames newest first.
extension StackTraceParser {
  func elixir(from start: Int) -> [ExceptionPart] {
    var parts: [ExceptionPart] = []
    if text.forms[start] == .elixirFrame {
      parts.append(TraceHead.above(start, text)?.part ?? ExceptionPart(type: "", message: ""))
    }
    var i = start
    while i < text.count {
      let line = text.trimmed(i)
      switch text.forms[i] {
      case .elixirHead:
        guard parts.count < Self.maxParts, parts.last?.frames.isEmpty ?? true else { return parts }
        parts.append(elixirHead(line))
      case .elixirFrame: parts[parts.count - 1].frames.appendOlder(elixirFrame(line))
      case .other where !parts.isEmpty:
        if text.indents[i] > 0, let frame = plainFrame(line) ?? erlangFrame(line) {
          parts[parts.count - 1].frames.appendOlder(frame)
        } else if parts[parts.count - 1].frames.isEmpty,
          parts[parts.count - 1].message.utf8.count < 1 << 14
        {
          parts[parts.count - 1].message += "\n" + line.text
        }
      default: break
      }
      i += 1
    }
    return parts
  }

  private func elixirHead(_ line: ArraySlice<UInt8>) -> ExceptionPart {
    guard let close = line.first(")", from: line.startIndex) else {
      return ExceptionPart(type: "", message: line.text)
    }
    return ExceptionPart(
      type: line.part(line.startIndex + 4, close).text,
      message: line.part(close + 2, line.endIndex).text)
  }

  /// `(app ver) P:N: M.f/a`.
  private func elixirFrame(_ line: ArraySlice<UInt8>) -> StackFrame {
    guard let close = line.first(") ", from: line.startIndex) else {
      return StackFrame(function: line.text)
    }
    let rest = line.part(close + 2, line.endIndex)
    var frame = plainFrame(rest) ?? StackFrame(function: rest.text)
    frame.module = line.part(line.startIndex + 1, close).text
    return frame
  }

  /// `:erlang.map_get(…)`: a function of the machine itself.
  private func erlangFrame(_ line: ArraySlice<UInt8>) -> StackFrame? {
    guard line.first == 0x3a, line.last == 0x29 else { return nil }
    return StackFrame(function: line.text, isInApp: false)
  }

  /// `P:N: M.f/a`.
  private func plainFrame(_ line: ArraySlice<UInt8>) -> StackFrame? {
    guard let mark = line.first(": ", from: line.startIndex) else { return nil }
    let (file, number) = line.part(line.startIndex, mark).fileAndLine()
    guard number > 0 else { return nil }
    return StackFrame(function: line.part(mark + 2, line.endIndex).text, file: file, line: number)
  }
}
