import TraceModel

/// Text lines and messages → records; continuation lines are folded into the record before them, per stream.
extension Decoder {
  /// One line, or one message of several lines, of a stream; without the line break at its end.
  ///
  /// It begins a record, or continues the stream's open one.
  mutating func textPayload(_ bytes: Bytes, _ envelope: Envelope) {
    var row = newLog(envelope)
    let start = text.count
    text.buffer.put(bytes)
    row.body = range(from: start)
    add(row)
  }

  /// Writes the records that are still open: at the end of a source, and at the end of a chunk that starts no stream's line.
  mutating func endOpenRecords() {}
}
