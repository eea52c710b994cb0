import TraceModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a decoder knows of the source beside its bytes.
struct DecoderContext: Sendable {
  /// How its records are found.
  var framing = Format.Framing.otlp
  /// Its path as it was given.
  var path = ""
  /// When the file was last written, ns; 0 where unknown.
  var fileTime: Int64 = 0
  /// The year of times that have none, where the user or other data say so.
  var year: Int?
  /// Offset of times that name no zone, seconds east of UTC; nil: UTC is assumed.
  var zone: Int?
  /// Objects and lists that may stand in each other; never less than simdjson takes, which is 1,024.
  var maxDepth = 1024
  /// No record is read from its text alone.
  var usesTapes = false

  /// How its lines are wrapped.
  var lines: LineTransport {
    if case .lines(let transport) = framing { transport } else { .none }
  }
}

/// Chunks of a source → rows of a batch. What belongs to one format stands in its folder, as extensions.
///
/// One a worker, kept for its life: it owns the parsers and the room for texts, and what it learnt of keys. Defects of a record are placed at its first
/// byte, those of an element at its offset, which is the record's offset plus the number of elements before it, and what
/// could not be read at all where it stands.
///
/// Its methods that read its state are `mutating` even where they change nothing, or belong to a part of it: for a call that
/// only reads, the compiler (Swift 6.3) copies all of a value without copies, here 2 KiB for each span.
///
/// - Assumes: records are small, most of them valid, and neighbours have the same resource.
struct Decoder: ~Copyable {
  /// Records above this are taken apart, so that the parser's memory stays small.
  static let wholeRecordBytes = 1 << 20

  /// What is known of the source.
  private(set) var context: DecoderContext
  /// What is kept between its records.
  var kept = SourceState()

  let parser = JSONParser()
  /// For payloads inside records, one for each tape that is in use (`withPayload`).
  let payloadParser = JSONParser()
  let innerParser = JSONParser()
  let innermostParser = JSONParser()
  let lastParser = JSONParser()
  var tapesInUse = 0
  var isRepairInUse = false
  /// A span that is put together of other fields.
  var composed = ComposedSpan()
  /// Room for an element of a list with what its document says of it.
  var elementText = ByteBuffer()
  /// The batch's row of the resource of who sent the Elastic events at hand.
  var elasticRow: UInt32?
  /// For payloads that the parsers refuse.
  var payloadReader: TolerantReader
  /// Known keys of the record, and of the payloads inside it, by depth.
  var keys = Array(repeating: RecordKeys(), count: maxUnwraps + 1)
  /// Rows of the batch's resources, by stream.
  var streamRows: [Int32: UInt32] = [:]
  /// The batch's senders that payloads name, and their rows by number; number 0 is none.
  var senders = SymbolTable()
  var senderRows: [UInt32] = [0]
  var tolerant: TolerantReader
  var protobuf: ProtobufReader
  var text = JSONText()
  /// Members of the record being read that became columns.
  var taken = TakenMembers()
  /// Room for the path of a member.
  var path = ByteBuffer(capacity: 128)
  var finder = AttributeFinder()
  var eventFinder = AttributeFinder()
  /// Keys of the object being written, where they come from several places.
  var objectKeys = ObjectKeys()
  /// Whether the span being read has its attributes as plain JSON objects.
  var hasPlainAttributes = false
  /// Known keys of an object inside the record.
  var innerKeys = RecordKeys()
  /// Stack traces of the batch.
  var exceptions = MetExceptions()
  /// The batch being filled.
  var batch = SpanBatch()
  /// Offset of the record being read.
  var recordOffset: Int64 = 0
  /// How many elements of the record were met.
  var ordinal: Int64 = 0
  /// The record being read, where its lists may be taken apart; else empty.
  var recordBytes = Bytes.none
  /// Values of the span being read that no column can hold, as tape indices: they are kept raw.
  var unheld: [Int] = []

  /// What the batch's names say by themselves, by symbol.
  var nameTraits: [NameTraits] = []

