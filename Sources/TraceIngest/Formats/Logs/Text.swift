import TraceModel

/// Text lines and messages → records; continuation lines are folded into the record before them, per stream.
///
/// A line with a logger's header begins a record. One without goes on with the record before it if it is indented, closes a
/// bracket, or belongs to a stack trace; any other is a record of its own (formats/logs.md 11).
///
///     10:00:00 ERROR checkout failed      begins
///     Traceback (most recent call last):  goes on
///       File "app.py", line 3, in f       goes on
///     KeyError: 'sku'                     goes on
///     listening on 8080                   a record without time
///
/// - Assumes: most lines have a header and are a record each; no string is made for them.
extension Decoder {
  /// One line, or one message of several lines, of a stream; without the line break at its end.
  ///
  /// It begins a record, or continues the stream's open one. Lines of one message stay together.
  mutating func textPayload(_ bytes: Bytes, _ envelope: Envelope) {
    let whole = plainText(bytes, envelope.offset)
    guard context.framing.isOrdered, kept.texts.learnedFrom < HabitTable.learned else {
      return place(whole, envelope)
    }
    let start = kept.texts.pendingBytes.count
    kept.texts.pendingBytes.put(whole)
    kept.texts.pending.append(
      PendingText(envelope: envelope, start: start, end: kept.texts.pendingBytes.count))
    if kept.texts.learnedFrom + kept.texts.pending.count >= HabitTable.learned
      || kept.texts.pendingBytes.count > TextLog.maxPendingBytes
    {
      placePending()
    }
  }

  /// Writes the records that are still open: at the end of a source, and at the end of a chunk that starts no stream's line.
  mutating func endOpenRecords() {
    placePending()
    let open = kept.texts.slots.filter { $0 >= 0 }.map(Int.init)
    guard !open.isEmpty || !kept.texts.parked.isEmpty else { return }
    endParked { _ in true }
    for index in open.sorted(by: {
      kept.texts.records[$0].envelope.offset < kept.texts.records[$1].envelope.offset
    }) {
      endRecord(kept.texts.records[index].envelope.stream)
    }
  }

  /// Writes the open record of a stream: something else of it follows that no line continues.
  @inline(__always) mutating func endOpenRecord(_ stream: Int32) {
    if !kept.texts.pending.isEmpty { placePending() }
    endRecord(stream)
  }

  /// Places what waited for the habits of the headers.
  private mutating func placePending() {
    guard !kept.texts.pending.isEmpty else { return }
    var bytes = ByteBuffer()
    swap(&bytes, &kept.texts.pendingBytes)
    let pending = kept.texts.pending
    kept.texts.pending.removeAll()
    kept.texts.learnedFrom += pending.count
    kept.texts.habits.learn(
      pending.map { message in
        let whole = bytes.bytes.slice(message.start, message.end)
        return whole.slice(0, whole.firstIndex(of: 0x0a, from: 0) ?? whole.count)
      })
    for message in pending {
      place(bytes.bytes.slice(message.start, message.end), message.envelope)
    }
  }

  // MARK: Lines

  /// A message without colours: it is told where it belongs by its first line.
  private mutating func place(_ whole: Bytes, _ envelope: Envelope) {
    let end = whole.firstIndex(of: 0x0a, from: 0) ?? whole.count
    let line = whole.slice(0, end)
    guard let first = line.count > 0 ? line[0] : nil else {
      if end == whole.count { return blankLine(line, envelope) }
      // The message begins on a later line.
      var start = end
      while start < whole.count, whole[start] == 0x0a { start += 1 }
      return start < whole.count ? place(whole.slice(start, whole.count), envelope) : ()
    }
    let isIndented = first <= 0x20 || first == 0xc2 && line.count > 1 && line[1] == 0xa0
    if isIndented || first == 0x7d || first == 0x29 {
      return continueRecord(whole, line, envelope, mustJoin: true)
    }
    if end == whole.count, accessLine(whole, envelope) || logfmtLine(whole, envelope) {
      return endRecord(envelope.stream)
    }
    var reader = HeaderReader(line)
    guard reader.readStart() else {
      return continueRecord(whole, line, envelope, mustJoin: false)
    }
    reader.readRest(kept.texts.habits)
    if reader.header.time?.form == .clock, reader.header.severity == 0, envelope.time != 0 {
      // A time of day in a message that is dated already.
      return continueRecord(whole, line, envelope, mustJoin: false)
    }
    headedLine(whole, line, reader.header, envelope)
  }

  /// A line with a header.
  private mutating func headedLine(
    _ whole: Bytes, _ line: Bytes, _ header: TextHeader, _ envelope: Envelope
  ) {
    // Inside a trace, `ERROR: …` is a line of its message.
    if header.time == nil, let open = kept.texts.open(envelope.stream),
      kept.texts.records[open].hasTrace,
      kept.texts.records[open].header.time != nil
    {
      return continueRecord(whole, line, envelope, mustJoin: false)
    }
    if header.kind != .plain, header.kind != .dotnet, joinsWriter(whole, header, envelope) {
      return
    }
    let message = whole.slice(header.end, whole.count)
    if message.count > 1, message[0] == 0x7b, message[message.count - 1] == 0x7d,
      line.count == whole.count, jsonMessage(whole, header, envelope)
    {
      return
    }
    if let open = kept.texts.open(envelope.stream), header.kind != .plain,
      kept.texts.records[open].header.kind == header.kind, waitsForWriter(kept.texts.records[open])
    {
      park(envelope.stream)
    } else {
      endRecord(envelope.stream)
    }
    begin(whole, header, envelope)
  }

