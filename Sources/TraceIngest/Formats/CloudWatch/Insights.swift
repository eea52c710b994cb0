import TraceModel

/// Rows of Logs Insights: answers of GetQueryResults, the console's JSON and tables (formats/logs.md 2.5). All values are texts.
extension Decoder {
  /// What a row says under the names of the system's fields, and its other fields.
  struct InsightsRow {
    var message: Bytes?
    /// Index of a message that is JSON already; 0 where it is text.
    var messageIndex = 0
    var time = Bytes.none
    var observed = Bytes.none
    var group = Bytes.none
    var stream = Bytes.none
    var hasPointer = false
    var request = Bytes.none
    var trace = Bytes.none
    var segment = Bytes.none
    var type = Bytes.none
    var eventID = Bytes.none
    /// Numbers of Lambda's report: key of the detail, and value as written.
    var facts: [(key: StaticString, value: Bytes)] = []
    /// Fields of the event or of the query.
    var others: [(name: Bytes, value: Bytes)] = []

    /// Whether it is an event; else it is a line of a table.
    var isEvent: Bool { message != nil || messageIndex != 0 || hasPointer || time.count > 0 }

    /// Takes one field.
    mutating func take(_ name: Bytes, _ value: Bytes) {
      guard name.count > 1, name[0] == 0x40 else { return others.append((name, value)) }
      // The event's own field began with the sign itself.
      if name[1] == 0x40 { return others.append((name.slice(1, name.count), value)) }
      if name.equals("@message") {
        message = value
      } else if name.equals("@timestamp") {
        time = value
      } else if name.equals("@ingestionTime") {
        observed = value
      } else if name.equals("@log") {
        group = value
      } else if name.equals("@logStream") {
        stream = value
      } else if name.equals("@ptr") {
        hasPointer = true
      } else if name.equals("@requestId") {
        request = value
      } else if name.equals("@xrayTraceId") {
        trace = value
      } else if name.equals("@xraySegmentId") {
        segment = value
      } else if name.equals("@type") {
        type = value
      } else if name.equals("@eventId") {
        eventID = value
      } else if let key = Self.fact(name) {
        facts.append((key, value))
      } else {
        others.append((name, value))
      }
    }

    private static func fact(_ name: Bytes) -> StaticString? {
      if name.equals("@duration") { return "duration_ms" }
      if name.equals("@billedDuration") { return "billed_ms" }
      if name.equals("@initDuration") { return "init_ms" }
      if name.equals("@memorySize") { return "memory_mb" }
      if name.equals("@maxMemoryUsed") { return "used_mb" }
      return nil
    }
  }

  /// An answer of GetQueryResults; false where `results` are something else.
  mutating func insightsAnswer(
    _ tape: JSONTape, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    if let status = tape.text(keys[.status]), !status.equals("Complete") {
      batch.defects.count(.partialAnswer, at: envelope.offset)
    }
    var sawRow = false
    for element in JSONElements(tape, keys[.results]) {
      var row = InsightsRow()
      var isRow = false
      for field in JSONElements(tape, element) {
        let name = tape.text(member(tape, field) { $0.equals("field") })
        let value = member(tape, field) { $0.equals("value") }
        guard let name else { continue }
        isRow = true
        if let words = tape.text(value) { row.take(name, words) }
      }
      guard isRow else {
        if !sawRow { return false }
        batch.logsSeen += 1
        batch.defects.count(.wrongType, at: envelope.offset, "results")
        continue
      }
      sawRow = true
      var inner = envelope
      inner.offset = nextOffset()
      insightsRow(tape, row, inner)
    }
    return sawRow || keys.has(.status) || keys.count == 1
  }