  /// Rows of the batch's resources, by the text of their attributes.
  var resourceRows = TextRows()
  /// Rows of those that say something else than the first one of the same text; the text's number stands for it.
  var oddResources: [ResourceRow: UInt32] = [:]
  /// The same by the text that a record has of them, and rows of its scopes.
  var writtenResources = TextRows()
  var writtenScopes = TextRows()
  var metResources = MetResources()
  /// What names and outcome of a span are told by, where the span has no tape of its own.
  var values = ComposedSpan()
  /// Trace id of the span that was read last from its text, and its digits.
  var lastTrace: (digits: SIMD4<UInt64>, id: TraceID) = (SIMD4(), .absent)

  private var resources: [UInt64: UInt32] = [:]
  private var scopes: [UInt64: UInt32] = [:]
  private var order: [SortKey] = []
  private var sorted: [SpanRow] = []
  private var logGroups = LogGroups()

  /// A decoder for one source.
  init(_ context: DecoderContext = DecoderContext()) {
    self.context = context
    payloadReader = TolerantReader(maxDepth: context.maxDepth)
    tolerant = TolerantReader(maxDepth: context.maxDepth)
    protobuf = ProtobufReader(maxDepth: context.maxDepth)
  }

  /// Goes on to another source, of the same limits: what was kept of the last one is forgotten.
  mutating func begin(_ context: DecoderContext) {
    precondition(
      context.maxDepth == self.context.maxDepth, "a decoder's limits are those of its readers")
    self.context = context
    kept = SourceState()
  }

  /// Decodes a chunk into an empty batch.
  mutating func decode(_ chunk: inout Chunk, into target: inout SpanBatch) {
    swap(&batch, &target)
    defer { swap(&batch, &target) }
    beginBatch()
    forgetSource()
    decodeItems(&chunk)
    endBatch()
  }

  /// Forgets what stood in the last batch, which was taken away.
  mutating func beginBatch() {
    nameTraits.removeAll(keepingCapacity: true)
    unheld.removeAll(keepingCapacity: true)
    text.buffer.count = 0
    resourceRows.removeAll()
    oddResources.removeAll(keepingCapacity: true)
    writtenResources.removeAll()
    writtenScopes.removeAll()
    metResources.forgetRows()
    exceptions.removeAll()
  }

  /// Forgets which rows of the batch stand for what the source counts.
  mutating func forgetSource() {
    resources.removeAll(keepingCapacity: true)
    scopes.removeAll(keepingCapacity: true)
    streamRows.removeAll(keepingCapacity: true)
    elasticRow = nil
    senders.removeAll()
    senderRows.removeSubrange(1...)
  }

  /// Decodes what a chunk holds.
  mutating func decodeItems(_ chunk: inout Chunk) {
    for item in chunk.items { decode(item, &chunk) }
    // Where several tasks read a source, it is cut where no record goes on.
    if chunk.isEnd || !context.framing.isOrdered {
      endSystemRecords()
      endCloudWatchEvent()
      endOpenRecords()
    }
  }

  /// Completes a batch.
  mutating func endBatch() {
    unsafe batch.text.append(contentsOf: text.buffer.bytes.raw)
    sortSpans()
    logGroups.group(&batch.logs)
  }

  mutating func decode(_ item: Item, _ chunk: inout Chunk) {
    switch item {
    case .lines(let start, let end, let isCut): lines(start, end, isCut, &chunk)
    case .record(let start, let end, let isCut): record(start, end, isCut, &chunk)
    case .run(let run): decode(run, &chunk)
    case .scope(let skeleton): learnScope(skeleton)
    case .resource(let skeleton): learnResource(skeleton)
    case .document(let skeleton, let sawList): learnDocument(skeleton, sawList)
    case .elements(let run): decode(run, &chunk)
    case .rest(let text, let offset, let sawList): decodeRest(text, offset, sawList)
    case .elementRest(let text, let offset): elementRest(text, offset)
    case .defect(let kind, let offset): batch.defects.count(kind, at: offset)
    case .dropped(let kind, let offset):
      batch.defects.count(.tooLarge, at: offset)
      countSeen(kind, 1)
    }
  }

  /// Counts elements that were met, kept or not.
  mutating func countSeen(_ kind: ListKind, _ count: Int) {
    switch kind {
    case .span: batch.spansSeen += count
    case .log: batch.logsSeen += count
    case .metric: batch.metricsSeen += count
    }
  }

  // MARK: Records

