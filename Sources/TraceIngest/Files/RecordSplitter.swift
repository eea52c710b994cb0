import TraceModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Cuts the bytes of a source into chunks of whole records, nothing decoded.
///
/// A file of lines is cut at line breaks. Otherwise brackets are counted: one document, many with or without separators,
/// an array of documents. A record that does not fit into a chunk is taken apart by `OTLPScanner` or `ListScanner`. How the
/// bytes happen to arrive changes nothing but the cuts.
///
/// - Assumes: most files hold lines, and a line is small against a chunk.
struct RecordSplitter: ~Copyable {
  private enum State {
    /// Each line is a record.
    case lines
    /// Records are told by their brackets.
    case values
    /// Inside a record that is taken apart; `isLine`: it ends with its line.
    case document(DocumentScanner, isLine: Bool)
    /// Behind something broken or too large: on to the next line.
    case resync(isLine: Bool)
    /// Requests of protobuf.
    case protobuf(ProtobufSplitter)
  }

  /// So much text without a line of JSON is looked through for a place to cut.
  private static let longestText = 4 << 20
  /// A chunk of tiny records ends early, so that the list of them stays small.
  private static let maxRecords = 50_000
  /// A longer line of text is cut here, as `Decoder` cuts it.
  static let maxTextLine = 1 << 20

  private var source: ByteSource
  private let chunkBytes: Int
  private let maxRecordBytes: Int
  private let framing: Format.Framing
  /// Lines of text may stand between JSON values.
  private let hasText: Bool
  /// Each line is a record, of whatever length.
  private let holdsText: Bool
  /// Chunks are decoded side by side, so none may end inside a record of several lines of text.
  private let cutsBeforeJSON: Bool
  private var carry = ByteBuffer()
  private var carryBase: Int64 = 0
  private var state: State
  private var isAtEnd = false
  private var chunkNumber = 0
  /// Arrays around the records that are not closed yet.
  private var openLists = 0

  /// A splitter for a source whose first bytes have been looked at.
  init(
    source: consuming ByteSource, framing: Format.Framing = .otlp, chunkBytes: Int,
    maxRecordBytes: Int
  ) {
    self.chunkBytes = max(1, chunkBytes)
    self.maxRecordBytes = max(1, maxRecordBytes)
    self.framing = framing
    let isText = framing.isLines
    hasText = framing.hasText
    cutsBeforeJSON = framing.hasText && !framing.isOrdered
    holdsText = isText || framing.hasText && !framing.isOrdered
    let holdsLines = Self.holdsLines(source.prefix.bytes, framing)
    state = holdsLines ? .lines : .values
    if case .protobuf = framing { state = .protobuf(ProtobufSplitter(source.prefix.bytes)) }
    self.source = source
  }

  /// What the source knows once it is read to its end.
  borrowing func end() throws(IngestError) -> (
    hash: String, bytes: Int64, damage: ByteSource.Damage?, defects: DefectTally
  ) {
    try source.checkUnchanged()
    return (source.contentHash, source.offset, source.damage, source.defects)
  }

  /// Whether the first record ends with its line.
  ///
  /// So it does where its brackets close before the first line break, where the first line is longer than what we look at,
  /// and where the second line starts with `{"` though the first one is not one that a document breaks at.
  private static func holdsLines(_ prefix: Bytes, _ framing: Format.Framing) -> Bool {
    if framing.isLines { return true }
    let start = framing.hasText ? firstJSON(prefix) : 0
    var i = start == 0 && prefix.starts(with: "\u{feff}") ? 3 : start
    i = JSONScan.skipBlanks(prefix, i)
    if i == prefix.count, start > 0 { return true }
    guard i < prefix.count, prefix[i] == 0x7b else { return false }
    guard let lineEnd = prefix.firstIndex(of: 0x0a, from: i) else { return true }
    // A whole source of one line.
    if lineEnd + 1 == prefix.count, prefix.count < ByteSource.prefixBytes { return true }
    if case .at(let end) = JSONScan.endOfValue(prefix, i, isLast: false, breaks: .ignored),
      end <= lineEnd
    {
      return true
    }
    // A document that goes on ends its line with an opening bracket, a comma or a colon; a cut line ends anywhere.
    var last = lineEnd - 1
    while last > i, JSONScan.isBlank(prefix[last]) { last -= 1 }
    if [0x5b, 0x7b, 0x2c, 0x3a].contains(prefix[last]) { return false }
    return lineEnd + 2 < prefix.count && prefix[lineEnd + 1] == 0x7b && prefix[lineEnd + 2] == 0x22
  }

