/// Node and browsers on V8: frames newest first; `[cause]` and `[errors]` are nested below them.
extension StackTraceParser {
  /// Whether a frame is one of Node: it ends in `line:column`, or in one of V8's words.
  func isNodeFrame(_ line: ArraySlice<UInt8>) -> Bool {
    var line = line
    if line.ends(with: " {") { line = line.dropLast(2) }
    if line.last == 0x29 { line = line.dropLast() }
    if line.ends(with: "<anonymous>") || line.ends(with: "(native") { return true }
    if line.first("(index ", from: line.startIndex) != nil { return true }
    guard let colon = line.last(0x3a, before: line.endIndex) else { return false }
    return colon + 1 < line.endIndex && line.skipDigits(colon + 1) == line.endIndex
  }

  func node(from start: Int) -> [ExceptionPart] {
    let (head, first) = nodeHead(start)
    var parts = [head]
    // Indentation of the members below `[errors]`, and how many were met.
    var errors: (indent: Int, count: Int)?
    var i = first
    while i < text.count {
      let line = text.trimmed(i)
      switch text.forms[i] {
      case .nodeVersion: return parts
      case .atFrame:
        parts[parts.count - 1].frames.appendOlder(nodeFrame(line))
      case .cause where line.has("[errors]:", at: line.startIndex):
        errors = (text.indents[i] + 2, 0)
      case .cause where line.has("[cause]:", at: line.startIndex):
        guard parts.count < Self.maxParts else { break }
        let isAside = parts[parts.count - 1].isAside
        parts.append(nodePart(line.dropFirst(9), i, isAside: isAside))
      default:
        guard let (indent, count) = errors, text.indents[i] == indent, parts.count < Self.maxParts,
          let letter = line.first, letter | 0x20 &- 0x61 < 26 || letter == 0x5b,
          text.forms[i] == .typed || nextIsFrame(i)
        else { break }
        errors?.count += 1
        parts.append(nodePart(line, i, isAside: count > 0))
      }
      i += 1
    }
    return parts
  }

  private func nextIsFrame(_ i: Int) -> Bool { i + 1 < text.count && text.forms[i + 1] == .atFrame }

  /// The head of a trace, told by its first frame or by its last line, and where its frames begin.
  private func nodeHead(_ start: Int) -> (ExceptionPart, Int) {
    let none = ExceptionPart(type: "", message: "")
    // An uncaught error: `path:line`, source, carets, blank.
    var caret: Int?
    for i in stride(from: start - 1, through: max(0, start - 64), by: -1) {
      let line = text.trimmed(i)
      if !line.isEmpty, text.indents[i] > 0 || line.first == 0x5e, line.allSatisfy({ $0 == 0x5e }) {
        caret = i
        break
      }
    }
    if let caret {
      guard let head = text.firstLine(from: caret + 1, where: { text.forms[$0] != .blank }),
        head < start
      else { return (none, start) }
      var end = start
      if let note = text.firstLine(
        from: head, where: { text.trimmed($0).has("(Use `", at: text.start($0)) })
      {
        end = min(end, note)
      }
      let line = text.trimmed(head)
      if line.ends(with: " {") { end = head + 1 }
      if let found = TraceHead(line) {
        return (found.part(text, head + 1..<max(head + 1, end)), end)
      }
      return (
        ExceptionPart(type: "", message: text.message(line, head + 1..<max(head + 1, end))), end
      )
    }
    return (TraceHead.above(start, text)?.part ?? none, start)
  }

  /// A member of a list, or a cause, with the further lines of its message.
  private func nodePart(_ line: ArraySlice<UInt8>, _ i: Int, isAside: Bool) -> ExceptionPart {
    let words = line.ends(with: " {") ? line.dropLast(2) : line
    guard let head = TraceHead(words) else {
      return ExceptionPart(type: "", message: words.text, isAside: isAside)
    }
    var end = i + 1
    while end < text.count, end - i < 40, text.forms[end] != .atFrame, text.forms[end] != .cause,
      !line.ends(with: " {"), !nextCloses(end)
    {
      end += 1
    }
    var part = head.part(
      text, i + 1..<(end < text.count && text.forms[end] == .atFrame ? end : i + 1))
    part.isAside = isAside
    return part
  }

  private func nextCloses(_ i: Int) -> Bool {
    let first = text.trimmed(i).first
    return first == 0x7d || first == 0x5d
  }

  /// `at [async ][new ]F [as G] (P:L:C)`, `at P:L:C`.
  private func nodeFrame(_ whole: ArraySlice<UInt8>) -> StackFrame {
    var line = whole.dropFirst(3)
    if line.ends(with: " {") { line = line.dropLast(2) }
    if line.has("async ", at: line.startIndex) { line = line.dropFirst(6) }
    guard line.last == 0x29, let open = line.first(" (", from: line.startIndex) else {
      let place = line.fileAndLine()
      return StackFrame(function: "", file: place.file, line: place.line)
    }
    let place = line.part(open + 2, line.endIndex - 1).fileAndLine()
    return StackFrame(
      function: line.part(line.startIndex, open).text, file: place.file, line: place.line)
  }
}
