/// Go: pairs of function and place, newest first, of the goroutine that was running; or the pairs that pkg/errors prints.
extension StackTraceParser {
  /// Whether a function's line has its place below it.
  func isGoPair(_ i: Int) -> Bool { i + 1 < text.count && isGoPlace(i + 1) }

  private func isGoPlace(_ i: Int) -> Bool {
    guard text.indents[i] > 0, let first = text.trimmed(i).first else { return false }
    let line = text.trimmed(i)
    return (first == 0x2f || first.isLetter) && line.first(".go:", from: line.startIndex) != nil
      || line.first(".s:", from: line.startIndex) != nil && first == 0x2f
  }

  func go(from start: Int) -> [ExceptionPart] {
    let head = text.firstLine(from: 0) { text.forms[$0] == .goPanic }
    let goroutine = goroutineLine()
    guard let goroutine else {
      if let head { return goPanics(head) }
      return goErrors(start)
    }
    var parts = head.map(goPanics) ?? goLogged(goroutine)
    var frames: [StackFrame] = []
    var i = goroutine + 1
    while i < text.count, text.forms[i] != .blank, text.forms[i] != .goroutine {
      if isGoPair(i) {
        frames.appendOlder(goFrame(text.trimmed(i), text.trimmed(i + 1)))
        i += 2
      } else {
        i += 1
      }
    }
    // What went on panicking is the same stack.
    parts[parts.count - 1].frames = frames
    return parts
  }

  /// The goroutine that was running, else the first.
  private func goroutineLine() -> Int? {
    let running = text.firstLine(from: 0) {
      text.forms[$0] == .goroutine
        && text.trimmed($0).first("[running", from: text.start($0)) != nil
    }
    return running ?? text.firstLine(from: 0) { text.forms[$0] == .goroutine }
  }

  /// `panic: a [recovered]` and what was thrown after it: the first one is the cause.
  private func goPanics(_ first: Int) -> [ExceptionPart] {
    var parts: [ExceptionPart] = []
    var i = first
    while i < text.count, text.forms[i] != .goroutine, parts.count < Self.maxParts {
      if text.forms[i] == .goPanic, !text.trimmed(i).has("[signal ", at: text.start(i)) {
        let part = goPanic(text.trimmed(i))
        if parts.first?.message != part.message { parts.insert(part, at: 0) }
      } else if text.forms[i] != .blank, text.forms[i] != .goPanic, !parts.isEmpty,
        text.indents[i] > 0, parts[0].message.utf8.count < 1 << 14
      {
        // The runtime indents the further lines of a message.
        parts[0].message += "\n" + text.trimmed(i).text
      }
      i += 1
    }
    return parts.isEmpty ? [ExceptionPart(type: "", message: "")] : parts
  }

  private func goPanic(_ line: ArraySlice<UInt8>) -> ExceptionPart {
    var rest = line
    for prefix: StaticString in ["panic: ", "fatal error: "]
    where rest.has(prefix, at: rest.startIndex) {
      rest = rest.dropFirst(prefix.utf8CodeUnitCount)
    }
    for suffix: StaticString in [" [recovered]", " [recovered, repanicked]"]
    where rest.ends(with: suffix) {
      rest = rest.dropLast(suffix.utf8CodeUnitCount)
    }
    if rest.has("runtime error: ", at: rest.startIndex) {
      return ExceptionPart(type: "runtime error", message: rest.dropFirst(15).text)
    }
    let isFatal = line.has("fatal error: ", at: line.startIndex)
    return ExceptionPart(type: isFatal ? "fatal error" : "", message: rest.text)
  }

  /// A goroutine's stack below a log's own words.
  private func goLogged(_ goroutine: Int) -> [ExceptionPart] {
    var i = goroutine
    while i > 0 {
      i -= 1
      if text.forms[i] != .blank { return [ExceptionPart(type: "", message: text.trimmed(i).text)] }
    }
    return [ExceptionPart(type: "", message: "")]
  }

  /// pkg/errors with `%+v`: message, pairs, then the message that wraps it with its pairs.
  private func goErrors(_ first: Int) -> [ExceptionPart] {
    var parts: [ExceptionPart] = []
    var message = ""
    var i = first > 0 ? first - 1 : first
    while i > 0, text.forms[i - 1] == .other, first - i < 20 { i -= 1 }
    while i < text.count {
      if isGoPair(i), text.forms[i] == .goFunction {
        if parts.isEmpty || !message.isEmpty {
          guard parts.count < Self.maxParts else { break }
          parts.append(ExceptionPart(type: "", message: message))
          message = ""
        }
        parts[parts.count - 1].frames.appendOlder(goFrame(text.trimmed(i), text.trimmed(i + 1)))
        i += 2
      } else {
        if text.forms[i] != .blank, message.utf8.count < 1 << 14 {
          message += message.isEmpty ? text.trimmed(i).text : "\n" + text.trimmed(i).text
        }
        i += 1
      }
    }
    if !message.isEmpty, !parts.isEmpty, parts.count < Self.maxParts {
      parts.append(ExceptionPart(type: "", message: message))
    }
    return parts.reversed()
  }

  /// `main.(*T).f(0x1, …)` and `P:N +0x5`.
  private func goFrame(_ function: ArraySlice<UInt8>, _ place: ArraySlice<UInt8>) -> StackFrame {
    var name = function
    if name.has("created by ", at: name.startIndex) {
      name = name.dropFirst(11)
      if let end = name.first(" in goroutine ", from: name.startIndex) {
        name = name.part(name.startIndex, end)
      }
    } else if name.last == 0x29 {
      // Arguments may hold brackets of their own.
      var depth = 0
      var i = name.endIndex
      while i > name.startIndex {
        i -= 1
        if name[i] == 0x29 { depth += 1 }
        if name[i] == 0x28 { depth -= 1 }
        if depth == 0 { break }
      }
      if i > name.startIndex, name[i - 1] != 0x2e { name = name.part(name.startIndex, i) }
    }
    let end = place.first(" +0x", from: place.startIndex) ?? place.endIndex
    let (file, line) = place.part(place.startIndex, end).fileAndLine()
    return StackFrame(function: name.text, file: file, line: line)
  }
}

extension UInt8 {
  /// Whether it is an ASCII letter.
  var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
}
