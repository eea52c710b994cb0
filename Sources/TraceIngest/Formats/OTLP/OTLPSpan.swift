import TraceModel

/// Where the fields of one span stand on the tape; 0 where they are missing.
struct OTLPSpanFields {
  /// The span itself.
  var object: Int
  var trace = 0
  var span = 0
  var parent = 0
  var traceState = 0
  var flags = 0
  var name = 0
  var kind = 0
  var start = 0
  var end = 0
  var attributes = 0
  var events = 0
  var links = 0
  var status = 0
  var droppedAttributes = 0
  var droppedEvents = 0
  var droppedLinks = 0
  /// What an export of our own says beyond OTLP.
  var culprit = 0
  var hasUnknown = false
  /// Whether resource and scope stand in the span itself.
  let isAlone: Bool

  /// No fields.
  init() {
    object = 0
    isAlone = false
  }

  /// The fields of the span at an index.
  @inline(__always) init(_ tape: JSONTape, _ object: Int, isAlone: Bool = false) {
    self.object = object
    self.isAlone = isAlone
    var (i, end) = tape.inside(object)
    while i + 1 < end {
      if let key = tape.text(i), !note(key, i + 1) { hasUnknown = true }
      i = tape.after(i + 1)
    }
  }

  /// Notes a field; false where the key is none of a span's.
  @inline(__always) mutating func note(_ key: Bytes, _ value: Int) -> Bool {
    switch key.count {
    case 4:
      if key.equals("name") {
        name = value
      } else if key.equals("kind") {
        kind = value
      } else {
        return false
      }
    case 5:
      if key.equals("flags") {
        flags = value
      } else if key.equals("links") {
        links = value
      } else {
        return isAlone && key.equals("scope")
      }
    case 6:
      if key.equals("spanId") {
        span = value
      } else if key.equals("events") {
        events = value
      } else if key.equals("status") {
        status = value
      } else {
        return false
      }
    case 7:
      if key.equals("traceId") {
        trace = value
      } else if key.equals("span_id") {
        span = value
      } else if key.equals("culprit") {
        culprit = value
      } else {
        return false
      }
    case 8:
      if key.equals("trace_id") {
        trace = value
      } else {
        return isAlone && key.equals("resource")
      }
    case 10:
      if key.equals("attributes") {
        attributes = value
      } else if key.equals("traceState") {
        traceState = value
      } else {
        return false
      }
    case 11: if key.equals("trace_state") { traceState = value } else { return false }
    case 12: if key.equals("parentSpanId") { parent = value } else { return false }
    case 14: if key.equals("parent_span_id") { parent = value } else { return false }
    case 15: if key.equals("endTimeUnixNano") { end = value } else { return false }
    case 17:
      if key.equals("startTimeUnixNano") {
        start = value
      } else if key.equals("droppedLinksCount") {
        droppedLinks = value
      } else {
        return false
      }
    default: return noteRare(key, value)
    }
    return true
  }

  private mutating func noteRare(_ key: Bytes, _ value: Int) -> Bool {
    if key.equals("start_time_unix_nano") {
      start = value
    } else if key.equals("end_time_unix_nano") {
      end = value
    } else if key.equals("droppedAttributesCount") || key.equals("dropped_attributes_count") {
      droppedAttributes = value
    } else if key.equals("droppedEventsCount") || key.equals("dropped_events_count") {
      droppedEvents = value
    } else if key.equals("dropped_links_count") {
      droppedLinks = value
    } else {
      return false
    }
    return true
  }
}

/// What the events of a span say of its outcome.
struct OTLPEventFacts {
  var hasException = false
  var hasErrorEvent = false
  var exceptionType: Bytes?
  var exceptionMessage: Bytes?
}

