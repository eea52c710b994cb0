import TraceModel

/// What Lambda's platform writes where the log format is JSON (formats/logs.md 3).
extension Decoder {
  /// Lambda's platform events in JSON (`{"time","type":"platform.…","record"}`).
  mutating func lambdaObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    guard keys.has(.record), keys.has(.type), let type = tape.text(keys[.type]),
      type.starts(with: "platform.")
    else { return false }
    let record = keys[.record]
    var inner = envelope
    let time = keys.has(.time) ? logTime(tape, keys[.time], envelope.offset) : 0
    if time != 0 { inner.time = time }
    var line = PlatformLine()
    line.request = tape.text(member(tape, record) { $0.equals("requestId") }) ?? Bytes.none
    takeTracing(tape, member(tape, record) { $0.equals("tracing") }, &line)
    let status = tape.text(member(tape, record) { $0.equals("status") }) ?? Bytes.none
    let failed = status.count > 0 && !status.equals("success")
    let kind = type.slice(9, type.count)
    line.severity = platformSeverity(kind, failed)
    // Numbers are written into a buffer of their own, so that they live until the row is written.
    var numbers = ByteBuffer(capacity: 256)
    if kind.equals("report") || kind.equals("initReport") || kind.equals("restoreReport") {
      let metrics = member(tape, record) { $0.equals("metrics") }
      takeMetrics(tape, metrics, isInit: kind.equals("initReport"), &numbers, &line)
      if failed { line.facts.append(("status", status, false)) }
      if let type = tape.text(member(tape, record) { $0.equals("errorType") }) {
        line.facts.append(("error_type", type, false))
      }
      if kind.equals("report"), status.equals("timeout") {
        line.exception = ExceptionRecord(
          language: "",
          parts: [ExceptionPart(type: "Sandbox.Timedout", message: "the invocation timed out")])
      }
    }
    putPlatform(tape, type, record, line, inner)
    return true
  }

  private mutating func putPlatform(
    _ tape: JSONTape, _ type: Bytes, _ record: Int, _ line: PlatformLine, _ envelope: Envelope
  ) {
    var envelope = envelope
    envelope.severity = line.severity
    if line.request.count > 0 { envelope.request = unsafe Array(line.request.raw) }
    var row = newLog(envelope)
    if !line.trace.isAbsent { row.trace = line.trace }
    if !line.span.isAbsent { row.span = line.span }
    row.detail = platformDetail(line, envelope)
    var start = text.count
    if tape.tag(record) == JSONTape.Tag.object {
      text.putRaw(tape, record)
      row.attributes = range(from: start)
    }
    start = text.count
    text.buffer.put(type)
    if let words = tape.text(record) {
      text.put(": ")
      text.buffer.put(words)
    }
    row.body = range(from: start)
    add(row)
  }

  private func platformSeverity(_ kind: Bytes, _ failed: Bool) -> UInt8 {
    if kind.equals("logsDropped") { return 13 }
    if failed, kind.equals("report") || kind.equals("initReport") { return 17 }
    let isNoise =
      kind.equals("extension") || kind.equals("telemetrySubscription")
      || kind.starts(with: "restore")
    return isNoise ? 5 : 9
  }

  /// `{"type": "X-Amzn-Trace-Id", "value": "Root=…;Parent=…;Sampled=1", "spanId": …}`: the invocation's span is `spanId`, else the
  /// parent that it was given.
  private func takeTracing(_ tape: JSONTape, _ tracing: Int, _ line: inout PlatformLine) {
    guard let value = tape.text(member(tape, tracing) { $0.equals("value") }) else { return }
    var ids = CarriedIDs()
    ids.take(.xray, value)
    line.trace = ids.trace
    line.span = ids.span
    if let span = tape.text(member(tape, tracing) { $0.equals("spanId") }), span.count == 16,
      let number = hexNumber(span), number.low != 0
    {
      line.span = SpanID(number.low)
    }
  }

  private mutating func takeMetrics(
    _ tape: JSONTape, _ metrics: Int, isInit: Bool, _ numbers: inout ByteBuffer,
    _ line: inout PlatformLine
  ) {
    var places: [(StaticString, Int, Int)] = []
    for (key, value) in JSONMembers(tape, metrics) {
      let name: StaticString? =
        if key.equals("durationMs") {
          isInit ? "init_ms" : "duration_ms"
        } else if key.equals("billedDurationMs") {
          "billed_ms"
        } else if key.equals("memorySizeMB") {
          "memory_mb"
        } else if key.equals("maxMemoryUsedMB") {
          "used_mb"
        } else if key.equals("initDurationMs") {
          "init_ms"
        } else if key.equals("restoreDurationMs") {
          "restore_ms"
        } else {
          nil
        }
      let tag = tape.tag(value)
      guard let name,
        tag == JSONTape.Tag.int || tag == JSONTape.Tag.uint || tag == JSONTape.Tag.double
      else { continue }
      let start = text.count
      text.putRaw(tape, value)
      let from = numbers.count
      numbers.put(text.buffer.bytes.slice(start, text.count))
      text.buffer.count = start
      places.append((name, from, numbers.count))
    }
    for (name, from, end) in places {
      line.facts.append((name, numbers.bytes.slice(from, end), true))
    }
  }
}
