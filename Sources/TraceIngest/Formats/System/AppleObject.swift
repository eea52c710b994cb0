import TraceModel

/// Apple's unified log, `log show --style ndjson` or `json` (formats/logs.md 6.4).
extension Decoder {
  /// Whether an object is one of its entries.
  func isApple(_ keys: RecordKeys) -> Bool {
    keys.has(.eventMessage) && keys.has(.timestamp)
  }

  /// One entry. Its `traceID` numbers a place in the program: it is no trace's.
  mutating func appleObject(_ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ outer: Envelope) {
    var envelope = outer
    envelope.time = logTime(tape, keys[.timestamp], outer.offset)
    let image = tape.text(member(tape, index) { $0.equals("processImagePath") }) ?? Bytes.none
    path.count = 0
    path.put("apple")
    path.put(image)
    envelope.stream = kept.streams.number(path.bytes) {
      var stream = LogStream()
      stream.service = appName(image.string)
      if image.count > 0 { stream.attributes.append(("process.executable.path", image.string)) }
      return stream
    }
    var members = AttributeText()
    var (i, end) = tape.inside(index)
    while i + 1 < end {
      if let key = tape.text(i) { appleMember(tape, key, i + 1, &envelope, &members) }
      i = tape.after(i + 1)
    }
    envelope.attributes = members.object
    payload(tape.text(keys[.eventMessage]) ?? Bytes.none, envelope)
  }

  private mutating func appleMember(
    _ tape: JSONTape, _ key: Bytes, _ value: Int, _ envelope: inout Envelope,
    _ members: inout AttributeText
  ) {
    if key.equals("messageType"), let type = tape.text(value) {
      envelope.severity = appleSeverity(type)
      members.key("apple.message_type")
    } else if key.equals("timestamp") || key.equals("eventMessage")
      || key.equals("processImagePath")
    {
      return
    } else if key.equals("processID") {
      members.key("process.pid")
    } else if key.equals("threadID") {
      members.key("thread.id")
    } else if key.equals("traceID") {
      members.key("apple.trace_id")
    } else {
      // What is empty says nothing; entries are full of it.
      if let text = tape.text(value), text.count == 0 { return }
      if tape.tag(value) == JSONTape.Tag.null { return }
      members.key(key)
    }
    members.value(tape, value, &text)
  }

  private func appleSeverity(_ type: Bytes) -> UInt8 {
    type.equals("Fault") ? 21 : type.equals("Default") ? 9 : severityNumber(type)
  }
}