  /// The first line that begins as JSON does; the end where there is none.
  private static func firstJSON(_ prefix: Bytes) -> Int {
    var at = prefix.starts(with: "\u{feff}") ? 3 : 0
    while at < prefix.count {
      let end = prefix.firstIndex(of: 0x0a, from: at) ?? prefix.count
      let first = JSONScan.skipBlanks(prefix, at)
      // A bracket may stand alone in its line.
      if first < prefix.count, MixedText.isJSON(prefix.slice(first, prefix.count)) { return first }
      at = end + 1
    }
    return prefix.count
  }

  /// Whether all of the source stands in the chunks that were filled.
  var isDone: Bool { isAtEnd && carry.count == 0 }

  /// Fills a chunk with the next records; false when there are none.
  mutating func fill(_ chunk: inout Chunk) throws(IngestError) -> Bool {
    chunk.items.removeAll(keepingCapacity: true)
    chunk.buffer.count = 0
    chunk.buffer.put(carry.bytes)
    chunk.base = carryBase
    carry.count = 0
    var limit = max(chunkBytes, chunk.buffer.count)
    chunkNumber += 1
    var position = 0
    var skipsLarge = false
    while true {
      if !isAtEnd { isAtEnd = try !source.read(into: &chunk.buffer, upTo: limit) }
      chunk.bytesRead = source.bytesRead
      if chunk.base == 0, position == 0, chunk.buffer.bytes.starts(with: "\u{feff}") {
        position = 3
      }
      split(&chunk, &position, skipsLarge)
      if position > 0 || isAtEnd || !chunk.items.isEmpty { break }
      // One record fills the whole buffer and more.
      if skipsLarge {
        // Blanks without end inside a record.
        giveUp(&chunk)
        position = chunk.buffer.count
        break
      }
      if chunk.buffer.count >= maxRecordBytes {
        skipsLarge = true
      } else {
        limit = min(max(limit * 2, 64), maxRecordBytes)
      }
    }
    if isAtEnd, position == chunk.buffer.count, openLists > 0, case .values = state {
      chunk.items.append(.defect(.cutOffRecord, offset: chunk.base + Int64(chunk.buffer.count)))
      openLists = 0
    }
    carryBase = chunk.base + Int64(position)
    carry.put(chunk.buffer.bytes.slice(position, chunk.buffer.count))
    return !isAtEnd || !chunk.items.isEmpty || carry.count > 0
  }

  /// Leaves a record in which nothing is found within the limit.
  private mutating func giveUp(_ chunk: inout Chunk) {
    chunk.items.append(.defect(.tooLarge, offset: chunk.base))
    if case .document(var scanner, let isLine) = state {
      scanner.abandon(chunk: chunkNumber, into: &chunk.items)
      state = .resync(isLine: isLine)
    }
  }

  /// Whether a record is being taken apart, which the end of the source ends too.
  private var isInside: Bool {
    switch state {
    case .document: true
    case .protobuf(let splitter): splitter.isInside
    case .lines, .values, .resync: false
    }
  }

  /// Cuts what the chunk holds from a position on, as far as it is complete.
  private mutating func split(_ chunk: inout Chunk, _ position: inout Int, _ skipsLarge: Bool) {
    let bytes = chunk.buffer.bytes
    while position < bytes.count || isAtEnd && isInside {
      let before = position
      var goesOn = true
      switch state {
      case .lines: goesOn = splitLines(bytes, &chunk, &position, skipsLarge)
      case .values: goesOn = splitValue(bytes, &chunk, &position, skipsLarge)
      case .document(var scanner, let isLine):
        let outcome = scanner.scan(
          bytes, base: chunk.base, position: &position, isLast: isAtEnd, chunk: chunkNumber,
          skipsLarge: skipsLarge && position == 0, into: &chunk.items)
        goesOn = settle(outcome, &scanner, isLine, &chunk, &position)
      case .resync(let isLine): goesOn = resync(bytes, isLine, &position, skipsLarge)
      case .protobuf(var splitter):
        splitter.split(
          ProtobufSplitter.View(
            bytes: bytes, base: chunk.base, isLast: isAtEnd, chunk: chunkNumber,
            chunkBytes: chunkBytes, skipsLarge: skipsLarge), &position, &chunk.items)
        state = .protobuf(splitter)
        return
      }
      if !goesOn || (position == before && isAtEnd && !goesOn) { return }
    }
  }

