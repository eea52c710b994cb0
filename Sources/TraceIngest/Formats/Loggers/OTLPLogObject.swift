import TraceModel

/// OTLP's log record standing alone, as CloudWatch's `otel-rt-logs` streams and Insights answers hold it: attributes and
/// resource as plain objects, or as OTLP's lists.
extension Decoder {
  /// Whether a record is one.
  func isOTLPLog(_ keys: RecordKeys) -> Bool {
    (keys.has(.timeNano) || keys.has(.observedNano)) && !keys.has(.startNano)
      && (keys.has(.body) || keys.has(.severityNumber) || keys.has(.severityText)
        || keys.has(.attributes))
  }

  /// `{"timestamp": …, "raw_otel_json": record or its text}`; whether there was something in it.
  mutating func wrappedOTel(
    _ tape: JSONTape, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    guard envelope.depth < Self.maxUnwraps else { return false }
    let value = keys[.rawOTel]
    var inner = envelope
    inner.depth += 1
    if inner.time == 0, keys.has(.timestamp) {
      inner.time = logTime(tape, keys[.timestamp], envelope.offset)
    }
    if let words = tape.text(value) {
      payload(words, inner)
      return true
    }
    return json(tape, value, inner)
  }

  /// The record at an index.
  mutating func otlpLogObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) {
    var row = newLog(envelope)
    let offset = envelope.offset
    let own = keys.has(.timeNano) ? time(tape, keys[.timeNano], offset, "timeUnixNano") : 0
    if own != 0 { row.time = own }
    if keys.has(.observedNano) {
      row.observed = time(tape, keys[.observedNano], offset, "observedTimeUnixNano")
    }
    let number = enumeration(
      tape, keys[.severityNumber], "severity_number_", Self.severityNames, offset)
    if let word = tape.text(keys[.severityText]), word.count > 0 {
      row.severityText = symbol(word)
      if number == 0 { row.severity = severityNumber(word) }
    }
    if number != 0 { row.severity = number }
    if keys.has(.traceIDCamel) { row.trace = traceID(tape, keys[.traceIDCamel], offset).id }
    if keys.has(.spanID) { row.span = spanID(tape, keys[.spanID], offset).id }
    let resource = member(tape, keys[.resource]) { $0.equals("attributes") }
    hasPlainAttributes = tape.tag(resource) == JSONTape.Tag.object
    let scope = scopeContent(tape, in: index)
    hasPlainAttributes = false
    if scope != ScopeRow() { row.scope = addScope(scope) }
    if resource != 0 { row.resource = otlpResource(tape, index, resource) }
    let attributes = keys[.attributes]
    row.attributes =
      tape.tag(attributes) == JSONTape.Tag.object
      ? plainAttributes(tape, attributes, offset) : self.attributes(tape, attributes, offset)
    row.detail = exceptionDetail(tape, attributes)
    let start = text.count
    putOTLPBody(tape, keys[.body])
    row.body = range(from: start)
    countTextDefects(offset)
    // What no column holds is not a span's to keep.
    unheld.removeAll(keepingCapacity: true)
    add(row)
  }

  /// The body: text, OTLP's AnyValue, or any JSON.
  private mutating func putOTLPBody(_ tape: JSONTape, _ body: Int) {
    if body == 0 { return }
    if let words = tape.text(body) { return text.buffer.put(words) }
    let value = AnyValue(tape, body)
    if value.kind == .string, let words = tape.text(value.index) {
      text.buffer.put(words)
    } else if value.kind == .wrong {
      text.putRaw(tape, body)
    } else if value.kind != .null {
      text.putValue(tape, body)
    }
  }

  /// The resource of a record; its attributes may be a list or a plain object.
  private mutating func otlpResource(_ tape: JSONTape, _ index: Int, _ attributes: Int) -> UInt32 {
    if tape.tag(attributes) == JSONTape.Tag.array {
      return addResource(resourceContent(tape, in: index, listed: ListKind.log.bit))
    }
    return addResource(plainResourceContent(tape, index, attributes))
  }

  /// A resource whose attributes are a plain object.
  private mutating func plainResourceContent(
    _ tape: JSONTape, _ index: Int, _ attributes: Int
  ) -> ResourceRow {
    var row = ResourceRow()
    row.attributes = plainAttributes(tape, attributes, recordOffset)
    row.detail = restOfResource(tape, member(tape, index) { $0.equals("resource") })
    if let service = finder.text(.serviceName, tape) ?? finder.text(.awsLocalService, tape) {
      row.service = symbol(service)
    } else {
      row.service = batch.symbols.intern("unknown_service")
      batch.defects.count(.missingService, at: recordOffset)
    }
    if let name = finder.text(.hostName, tape) { row.host = symbol(name) }
    if let instance = finder.text(.serviceInstance, tape) { row.instance = symbol(instance) }
    if let version = finder.text(.serviceVersion, tape) { row.version = symbol(version) }
    return row
  }
}
