import TraceModel

/// Spans of Datadog's tracers → rows (formats/traces.md 5.1).
///
/// Ids are decimal numbers; the upper half of a 128-bit trace id stands in hex under `meta._dd.p.tid`, mostly of the first span alone.
/// What is displayed is `resource`, the span's own name stays beside it. `meta` and `metrics` are the attributes.
///
/// - Source: Datadog's trace agent, pkg/trace/api, "v0.4"; dd-trace-py's snapshots.
extension Decoder {
  /// A span; false where the record is another one's.
  mutating func datadogObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    guard keys.has(.traceIDSnake), keys.has(.spanIDSnake), keys.has(.name),
      let low = unsignedNumber(tape, keys[.traceIDSnake]),
      let span = unsignedNumber(tape, keys[.spanIDSnake]),
      case let meta = member(tape, index, { $0.equals("meta") }),
      case let metrics = member(tape, index, { $0.equals("metrics") }),
      meta != 0 || metrics != 0
    else { return false }
    let high = upperHalf(of: low, tape, meta)
    composed.begin()
    putResource(tape, meta, keys)
    if high != 0 || low != 0 {
      composed.text("traceId", plain: TraceID(high: high, low: low).description)
    }
    if span != 0 { composed.text("spanId", plain: SpanID(span).description) }
    let parent = unsignedNumber(tape, keys[.parentID]) ?? 0
    if parent != 0 { composed.text("parentSpanId", plain: SpanID(parent).description) }
    let name = tape.text(keys[.name]) ?? Bytes.none
    composed.text("name", name)
    let resource = tape.text(keys[.resource]) ?? Bytes.none
    if resource.count > 0, !resource.equals(name) {
      composed.open("culprit")
      composed.text("operation", resource)
      composed.close()
    }
    composed.text("kind", tape.text(member(tape, meta) { $0.equals("span.kind") }))
    let end = putTimes(tape, index)
    putAttributes(tape, meta, metrics, type: tape.text(keys[.type]))
    putEvents(tape, index, meta, end: end)
    putLinks(tape, index)
    if let error = unsignedNumber(tape, keys[.error]), error != 0 {
      let message = errorMessage(tape, meta)
      composed.open("status")
      composed.text("code", plain: "ERROR")
      composed.text("message", message)
      composed.close()
    }
    composed.close()
    addComposed(envelope)
    return true
  }

  /// The upper half of a trace's id, which one span of the trace tells.
  private mutating func upperHalf(of low: UInt64, _ tape: JSONTape, _ meta: Int) -> UInt64 {
    if let text = tape.text(member(tape, meta) { $0.equals("_dd.p.tid") }), text.count <= 16,
      let high = hexNumber(text)
    {
      if datadogHalves.count > 100_000 { datadogHalves.removeAll() }
      datadogHalves[low] = high.low
      return high.low
    }
    return datadogHalves[low] ?? 0
  }

  private mutating func putResource(_ tape: JSONTape, _ meta: Int, _ keys: RecordKeys) {
    func said(_ name: StaticString) -> Bytes? { tape.text(member(tape, meta) { $0.equals(name) }) }
    composed.open("resource")
    composed.open("attributes")
    composed.text("service.name", tape.text(keys[.service]))
    composed.text("service.version", said("version"))
    composed.text("service.instance.id", said("runtime-id"))
    composed.text("deployment.environment.name", said("env"))
    composed.text("host.name", said("_dd.hostname"))
    composed.text("telemetry.sdk.language", said("language"))
    composed.close()
    composed.close()
  }

  /// Writes start and end where both are there; the end, ns.
  private mutating func putTimes(_ tape: JSONTape, _ index: Int) -> Int64 {
    let start = wholeNumber(tape, member(tape, index) { $0.equals("start") }) ?? 0
    if start > 0 { composed.number("startTimeUnixNano", start) }
    guard start > 0, let length = wholeNumber(tape, member(tape, index) { $0.equals("duration") })
    else { return start }
    let (end, over) = start.addingReportingOverflow(length)
    if over || end <= 0 { return start }
    composed.number("endTimeUnixNano", end)
    return end
  }

  private mutating func putAttributes(
    _ tape: JSONTape, _ meta: Int, _ metrics: Int, type: Bytes?
  ) {
    let host = tape.text(member(tape, meta) { $0.equals("out.host") })
    composed.open("attributes")
    composed.text("datadog.type", type)
    composed.text("server.address", host)
    composed.members(tape, meta, without: ["span.kind", "server.address", "datadog.type"])
    composed.members(tape, metrics)
    composed.close()
  }

  private func errorMessage(_ tape: JSONTape, _ meta: Int) -> Bytes? {
    tape.text(member(tape, meta) { $0.equals("error.message") })
      ?? tape.text(member(tape, meta) { $0.equals("error.msg") })
  }

  /// The error of `meta` as an exception, and the span's own events.
  private mutating func putEvents(_ tape: JSONTape, _ index: Int, _ meta: Int, end: Int64) {
    let type = tape.text(member(tape, meta) { $0.equals("error.type") })
    let message = errorMessage(tape, meta)
    let stack = tape.text(member(tape, meta) { $0.equals("error.stack") })
    let events = member(tape, index) { $0.equals("span_events") }
    guard type != nil || message != nil || events != 0 else { return }
    composed.openList("events")
    if type != nil || message != nil {
      composed.openElement()
      composed.text("name", plain: "exception")
      if end > 0 { composed.number("timeUnixNano", end) }
      composed.open("attributes")
      composed.text("exception.type", type)
      composed.text("exception.message", message)
      composed.text("exception.stacktrace", stack)
      composed.close()
      composed.close()
    }
    for event in JSONElements(tape, events) {
      composed.openElement()
      composed.value("name", tape, member(tape, event) { $0.equals("name") })
      composed.value(
        "timeUnixNano", tape, member(tape, event) { $0.equals("time_unix_nano") })
      composed.value("attributes", tape, member(tape, event) { $0.equals("attributes") })
      composed.close()
    }
    composed.closeList()
  }

  private mutating func putLinks(_ tape: JSONTape, _ index: Int) {
    let links = member(tape, index) { $0.equals("span_links") }
    guard tape.tag(links) == JSONTape.Tag.array else { return }
    composed.openList("links")
    for link in JSONElements(tape, links) {
      guard let low = unsignedNumber(tape, member(tape, link) { $0.equals("trace_id") }),
        let span = unsignedNumber(tape, member(tape, link) { $0.equals("span_id") })
      else { continue }
      let high = unsignedNumber(tape, member(tape, link) { $0.equals("trace_id_high") }) ?? 0
      composed.openElement()
      composed.text("traceId", plain: TraceID(high: high, low: low).description)
      composed.text("spanId", plain: SpanID(span).description)
      composed.value("attributes", tape, member(tape, link) { $0.equals("attributes") })
      composed.close()
    }
    composed.closeList()
  }
}
