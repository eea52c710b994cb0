import TraceModel

/// Rows of a batch that stand for texts.
struct TextRows {
  private var texts = SymbolTable()
  private var rows: [UInt32?] = []

  /// The text's number, and its row where it is known.
  mutating func find(_ text: Bytes) -> (number: Int, row: UInt32?) {
    let number = Int(unsafe texts.intern(text.raw).index)
    while rows.count <= number { rows.append(nil) }
    return (number, rows[number])
  }

  /// Notes the row of a text by its number.
  mutating func note(_ number: Int, _ row: UInt32) { rows[number] = row }

  /// Forgets the rows from one on.
  mutating func forget(from first: Int) {
    for number in rows.indices {
      if let row = rows[number], row >= first { rows[number] = nil }
    }
  }

  /// Forgets all.
  mutating func removeAll() {
    if rows.isEmpty { return }
    texts.removeAll()
    rows.removeAll(keepingCapacity: true)
  }
}

/// Resources by the text that they begin with, so that one that came before is passed over at once.
///
/// Texts are kept from batch to batch, their rows only within one. Two texts may begin alike; then the one that came last
/// is known.
struct MetResources: ~Copyable {
  /// What is known of the resource that was passed over.
  enum Known {
    /// Its row in the batch.
    case row(UInt32)
    /// Its text alone, which is an object.
    case text
  }

  private struct Met {
    /// Where the text stands in `texts`; nothing stands in an empty slot.
    var start = 0
    var count = 0
    var row: UInt32?
  }

  private static let slots = 256
  private static let textBytes = 1 << 20

  /// Shorter ones are not known here; their first bytes are the same.
  private static let shortest = 32

  /// So many bytes tell most resources apart; at most as many as the shortest has.
  private var width = 256
  private var met = Array(repeating: Met(), count: slots)
  private var texts = ByteBuffer(capacity: 1 << 16)

  /// Passes over the resource that stands at a cursor; nil where its text is not known.
  mutating func take(_ cursor: inout JSONCursor) -> Known? {
    guard let slot = slot(cursor), met[slot].count > 0, cursor.take(long: text(slot)) else {
      return nil
    }
    if let row = met[slot].row { return .row(row) }
    return .text
  }

  /// Notes the row of a resource that stands at a cursor.
  mutating func note(_ cursor: JSONCursor, _ text: Bytes, _ row: UInt32) {
    if text.count < Self.shortest { return }
    if text.count < width {
      width = text.count & ~15
      forgetAll()
    }
    guard let slot = slot(cursor) else { return }
    if met[slot].count != text.count || !self.text(slot).equals(text) {
      if texts.count > Self.textBytes { forgetAll() }
      met[slot] = Met(start: texts.count, count: text.count)
      texts.put(text)
    }
    met[slot].row = row
  }

  /// Forgets the rows, not the texts.
  mutating func forgetRows() {
    for slot in met.indices { met[slot].row = nil }
  }

  private mutating func forgetAll() {
    for slot in met.indices { met[slot] = Met() }
    texts.count = 0
  }

  private func text(_ slot: Int) -> Bytes {
    texts.bytes.slice(met[slot].start, met[slot].start + met[slot].count)
  }

  /// A number that the text at a cursor gives, whatever is behind the resource; nil at the end of a record.
  private func slot(_ cursor: JSONCursor) -> Int? {
    guard cursor.at + width <= cursor.bytes.count else { return nil }
    var one: UInt64 = 0
    var two: UInt64 = 0
    for i in stride(from: cursor.at, to: cursor.at + width, by: 16) {
      one = (one ^ cursor.bytes.word(i)) &* 0x9e37_79b9_7f4a_7c15
      two = (two ^ cursor.bytes.word(i + 8)) &* 0xff51_afd7_ed55_8ccd
      one ^= one >> 32
      two ^= two >> 32
    }
    return Int(((one ^ two) &* 0x9e37_79b9_7f4a_7c15) >> 56)
  }
}

/// A record of spans, read from the text itself where it is written as nearly all are.
///
/// The resource comes before its scopes and the scope before its spans, under their present names. A record that is written
/// otherwise is left to the tape's reader as a whole; a span, alone.
extension Decoder {
  /// Reads a record; false where it is left to the tape's reader. Nothing has changed then.
  mutating func recordFromText(_ whole: Bytes, _ offset: Int64) -> Bool {
    var cursor = JSONCursor(whole)
    guard cursor.take(0x7b), cursor.takeKey("resourceSpans"), cursor.take(0x5b) else {
      return false
    }
    let mark = mark()
    (recordOffset, ordinal) = (offset, 0)
    var refused: Int64 = 0
    guard resources(&cursor, &refused), cursor.take(0x7d), cursor.isAtEnd else {
      undoText(mark)
      return false
    }
    noteRefused(refused, of: ordinal)
    finishRecord(isKnown: true)
    return true
  }

