import TraceModel

/// Documents whose lists are taken apart, small ones in one go and large ones as they arrive: the rows are the same.
extension Decoder {
  /// Takes the record at hand apart, if it holds a list that we know; false where it does not, and nothing was done.
  mutating func takesListsApart() -> Bool {
    let bytes = recordBytes
    recordBytes = Bytes.none
    var scanned = scan(bytes, context: nil)
    guard scanned.outcome == .finished, scanned.sawList else { return false }
    if scanned.needsContext { scanned = scan(bytes, context: scanned.context) }
    let document = recordOffset
    for item in scanned.items {
      switch item {
      case .elements(let run): elements(run, bytes, base: document)
      case .rest(let text, let offset, _): _ = rest(text, offset)
      case .defect(let kind, let offset): batch.defects.count(kind, at: offset)
      case .dropped(let kind, let offset):
        batch.defects.count(.tooLarge, at: offset)
        countSeen(kind, 1)
      default: break
      }
    }
    (recordOffset, ordinal) = (document, 0)
    return true
  }

  private struct Scanned {
    var items: [Item] = []
    var outcome = OTLPScanner.Outcome.full
    var sawList = false
    var context: [UInt8] = []
    /// Something that is said of the elements follows them.
    var needsContext = false
  }

  /// Scans the record at hand, which lies in memory whole.
  private func scan(_ bytes: Bytes, context: [UInt8]?) -> Scanned {
    var scanned = Scanned()
    var scanner = ListScanner(recordOffset: recordOffset, breaks: .ignored, context: context)
    var position = 0
    while scanned.outcome == .full {
      var items: [Item] = []
      scanned.outcome = scanner.scan(
        bytes, base: recordOffset, position: &position, isLast: true, into: &items)
      scanned.items += items
    }
    scanned.sawList = scanner.sawList
    scanned.context = scanner.context
    scanned.needsContext = scanner.sawList && scanner.firstContext != scanner.context
    return scanned
  }

  /// The elements of a record that is large or cannot be read as a whole; what is broken in it is counted.
  ///
  /// - Parameter needsList: leave a record alone that holds no list we know, and return false.
  @discardableResult mutating func takeListsApart(
    _ start: Int, _ end: Int, _ isCut: Bool, _ chunk: inout Chunk, needsList: Bool = false
  ) -> Bool {
    let offset = chunk.base + Int64(start)
    var context: [UInt8]?
    for pass in 0..<2 {
      var scanner = ListScanner(recordOffset: offset, breaks: .ignored, context: context)
      var items: [Item] = []
      var position = start
      var outcome = OTLPScanner.Outcome.full
      while outcome == .full {
        if pass == 1 { for item in items { decode(item, &chunk) } }
        items.removeAll(keepingCapacity: true)
        outcome = scanner.scan(
          chunk.buffer.bytes.slice(0, end), base: chunk.base, position: &position, isLast: true,
          into: &items)
      }
      context = scanner.context
      if needsList, !scanner.sawList { return false }
      if pass == 0 { continue }
      if outcome != .finished {
        scanner.abandon(into: &items)
        let kind = outcome == .more && isCut ? Defect.Kind.cutOffRecord : .brokenRecord
        items.append(.defect(kind, offset: chunk.base + Int64(position)))
      }
      for item in items { decode(item, &chunk) }
    }
    return true
  }

  /// Elements of a list that lie in a chunk.
  mutating func decode(_ run: ElementRun, _ chunk: inout Chunk) {
    elements(run, chunk.buffer.bytes, base: chunk.base)
  }

  /// What is left of a document, as a record.
  mutating func decodeRest(_ text: [UInt8], _ offset: Int64, _ sawList: Bool) {
    let isKnown = rest(text, offset)
    (recordOffset, ordinal) = (offset, 0)
    finishRecord(isKnown: isKnown || sawList)
  }

  private mutating func rest(_ text: [UInt8], _ offset: Int64) -> Bool {
    var copy = ByteBuffer(capacity: text.count)
    for byte in text { copy.put(byte) }
    guard let tape = elementTape(copy.bytes, offset) else {
      batch.defects.count(.brokenRecord, at: offset)
      return true
    }
    (recordOffset, ordinal) = (offset, 0)
    var envelope = Envelope()
    envelope.offset = nextOffset()
    return json(tape, tape.root, envelope)
  }

  private mutating func elements(_ run: ElementRun, _ bytes: Bytes, base: Int64) {
    var at = run.start
    for _ in 0..<run.count {
      guard
        case .at(let end) = JSONScan.endOfValue(
          bytes.slice(0, run.end), at, isLast: true, breaks: .ignored)
      else { return }
      element(run, bytes.slice(at, end), base + Int64(at))
      at = end
      while at < run.end, JSONScan.isBlank(bytes[at]) || bytes[at] == 0x2c { at += 1 }
    }
  }

  /// One element, as if its document held it alone.
  private mutating func element(_ run: ElementRun, _ bytes: Bytes, _ offset: Int64) {
    var document = ByteBuffer(capacity: run.prefix.count + bytes.count + 4)
    for byte in run.prefix { document.put(byte) }
    document.put(bytes)
    document.put(run.list.wrapper.utf8CodeUnitCount == 0 ? "]}" : "]}}")
    guard let tape = elementTape(document.bytes, offset) else {
      batch.defects.count(.brokenRecord, at: offset)
      if run.list.holdsLogs { countSeen(.log, 1) }
      return
    }
    (recordOffset, ordinal) = (offset, 0)
    var envelope = Envelope()
    envelope.offset = offset
    if !json(tape, tape.root, envelope) { batch.defects.count(.unknownRecord, at: offset) }
  }

  /// The tape of a small document that was put together; nil where it cannot be read.
  private mutating func elementTape(_ bytes: Bytes, _ offset: Int64) -> JSONTape? {
    if let tape = parser.parse(bytes, hasRoom: true) { return tape }
    guard tolerant.parse(bytes) == nil else { return nil }
    countRepairs(offset)
    return tolerant.tape()
  }
}