  /// A line without header.
  ///
  /// - Parameter mustJoin: its first byte says that it is no beginning.
  private mutating func continueRecord(
    _ whole: Bytes, _ line: Bytes, _ envelope: Envelope, mustJoin: Bool
  ) {
    guard let open = kept.texts.open(envelope.stream), isInTime(kept.texts.records[open], envelope)
    else {
      endRecord(envelope.stream)
      return begin(whole, Self.headerOfIndented(line, mustJoin, kept.texts.habits), envelope)
    }
    let role = kept.texts.records[open].role(of: line)
    let joins =
      switch role {
      case .continues: true
      case .opens:
        mustJoin || kept.texts.records[open].hasHeader && !kept.texts.records[open].hasTrace
      case .outside: mustJoin
      }
    guard joins else {
      endRecord(envelope.stream)
      begin(whole, TextHeader(), envelope)
      if role == .opens, let new = kept.texts.open(envelope.stream) {
        kept.texts.records[new].hasTrace = true
      }
      return
    }
    if role != .outside { kept.texts.records[open].hasTrace = true }
    append(whole, to: open, envelope)
  }

  /// The header of an indented line that has nothing to go on with.
  private static func headerOfIndented(
    _ line: Bytes, _ isIndented: Bool, _ habits: HabitTable
  ) -> TextHeader {
    guard isIndented else { return TextHeader() }
    var reader = HeaderReader(line)
    guard reader.readStart(), reader.header.time != nil else { return TextHeader() }
    reader.readRest(habits)
    return reader.header
  }

  /// An empty line: part of an open trace, else nothing; but an event of which a transport says more is a record.
  private mutating func blankLine(_ line: Bytes, _ envelope: Envelope) {
    if let open = kept.texts.open(envelope.stream), isInTime(kept.texts.records[open], envelope),
      kept.texts.records[open].role(of: line) == .continues
    {
      return append(line, to: open, envelope)
    }
    guard envelope.identity != 0 || envelope.time != 0 && !envelope.isPerLine else { return }
    endRecord(envelope.stream)
    begin(line, TextHeader(), envelope)
  }

  /// Whether a line may belong to a record by its time.
  private func isInTime(_ record: OpenText, _ envelope: Envelope) -> Bool {
    guard envelope.isPerLine else { return true }
    let (gap, overflow) = envelope.time.subtractingReportingOverflow(record.lastTime)
    return !overflow && gap.magnitude <= TextLog.maxGap.magnitude
  }

  // MARK: Records

  private mutating func begin(_ whole: Bytes, _ header: TextHeader, _ envelope: Envelope) {
    let index = kept.texts.makeOpen(envelope.stream)
    if kept.texts.records.count - kept.texts.free.count > TextLog.maxOpen {
      return beginAfterAll(whole, header, envelope)
    }
    kept.texts.records[index].envelope = envelope
    kept.texts.records[index].header = header
    kept.texts.records[index].lastTime = envelope.time
    kept.texts.records[index].isOpen = true
    kept.texts.records[index].time = settled(header, envelope)
    kept.texts.records[index].lines = 1
    unsafe kept.texts.records[index].text.append(contentsOf: whole.raw)
    if whole.count > header.end, whole.firstIndex(of: 0x0a, from: 0) != nil {
      kept.texts.records[index].lines = lineCount(whole)
    }
  }

  /// Begins a record after all open ones were ended, so that they do not fill the memory.
  private mutating func beginAfterAll(
    _ whole: Bytes, _ header: TextHeader, _ envelope: Envelope
  ) {
    kept.texts.free.append(Int(kept.texts.slots[max(0, Int(envelope.stream))]))
    kept.texts.slots[max(0, Int(envelope.stream))] = -1
    endOpenRecords()
    begin(whole, header, envelope)
  }

  private func lineCount(_ whole: Bytes) -> Int {
    var count = 1
    for i in 0..<whole.count where whole[i] == 0x0a { count += 1 }
    return count
  }

  /// Adds a message to an open record, or ends that where it is long enough.
  private mutating func append(
    _ whole: Bytes, to index: Int, _ envelope: Envelope
  ) {
    let isMultiple = whole.firstIndex(of: 0x0a, from: 0) != nil
    let lines = isMultiple ? lineCount(whole) : 1
    if kept.texts.records[index].lines + lines > TextLog.maxLines
      || kept.texts.records[index].text.count + whole.count > TextLog.maxBytes
    {
      batch.defects.count(.longRecord, at: kept.texts.records[index].envelope.offset)
      endRecord(envelope.stream)
      return begin(whole, TextHeader(), envelope)
    }
    kept.texts.records[index].text.append(0x0a)
    unsafe kept.texts.records[index].text.append(contentsOf: whole.raw)
    kept.texts.records[index].lines += lines
    kept.texts.records[index].lastTime = envelope.time
    if isMultiple { kept.texts.records[index].isFolding = false }
  }

  mutating func endRecord(_ stream: Int32) {
    guard let index = kept.texts.open(stream) else { return }
    var record = OpenText()
    swap(&record, &kept.texts.records[index])
    kept.texts.slots[Int(stream)] = -1
    finish(&record)
    record.text.removeAll(keepingCapacity: record.text.count < 1 << 16)
    record.isFolding = false
    record.hasTrace = false
    record.isOpen = false
    swap(&record, &kept.texts.records[index])
    kept.texts.free.append(index)
  }
}
