/// Python: frames newest last; the earlier block of a chain is the cause; members of a group stand behind a gutter.
extension StackTraceParser {
  /// A line without its gutter: the gutter's column (-1 without one), whether it is a rule (`+---- 1 ----`), and its content.
  private struct Row {
    var column = -1
    var isRule = false
    /// Whether a rule has a member's number: another member follows.
    var isNumbered = false
    /// Whether a rule is the first below a group.
    var opensMembers = false
    var form: LineForm
    var indent: Int
    var content: ArraySlice<UInt8>
  }

  func python(from first: Int) -> [ExceptionPart] {
    // A frame without a head (SyntaxError) belongs to the line itself.
    let rows = (first..<text.count).map { row($0) }
    var at = 0
    var parts = pythonChain(rows, &at, depth: 0)
    if parts.count == 1, parts[0].type.isEmpty, parts[0].message.isEmpty, first > 0,
      let head = TraceHead.above(first, text)
    {
      // Lambda's runtime prints the type above the frames, and not below.
      parts[0].type = head.part.type
      parts[0].message = head.part.message
    }
    return parts
  }

  private func row(_ index: Int) -> Row {
    let line = text[index]
    let start = text.start(index)
    let byte = line.byte(start)
    var row = Row(
      form: text.forms[index], indent: text.indents[index], content: text.trimmed(index))
    guard row.indent > 0, byte == 0x7c || byte == 0x2b else { return row }
    row.column = start - line.startIndex
    if byte == 0x2b, line.byte(start + 1) == 0x2d {
      row.isRule = true
      row.opensMembers = row.content.has("+-+", at: start)
      row.isNumbered = row.content.contains { $0 &- 0x30 < 10 || $0 == 0x2e }
      return row
    }
    let content = line.part(start + 2, line.endIndex)
    let (form, indent) = content.lineForm()
    row.form = form
    row.indent = indent
    row.content = content.part(content.startIndex + indent, content.endIndex)
    return row
  }

  /// A chain of blocks in one gutter; ends at a line of another gutter or of none of its forms.
  ///
  /// - Returns: outermost first.
  private func pythonChain(_ rows: [Row], _ at: inout Int, depth: Int) -> [ExceptionPart] {
    guard at < rows.count else { return [] }
    let column = depth == 0 ? -1 : rows[at].column
    var blocks: [[ExceptionPart]] = []
    while at < rows.count, blocks.count < Self.maxParts {
      let before = at
      blocks.append(pythonBlock(rows, &at, column, depth))
      var next = at
      while next < rows.count, rows[next].form == .blank, rows[next].column == column { next += 1 }
      guard next < rows.count, rows[next].form == .pythonChain, rows[next].column == column,
        at > before
      else { break }
      next += 1
      while next < rows.count, rows[next].form == .blank { next += 1 }
      at = next
    }
    return Array(blocks.reversed().joined().prefix(Self.maxParts))
  }

  /// One traceback with its type, and the members where it is a group.
  private func pythonBlock(_ rows: [Row], _ at: inout Int, _ column: Int, _ depth: Int)
    -> [ExceptionPart]
  {
    var frames: [StackFrame] = []
    if rows[at].form == .traceback { at += 1 }
    var part = ExceptionPart(type: "", message: "")
    // A group's head has its `+` where the gutter of its own lines is.
    let gutter = column < 0 && at < rows.count ? rows[at].column : column
    while at < rows.count, rows[at].column == gutter, !rows[at].isRule {
      let row = rows[at]
      if row.form == .pythonFrame {
        frames.append(pythonFrame(row.content))
        if frames.count > 2 * Self.maxFrames { frames.removeFirst(Self.maxFrames) }
      } else if row.form == .traceback || row.form == .pythonChain {
        break
      } else if row.indent == 0, row.form != .blank {
        part = pythonType(rows, &at, gutter)
        break
      }
      at += 1
    }
    part.frames = frames.reversed().prefix(Self.maxFrames).map { $0 }
    var parts = [part]
    guard at < rows.count, rows[at].opensMembers, rows[at].column >= gutter, depth < 16 else {
      return parts
    }
    pythonMembers(rows, &at, gutter, depth, &parts)
    return parts
  }

  /// The line `Type: message` with the lines that belong to the message: up to a blank one, or the next block.
  private func pythonType(_ rows: [Row], _ at: inout Int, _ gutter: Int) -> ExceptionPart {
    let line = rows[at].content
    at += 1
    var more = ""
    while at < rows.count, rows[at].column == gutter, !rows[at].isRule, rows[at].form != .blank,
      rows[at].form != .traceback, rows[at].form != .pythonChain
    {
      if more.utf8.count < 1 << 14 { more += "\n" + rows[at].content.text }
      at += 1
    }
    guard let head = TraceHead(line) else {
      return ExceptionPart(type: "", message: line.text + more)
    }
    return ExceptionPart(type: head.type.text, message: head.message.text + more)
  }

  /// The members of a group: the first goes on with the chain, the others stand beside it.
  private func pythonMembers(
    _ rows: [Row], _ at: inout Int, _ gutter: Int, _ depth: Int, _ parts: inout [ExceptionPart]
  ) {
    var isFirst = true
    var main: [ExceptionPart] = []
    while at < rows.count, rows[at].isRule, rows[at].column >= gutter + (isFirst ? 0 : 2) {
      let isNumbered = rows[at].isNumbered
      at += 1
      guard isNumbered, at < rows.count, rows[at].column >= 0, !rows[at].isRule else { break }
      let before = at
      var member = pythonChain(rows, &at, depth: depth + 1)
      if at == before { at += 1 }
      if isFirst {
        main = member
      } else {
        for index in member.indices { member[index].isAside = true }
        if parts.count < Self.maxParts { parts += member }
      }
      isFirst = false
      while at < rows.count, rows[at].column > gutter, !rows[at].isRule { at += 1 }
    }
    parts += main
  }

  /// `File "P", line N, in F`.
  private func pythonFrame(_ line: ArraySlice<UInt8>) -> StackFrame {
    let start = line.startIndex + 6
    guard let quote = line.first("\", line ", from: start),
      let number = line.number(at: quote + 8)
    else { return StackFrame(function: "", file: line.text) }
    let name =
      line.has(", in ", at: number.end) ? line.part(number.end + 5, line.endIndex).text : ""
    return StackFrame(function: name, file: line.part(start, quote).text, line: number.value)
  }
}
