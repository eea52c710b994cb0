import TraceModel

/// Objects of Python's console exporters → rows.
///
/// Ids are hex behind `0x`, times ISO text of microseconds, attributes plain JSON, kinds and statuses names.
///
/// - Source: opentelemetry-sdk 1.45 for Python, `ReadableSpan.to_json` and `ReadableLogRecord.to_json`; formats/traces.md 1.7.
extension Decoder {
  /// A span or a log record as the SDK prints it; false for anything else.
  mutating func consoleObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    let resource = keys[.resource]
    guard tape.tag(resource) == JSONTape.Tag.object else { return false }
    let context = member(tape, index) { $0.equals("context") }
    if tape.tag(context) == JSONTape.Tag.object,
      tape.tag(member(tape, context) { $0.equals("trace_id") }) == JSONTape.Tag.string
    {
      consoleSpan(tape, index, context, resource, envelope.offset)
      return true
    }
    let observed = member(tape, index) { $0.equals("observed_timestamp") }
    let severity = member(tape, index) { $0.equals("severity_number") }
    guard observed != 0, severity != 0 else { return false }
    consoleLog(tape, index, keys, resource, envelope)
    return true
  }

  // MARK: Spans

  private mutating func consoleSpan(
    _ tape: JSONTape, _ index: Int, _ context: Int, _ resource: Int, _ offset: Int64
  ) {
    batch.spansSeen += 1
    var row = SpanRow()
    row.offset = offset
    row.resource = consoleResource(tape, resource, offset)
    row.trace = prefixedTrace(tape, member(tape, context) { $0.equals("trace_id") })
    row.id = prefixedSpan(tape, member(tape, context) { $0.equals("span_id") })
    row.parent = prefixedSpan(tape, member(tape, index) { $0.equals("parent_id") })
    if row.trace.isAbsent { batch.defects.count(.missingTraceID, at: offset) }
    row.start = consoleTime(tape, member(tape, index) { $0.equals("start_time") }, offset)
    row.end = consoleTime(tape, member(tape, index) { $0.equals("end_time") }, offset)
    if row.start == 0 { row.facts[.unknownStart] = true }
    if row.end == 0 {
      row.facts[.unknownEnd] = true
      row.end = row.start
    }
    let kind = member(tape, index) { $0.equals("kind") }
    row.facts.kind =
      SpanKind(rawValue: enumeration(tape, kind, "spankind.", Self.kindNames, offset)) ?? .unknown
    row.attributes = plainAttributes(tape, member(tape, index) { $0.equals("attributes") }, offset)
    let name = tape.text(member(tape, index) { $0.equals("name") }) ?? Bytes.none
    row.peer = peer(tape, row.facts.kind)
    let named = symbol(name)
    let built = displayName(tape, name, traits(of: named), row.facts.kind, row.peer)
    row.operation = built ?? named
    let start = text.count
    if built != nil {
      detailMember("name", from: start)
      text.putString(name)
    }
    let message = consoleStatus(tape, member(tape, index) { $0.equals("status") }, &row, start)
    if let state = tape.text(member(tape, context) { $0.equals("trace_state") }), state.count > 2 {
      detailMember("trace_state", from: start)
      text.putString(state)
    }
    var events = OTLPEventFacts()
    consoleEvents(tape, member(tape, index) { $0.equals("events") }, &events, offset, start)
    consoleLinks(tape, member(tape, index) { $0.equals("links") }, offset, start)
    putUnknown(tape, index, start) { key, _ in !Self.spanMembers.contains { key.equals($0) } }
    row.detail = endDetail(from: start)
    outcome(tape, &row, events, message)
    batch.spans.append(row)
  }

  /// Members of a span that its fields hold.
  private static let spanMembers: [StaticString] = [
    "name", "context", "kind", "parent_id", "start_time", "end_time", "status", "attributes",
    "events", "links", "resource",
  ]

  private mutating func consoleStatus(
    _ tape: JSONTape, _ status: Int, _ row: inout SpanRow, _ start: Int
  ) -> Bytes? {
    let code = member(tape, status) { $0.equals("status_code") }
    row.facts.status =
      SpanStatus(rawValue: enumeration(tape, code, "statuscode.", Self.statusNames, row.offset))
      ?? .unset
    guard let message = tape.text(member(tape, status) { $0.equals("description") }),
      message.count > 0
    else { return nil }
    detailMember("status_message", from: start)
    text.putString(message)
    return message
  }

  private mutating func consoleEvents(
    _ tape: JSONTape, _ list: Int, _ facts: inout OTLPEventFacts, _ offset: Int64, _ start: Int
  ) {
    guard tape.tag(list) == JSONTape.Tag.array else { return }
    var (i, end) = tape.inside(list)
    if i == end { return }
    detailMember("events", from: start)
    var separator: UInt8 = 0x5b
    while i < end {
      text.put(separator)
      separator = 0x2c
      let name = tape.text(member(tape, i) { $0.equals("name") }) ?? Bytes.none
      text.put("{\"name\":")
      text.putString(name)
      text.put(",\"time_ns\":")
      text.putInt(consoleTime(tape, member(tape, i) { $0.equals("timestamp") }, offset))
      consoleMemberAttributes(tape, member(tape, i) { $0.equals("attributes") }, offset)
      text.put(0x7d)
      eventFinder.noteEvent(tape, name, &facts)
      i = tape.after(i)
    }
    text.put(0x5d)
  }

  private mutating func consoleLinks(
    _ tape: JSONTape, _ list: Int, _ offset: Int64, _ start: Int
  ) {
    guard tape.tag(list) == JSONTape.Tag.array else { return }
    var (i, end) = tape.inside(list)
    if i == end { return }
    detailMember("links", from: start)
    var separator: UInt8 = 0x5b
    while i < end {
      text.put(separator)
      separator = 0x2c
      let context = member(tape, i) { $0.equals("context") }
      text.put("{\"trace_id\":\"")
      text.buffer.put(
        prefixedTrace(tape, member(tape, context) { $0.equals("trace_id") }).description)
      text.put("\",\"span_id\":\"")
      text.buffer.put(
        prefixedSpan(tape, member(tape, context) { $0.equals("span_id") }).description)
      text.put(0x22)
      consoleMemberAttributes(tape, member(tape, i) { $0.equals("attributes") }, offset)
      text.put(0x7d)
      i = tape.after(i)
    }
    text.put(0x5d)
  }

  /// Writes `,"attributes":{…}` unless there are none; `eventFinder` then knows those that matter.
  private mutating func consoleMemberAttributes(_ tape: JSONTape, _ object: Int, _ offset: Int64) {
    eventFinder.clear(isPlain: true)
    guard tape.tag(object) == JSONTape.Tag.object else { return }
    let before = text.count
    text.put(",\"attributes\":")
    let start = text.count
    text.putPlainAttributes(tape, object, &eventFinder)
    countTextDefects(offset)
    if text.count == start { text.buffer.count = before }
  }

  // MARK: Logs

  private mutating func consoleLog(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ resource: Int, _ envelope: Envelope
  ) {
    var row = newLog(envelope)
    row.resource = consoleResource(tape, resource, envelope.offset)
    row.time = consoleTime(tape, member(tape, index) { $0.equals("timestamp") }, envelope.offset)
    row.observed = consoleTime(
      tape, member(tape, index) { $0.equals("observed_timestamp") }, envelope.offset)
    row.severity = enumeration(
      tape, member(tape, index) { $0.equals("severity_number") }, "severitynumber.",
      Self.severityNames, envelope.offset)
    if let word = tape.text(member(tape, index) { $0.equals("severity_text") }) {
      row.severityText = symbol(word)
    }
    row.trace = prefixedTrace(tape, member(tape, index) { $0.equals("trace_id") })
    row.span = prefixedSpan(tape, member(tape, index) { $0.equals("span_id") })
    let attributes = member(tape, index) { $0.equals("attributes") }
    row.attributes = plainAttributes(tape, attributes, envelope.offset)
    let start = text.count
    if let stack = tape.text(member(tape, attributes) { $0.equals("exception.stacktrace") }),
      let exception = exception(in: stack)
    {
      detailMember("exception", from: start)
      putException(exception)
    }
    row.detail = endDetail(from: start)
    let body = member(tape, index) { $0.equals("body") }
    let bodyStart = text.count
    if let words = tape.text(body) {
      text.buffer.put(words)
    } else if body != 0 {
      text.putRaw(tape, body)
    }
    row.body = range(from: bodyStart)
    add(row)
  }

  // MARK: Fields

  private mutating func consoleResource(
    _ tape: JSONTape, _ resource: Int, _ offset: Int64
  ) -> UInt32 {
    let attributes = plainAttributes(
      tape, member(tape, resource) { $0.equals("attributes") }, offset)
    return addResource(resourceRow(tape, attributes))
  }

  /// A time as ISO text; 0 where there is none or it is odd.
  private mutating func consoleTime(_ tape: JSONTape, _ index: Int, _ offset: Int64) -> Int64 {
    guard index != 0 else { return 0 }
    let time = logTime(tape, index, offset)
    if time == 0 { batch.defects.count(.oddTime, at: offset) }
    return max(0, time)
  }

  /// A trace id in hex behind `0x`; absent where it is none.
  private func prefixedTrace(_ tape: JSONTape, _ index: Int) -> TraceID {
    guard let id = prefixedHex(tape, index) else { return .absent }
    return TraceID(high: id.high, low: id.low)
  }

  /// A span id in hex behind `0x`; absent where it is none.
  private func prefixedSpan(_ tape: JSONTape, _ index: Int) -> SpanID {
    guard let id = prefixedHex(tape, index), id.high == 0 else { return .absent }
    return SpanID(id.low)
  }

  private func prefixedHex(_ tape: JSONTape, _ index: Int) -> (high: UInt64, low: UInt64)? {
    guard let text = tape.text(index), text.starts(with: "0x") else { return nil }
    return hexNumber(text.slice(2, text.count))
  }
}