  private mutating func lines(_ start: Int, _ end: Int, _ isCut: Bool, _ chunk: inout Chunk) {
    var at = start
    while at < end {
      let bytes = chunk.buffer.bytes.slice(0, end)
      let lineBreak = bytes.firstIndex(of: 0x0a, from: at)
      let stop = lineBreak ?? end
      if case .lines = context.framing {
        textLine(bytes.slice(at, stop), offset: chunk.base + Int64(at))
      } else {
        let first = JSONScan.skipBlanks(bytes.slice(0, stop), at)
        if context.framing.hasText, !MixedText.isJSON(bytes.slice(first, stop)) {
          textBetween(bytes.slice(at, stop), offset: chunk.base + Int64(at))
        } else if first < stop {
          record(first, stop, isCut && lineBreak == nil, &chunk)
        }
      }
      at = stop + 1
    }
  }

  /// One line of text, in pieces where it is very long.
  private mutating func textLine(_ bytes: Bytes, offset: Int64) {
    var at = 0
    while bytes.count - at > RecordSplitter.maxTextLine {
      batch.defects.count(.longRecord, at: offset + Int64(at))
      batch.records += 1
      (recordOffset, ordinal) = (offset + Int64(at), 0)
      line(bytes.slice(at, at + RecordSplitter.maxTextLine), offset: offset + Int64(at))
      at += RecordSplitter.maxTextLine
    }
    let end = bytes.count > at && bytes[bytes.count - 1] == 0x0d ? bytes.count - 1 : bytes.count
    batch.records += 1
    (recordOffset, ordinal) = (offset + Int64(at), 0)
    line(bytes.slice(at, end), offset: offset + Int64(at))
  }

  /// One record, or several without a line break between them, or an array of them.
  private mutating func record(_ start: Int, _ end: Int, _ isCut: Bool, _ chunk: inout Chunk) {
    if isProtobuf { return protobufRecord(start, end, isCut, &chunk) }
    let whole = chunk.buffer.bytes.slice(start, end)
    let hasText = context.framing.hasText
    if hasText {
      guard MixedText.isJSON(whole) else {
        return textBetween(whole, offset: chunk.base + Int64(start))
      }
      // Where chunks are read side by side, they are cut before such a line.
      if !context.framing.isOrdered { endOpenRecord(0) }
    }
    // Elements of an array are records, as where the whole source is one.
    let isList = start < end && whole[0] == 0x5b && isRouted
    if whole.count <= Self.wholeRecordBytes, isReadFromText(whole, chunk.base + Int64(start)) {
      return
    }
    if !isList, whole.count <= Self.wholeRecordBytes,
      let tape = parser.parse(whole, hasRoom: true)
    {
      return decodeRecord(tape, whole, chunk.base + Int64(start))
    }
    var at = start
    var openLists = 0
    var isEmpty = true
    var isWhole = true
    var hasOtherText = false
    while at < end {
      let bytes = chunk.buffer.bytes.slice(0, end)
      switch bytes[at] {
      case 0x7b:
        isEmpty = false
        let stop = endOfDocument(bytes, at)
        let isLast = JSONScan.skipBlanks(bytes, stop) == end
        if !single(at, isLast ? end : stop, isCut && isLast, &chunk) { isWhole = false }
        at = isLast ? end : stop
      case 0x5b, 0x5d:
        openLists += bytes[at] == 0x5b ? 1 : -1
        at += 1
      case 0x2c, 0x20, 0x0a, 0x0d, 0x09, 0x1e: at += 1
      case 0x5c where at + 2 < end && bytes[at + 1] == 0x6e && bytes[at + 2] == 0x7b:
        // A line break that was written as `\n`, as between the daemon's header and its document.
        at += 2
      case _ where hasText && isWhole && !isEmpty && openLists == 0:
        // A line goes on behind its JSON.
        let stop = textEnd(bytes, at)
        textBetween(bytes.slice(at, stop), offset: chunk.base + Int64(at))
        at = stop
      default:
        // Other text is one broken record, however many words it has.
        isEmpty = false
        hasOtherText = true
        batch.defects.count(.brokenRecord, at: chunk.base + Int64(at))
        at = textEnd(bytes, at)
      }
    }
    if isEmpty || openLists != 0 && !hasOtherText {
      batch.defects.count(
        isCut && openLists > 0 ? .cutOffRecord : .brokenRecord, at: chunk.base + Int64(start))
    }
  }