/// One span of an OTLP document → one row.
extension Decoder {
  mutating func span(
    _ tape: JSONTape, _ index: Int, _ resource: UInt32, _ scope: UInt32, _ offset: Int64
  ) {
    batch.spansSeen += 1
    guard tape.tag(index) == JSONTape.Tag.object else {
      batch.defects.count(.wrongType, at: offset, "spans")
      return
    }
    let fields = OTLPSpanFields(tape, index, isAlone: hasPlainAttributes)
    if !unheld.isEmpty { unheld.removeAll(keepingCapacity: true) }
    var row = SpanRow()
    row.resource = resource
    row.scope = scope
    row.offset = offset
    let trace = traceID(tape, fields.trace, offset)
    let span = spanID(tape, fields.span, offset)
    let parent = fields.parent == 0 ? (.absent, false) : spanID(tape, fields.parent, offset)
    row.trace = trace.id
    row.id = span.id
    row.parent = parent.id
    if trace.id.isAbsent { batch.defects.count(.missingTraceID, at: offset) }
    if trace.isOpaque { row.facts[.opaqueTraceID] = true }
    if span.isOpaque || parent.isOpaque { row.facts[.opaqueID] = true }
    row.start = time(tape, fields.start, offset, "startTimeUnixNano")
    row.end = time(tape, fields.end, offset, "endTimeUnixNano")
    row.facts.kind =
      SpanKind(
        rawValue: enumeration(tape, fields.kind, "span_kind_", Self.kindNames, offset)) ?? .unknown
    let flags = count(tape, fields.flags, offset)
    row.attributes = attributes(tape, fields.attributes, offset)
    if fields.attributes == 0 { finder.clear() }
    complete(&row, tape, fields, flags: flags)
  }

  /// Completes a span of which ids, times, kind and attributes are known, by its names, what is rare and its outcome, and
  /// adds it to the batch; `finder` knows its attributes.
  mutating func complete(
    _ row: inout SpanRow, _ tape: JSONTape, _ fields: OTLPSpanFields, flags: Int64
  ) {
    if row.start == 0 { row.facts[.unknownStart] = true }
    if row.end == 0 {
      row.facts[.unknownEnd] = true
      row.end = row.start
    }
    if flags & 0x300 == 0x300 { row.facts[.remoteParent] = true }
    row.flags = UInt32(exactly: flags) ?? 0
    let name = self.name(tape, fields, row.offset)
    let peer = self.peer(tape, row.facts.kind)
    row.peer = peer
    let named = symbol(name)
    let built =
      fields.culprit == 0
      ? displayName(tape, name, traits(of: named), row.facts.kind, peer)
      : exportedName(tape, fields.culprit, unless: name)
    row.operation = built ?? named
    detail(tape, fields, &row, hasOtherName: built != nil, flags)
    if fields.culprit != 0 { takeExported(tape, fields.culprit, &row) }
    batch.spans.append(row)
  }

  private mutating func name(_ tape: JSONTape, _ fields: OTLPSpanFields, _ offset: Int64) -> Bytes {
    if let name = tape.text(fields.name) { return name }
    if fields.name != 0, tape.tag(fields.name) != JSONTape.Tag.null {
      countUnheld(.wrongType, fields.name, offset, "name")
    }
    return Bytes.none
  }

  // MARK: Detail

  /// Writes what is rare, and completes the facts from status, events and attributes.
  private mutating func detail(
    _ tape: JSONTape, _ fields: OTLPSpanFields, _ row: inout SpanRow, hasOtherName: Bool,
    _ flags: Int64
  ) {
    let start = text.count
    if hasOtherName, let name = tape.text(fields.name) {
      key("name", start)
      text.putString(name)
    }
    if row.facts[.opaqueTraceID] { writtenForm(tape, fields.trace, "trace_id", start) }
    if row.facts[.opaqueID] {
      if hasOpaqueForm(tape, fields.span, row.id) {
        writtenForm(tape, fields.span, "span_id", start)
      }
      if hasOpaqueForm(tape, fields.parent, row.parent) {
        writtenForm(tape, fields.parent, "parent_id", start)
      }
    }
    let message = fields.status == 0 ? nil : status(tape, fields.status, &row, start)
    if let state = tape.text(fields.traceState), state.count > 0 {
      key("trace_state", start)
      text.putString(state)
    } else {
      countUnlessText(tape, fields.traceState, row.offset, "traceState")
    }
    if flags > UInt32.max {
      key("flags", start)
      text.putInt(flags)
    }
    var events = OTLPEventFacts()
    if fields.events != 0 {
      let before = unheld.count
      self.events(tape, fields.events, &events, row.offset, start)
      keepWhole(fields.events, before)
    }
    if fields.links != 0 {
      let before = unheld.count
      links(tape, fields.links, row.offset, start)
      keepWhole(fields.links, before)
    }
    if fields.droppedAttributes | fields.droppedEvents | fields.droppedLinks != 0 {
      dropped(tape, fields, row.offset, start)
    }
    if fields.hasUnknown || !unheld.isEmpty { unknown(tape, fields, start) }
    if text.count > start { text.put(0x7d) }
    row.detail = range(from: start)
    outcome(tape, &row, events, message)
  }

