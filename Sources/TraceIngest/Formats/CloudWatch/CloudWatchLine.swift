import TraceModel

/// CloudWatch's exports that are lines: an event may have several, so one is kept open until the next begins.
extension Decoder {
  /// Lines and bytes of one event; CloudWatch takes 256 KiB a message, later 1 MiB.
  private static let maxEventLines = 20_000
  private static let maxEventBytes = 2 << 20

  /// One line of `s3Export`, `awsTail`, `awsText` or `csv`.
  mutating func cloudWatchLine(_ bytes: Bytes, _ envelope: Envelope) {
    switch context.lines {
    case .s3Export: exportLine(bytes, envelope)
    case .awsTail: tailLine(bytes, envelope)
    case .awsText: awsTextLine(bytes, envelope)
    default: tableLine(bytes, envelope)
    }
  }

  /// Writes the event that is still open.
  mutating func endCloudWatchEvent() {
    guard let envelope = kept.cloudWatch.envelope else { return }
    kept.cloudWatch.envelope = nil
    kept.cloudWatch.lines = 0
    var whole = ByteBuffer(capacity: 8)
    swap(&whole, &kept.cloudWatch.open)
    (recordOffset, ordinal) = (envelope.offset, 0)
    switch context.lines {
    case .awsText: awsTextEvent(whole.bytes, envelope)
    case .csv: tableRow(whole.bytes, envelope)
    default: cloudWatchMessage(whole.bytes, envelope)
    }
  }

  /// Begins an event with its first line.
  private mutating func beginEvent(_ bytes: Bytes, _ envelope: Envelope) {
    endCloudWatchEvent()
    kept.cloudWatch.open.count = 0
    kept.cloudWatch.open.put(bytes)
    kept.cloudWatch.envelope = envelope
    kept.cloudWatch.lines = 1
  }

  /// Goes on with the open event; false where none is open. One that is too long ends, and the line begins a new one.
  private mutating func continueEvent(_ bytes: Bytes, _ envelope: Envelope) -> Bool {
    guard var open = kept.cloudWatch.envelope else { return false }
    if kept.cloudWatch.lines >= Self.maxEventLines
      || kept.cloudWatch.open.count + bytes.count > Self.maxEventBytes
    {
      batch.defects.count(.longRecord, at: open.offset)
      open.offset = envelope.offset
      beginEvent(bytes, open)
      return true
    }
    kept.cloudWatch.open.put(0x0a)
    kept.cloudWatch.open.put(bytes)
    kept.cloudWatch.lines += 1
    return true
  }

  // MARK: Export to S3

  /// `2026-01-05T10:00:00.123Z text`; a line without a time continues the event before it.
  private mutating func exportLine(_ bytes: Bytes, _ envelope: Envelope) {
    let hint = kept.cloudWatch.hint(context.path)
    if hint.isProbe {
      batch.defects.count(.controlMessage, at: envelope.offset)
      return
    }
    if let time = Self.exportTime(bytes) {
      var inner = envelope
      inner.time = time
      inner.stream = cloudWatchStream(group: Bytes.none, stream: Bytes.none)
      beginEvent(bytes.slice(min(25, bytes.count), bytes.count), inner)
    } else if !continueEvent(bytes, envelope), bytes.count > 0 {
      // The event that it continues stands in another file.
      var inner = envelope
      inner.stream = cloudWatchStream(group: Bytes.none, stream: Bytes.none)
      beginEvent(bytes, inner)
    }
  }

  /// The time that a line of an export begins with.
  static func exportTime(_ bytes: Bytes) -> Int64? {
    guard bytes.count >= 24, bytes[10] == 0x54, bytes[19] == 0x2e, bytes[23] == 0x5a,
      bytes.count == 24 || bytes[24] == 0x20, let time = isoTime(bytes), time.length == 24
    else { return nil }
    return time.ns
  }

  // MARK: aws logs tail