  /// Reads a record from its text; false where it is left to the tape's reader. Nothing has changed then.
  private mutating func isReadFromText(_ whole: Bytes, _ offset: Int64) -> Bool {
    switch context.framing {
    case .otlp: readsText() && recordFromText(whole, offset)
    case .json: beginsJaegerAnswer(whole) && readsText() && jaegerAnswerFromText(whole, offset)
    default: false
    }
  }

  /// The end of the document that starts at an index: that of its brackets, or where the next one starts.
  private func endOfDocument(_ bytes: Bytes, _ start: Int) -> Int {
    switch JSONScan.endOfValue(bytes, start, isLast: true, breaks: .ignored) {
    case .at(let end), .broken(let end): end
    case .incomplete: bytes.count
    }
  }

  /// The end of text that is no JSON: where the next document starts.
  private func textEnd(_ bytes: Bytes, _ start: Int) -> Int {
    guard let next = DocumentStart.next(bytes, start), next.isCertain else { return bytes.count }
    return next.index
  }

  /// A record that is large, odd or broken; false where it is known to be broken.
  private mutating func single(_ start: Int, _ end: Int, _ isCut: Bool, _ chunk: inout Chunk)
    -> Bool
  {
    let bytes = chunk.buffer.bytes.slice(start, end)
    let offset = chunk.base + Int64(start)
    if bytes.count <= Self.wholeRecordBytes {
      if let tape = parser.parse(bytes, hasRoom: true) {
        decodeRecord(tape, bytes, offset)
        return true
      }
      let refusal = tolerant.parse(bytes)
      if refusal == nil {
        countRepairs(offset)
        decodeRecord(tolerant.tape(), bytes, offset)
        return true
      }
      if isRouted {
        if takeListsApart(start, end, isCut, &chunk, needsList: true) { return true }
        batch.defects.count(
          isCut ? .cutOffRecord : refusal == .tooDeep ? .tooDeep : .brokenRecord, at: offset)
        return false
      }
    }
    takeApart(start, end, isCut, &chunk)
    return true
  }