  // MARK: Lines

  private mutating func splitLines(
    _ bytes: Bytes, _ chunk: inout Chunk, _ position: inout Int, _ skipsLarge: Bool
  ) -> Bool {
    if isAtEnd {
      chunk.items.append(.lines(start: position, end: bytes.count, isCut: true))
      position = bytes.count
      return false
    }
    var lineBreak = bytes.lastIndex(of: 0x0a, from: position)
    if cutsBeforeJSON, !skipsLarge, let last = lineBreak {
      if let cut = lastBreakBeforeJSON(bytes, position, last) {
        lineBreak = cut
      } else if bytes.count < chunkBytes + Self.longestText {
        return false
      }
    }
    if let lineBreak {
      chunk.items.append(.lines(start: position, end: lineBreak + 1, isCut: false))
      position = lineBreak + 1
      return false
    }
    guard bytes.count >= chunkBytes else { return false }
    if holdsText {
      // Text is not taken apart: a line is as long as it is, up to the limit.
      guard skipsLarge else { return false }
      chunk.items.append(.defect(.tooLarge, offset: chunk.base + Int64(position)))
      state = .resync(isLine: true)
      return true
    }
    // A line longer than the chunk may be many documents without a separator.
    documents: while chunk.items.count < Self.maxRecords {
      let start = JSONScan.skipBlanks(bytes, position)
      guard start < bytes.count, bytes[start] == 0x7b else { break }
      // There is no line break, so what breaks here does so at the next document.
      switch JSONScan.endOfValue(bytes, start, isLast: false, breaks: .endRecords) {
      case .at(let end), .broken(let end): position = end
      case .incomplete: break documents
      }
      chunk.items.append(.record(start: start, end: position, isCut: false))
    }
    guard position == 0 else { return false }
    return begin(bytes, &chunk, &position, isLine: true, skipsLarge)
  }

  /// The last line break that a line of JSON follows, which no record of text goes on over.
  private func lastBreakBeforeJSON(_ bytes: Bytes, _ start: Int, _ last: Int) -> Int? {
    var i = last
    while true {
      if i + 2 < bytes.count, bytes[i + 1] == 0x7b, bytes[i + 2] == 0x22 { return i }
      guard i > start, let before = bytes.slice(0, i).lastIndex(of: 0x0a, from: start) else {
        return nil
      }
      i = before
    }
  }

  /// Starts to take the record apart that begins at the position and does not end in the chunk.
  private mutating func begin(
    _ bytes: Bytes, _ chunk: inout Chunk, _ position: inout Int, isLine: Bool, _ skipsLarge: Bool
  ) -> Bool {
    let start = JSONScan.skipBlanks(bytes, position)
    guard start < bytes.count else {
      position = start
      return false
    }
    if bytes[start] == 0x7b {
      position = start
      state = .document(
        DocumentScanner(
          framing, recordOffset: chunk.base + Int64(start), breaks: isLine ? .endRecords : .allowed),
        isLine: isLine)
      return true
    }
    guard skipsLarge else { return false }
    chunk.items.append(.defect(.tooLarge, offset: chunk.base + Int64(start)))
    state = .resync(isLine: isLine)
    return true
  }

  // MARK: Values

