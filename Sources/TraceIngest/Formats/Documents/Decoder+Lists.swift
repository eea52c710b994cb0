import TraceModel

/// Documents whose lists are taken apart, small ones in one go and large ones as they arrive: the rows are the same.
extension Decoder {
  /// Takes the record at hand apart, if it holds a list that we know; false where it does not, and nothing was done.
  mutating func takesListsApart() -> Bool {
    let bytes = recordBytes
    recordBytes = Bytes.none
    let document = recordOffset
    guard let scanned = scanned(bytes, document), scanned.outcome == .finished else {
      return false
    }
    decode(scanned.items, bytes, base: document)
    (recordOffset, ordinal) = (document, 0)
    return true
  }

  /// Takes an element apart that cannot be read as a whole; false where it holds no list that we know.
  private mutating func takesElementApart(_ bytes: Bytes, _ offset: Int64) -> Bool {
    guard let scanned = scanned(bytes, offset, isElement: true) else { return false }
    decode(scanned.items, bytes, base: offset)
    if scanned.outcome != .finished { batch.defects.count(.brokenRecord, at: offset) }
    return true
  }

  private mutating func decode(_ items: [Item], _ bytes: Bytes, base: Int64) {
    for item in items {
      switch item {
      case .elements(let run): elements(run, bytes, base: base)
      case .rest(let text, let offset, _): _ = rest(text, offset)
      case .elementRest(let text, let offset): elementRest(text, offset)
      case .defect(let kind, let offset): batch.defects.count(kind, at: offset)
      case .dropped(let kind, let offset):
        batch.defects.count(.tooLarge, at: offset)
        countSeen(kind, 1)
      default: break
      }
    }
  }

  private struct Scanned {
    var items: [Item] = []
    var outcome = OTLPScanner.Outcome.full
  }

  /// Scans a document that lies in memory whole; nil where it holds no list that we know.
  private func scanned(_ bytes: Bytes, _ offset: Int64, isElement: Bool = false) -> Scanned? {
    var context: [UInt8]?
    while true {
      var scanned = Scanned()
      var scanner = ListScanner(
        recordOffset: offset, breaks: .ignored, context: context, isElement: isElement)
      var position = 0
      while scanned.outcome == .full {
        var items: [Item] = []
        scanned.outcome = scanner.scan(
          bytes, base: offset, position: &position, isLast: true, into: &items)
        scanned.items += items
      }
      guard scanner.sawList else { return nil }
      // Something that is said of the elements follows them.
      if context == nil, scanner.firstContext != scanner.context {
        context = scanner.context
        continue
      }
      if scanned.outcome != .finished { scanner.abandon(into: &scanned.items) }
      return scanned
    }
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
    elementText.count = 0
    for byte in text { elementText.put(byte) }
    guard let tape = elementTape(offset) else {
      batch.defects.count(.brokenRecord, at: offset)
      return true
    }
    (recordOffset, ordinal) = (offset, 0)
    var envelope = Envelope()
    envelope.offset = nextOffset()
    // Spans that were lifted out wait for their processes.
    beginPiece(ofDocumentAt: offset)
    defer { kept.jaeger.late = 0 }
    return json(tape, tape.root, envelope)
  }

  /// What is left of an element whose lists were lifted out.
  mutating func elementRest(_ text: [UInt8], _ offset: Int64) {
    if !rest(text, offset) { batch.defects.count(.unknownRecord, at: offset) }
  }

  /// Begins a piece of a trace of the document at an offset; what its spans name may come in another one.
  private mutating func beginPiece(ofDocumentAt offset: Int64) {
    kept.jaeger.processes.removeAll()
    // A number for the document, never 0.
    kept.jaeger.late = (UInt64(bitPattern: offset) &+ 1) &* 0x9e37_79b9_7f4a_7c15 | 1
  }

