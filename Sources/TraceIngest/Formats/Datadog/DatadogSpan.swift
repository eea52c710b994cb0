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
    let times = putTimes(tape, index, envelope.offset)
    putAttributes(tape, meta, metrics, type: tape.text(keys[.type]))
    putEvents(tape, index, meta, end: max(times.start, times.end))
    putLinks(tape, index, envelope.offset)
    putRest(tape, index, times)
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
      if kept.datadogHalves.count > 100_000 { kept.datadogHalves.removeAll() }
      kept.datadogHalves[low] = high.low
      return high.low
    }
    return kept.datadogHalves[low] ?? 0
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

  /// When a span began and ended, ns; 0 where that is not told.
  private typealias Times = (start: Int64, end: Int64)

  /// Writes start and end where they are times.
  private mutating func putTimes(_ tape: JSONTape, _ index: Int, _ offset: Int64) -> Times {
    let written = member(tape, index) { $0.equals("start") }
    let length = member(tape, index) { $0.equals("duration") }
    let start = wholeNumber(tape, written) ?? 0
    guard start > 0 else {
      if wholeNumber(tape, written) != 0, isThere(tape, written) {
        batch.defects.count(.oddTime, at: offset, "start")
      }
      return (0, 0)
    }
    composed.number("startTimeUnixNano", start)
    guard isThere(tape, length) else { return (start, 0) }
    if let nanoseconds = wholeNumber(tape, length),
      case let (end, over) = start.addingReportingOverflow(nanoseconds), !over, end > 0
    {
      composed.number("endTimeUnixNano", end)
      return (start, end)
    }
    batch.defects.count(.oddTime, at: offset, "duration")
    return (start, 0)
  }

  private func isThere(_ tape: JSONTape, _ index: Int) -> Bool {
    index != 0 && tape.tag(index) != JSONTape.Tag.null
  }

  /// What no field of a span holds, raw: members that are not known, and known ones that say something else than is read.
  private mutating func putRest(_ tape: JSONTape, _ index: Int, _ times: Times) {
    var isOpen = false
    for (key, value) in JSONMembers(tape, index)
    where tape.tag(value) != JSONTape.Tag.null && !isHeld(tape, key, value, times) {
      if !isOpen { composed.open("datadog") }
      isOpen = true
      composed.value(key, tape, value)
    }
    if isOpen { composed.close() }
  }

  /// Whether a field of a span holds a member.
  private func isHeld(_ tape: JSONTape, _ key: Bytes, _ value: Int, _ times: Times) -> Bool {
    func isOne(of names: [StaticString]) -> Bool { names.contains { key.equals($0) } }
    let tag = tape.tag(value)
    if isOne(of: ["trace_id", "span_id"]) { return true }
    if isOne(of: ["name", "resource", "service", "type"]) { return tag == JSONTape.Tag.string }
    if key.equals("start") { return times.start > 0 || wholeNumber(tape, value) == 0 }
    if key.equals("duration") { return times.end > 0 }
    if isOne(of: ["parent_id", "error"]) { return unsignedNumber(tape, value) != nil }
    if isOne(of: ["meta", "metrics"]) { return tag == JSONTape.Tag.object }
    if key.equals("span_events") {
      return isList(tape, value, of: ["name", "time_unix_nano", "attributes"])
    }
    if key.equals("span_links") {
      return isList(
        tape, value,
        of: ["trace_id", "trace_id_high", "span_id", "attributes", "tracestate", "flags"])
        && JSONElements(tape, value).allSatisfy { linkIDs(tape, $0) != nil }
    }
    return false
  }

  /// Whether a list holds objects whose members have some names, and nothing else.
  private func isList(_ tape: JSONTape, _ list: Int, of names: [StaticString]) -> Bool {
    tape.tag(list) == JSONTape.Tag.array
      && JSONElements(tape, list).allSatisfy { element in
        tape.tag(element) == JSONTape.Tag.object
          && JSONMembers(tape, element).allSatisfy { member in
            names.contains { member.key.equals($0) }
          }
      }
  }

  private mutating func putAttributes(
    _ tape: JSONTape, _ meta: Int, _ metrics: Int, type: Bytes?
  ) {
    func isSaid(_ name: StaticString) -> Bool { member(tape, meta) { $0.equals(name) } != 0 }
    composed.open("attributes")
    composed.text(isSaid("datadog.type") ? "type" : "datadog.type", type)
    if !isSaid("server.address") {
      composed.text("server.address", tape.text(member(tape, meta) { $0.equals("out.host") }))
    }
    let hasKind = tape.text(member(tape, meta) { $0.equals("span.kind") }) != nil
    composed.members(tape, meta, without: hasKind ? ["span.kind"] : [])
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
    for event in JSONElements(tape, events) where tape.tag(event) == JSONTape.Tag.object {
      composed.openElement()
      composed.value("name", tape, member(tape, event) { $0.equals("name") })
      composed.value(
        "timeUnixNano", tape, member(tape, event) { $0.equals("time_unix_nano") })
      composed.value("attributes", tape, member(tape, event) { $0.equals("attributes") })
      composed.close()
    }
    composed.closeList()
  }

  private mutating func putLinks(_ tape: JSONTape, _ index: Int, _ offset: Int64) {
    let links = member(tape, index) { $0.equals("span_links") }
    guard tape.tag(links) == JSONTape.Tag.array else { return }
    composed.openList("links")
    for link in JSONElements(tape, links) {
      guard let ids = linkIDs(tape, link) else {
        batch.defects.count(.wrongType, at: offset, "span_links")
        continue
      }
      composed.openElement()
      composed.text("traceId", plain: ids.trace.description)
      composed.text("spanId", plain: ids.span.description)
      composed.value("traceState", tape, member(tape, link) { $0.equals("tracestate") })
      composed.value("flags", tape, member(tape, link) { $0.equals("flags") })
      composed.value("attributes", tape, member(tape, link) { $0.equals("attributes") })
      composed.close()
    }
    composed.closeList()
  }

  private func linkIDs(_ tape: JSONTape, _ link: Int) -> (trace: TraceID, span: SpanID)? {
    guard let low = unsignedNumber(tape, member(tape, link) { $0.equals("trace_id") }),
      let span = unsignedNumber(tape, member(tape, link) { $0.equals("span_id") })
    else { return nil }
    let high = member(tape, link) { $0.equals("trace_id_high") }
    return (TraceID(high: unsignedNumber(tape, high) ?? 0, low: low), SpanID(span))
  }
}
