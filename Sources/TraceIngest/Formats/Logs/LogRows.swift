import TraceModel

/// How a log record becomes a row. Texts go into `text`, one after the other, so write attributes, detail and body in turn.
extension Decoder {
  /// A row that holds what the envelope says.
  mutating func newLog(_ envelope: Envelope) -> LogRow {
    var row = LogRow()
    row.time = envelope.time
    row.observed = envelope.observed
    row.offset = envelope.offset
    row.severity = envelope.severity
    if !envelope.level.isEmpty {
      row.severityText = batch.symbols.intern(String(decoding: envelope.level, as: UTF8.self))
    }
    row.trace = envelope.trace
    row.span = envelope.span
    row.identity = envelope.identity
    row.resource = resource(ofStream: envelope.stream)
    if !envelope.attributes.isEmpty {
      let start = text.count
      text.addObject(envelope.attributes, from: start)
      row.attributes = range(from: start)
    }
    return row
  }

  /// Writes the members of the detail that the envelope knows: header and request id.
  ///
  /// - Parameter request: the id that the payload names itself, which goes first.
  mutating func putCarried(
    _ envelope: Envelope, header: Bytes = Bytes.none, request: Bytes = Bytes.none,
    from start: Int
  ) {
    if header.count > 0 || !envelope.header.isEmpty {
      // What the transport took off stands before what the logger wrote.
      var before = ByteBuffer(capacity: envelope.header.count + header.count + 8)
      for byte in envelope.header { before.put(byte) }
      before.put(header)
      detailMember("header", from: start)
      text.putString(before.bytes)
    }
    if request.count > 0 {
      detailMember("request_id", from: start)
      text.putString(request)
    } else if !envelope.request.isEmpty {
      detailMember("request_id", from: start)
      var copy = ByteBuffer(capacity: envelope.request.count)
      for byte in envelope.request { copy.put(byte) }
      text.putString(copy.bytes)
    }
  }

  /// Begins a member of the detail that is written from a place in `text` on; its JSON value is to follow.
  mutating func detailMember(_ name: StaticString, from start: Int) {
    text.put(text.count == start ? 0x7b : 0x2c)
    text.put(0x22)
    text.put(name)
    text.put("\":")
  }

  /// Ends the detail that was written from a place on; an empty range where it has no member.
  mutating func endDetail(from start: Int) -> TextRange {
    if text.count > start { text.put(0x7d) }
    return range(from: start)
  }

  /// Counts and keeps a row.
  mutating func add(_ row: LogRow) {
    batch.logsSeen += 1
    if row.time == 0, row.observed == 0 { batch.defects.count(.logWithoutTime, at: row.offset) }
    batch.logs.append(row)
  }

  /// The batch's row for a stream's resource.
  mutating func resource(ofStream number: Int32) -> UInt32 {
    if let known = streamRows[number] { return known }
    let row = addResource(kept.streams[number])
    streamRows[number] = row
    return row
  }

  /// The batch's row for a sender that a payload names, beside what its stream says.
  ///
  /// - Parameter service: the service's name; empty: the stream's.
  mutating func resource(
    ofStream number: Int32, service: Bytes, host: Bytes = .none, version: Bytes = .none
  ) -> UInt32 {
    if service.count == 0, host.count == 0, version.count == 0 {
      return resource(ofStream: number)
    }
    // One look-up where the batch has met this sender before.
    path.count = 0
    for shift in [0, 8, 16, 24] { path.put(UInt8(truncatingIfNeeded: number >> Int32(shift))) }
    for part in [service, host, version] {
      path.put(part)
      path.put(0xff)
    }
    let sender = Int(unsafe senders.intern(path.bytes.raw).index)
    if sender < senderRows.count { return senderRows[sender] }
    var stream = kept.streams[number]
    if service.count > 0 { stream.service = service.string }
    if host.count > 0 { stream.host = host.string }
    if version.count > 0 { stream.version = version.string }
    let row = addResource(stream)
    senderRows.append(row)
    return row
  }

  private mutating func addResource(_ stream: LogStream) -> UInt32 {
    let start = text.count
    var pairs: [(key: String, value: String)] = []
    if !stream.service.isEmpty { pairs.append(("service.name", stream.service)) }
    if !stream.version.isEmpty { pairs.append(("service.version", stream.version)) }
    if !stream.instance.isEmpty { pairs.append(("service.instance.id", stream.instance)) }
    if !stream.host.isEmpty { pairs.append(("host.name", stream.host)) }
    pairs += stream.attributes
    for (number, pair) in pairs.enumerated() {
      text.put(number == 0 ? 0x7b : 0x2c)
      text.putString(pair.key)
      text.put(0x3a)
      text.putString(pair.value)
    }
    if !pairs.isEmpty { text.put(0x7d) }
    var row = ResourceRow()
    row.service = batch.symbols.intern(
      stream.service.isEmpty ? "unknown_service" : stream.service)
    row.host = batch.symbols.intern(stream.host)
    row.instance = batch.symbols.intern(stream.instance)
    row.version = batch.symbols.intern(stream.version)
    row.attributes = range(from: start)
    return addResource(row)
  }
}

extension JSONText {
  /// Adds the members of an object, given as text, to the object that was written from a place on, which may not have begun.
  mutating func addObject(_ object: [UInt8], from start: Int) {
    guard object.count > 2 else { return }
    var members = object[...]
    if buffer.count > start {
      buffer.count -= 1
      put(0x2c)
      members = object.dropFirst()
    }
    buffer.reserve(members.count)
    for byte in members { put(byte) }
  }

  /// A string in quotes.
  mutating func putString(_ text: String) {
    // A copy with room behind it, as the other form wants it.
    var copy = ByteBuffer(capacity: text.utf8.count)
    copy.put(text)
    putString(copy.bytes)
  }
}
