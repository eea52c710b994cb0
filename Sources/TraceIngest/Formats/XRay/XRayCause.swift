import TraceModel

/// What is rare of a segment or subsegment: exceptions as events, links, what no column has.
extension Decoder {
  /// Writes the detail, and completes the facts by what the exceptions say.
  mutating func xrayDetail(
    _ tape: JSONTape, _ part: XRayPart, _ name: Bytes, _ row: inout SpanRow,
    _ document: XRayDocument
  ) -> TextRange {
    let start = text.count
    let fields = part.fields
    if name.count > 0, batch.symbols[row.operation] != name.string {
      detailMember("name", from: start)
      text.putString(name)
    }
    if document.opaqueTrace != 0, let written = tape.text(document.opaqueTrace) {
      detailMember("trace_id", from: start)
      text.putString(written)
    }
    if row.facts[.opaqueID] {
      opaqueForm(tape, fields[.id], row.id, "span_id", start)
      opaqueForm(tape, fields[.parentID], row.parent, "parent_id", start)
    }
    if let status = statusCode(tape, fields[.http]) { row.facts.httpStatus = status }
    cause(tape, fields[.cause], &row, start, document)
    xrayLinks(tape, fields, row, start)
    unknownMembers(tape, fields, start)
    return endDetail(from: start)
  }

  private func statusCode(_ tape: JSONTape, _ http: Int) -> Int? {
    let response = member(tape, http) { $0.equals("response") }
    let status = member(tape, response) { $0.equals("status") }
    return wholeNumber(tape, status).map { Int(clamping: $0) }
  }

  private mutating func opaqueForm(
    _ tape: JSONTape, _ index: Int, _ id: SpanID, _ name: StaticString, _ start: Int
  ) {
    guard let written = tape.text(index), written.count > 0,
      unsafe SpanID(opaque: written.raw) == id
    else { return }
    detailMember(name, from: start)
    text.putString(written)
  }

  // MARK: Exceptions

  private mutating func cause(
    _ tape: JSONTape, _ index: Int, _ row: inout SpanRow, _ start: Int,
    _ document: XRayDocument
  ) {
    if index == 0 { return }
    if let id = tape.text(index) {
      if id.count > 0 { namedCause(tape, id, &row, start, document) }
      return
    }
    guard tape.tag(index) == JSONTape.Tag.object else {
      return countUnheld(.wrongType, index, row.offset, "cause")
    }
    let list = member(tape, index) { $0.equals("exceptions") }
    if list == 0 { return }
    guard tape.tag(list) == JSONTape.Tag.array else {
      return countUnheld(.wrongType, index, row.offset, "cause.exceptions")
    }
    let exceptions = JSONElements(tape, list).filter { tape.tag($0) == JSONTape.Tag.object }
    if exceptions.count < JSONElements(tape, list).reduce(0, { count, _ in count + 1 }) {
      countUnheld(.wrongType, index, row.offset, "cause.exceptions")
    }
    if exceptions.isEmpty { return }
    row.facts[.exception] = true
    noteOutermost(tape, exceptions, &row)
    detailMember("events", from: start)
    for (place, exception) in exceptions.enumerated() {
      text.put(place == 0 ? 0x5b : 0x2c)
      event(tape, exception, row)
    }
    text.put(0x5d)
  }

  /// A failed part that names an exception of another part failed because of it: it takes over type and message, by which
  /// the analysis follows causes (traces-semantics.md 6.5). One that its document does not hold stays an id.
  private mutating func namedCause(
    _ tape: JSONTape, _ id: Bytes, _ row: inout SpanRow, _ start: Int, _ document: XRayDocument
  ) {
    var said = id
    if let exception = document.exceptions[id.string] {
      let (type, message) = words(tape, exception)
      note(type, message, &row)
      said = message ?? type ?? id
    }
    detailMember("status_message", from: start)
    text.putString(said)
  }

  /// The exception that no other one was caused by tells the error's type.
  private mutating func noteOutermost(
    _ tape: JSONTape, _ exceptions: [Int], _ row: inout SpanRow
  ) {
    let causes = exceptions.compactMap { exception in
      tape.text(member(tape, exception) { $0.equals("cause") })
    }
    let outermost = exceptions.first { exception in
      guard let id = tape.text(member(tape, exception) { $0.equals("id") }) else { return true }
      return !causes.contains { $0.equals(id) }
    }
    guard let outermost = outermost ?? exceptions.first else { return }
    let (type, message) = words(tape, outermost)
    note(type, message, &row)
  }

  private mutating func note(_ type: Bytes?, _ message: Bytes?, _ row: inout SpanRow) {
    if let type { row.errorType = symbol(type) }
    row.facts.messageHash = hash(ofMessage: message)
    if saysCancel(type) || saysCancel(message) { row.facts[.cancelled] = true }
  }

  private func words(_ tape: JSONTape, _ exception: Int) -> (type: Bytes?, message: Bytes?) {
    let type = tape.text(member(tape, exception) { $0.equals("type") })
    let message = tape.text(member(tape, exception) { $0.equals("message") })
    return (type.flatMap { $0.count > 0 ? $0 : nil }, message.flatMap { $0.count > 0 ? $0 : nil })
  }

  private func hash(ofMessage message: Bytes?) -> UInt32 {
    guard let message else { return 0 }
    return max(1, UInt32(truncatingIfNeeded: unsafe stableHash(message.raw, seed: 0)))
  }

