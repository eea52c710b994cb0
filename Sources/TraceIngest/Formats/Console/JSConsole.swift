import TraceModel

/// What OpenTelemetry's SDK for JavaScript prints with `console.dir`: spans between the process's other lines.
///
/// An object begins with a line `{` and ends with a line `}`; what lies deeper than three levels was left out by whoever printed it, and
/// is counted. Kinds are numbered one below OTLP's, times and lengths are microseconds.
///
/// - Source: opentelemetry-js, sdk-trace-base, ConsoleSpanExporter 1.x and 2.x; formats/traces.md 1.7.
extension Decoder {
  /// An object that passes this is no span.
  private static let longestObject = 1 << 20

  /// One line.
  mutating func jsConsoleLine(_ bytes: Bytes, _ envelope: Envelope) {
    if kept.jsObject == nil {
      guard bytes.equals("{") || bytes.starts(with: "{ resource:") else {
        return plainLine(bytes, envelope)
      }
      kept.jsObject = (envelope.offset, [])
    }
    unsafe kept.jsObject?.text.append(contentsOf: bytes.raw)
    kept.jsObject?.text.append(0x0a)
    let isLast = bytes.equals("}") || bytes.starts(with: "{ ") && bytes[bytes.count - 1] == 0x7d
    if isLast || (kept.jsObject?.text.count ?? 0) > Self.longestObject {
      endJSObject(isWhole: isLast)
    }
  }

  /// Ends the object that is open; one that is not whole was cut off.
  mutating func endJSObject(isWhole: Bool = false) {
    guard let (offset, bytes) = kept.jsObject else { return }
    kept.jsObject = nil
    var copy = ByteBuffer(capacity: bytes.count)
    for byte in bytes { copy.put(byte) }
    var envelope = Envelope()
    envelope.offset = offset
    var object = InspectedObject(copy.bytes)
    guard isWhole, object.convert(),
      let isKnown = withPayload(object.json.bytes, { $0.jsSpan($1, envelope) })
    else { return batch.defects.count(isWhole ? .brokenRecord : .cutOffRecord, at: offset) }
    if object.left > 0 {
      batch.defects.add(Defect(kind: .droppedAtSource, count: object.left, firstOffset: offset))
    }
    if !isKnown { batch.defects.count(.unknownRecord, at: offset) }
  }

  private mutating func jsSpan(_ tape: JSONTape, _ envelope: Envelope) -> Bool {
    let span = tape.root
    func field(_ name: StaticString) -> Int { member(tape, span) { $0.equals(name) } }
    guard tape.text(field("traceId")) != nil, tape.text(field("id")) != nil else { return false }
    composed.begin()
    composed.open("resource")
    let resource = field("resource")
    composed.value("attributes", tape, member(tape, resource) { $0.equals("attributes") })
    composed.close()
    let scope = member(tape, span) {
      $0.equals("instrumentationScope") || $0.equals("instrumentationLibrary")
    }
    composed.value("scope", tape, scope)
    composed.value("traceId", tape, field("traceId"))
    composed.value("spanId", tape, field("id"))
    let parent = member(tape, field("parentSpanContext")) { $0.equals("spanId") }
    composed.value("parentSpanId", tape, parent == 0 ? field("parentId") : parent)
    composed.text("traceState", tape.text(field("traceState")))
    composed.text("name", tape.text(field("name")))
    if let kind = wholeNumber(tape, field("kind")), (0...4).contains(kind) {
      composed.number("kind", kind + 1)
    }
    if let start = microseconds(tape, field("timestamp")) {
      composed.number("startTimeUnixNano", start)
      if let length = microseconds(tape, field("duration")) {
        let (end, over) = start.addingReportingOverflow(length)
        if !over { composed.number("endTimeUnixNano", end) }
      }
    }
    composed.value("attributes", tape, field("attributes"))
    composed.value("status", tape, field("status"))
    putJSEvents(tape, field("events"))
    putJSLinks(tape, field("links"))
    composed.rest("js", tape, span, without: Self.jsMembers)
    composed.close()
    addComposed(envelope)
    return true
  }

  /// Members of a span that its fields hold.
  private static let jsMembers: [StaticString] = [
    "resource", "instrumentationScope", "instrumentationLibrary", "traceId", "id",
    "parentSpanContext", "parentId", "traceState", "name", "kind", "timestamp", "duration",
    "attributes", "status", "events", "links",
  ]

  /// Microseconds as nanoseconds; nil for what is no time.
  private func microseconds(_ tape: JSONTape, _ index: Int) -> Int64? {
    if let whole = wholeNumber(tape, index) {
      return whole >= 0 && whole <= .max / 1000 ? whole * 1000 : nil
    }
    guard tape.tag(index) == JSONTape.Tag.double else { return nil }
    let value = (Double(bitPattern: tape.number(index)) * 1000).rounded()
    return value >= 0 ? Int64(exactly: value) : nil
  }

  private mutating func putJSEvents(_ tape: JSONTape, _ list: Int) {
    guard tape.tag(list) == JSONTape.Tag.array else { return }
    composed.openList("events")
    for event in JSONElements(tape, list) where tape.tag(event) == JSONTape.Tag.object {
      composed.openElement()
      composed.value("name", tape, member(tape, event) { $0.equals("name") })
      composed.value("attributes", tape, member(tape, event) { $0.equals("attributes") })
      var time = JSONElements(tape, member(tape, event) { $0.equals("time") })
      if let seconds = time.next().flatMap({ wholeNumber(tape, $0) }),
        let nanos = time.next().flatMap({ wholeNumber(tape, $0) }),
        (0..<9_000_000_000).contains(seconds), (0..<1_000_000_000).contains(nanos)
      {
        composed.number("timeUnixNano", seconds * 1_000_000_000 + nanos)
      }
      composed.close()
    }
    composed.closeList()
  }

  private mutating func putJSLinks(_ tape: JSONTape, _ list: Int) {
    guard tape.tag(list) == JSONTape.Tag.array else { return }
    composed.openList("links")
    for link in JSONElements(tape, list) {
      let context = member(tape, link) { $0.equals("context") }
      guard context != 0 else { continue }
      composed.openElement()
      composed.value("traceId", tape, member(tape, context) { $0.equals("traceId") })
      composed.value("spanId", tape, member(tape, context) { $0.equals("spanId") })
      composed.value("attributes", tape, member(tape, link) { $0.equals("attributes") })
      composed.close()
    }
    composed.closeList()
  }
}