  private mutating func elements(_ run: ElementRun, _ bytes: Bytes, base: Int64) {
    let mayReadText = run.list == .data || run.list == .spans
    let fromText = mayReadText && isWholePrefix(run)
    if run.list == .spans { return spans(run, bytes, base: base, fromText: fromText) }
    for (start, end) in run.elements {
      let element = bytes.slice(start, end)
      let offset = base + Int64(start)
      if fromText, readsText(), jaegerTraceFromText(element, offset) { continue }
      self.element(run, element, offset)
    }
  }

  /// Whether nothing is broken of what stands before each element.
  private mutating func isWholePrefix(_ run: ElementRun) -> Bool {
    putDocument(run, Bytes.none)
    return parser.parse(elementText.bytes, hasRoom: true) != nil
  }

  /// One element, as if its document held it alone.
  private mutating func element(_ run: ElementRun, _ bytes: Bytes, _ offset: Int64) {
    putDocument(run, bytes)
    guard let tape = elementTape(offset) else {
      if run.list.hasLists, takesElementApart(bytes, offset) { return }
      batch.defects.count(.brokenRecord, at: offset)
      if let kind = run.list.elements { countSeen(kind, 1) }
      return
    }
    (recordOffset, ordinal) = (offset, 0)
    var envelope = Envelope()
    envelope.offset = offset
    if !json(tape, tape.root, envelope) { batch.defects.count(.unknownRecord, at: offset) }
  }

  /// Spans of a trace that is read in pieces: all at once, or one by one where something is broken.
  private mutating func spans(
    _ run: ElementRun, _ bytes: Bytes, base: Int64, fromText: Bool
  ) {
    (recordOffset, ordinal) = (run.document, 0)
    beginPiece(ofDocumentAt: run.document)
    defer {
      kept.jaeger.late = 0
      kept.jaeger.offsets.removeAll(keepingCapacity: true)
    }
    if fromText, readsText() { return spansFromText(run, bytes, base) }
    for (start, _) in run.elements { kept.jaeger.offsets.append(base + Int64(start)) }
    putDocument(run, bytes.slice(run.start, run.end))
    if let tape = parser.parse(elementText.bytes, hasRoom: true) {
      _ = jaegerTrace(tape, tape.root, Envelope())
      return
    }
    kept.jaeger.offsets.removeAll(keepingCapacity: true)
    for (start, end) in run.elements { span(run, bytes.slice(start, end), base + Int64(start)) }
  }

  private mutating func spansFromText(_ run: ElementRun, _ bytes: Bytes, _ base: Int64) {
    var refused: Int64 = 0
    for (start, end) in run.elements {
      let whole = bytes.slice(start, end)
      let offset = base + Int64(start)
      var cursor = JSONCursor(whole)
      if jaegerSpanFromText(&cursor, offset) { continue }
      span(run, whole, offset)
      refused += 1
    }
    noteRefused(refused, of: Int64(run.elements.count))
  }

  /// One span of a trace that is read in pieces.
  private mutating func span(_ run: ElementRun, _ bytes: Bytes, _ offset: Int64) {
    putDocument(run, bytes)
    var envelope = Envelope()
    envelope.offset = offset
    if let tape = elementTape(offset), jaegerTrace(tape, tape.root, envelope) { return }
    batch.defects.count(.brokenRecord, at: offset)
    countSeen(.span, 1)
  }

  private mutating func putDocument(_ run: ElementRun, _ elements: Bytes) {
    elementText.count = 0
    for byte in run.prefix { elementText.put(byte) }
    elementText.put(elements)
    elementText.put(run.list.wrapper.utf8CodeUnitCount == 0 ? "]}" : "]}}")
  }

  /// The tape of the small document that was put together; nil where it cannot be read.
  private mutating func elementTape(_ offset: Int64) -> JSONTape? {
    if let tape = parser.parse(elementText.bytes, hasRoom: true) { return tape }
    guard tolerant.parse(elementText.bytes) == nil else { return nil }
    countRepairs(offset)
    return tolerant.tape()
  }
}