  /// Counts a value that should be text and is not; what is missing or null is no defect.
  mutating func countUnlessText(
    _ tape: JSONTape, _ index: Int, _ offset: Int64, _ name: String
  ) {
    if index == 0 || tape.tag(index) == JSONTape.Tag.null || tape.text(index) != nil { return }
    countUnheld(.wrongType, index, offset, name)
  }

  /// Keeps a whole field raw where something inside it could not be held.
  private mutating func keepWhole(_ index: Int, _ before: Int) {
    guard unheld.count > before else { return }
    unheld.removeSubrange(before...)
    unheld.append(index)
  }

  /// Starts a member of the detail that began at a place.
  @inline(__always) private mutating func key(_ name: StaticString, _ start: Int) {
    text.put(text.count == start ? 0x7b : 0x2c)
    text.put(0x22)
    text.put(name)
    text.put("\":")
  }

  private mutating func writtenForm(
    _ tape: JSONTape, _ index: Int, _ name: StaticString, _ start: Int
  ) {
    guard let written = tape.text(index) else { return }
    key(name, start)
    text.putString(written)
  }

  private func hasOpaqueForm(_ tape: JSONTape, _ index: Int, _ id: SpanID) -> Bool {
    guard let written = tape.text(index), written.count > 0 else { return false }
    return unsafe SpanID(opaque: written.raw) == id
  }

  private mutating func status(
    _ tape: JSONTape, _ index: Int, _ row: inout SpanRow, _ start: Int
  ) -> Bytes? {
    guard tape.tag(index) == JSONTape.Tag.object else {
      if tape.tag(index) != JSONTape.Tag.null {
        countUnheld(.wrongType, index, row.offset, "status")
      }
      return nil
    }
    let before = unheld.count
    var message: Bytes?
    var (i, end) = tape.inside(index)
    while i + 1 < end {
      if let name = tape.text(i) {
        if name.equals("code") {
          row.facts.status =
            SpanStatus(
              rawValue: enumeration(tape, i + 1, "status_code_", Self.statusNames, row.offset))
            ?? .unset
        } else if name.equals("message") {
          message = tape.text(i + 1)
          countUnlessText(tape, i + 1, row.offset, "status.message")
        } else if tape.tag(i + 1) != JSONTape.Tag.null {
          unheld.append(i + 1)
        }
      }
      i = tape.after(i + 1)
    }
    keepWhole(index, before)
    if let message, message.count > 0 {
      key("status_message", start)
      text.putString(message)
    }
    return message
  }

  private mutating func dropped(
    _ tape: JSONTape, _ fields: OTLPSpanFields, _ offset: Int64, _ start: Int
  ) {
    let counts: [(StaticString, Int)] = [
      ("dropped_attributes", fields.droppedAttributes), ("dropped_events", fields.droppedEvents),
      ("dropped_links", fields.droppedLinks),
    ]
    var hasDropped = false
    for (name, index) in counts {
      let count = self.count(tape, index, offset)
      if count == 0 { continue }
      hasDropped = true
      key(name, start)
      text.putInt(count)
    }
    if hasDropped { batch.defects.count(.droppedAtSource, at: offset) }
  }

  /// Fields that no column has, and values that their column cannot hold, as they stand.
  @inline(never) private mutating func unknown(
    _ tape: JSONTape, _ fields: OTLPSpanFields, _ start: Int
  ) {
    key("unknown", start)
    var separator: UInt8 = 0x7b
    var probe = fields
    var (i, end) = tape.inside(fields.object)
    while i + 1 < end {
      if let name = tape.text(i), !probe.note(name, i + 1) || unheld.contains(i + 1) {
        text.put(separator)
        separator = 0x2c
        text.putString(name)
        text.put(0x3a)
        text.putRaw(tape, i + 1)
      }
      i = tape.after(i + 1)
    }
    text.put(separator == 0x7b ? "{}" : "}")
  }

