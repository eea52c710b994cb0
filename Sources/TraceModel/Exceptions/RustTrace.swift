/// Rust: a panic with its place, frames as pairs newest first; or anyhow's error with its list of causes.
extension StackTraceParser {
  func rust(from start: Int) -> [ExceptionPart] {
    if let panic = text.firstLine(from: start, where: { text.forms[$0] == .rustPanic }) {
      return [rustPanic(panic)]
    }
    return anyhow(start)
  }

  private func isRustNote(_ i: Int) -> Bool {
    text.forms[i] == .rustNote || text.forms[i] == .rustPanic
  }

  private func rustPanic(_ i: Int) -> ExceptionPart {
    let line = text.trimmed(i)
    let mark = (line.first("panicked at ", from: line.startIndex) ?? line.startIndex) + 12
    let end = text.firstLine(from: i + 1) { isRustNote($0) } ?? text.count
    var part = ExceptionPart(type: "", message: "")
    var place = line.part(mark, line.endIndex)
    if line.byte(mark) == 0x27, let quote = line.last(0x27, before: line.endIndex), quote > mark {
      // Before 1.73: `panicked at 'message', P:L:C`.
      part.message = line.part(mark + 1, quote).text
      place = line.part(quote + 3, line.endIndex)
    } else {
      let first = i + 1 < end ? text.trimmed(i + 1) : line.part(line.endIndex, line.endIndex)
      // The message ends at the first blank line where no note follows.
      let blank = text.firstLine(from: i + 1) { text.forms[$0] == .blank } ?? end
      let stop = end == text.count ? min(end, blank) : end
      part.message = text.message(first, min(i + 2, stop)..<stop)
    }
    if place.last == 0x3a { place = place.dropLast() }
    let (file, number) = place.fileAndLine()
    part.frames = end < text.count ? rustFrames(end) : []
    if part.frames.isEmpty { part.frames = [StackFrame(function: "", file: file, line: number)] }
    return part
  }

  /// `N: F` and below it `at P:L:C`.
  private func rustFrames(_ start: Int) -> [StackFrame] {
    var frames: [StackFrame] = []
    var i = start
    if text.forms[i] == .rustNote { i += 1 }
    while i < text.count, !isRustNote(i),
      text.indents[i] > 0 || text.forms[i] == .blank || frames.isEmpty
    {
      let line = text.trimmed(i)
      if text.forms[i] == .atFrame {
        if let last = frames.indices.last, frames[last].file.isEmpty {
          (frames[last].file, frames[last].line) = line.dropFirst(3).fileAndLine()
        }
      } else if let number = line.number(at: line.startIndex), line.has(":", at: number.end) {
        var name = line.part(line.skipBlanks(number.end + 1), line.endIndex)
        if name.has("0x", at: name.startIndex), let dash = name.first(" - ", from: name.startIndex)
        {
          name = name.part(dash + 3, name.endIndex)
        }
        frames.appendOlder(StackFrame(function: name.text))
      }
      i += 1
    }
    return frames
  }

  /// `Error: m`, `Caused by:`, `    0: m`, `Stack backtrace:`.
  private func anyhow(_ start: Int) -> [ExceptionPart] {
    let causes = text.firstLine(from: 0) { text.trimmed($0).equals("Caused by:") }
    let trace = text.firstLine(from: 0) { text.forms[$0] == .rustNote }
    let stop = min(causes ?? text.count, trace ?? text.count)
    let head = text.firstLine(from: 0) { text.forms[$0] != .blank } ?? 0
    guard head < stop else { return [] }
    var first = text.trimmed(head)
    if first.has("Error: ", at: first.startIndex) { first = first.dropFirst(7) }
    var parts = [ExceptionPart(type: "", message: text.message(first, head + 1..<stop))]
    if let causes {
      for i in causes + 1..<max(causes + 1, trace ?? text.count) {
        guard parts.count < Self.maxParts, text.indents[i] > 0, text.forms[i] != .blank else {
          continue
        }
        var line = text.trimmed(i)
        if let number = line.number(at: line.startIndex), line.has(": ", at: number.end) {
          line = line.part(number.end + 2, line.endIndex)
        }
        parts.append(ExceptionPart(type: "", message: line.text))
      }
    }
    // It is taken where the innermost error is made.
    if let trace { parts[parts.count - 1].frames = rustFrames(trace) }
    return parts
  }
}