  /// `2026-01-05T10:00:00.123000+00:00 stream message`, `2026-01-05T10:00:00 message`, perhaps coloured; messages in JSON go on over
  /// the next lines.
  private mutating func tailLine(_ bytes: Bytes, _ envelope: Envelope) {
    var plain = ByteBuffer(capacity: bytes.count)
    putPlain(bytes, into: &plain)
    let line = plain.bytes
    guard let head = Self.tailHead(line) else {
      if !continueEvent(line, envelope), line.count > 0 { beginEvent(line, envelope) }
      return
    }
    var inner = envelope
    inner.time = head.time
    inner.stream = cloudWatchStream(group: Bytes.none, stream: head.stream)
    beginEvent(line.slice(head.end, line.count), inner)
  }

  /// What a line of `aws logs tail` begins with, and where the message stands; nil where it begins otherwise.
  static func tailHead(_ line: Bytes) -> (time: Int64, stream: Bytes, end: Int)? {
    guard line.count >= 19, line[10] == 0x54, let time = isoTime(line) else { return nil }
    let isDetailed =
      time.length == 32 && line[19] == 0x2e && line.slice(26, 32).equals("+00:00")
    guard isDetailed || time.length == 19,
      time.length == line.count || line[time.length] == 0x20
    else { return nil }
    var at = min(time.length + 1, line.count)
    guard isDetailed else { return (time.ns, Bytes.none, at) }
    let from = at
    while at < line.count, line[at] != 0x20 { at += 1 }
    return (time.ns, line.slice(from, at), min(at + 1, line.count))
  }

  /// Text without the sequences that colour it.
  private func putPlain(_ bytes: Bytes, into buffer: inout ByteBuffer) {
    var from = 0
    var i = 0
    while let escape = bytes.firstIndex(of: 0x1b, from: i) {
      var end = escape + 1
      guard end < bytes.count, bytes[end] == 0x5b else {
        i = end
        continue
      }
      end += 1
      while end < bytes.count, bytes[end] &- 0x30 < 10 || bytes[end] == 0x3b { end += 1 }
      guard end < bytes.count, bytes[end] == 0x6d else {
        i = end
        continue
      }
      buffer.put(bytes.slice(from, escape))
      i = end + 1
      from = i
    }
    buffer.put(bytes.slice(from, bytes.count))
  }

  // MARK: --output text

  /// `EVENTS`, then the members of an event by name, with tabs between; a message may hold tabs and line breaks.
  private mutating func awsTextLine(_ bytes: Bytes, _ envelope: Envelope) {
    if bytes.starts(with: "EVENTS\t") { return beginEvent(bytes.slice(7, bytes.count), envelope) }
    let isOther =
      bytes.starts(with: "SEARCHEDLOGSTREAMS\t") || bytes.starts(with: "f/")
      || bytes.starts(with: "b/")
    if isOther, kept.cloudWatch.envelope == nil || kept.cloudWatch.endsWithTime {
      return endCloudWatchEvent()
    }
    if !continueEvent(bytes, envelope), bytes.count > 0, !isToken(bytes) {
      batch.logsSeen += 1
      batch.defects.count(.brokenRecord, at: envelope.offset)
    }
  }

  /// Whether a line is the token of the next page.
  private func isToken(_ bytes: Bytes) -> Bool {
    if bytes.count < 40 { return false }
    for i in 0..<bytes.count where bytes[i] <= 0x20 && bytes[i] != 0x09 { return false }
    return true
  }

  /// `[eventId] ingestionTime [logStreamName] message timestamp`.
  private mutating func awsTextEvent(_ bytes: Bytes, _ envelope: Envelope) {
    var end = bytes.count
    while end > 0, bytes[end - 1] <= 0x20 { end -= 1 }
    var tab = end
    while tab > 0, bytes[tab - 1] != 0x09 { tab -= 1 }
    var inner = envelope
    inner.time = cloudWatchTime(bytes.slice(tab, end), envelope.offset)
    var at = 0
    func next() -> Bytes? {
      guard at < tab, let stop = bytes.firstIndex(of: 0x09, from: at), stop < tab else {
        return nil
      }
      defer { at = stop + 1 }
      return bytes.slice(at, stop)
    }
    guard tab > 1, var ingested = next() else {
      batch.logsSeen += 1
      batch.defects.count(.brokenRecord, at: envelope.offset)
      return
    }
    var stream = Bytes.none
    if ingested.count > 20 {
      inner.identity = unsafe stableHash(ingested.raw, seed: 0) | 1
      ingested = next() ?? Bytes.none
      stream = next() ?? Bytes.none
    }
    inner.observed = cloudWatchTime(ingested, envelope.offset)
    inner.stream = cloudWatchStream(group: Bytes.none, stream: stream)
    cloudWatchMessage(bytes.slice(min(at, tab - 1), tab - 1), inner)
  }

