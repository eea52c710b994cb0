import TraceModel

/// A Jaeger span's field that is read from the text itself.
private enum JaegerSpanField: UInt8 {
  case traceID, spanID, parent, flags, name, references, start, duration, tags, logs, process
  case warnings
  /// A field that is left to the tape's reader.
  case other

  var bit: UInt32 { 1 << UInt32(rawValue) }

  /// What a span has that is read from its text.
  static let needed =
    traceID.bit | spanID.bit | name.bit | start.bit | duration.bit | process.bit

  /// The field that stands at the cursor, which then stands at its value.
  @inline(__always) init(_ cursor: inout JSONCursor) {
    if let usual = Self.usual(&cursor) {
      self = usual
      cursor.skipBlanks()
    } else {
      self.init(rare: &cursor)
    }
  }

  @inline(__always) private static func usual(_ cursor: inout JSONCursor) -> JaegerSpanField? {
    switch cursor.bytes[cursor.at &+ 1] {
    case UInt8(ascii: "t"):
      cursor.take("\"traceID\":") ? .traceID : cursor.take("\"tags\":") ? .tags : nil
    case UInt8(ascii: "s"):
      cursor.take("\"spanID\":") ? .spanID : cursor.take("\"startTime\":") ? .start : nil
    case UInt8(ascii: "f"): cursor.take("\"flags\":") ? .flags : nil
    case UInt8(ascii: "o"): cursor.take("\"operationName\":") ? .name : nil
    case UInt8(ascii: "r"): cursor.take("\"references\":") ? .references : nil
    case UInt8(ascii: "d"): cursor.take("\"duration\":") ? .duration : nil
    case UInt8(ascii: "l"): cursor.take("\"logs\":") ? .logs : nil
    case UInt8(ascii: "p"): cursor.take("\"processID\":") ? .process : nil
    case UInt8(ascii: "w"): cursor.take("\"warnings\":") ? .warnings : nil
    default: nil
    }
  }

  @inline(never) private init(rare cursor: inout JSONCursor) {
    self = .other
    guard let key = cursor.key() else { return }
    if let known = Self.names.first(where: { key.equals($0.0) }) { self = known.1 }
  }

  /// Every name of every field, as the UI and its API write them.
  private static let names: [(StaticString, JaegerSpanField)] = [
    ("traceID", .traceID), ("spanID", .spanID), ("parentSpanID", .parent), ("flags", .flags),
    ("operationName", .name), ("references", .references), ("startTime", .start),
    ("duration", .duration), ("tags", .tags), ("logs", .logs), ("processID", .process),
    ("warnings", .warnings),
  ]
}

/// What is kept of one span's text beside its row and its fields, until all of it was read.
private struct JaegerSpanText {
  /// Fields that were met, as bits.
  var met: UInt32 = 0
  /// What its references say, before what the span itself says of its parent.
  var reference: SpanID?
  /// Nanoseconds.
  var duration: Int64 = 0
  var process = Bytes.none
  /// The list as it stands; empty where there is none, or nothing in it.
  var logs = Bytes.none
  var told = JaegerTold()
  /// What of a span's name was met, by which its tags are foreseen.
  var likeness = 0
}

/// One Jaeger span → one row, read from the text itself where it is written as the UI and its API write nearly all.
///
/// Ids are hex of full length, times are whole numbers, flags say no more than "sampled", there is at most one reference, to
/// a parent of the same trace, and there are no warnings; nothing comes twice. A span that has anything else is left to
/// the tape's reader, and both give equal rows (a test compares them).
extension Decoder {
  /// Reads the span at the cursor; false where it is left to the tape's reader. Nothing has changed then.
  mutating func jaegerSpanFromText(_ cursor: inout JSONCursor, _ offset: Int64) -> Bool {
    let start = text.count
    let place = cursor.at
    if !unheld.isEmpty { unheld.removeAll(keepingCapacity: true) }
    var row = SpanRow()
    row.offset = offset
    var fields = OTLPSpanFields()
    var span = JaegerSpanText()
    composed.beginValues()
    guard read(&cursor, &row, &fields, &span),
      span.met & JaegerSpanField.needed == JaegerSpanField.needed, !row.trace.isAbsent,
      cursor.at <= cursor.bytes.count, take(span.told, &row, &fields), end(&row, span),
      putLogs(span.logs, &fields, offset)
    else {
      text.buffer.count = start
      cursor.at = place
      return false
    }
    if span.met & JaegerSpanField.tags.bit == 0 { finder.clear(isPlain: true) }
    if let parent = span.reference { row.parent = parent }
    row.resource = jaegerRow(ofProcess: span.process, offset)
    row.scope = jaegerScope(span.told)
    batch.spansSeen += 1
    hasPlainAttributes = true
    complete(&row, composed.tape(), fields, flags: 0)
    hasPlainAttributes = false
    return true
  }

