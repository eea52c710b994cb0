import TraceModel

/// `journalctl -o json`, `json-pretty`, `json-seq` and `json-sse`: one object a record.
extension Decoder {
  /// Whether an object is one of journald's.
  func isJournal(_ keys: RecordKeys) -> Bool {
    keys.has(.realtime) || keys.has(.journalMessage) && keys.has(.journalPriority)
  }

  /// One record. A value is text, an array of byte numbers where it is no UTF-8, an array of values where the field is repeated,
  /// or null where it was too long for the export.
  mutating func journalObject(_ tape: JSONTape, _ index: Int, _ envelope: Envelope) {
    // What a record around this one left there is that one's.
    var outer = JournalFields()
    swap(&outer, &kept.system.journal)
    defer { swap(&outer, &kept.system.journal) }
    var (i, end) = tape.inside(index)
    while i + 1 < end {
      if let name = tape.text(i) { journalField(tape, name, i + 1, envelope.offset) }
      i = tape.after(i + 1)
    }
    journalRecord(envelope)
  }

  private mutating func journalField(
    _ tape: JSONTape, _ name: Bytes, _ value: Int, _ offset: Int64
  ) {
    switch tape.tag(value) {
    case JSONTape.Tag.string: kept.system.journal.add(name, tape.text(value) ?? Bytes.none)
    case JSONTape.Tag.array:
      if tape.inside(value).first == tape.inside(value).end {
        return kept.system.journal.add(name, Bytes.none)
      }
      if kept.system.journal.add(name, bytesOf: tape, value) { return }
      var (i, end) = tape.inside(value)
      while i < end {
        if tape.tag(i) == JSONTape.Tag.array, kept.system.journal.add(name, bytesOf: tape, i) {
        } else {
          journalScalar(tape, name, i)
        }
        i = tape.after(i)
      }
    case JSONTape.Tag.null:
      // More than 4096 bytes, and exported without --all.
      batch.defects.count(.droppedAtSource, at: offset, name.string)
    default: journalScalar(tape, name, value)
    }
  }

  /// A value that other tools wrote as a number or an object.
  private mutating func journalScalar(_ tape: JSONTape, _ name: Bytes, _ value: Int) {
    if let words = tape.text(value) { return kept.system.journal.add(name, words) }
    let start = text.count
    text.putRaw(tape, value)
    kept.system.journal.add(name, text.buffer.bytes.slice(start, text.count))
    text.buffer.count = start
  }
}