  // MARK: Tables

  /// A line of CSV (RFC 4180); a row goes on while a quote is open.
  private mutating func tableLine(_ bytes: Bytes, _ envelope: Envelope) {
    if kept.cloudWatch.envelope != nil {
      _ = continueEvent(bytes, envelope)
    } else {
      if bytes.count == 0 { return }
      beginEvent(bytes, envelope)
    }
    // The first line of a row decides anew.
    if kept.cloudWatch.lines == 1 { kept.cloudWatch.isQuoteOpen = false }
    var at = 0
    while let quote = bytes.firstIndex(of: 0x22, from: at) {
      kept.cloudWatch.isQuoteOpen.toggle()
      at = quote + 1
    }
    if !kept.cloudWatch.isQuoteOpen { endCloudWatchEvent() }
  }

  /// A row of a table: the first one names the columns.
  private mutating func tableRow(_ bytes: Bytes, _ envelope: Envelope) {
    var fields = ByteBuffer(capacity: bytes.count)
    let places = Self.cells(bytes, into: &fields)
    if kept.cloudWatch.columns.isEmpty {
      kept.cloudWatch.columns = places.map { unsafe Array(fields.bytes.slice($0.from, $0.end).raw) }
      return
    }
    if places.count != kept.cloudWatch.columns.count {
      batch.defects.count(.wrongType, at: envelope.offset, "columns")
    }
    // The names, in bytes that live as long as the row.
    var names = ByteBuffer(capacity: 256)
    var ends: [Int] = []
    for name in kept.cloudWatch.columns {
      for byte in name { names.put(byte) }
      ends.append(names.count)
    }
    var row = InsightsRow()
    for (number, place) in places.prefix(ends.count).enumerated() where place.end > place.from {
      let column = names.bytes.slice(number == 0 ? 0 : ends[number - 1], ends[number])
      takeCell(column, fields.bytes.slice(place.from, place.end), &row)
    }
    insightsRow(nil, row, envelope)
  }

  /// Takes a cell under its column's name; names of the log viewer have no sign before them.
  private func takeCell(_ column: Bytes, _ value: Bytes, _ row: inout InsightsRow) {
    if column.equals("timestamp") {
      row.time = value
    } else if column.equals("message") {
      row.message = value
    } else if column.equals("logStreamName") {
      row.stream = value
    } else if column.equals("ingestionTime") {
      row.observed = value
    } else if column.equals("eventId") {
      row.eventID = value
    } else {
      row.take(column, value)
    }
  }

  /// The cells of a row: quotes taken off, doubled ones made one.
  static func cells(_ bytes: Bytes, into buffer: inout ByteBuffer) -> [(from: Int, end: Int)] {
    var places: [(from: Int, end: Int)] = []
    var i = 0
    while true {
      let from = buffer.count
      if i < bytes.count, bytes[i] == 0x22 {
        i += 1
        while i < bytes.count {
          if bytes[i] == 0x22 {
            guard i + 1 < bytes.count, bytes[i + 1] == 0x22 else { break }
            i += 1
          }
          buffer.put(bytes[i])
          i += 1
        }
        i += 1
      }
      while i < bytes.count, bytes[i] != 0x2c {
        buffer.put(bytes[i])
        i += 1
      }
      places.append((from, buffer.count))
      guard i < bytes.count else { return places }
      i += 1
    }
  }
}