  private mutating func resources(_ cursor: inout JSONCursor, _ refused: inout Int64) -> Bool {
    if cursor.take(0x5d) { return true }
    repeat {
      guard cursor.take(0x7b) else { return false }
      var row: UInt32?
      repeat {
        guard let key = cursor.key() else { return false }
        if key.equals("resource"), row == nil {
          row = resource(&cursor)
          if row == nil { return false }
        } else if key.equals("scopeSpans"), let row {
          guard scopes(&cursor, row, &refused) else { return false }
        } else if !key.equals("schemaUrl") || cursor.string() == nil {
          return false
        }
      } while cursor.take(0x2c)
      guard row != nil, cursor.take(0x7d) else { return false }
    } while cursor.take(0x2c)
    return cursor.take(0x5d)
  }

  /// The row of the resource at the cursor; nil where what follows it is not a list that holds scopes of spans.
  private mutating func resource(_ cursor: inout JSONCursor) -> UInt32? {
    let start = cursor
    let met = metResources.take(&cursor)
    if case .row(let row)? = met { return listsSpans(cursor) ? row : nil }
    guard met != nil || cursor.skipValue() != nil, listsSpans(cursor) else { return nil }
    let content = cursor.bytes.slice(start.at, cursor.at)
    let (number, known) = writtenResources.find(content)
    if let known {
      metResources.note(start, content, known)
      return known
    }
    guard content[0] == 0x7b, let tape = parser.parse(content, hasRoom: true) else { return nil }
    let defects = batch.defects
    let row = addResource(resourceContent(tape, tape.root, listed: ListKind.span.bit))
    // Defects are counted each time.
    if batch.defects == defects {
      writtenResources.note(number, row)
      metResources.note(start, content, row)
    }
    return row
  }

  /// Whether a list of scopes of spans follows, with something in it.
  private func listsSpans(_ cursor: JSONCursor) -> Bool {
    var cursor = cursor
    return cursor.take(0x2c) && cursor.takeKey("scopeSpans") && cursor.take(0x5b)
      && cursor.take(0x7b)
  }

  private mutating func scopes(
    _ cursor: inout JSONCursor, _ resource: UInt32, _ refused: inout Int64
  ) -> Bool {
    guard cursor.take(0x5b) else { return false }
    repeat {
      guard cursor.take(0x7b) else { return false }
      var row: UInt32?
      var hasSpans = false
      repeat {
        guard let key = cursor.key() else { return false }
        if key.equals("scope"), row == nil {
          guard let content = cursor.skipValue(), let found = scope(content) else { return false }
          row = found
        } else if key.equals("spans"), let row, !hasSpans {
          guard spans(&cursor, resource, row, &refused) else { return false }
          hasSpans = true
        } else if !key.equals("schemaUrl") || cursor.string() == nil {
          return false
        }
      } while cursor.take(0x2c)
      guard hasSpans, cursor.take(0x7d) else { return false }
    } while cursor.take(0x2c)
    return cursor.take(0x5d)
  }

  private mutating func scope(_ content: Bytes) -> UInt32? {
    let (number, known) = writtenScopes.find(content)
    if let known { return known }
    guard content[0] == 0x7b, let tape = parser.parse(content, hasRoom: true) else { return nil }
    let defects = batch.defects
    let row = addScope(scopeContent(tape, tape.root))
    // As for a resource.
    if batch.defects == defects { writtenScopes.note(number, row) }
    return row
  }

  private mutating func spans(
    _ cursor: inout JSONCursor, _ resource: UInt32, _ scope: UInt32, _ refused: inout Int64
  ) -> Bool {
    guard cursor.take(0x5b) else { return false }
    if cursor.take(0x5d) { return true }
    repeat {
      cursor.skipBlanks()
      if !spanFromText(&cursor, resource, scope, recordOffset &+ ordinal) {
        guard cursor.next == 0x7b, let whole = cursor.skipValue(),
          let tape = parser.parse(whole, hasRoom: true)
        else { return false }
        span(tape, tape.root, resource, scope, recordOffset &+ ordinal)
        refused += 1
      }
      ordinal += 1
    } while cursor.take(0x2c)
    return cursor.take(0x5d)
  }

  /// The spans of a document that was taken apart.
  mutating func spansFromText(
    _ run: Run, _ bytes: Bytes, _ base: Int64, _ resource: UInt32, _ scope: UInt32
  ) {
    var cursor = JSONCursor(bytes)
    cursor.at = run.start
    var refused: Int64 = 0
    for _ in 0..<run.count {
      if spanFromText(&cursor, resource, scope, recordOffset &+ ordinal) {
        ordinal += 1
      } else {
        let place = base + Int64(cursor.at)
        guard
          case .at(let end) = JSONScan.endOfValue(bytes, cursor.at, isLast: true, breaks: .ignored)
        else { return }
        let whole = bytes.slice(cursor.at, end)
        cursor.at = end
        element(whole, place, .span, resource, scope)
        refused += 1
      }
      while cursor.at < run.end, JSONScan.isBlank(cursor.next) || cursor.next == 0x2c {
        cursor.at += 1
      }
    }
    noteRefused(refused, of: Int64(run.count))
  }
}
