import TraceModel

/// X-Ray's objects, told by their keys: segment documents and what carries them, answers of its API, and spans of CloudWatch's
/// `aws/spans` (formats/traces.md 1.8 and 2.3).
extension Decoder {
  /// X-Ray documents and answers, and spans of CloudWatch's `aws/spans`.
  mutating func xrayObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    if isXRayTrace(tape, keys) {
      xrayTrace(tape, keys, envelope)
    } else if tape.tag(keys[.tracesCapital]) == JSONTape.Tag.array {
      xrayTraces(tape, keys, envelope)
    } else if tape.tag(keys[.segmentDocuments]) == JSONTape.Tag.array {
      for document in JSONElements(tape, keys[.segmentDocuments]) {
        carriedDocument(tape, document, XRayContext(), envelope)
      }
    } else if keys.has(.documentCapital), keys.has(.idCapital) || keys.count == 1 {
      // A segment of an answer that was taken apart.
      carriedSegment(tape, index, XRayContext(), envelope)
    } else if isSegment(tape, keys) {
      var context = XRayContext()
      context.offset = envelope.offset
      segmentDocument(tape, index, context)
    } else if isAWSSpan(tape, keys) {
      awsSpan(tape, index, envelope)
    } else if keys.has(.rawOTel) {
      return rawOTel(tape, keys, envelope)
    } else if isDaemonHeader(tape, keys) {
      return true
    } else {
      return xrayAnswer(tape, index, keys, envelope) || xrayTraceMap(tape, index, envelope)
    }
    return true
  }

  // MARK: What it is

  /// A segment or subsegment: a name and an id in hex, and a start in seconds.
  private func isSegment(_ tape: JSONTape, _ keys: RecordKeys) -> Bool {
    guard keys.has(.id), keys.has(.name), keys.has(.startTime) else { return false }
    return keys.has(.traceIDSnake) || keys.has(.endTime) || keys.has(.inProgress)
      || keys.has(.subsegments) || keys.has(.namespace)
  }

  /// A span of `aws/spans`: OTLP's names, attributes plain.
  private func isAWSSpan(_ tape: JSONTape, _ keys: RecordKeys) -> Bool {
    keys.has(.spanID) && keys.has(.startNano) && keys.has(.traceIDCamel)
  }

  /// A trace of an answer: `{"Id", "Segments": […]}`, or X-Ray's retrieval with `Spans`.
  private func isXRayTrace(_ tape: JSONTape, _ keys: RecordKeys) -> Bool {
    tape.tag(keys[.segments]) == JSONTape.Tag.array
      || keys.has(.idCapital) && tape.tag(keys[.spansCapital]) == JSONTape.Tag.array
  }

  /// The line before each document that is sent to the daemon.
  private func isDaemonHeader(_ tape: JSONTape, _ keys: RecordKeys) -> Bool {
    keys.count == 2 && tape.text(keys[.format])?.equals("json") == true && keys.has(.version)
  }

  // MARK: Carriers

  /// An answer of BatchGetTraces or ListRetrievedTraces.
  private mutating func xrayTraces(_ tape: JSONTape, _ keys: RecordKeys, _ envelope: Envelope) {
    let missing = keys[.unprocessedTraceIDs]
    if tape.tag(missing) == JSONTape.Tag.array, tape.after(missing) > missing + 2 {
      batch.defects.count(.partialAnswer, at: recordOffset)
    }
    if let status = tape.text(keys[.retrievalStatus]), !status.equals("COMPLETE") {
      batch.defects.count(.partialAnswer, at: recordOffset)
    }
    for trace in JSONElements(tape, keys[.tracesCapital]) {
      traceElement(tape, trace, id: Bytes.none, envelope)
    }
  }

  /// One trace that stands alone as a record.
  private mutating func xrayTrace(_ tape: JSONTape, _ keys: RecordKeys, _ envelope: Envelope) {
    let context = traceContext(tape, keys[.idCapital], tape.text(keys[.idCapital]) ?? Bytes.none)
    let isRetrieved = tape.tag(keys[.segments]) != JSONTape.Tag.array
    for segment in JSONElements(tape, keys[isRetrieved ? .spansCapital : .segments]) {
      carriedSegment(tape, segment, context, envelope)
    }
  }

  /// An element of `Traces`, or what a map of traces holds under an id.
  private mutating func traceElement(
    _ tape: JSONTape, _ trace: Int, id: Bytes, _ envelope: Envelope
  ) {
    var list = tape.tag(trace) == JSONTape.Tag.array ? trace : 0
    var idIndex = 0
    for (key, value) in JSONMembers(tape, trace) {
      if key.equals("Segments") || key.equals("Spans") { list = value }
      if key.equals("Id") { idIndex = value }
    }
    guard tape.tag(list) == JSONTape.Tag.array else {
      if tape.tag(list) != JSONTape.Tag.null || idIndex == 0 {
        batch.defects.count(.wrongType, at: recordOffset, "Segments")
      }
      return
    }
    let context = traceContext(tape, idIndex, tape.text(idIndex) ?? id)
    for segment in JSONElements(tape, list) { carriedSegment(tape, segment, context, envelope) }
  }

  private func traceContext(_ tape: JSONTape, _ index: Int, _ id: Bytes) -> XRayContext {
    var context = XRayContext()
    if id.count > 0 { context.trace = TraceID(text: id.string) }
    return context
  }

  /// An object keyed by trace ids.
  private mutating func xrayTraceMap(
    _ tape: JSONTape, _ index: Int, _ envelope: Envelope
  ) -> Bool {
    guard let first = tape.text(tape.inside(index).first), isXRayTraceID(first) else {
      return false
    }
    for (key, value) in JSONMembers(tape, index) {
      traceElement(tape, value, id: key, envelope)
    }
    return true
  }

  /// `{"Id", "Document": TEXT or OBJECT}`, or the document itself.
  private mutating func carriedSegment(
    _ tape: JSONTape, _ segment: Int, _ context: XRayContext, _ envelope: Envelope
  ) {
    var context = context
    var document = segment
    var id = 0
    for (key, value) in JSONMembers(tape, segment) {
      if key.equals("Document") { document = value }
      if key.equals("Id") { id = value }
    }
    if document != segment, let id = tape.text(id), id.count > 0 {
      context.segment = SpanID(text: id.string)
    }
    carriedDocument(tape, document, context, envelope)
  }

  /// A document as JSON text or as an object.
  private mutating func carriedDocument(
    _ tape: JSONTape, _ index: Int, _ context: XRayContext, _ envelope: Envelope
  ) {
    var context = context
    var envelope = envelope
    context.offset = nextOffset()
    envelope.offset = context.offset
    if tape.tag(index) == JSONTape.Tag.object {
      return document(tape, index, context, envelope)
    }
    guard let written = tape.text(index) else {
      batch.spansSeen += 1
      batch.defects.count(.wrongType, at: context.offset, "Document")
      return
    }
    envelope.depth += 1
    let isRead = withPayload(written, repairs: true) { decoder, inner in
      guard inner.tag(inner.root) == JSONTape.Tag.object else { return false }
      decoder.document(inner, inner.root, context, envelope)
      return true
    }
    if isRead != true {
      batch.spansSeen += 1
      batch.defects.count(.brokenRecord, at: context.offset, "Document")
    }
  }

  /// A document in X-Ray's or in OpenTelemetry's form.
  private mutating func document(
    _ tape: JSONTape, _ index: Int, _ context: XRayContext, _ envelope: Envelope
  ) {
    let span = member(tape, index) { $0.equals("spanId") }
    if span != 0 {
      awsSpan(tape, index, envelope)
    } else {
      segmentDocument(tape, index, context)
    }
  }

  /// `{"timestamp", "raw_otel_json"}` of CloudWatch's query tools: a span, or a log record of the same run.
  private mutating func rawOTel(
    _ tape: JSONTape, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    var inner = envelope
    let value = keys[.rawOTel]
    if inner.time == 0, let time = tape.text(keys[.timestamp]).flatMap(isoTime) {
      // CloudWatch's own times are UTC and say so nowhere.
      inner.time = time.ns
    }
    if let written = tape.text(value) {
      payload(written, inner)
      return true
    }
    inner.depth += 1
    guard tape.tag(value) == JSONTape.Tag.object, inner.depth <= Self.maxUnwraps else {
      return false
    }
    if json(tape, value, inner) { return true }
    // Of no known shape: a structured body.
    var row = newLog(inner)
    let start = text.count
    text.putRaw(tape, value)
    row.body = range(from: start)
    add(row)
    return true
  }
}

/// Whether a text is a trace id as X-Ray writes it: `1-`, 8 hex digits, `-`, 24 hex digits.
func isXRayTraceID(_ text: Bytes) -> Bool {
  guard text.count == 35, text.starts(with: "1-"), text[10] == 0x2d else { return false }
  for i in 2..<35 where i != 10 {
    guard text[i] &- 0x30 < 10 || (text[i] | 0x20) &- 0x61 < 6 else { return false }
  }
  return true
}
