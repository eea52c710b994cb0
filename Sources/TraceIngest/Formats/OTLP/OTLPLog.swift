import TraceModel

/// One log record of an OTLP document → one row.
extension Decoder {
  mutating func log(
    _ tape: JSONTape, _ index: Int, _ resource: UInt32, _ scope: UInt32, _ offset: Int64
  ) {
    batch.logsSeen += 1
    guard tape.tag(index) == JSONTape.Tag.object else {
      batch.defects.count(.wrongType, at: offset, "logRecords")
      return
    }
    var row = LogRow()
    row.resource = resource
    row.scope = scope
    row.offset = offset
    var attributes = 0
    var eventName = Bytes.none
    var (i, end) = tape.inside(index)
    while i + 1 < end {
      let value = i + 1
      if let key = tape.text(i) {
        switch key.count {
        case 4: if key.equals("body") { row.body = body(tape, value, offset) }
        case 6, 7:
          if key.equals("spanId") || key.equals("span_id") {
            row.span = spanID(tape, value, offset).id
          } else if key.equals("traceId") {
            row.trace = traceID(tape, value, offset).id
          }
        case 8: if key.equals("trace_id") { row.trace = traceID(tape, value, offset).id }
        case 10: if key.equals("attributes") { attributes = value }
        default: noteRare(tape, key, value, &row, &eventName)
        }
        if key.equals("eventName") || key.equals("event_name") {
          eventName = tape.text(value) ?? Bytes.none
        }
      }
      i = tape.after(value)
    }
    if row.severity == 0, !row.severityText.isEmpty { row.severity = severity(row.severityText) }
    row.attributes = self.attributes(tape, attributes, offset)
    if eventName.count > 0 { addEventName(eventName, &row) }
    row.detail = exceptionDetail(tape, attributes)
    batch.logs.append(row)
  }

  private mutating func noteRare(
    _ tape: JSONTape, _ key: Bytes, _ value: Int, _ row: inout LogRow, _ eventName: inout Bytes
  ) {
    if key.equals("timeUnixNano") || key.equals("time_unix_nano") {
      row.time = time(tape, value, row.offset, "timeUnixNano")
    } else if key.equals("observedTimeUnixNano") || key.equals("observed_time_unix_nano") {
      row.observed = time(tape, value, row.offset, "observedTimeUnixNano")
    } else if key.equals("severityNumber") || key.equals("severity_number") {
      row.severity = enumeration(
        tape, value, "severity_number_", Self.severityNames, row.offset)
    } else if key.equals("severityText") || key.equals("severity_text") {
      if let word = tape.text(value) { row.severityText = symbol(word) }
    } else if key.equals("droppedAttributesCount") || key.equals("dropped_attributes_count") {
      if count(tape, value, row.offset) != 0 {
        batch.defects.count(.droppedAtSource, at: row.offset)
      }
    }
  }

  /// Text as it is, anything else as JSON.
  private mutating func body(_ tape: JSONTape, _ index: Int, _ offset: Int64) -> TextRange {
    let start = text.count
    let value = AnyValue(tape, index)
    if value.kind == .string, let words = tape.text(value.index) {
      text.buffer.put(words)
    } else if value.kind != .null {
      text.putValue(tape, index)
      countTextDefects(offset)
    }
    return range(from: start)
  }

  /// Keeps the event's name among the attributes, under the name that it had there before it became a field.
  private mutating func addEventName(_ name: Bytes, _ row: inout LogRow) {
    if row.attributes.count > 0 {
      // The list was written last; its closing brace is taken back.
      text.buffer.count -= 1
      text.put(",\"event.name\":")
    } else {
      row.attributes.start = UInt32(truncatingIfNeeded: text.count)
      text.put("{\"event.name\":")
    }
    text.putString(name)
    text.put(0x7d)
    row.attributes.count = UInt32(truncatingIfNeeded: text.count) - row.attributes.start
  }

  /// The number that a severity's text stands for; 0 for other words.
  private func severity(_ symbol: Symbol) -> UInt8 {
    unsafe batch.symbols.withBytes(of: symbol) { name in
      guard let base = name.baseAddress else { return 0 }
      return unsafe severityNumber(Bytes(base.assumingMemoryBound(to: UInt8.self), name.count))
    }
  }
}
