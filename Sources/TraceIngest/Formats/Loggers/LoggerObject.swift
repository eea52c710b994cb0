import TraceModel

extension Decoder {
  /// A record of a JSON logger (formats/logs.md 8), OTLP's log record and span standing alone among them; inside a transport
  /// any other object is a structured body.
  ///
  /// Columns are filled by name, the first that fits; what becomes no column stays in the attributes under its own key.
  ///
  /// - Parameter header: the text around the object.
  mutating func loggerObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope,
    header: Bytes = Bytes.none
  ) -> Bool {
    if keys.has(.rawOTel), wrappedOTel(tape, keys, envelope) { return true }
    if isOTLPLog(keys) {
      otlpLogObject(tape, index, keys, envelope)
      return true
    }
    let fields = loggerFields(tape, index, keys, envelope.offset)
    guard
      fields.message != 0 || fields.time != 0 || fields.level != 0 || envelope.depth > 0
        || keys.traits & RecordKey.Trait.exception != 0
    else { return false }
    var row = newLog(envelope)
    if fields.time != 0 { row.time = fields.time }
    if fields.severity != 0 { row.severity = fields.severity }
    if fields.level != 0 { row.severityText = levelSymbol(tape, fields.level) }
    let ids = recordIDs(tape, index, keys, fields.message, &row)
    row.resource = loggerResource(tape, keys, envelope.stream)
    let exception =
      keys.traits & RecordKey.Trait.exception != 0 || fields.members != index
        || keys.has(.message) && tape.tag(keys[.message]) == JSONTape.Tag.object
      ? loggerException(tape, index, keys, fields, isError: row.severity >= 17) : nil
    let start = text.count
    putCarried(envelope, header: header, request: ids.request, from: start)
    if let exception {
      let before = text.count
      detailMember("exception", from: start)
      let empty = text.count
      putException(exception)
      if text.count == empty { text.buffer.count = before }
    }
    row.detail = endDetail(from: start)
    putBody(tape, fields, keys, exception, envelope, &row)
    countTextDefects(envelope.offset)
    add(row)
    // Last of all, since what was open may be an object itself.
    endOpenRecord(envelope.stream)
    return true
  }

  /// Body and attributes: without a message the remaining members are the body.
  private mutating func putBody(
    _ tape: JSONTape, _ fields: LoggerFields, _ keys: RecordKeys, _ exception: ExceptionRecord?,
    _ envelope: Envelope, _ row: inout LogRow
  ) {
    var start = text.count
    text.putMembers(tape, fields.members, keys, except: taken)
    if fields.message == 0, exception?.parts.first == nil {
      row.body = range(from: start)
      start = text.count
      text.addObject(envelope.attributes, from: start)
      row.attributes = range(from: start)
      return
    }
    text.addObject(envelope.attributes, from: start)
    row.attributes = range(from: start)
    start = text.count
    if let words = tape.text(fields.message) {
      text.buffer.put(words)
    } else if fields.message != 0 {
      text.putRaw(tape, fields.message)
    } else if let part = exception?.parts.first {
      text.buffer.put(part.type)
      if !part.type.isEmpty, !part.message.isEmpty { text.put(": ") }
      text.buffer.put(part.message)
    }
    row.body = range(from: start)
  }

  /// The level as it was written.
  private mutating func levelSymbol(_ tape: JSONTape, _ level: Int) -> Symbol {
    if let word = tape.text(level) { return symbol(word) }
    guard let number = wholeNumber(tape, level) else { return .empty }
    return batch.symbols.intern(String(number))
  }

  /// The ids that a record carries, in its members or else in its message; those that become columns are taken.
  private mutating func recordIDs(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ message: Int, _ row: inout LogRow
  ) -> CarriedIDs {
    var ids = carriedIDs(tape, index, keys)
    if ids.trace.isAbsent, let words = tape.text(message) {
      let found = carriedIDs(inText: words)
      if !found.trace.isAbsent {
        ids.trace = found.trace
        if ids.span.isAbsent { ids.span = found.span }
      }
      if ids.request.count == 0 { ids.request = found.request }
    }
    if !ids.trace.isAbsent {
      row.trace = ids.trace
      row.span = ids.span
    } else if !ids.span.isAbsent {
      row.span = ids.span
    }
    if ids.traceMember != 0 { taken.take(ids.traceMember) }
    if ids.spanMember != 0 { taken.take(ids.spanMember) }
    if ids.requestMember != 0 { taken.take(ids.requestMember) }
    return ids
  }
}