  // MARK: Events and links

  private mutating func events(
    _ tape: JSONTape, _ list: Int, _ facts: inout OTLPEventFacts, _ offset: Int64, _ start: Int
  ) {
    guard tape.tag(list) == JSONTape.Tag.array else {
      if tape.tag(list) != JSONTape.Tag.null {
        countUnheld(.wrongType, list, offset, "events")
      }
      return
    }
    var (i, end) = tape.inside(list)
    if i == end { return }
    key("events", start)
    var separator: UInt8 = 0x5b
    while i < end {
      if tape.tag(i) == JSONTape.Tag.object {
        text.put(separator)
        separator = 0x2c
        event(tape, i, &facts, offset)
      } else {
        countUnheld(.wrongType, i, offset, "events")
      }
      i = tape.after(i)
    }
    text.put(separator == 0x5b ? "[]" : "]")
  }

  private mutating func event(
    _ tape: JSONTape, _ index: Int, _ facts: inout OTLPEventFacts, _ offset: Int64
  ) {
    var name = Bytes.none
    var time = 0
    var attributes = 0
    var dropped = 0
    var exported = 0
    var hasUnknown = false
    var (i, end) = tape.inside(index)
    while i + 1 < end {
      if let field = tape.text(i) {
        if field.equals("culprit") {
          exported = i + 1
        } else if field.equals("name") {
          name = tape.text(i + 1) ?? Bytes.none
          countUnlessText(tape, i + 1, offset, "events.name")
        } else if field.equals("timeUnixNano") || field.equals("time_unix_nano") {
          time = i + 1
        } else if field.equals("attributes") {
          attributes = i + 1
        } else if OTLPKeys.isDroppedAttributes(field) {
          dropped = i + 1
        } else {
          hasUnknown = true
        }
      }
      i = tape.after(i + 1)
    }
    text.put("{\"name\":")
    text.putString(name)
    text.put(",\"time_ns\":")
    text.putInt(self.time(tape, time, offset, "timeUnixNano"))
    eventFinder.clear()
    if isAttributes(tape, attributes) {
      memberAttributes(tape, attributes, offset)
    } else if attributes != 0, tape.tag(attributes) != JSONTape.Tag.null {
      countUnheld(.wrongType, attributes, offset, "attributes")
    }
    droppedAttributes(tape, dropped, offset)
    if exported != 0 { putExportedFrames(tape, exported) }
    if hasUnknown { unknownMembers(tape, index, OTLPKeys.isEventField) }
    text.put(0x7d)
    eventFinder.noteEvent(tape, name, &facts)
  }

  /// Writes the members of an event or a link that no reader knows.
  private mutating func unknownMembers(
    _ tape: JSONTape, _ object: Int, _ isField: (Bytes) -> Bool
  ) {
    let start = text.count
    text.put(0x2c)
    if !putUnknown(tape, object, isKnown: { key, _ in isField(key) }) { text.buffer.count = start }
  }

  /// Writes how many attributes the sender dropped of an event or a link.
  private mutating func droppedAttributes(_ tape: JSONTape, _ index: Int, _ offset: Int64) {
    let count = self.count(tape, index, offset)
    if count == 0 { return }
    batch.defects.count(.droppedAtSource, at: offset)
    text.put(",\"dropped_attributes\":")
    text.putInt(count)
  }

  /// Whether a value is attributes in the form that the source has.
  func isAttributes(_ tape: JSONTape, _ index: Int) -> Bool {
    let tag = tape.tag(index)
    return tag == JSONTape.Tag.array || hasPlainAttributes && tag == JSONTape.Tag.object
  }

  /// Writes `,"attributes":{…}` unless the list is empty; `eventFinder` then knows those that matter.
  private mutating func memberAttributes(_ tape: JSONTape, _ list: Int, _ offset: Int64) {
    let before = text.count
    text.put(",\"attributes\":")
    let start = text.count
    putAttributes(tape, list, offset)
    if text.count == start { text.buffer.count = before }
  }

