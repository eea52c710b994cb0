import TraceModel

/// Lines that Lambda's platform and runtimes write among those of the function (formats/logs.md 3).
extension Decoder {
  /// Lambda's own lines (START, END, REPORT, XRAY, INIT_START, timeouts, …) and the headers that its runtimes write.
  mutating func lambdaLine(_ bytes: Bytes, _ envelope: Envelope) -> Bool {
    guard bytes.count >= 8 else { return false }
    switch bytes[0] {
    case 0x53 where bytes.starts(with: "START RequestId: "):
      lambdaStart(bytes, envelope)
    case 0x45 where bytes.starts(with: "END RequestId: "):
      var row = PlatformLine(request: word(bytes, 15))
      row.severity = 9
      platformLine(bytes, row, envelope)
    case 0x52 where bytes.starts(with: "REPORT RequestId: "): lambdaReport(bytes, envelope)
    case 0x58 where bytes.starts(with: "XRAY TraceId: "):
      var row = PlatformLine()
      takeXRay(bytes, &row)
      platformLine(bytes, row, envelope)
    case 0x49 where bytes.starts(with: "INIT_START "):
      var row = PlatformLine()
      row.severity = 9
      platformLine(bytes, row, envelope)
    case 0x49 where bytes.starts(with: "INIT_REPORT "): lambdaInitReport(bytes, envelope)
    case 0x52 where bytes.starts(with: "RequestId: "): return runtimeExit(bytes, envelope)
    case 0x45, 0x54, 0x4c, 0x52:
      guard isPlatformNoise(bytes) else { return false }
      var row = PlatformLine()
      row.severity = 5
      platformLine(bytes, row, envelope)
    case 0x5b: return pythonLine(bytes, envelope)
    case 0x30...0x39: return nodeLine(bytes, envelope) || timeoutLine(bytes, envelope)
    default: return false
    }
    return true
  }

  /// `EXTENSION`, `TELEMETRY`, `LOGS` and their tab; `RESTORE_START`, `RESTORE_REPORT`.
  private func isPlatformNoise(_ bytes: Bytes) -> Bool {
    bytes.starts(with: "EXTENSION\tName: ") || bytes.starts(with: "TELEMETRY\tName: ")
      || bytes.starts(with: "LOGS\tName: ") || bytes.starts(with: "RESTORE_START ")
      || bytes.starts(with: "RESTORE_REPORT ")
  }

  /// What a line of the platform says.
  struct PlatformLine {
    var severity: UInt8 = 9
    var request = Bytes.none
    var trace = TraceID.absent
    var span = SpanID.absent
    /// Facts of the invocation: key of the detail, value, whether it is a number.
    var facts: [(key: StaticString, value: Bytes, isNumber: Bool)] = []
    var exception: ExceptionRecord?
  }

  /// Writes a row of the platform: the line is its body.
  mutating func platformLine(_ bytes: Bytes, _ line: PlatformLine, _ envelope: Envelope) {
    var envelope = envelope
    if line.request.count > 0 { envelope.request = unsafe Array(line.request.raw) }
    envelope.severity = line.severity
    var row = newLog(envelope)
    if !line.trace.isAbsent { row.trace = line.trace }
    if !line.span.isAbsent { row.span = line.span }
    row.detail = platformDetail(line, envelope)
    let start = text.count
    putLines(bytes)
    row.body = range(from: start)
    add(row)
  }

  /// The detail of a row of the platform.
  mutating func platformDetail(_ line: PlatformLine, _ envelope: Envelope) -> TextRange {
    let start = text.count
    putCarried(envelope, from: start)
    if !line.facts.isEmpty {
      detailMember("invocation", from: start)
      let open = text.count
      if line.request.count > 0 {
        detailMember("request_id", from: open)
        text.putString(line.request)
      }
      for fact in line.facts {
        detailMember(fact.key, from: open)
        if fact.isNumber { text.buffer.put(fact.value) } else { text.putString(fact.value) }
      }
      text.put(0x7d)
    }
    if let exception = line.exception { putDetail(exception, from: start) }
    return endDetail(from: start)
  }

  /// The member `exception` of a detail.
  mutating func putDetail(_ exception: ExceptionRecord, from start: Int) {
    let before = text.count
    detailMember("exception", from: start)
    let empty = text.count
    putException(exception)
    if text.count == empty { text.buffer.count = before }
  }

  // MARK: Invocations

  private mutating func lambdaStart(_ bytes: Bytes, _ envelope: Envelope) {
    var row = PlatformLine()
    row.request = word(bytes, 17)
    if context.framing.isOrdered {
      kept.cloudWatch.running[envelope.stream] = LambdaInvocation(
        request: unsafe Array(row.request.raw), start: envelope.time)
    }
    platformLine(bytes, row, envelope)
  }

