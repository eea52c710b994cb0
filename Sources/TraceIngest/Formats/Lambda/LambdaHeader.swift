import TraceModel

/// Lines of a function under the headers of Lambda's runtimes, and errors that nobody caught.
extension Decoder {
  /// What a runtime writes before the function's own text.
  private struct RuntimeHeader {
    var time: Int64 = 0
    var request = Bytes.none
    var level = Bytes.none
    /// Where the text begins.
    var end = 0
  }

  /// Node (and .NET): `<time>Z<tab><request or undefined><tab>LEVEL<tab>text`; false where it is none.
  mutating func nodeLine(_ bytes: Bytes, _ envelope: Envelope) -> Bool {
    guard let time = isoTime(bytes), time.hasZone, time.length < bytes.count,
      bytes[time.length] == 0x09, let request = field(bytes, time.length + 1),
      let level = field(bytes, request.end + 1), isRequest(request.text)
    else { return false }
    let severity = runtimeSeverity(level.text)
    guard severity != 0 else { return false }
    var header = RuntimeHeader(time: time.ns, request: request.text, level: level.text)
    header.end = min(bytes.count, level.end + 1)
    let rest = bytes.slice(header.end, bytes.count)
    for head: StaticString in [
      "Invoke Error ", "Uncaught Exception ", "Unhandled Promise Rejection ",
    ] where rest.starts(with: head) {
      let brace = JSONScan.skipBlanks(rest, head.utf8CodeUnitCount)
      if brace < rest.count, rest[brace] == 0x7b {
        uncaughtNode(bytes, header, rest, rest.slice(brace, rest.count), envelope)
        return true
      }
    }
    runtimeText(bytes, header, severity, envelope)
    return true
  }

  /// Python: `[LEVEL]<tab><time>Z<tab><request><tab>text`, or `[ERROR] Type: message` and a traceback; false where it is neither.
  mutating func pythonLine(_ bytes: Bytes, _ envelope: Envelope) -> Bool {
    guard let close = bytes.firstIndex(of: 0x5d, from: 1), close <= 12, close + 2 < bytes.count
    else { return false }
    let level = bytes.slice(1, close)
    let severity = runtimeSeverity(level)
    guard severity != 0 else { return false }
    if bytes[close + 1] == 0x20 { return uncaughtPython(bytes, close + 2, envelope) }
    guard bytes[close + 1] == 0x09, let time = isoTime(bytes.slice(close + 2, bytes.count)),
      time.hasZone
    else { return false }
    let tab = close + 2 + time.length
    guard tab < bytes.count, bytes[tab] == 0x09, let request = field(bytes, tab + 1),
      request.text.count == 0 || isRequest(request.text)
    else { return false }
    var header = RuntimeHeader(time: time.ns, request: request.text, level: level)
    header.end = min(bytes.count, request.end + 1)
    runtimeText(bytes, header, severity, envelope)
    return true
  }

  /// The function's own text under a header, as payload: JSON of a logger, or text.
  private mutating func runtimeText(
    _ bytes: Bytes, _ header: RuntimeHeader, _ severity: UInt8, _ envelope: Envelope
  ) {
    let inner = headed(bytes, header, severity, envelope)
    let rest = bytes.slice(header.end, bytes.count)
    let first = JSONScan.skipBlanks(rest, 0)
    if first < rest.count, rest[first] == 0x7b, inner.depth < Self.maxUnwraps {
      var carried = inner
      carried.depth += 1
      if jsonPayload(rest.slice(first, rest.count), carried) { return }
    }
    var copy = ByteBuffer(capacity: rest.count + 8)
    let start = text.count
    putLines(rest)
    copy.put(text.buffer.bytes.slice(start, text.count))
    text.buffer.count = start
    textPayload(copy.bytes, inner)
  }

  private func headed(
    _ bytes: Bytes, _ header: RuntimeHeader, _ severity: UInt8, _ envelope: Envelope
  ) -> Envelope {
    var inner = envelope
    if header.time != 0 { inner.time = header.time }
    inner.severity = severity
    inner.level = unsafe Array(header.level.raw)
    inner.header = unsafe Array(bytes.slice(0, header.end).raw)
    if isRequestID(header.request) { inner.request = unsafe Array(header.request.raw) }
    return inner
  }

  // MARK: Errors that nobody caught

  private mutating func uncaughtNode(
    _ bytes: Bytes, _ header: RuntimeHeader, _ body: Bytes, _ json: Bytes, _ envelope: Envelope
  ) {
    let inner = headed(bytes, header, 17, envelope)
    uncaught(body, errorObject(json, inner), inner)
  }

