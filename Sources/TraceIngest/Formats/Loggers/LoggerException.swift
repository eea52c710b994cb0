import TraceModel

/// Exceptions as loggers write them: a text in the language's own form, or type, message and frames as members.
///
/// The text is preferred: it has the frames and the chain. Members fill in what it lacks.
extension Decoder {
  private static let textKeys: [RecordKey] = [
    .exception, .excInfo, .stackTraceSnake, .stacktrace, .errorStackDotted, .errorStackShort,
    .errorVerbose, .serilogException, .exceptionCapital, .stack, .stackTraceCamel,
  ]
  private static let holderKeys: [RecordKey] = [
    .err, .error, .exception, .thrown, .stackTraceSnake, .exceptionCapital, .excInfo,
  ]
  private static let typeKeys: [RecordKey] = [
    .errorTypeDotted, .errorType, .errorKindDotted, .exceptionName,
  ]
  private static let messageKeys: [RecordKey] = [.errorMessageDotted, .errorMessage]

  /// The exception of a record, nil where it has none.
  ///
  /// - Parameter isError: the record's severity says so; then a plain text under `error` is an exception's message, as Go's
  ///   loggers write it.
  mutating func loggerException(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ fields: LoggerFields, isError: Bool
  ) -> ExceptionRecord? {
    var holder = 0
    if fields.members != index {
      holder = member(tape, fields.members) { $0.equals("exception") }
      if tape.tag(holder) != JSONTape.Tag.object { return nil }
    }
    for key in Self.holderKeys where holder == 0 && keys.has(key) {
      if [JSONTape.Tag.object, JSONTape.Tag.array].contains(tape.tag(keys[key])) {
        holder = keys[key]
      }
    }
    if holder == 0, keys.has(.message), tape.tag(keys[.message]) == JSONTape.Tag.object {
      // Node's runtime of Lambda: the error is the message.
      holder = keys[.message]
    }
    var head = exceptionHead(tape, holder)
    if tape.tag(holder) == JSONTape.Tag.array, let chain = listedChain(tape, holder) {
      var record = ExceptionRecord(language: "python", parts: chain)
      record.markInApp()
      return record
    }
    if head.type.isEmpty { head.type = firstText(tape, Self.typeKeys, keys) }
    if head.message.isEmpty { head.message = firstText(tape, Self.messageKeys, keys) }
    if head.message.isEmpty {
      head.message = plainError(tape, keys, isError: isError || !head.type.isEmpty)
    }
    if let record = textException(tape, index, holder, keys, fields, head) { return record }
    let frames = listedFrames(tape, holder, keys)
    if head.type.isEmpty, head.message.isEmpty { return nil }
    if holder == keys[.message], holder != 0, head.type.isEmpty { return nil }
    head.frames = frames
    var record = ExceptionRecord(
      language: Self.language(of: frames), parts: [head] + causes(tape, holder))
    record.markInApp()
    return record
  }

  /// The language of listed frames, told by the ending of the first file that has a known one; empty where none has.
  private static func language(of frames: [StackFrame]) -> String {
    let languages = [
      "py": "python", "java": "java", "kt": "java", "scala": "java", "js": "node", "mjs": "node",
      "cjs": "node", "ts": "node", "go": "go", "rb": "ruby", "cs": "dotnet", "php": "php",
      "rs": "rust", "swift": "swift", "ex": "elixir", "exs": "elixir",
    ]
    for frame in frames {
      if let dot = frame.file.lastIndex(of: "."),
        let language = languages[String(frame.file[frame.file.index(after: dot)...])]
      {
        return language
      }
    }
    return ""
  }

  /// Type and message of an object that is an exception.
  private func exceptionHead(_ tape: JSONTape, _ holder: Int) -> ExceptionPart {
    var part = ExceptionPart(type: "", message: "")
    guard tape.tag(holder) == JSONTape.Tag.object else { return part }
    for name: StaticString in ["type", "name", "kind", "class", "errorType", "exc_type", "code"] {
      let words = tape.text(member(tape, holder) { $0.equals(name) })
      if let words, words.count > 0 {
        part.type = words.string
        break
      }
    }
    for name: StaticString in [
      "message", "value", "msg", "errorMessage", "exc_value", "reason",
    ] {
      let words = tape.text(member(tape, holder) { $0.equals(name) })
      if let words, words.count > 0 {
        part.message = words.string
        break
      }
    }
    return part
  }

  private func firstText(_ tape: JSONTape, _ names: [RecordKey], _ keys: RecordKeys) -> String {
    for key in names where keys.has(key) {
      if let words = tape.text(keys[key]), words.count > 0 { return words.string }
    }
    return ""
  }

  /// The text under `error` or `err`, also among the fields of Rust's tracing.
  private func plainError(_ tape: JSONTape, _ keys: RecordKeys, isError: Bool) -> String {
    guard isError else { return "" }
    let found = firstText(tape, [.error, .err, .exception], keys)
    if !found.isEmpty || !keys.has(.fields) { return found }
    return tape.text(member(tape, keys[.fields]) { $0.equals("error") })?.string ?? ""
  }

  // MARK: Text

