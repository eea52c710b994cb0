import TraceModel

/// Requests of OTLP's protobuf, whole and taken apart: the reader writes the tape of the same request in JSON, the rest is
/// `Decoder`'s.
extension Decoder {
  /// One request.
  ///
  /// - Parameter isCut: the source ends with it.
  mutating func protobufRecord(_ start: Int, _ end: Int, _ isCut: Bool, _ chunk: inout Chunk) {
    let bytes = chunk.buffer.bytes.slice(start, end)
    recordOffset = chunk.base + Int64(start)
    ordinal = 0
    var unknown = 0
    guard bytes.count <= Self.wholeRecordBytes,
      protobuf.readRequest(bytes, unknown: &unknown) == nil
    else { return takeRequestApart(start, end, isCut, &chunk) }
    countProtobufDefects(recordOffset)
    _ = document(protobuf.tape, protobuf.tape.root, isOuter: true)
    if unknown > 0 {
      batch.defects.add(
        Defect(kind: .unknownRecord, count: unknown, firstOffset: recordOffset))
    }
    batch.records += 1
  }

  /// Keeps the elements of a request that is large or cannot be read as a whole.
  private mutating func takeRequestApart(
    _ start: Int, _ end: Int, _ isCut: Bool, _ chunk: inout Chunk
  ) {
    let offset = chunk.base + Int64(start)
    var scanner = ProtobufScanner(
      recordOffset: offset, start: offset, end: isCut ? nil : chunk.base + Int64(end))
    var items: [Item] = []
    var position = start
    var outcome = OTLPScanner.Outcome.full
    while outcome == .full {
      for item in items { decode(item, &chunk) }
      items.removeAll(keepingCapacity: true)
      outcome = scanner.scan(
        chunk.buffer.bytes.slice(0, end), base: chunk.base, position: &position, isLast: true,
        chunk: 0, into: &items)
    }
    if outcome != .finished {
      scanner.abandon(chunk: 0, into: &items)
      items.append(
        .defect(
          outcome == .more ? .cutOffRecord : .brokenRecord, offset: chunk.base + Int64(position)))
    }
    for item in items { decode(item, &chunk) }
  }

  /// Neighbouring elements of one scope; where they cannot be read together, each on its own.
  mutating func protobufRun(_ run: Run, _ chunk: inout Chunk) {
    recordOffset = run.recordOffset
    ordinal = run.ordinal
    let resource = row(ofResource: run.resource)
    let scope = row(ofScope: run.scope)
    let bytes = chunk.buffer.bytes.slice(0, run.end)
    if protobuf.readElements(bytes.slice(run.start, run.end), of: run.kind) == nil {
      countProtobufDefects(recordOffset)
      return elements(protobuf.tape, protobuf.tape.root, run.kind, resource, scope)
    }
    var fields = ProtobufFields(bytes, run.start, run.end)
    while true {
      let start = fields.place
      guard let head = fields.next() else { return }
      let refusal = protobuf.readElements(bytes.slice(start, head.end), of: run.kind)
      if let refusal {
        let isTooDeep = refusal == .tooDeep
        batch.defects.count(
          isTooDeep ? .tooDeep : .brokenRecord, at: chunk.base + Int64(start))
        ordinal += 1
        countSeen(run.kind, 1)
      } else {
        countProtobufDefects(recordOffset)
        elements(protobuf.tape, protobuf.tape.root, run.kind, resource, scope)
      }
    }
  }

  /// The tape of what is left of a message; that of an empty one where it cannot be read.
  mutating func protobufTape(_ skeleton: Skeleton, _ message: ProtobufMessage) -> JSONTape {
    var copy = ByteBuffer(capacity: skeleton.text.count)
    for byte in skeleton.text { copy.put(byte) }
    switch protobuf.read(copy.bytes, as: message) {
    case nil:
      countProtobufDefects(recordOffset)
      return protobuf.tape
    case .tooDeep: batch.defects.count(.tooDeep, at: recordOffset)
    case .broken, .scattered: batch.defects.count(.brokenRecord, at: recordOffset)
    }
    copy.count = 0
    _ = protobuf.read(copy.bytes, as: message)
    return protobuf.tape
  }

  private mutating func countProtobufDefects(_ offset: Int64) {
    if protobuf.isExact { return }
    for (kind, count) in [
      (Defect.Kind.repairedText, protobuf.repairedTexts), (.wrongType, protobuf.wrongTypes),
      (.repeatedKey, protobuf.repeatedMessages),
    ] where count > 0 {
      batch.defects.add(Defect(kind: kind, count: count, firstOffset: offset))
    }
  }
}
