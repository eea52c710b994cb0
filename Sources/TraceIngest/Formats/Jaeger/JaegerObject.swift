import TraceModel

/// Jaeger's traces and spans in JSON → rows (formats/traces.md 3.1 and 3.2), camelCase of the UI and the storage and snake_case of the model alike.
///
/// - Source: Jaeger, model/json/model.go, model.proto, plugin/storage/es/spanstore/dbmodel; traces-semantics.md 1.5 for parents.
extension Decoder {
  /// A trace, an answer with traces, a span with its process, or hits of a search; false for anything else.
  mutating func jaegerObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    if keys.has(.data) {
      // The UI keeps a trace there once it has enriched it.
      if jaegerTrace(tape, keys[.data], envelope) { return true }
      var isKnown = false
      for element in JSONElements(tape, keys[.data]) {
        var inner = envelope
        inner.offset = nextOffset()
        if jaegerTrace(tape, element, inner) { isKnown = true }
      }
      if isKnown { return true }
    }
    return jaegerTrace(tape, index, envelope) || storedSpan(tape, index, envelope)
  }

  private func field(
    _ tape: JSONTape, _ object: Int, _ name: StaticString, _ other: StaticString
  ) -> Int {
    member(tape, object) { $0.equals(name) || $0.equals(other) }
  }

  /// A span that holds its process.
  private mutating func storedSpan(_ tape: JSONTape, _ span: Int, _ envelope: Envelope) -> Bool {
    let process = member(tape, span) { $0.equals("process") }
    guard tape.tag(process) == JSONTape.Tag.object, field(tape, span, "spanID", "span_id") != 0,
      field(tape, span, "operationName", "operation_name") != 0
    else { return false }
    jaegerSpan(tape, span, trace: 0, process: process, envelope)
    return true
  }

  /// The spans of a trace, or of a batch of one process.
  private mutating func jaegerTrace(_ tape: JSONTape, _ trace: Int, _ envelope: Envelope) -> Bool {
    let spans = member(tape, trace) { $0.equals("spans") }
    let processes = member(tape, trace) { $0.equals("processes") }
    let process = member(tape, trace) { $0.equals("process") }
    guard tape.tag(spans) == JSONTape.Tag.array, processes != 0 || process != 0 else {
      return false
    }
    let id = field(tape, trace, "traceID", "trace_id")
    var inner = envelope
    for span in JSONElements(tape, spans) {
      if tape.tag(span) == JSONTape.Tag.object {
        let name = tape.text(field(tape, span, "processID", "process_id"))
        let own = name.map { name in member(tape, processes) { $0.equals(name) } } ?? 0
        let embedded = member(tape, span) { $0.equals("process") }
        jaegerSpan(
          tape, span, trace: id, process: own != 0 ? own : embedded != 0 ? embedded : process, inner
        )
      } else {
        batch.spansSeen += 1
        batch.defects.count(.wrongType, at: inner.offset, "spans")
      }
      inner.offset = nextOffset()
    }
    return true
  }

  // MARK: A span

  private mutating func jaegerSpan(
    _ tape: JSONTape, _ span: Int, trace: Int, process: Int, _ envelope: Envelope
  ) {
    let own = field(tape, span, "traceID", "trace_id")
    let traceField = own != 0 ? own : trace
    let tags = member(tape, span) { $0.equals("tags") }
    composed.begin()
    composed.open("resource")
    composed.open("attributes")
    composed.text("service.name", tape.text(field(tape, process, "serviceName", "service_name")))
    putTags(tape, member(tape, process) { $0.equals("tags") }, without: ["service.name"])
    putDottedTags(tape, member(tape, process) { $0.equals("tag") })
    composed.close()
    composed.close()
    putScope(tape, tags)
    putJaegerID("traceId", tape, traceField)
    putJaegerID("spanId", tape, field(tape, span, "spanID", "span_id"))
    composed.value("name", tape, field(tape, span, "operationName", "operation_name"), &text)
    composed.text("kind", jaegerTag(tape, tags, "span.kind"))
    composed.text("traceState", jaegerTag(tape, tags, "w3c.tracestate"))
    putJaegerTimes(tape, span)
    putReferences(tape, span, trace: traceField, envelope)
    putJaegerStatus(tape, tags)
    composed.open("attributes")
    putTags(
      tape, tags,
      without: [
        "span.kind", "otel.status_code", "otel.status_description", "otel.scope.name",
        "otel.scope.version", "otel.library.name", "otel.library.version", "w3c.tracestate",
        "internal.span.format", "culprit",
      ])
    putDottedTags(tape, member(tape, span) { $0.equals("tag") })
    let warnings = member(tape, span) { $0.equals("warnings") }
    if JSONElements(tape, warnings).first(where: { _ in true }) != nil {
      composed.value("jaeger.warnings", tape, warnings, &text)
    }
    composed.close()
    putJaegerLogs(tape, member(tape, span) { $0.equals("logs") }, envelope)
    composed.close()
    addComposed(envelope)
  }

  /// An id in hex or base64; Cassandra writes `0x…` and signed numbers.
  private mutating func putJaegerID(_ name: StaticString, _ tape: JSONTape, _ index: Int) {
    if let words = tape.text(index) {
      composed.text(name, words.starts(with: "0x") ? words.slice(2, words.count) : words)
    } else if tape.tag(index) == JSONTape.Tag.int || tape.tag(index) == JSONTape.Tag.uint {
      composed.text(name, plain: SpanID(tape.number(index)).description)
    } else {
      composed.value(name, tape, index, &text)
    }
  }

  private mutating func putScope(_ tape: JSONTape, _ tags: Int) {
    let name =
      jaegerTag(tape, tags, "otel.scope.name") ?? jaegerTag(tape, tags, "otel.library.name")
    guard let name else { return }
    composed.open("scope")
    composed.text("name", name)
    composed.text(
      "version",
      jaegerTag(tape, tags, "otel.scope.version") ?? jaegerTag(tape, tags, "otel.library.version"))
    composed.close()
  }

  private mutating func putJaegerStatus(_ tape: JSONTape, _ tags: Int) {
    let code = jaegerTag(tape, tags, "otel.status_code")
    let message = jaegerTag(tape, tags, "otel.status_description")
    if code == nil, message == nil { return }
    composed.open("status")
    composed.text("code", code)
    composed.text("message", message)
    composed.close()
  }

  /// The text of a tag.
  private func jaegerTag(_ tape: JSONTape, _ tags: Int, _ name: StaticString) -> Bytes? {
    for tag in JSONElements(tape, tags) {
      guard let key = tape.text(member(tape, tag) { $0.equals("key") }), key.equals(name) else {
        continue
      }
      return tape.text(member(tape, tag) { $0.equals("value") || $0.equals("v_str") })
    }
    return nil
  }

  /// Tags as attributes, each of the type that it names.
  private mutating func putTags(_ tape: JSONTape, _ tags: Int, without names: [StaticString]) {
    for tag in JSONElements(tape, tags) {
      guard let key = tape.text(member(tape, tag) { $0.equals("key") }),
        !names.contains(where: { key.equals($0) })
      else { continue }
      let value = jaegerValue(tape, tag)
      if value == 0 { continue }
      if let words = tape.text(value), isPlainNumberOrWord(tape, tag, words) {
        // A storage writes every value as text.
        composed.key(key)
        composed.buffer.put(words)
      } else {
        composed.value(key, tape, value, &text)
      }
    }
  }

  /// The value of a tag; the model has a field for each type.
  private func jaegerValue(_ tape: JSONTape, _ tag: Int) -> Int {
    let plain = member(tape, tag) { $0.equals("value") }
    if plain != 0 { return plain }
    return member(tape, tag) {
      $0.equals("v_str") || $0.equals("vStr") || $0.equals("v_bool") || $0.equals("vBool")
        || $0.equals("v_int64") || $0.equals("vInt64") || $0.equals("v_float64")
        || $0.equals("vFloat64") || $0.equals("v_binary") || $0.equals("vBinary")
    }
  }

  /// Whether a text is the JSON of the number or truth value that its tag says it is.
  private func isPlainNumberOrWord(_ tape: JSONTape, _ tag: Int, _ words: Bytes) -> Bool {
    guard let type = tape.text(member(tape, tag) { $0.equals("type") }), words.count <= 40 else {
      return false
    }
    if type.equals("bool") { return words.equals("true") || words.equals("false") }
    if type.equals("int64") {
      return signedDecimal(words) != nil && (words[0] != 0x30 || words.count == 1)
    }
    guard type.equals("float64"), let value = Double(words.string), value.isFinite else {
      return false
    }
    for i in 0..<words.count where !(words[i] &- 0x30 < 10 || [0x2e, 0x2d].contains(words[i])) {
      return false
    }
    let first = words[0] == 0x2d ? 1 : 0
    return first < words.count && words[first] &- 0x30 < 10
      && words[words.count - 1] != 0x2e
      && (words[first] != 0x30 || words.count == first + 1 || words[first + 1] == 0x2e)
  }

  /// Tags as members of an object whose keys have `@` for each dot.
  private mutating func putDottedTags(_ tape: JSONTape, _ object: Int) {
    for (key, value) in JSONMembers(tape, object) {
      var dotted = ByteBuffer(capacity: key.count)
      for i in 0..<key.count { dotted.put(key[i] == 0x40 ? 0x2e : key[i]) }
      composed.value(dotted.bytes, tape, value, &text)
    }
  }

  // MARK: Times

  private mutating func putJaegerTimes(_ tape: JSONTape, _ span: Int) {
    let isModel = member(tape, span) { $0.equals("start_time") } != 0
    let startField = field(tape, span, "startTime", "start_time")
    guard let start = jaegerMoment(tape, startField), start > 0 else { return }
    composed.number("startTimeUnixNano", start)
    let field = member(tape, span) { $0.equals("duration") }
    guard let length = jaegerLength(tape, field, isModel: isModel) else { return }
    let (end, over) = start.addingReportingOverflow(length)
    if !over, end > 0 { composed.number("endTimeUnixNano", end) }
  }

  /// Microseconds, or RFC 3339, as nanoseconds.
  private func jaegerMoment(_ tape: JSONTape, _ index: Int) -> Int64? {
    if let words = tape.text(index), let time = isoTime(words) { return time.ns }
    guard let micros = wholeNumber(tape, index), micros.magnitude <= UInt64(Int64.max / 1000) else {
      return nil
    }
    return micros * 1000
  }

  /// A length as nanoseconds: microseconds; of the model nanoseconds, or text such as `1000ns` and `0.001s`.
  private func jaegerLength(_ tape: JSONTape, _ index: Int, isModel: Bool) -> Int64? {
    if let whole = wholeNumber(tape, index) {
      if isModel { return whole }
      return whole.magnitude <= UInt64(Int64.max / 1000) ? whole * 1000 : nil
    }
    guard let words = tape.text(index), words.count > 1, words[words.count - 1] == 0x73 else {
      return nil
    }
    let units: [(StaticString, Double)] = [("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9)]
    for (unit, scale) in units {
      let width = words.count - unit.utf8CodeUnitCount
      guard width > 0, words.slice(width, words.count).equals(unit),
        let value = Double(words.slice(0, width).string)
      else { continue }
      return Int64(exactly: (value * scale).rounded())
    }
    return nil
  }

  // MARK: References and logs

  /// The parent is the first CHILD_OF of the same trace, else the first FOLLOWS_FROM; the others are links.
  private mutating func putReferences(
    _ tape: JSONTape, _ span: Int, trace: Int, _ envelope: Envelope
  ) {
    let references = member(tape, span) { $0.equals("references") }
    let own = jaegerTraceID(tape, trace)
    var parent = 0
    var follows = false
    for wanted: StaticString in ["CHILD_OF", "FOLLOWS_FROM"] where parent == 0 {
      for reference in JSONElements(tape, references) {
        guard isOf(tape, reference, wanted),
          jaegerTraceID(tape, field(tape, reference, "traceID", "trace_id")) == own
        else { continue }
        parent = reference
        follows = wanted.utf8CodeUnitCount == 12
        break
      }
    }
    if parent != 0 {
      putJaegerID("parentSpanId", tape, field(tape, parent, "spanID", "span_id"))
    } else {
      putJaegerID("parentSpanId", tape, field(tape, span, "parentSpanID", "parent_span_id"))
    }
    if let exported = jaegerTag(tape, member(tape, span) { $0.equals("tags") }, "culprit"),
      withPayload(exported, { $1.tag($1.root) == JSONTape.Tag.object }) == true
    {
      // What an export of our own says beyond Jaeger.
      composed.key("culprit" as StaticString)
      composed.buffer.put(exported)
    } else if follows {
      composed.open("culprit")
      composed.number("follows", 1)
      composed.close()
    }
    composed.openList("links")
    for reference in JSONElements(tape, references) where reference != parent {
      composed.openElement()
      putJaegerID("traceId", tape, field(tape, reference, "traceID", "trace_id"))
      putJaegerID("spanId", tape, field(tape, reference, "spanID", "span_id"))
      composed.close()
    }
    composed.closeList()
  }

  /// Whether a reference is of a kind; the model writes numbers, 0 or nothing for CHILD_OF.
  private func isOf(_ tape: JSONTape, _ reference: Int, _ wanted: StaticString) -> Bool {
    let kind = field(tape, reference, "refType", "ref_type")
    if let words = tape.text(kind) { return words.equals(wanted) }
    return (wholeNumber(tape, kind) ?? 0) == (wanted.utf8CodeUnitCount == 12 ? 1 : 0)
  }

  /// A trace id for comparing, leading zeros or not.
  private mutating func jaegerTraceID(_ tape: JSONTape, _ index: Int) -> TraceID {
    let defects = batch.defects
    defer { batch.defects = defects }
    return traceID(tape, index, 0).id
  }

  private mutating func putJaegerLogs(_ tape: JSONTape, _ logs: Int, _ envelope: Envelope) {
    guard tape.tag(logs) == JSONTape.Tag.array else { return }
    composed.openList("events")
    for log in JSONElements(tape, logs) {
      let fields = member(tape, log) { $0.equals("fields") }
      let name = jaegerTag(tape, fields, "event")
      composed.openElement()
      composed.text("name", name ?? jaegerTag(tape, fields, "message"))
      if let time = jaegerMoment(tape, member(tape, log) { $0.equals("timestamp") }), time > 0 {
        composed.number("timeUnixNano", time)
      }
      composed.open("attributes")
      putTags(tape, fields, without: name == nil ? [] : ["event"])
      if name?.equals("error") == true || name?.equals("exception") == true {
        putOpenTracingError(tape, fields)
      }
      composed.close()
      composed.close()
    }
    composed.closeList()
  }

  /// OpenTracing's names of an error under OpenTelemetry's.
  private mutating func putOpenTracingError(_ tape: JSONTape, _ fields: Int) {
    if jaegerTag(tape, fields, "exception.type") == nil {
      composed.text(
        "exception.type",
        jaegerTag(tape, fields, "error.kind") ?? jaegerTag(tape, fields, "error.object"))
    }
    if jaegerTag(tape, fields, "exception.message") == nil {
      composed.text("exception.message", jaegerTag(tape, fields, "message"))
    }
    if jaegerTag(tape, fields, "exception.stacktrace") == nil {
      composed.text("exception.stacktrace", jaegerTag(tape, fields, "stack"))
    }
  }
}