  /// The exception of a text; where the text has frames alone, type and message are put before it.
  private mutating func textException(
    _ tape: JSONTape, _ index: Int, _ holder: Int, _ keys: RecordKeys, _ fields: LoggerFields,
    _ head: ExceptionPart
  ) -> ExceptionRecord? {
    var stack = ByteBuffer(capacity: 1 << 12)
    if fields.members != index, keys.has(.text) {
      if let words = tape.text(keys[.text]) { stack.put(words) }
    }
    if stack.count == 0, tape.tag(holder) == JSONTape.Tag.object {
      for name: StaticString in [
        "stack", "stack_trace", "stacktrace", "stackTrace", "extendedStackTrace",
      ] {
        putStack(tape, member(tape, holder) { $0.equals(name) }, into: &stack)
        if stack.count > 0 { break }
      }
    }
    for key in Self.textKeys where stack.count == 0 && keys.has(key) {
      putStack(tape, keys[key], into: &stack)
    }
    guard stack.count > 0 else { return nil }
    let record = exception(in: stack.bytes)
    if let record, let first = record.parts.first {
      if !first.type.isEmpty || head.type.isEmpty && head.message.isEmpty { return record }
    }
    if let completed = completedException(stack.bytes, head) { return completed }
    guard var record else { return nil }
    record.parts[0].type = head.type
    if record.parts[0].message.isEmpty { record.parts[0].message = head.message }
    return record
  }

  /// The exception of frames without their head: Python's stand between `Traceback …` and the type, all others behind it.
  private mutating func completedException(_ frames: Bytes, _ head: ExceptionPart)
    -> ExceptionRecord?
  {
    let line =
      head.type.isEmpty || head.message.isEmpty
      ? head.type + head.message : "\(head.type): \(head.message)"
    if line.isEmpty { return nil }
    var whole = ByteBuffer(capacity: frames.count + line.utf8.count + 64)
    let isPython = frames.starts(with: "  File \"") || frames.starts(with: "Traceback")
    if isPython {
      if !frames.starts(with: "Traceback") { whole.put("Traceback (most recent call last):\n") }
    } else {
      whole.put(line)
      whole.put(0x0a)
    }
    whole.put(frames)
    if isPython {
      if frames[frames.count - 1] != 0x0a { whole.put(0x0a) }
      whole.put(line)
    }
    return exception(in: whole.bytes)
  }

  /// A stack as text: a string, or strings that are its lines.
  private func putStack(_ tape: JSONTape, _ value: Int, into stack: inout ByteBuffer) {
    if let words = tape.text(value) { return stack.put(words) }
    guard tape.tag(value) == JSONTape.Tag.array else { return }
    var (i, end) = tape.inside(value)
    while i < end {
      if let words = tape.text(i), words.count > 0 {
        if stack.count > 0, stack.bytes[stack.count - 1] != 0x0a { stack.put(0x0a) }
        stack.put(words)
      }
      i = tape.after(i)
    }
  }

  // MARK: Members

  /// structlog's list of exceptions: outermost first, frames oldest first; nil where it is another list.
  private func listedChain(_ tape: JSONTape, _ list: Int) -> [ExceptionPart]? {
    var parts: [ExceptionPart] = []
    var (i, end) = tape.inside(list)
    while i < end, parts.count < 32 {
      if member(tape, i, { $0.equals("exc_type") }) != 0 {
        var part = exceptionHead(tape, i)
        part.frames = frames(tape, member(tape, i) { $0.equals("frames") }).reversed()
        parts.append(part)
      }
      i = tape.after(i)
    }
    return parts.isEmpty ? nil : parts
  }

  /// Frames as a list of objects: Powertools' oldest first, zerolog's and Java's newest first.
  private func listedFrames(_ tape: JSONTape, _ holder: Int, _ keys: RecordKeys) -> [StackFrame] {
    let python = member(tape, holder) { $0.equals("frames") }
    if python != 0 { return frames(tape, python).reversed() }
    let java = member(tape, holder) { $0.equals("extendedStackTrace") || $0.equals("stackTrace") }
    if java != 0 { return frames(tape, java) }
    return keys.has(.stack) ? frames(tape, keys[.stack]) : []
  }

  /// Frames in the order of their list.
  private func frames(_ tape: JSONTape, _ list: Int) -> [StackFrame] {
    guard tape.tag(list) == JSONTape.Tag.array else { return [] }
    var found: [StackFrame] = []
    var (i, end) = tape.inside(list)
    while i < end, found.count < 512 {
      if tape.tag(i) == JSONTape.Tag.object {
        let method = frameText(tape, i, ["function", "func", "method", "name"])
        let type = frameText(tape, i, ["class"])
        let file = frameText(tape, i, ["path", "filename", "file", "source"])
        let line = member(tape, i) { $0.equals("line") || $0.equals("lineno") }
        let number = tape.text(line).flatMap(signedDecimal) ?? wholeNumber(tape, line) ?? 0
        found.append(
          StackFrame(
            function: type.isEmpty ? method : "\(type).\(method)", file: file,
            line: Int(clamping: number), isInApp: true))
      }
      i = tape.after(i)
    }
    return found
  }

  private func frameText(_ tape: JSONTape, _ frame: Int, _ names: [StaticString]) -> String {
    for name in names {
      if let words = tape.text(member(tape, frame) { $0.equals(name) }) { return words.string }
    }
    return ""
  }

  /// The chain under `cause`, at most eight deep.
  private func causes(_ tape: JSONTape, _ holder: Int) -> [ExceptionPart] {
    var parts: [ExceptionPart] = []
    var at = member(tape, holder) { $0.equals("cause") }
    while tape.tag(at) == JSONTape.Tag.object, parts.count < 8 {
      var part = exceptionHead(tape, at)
      part.frames = frames(
        tape, member(tape, at) { $0.equals("extendedStackTrace") || $0.equals("frames") })
      parts.append(part)
      at = member(tape, at) { $0.equals("cause") }
    }
    return parts
  }
}