  /// Keeps the elements of a record that cannot be read as a whole.
  private mutating func takeApart(
    _ start: Int, _ end: Int, _ isCut: Bool, _ chunk: inout Chunk
  ) {
    if isRouted {
      takeListsApart(start, end, isCut, &chunk)
      return
    }
    let offset = chunk.base + Int64(start)
    var scanner = OTLPScanner(recordOffset: offset, breaks: .ignored)
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
      let kind = outcome == .more && isCut ? Defect.Kind.cutOffRecord : .brokenRecord
      items.append(
        .defect(kind, offset: chunk.base + Int64(position)))
    }
    for item in items { decode(item, &chunk) }
  }

  mutating func countRepairs(_ offset: Int64) {
    if tolerant.repairedTexts > 0 {
      batch.defects.add(
        Defect(kind: .repairedText, count: tolerant.repairedTexts, firstOffset: offset))
    }
    if tolerant.oddNumbers > 0 {
      batch.defects.add(Defect(kind: .oddNumber, count: tolerant.oddNumbers, firstOffset: offset))
    }
  }

  // MARK: Documents

  /// Whether records are routed by their keys.
  private var isRouted: Bool { if case .json = context.framing { true } else { false } }

  /// Whether records are protobuf messages.
  private var isProtobuf: Bool { if case .protobuf = context.framing { true } else { false } }

  private mutating func decodeRecord(_ tape: JSONTape, _ bytes: Bytes, _ offset: Int64) {
    recordOffset = offset
    ordinal = 0
    if isRouted {
      recordBytes = bytes
      routeRecord(tape)
      recordBytes = Bytes.none
      return
    }
    guard tape.tag(tape.root) == JSONTape.Tag.array else {
      return finishRecord(isKnown: document(tape, tape.root, isOuter: true))
    }
    var (i, end) = tape.inside(tape.root)
    while i < end {
      finishRecord(isKnown: document(tape, i, isOuter: true))
      i = tape.after(i)
    }
  }

  /// A record of a file that is no OTLP: an object, or an array of them.
  private mutating func routeRecord(_ tape: JSONTape) {
    var envelope = Envelope()
    envelope.offset = nextOffset()
    guard tape.tag(tape.root) == JSONTape.Tag.array else {
      return finishRecord(isKnown: json(tape, tape.root, envelope))
    }
    recordBytes = Bytes.none
    var (i, end) = tape.inside(tape.root)
    while i < end {
      finishRecord(isKnown: json(tape, i, envelope))
      envelope.offset = nextOffset()
      i = tape.after(i)
    }
  }

  /// A place for one more row of the record being read, distinct from all others of the source.
  mutating func nextOffset() -> Int64 {
    ordinal += 1
    return recordOffset &+ (ordinal - 1)
  }

  mutating func finishRecord(isKnown: Bool) {
    batch.records += 1
    if !isKnown { batch.defects.count(.unknownRecord, at: recordOffset) }
  }

  /// Reads a document or its skeleton; whether it is one of ours.
  mutating func document(_ tape: JSONTape, _ index: Int, isOuter: Bool) -> Bool {
    guard tape.tag(index) == JSONTape.Tag.object else { return false }
    var isKnown = false
    var isResource = false
    var (i, end) = tape.inside(index)
    while i + 1 < end {
      let value = i + 1
      if let key = tape.text(i) {
        if OTLPKeys.isResources(key) {
          isKnown = true
          resourceList(tape, value)
        } else if OTLPKeys.scopes(key) != nil {
          isKnown = true
          isResource = true
        } else if isOuter, OTLPKeys.isWrapper(key), tape.tag(value) == JSONTape.Tag.object {
          if document(tape, value, isOuter: false) { isKnown = true }
        } else if key.equals("status"), let status = tape.text(value), status.equals("PARTIAL") {
          batch.defects.count(.partialAnswer, at: recordOffset)
        } else if key.equals("traces"), isSearchAnswer(tape, value) {
          isKnown = true
          batch.defects.count(.searchSummary, at: recordOffset)
        }
      }
      i = tape.after(value)
    }
    if isResource { resource(tape, index) }
    return isKnown
  }

  /// Whether this is the list of a Tempo search: traces without their spans.
  private func isSearchAnswer(_ tape: JSONTape, _ list: Int) -> Bool {
    guard tape.tag(list) == JSONTape.Tag.array else { return false }
    var (i, end) = tape.inside(tape.inside(list).first)
    while i + 1 < end {
      if let key = tape.text(i), key.equals("rootTraceName") || key.equals("traceID") {
        return true
      }
      i = tape.after(i + 1)
    }
    return false
  }

  private mutating func resourceList(_ tape: JSONTape, _ list: Int) {
    guard isList(tape, list) else { return }
    var (i, end) = tape.inside(list)
    while i < end {
      if tape.tag(i) == JSONTape.Tag.object { resource(tape, i) } else { countWrongType() }
      i = tape.after(i)
    }
  }

  /// Whether a value is an array; null is an absent one, anything else a defect.
  private mutating func isList(_ tape: JSONTape, _ index: Int) -> Bool {
    let tag = tape.tag(index)
    if tag != JSONTape.Tag.array, tag != JSONTape.Tag.null { countWrongType() }
    return tag == JSONTape.Tag.array
  }

  private mutating func countWrongType() { batch.defects.count(.wrongType, at: recordOffset) }

  /// A resource with its scopes.
  private mutating func resource(_ tape: JSONTape, _ index: Int) {
    var modern: UInt8 = 0
    var listed: UInt8 = 0
    var (i, end) = tape.inside(index)
    while i + 1 < end {
      if let key = tape.text(i), let scopes = OTLPKeys.scopes(key),
        tape.tag(i + 1) == JSONTape.Tag.array, tape.after(i + 1) > i + 3
      {
        listed |= scopes.kind.bit
        if !scopes.isLegacy { modern |= scopes.kind.bit }
      }
      i = tape.after(i + 1)
    }
    let row = addResource(resourceContent(tape, in: index, listed: listed))
    scopeLists(tape, index, row, modern)
  }

  private mutating func scopeLists(
    _ tape: JSONTape, _ index: Int, _ row: UInt32, _ modern: UInt8
  ) {
    var (i, end) = tape.inside(index)
    while i + 1 < end {
      if let key = tape.text(i), let scopes = OTLPKeys.scopes(key),
        !scopes.isLegacy || modern & scopes.kind.bit == 0, isList(tape, i + 1)
      {
        var (element, listEnd) = tape.inside(i + 1)
        while element < listEnd {
          if tape.tag(element) == JSONTape.Tag.object {
            scope(tape, element, row)
          } else {
            countWrongType()
          }
          element = tape.after(element)
        }
      }
      i = tape.after(i + 1)
    }
  }

  private mutating func scope(_ tape: JSONTape, _ index: Int, _ resource: UInt32) {
    let row = addScope(scopeContent(tape, in: index))
    var (i, end) = tape.inside(index)
    while i + 1 < end {
      if let key = tape.text(i), let kind = OTLPKeys.elements(key), isList(tape, i + 1) {
        elements(tape, i + 1, kind, resource, row)
      }
      i = tape.after(i + 1)
    }
  }

  mutating func elements(
    _ tape: JSONTape, _ list: Int, _ kind: ListKind, _ resource: UInt32, _ scope: UInt32
  ) {
    var (i, end) = tape.inside(list)
    switch kind {
    case .span:
      while i < end {
        span(tape, i, resource, scope, recordOffset &+ ordinal)
        ordinal += 1
        i = tape.after(i)
      }
    case .log:
      while i < end {
        log(tape, i, resource, scope, recordOffset &+ ordinal)
        ordinal += 1
        i = tape.after(i)
      }
    case .metric:
      while i < end {
        metric(tape, i, resource, scope, recordOffset &+ ordinal)
        ordinal += 1
        i = tape.after(i)
      }
    }
  }

  // MARK: Documents that were taken apart

  private mutating func decode(_ run: Run, _ chunk: inout Chunk) {
    if isProtobuf { return protobufRun(run, &chunk) }
    recordOffset = run.recordOffset
    ordinal = run.ordinal
    let resource = row(ofResource: run.resource)
    let scope = row(ofScope: run.scope)
    if run.kind == .span, readsText() {
      return spansFromText(run, chunk.buffer.bytes.slice(0, run.end), chunk.base, resource, scope)
    }
    // The bytes before and behind are separators, or lie in the buffer's margins.
    chunk.buffer.set(run.start - 1, 0x5b)
    let behind = chunk.buffer.bytes[run.end]
    chunk.buffer.set(run.end, 0x5d)
    let whole = chunk.buffer.bytes.slice(run.start - 1, run.end + 1)
    if whole.count <= Self.wholeRecordBytes, let tape = parser.parse(whole, hasRoom: true) {
      elements(tape, tape.root, run.kind, resource, scope)
      chunk.buffer.set(run.end, behind)
      return
    }
    chunk.buffer.set(run.end, behind)
    var at = run.start
    for _ in 0..<run.count {
      let bytes = chunk.buffer.bytes.slice(0, run.end)
      guard
        case .at(let end) = JSONScan.endOfValue(bytes, at, isLast: true, breaks: .ignored)
      else { return }
      element(bytes.slice(at, end), chunk.base + Int64(at), run.kind, resource, scope)
      at = end
      while at < run.end, JSONScan.isBlank(bytes[at]) || bytes[at] == 0x2c { at += 1 }
    }
  }

  /// One element on its own, after its run was refused.
  mutating func element(
    _ bytes: Bytes, _ place: Int64, _ kind: ListKind, _ resource: UInt32, _ scope: UInt32
  ) {
    let offset = recordOffset &+ ordinal
    ordinal += 1
    var refusal: Defect.Kind?
    var tape = parser.parse(bytes, hasRoom: false)
    if tape == nil {
      switch tolerant.parse(bytes) {
      case nil:
        // Where the record is read as a whole, this is counted at its place.
        countRepairs(recordOffset)
        tape = tolerant.tape()
      case .tooDeep: refusal = .tooDeep
      case .broken: refusal = .brokenRecord
      }
    }
    guard let tape else {
      batch.defects.count(refusal ?? .brokenRecord, at: place)
      return countSeen(kind, 1)
    }
    switch kind {
    case .span: span(tape, tape.root, resource, scope, offset)
    case .log: log(tape, tape.root, resource, scope, offset)
    case .metric: metric(tape, tape.root, resource, scope, offset)
    }
  }

  mutating func row(ofResource number: UInt64) -> UInt32 {
    if let known = resources[number] { return known }
    var row = ResourceRow()
    row.late = number
    row.isKnown = false
    let index = UInt32(batch.resources.count)
    batch.resources.append(row)
    resources[number] = index
    return index
  }

  mutating func row(ofScope number: UInt64) -> UInt32 {
    if let known = scopes[number] { return known }
    var row = ScopeRow()
    row.late = number
    row.isKnown = false
    let index = UInt32(batch.scopes.count)
    batch.scopes.append(row)
    scopes[number] = index
    return index
  }

  private mutating func learnResource(_ skeleton: Skeleton) {
    recordOffset = skeleton.recordOffset
    guard let tape = parse(skeleton, .resourceSpans) else { return }
    var row = resourceContent(tape, in: tape.root, listed: skeleton.listed)
    row.late = skeleton.isLocal ? 0 : skeleton.number
    let index = self.row(ofResource: skeleton.number)
    batch.resources[Int(index)] = row
    scopeLists(tape, tape.root, index, 0)
  }

  private mutating func learnScope(_ skeleton: Skeleton) {
    recordOffset = skeleton.recordOffset
    guard let tape = parse(skeleton, .scopeSpans) else { return }
    var row = scopeContent(tape, in: tape.root)
    row.late = skeleton.isLocal ? 0 : skeleton.number
    batch.scopes[Int(self.row(ofScope: skeleton.number))] = row
    // Lists were lifted out; what is left under their keys is something else.
    var (i, end) = tape.inside(tape.root)
    while i + 1 < end {
      if let key = tape.text(i), OTLPKeys.elements(key) != nil { _ = isList(tape, i + 1) }
      i = tape.after(i + 1)
    }
  }

  private mutating func learnDocument(_ skeleton: Skeleton, _ sawList: Bool) {
    recordOffset = skeleton.recordOffset
    ordinal = 0
    if isProtobuf { return finishRecord(isKnown: true) }
    guard let tape = parse(skeleton, .resourceSpans) else { return }
    let isKnown = document(tape, tape.root, isOuter: true)
    finishRecord(isKnown: isKnown || sawList)
  }

  /// The tape of a skeleton; an empty object's where it cannot be read.
  private mutating func parse(_ skeleton: Skeleton, _ message: ProtobufMessage) -> JSONTape? {
    if isProtobuf { return protobufTape(skeleton, message) }
    var copy = ByteBuffer(capacity: skeleton.text.count)
    for byte in skeleton.text { copy.put(byte) }
    if let tape = parser.parse(copy.bytes, hasRoom: true) { return tape }
    switch tolerant.parse(copy.bytes) {
    case nil:
      countRepairs(recordOffset)
      return tolerant.tape()
    case .tooDeep: batch.defects.count(.tooDeep, at: recordOffset)
    case .broken: batch.defects.count(.brokenRecord, at: recordOffset)
    }
    copy.count = 0
    copy.put("{}")
    return parser.parse(copy.bytes, hasRoom: true)
  }

  // MARK: Order

  private struct SortKey {
    var high: UInt64
    var low: UInt64
    var start: Int32
    var count: Int32
  }

  /// Sorts the spans by trace; within one trace they stay in the order of the input.
  ///
  /// Neighbours of one trace move together, so ordered files cost next to nothing.
  private mutating func sortSpans() {
    order.removeAll(keepingCapacity: true)
    var isSorted = true
    var last = SortKey(high: 0, low: 0, start: 0, count: 0)
    for (index, span) in batch.spans.enumerated() {
      let trace = span.trace
      if last.count > 0 {
        if last.high == trace.high, last.low == trace.low {
          last.count += 1
          continue
        }
        if (trace.high, trace.low) < (last.high, last.low) { isSorted = false }
        order.append(last)
      }
      last = SortKey(high: trace.high, low: trace.low, start: Int32(index), count: 1)
    }
    order.append(last)
    if isSorted { return }
    order.sort {
      if $0.high != $1.high { return $0.high < $1.high }
      if $0.low != $1.low { return $0.low < $1.low }
      return $0.start < $1.start
    }
    sorted.removeAll(keepingCapacity: true)
    sorted.reserveCapacity(batch.spans.count)
    // Slices of the array itself would be counted as its owners, one by one.
    unsafe batch.spans.withUnsafeBufferPointer { spans in
      for key in order {
        let run = unsafe UnsafeBufferPointer(
          rebasing: spans[Int(key.start)..<Int(key.start + key.count)])
        unsafe sorted.append(contentsOf: run)
      }
    }
    swap(&sorted, &batch.spans)
  }
}