  private mutating func splitValue(
    _ bytes: Bytes, _ chunk: inout Chunk, _ position: inout Int, _ skipsLarge: Bool
  ) -> Bool {
    let before = position
    while position < bytes.count {
      let byte = bytes[position]
      // An array around the records says only whether the source is complete.
      guard JSONScan.isBlank(byte) || byte == 0x2c || byte == 0x5b || byte == 0x5d else { break }
      if hasText, byte == 0x5b, !MixedText.isJSON(bytes.slice(position, bytes.count)) { break }
      if byte == 0x5b { openLists += 1 }
      if byte == 0x5d, openLists > 0 { openLists -= 1 }
      position += 1
    }
    guard position < bytes.count else { return false }
    if hasText, bytes[position] != 0x7b {
      // The indentation of text says what it is.
      while position > before, bytes[position - 1] == 0x20 || bytes[position - 1] == 0x09 {
        position -= 1
      }
    }
    let start = position
    if bytes[start] != 0x7b {
      let lineBreak = bytes.firstIndex(of: 0x0a, from: start)
      let next = DocumentStart.next(bytes.slice(0, lineBreak ?? bytes.count), start)
      let document = next?.isCertain == true ? next?.index : nil
      guard let end = document ?? lineBreak else {
        return endless(bytes, &chunk, &position, skipsLarge)
      }
      chunk.items.append(.record(start: start, end: end, isCut: false))
      position = end
      return true
    }
    switch JSONScan.endOfValue(bytes, start, isLast: isAtEnd, breaks: .allowed) {
    case .at(let end), .broken(let end):
      chunk.items.append(.record(start: start, end: end, isCut: false))
      position = end
      return chunk.items.count < Self.maxRecords
    case .incomplete: return endless(bytes, &chunk, &position, skipsLarge)
    }
  }

  /// A record whose end is not in the chunk.
  private mutating func endless(
    _ bytes: Bytes, _ chunk: inout Chunk, _ position: inout Int, _ skipsLarge: Bool
  ) -> Bool {
    if isAtEnd {
      chunk.items.append(.record(start: position, end: bytes.count, isCut: true))
      position = bytes.count
      openLists = 0
      return false
    }
    guard position == 0, bytes.count >= chunkBytes else { return false }
    return begin(bytes, &chunk, &position, isLine: false, skipsLarge)
  }

  // MARK: Records taken apart

  private mutating func settle(
    _ outcome: OTLPScanner.Outcome, _ scanner: inout DocumentScanner, _ isLine: Bool,
    _ chunk: inout Chunk, _ position: inout Int
  ) -> Bool {
    switch outcome {
    case .finished:
      state = isLine ? .lines : .values
      return true
    case .full:
      state = .document(scanner, isLine: isLine)
      return false
    case .more where !isAtEnd:
      state = .document(scanner, isLine: isLine)
      return false
    case .more, .broken:
      scanner.abandon(chunk: chunkNumber, into: &chunk.items)
      let isCut = outcome == .more
      chunk.items.append(
        .defect(isCut ? .cutOffRecord : .brokenRecord, offset: chunk.base + Int64(position)))
      state = .resync(isLine: isLine)
      if isCut { position = chunk.buffer.count }
      return !isCut
    }
  }

  /// Moves to the next record: to the next line, without lines to one that starts with an object, or to the next document. A line
  /// of text is passed over whole, whatever it holds.
  private mutating func resync(
    _ bytes: Bytes, _ isLine: Bool, _ position: inout Int, _ skipsLarge: Bool
  ) -> Bool {
    let start = position
    while position < bytes.count {
      let isKnown = isAtEnd || skipsLarge
      switch bytes[position] {
      case 0x0a where isLine:
        position += 1
        state = .lines
        return true
      case 0x0a where position + 1 == bytes.count && !isKnown:
        // The line break stays in sight of what starts behind it.
        return false
      case 0x7b where !holdsText:
        let startsLine = !isLine && position > start && bytes[position - 1] == 0x0a
        let isDocument = startsLine ? true : DocumentStart.isHere(bytes, position)
        if isDocument == true {
          state = isLine ? .lines : .values
          return true
        }
        if isDocument == nil, !isKnown { return false }
      default: break
      }
      position += 1
    }
    return false
  }
}

extension Bytes {
  /// The first place of a byte from an index on.
  func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    guard start < count, let found = unsafe memchr(base + start, CInt(byte), count - start) else {
      return nil
    }
    return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  /// The last place of a byte from an index on.
  func lastIndex(of byte: UInt8, from start: Int) -> Int? {
    var i = count
    while i > start {
      i -= 1
      if self[i] == byte { return i }
    }
    return nil
  }
}
