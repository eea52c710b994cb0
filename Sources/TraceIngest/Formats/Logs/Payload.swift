import TraceModel

/// What a transport carries: JSON of any known shape, a line of a platform, or text. Recognised per record, outside in.
extension Decoder {
  /// The deepest nesting of payloads that is unwrapped (formats/logs.md 14).
  static let maxUnwraps = 3

  /// The payload of a log event: a message of one or more lines, without the line break at its end.
  mutating func payload(_ bytes: Bytes, _ envelope: Envelope) {
    let first = JSONScan.skipBlanks(bytes, 0)
    if first < bytes.count, bytes[first] == 0x7b, envelope.depth < Self.maxUnwraps {
      var inner = envelope
      inner.depth += 1
      if jsonPayload(bytes.slice(first, bytes.count), inner) { return }
    }
    if lambdaLine(bytes, envelope) { return endOpenRecord(envelope.stream) }
    if prefixedLogger(bytes, envelope) { return }
    textPayload(bytes, envelope)
  }

  /// A payload that looks like one JSON object; false where it is none, or of no known shape.
  mutating func jsonPayload(_ bytes: Bytes, _ envelope: Envelope) -> Bool {
    withPayload(bytes) { $0.json($1, $1.root, envelope) } ?? false
  }

  /// A record of several lines of text that is one JSON object, printed with indentation; false where it is none.
  mutating func prettyObject(_ whole: Bytes, _ record: OpenText) -> Bool {
    guard record.lines > 1, !record.hasHeader, whole.count > 1, whole[0] == 0x7b,
      record.envelope.depth < Self.maxUnwraps
    else { return false }
    var envelope = record.envelope
    envelope.depth += 1
    return jsonPayload(whole, envelope)
  }

  /// The message behind a text header that is one JSON object; false where it is none, or of no known shape.
  mutating func jsonMessage(_ whole: Bytes, _ header: TextHeader, _ outer: Envelope) -> Bool {
    guard outer.depth < Self.maxUnwraps else { return false }
    var envelope = outer
    envelope.depth += 1
    let isKnown = withPayload(whole.slice(header.end, whole.count)) { decoder, tape in
      guard tape.tag(tape.root) == JSONTape.Tag.object else { return false }
      let time = decoder.settled(header, outer)
      if time != 0 { envelope.time = time }
      if header.severity != 0 { envelope.severity = header.severity }
      decoder.keys[envelope.depth].look(tape, tape.root, &decoder.text.memberKeys)
      return decoder.loggerObject(
        tape, tape.root, decoder.keys[envelope.depth], envelope, header: whole.slice(0, header.end))
    }
    return isKnown ?? false
  }

  /// Calls `body` with the tape of a JSON text inside a record; nil where it is none, and `body` is not called.
  ///
  /// What is read of a tape may lead to another text, even to one that was open long before, so each tape has a parser of its own as
  /// long as it is in use; beyond four of them a text is no JSON.
  ///
  /// - Parameter repairs: an odd text is repaired and counted, one at a time.
  mutating func withPayload<R>(
    _ bytes: Bytes, repairs: Bool = false, _ body: (inout Decoder, JSONTape) -> R
  ) -> R? {
    let plain: JSONTape?
    switch tapesInUse {
    case 0: plain = payloadParser.parse(bytes, hasRoom: false)
    case 1: plain = innerParser.parse(bytes, hasRoom: false)
    case 2: plain = innermostParser.parse(bytes, hasRoom: false)
    case 3: plain = lastParser.parse(bytes, hasRoom: false)
    default: return nil
    }
    if let plain {
      tapesInUse += 1
      defer { tapesInUse -= 1 }
      return body(&self, plain)
    }
    guard repairs, !isRepairInUse, payloadReader.parse(bytes) == nil else { return nil }
    countPayloadRepairs()
    isRepairInUse = true
    defer { isRepairInUse = false }
    return body(&self, payloadReader.tape())
  }

  private mutating func countPayloadRepairs() {
    if payloadReader.repairedTexts > 0 {
      batch.defects.add(
        Defect(
          kind: .repairedText, count: payloadReader.repairedTexts, firstOffset: recordOffset))
    }
    if payloadReader.oddNumbers > 0 {
      batch.defects.add(
        Defect(kind: .oddNumber, count: payloadReader.oddNumbers, firstOffset: recordOffset))
    }
  }

  /// One JSON object: a record of a file or a payload. False where it has no known shape and nothing was kept of it.
  ///
  /// The order is that of formats/traces.md 0 and formats/logs.md 1: transports, then spans, then errors, then loggers.
  mutating func json(_ tape: JSONTape, _ index: Int, _ envelope: Envelope) -> Bool {
    guard tape.tag(index) == JSONTape.Tag.object else { return false }
    let level = min(envelope.depth, Self.maxUnwraps)
    keys[level].look(tape, index, &text.memberKeys)
    let traits = keys[level].traits
    if traits & RecordKey.Trait.list != 0, recordBytes.count > 0 {
      if keys[level].has(.data), jaegerTraces(tape, keys[level][.data], envelope) { return true }
      if takesListsApart() { return true }
    }
    if traits & RecordKey.Trait.otlp != 0, document(tape, index, isOuter: true) { return true }
    let keys = keys[level]
    return cloudWatchObject(tape, index, keys, envelope)
      || systemObject(tape, index, keys, envelope)
      || xrayObject(tape, index, keys, envelope)
      || consoleObject(tape, index, keys, envelope)
      || searchHits(tape, keys, envelope)
      || jaegerObject(tape, index, keys, envelope)
      || zipkinObject(tape, index, keys, envelope)
      || goConsoleObject(tape, index, keys, envelope)
      || datadogObject(tape, index, keys, envelope)
      || elasticObject(tape, index, keys, envelope)
      || errorObject(tape, index, keys, envelope)
      || lambdaObject(tape, index, keys, envelope)
      || loggerObject(tape, index, keys, envelope)
  }
}
