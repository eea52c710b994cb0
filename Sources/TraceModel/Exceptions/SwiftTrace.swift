/// Swift: a fatal error's line, and the backtrace of the crashed thread where the runtime printed one.
extension StackTraceParser {
  func swift(from start: Int) -> [ExceptionPart] {
    var part = swiftHead(start)
    let crashed = text.firstLine(from: start) {
      text.trimmed($0).has("Thread ", at: text.start($0)) && text[$0].ends(with: "crashed:")
    }
    guard let crashed else { return [part] }
    var frames: [StackFrame] = []
    var i = crashed + 1
    while i < text.count {
      let line = text.trimmed(i)
      if line.has("Thread ", at: line.startIndex) || line.has("Registers:", at: line.startIndex)
        || line.has("Images (", at: line.startIndex)
      {
        break
      }
      if let frame = swiftFrame(line) { frames.appendOlder(frame) }
      i += 1
    }
    if !frames.isEmpty { part.frames = frames }
    return [part]
  }

  /// `Mod/File.swift:N: Fatal error: message`, else `*** Program crashed: reason at 0x… ***`.
  private func swiftHead(_ start: Int) -> ExceptionPart {
    for i in start..<min(text.count, start + 12) where text.forms[i] == .swiftHead {
      let line = text.trimmed(i)
      for kind: StaticString in ["Fatal error", "Precondition failed", "Assertion failed"] {
        guard let mark = line.first(kind, from: line.startIndex) else { continue }
        let end = mark + kind.utf8CodeUnitCount
        let message =
          line.has(": ", at: end) ? line.part(end + 2, line.endIndex) : line.part(end, end)
        var part = swiftMessage(line.part(mark, end), message)
        let place = line.part(line.startIndex, mark - 2)
        let (file, number) = place.fileAndLine()
        if number > 0 { part.frames = [StackFrame(function: "", file: file, line: number)] }
        return part
      }
      if let mark = line.first("Program crashed: ", from: line.startIndex) {
        let end = line.first(" at 0x", from: mark) ?? line.endIndex
        return ExceptionPart(type: "Program crashed", message: line.part(mark + 17, end).text)
      }
    }
    return ExceptionPart(type: "", message: "")
  }

  /// An error that left `main` has a type of its own: `shop.PayError.refused(order: 3)`.
  private func swiftMessage(
    _ kind: ArraySlice<UInt8>, _ message: ArraySlice<UInt8>
  ) -> ExceptionPart {
    let thrown: StaticString = "Error raised at top level: "
    guard message.has(thrown, at: message.startIndex) else {
      return ExceptionPart(type: kind.text, message: message.text)
    }
    let error = message.dropFirst(thrown.utf8CodeUnitCount)
    guard let name = error.typeName(at: error.startIndex), name.last > error.startIndex else {
      return ExceptionPart(type: "Error", message: error.text)
    }
    // The last word in lower case is a case of the type.
    let isCase = error[name.last] &- 0x61 < 26
    let end = isCase ? name.last - 1 : name.end
    return ExceptionPart(
      type: error.part(error.startIndex, end).text,
      message: error.part(end + (isCase ? 1 : 0), error.endIndex).text)
  }

  /// `3 [ra] [system] 0x… F + OFF in IMAGE[ at P:L:C]`.
  private func swiftFrame(_ line: ArraySlice<UInt8>) -> StackFrame? {
    guard let number = line.number(at: line.startIndex) else { return nil }
    var at = line.skipBlanks(number.end)
    var isSystem = false
    while line.byte(at) == 0x5b, let close = line.first("]", from: at) {
      if line.has("[system]", at: at) || line.has("[thunk]", at: at) { isSystem = true }
      at = line.skipBlanks(close + 1)
    }
    guard line.has("0x", at: at), let blank = line.first(" ", from: at) else { return nil }
    let rest = line.part(blank + 1, line.endIndex)
    var frame = StackFrame(function: rest.text, isInApp: !isSystem)
    // `<offset> in ` and what follows are looked for from the function on, which may hold ` + ` itself.
    guard let image = rest.first(" in ", from: rest.startIndex) else { return frame }
    var imageStart = image
    while let next = rest.first(" in ", from: imageStart + 1) { imageStart = next }
    var function = rest.part(rest.startIndex, imageStart)
    if let plus = function.last(0x2b, before: function.endIndex),
      function.skipDigits(plus + 2) == function.endIndex, plus > function.startIndex
    {
      function = function.part(function.startIndex, plus - 1)
    }
    frame.function = function.text
    let place = rest.first(" at ", from: imageStart + 4)
    frame.module = rest.part(imageStart + 4, place ?? rest.endIndex).text
    if let place { (frame.file, frame.line) = rest.part(place + 4, rest.endIndex).fileAndLine() }
    return frame
  }
}