  /// Writes attributes of an event, a link or a scope; `eventFinder` then knows those that matter.
  mutating func putAttributes(_ tape: JSONTape, _ list: Int, _ offset: Int64) {
    if tape.tag(list) == JSONTape.Tag.array {
      text.putAttributes(tape, list, &eventFinder)
    } else {
      text.putPlainAttributes(tape, list, &eventFinder)
    }
    countTextDefects(offset)
  }

  private mutating func links(_ tape: JSONTape, _ list: Int, _ offset: Int64, _ start: Int) {
    guard tape.tag(list) == JSONTape.Tag.array else {
      if tape.tag(list) != JSONTape.Tag.null {
        countUnheld(.wrongType, list, offset, "links")
      }
      return
    }
    var (i, end) = tape.inside(list)
    if i == end { return }
    key("links", start)
    var separator: UInt8 = 0x5b
    while i < end {
      if tape.tag(i) == JSONTape.Tag.object {
        text.put(separator)
        separator = 0x2c
        link(tape, i, offset)
      } else {
        countUnheld(.wrongType, i, offset, "links")
      }
      i = tape.after(i)
    }
    text.put(separator == 0x5b ? "[]" : "]")
  }

  private mutating func link(_ tape: JSONTape, _ index: Int, _ offset: Int64) {
    var traceIndex = 0
    var spanIndex = 0
    var attributes = 0
    var state = 0
    var flags = 0
    var dropped = 0
    var hasUnknown = false
    for (field, value) in JSONMembers(tape, index) where tape.tag(value) != JSONTape.Tag.null {
      if field.equals("traceId") || field.equals("trace_id") {
        traceIndex = value
      } else if field.equals("spanId") || field.equals("span_id") {
        spanIndex = value
      } else if field.equals("attributes") {
        attributes = value
      } else if field.equals("traceState") || field.equals("trace_state") {
        state = value
      } else if field.equals("flags") {
        flags = value
      } else if OTLPKeys.isDroppedAttributes(field) {
        dropped = value
      } else {
        hasUnknown = true
      }
    }
    let trace = traceID(tape, traceIndex, offset)
    let span = spanID(tape, spanIndex, offset)
    text.put("{\"trace_id\":")
    id(tape, traceIndex, trace.isOpaque, trace.id.description)
    text.put(",\"span_id\":")
    id(tape, spanIndex, span.isOpaque, span.id.description)
    if let state = tape.text(state), state.count > 0 {
      text.put(",\"trace_state\":")
      text.putString(state)
    } else {
      countUnlessText(tape, state, offset, "links.traceState")
    }
    if isAttributes(tape, attributes) {
      memberAttributes(tape, attributes, offset)
    } else if attributes != 0 {
      countUnheld(.wrongType, attributes, offset, "attributes")
    }
    let flagBits = count(tape, flags, offset)
    if flagBits != 0 {
      text.put(",\"flags\":")
      text.putInt(flagBits)
    }
    droppedAttributes(tape, dropped, offset)
    if hasUnknown { unknownMembers(tape, index, OTLPKeys.isLinkField) }
    text.put(0x7d)
  }

  private mutating func id(_ tape: JSONTape, _ index: Int, _ isOpaque: Bool, _ hex: String) {
    if isOpaque, let written = tape.text(index) {
      text.putString(written)
    } else {
      text.put(0x22)
      text.buffer.put(hex)
      text.put(0x22)
    }
  }
}

extension AttributeFinder {
  /// What an event says of its span; of several exceptions the last one that has a type or a message counts.
  func noteEvent(_ tape: JSONTape, _ name: Bytes, _ facts: inout OTLPEventFacts) {
    if name.equals("exception") {
      facts.hasException = true
      let type = text(.exceptionType, tape)
      let message = text(.exceptionMessage, tape)
      if type != nil || message != nil {
        facts.exceptionType = type
        facts.exceptionMessage = message
      }
    }
    if name.equals("error") || self[.errorObject] != 0 || self[.error] != 0 {
      facts.hasErrorEvent = true
    } else if let event = text(.event, tape), event.equals("error") {
      facts.hasErrorEvent = true
    }
  }
}