  /// An exception as an event named so, with its frames beside the text of its stack.
  private mutating func event(
    _ tape: JSONTape, _ exception: Int, _ row: SpanRow
  ) {
    let (type, message) = words(tape, exception)
    text.put("{\"name\":\"exception\",\"time_ns\":")
    text.putInt(row.end)
    text.put(",\"attributes\":")
    let start = text.count
    objectKeys.start()
    putMember("exception.type", type ?? Bytes.none)
    putMember("exception.message", message ?? Bytes.none)
    let stack = member(tape, exception) { $0.equals("stack") }
    let frames = JSONElements(tape, stack).filter { tape.tag($0) == JSONTape.Tag.object }
    if !frames.isEmpty, newKey("exception.stacktrace") {
      stackText(tape, frames, type, message)
    }
    for (key, value) in JSONMembers(tape, exception) {
      let isHeld = (key.equals("type") || key.equals("message")) && tape.text(value) != nil
      if isHeld || key.equals("stack") && !frames.isEmpty { continue }
      putMember("aws.xray.exception.", key, tape, value)
    }
    if endObject(from: start).count == 0 { text.put("{}") }
    if !frames.isEmpty {
      text.put(",\"frames\":")
      stackFrames(tape, frames)
    }
    text.put(0x7d)
  }

  /// The stack as text: `type: message`, then a line `    at label (path:line)` a frame.
  private mutating func stackText(
    _ tape: JSONTape, _ frames: [Int], _ type: Bytes?, _ message: Bytes?
  ) {
    var lines = ByteBuffer(capacity: 256)
    if let type { lines.put(type) }
    if let message {
      if type != nil { lines.put(": ") }
      lines.put(message)
    }
    for frame in frames {
      lines.put("\n    at ")
      let (label, path, line) = parts(tape, frame)
      lines.put(label ?? Bytes.none)
      guard let path else { continue }
      lines.put(label == nil ? "" : " (")
      lines.put(path)
      if let line {
        lines.put(0x3a)
        lines.put(String(line))
      }
      if label != nil { lines.put(0x29) }
    }
    text.putString(lines.bytes)
  }

  private func parts(
    _ tape: JSONTape, _ frame: Int
  ) -> (label: Bytes?, path: Bytes?, line: Int64?) {
    (
      tape.text(member(tape, frame) { $0.equals("label") }),
      tape.text(member(tape, frame) { $0.equals("path") }),
      wholeNumber(tape, member(tape, frame) { $0.equals("line") })
    )
  }

  private mutating func stackFrames(_ tape: JSONTape, _ frames: [Int]) {
    for (place, frame) in frames.enumerated() {
      let (label, path, line) = parts(tape, frame)
      text.put(place == 0 ? "[{\"function\":" : ",{\"function\":")
      text.putString(label ?? Bytes.none)
      text.put(",\"file\":")
      text.putString(path ?? Bytes.none)
      text.put(",\"line\":")
      text.putInt(line ?? 0)
      text.put(0x7d)
    }
    text.put(0x5d)
  }

  // MARK: Links

  /// `links` to other traces and, as links within this one, `precursor_ids`.
  private mutating func xrayLinks(
    _ tape: JSONTape, _ fields: XRayFields, _ row: SpanRow, _ start: Int
  ) {
    var isOpen = false
    for link in JSONElements(tape, fields[.links]) {
      guard tape.tag(link) == JSONTape.Tag.object else {
        countUnheld(.wrongType, fields[.links], row.offset, "links")
        continue
      }
      beginLink(&isOpen, start)
      let trace = traceID(tape, member(tape, link) { $0.equals("trace_id") }, row.offset)
      putLinkIDs(trace.id, spanID(tape, member(tape, link) { $0.equals("id") }, row.offset).id)
      let attributes = member(tape, link) { $0.equals("attributes") }
      if tape.tag(attributes) == JSONTape.Tag.object {
        text.put(",\"attributes\":")
        text.putRaw(tape, attributes)
      }
      text.put(0x7d)
    }
    for precursor in JSONElements(tape, fields[.precursors]) {
      let id = spanID(tape, precursor, row.offset).id
      if id.isAbsent { continue }
      beginLink(&isOpen, start)
      putLinkIDs(row.trace, id)
      text.put(",\"attributes\":{\"aws.xray.link\":\"precursor\"}}")
    }
    if isOpen { text.put(0x5d) }
  }

  private mutating func beginLink(_ isOpen: inout Bool, _ start: Int) {
    if isOpen {
      text.put(0x2c)
    } else {
      detailMember("links", from: start)
      text.put(0x5b)
    }
    isOpen = true
  }

  private mutating func putLinkIDs(_ trace: TraceID, _ span: SpanID) {
    text.put("{\"trace_id\":\"")
    text.buffer.put(trace.description)
    text.put("\",\"span_id\":\"")
    text.buffer.put(span.description)
    text.put(0x22)
  }

  /// Members under unknown keys, and values that their column cannot hold, as they stand.
  private mutating func unknownMembers(_ tape: JSONTape, _ fields: XRayFields, _ start: Int) {
    if fields.others.isEmpty, unheld.isEmpty { return }
    let unheld = unheld
    putUnknown(tape, fields.object, start) { _, value in
      fields.others.contains(value) || unheld.contains(value)
    }
  }

  /// Some members of an object as they stand, as the detail's `unknown`; nothing where there are none.
  mutating func putUnknown(
    _ tape: JSONTape, _ object: Int, _ start: Int, _ isMeant: (Bytes, Int) -> Bool
  ) {
    var isOpen = false
    for (key, value) in JSONMembers(tape, object) where isMeant(key, value) {
      if !isOpen { detailMember("unknown", from: start) }
      text.put(isOpen ? 0x2c : 0x7b)
      isOpen = true
      text.putString(key)
      text.put(0x3a)
      text.putRaw(tape, value)
    }
    if isOpen { text.put(0x7d) }
  }
}
