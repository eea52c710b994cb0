import TraceModel

/// Records whose every line has a header: the lines of one writer belong together, though others write between them.
extension Decoder {
  /// Adds a line to the record of the same process, thread and logger that it goes on with; whether there was one.
  mutating func joinsWriter(_ whole: Bytes, _ header: TextHeader, _ envelope: Envelope) -> Bool {
    if let open = kept.texts.open(envelope.stream) {
      var record = OpenText()
      swap(&record, &kept.texts.records[open])
      let joins = goesOn(&record, whole, header)
      swap(&record, &kept.texts.records[open])
      if joins { return true }
    }
    guard !kept.texts.parked.isEmpty else { return false }
    var parked: [OpenText] = []
    swap(&parked, &kept.texts.parked)
    var joins = false
    for index in parked.indices.reversed()
    where parked[index].envelope.stream == envelope.stream && !joins {
      joins = goesOn(&parked[index], whole, header)
    }
    swap(&parked, &kept.texts.parked)
    return joins
  }

  /// Adds a line to a record that it goes on with.
  private func goesOn(_ record: inout OpenText, _ whole: Bytes, _ header: TextHeader) -> Bool {
    guard waitsForWriter(record), header.kind == record.header.kind,
      record.lines < TextLog.maxLines, record.text.count + whole.count < TextLog.maxBytes,
      isSameWriter(record, whole, header)
    else { return false }
    var start = header.end
    switch header.kind {
    case .postgres:
      guard header.isCompanion else { return false }
      start = Int(header.level.start)
    case .android:
      let message = whole.slice(header.end, whole.count)
      let isIndented = message.count > 0 && message[0] <= 0x20
      let role = record.role(of: message)
      guard isIndented || role == .continues || role == .opens && !record.hasTrace else {
        return false
      }
      record.hasTrace = true
    default: return false
    }
    record.text.append(0x0a)
    unsafe record.text.append(contentsOf: whole.slice(start, whole.count).raw)
    record.lines += 1
    return true
  }

  private func isSameWriter(_ record: OpenText, _ whole: Bytes, _ header: TextHeader) -> Bool {
    unsafe record.text.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return false }
      // Pieces are compared byte by byte, which reads nothing behind them.
      let line = unsafe Bytes(base, buffer.count)
      func isSame(_ a: Piece, _ b: Piece) -> Bool {
        let (x, y) = (a.of(whole), b.of(line))
        guard x.count == y.count else { return false }
        for i in 0..<x.count where x[i] != y[i] { return false }
        return true
      }
      return isSame(header.pid, record.header.pid)
        && isSame(header.threadID, record.header.threadID)
        && (header.kind == .postgres || isSame(header.logger, record.header.logger))
    }
  }

  /// Whether lines of other headers may belong to a record: PostgreSQL's details of what is worth a warning, a trace that
  /// Android writes line by line.
  func waitsForWriter(_ record: OpenText) -> Bool {
    switch record.header.kind {
    case .postgres: !record.header.isCompanion
    case .android: record.header.severity >= 13
    default: false
    }
  }

  /// Lays a stream's open record aside: another writer's line follows.
  mutating func park(_ stream: Int32) {
    guard let index = kept.texts.open(stream) else { return }
    var record = OpenText()
    swap(&record, &kept.texts.records[index])
    kept.texts.slots[Int(stream)] = -1
    kept.texts.free.append(index)
    let now = record.time
    kept.texts.parked.append(record)
    let count = kept.texts.parked.count
    var place = 0
    endParked { parked in
      place += 1
      return count - place >= TextLog.maxParked || parked.time < now - TextLog.maxGap
    }
  }

  /// Ends the parked records that are meant, in the order in which they were laid aside.
  mutating func endParked(where isMeant: (OpenText) -> Bool) {
    guard !kept.texts.parked.isEmpty else { return }
    var parked: [OpenText] = []
    swap(&parked, &kept.texts.parked)
    for var record in parked {
      if isMeant(record) { finish(&record) } else { kept.texts.parked.append(record) }
    }
  }
}
