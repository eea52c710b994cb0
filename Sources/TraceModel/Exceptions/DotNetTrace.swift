/// .NET: the innermost exception's frames come first, each block closed by `--- End of inner exception stack trace ---`.
extension StackTraceParser {
  func dotnet(from firstFrame: Int) -> [ExceptionPart] {
    guard let start = dotnetStart(firstFrame) else {
      return dotnetBlocks([ExceptionPart(type: "", message: "")], firstFrame)
    }
    var heads: [ExceptionPart] = []
    addHeads(text.trimmed(start), &heads)
    return dotnetBlocks(heads, start + 1)
  }

  /// The line of the outermost head: the first typed one in the lines above.
  private func dotnetStart(_ firstFrame: Int) -> Int? {
    guard firstFrame > 0 else { return nil }
    let from = max(0, firstFrame - 60)
    if let typed = text.firstLine(from: from, where: { text.forms[$0] == .typed }),
      typed < firstFrame
    {
      return typed
    }
    return text.firstLine(from: from) { text.forms[$0] != .blank && text.forms[$0] != .cause }
      .flatMap { $0 < firstFrame ? $0 : nil }
  }

  /// `Outer: message ---> Inner: message` on one line, or one of them.
  private func addHeads(_ line: ArraySlice<UInt8>, _ heads: inout [ExceptionPart]) {
    var rest = line
    while heads.count < Self.maxParts {
      if rest.has("---> ", at: rest.startIndex) { rest = rest.dropFirst(5) }
      let cut = rest.first(" ---> ", from: rest.startIndex)
      let own = rest.part(rest.startIndex, cut ?? rest.endIndex)
      if let head = TraceHead(own) {
        heads.append(ExceptionPart(type: head.type.text, message: head.message.text))
      } else {
        heads.append(ExceptionPart(type: "", message: own.text))
      }
      guard let cut else { return }
      rest = rest.part(cut + 6, rest.endIndex)
    }
  }

  private func dotnetBlocks(_ first: [ExceptionPart], _ start: Int) -> [ExceptionPart] {
    var parts = first
    // The parts whose frames are still to come; the last one is being read.
    var open = Array(parts.indices)
    var isDuplicate = false
    var i = start
    while i < text.count {
      let line = text.trimmed(i)
      switch text.forms[i] {
      case .atFrame:
        if let current = open.last, !isDuplicate {
          parts[current].frames.appendOlder(dotnetFrame(line))
        }
      case .elision where line.has("--- End of inner", at: line.startIndex):
        if open.count > 1 { open.removeLast() }
      case .cause where line.has("---> (Inner Exception #", at: line.startIndex):
        // Members of an aggregate: the first was printed as the inner one.
        isDuplicate = line.has("0)", at: line.startIndex + 23)
        guard !isDuplicate, parts.count < Self.maxParts,
          let close = line.first(") ", from: line.startIndex)
        else { break }
        let before = parts.count
        addHeads(line.part(close + 2, line.endIndex), &parts)
        for index in before..<parts.count { parts[index].isAside = true }
        open = Array(before..<parts.count)
      case .cause:
        let before = parts.count
        addHeads(line, &parts)
        open += Array(before..<parts.count)
      case .typed where text.indents[i] == 0 && !parts[0].frames.isEmpty: i = text.count
      case .other where !isDuplicate:
        if let current = open.last, parts[current].frames.isEmpty, current == parts.count - 1,
          parts[current].message.utf8.count < 1 << 14
        {
          parts[current].message += "\n" + line.text
        }
      default: break
      }
      i += 1
    }
    return parts
  }

  /// `at Ns.Cls.M(T a) in P:line N`.
  private func dotnetFrame(_ whole: ArraySlice<UInt8>) -> StackFrame {
    let line = whole.dropFirst(3)
    guard let mark = line.first(") in ", from: line.startIndex) else {
      return StackFrame(function: line.text)
    }
    var frame = StackFrame(function: line.part(line.startIndex, mark + 1).text)
    let place = line.part(mark + 5, line.endIndex)
    if let colon = place.first(":line ", from: place.startIndex) {
      frame.file = place.part(place.startIndex, colon).text
      frame.line = place.number(at: colon + 6)?.value ?? 0
    } else {
      frame.file = place.text
    }
    return frame
  }
}
