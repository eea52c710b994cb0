import TraceModel

/// Where the reader of `journalctl -o export` stands.
///
/// A record is lines `FIELD=value`, or `FIELD`, a line break, the length in eight bytes, the value and a line break; an empty line
/// ends it. The source comes in lines, so a binary value comes in as many pieces as it has line breaks.
struct JournalExportState: ~Copyable {
  /// Name of the binary field that is being read; empty outside of one.
  var name: [UInt8] = []
  /// Length and value as far as they were read.
  var value = ByteBuffer()
  /// How many lines of the value were read.
  var lines = 0
  /// Where the source's last line ended, before its line break.
  var lineEnd: Int64 = 0
  /// Offset of the record's first byte.
  var start: Int64 = 0
}

extension Decoder {
  /// A longer value is not journald's, which has 768 MiB for a whole record and 64 KiB for a line.
  private static let maxJournalValue = 64 << 20

  /// One line of an export, or of `-o json-sse`.
  mutating func journalExportLine(_ bytes: Bytes, _ envelope: Envelope) {
    defer { kept.system.export.lineEnd = envelope.offset &+ Int64(bytes.count) }
    if !kept.system.export.name.isEmpty, binaryLine(bytes, envelope.offset) { return }
    if bytes.starts(with: "data: {") {
      return payload(bytes.slice(6, bytes.count), envelope)
    }
    if bytes.count == 0 { return endJournalExport() }
    if kept.system.journal.isEmpty { kept.system.export.start = envelope.offset }
    guard let sign = bytes.firstIndex(of: 0x3d, from: 0) else {
      guard isFieldName(bytes) else {
        // Text between the records: it is nobody's field.
        return lineWithoutHeader(bytes, envelope)
      }
      kept.system.export.name = unsafe Array(bytes.raw)
      kept.system.export.value.count = 0
      kept.system.export.lines = 0
      return
    }
    guard isFieldName(bytes.slice(0, sign)) else { return lineWithoutHeader(bytes, envelope) }
    kept.system.journal.add(bytes.slice(0, sign), bytes.slice(sign + 1, bytes.count))
  }

  /// The next line of a binary value; false where the value had ended before it.
  private mutating func binaryLine(_ bytes: Bytes, _ offset: Int64) -> Bool {
    if kept.system.export.lines > 0 {
      // A carriage return before the line break is the value's, though lines come without it.
      if offset &- kept.system.export.lineEnd == 2 { kept.system.export.value.put(0x0d) }
      if endsBinary(offset) { return false }
      kept.system.export.value.put(0x0a)
    }
    kept.system.export.lines += 1
    kept.system.export.value.put(bytes)
    _ = endsBinary(offset)
    return true
  }

  /// Ends the binary value if it is complete; whether it was.
  private mutating func endsBinary(_ offset: Int64) -> Bool {
    guard let length = binaryLength() else { return false }
    guard length <= UInt64(Self.maxJournalValue) else {
      batch.defects.count(.tooLarge, at: offset, nameOfBinary())
      endBinary()
      return true
    }
    let have = kept.system.export.value.count - 8
    if have < Int(length) { return false }
    // What follows the value should have been a line break.
    if have > Int(length) { batch.defects.count(.wrongType, at: offset, nameOfBinary()) }
    endBinary()
    return true
  }

  /// The length that a binary value begins with; nil where it is not there yet.
  private func binaryLength() -> UInt64? {
    let bytes = kept.system.export.value.bytes
    return bytes.count >= 8 ? UInt64(littleEndian: bytes.word(0)) : nil
  }

  private func nameOfBinary() -> String { String(decoding: kept.system.export.name, as: UTF8.self) }

  /// Keeps what there is of a binary field.
  private mutating func endBinary() {
    var name = ByteBuffer(capacity: 64)
    for byte in kept.system.export.name { name.put(byte) }
    let bytes = kept.system.export.value.bytes
    kept.system.journal.add(name.bytes, bytes.slice(min(8, bytes.count), bytes.count))
    kept.system.export.name.removeAll()
  }

  /// Ends the record that is being gathered, if there is one.
  mutating func endJournalExport() {
    if !kept.system.export.name.isEmpty {
      batch.defects.count(.cutOffRecord, at: kept.system.export.lineEnd, nameOfBinary())
      endBinary()
    }
    if kept.system.journal.isEmpty { return }
    var envelope = Envelope()
    envelope.offset = kept.system.export.start
    journalRecord(envelope)
  }

  /// Whether a text is the name of a field: capitals, digits and underscores.
  private func isFieldName(_ text: Bytes) -> Bool {
    guard text.count > 0, text.count <= 64 else { return false }
    for i in 0..<text.count {
      let byte = text[i]
      guard byte == 0x5f || byte &- 0x41 < 26 || byte &- 0x30 < 10 else { return false }
    }
    return true
  }
}