  @inline(__always) private mutating func read(
    _ cursor: inout JSONCursor, _ row: inout SpanRow, _ fields: inout OTLPSpanFields,
    _ span: inout JaegerSpanText
  ) -> Bool {
    guard cursor.take(0x7b) else { return false }
    repeat {
      let field = JaegerSpanField(&cursor)
      if field == .other || span.met & field.bit != 0 { return false }
      span.met |= field.bit
      switch field {
      case .traceID:
        guard let id = cursor.traceID(&lastTrace) else { return false }
        row.trace = id
      case .spanID:
        guard let id = cursor.spanID() else { return false }
        row.id = id
      case .name:
        fields.name = composed.nextIndex
        if let name = cursor.string() {
          span.likeness = name.likeness
          composed.put(name)
        } else {
          guard cursor.unescape(into: &text.unescaped) else { return false }
          composed.put(text.unescaped.bytes)
        }
      case .references:
        if cursor.take("[]") { break }
        guard span.met & JaegerSpanField.traceID.bit != 0,
          let parent = reference(&cursor, row.trace)
        else { return false }
        span.reference = parent
      case .start:
        guard let start = cursor.microseconds(), start > 0 else { return false }
        row.start = start
      case .duration:
        guard let duration = cursor.microseconds() else { return false }
        span.duration = duration
      case .tags:
        let start = text.count
        guard text.putTags(&cursor, kind: span.likeness, &finder, &composed, &span.told) else {
          return false
        }
        row.attributes = range(from: start)
      case .process:
        guard let process = cursor.string() else { return false }
        span.process = process
      default: guard rare(field, &cursor, &row, &span) else { return false }
      }
    } while cursor.take(0x2c)
    return cursor.take(0x7d)
  }

  /// The parent that the only reference of a span names, one of its own trace.
  @inline(__always) private mutating func reference(
    _ cursor: inout JSONCursor, _ trace: TraceID
  ) -> SpanID? {
    guard cursor.take("[{\"refType\":\"CHILD_OF\",\"traceID\":") else {
      return spacedReference(&cursor, trace)
    }
    guard cursor.traceID(&lastTrace) == trace, cursor.take(",\"spanID\":"),
      let parent = cursor.spanID(), cursor.take("}]")
    else { return nil }
    return parent
  }

  @inline(never) private mutating func spacedReference(
    _ cursor: inout JSONCursor, _ trace: TraceID
  ) -> SpanID? {
    guard cursor.take(0x5b), cursor.take(0x7b), cursor.takeKey("refType"),
      cursor.take("\"CHILD_OF\""), cursor.take(0x2c), cursor.takeKey("traceID"),
      cursor.traceID(&lastTrace) == trace, cursor.take(0x2c), cursor.takeKey("spanID"),
      let parent = cursor.spanID(), cursor.take(0x7d), cursor.take(0x5d)
    else { return nil }
    return parent
  }

  @inline(__always) private mutating func rare(
    _ field: JaegerSpanField, _ cursor: inout JSONCursor, _ row: inout SpanRow,
    _ span: inout JaegerSpanText
  ) -> Bool {
    switch field {
    case .flags:
      guard let flags = cursor.wholeNumber(), flags <= 1 else { return false }
    case .parent:
      if cursor.take("\"\"") { break }
      guard let id = cursor.spanID() else { return false }
      row.parent = id
    case .logs:
      if cursor.take("[]") || cursor.take("null") { break }
      guard cursor.next == 0x5b, let list = cursor.skipValue() else { return false }
      span.logs = list
    case .warnings: return cursor.take("null") || cursor.take("[]")
    default: return false
    }
    return true
  }

  /// Takes what tags say beside attributes; false where that is not as nearly all say it.
  @inline(__always) private mutating func take(
    _ told: JaegerTold, _ row: inout SpanRow, _ fields: inout OTLPSpanFields
  ) -> Bool {
    if let kind = told.kind {
      if kind.equals("client") {
        row.facts.kind = .client
      } else if kind.equals("server") {
        row.facts.kind = .server
      } else if kind.equals("internal") {
        row.facts.kind = .internal
      } else if kind.equals("producer") {
        row.facts.kind = .producer
      } else if kind.equals("consumer") {
        row.facts.kind = .consumer
      } else {
        return false
      }
    }
    if told.exported == nil, told.statusCode == nil, told.statusMessage == nil,
      told.traceState == nil
    {
      return true
    }
    return takeRare(told, &fields)
  }

  @inline(never) private mutating func takeRare(
    _ told: JaegerTold, _ fields: inout OTLPSpanFields
  ) -> Bool {
    if told.exported != nil { return false }
    if let code = told.statusCode, !code.equals("ERROR"), !code.equals("OK") { return false }
    if let state = told.traceState, state.count > 0 {
      fields.traceState = composed.nextIndex
      composed.put(state)
    }
    if told.statusCode == nil, told.statusMessage == nil { return true }
    fields.status = composed.openValue()
    composed.text("code", told.statusCode)
    composed.text("message", told.statusMessage)
    composed.close()
    return true
  }

  /// The end of a span that takes so long.
  @inline(__always) private mutating func end(_ row: inout SpanRow, _ span: JaegerSpanText)
    -> Bool
  {
    let (end, over) = row.start.addingReportingOverflow(span.duration)
    row.end = end
    return !over
  }

  /// Puts logs among the values, as events of a span; false where they are no JSON, or some of them cannot be held.
  @inline(__always) private mutating func putLogs(
    _ logs: Bytes, _ fields: inout OTLPSpanFields, _ offset: Int64
  ) -> Bool {
    logs.count == 0 || putWrittenLogs(logs, &fields, offset)
  }

  @inline(never) private mutating func putWrittenLogs(
    _ logs: Bytes, _ fields: inout OTLPSpanFields, _ offset: Int64
  ) -> Bool {
    guard let tape = parser.parse(logs, hasRoom: true) else { return false }
    let defects = batch.defects
    // What cannot be held of them is looked for in the span itself.
    fields.object = composed.openValue()
    fields.events = composed.nextIndex + 1
    putJaegerLogs(tape, tape.root, offset)
    if composed.nextIndex == fields.events - 1 { fields.events = 0 }
    composed.close()
    if kept.jaeger.odd.isEmpty { return true }
    kept.jaeger.odd.removeAll(keepingCapacity: true)
    batch.defects = defects
    return false
  }
}
