import TraceModel

/// A span's field that is read from the text itself.
private enum OTLPSpanField: UInt8 {
  case traceID, spanID, parent, traceState, flags, name, kind, start, end
  case attributes, events, links, status
  case droppedAttributes, droppedEvents, droppedLinks
  /// A field that is left to the tape's reader.
  case other

  var bit: UInt32 { 1 << UInt32(rawValue) }

  /// The field that stands at the cursor, which then stands at its value.
  @inline(__always) init(_ cursor: inout JSONCursor) {
    if let usual = Self.usual(&cursor) {
      self = usual
      cursor.skipBlanks()
    } else {
      self.init(rare: &cursor)
    }
  }

  @inline(__always) private static func usual(_ cursor: inout JSONCursor) -> OTLPSpanField? {
    switch cursor.bytes[cursor.at &+ 1] {
    case UInt8(ascii: "t"): cursor.take("\"traceId\":") ? .traceID : nil
    case UInt8(ascii: "s"):
      if cursor.take("\"spanId\":") {
        .spanID
      } else if cursor.take("\"startTimeUnixNano\":") {
        .start
      } else {
        cursor.take("\"status\":") ? .status : nil
      }
    case UInt8(ascii: "p"): cursor.take("\"parentSpanId\":") ? .parent : nil
    case UInt8(ascii: "f"): cursor.take("\"flags\":") ? .flags : nil
    case UInt8(ascii: "n"): cursor.take("\"name\":") ? .name : nil
    case UInt8(ascii: "k"): cursor.take("\"kind\":") ? .kind : nil
    case UInt8(ascii: "e"): cursor.take("\"endTimeUnixNano\":") ? .end : nil
    case UInt8(ascii: "a"): cursor.take("\"attributes\":") ? .attributes : nil
    default: nil
    }
  }

  @inline(never) private init(rare cursor: inout JSONCursor) {
    self = .other
    guard let key = cursor.key() else { return }
    if let known = Self.names.first(where: { key.equals($0.0) }) { self = known.1 }
  }

  /// Every name of every field, those first that are not tried before.
  private static let names: [(StaticString, OTLPSpanField)] = [
    ("events", .events), ("links", .links), ("traceState", .traceState),
    ("droppedAttributesCount", .droppedAttributes), ("droppedEventsCount", .droppedEvents),
    ("droppedLinksCount", .droppedLinks), ("traceId", .traceID), ("spanId", .spanID),
    ("parentSpanId", .parent), ("flags", .flags), ("name", .name), ("kind", .kind),
    ("startTimeUnixNano", .start), ("endTimeUnixNano", .end), ("attributes", .attributes),
    ("status", .status), ("trace_id", .traceID), ("span_id", .spanID),
    ("parent_span_id", .parent), ("trace_state", .traceState), ("start_time_unix_nano", .start),
    ("end_time_unix_nano", .end), ("dropped_attributes_count", .droppedAttributes),
    ("dropped_events_count", .droppedEvents), ("dropped_links_count", .droppedLinks),
  ]
}

/// What is kept of one span's text beside its row and its fields, until all of it was read.
private struct OTLPSpanText {
  var flags: Int64 = 0
  /// Fields that were met, as bits.
  var met: UInt32 = 0
  /// The lists as they stand; empty where there are none, or nothing in them.
  var events = Bytes.none
  var links = Bytes.none
  /// What of a span's kind and name was met, by which its attributes are foreseen.
  var likeness = 0
  /// Which of them comes first: what cannot be held is kept in its order.
  var linksComeFirst = false
}

/// One span of an OTLP document → one row, read from the text itself where it is written as nearly all are.
///
/// Nothing is parsed twice and no tape is written but for the few values that names and outcome are told by. Ids are hex, times
/// are decimal, kinds are numbers, no field comes twice; a span that has anything else is left to
/// the tape's reader, and both give equal rows (a test compares them).
extension Decoder {
  /// Reads the span at the cursor; false where it is left to the tape's reader. Nothing has changed then.
  mutating func spanFromText(
    _ cursor: inout JSONCursor, _ resource: UInt32, _ scope: UInt32, _ offset: Int64
  ) -> Bool {
    let start = text.count
    let place = cursor.at
    if !unheld.isEmpty { unheld.removeAll(keepingCapacity: true) }
    var row = SpanRow()
    row.resource = resource
    row.scope = scope
    row.offset = offset
    // Row and fields are separate, because both go on by reference.
    var fields = OTLPSpanFields()
    var span = OTLPSpanText()
    values.beginValues()
    let needed = OTLPSpanField.traceID.bit | OTLPSpanField.spanID.bit
    guard read(&cursor, &row, &fields, &span), span.met & needed == needed, !row.trace.isAbsent,
      cursor.at <= cursor.bytes.count,
      lists(span, &fields)
    else {
      text.buffer.count = start
      cursor.at = place
      return false
    }
    if span.met & OTLPSpanField.attributes.bit == 0 { finder.clear() }
    batch.spansSeen += 1
    complete(&row, values.tape(), fields, flags: span.flags)
    return true
  }

