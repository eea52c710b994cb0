import TraceModel

/// What OpenTelemetry's SDK for Go prints (`stdouttrace`): ids in hex, zero ids for none, attributes as lists of keys with typed values.
///
/// - Source: opentelemetry-go, exporters/stdout/stdouttrace and sdk/trace/tracetest; formats/traces.md 1.7.
extension Decoder {
  /// A span as the SDK prints it; false for anything else.
  mutating func goConsoleObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    guard keys.has(.nameCapital) else { return false }
    let context = member(tape, index) { $0.equals("SpanContext") }
    guard tape.tag(context) == JSONTape.Tag.object,
      member(tape, context, { $0.equals("TraceID") }) != 0
    else { return false }
    composed.begin()
    composed.open("resource")
    putGoAttributes(tape, member(tape, index) { $0.equals("Resource") })
    composed.close()
    let scope = member(tape, index) {
      $0.equals("InstrumentationScope") || $0.equals("InstrumentationLibrary")
    }
    composed.open("scope")
    composed.text("name", tape.text(member(tape, scope) { $0.equals("Name") }))
    composed.text("version", tape.text(member(tape, scope) { $0.equals("Version") }))
    composed.close()
    putGoContext(tape, context)
    let parent = member(tape, index) { $0.equals("Parent") }
    composed.value(
      "parentSpanId", tape, member(tape, parent) { $0.equals("SpanID") })
    composed.text("traceState", tape.text(member(tape, context) { $0.equals("TraceState") }))
    composed.text("name", tape.text(keys[.nameCapital]))
    composed.value("kind", tape, member(tape, index) { $0.equals("SpanKind") })
    putGoTime("startTimeUnixNano", tape, member(tape, index) { $0.equals("StartTime") }, envelope)
    putGoTime("endTimeUnixNano", tape, member(tape, index) { $0.equals("EndTime") }, envelope)
    putGoAttributes(tape, member(tape, index) { $0.equals("Attributes") })
    putGoEvents(tape, member(tape, index) { $0.equals("Events") }, envelope)
    putGoLinks(tape, member(tape, index) { $0.equals("Links") })
    putGoStatus(tape, member(tape, index) { $0.equals("Status") })
    for (key, value) in JSONMembers(tape, index) {
      if key.equals("DroppedAttributes") {
        composed.value("droppedAttributesCount", tape, value)
      } else if key.equals("DroppedEvents") {
        composed.value("droppedEventsCount", tape, value)
      } else if key.equals("DroppedLinks") {
        composed.value("droppedLinksCount", tape, value)
      }
    }
    composed.rest("go", tape, index, without: Self.goMembers)
    composed.close()
    addComposed(envelope)
    return true
  }

  /// Members of a span that its fields hold.
  private static let goMembers: [StaticString] = [
    "Name", "SpanContext", "Parent", "SpanKind", "StartTime", "EndTime", "Attributes", "Events",
    "Links", "Status", "DroppedAttributes", "DroppedEvents", "DroppedLinks", "Resource",
    "InstrumentationScope", "InstrumentationLibrary",
  ]

  private mutating func putGoContext(_ tape: JSONTape, _ context: Int) {
    composed.value("traceId", tape, member(tape, context) { $0.equals("TraceID") })
    composed.value("spanId", tape, member(tape, context) { $0.equals("SpanID") })
  }

  /// A time as RFC 3339; year 1 is none.
  private mutating func putGoTime(
    _ name: StaticString, _ tape: JSONTape, _ index: Int, _ envelope: Envelope
  ) {
    guard let words = tape.text(index), !words.starts(with: "0001-01-01") else { return }
    let time = logTime(tape, index, envelope.offset)
    if time > 0 {
      composed.number(name, time)
    } else {
      batch.defects.count(.oddTime, at: envelope.offset)
    }
  }

  private mutating func putGoAttributes(_ tape: JSONTape, _ list: Int) {
    composed.open("attributes")
    for pair in JSONElements(tape, list) {
      guard let key = tape.text(member(tape, pair) { $0.equals("Key") }) else { continue }
      let value = member(tape, pair) { $0.equals("Value") }
      composed.value(key, tape, member(tape, value) { $0.equals("Value") })
    }
    composed.close()
  }

  private mutating func putGoEvents(_ tape: JSONTape, _ list: Int, _ envelope: Envelope) {
    guard tape.tag(list) == JSONTape.Tag.array else { return }
    composed.openList("events")
    for event in JSONElements(tape, list) {
      composed.openElement()
      composed.value("name", tape, member(tape, event) { $0.equals("Name") })
      putGoTime("timeUnixNano", tape, member(tape, event) { $0.equals("Time") }, envelope)
      putGoAttributes(tape, member(tape, event) { $0.equals("Attributes") })
      composed.close()
    }
    composed.closeList()
  }

  private mutating func putGoLinks(_ tape: JSONTape, _ list: Int) {
    guard tape.tag(list) == JSONTape.Tag.array else { return }
    composed.openList("links")
    for link in JSONElements(tape, list) {
      composed.openElement()
      putGoContext(tape, member(tape, link) { $0.equals("SpanContext") })
      putGoAttributes(tape, member(tape, link) { $0.equals("Attributes") })
      composed.close()
    }
    composed.closeList()
  }

  private mutating func putGoStatus(_ tape: JSONTape, _ status: Int) {
    let code = member(tape, status) { $0.equals("Code") }
    let description = tape.text(member(tape, status) { $0.equals("Description") })
    composed.open("status")
    composed.value("code", tape, code)
    composed.text("message", description)
    composed.close()
  }
}