  private mutating func lambdaReport(_ bytes: Bytes, _ envelope: Envelope) {
    var row = PlatformLine()
    row.request = word(bytes, 18)
    takeXRay(bytes, &row)
    let numbers: [(StaticString, StaticString)] = [
      ("duration_ms", "Duration: "), ("billed_ms", "Billed Duration: "),
      ("memory_mb", "Memory Size: "), ("used_mb", "Max Memory Used: "),
      ("init_ms", "Init Duration: "), ("restore_ms", "Restore Duration: "),
    ]
    for (key, label) in numbers {
      let value = lambdaValue(label, bytes)
      if isJSONNumber(value) { row.facts.append((key, value, true)) }
    }
    let known = kept.cloudWatch.running[envelope.stream]
    let isSame = known.map { unsafe row.request.raw.elementsEqual($0.request) } ?? false
    let ended = isSame ? known : nil
    var status = lambdaValue("Status: ", bytes)
    var errorType = lambdaValue("Error Type: ", bytes)
    // What an earlier line has said, in bytes that stay until the row is written.
    var spoken = ByteBuffer(capacity: 64)
    let statusEnd = ended?.status.utf8.count ?? 0
    if let ended {
      spoken.put(ended.status)
      spoken.put(ended.errorType)
      if status.count == 0 { status = spoken.bytes.slice(0, statusEnd) }
      if errorType.count == 0 { errorType = spoken.bytes.slice(statusEnd, spoken.count) }
    }
    if status.count > 0, !status.equalsIgnoringCase("success") {
      row.facts.append(("status", status, false))
    }
    if errorType.count > 0 { row.facts.append(("error_type", errorType, false)) }
    platformLine(bytes, row, envelope)
    if isSame { kept.cloudWatch.running[envelope.stream] = nil }
  }

  private mutating func lambdaInitReport(_ bytes: Bytes, _ envelope: Envelope) {
    var row = PlatformLine()
    let length = lambdaValue("Init Duration: ", bytes)
    if isJSONNumber(length) { row.facts.append(("init_ms", length, true)) }
    let status = lambdaValue("Status: ", bytes)
    if status.count > 0, !status.equalsIgnoringCase("success") {
      row.facts.append(("status", status, false))
      row.severity = 17
    }
    let errorType = lambdaValue("Error Type: ", bytes)
    if errorType.count > 0 { row.facts.append(("error_type", errorType, false)) }
    platformLine(bytes, row, envelope)
  }

  /// `<time>Z <request> Task timed out after 3.00 seconds`
  private mutating func timeoutLine(_ bytes: Bytes, _ envelope: Envelope) -> Bool {
    guard let time = isoTime(bytes), time.hasZone, time.length + 2 < bytes.count,
      bytes[time.length] == 0x20
    else { return false }
    let request = word(bytes, time.length + 1)
    let rest = bytes.slice(min(bytes.count, time.length + 2 + request.count), bytes.count)
    guard isRequestID(request), rest.starts(with: "Task timed out after ") else { return false }
    var row = PlatformLine()
    row.severity = 17
    row.request = request
    ends(request, "timeout", "Sandbox.Timedout", rest, &row, envelope)
    var inner = envelope
    inner.time = time.ns
    platformLine(bytes, row, inner)
    return true
  }

  /// `RequestId: <id> Error: Runtime exited with error: exit status 1`, and the error's type on the next line.
  private mutating func runtimeExit(_ bytes: Bytes, _ envelope: Envelope) -> Bool {
    var row = PlatformLine()
    row.request = word(bytes, 11)
    let at = 11 + row.request.count + 1
    guard isRequestID(row.request), at < bytes.count else { return false }
    row.severity = 17
    var rest = bytes.slice(at, bytes.count)
    if rest.starts(with: "Error: ") { rest = rest.slice(7, rest.count) }
    var end = 0
    while end < rest.count, rest[end] != 0x0a, rest[end] != 0x0d { end += 1 }
    let message = rest.slice(0, end)
    while end < rest.count, rest[end] <= 0x20 { end += 1 }
    let named = word(rest, end)
    let type: StaticString = "Runtime.ExitError"
    let known = unsafe Bytes(type.utf8Start, type.utf8CodeUnitCount)
    ends(
      row.request, "error", named.starts(with: "Runtime.") ? named : known, message, &row, envelope)
    platformLine(bytes, row, envelope)
    return true
  }

  private mutating func ends(
    _ request: Bytes, _ status: StaticString, _ type: StaticString, _ message: Bytes,
    _ row: inout PlatformLine, _ envelope: Envelope
  ) {
    let name = unsafe Bytes(type.utf8Start, type.utf8CodeUnitCount)
    ends(request, status, name, message, &row, envelope)
  }