  /// A row of the console's JSON; false where the record is another one's.
  mutating func insightsObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    guard
      keys.has(.atMessage)
        || keys.has(.atTimestamp)
          && (keys.has(.atPtr) || keys.has(.atLogStream) || keys.has(.atLog))
    else { return false }
    var row = InsightsRow()
    // Values that are no text are written into a buffer of their own, so that they live as long as the row.
    var copy = ByteBuffer(capacity: 256)
    var places: [(name: Bytes, from: Int, end: Int)] = []
    for (key, value) in JSONMembers(tape, index) {
      if let words = tape.text(value) {
        row.take(key, words)
      } else if key.equals("@message") {
        row.messageIndex = value
      } else if tape.tag(value) != JSONTape.Tag.null {
        let start = text.count
        text.putRaw(tape, value)
        places.append((key, copy.count, copy.count + text.count - start))
        copy.put(text.buffer.bytes.slice(start, text.count))
        text.buffer.count = start
      }
    }
    for place in places { row.take(place.name, copy.bytes.slice(place.from, place.end)) }
    insightsRow(tape, row, envelope)
    return true
  }

  /// One row as a log record.
  mutating func insightsRow(_ tape: JSONTape?, _ row: InsightsRow, _ envelope: Envelope) {
    guard row.isEvent else { return batch.defects.count(.tableNotLog, at: envelope.offset) }
    var inner = envelope
    inner.time = cloudWatchTime(row.time, envelope.offset)
    inner.observed = cloudWatchTime(row.observed, envelope.offset)
    inner.stream = cloudWatchStream(group: row.group, stream: row.stream)
    if let trace = xrayTrace(row.trace) { inner.trace = trace }
    if row.segment.count == 16, let span = hexNumber(row.segment) {
      inner.span = SpanID(span.low)
    }
    if row.eventID.count > 0 { inner.identity = unsafe stableHash(row.eventID.raw, seed: 0) | 1 }
    if row.request.count > 0 { inner.request = unsafe Array(row.request.raw) }
    if row.message != nil || row.messageIndex != 0, !row.others.isEmpty {
      // A query's own columns, or the event's fields once more: beside the message, so that no name stands twice.
      let start = text.count
      text.put("{\"aws.logs.fields\":")
      putFields(row)
      text.put(0x7d)
      inner.attributes = unsafe Array(text.buffer.bytes.slice(start, text.count).raw)
      text.buffer.count = start
    }
    if let message = row.message {
      cloudWatchMessage(message, inner)
    } else if row.messageIndex != 0, let tape {
      eventMessage(tape, row.messageIndex, inner)
    } else if row.type.equals("REPORT") || !row.facts.isEmpty {
      insightsReport(row, inner)
    } else {
      insightsFields(row, inner)
    }
  }

  /// A row that holds the fields of a JSON event instead of its message: the object is put together again.
  private mutating func insightsFields(_ row: InsightsRow, _ envelope: Envelope) {
    let start = text.count
    putFields(row)
    var object = ByteBuffer(capacity: text.count - start)
    object.put(text.buffer.bytes.slice(start, text.count))
    text.buffer.count = start
    payload(object.bytes, envelope)
  }

  private mutating func putFields(_ row: InsightsRow) {
    text.put(0x7b)
    for (number, field) in row.others.enumerated() {
      if number > 0 { text.put(0x2c) }
      text.putString(field.name)
      text.put(0x3a)
      text.putString(field.value)
    }
    text.put(0x7d)
  }

  /// A row of Lambda's report without its line.
  private mutating func insightsReport(_ row: InsightsRow, _ envelope: Envelope) {
    var line = PlatformLine()
    line.request = row.request
    var numbers = ByteBuffer(capacity: 128)
    var places: [(StaticString, Int, Int)] = []
    for (key, value) in row.facts {
      // Bytes in scientific notation where the line has MB.
      guard let number = Double(value.string), number >= 0, number < 1e15 else { continue }
      let isMemory = "\(key)".hasSuffix("_mb")
      let from = numbers.count
      let scaled = isMemory ? (number / 1_000_000).rounded() : number
      numbers.put(scaled.rounded() == scaled ? String(Int64(scaled)) : scaled.description)
      places.append((key, from, numbers.count))
    }
    for (key, from, end) in places {
      line.facts.append((key, numbers.bytes.slice(from, end), true))
    }
    var envelope = envelope
    envelope.severity = 9
    var log = newLog(envelope)
    log.detail = platformDetail(line, envelope)
    var start = text.count
    if !row.others.isEmpty { putFields(row) }
    log.attributes = range(from: start)
    start = text.count
    text.buffer.put(row.type.count > 0 ? row.type : row.request)
    if row.type.count > 0, row.request.count > 0 {
      text.put(" RequestId: ")
      text.buffer.put(row.request)
    }
    log.body = range(from: start)
    add(log)
  }
}
