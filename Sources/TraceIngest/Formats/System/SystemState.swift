import TraceModel

/// What the transports of containers and systems remember from record to record of a source.
struct SystemState: ~Copyable {
  /// Lines that the container runtime cut in pieces, by stream.
  var partials: [Int32: PartialLine] = [:]
  /// The container that the path names; nil until it was looked at.
  var container: ContainerPath?
  /// The stream of the last line that had a header: lines without one belong to it.
  var lastStream: Int32 = 0
  /// The time of that line.
  var lastTime: Int64 = 0
  /// The record of journald that is being gathered.
  var journal = JournalFields()
  /// Where the reader of journald's export stands.
  var export = JournalExportState()
  /// A syslog frame whose length stands before it and that goes on over line breaks; nil where none is open.
  var frame: SyslogFrame?
}

/// The pieces of a line that are there so far.
struct PartialLine {
  /// The text.
  var bytes: [UInt8]
  /// What the first piece says.
  var envelope: Envelope
  /// Time of the last piece, ns.
  var lastTime: Int64
  /// Bytes of the last piece.
  var lastCount: Int
}

extension Decoder {
  /// A line that grows beyond this is cut (formats/logs.md 11).
  static let maxPartialBytes = 1 << 20

  /// A piece of a line of the envelope's stream, or a whole line.
  ///
  /// Pieces are joined as they are, and the first one's envelope counts.
  ///
  /// - Parameter goesOn: whether more of the line is to follow.
  mutating func piece(_ bytes: Bytes, _ envelope: Envelope, goesOn: Bool) {
    guard var partial = kept.system.partials.removeValue(forKey: envelope.stream) else {
      if !goesOn { return payload(bytes, envelope) }
      let line = PartialLine(
        bytes: unsafe Array(bytes.raw), envelope: envelope, lastTime: envelope.time,
        lastCount: bytes.count)
      kept.system.partials[envelope.stream] = line
      return
    }
    unsafe partial.bytes.append(contentsOf: bytes.raw)
    partial.lastTime = envelope.time
    partial.lastCount = bytes.count
    if goesOn, partial.bytes.count < Self.maxPartialBytes {
      kept.system.partials[envelope.stream] = partial
      return
    }
    if goesOn { batch.defects.count(.longRecord, at: partial.envelope.offset) }
    write(partial)
  }

  /// Hands on what there is of a stream's open line, if it has one.
  mutating func endPartial(ofStream stream: Int32) {
    guard let partial = kept.system.partials.removeValue(forKey: stream) else { return }
    write(partial)
  }

  private mutating func write(_ partial: PartialLine) {
    // A buffer of its own: the payload may hold pieces again.
    var whole = ByteBuffer(capacity: partial.bytes.count)
    unsafe partial.bytes.withUnsafeBufferPointer {
      if let base = $0.baseAddress { unsafe whole.put(Bytes(base, $0.count)) }
    }
    payload(whole.bytes, partial.envelope)
  }

  /// Writes what transports still hold: at the end of a source, and of a chunk that no other continues.
  mutating func endSystemRecords() {
    endJournalExport()
    endSyslogFrame()
    endJSObject()
    // In the order of the source.
    for partial in kept.system.partials.values.sorted(by: {
      $0.envelope.offset < $1.envelope.offset
    }) {
      if partial.lastCount >= Self.dockerPieceBytes || context.lines == .cri {
        batch.defects.count(.unfinishedLine, at: partial.envelope.offset)
      }
      write(partial)
    }
    kept.system.partials.removeAll()
    kept.system.lastStream = 0
    kept.system.lastTime = 0
  }
}