  /// Notes how an invocation ended before its report says so.
  private mutating func ends(
    _ request: Bytes, _ status: StaticString, _ type: Bytes, _ message: Bytes,
    _ row: inout PlatformLine, _ envelope: Envelope
  ) {
    let word = unsafe Bytes(status.utf8Start, status.utf8CodeUnitCount)
    row.facts.append(("status", word, false))
    row.facts.append(("error_type", type, false))
    row.exception = ExceptionRecord(
      language: "", parts: [ExceptionPart(type: type.string, message: message.string)])
    guard var known = kept.cloudWatch.running[envelope.stream],
      unsafe request.raw.elementsEqual(known.request)
    else { return }
    (known.status, known.errorType) = ("\(status)", type.string)
    kept.cloudWatch.running[envelope.stream] = known
  }

  // MARK: Parts of a line

  /// Trace and segment, on the line itself or on the one behind it.
  private func takeXRay(_ bytes: Bytes, _ row: inout PlatformLine) {
    let id = lambdaValue("XRAY TraceId: ", bytes)
    if id.count > 0, let trace = xrayTrace(id) { row.trace = trace }
    let segment = lambdaValue("SegmentId: ", bytes)
    if segment.count == 16, let number = hexNumber(segment) { row.span = SpanID(number.low) }
  }

  /// The word behind a label of a platform's line; `Duration: ` is not found in `Billed Duration: `. Empty where it is missing.
  func lambdaValue(_ label: StaticString, _ bytes: Bytes) -> Bytes {
    let width = label.utf8CodeUnitCount
    let first = unsafe label.utf8Start[0]
    var from = 0
    while let at = bytes.firstIndex(of: first, from: from) {
      guard at + width <= bytes.count else { break }
      from = at + 1
      guard bytes.slice(at, at + width).equals(label), at > 0, bytes[at - 1] <= 0x20 else {
        continue
      }
      // A label's first word may be another one's last.
      var before = at
      while before > 0, bytes[before - 1] == 0x20 { before -= 1 }
      if before > 0, before < at {
        let words = bytes.slice(0, before)
        if endsWith(words, "Billed") || endsWith(words, "Init") || endsWith(words, "Restore") {
          continue
        }
      }
      return word(bytes, at + width)
    }
    return Bytes.none
  }

  private func endsWith(_ bytes: Bytes, _ literal: StaticString) -> Bool {
    let width = literal.utf8CodeUnitCount
    return bytes.count >= width && bytes.slice(bytes.count - width, bytes.count).equals(literal)
  }

  /// The bytes from an index up to white space.
  func word(_ bytes: Bytes, _ start: Int) -> Bytes {
    guard start < bytes.count else { return Bytes.none }
    var end = start
    while end < bytes.count, bytes[end] > 0x20 { end += 1 }
    return bytes.slice(start, end)
  }

  /// Whether a text is a plain decimal number, as it may stand in JSON.
  func isJSONNumber(_ text: Bytes) -> Bool {
    guard text.count > 0, text.count <= 20, text[0] &- 0x30 < 10 else { return false }
    if text.count > 1, text[0] == 0x30, text[1] != 0x2e { return false }
    var dots = 0
    for i in 0..<text.count {
      if text[i] == 0x2e { dots += 1 } else if text[i] &- 0x30 >= 10 { return false }
    }
    return dots <= 1 && text[text.count - 1] != 0x2e
  }

  /// Whether a text is a request's id: hex digits and hyphens.
  func isRequestID(_ text: Bytes) -> Bool {
    guard text.count >= 8, text.count <= 64 else { return false }
    for i in 0..<text.count {
      let byte = text[i]
      guard byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 || byte == 0x2d else { return false }
    }
    return true
  }

  /// Text whose lines end with any of LF, CR and CR LF, and whose blanks may be U+00A0: as lines that end with LF.
  mutating func putLines(_ bytes: Bytes) {
    var i = 0
    var from = 0
    while i < bytes.count {
      let isReturn = bytes[i] == 0x0d
      let isBlank = bytes[i] == 0xc2 && i + 1 < bytes.count && bytes[i + 1] == 0xa0
      guard isReturn || isBlank else {
        i += 1
        continue
      }
      text.buffer.put(bytes.slice(from, i))
      if isBlank {
        text.put(0x20)
        i += 2
      } else {
        if i + 1 >= bytes.count || bytes[i + 1] != 0x0a { text.put(0x0a) }
        i += 1
      }
      from = i
    }
    text.buffer.put(bytes.slice(from, bytes.count))
  }
}
