/// Java, Kotlin, Scala: frames newest first; `Caused by:` follows; frames in common with the trace around are elided.
extension StackTraceParser {
  /// Whether a frame is one of Java: what stands in the last brackets is a file with one number, or a word for there being none.
  func isJavaFrame(_ line: ArraySlice<UInt8>) -> Bool {
    guard let (open, close) = javaBrackets(line) else { return false }
    let inside = line.part(open + 1, close)
    if inside.equals("Native Method") || inside.equals("Unknown Source")
      || inside.equals("<generated>")
    {
      return true
    }
    guard let name = inside.typeName(at: inside.startIndex) else { return false }
    if name.end == inside.endIndex {
      return name.last > inside.startIndex && !inside.has("::", at: name.last - 2)
    }
    return inside[name.end] == 0x3a && inside.skipDigits(name.end + 1) == inside.endIndex
  }

  /// The brackets with the file: the first that open behind the method.
  private func javaBrackets(_ line: ArraySlice<UInt8>) -> (open: Int, close: Int)? {
    guard let open = line.first("(", from: line.startIndex), let close = line.first(")", from: open)
    else { return nil }
    return (open, close)
  }

  func java(from firstFrame: Int) -> [ExceptionPart] {
    let head = TraceHead.above(firstFrame, text)
    var parts = [head?.part ?? ExceptionPart(type: "", message: "")]
    // The part whose head has an indentation, and the parts that frames in common are taken from.
    var heads: [(indent: Int, part: Int)] = [(0, 0)]
    var around = [-1]
    var isRootFirst = false
    var i = firstFrame
    while i < text.count {
      let line = text.trimmed(i)
      switch text.forms[i] {
      case .atFrame: parts[parts.count - 1].frames.appendOlder(javaFrame(line))
      case .elision:
        if let number = line.number(at: line.startIndex + 4) {
          addCommon(number.value, around[parts.count - 1], &parts)
        }
      case .cause:
        guard parts.count < Self.maxParts, let next = TraceHead(line) else { break }
        let indent = text.indents[i]
        let isSuppressed = line.has("Suppressed: ", at: line.startIndex)
        if line.has("Wrapped by:", at: line.startIndex) { isRootFirst = true }
        while let last = heads.last, heads.count > 1, last.indent > indent { heads.removeLast() }
        while isSuppressed, heads.count > 1, let last = heads.last, last.indent == indent {
          heads.removeLast()
        }
        around.append(heads.last?.part ?? 0)
        if heads.last?.indent == indent { heads.removeLast() }
        heads.append((indent, parts.count))
        let end = text.firstLine(from: i + 1) { isJavaLine($0) } ?? i + 1
        var part = next.part(text, i + 1..<min(end, i + 40))
        part.isAside = indent > 0
        parts.append(part)
      case .typed where text.indents[i] == 0 && !parts[parts.count - 1].frames.isEmpty:
        // Another trace.
        i = text.count
      default: break
      }
      i += 1
    }
    return isRootFirst ? parts.reversed() : parts
  }

  private func isJavaLine(_ i: Int) -> Bool {
    switch text.forms[i] {
    case .atFrame, .elision, .cause: true
    default: false
    }
  }

  /// The frames that a part has in common with the one around it: the oldest of that one.
  private func addCommon(_ count: Int, _ around: Int, _ parts: inout [ExceptionPart]) {
    guard around >= 0, around < parts.count - 1, count > 0 else { return }
    // A part takes them once, so a chain costs at most its own frames each time.
    let common = parts[around].frames.suffix(count)
    let room = Self.maxFrames - parts[parts.count - 1].frames.count
    parts[parts.count - 1].frames += common.prefix(max(0, room))
  }

  /// `at [loader/][module@version/]pkg.Cls.m(File.java:N)[ ~[x.jar:1.0]]`.
  private func javaFrame(_ line: ArraySlice<UInt8>) -> StackFrame {
    let start = line.startIndex + 3
    guard let (open, close) = javaBrackets(line) else {
      return StackFrame(function: line.part(start, line.endIndex).text)
    }
    var name = start
    var i = start
    // A hidden class has a slash too: `Shop$$Lambda/0x00007f`.
    while i < open {
      if line[i] == 0x2f, !line.has("0x", at: i + 1) { name = i + 1 }
      i += 1
    }
    var module = line.part(start, max(start, name - 1))
    while module.first == 0x2f { module = module.dropFirst() }
    while module.last == 0x2f { module = module.dropLast() }
    let inside = line.part(open + 1, close)
    var frame = StackFrame(function: line.part(name, open).text, module: module.text)
    if !inside.equals("Native Method"), !inside.equals("Unknown Source") {
      (frame.file, frame.line) = inside.fileAndLine()
    }
    return frame
  }
}