  /// The exception of a JSON object `{"errorType", "errorMessage", "stack" or "stackTrace"}`; nil where it is none.
  private mutating func errorObject(_ json: Bytes, _ envelope: Envelope) -> ExceptionRecord? {
    let depth = envelope.depth + 1
    guard depth <= Self.maxUnwraps else { return nil }
    return withPayload(json, repairs: true) { decoder, tape -> ExceptionRecord? in
      guard tape.tag(tape.root) == JSONTape.Tag.object else { return nil }
      decoder.keys[depth].look(tape, tape.root, &decoder.text.memberKeys)
      let known = decoder.keys[depth]
      let fields = decoder.loggerFields(tape, tape.root, known, envelope.offset)
      return decoder.loggerException(tape, tape.root, known, fields, isError: true)
    } ?? nil
  }

  /// `[ERROR] Type: message`, a traceback without its last line, blanks of U+00A0.
  private mutating func uncaughtPython(
    _ bytes: Bytes, _ start: Int, _ envelope: Envelope
  ) -> Bool {
    let begin = text.count
    putLines(bytes.slice(start, bytes.count))
    var lines = ByteBuffer(capacity: text.count - begin + 8)
    lines.put(text.buffer.bytes.slice(begin, text.count))
    text.buffer.count = begin
    let body = lines.bytes
    let traceback: StaticString = "\nTraceback (most recent call last):"
    let mark = find(traceback, body)
    var colon = 0
    while colon < body.count, isIDByte(body[colon]) || body[colon] == 0x2e || body[colon] == 0x5f {
      colon += 1
    }
    guard colon > 0, colon + 1 < body.count, body[colon] == 0x3a,
      mark != nil || body.starts(with: "Runtime.")
    else { return false }
    let head = body.slice(0, mark ?? body.count)
    var inner = envelope
    inner.severity = 17
    inner.level = unsafe Array(bytes.slice(1, start - 2).raw)
    inner.header = unsafe Array(bytes.slice(0, start).raw)
    let type = body.slice(0, colon).string
    let message = head.slice(min(head.count, colon + 2), head.count).string
    var record: ExceptionRecord?
    if let mark {
      // As Python itself writes it: the type stands behind the frames.
      var whole = ByteBuffer(capacity: body.count + 8)
      whole.put(body.slice(mark + 1, body.count))
      if whole.bytes[whole.count - 1] != 0x0a { whole.put(0x0a) }
      whole.put(head)
      record = exception(in: whole.bytes)
    }
    uncaught(
      body,
      record
        ?? ExceptionRecord(
          language: "python", parts: [ExceptionPart(type: type, message: message)]), inner)
    return true
  }

  /// A row of an error that nobody caught.
  private mutating func uncaught(
    _ body: Bytes, _ exception: ExceptionRecord?, _ envelope: Envelope
  ) {
    var row = newLog(envelope)
    let detail = text.count
    putCarried(envelope, from: detail)
    if let exception { putDetail(exception, from: detail) }
    row.detail = endDetail(from: detail)
    let start = text.count
    putLines(body)
    row.body = range(from: start)
    add(row)
  }

  // MARK: Parts of a header

  /// The bytes from an index up to a tab, and where that stands; nil without one.
  private func field(_ bytes: Bytes, _ start: Int) -> (text: Bytes, end: Int)? {
    guard start < bytes.count, let end = bytes.firstIndex(of: 0x09, from: start),
      end - start <= 64
    else { return nil }
    return (bytes.slice(start, end), end)
  }

  private func isRequest(_ text: Bytes) -> Bool { isRequestID(text) || text.equals("undefined") }

  /// The severity of a runtime's level; .NET writes its words short.
  private func runtimeSeverity(_ word: Bytes) -> UInt8 {
    guard word.count >= 4 else { return 0 }
    let known = severityNumber(word)
    if known != 0 { return known }
    if word.equals("fail") { return 17 }
    if word.equals("dbug") { return 5 }
    if word.equals("trce") { return 1 }
    return 0
  }

  /// The first place of a text.
  private func find(_ literal: StaticString, _ bytes: Bytes) -> Int? {
    let width = literal.utf8CodeUnitCount
    let first = unsafe literal.utf8Start[0]
    var from = 0
    while let at = bytes.firstIndex(of: first, from: from), at + width <= bytes.count {
      if bytes.slice(at, at + width).equals(literal) { return at }
      from = at + 1
    }
    return nil
  }
}
