import TraceModel

/// CloudWatch's envelopes in JSON, told by their keys (formats/logs.md 2).
extension Decoder {
  /// CloudWatch's envelopes: pages of events, subscriptions, Insights answers, single events.
  mutating func cloudWatchObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    guard keys.traits & RecordKey.Trait.cloudWatch != 0 else { return false }
    let array = JSONTape.Tag.array
    if tape.tag(keys[.logEvents]) == array, keys.has(.messageType) || keys.has(.logGroup) {
      return subscription(tape, keys, envelope)
    }
    if tape.tag(keys[.events]) == array { return page(tape, keys, envelope) }
    if tape.tag(keys[.results]) == array { return insightsAnswer(tape, keys, envelope) }
    if keys.has(.sessionUpdate) || keys.has(.sessionStart) { return liveTail(tape, keys, envelope) }
    if keys.has(.awslogs) {
      let data = member(tape, keys[.awslogs]) { $0.equals("data") }
      return data != 0 && packed(tape, data, envelope)
    }
    if tape.tag(keys[.records]) == array { return streamRecords(tape, keys[.records], envelope) }
    if tape.tag(keys[.recordsLower]) == array {
      return streamRecords(tape, keys[.recordsLower], envelope)
    }
    if isEvent(tape, keys) {
      event(tape, index, group: Bytes.none, envelope)
      return true
    }
    return insightsObject(tape, index, keys, envelope)
  }

  /// An event that stands alone: of a page that was taken apart, or under the names of Go's SDK.
  private func isEvent(_ tape: JSONTape, _ keys: RecordKeys) -> Bool {
    if keys.has(.messageCapital) {
      // .NET's console has the same names, and a level.
      if keys.has(.logLevelCapital) { return false }
      return keys.has(.eventIDCapital) && keys.has(.timestampCapital)
        || keys.has(.ingestionTimeCapital)
    }
    guard keys.has(.message), keys.has(.timestamp) else { return false }
    if keys.has(.ingestionTime) || keys.has(.logStreamName) { return true }
    // An element of `logEvents`: its id is a decimal number of 56 digits.
    guard keys.count <= 4, let id = tape.text(keys[.id]), id.count >= 50 else { return false }
    for i in 0..<id.count where id[i] &- 0x30 >= 10 { return false }
    return true
  }

  // MARK: Pages

  /// An answer of GetLogEvents or FilterLogEvents; false where `events` are something else.
  private mutating func page(_ tape: JSONTape, _ keys: RecordKeys, _ envelope: Envelope) -> Bool {
    let list = keys[.events]
    var isFirst = true
    for element in JSONElements(tape, list) {
      if isFirst {
        let message = member(tape, element) { $0.equals("message") }
        let time = member(tape, element) { $0.equals("timestamp") || $0.equals("ingestionTime") }
        guard message != 0, time != 0 else { return false }
        isFirst = false
      }
      event(tape, element, group: Bytes.none, envelope)
    }
    if !isFirst { return true }
    return keys.has(.nextToken) || keys.has(.nextForwardToken) || keys.has(.searchedLogStreams)
      || keys.count == 1
  }

  /// What a subscription filter delivers.
  private mutating func subscription(
    _ tape: JSONTape, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    let list = JSONElements(tape, keys[.logEvents])
    if tape.text(keys[.messageType])?.equals("CONTROL_MESSAGE") == true {
      for _ in list { batch.defects.count(.controlMessage, at: envelope.offset) }
      return true
    }
    let group = tape.text(keys[.logGroup]) ?? Bytes.none
    let stream = tape.text(keys[.logStream]) ?? Bytes.none
    for element in list { event(tape, element, group: group, stream: stream, envelope) }
    return true
  }

  /// One message of a live tail's answer.
  private mutating func liveTail(
    _ tape: JSONTape, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    let list = member(tape, keys[.sessionUpdate]) { $0.equals("sessionResults") }
    for element in JSONElements(tape, list) { event(tape, element, group: Bytes.none, envelope) }
    return true
  }

  /// One event of any of them.
  ///
  /// - Parameters:
  ///   - group: the log group, where the document around it says so.
  ///   - stream: the log stream, likewise.
  private mutating func event(
    _ tape: JSONTape, _ index: Int, group: Bytes, stream: Bytes = Bytes.none, _ envelope: Envelope
  ) {
    var inner = envelope
    inner.offset = nextOffset()
    guard tape.tag(index) == JSONTape.Tag.object else {
      batch.logsSeen += 1
      batch.defects.count(.wrongType, at: inner.offset, "events")
      return
    }
    var (group, stream) = (group, stream)
    var message = 0
    for (key, value) in JSONMembers(tape, index) {
      switch key.count {
      case 2, 7:
        if key.equals("message") || key.equals("Message") { message = value }
        if key.equals("id") || key.equals("eventId") || key.equals("EventId") {
          identify(tape, value, &inner)
        }
      case 9:
        if key.equals("timestamp") || key.equals("Timestamp") {
          inner.time = cloudWatchTime(tape, value, inner.offset)
        }
      case 13:
        if key.equals("ingestionTime") || key.equals("IngestionTime") {
          inner.observed = cloudWatchTime(tape, value, inner.offset)
        } else if key.equals("logStreamName") || key.equals("LogStreamName") {
          stream = tape.text(value) ?? stream
        }
      case 15:
        if key.equals("extractedFields"), tape.tag(value) == JSONTape.Tag.object {
          inner.attributes = extractedFields(tape, value)
        }
      case 18: if key.equals("logGroupIdentifier") { group = tape.text(value) ?? group }
      default: break
      }
    }
    inner.stream = cloudWatchStream(group: group, stream: stream)
    eventMessage(tape, message, inner)
  }

  /// What a subscription's pattern cut out of the message, as the attribute `aws.logs.fields`.
  private mutating func extractedFields(_ tape: JSONTape, _ object: Int) -> [UInt8] {
    let start = text.count
    text.put("{\"aws.logs.fields\":")
    text.putRaw(tape, object)
    text.put(0x7d)
    defer { text.buffer.count = start }
    return unsafe Array(text.buffer.bytes.slice(start, text.count).raw)
  }

  /// The event's message: text of any kind, or JSON that a tool has already read.
  mutating func eventMessage(_ tape: JSONTape, _ message: Int, _ envelope: Envelope) {
    if let words = tape.text(message) { return cloudWatchMessage(words, envelope) }
    var inner = envelope
    inner.depth += 1
    if inner.depth <= Self.maxUnwraps, json(tape, message, inner) { return }
    var row = newLog(envelope)
    let start = text.count
    if message != 0 { text.putRaw(tape, message) }
    row.body = range(from: start)
    add(row)
  }

  /// A message without the line breaks at its end, as payload.
  mutating func cloudWatchMessage(_ words: Bytes, _ envelope: Envelope) {
    var end = words.count
    while end > 0, words[end - 1] == 0x0a || words[end - 1] == 0x0d { end -= 1 }
    payload(words.slice(0, end), kept.cloudWatch.withRequest(envelope))
  }

  /// Notes an event's id, by which it is told in all exports.
  private mutating func identify(_ tape: JSONTape, _ value: Int, _ envelope: inout Envelope) {
    guard let id = tape.text(value), id.count > 0 else { return }
    envelope.identity = unsafe stableHash(id.raw, seed: 0) | 1
  }

  /// A time of CloudWatch: milliseconds since the epoch, as number or text, or the text of Insights, which is UTC.
  mutating func cloudWatchTime(_ tape: JSONTape, _ value: Int, _ offset: Int64) -> Int64 {
    if let words = tape.text(value) { return cloudWatchTime(words, offset) }
    let number = tape.number(value)
    switch tape.tag(value) {
    case JSONTape.Tag.uint, JSONTape.Tag.int:
      if number < 9_200_000_000_000 { return Int64(number) * 1_000_000 }
    case JSONTape.Tag.double:
      let milliseconds = Double(bitPattern: number)
      if milliseconds > 0, milliseconds < 9.2e12 { return Int64(milliseconds) * 1_000_000 }
    case JSONTape.Tag.null: return 0
    default: break
    }
    batch.defects.count(.oddTime, at: offset)
    return 0
  }

  /// The same of a text; an empty one says nothing.
  mutating func cloudWatchTime(_ words: Bytes, _ offset: Int64) -> Int64 {
    if let time = isoTime(words) { return time.ns }
    if let number = decimal(words), number < 9_200_000_000_000 { return Int64(number) * 1_000_000 }
    if words.count > 0 { batch.defects.count(.oddTime, at: offset) }
    return 0
  }

  // MARK: Packed

  /// Records of Kinesis (as a function or `get-records` sees them) and of Firehose's transformations.
  private mutating func streamRecords(
    _ tape: JSONTape, _ list: Int, _ envelope: Envelope
  ) -> Bool {
    var isKnown = false
    for record in JSONElements(tape, list) {
      let kinesis = member(tape, record) { $0.equals("kinesis") }
      let data = member(tape, kinesis == 0 ? record : kinesis) {
        $0.equals("data") || $0.equals("Data")
      }
      if data != 0, packed(tape, data, envelope) { isKnown = true }
    }
    return isKnown
  }

  /// Text in base64, which holds gzip data or plain bytes; false where it is none.
  private mutating func packed(_ tape: JSONTape, _ data: Int, _ envelope: Envelope) -> Bool {
    guard let words = tape.text(data), let bytes = base64Content(words) else { return false }
    guard envelope.depth < Self.maxUnwraps else {
      batch.defects.count(.tooDeep, at: envelope.offset)
      return true
    }
    guard bytes.bytes.count >= 2, bytes.bytes[0] == 0x1f, bytes.bytes[1] == 0x8b else {
      unpacked(bytes.bytes, envelope)
      return true
    }
    guard let content = inflated(bytes.bytes, limit: Self.packedLimit) else {
      batch.defects.count(.corruptCompression, at: envelope.offset)
      return true
    }
    // A producer's own compression around CloudWatch's.
    if content.bytes.starts(with: "\u{1f}"), content.count > 2, content.bytes[1] == 0x8b {
      guard let inner = inflated(content.bytes, limit: Self.packedLimit) else {
        batch.defects.count(.corruptCompression, at: envelope.offset)
        return true
      }
      unpacked(inner.bytes, envelope)
      return true
    }
    unpacked(content.bytes, envelope)
    return true
  }

  /// Kinesis' records hold at most 10 MB.
  private static let packedLimit = 64 << 20

  /// Unpacked bytes: documents one behind the other, else text.
  private mutating func unpacked(_ bytes: Bytes, _ envelope: Envelope) {
    var at = JSONScan.skipBlanks(bytes, 0)
    guard at < bytes.count, bytes[at] == 0x7b else { return payload(bytes, envelope) }
    while at < bytes.count {
      guard
        case .at(let end) = JSONScan.endOfValue(bytes, at, isLast: true, breaks: .ignored)
      else {
        batch.defects.count(.cutOffRecord, at: envelope.offset)
        return
      }
      payload(bytes.slice(at, end), envelope)
      at = JSONScan.skipBlanks(bytes, end)
    }
  }
}
