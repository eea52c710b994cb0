import TraceModel

/// A text record that is complete → a row.
extension Decoder {
  /// Writes a record: header into columns and attributes, ids, exception, and the message as its body.
  mutating func finish(_ record: inout OpenText) {
    while let last = record.text.last, last == 0x0a || last == 0x20 || last == 0x0d || last == 0x09
    {
      record.text.removeLast()
    }
    let count = record.text.count
    // Words are read in eights, past the end too.
    for _ in 0..<8 { record.text.append(0) }
    unsafe record.text.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let whole = unsafe Bytes(base, count)
      if !prettyObject(whole, record) { write(whole, record) }
    }
    record.text.removeLast(8)
  }

  private mutating func write(_ whole: Bytes, _ record: OpenText) {
    let header = record.header
    let body = whole.slice(bodyStart(whole, header), whole.count)
    var row = newLog(record.envelope)
    if record.time != 0 {
      row.time = record.time
    } else if row.time == 0, row.observed == 0 {
      // It was written after the record before it.
      row.observed = lastTime(record.envelope.stream)
      if row.observed != 0 { batch.defects.count(.logWithoutTime, at: row.offset) }
    }
    if row.time != 0 { setLastTime(record.envelope.stream, row.time) }
    if header.severity != 0 { row.severity = header.severity }
    if !header.level.isEmpty { row.severityText = symbol(header.level.of(whole)) }
    if !header.program.isEmpty || !header.host.isEmpty {
      row.resource = resource(
        ofStream: record.envelope.stream, service: header.program.of(whole),
        host: header.host.of(whole))
    }
    let ids = textIDs(whole, header)
    if !ids.trace.isAbsent {
      row.trace = ids.trace
      row.span = ids.span
    } else if !ids.span.isAbsent {
      row.span = ids.span
    }
    var start = text.count
    putHeader(whole, header, from: start)
    text.addObject(record.envelope.attributes, from: start)
    row.attributes = range(from: start)
    start = text.count
    putDetail(whole, body, record, ids, from: start)
    row.detail = endDetail(from: start)
    start = text.count
    text.buffer.put(body)
    row.body = range(from: start)
    add(row)
  }

  /// .NET's message stands on the line below its header.
  private func bodyStart(_ whole: Bytes, _ header: TextHeader) -> Int {
    var start = min(header.end, whole.count)
    if header.kind == .dotnet, start < whole.count, whole[start] == 0x0a {
      start += 1
      while start < whole.count, whole[start] == 0x20 { start += 1 }
    }
    return start
  }

  /// The ids of a record: those that its header's form tells, else those that carry a name.
  private func textIDs(_ whole: Bytes, _ header: TextHeader) -> CarriedIDs {
    var ids = carriedIDs(inText: whole)
    if !header.trace.isEmpty {
      ids.take(.trace, header.trace.of(whole))
      ids.take(.span, header.span.of(whole))
      ids.finish()
    }
    if !header.request.isEmpty, ids.request.count == 0 { ids.request = header.request.of(whole) }
    return ids
  }

  // MARK: Attributes and detail

  private mutating func putHeader(_ whole: Bytes, _ header: TextHeader, from start: Int) {
    if !header.logger.isEmpty {
      detailMember("logger", from: start)
      text.putString(header.logger.of(whole))
    }
    if !header.thread.isEmpty {
      detailMember("thread.name", from: start)
      text.putString(header.thread.of(whole))
    }
    putNumber("thread.id", header.threadID, whole, from: start)
    putNumber("process.pid", header.pid, whole, from: start)
    if !header.file.isEmpty, let colon = header.file.of(whole).lastIndex(of: 0x3a, from: 0) {
      let file = header.file.of(whole)
      detailMember("code.file.path", from: start)
      text.putString(file.slice(0, colon))
      if let line = decimal(file.slice(colon + 1, file.count)) {
        detailMember("code.line.number", from: start)
        text.putUInt(line)
      }
    }
    if !header.metadata.isEmpty { putMetadata(header.metadata.of(whole), from: start) }
    if text.count > start { text.put(0x7d) }
  }

  private mutating func putNumber(
    _ name: StaticString, _ piece: Piece, _ whole: Bytes, from start: Int
  ) {
    guard !piece.isEmpty else { return }
    let word = piece.of(whole)
    detailMember(name, from: start)
    if let number = decimal(word) { text.putUInt(number) } else { text.putString(word) }
  }

  /// swift-log's `k=v k2=a b`: a value goes on to the next word with a sign.
  private mutating func putMetadata(_ pairs: Bytes, from start: Int) {
    var at = 0
    while at < pairs.count {
      while at < pairs.count, pairs[at] == 0x20 { at += 1 }
      guard let sign = pairs.firstIndex(of: 0x3d, from: at) else { return }
      var end = sign + 1
      var next = pairs.count
      while let blank = pairs.firstIndex(of: 0x20, from: end) {
        let wordEnd = pairs.firstIndex(of: 0x20, from: blank + 1) ?? pairs.count
        end = blank + 1
        if let other = pairs.slice(0, wordEnd).firstIndex(of: 0x3d, from: blank + 1),
          other > blank + 1
        {
          next = blank
          break
        }
      }
      var last = next
      while last > sign + 1, pairs[last - 1] == 0x20 { last -= 1 }
      text.put(text.count == start ? 0x7b : 0x2c)
      text.putString(pairs.slice(at, sign))
      text.put(0x3a)
      text.putString(pairs.slice(sign + 1, last))
      at = next
    }
  }

  private mutating func putDetail(
    _ whole: Bytes, _ body: Bytes, _ record: OpenText, _ ids: CarriedIDs, from start: Int
  ) {
    putCarried(
      record.envelope, header: whole.slice(0, whole.count - body.count), request: ids.request,
      from: start)
    guard let found = exception(in: body) else { return }
    let before = text.count
    detailMember("exception", from: start)
    let empty = text.count
    putException(found)
    if text.count == empty { text.buffer.count = before }
  }

  // MARK: Time

  /// The moment that a header's time means; 0 where it names none. Years, dates and zones that are assumed are counted.
  mutating func settled(_ header: TextHeader, _ envelope: Envelope) -> Int64 {
    guard let time = header.time else { return 0 }
    if time.month != 0 {
      return settled(
        YearlessTime(month: time.month, day: time.day, ns: time.ns), envelope.offset)
    }
    if time.form == .clock {
      // The transport's time is better than a time without a date.
      if envelope.time != 0 { return 0 }
      guard let ns = kept.texts.clock.settle(time.ns, fileTime: context.fileTime) else { return 0 }
      batch.defects.count(.assumedYear, at: envelope.offset)
      return settled(WrittenTime(ns: ns, length: 0, hasZone: false), envelope.offset)
    }
    let ns = settled(
      WrittenTime(ns: time.ns, length: 0, hasZone: time.hasZone), envelope.offset)
    kept.years.note(ns)
    return ns
  }

  private func lastTime(_ stream: Int32) -> Int64 {
    Int(stream) < kept.texts.lastTimes.count && stream >= 0 ? kept.texts.lastTimes[Int(stream)] : 0
  }

  private mutating func setLastTime(_ stream: Int32, _ time: Int64) {
    if stream >= 0, Int(stream) < kept.texts.lastTimes.count {
      kept.texts.lastTimes[Int(stream)] = time
    }
  }
}