  @inline(__always) private mutating func read(
    _ cursor: inout JSONCursor, _ row: inout SpanRow, _ fields: inout OTLPSpanFields,
    _ span: inout OTLPSpanText
  ) -> Bool {
    guard cursor.take(0x7b) else { return false }
    repeat {
      let field = OTLPSpanField(&cursor)
      if field == .other || span.met & field.bit != 0 { return false }
      span.met |= field.bit
      switch field {
      case .traceID:
        guard let id = cursor.traceID(&lastTrace) else { return false }
        row.trace = id
      case .spanID:
        guard let id = cursor.spanID() else { return false }
        row.id = id
      case .parent:
        if cursor.take("\"\"") { break }
        guard let id = cursor.spanID() else { return false }
        row.parent = id
      case .start:
        guard let time = cursor.quotedNanoseconds() else { return false }
        row.start = time
      case .end:
        guard let time = cursor.quotedNanoseconds() else { return false }
        row.end = time
      case .flags:
        guard let flags = cursor.wholeNumber() else { return false }
        span.flags = flags
      case .kind:
        guard let number = cursor.wholeNumber(), number < 6 else { return false }
        row.facts.kind = SpanKind(rawValue: UInt8(number)) ?? .unknown
        span.likeness ^= Int(number)
      case .name:
        fields.name = values.nextIndex
        if let name = cursor.string() {
          span.likeness ^= name.likeness
          values.put(name)
        } else {
          guard cursor.unescape(into: &text.unescaped) else { return false }
          values.put(text.unescaped.bytes)
        }
      case .attributes:
        let before = text.count
        guard text.putAttributes(&cursor, kind: span.likeness, &finder, &values) else {
          return false
        }
        row.attributes = range(from: before)
      case .status: guard status(&cursor, &row, &fields) else { return false }
      default: guard rare(field, &cursor, &fields, &span) else { return false }
      }
    } while cursor.take(0x2c)
    return cursor.take(0x7d)
  }

  @inline(__always) private mutating func status(
    _ cursor: inout JSONCursor, _ row: inout SpanRow, _ fields: inout OTLPSpanFields
  ) -> Bool {
    cursor.take("{}") || writtenStatus(&cursor, &row, &fields)
  }

  @inline(never) private mutating func writtenStatus(
    _ cursor: inout JSONCursor, _ row: inout SpanRow, _ fields: inout OTLPSpanFields
  ) -> Bool {
    guard cursor.take(0x7b) else { return false }
    if cursor.take(0x7d) { return true }
    var code: Int64?
    var message: Bytes?
    repeat {
      guard let key = cursor.key() else { return false }
      if key.equals("code"), code == nil {
        code = cursor.wholeNumber()
        guard code != nil else { return false }
      } else if key.equals("message"), message == nil {
        message = cursor.string()
        guard message != nil else { return false }
      } else {
        return false
      }
    } while cursor.take(0x2c)
    guard let status = SpanStatus(rawValue: UInt8(clamping: code ?? 0)), cursor.take(0x7d) else {
      return false
    }
    row.facts.status = status
    if let message {
      fields.status = values.openValue()
      values.key("message")
      values.put(message)
      values.close()
    }
    return true
  }

  @inline(never) private mutating func rare(
    _ field: OTLPSpanField, _ cursor: inout JSONCursor, _ fields: inout OTLPSpanFields,
    _ span: inout OTLPSpanText
  ) -> Bool {
    switch field {
    case .traceState:
      guard let state = cursor.string() else { return false }
      fields.traceState = values.nextIndex
      values.put(state)
    case .droppedAttributes, .droppedEvents, .droppedLinks:
      guard let count = cursor.wholeNumber() else { return false }
      switch field {
      case .droppedAttributes: fields.droppedAttributes = values.nextIndex
      case .droppedEvents: fields.droppedEvents = values.nextIndex
      default: fields.droppedLinks = values.nextIndex
      }
      values.put(count)
    case .events, .links:
      guard cursor.next == 0x5b, let list = cursor.skipValue() else { return false }
      if list.equals("[]") { break }
      if field == .events { span.events = list } else { span.links = list }
      if field == .links { span.linksComeFirst = span.events.count == 0 }
    default: return false
    }
    return true
  }

  /// Puts events and links among the values, as members of a span; false where they are no JSON.
  @inline(__always) private mutating func lists(
    _ span: OTLPSpanText, _ fields: inout OTLPSpanFields
  ) -> Bool {
    if span.events.count | span.links.count == 0 { return true }
    return putLists(span, &fields)
  }

  @inline(never) private mutating func putLists(
    _ span: OTLPSpanText, _ fields: inout OTLPSpanFields
  ) -> Bool {
    // What cannot be held there is looked for in the span itself.
    fields.object = values.openValue()
    defer { values.close() }
    for isLinks in [span.linksComeFirst, !span.linksComeFirst] {
      let list = isLinks ? span.links : span.events
      if list.count == 0 { continue }
      guard let tape = parser.parse(list, hasRoom: true) else { return false }
      values.key(isLinks ? "links" : "events")
      if isLinks { fields.links = values.nextIndex } else { fields.events = values.nextIndex }
      values.put(tape, tape.root)
    }
    return true
  }
}
