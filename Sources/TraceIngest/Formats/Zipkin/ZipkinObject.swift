import TraceModel

/// Zipkin's spans → rows (formats/traces.md 4): v2 as it is, v1 by its annotations.
///
/// Client and server halves of one call may share an id; they stay two rows, and the trace makes the server a child of the client
/// (traces-semantics.md 1.3). A tag `error` is a failure, whatever its value.
///
/// - Source: openzipkin/zipkin-api, zipkin2-api.yaml; zipkin, V1SpanConverter; OpenTelemetry's Zipkin exporter for status, scope and
///   events.
extension Decoder {
  /// A span; false for anything else.
  mutating func zipkinObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    guard keys.has(.traceIDCamel), keys.has(.id), !keys.has(.spanID),
      tape.text(keys[.traceIDCamel]) != nil, tape.text(keys[.id]) != nil
    else { return false }
    let fields = ZipkinSpanFields(tape, index)
    guard fields.isSpan(tape) else { return false }
    if fields.isOld(tape) {
      oldZipkinSpan(tape, index, fields, envelope)
    } else {
      zipkinSpan(tape, index, fields, envelope)
    }
    return true
  }

  // MARK: v2

  private mutating func zipkinSpan(
    _ tape: JSONTape, _ span: Int, _ fields: ZipkinSpanFields, _ envelope: Envelope
  ) {
    var odd: [(name: StaticString, index: Int)] = []
    let told = ZipkinTold(tape, fields.tags)
    composed.begin()
    putEndpointResource(tape, fields.local, tags: fields.tags)
    putZipkinIDs(tape, fields, &odd)
    if let kind = tape.text(fields.kind) {
      composed.text("kind", kind)
    } else if tape.tag(fields.shared) == JSONTape.Tag.yes {
      composed.text("kind", plain: "SERVER")
    } else {
      // A missing kind says no more than that: late parts of any span lack it.
      composed.text("kind", told.kind)
      if fields.kind != 0 { odd.append(("kind", fields.kind)) }
    }
    composed.text("traceState", told.traceState)
    let start = zipkinTime(tape, fields.start, "timestamp", envelope.offset, &odd)
    let length = zipkinTime(tape, fields.duration, "duration", envelope.offset, &odd)
    putZipkinTimes(start: start, length: length, fields, envelope.offset, &odd)
    composed.open("attributes")
    putRemote(tape, fields.remote)
    putLocalPort(tape, fields.local)
    putZipkinTags(tape, fields.tags, told, envelope.offset, &odd)
    composed.close()
    if told.statusCode != nil || told.statusMessage != nil {
      composed.open("status")
      composed.text("code", told.statusCode)
      composed.text("message", told.statusMessage)
      composed.close()
    }
    if told.hasError { putZipkinError() }
    if let name = told.scopeName {
      composed.open("scope")
      composed.text("name", name)
      composed.text("version", told.scopeVersion)
      composed.close()
    }
    composed.openList("events")
    for annotation in JSONElements(tape, fields.annotations) {
      putZipkinEvent(tape, annotation, envelope.offset, &odd)
    }
    composed.closeList()
    putZipkinRest(tape, span, fields, envelope.offset, &odd)
    composed.close()
    addComposed(envelope)
  }

  private mutating func putZipkinTags(
    _ tape: JSONTape, _ tags: Int, _ told: ZipkinTold, _ offset: Int64,
    _ odd: inout [(name: StaticString, index: Int)]
  ) {
    guard tags == 0 || tape.tag(tags) == JSONTape.Tag.object else {
      batch.defects.count(.wrongType, at: offset, "tags")
      return odd.append(("tags", tags))
    }
    for (key, value) in JSONMembers(tape, tags) where tape.tag(value) != JSONTape.Tag.null {
      if ZipkinTold.isOfResource(key) || ZipkinTold.isTold(key) && tape.text(value) != nil {
        continue
      }
      composed.value(key, tape, value)
    }
  }

  // MARK: Parts

  /// The resource: an endpoint, and the tags that OpenTelemetry's exporters make of their resource.
  mutating func putEndpointResource(_ tape: JSONTape, _ object: Int, tags: Int = 0) {
    let endpoint = ZipkinEndpoint(tape, object)
    composed.open("resource")
    composed.open("attributes")
    composed.text("service.name", tape.text(endpoint.service))
    composed.text("host.ip", tape.text(endpoint.address))
    for (key, value) in JSONMembers(tape, tags)
    where tape.tag(value) != JSONTape.Tag.null && ZipkinTold.isOfResource(key) {
      composed.value(key, tape, value)
    }
    composed.close()
    composed.close()
  }

  mutating func putZipkinIDs(
    _ tape: JSONTape, _ fields: ZipkinSpanFields, _ odd: inout [(name: StaticString, index: Int)]
  ) {
    composed.value("traceId", tape, fields.trace)
    composed.value("spanId", tape, fields.span)
    composed.value("parentSpanId", tape, fields.parent)
    // So a span without a name is called.
    if let name = tape.text(fields.name), name.equals("unknown") { return }
    composed.value("name", tape, fields.name)
  }

  mutating func putRemote(_ tape: JSONTape, _ object: Int) {
    let endpoint = ZipkinEndpoint(tape, object)
    composed.text("peer.service", tape.text(endpoint.service))
    composed.text("network.peer.address", tape.text(endpoint.address))
    if let port = wholeNumber(tape, endpoint.port), port > 0 {
      composed.number("network.peer.port", port)
    }
  }

  mutating func putLocalPort(_ tape: JSONTape, _ object: Int) {
    if let port = wholeNumber(tape, ZipkinEndpoint(tape, object).port), port > 0 {
      composed.number("network.local.port", port)
    }
  }

  mutating func putZipkinError() {
    composed.open("culprit")
    composed.number("error", 1)
    composed.close()
  }

  /// An annotation is an event. OpenTelemetry's exporters write what an event says into its name: `"name":{…}`, Python's with braces
  /// around it, and the collector's `name|{…}|0`.
  mutating func putZipkinEvent(
    _ tape: JSONTape, _ annotation: Int, _ offset: Int64,
    _ odd: inout [(name: StaticString, index: Int)]
  ) {
    guard tape.tag(annotation) == JSONTape.Tag.object else {
      // The reader of spans counts it and keeps it.
      return composed.element(tape, annotation)
    }
    let note = ZipkinNote(tape, annotation)
    composed.openElement()
    if let time = zipkinTime(tape, note.time, "annotations.timestamp", offset, &odd) {
      composed.number("timeUnixNano", time)
    }
    if let words = tape.text(note.value) {
      if !putWrittenEvent(words) { composed.text("name", words) }
    } else {
      composed.value("name", tape, note.value)
    }
    composed.close()
  }

  /// The name and the attributes of an event that are written as one text; false where it is a name alone.
  private mutating func putWrittenEvent(_ words: Bytes) -> Bool {
    guard words.count > 4, let brace = words.firstIndex(of: 0x7b, from: 1) else { return false }
    // Some write the braces around it.
    let before = words[brace - 1]
    var text = ByteBuffer(capacity: words.count + 8)
    if words[0] == 0x7b {
      text.put(words)
    } else if words[0] == 0x22, before == 0x3a || before == 0x20, words[words.count - 1] == 0x7d {
      text.put(0x7b)
      text.put(words)
      text.put(0x7d)
    } else if before == 0x7c, let bar = words.lastIndex(of: 0x7c, from: brace) {
      text.put(words.slice(brace, bar))
    } else {
      return false
    }
    return withPayload(text.bytes) { decoder, inner in
      guard before != 0x7c else {
        decoder.composed.text("name", words.slice(0, brace - 1))
        decoder.composed.value("attributes", inner, inner.root)
        return inner.tag(inner.root) == JSONTape.Tag.object
      }
      guard JSONMembers(inner, inner.root).reduce(0, { count, _ in count + 1 }) == 1 else {
        return false
      }
      for (key, value) in JSONMembers(inner, inner.root)
      where inner.tag(value) == JSONTape.Tag.object {
        decoder.composed.text("name", key)
        decoder.composed.value("attributes", inner, value)
        return true
      }
      return false
    } ?? false
  }

  /// What no field of ours holds, under one name.
  mutating func putZipkinRest(
    _ tape: JSONTape, _ span: Int, _ fields: ZipkinSpanFields, _ offset: Int64,
    _ odd: inout [(name: StaticString, index: Int)]
  ) {
    let lists: [(name: StaticString, index: Int)] = [
      ("annotations", fields.annotations), ("binaryAnnotations", fields.binary),
    ]
    for (name, index) in lists where index != 0 && tape.tag(index) != JSONTape.Tag.array {
      batch.defects.count(.wrongType, at: offset, "\(name)")
      odd.append((name, index))
    }
    let ends: [(name: StaticString, index: Int)] = [
      ("localEndpoint", fields.local), ("remoteEndpoint", fields.remote),
    ]
    for (name, index) in ends where index != 0 {
      if tape.tag(index) != JSONTape.Tag.object {
        batch.defects.count(.wrongType, at: offset, "\(name)")
      } else if !hasMoreThanIsRead(tape, index) {
        continue
      }
      odd.append((name, index))
    }
    guard fields.hasUnknown || fields.shared | fields.debug != 0 || !odd.isEmpty else { return }
    composed.open("zipkin")
    composed.value("shared", tape, fields.shared)
    composed.value("debug", tape, fields.debug)
    for (name, index) in odd { composed.value(name, tape, index) }
    if fields.hasUnknown {
      var probe = fields
      for (key, value) in JSONMembers(tape, span)
      where tape.tag(value) != JSONTape.Tag.null && !probe.note(key, value) {
        composed.value(key, tape, value)
      }
    }
    composed.close()
  }

  /// Whether an endpoint says more than a service, one address and a port.
  private func hasMoreThanIsRead(_ tape: JSONTape, _ object: Int) -> Bool {
    var addresses = 0
    for (key, value) in JSONMembers(tape, object) where tape.tag(value) != JSONTape.Tag.null {
      if key.equals("ipv4") || key.equals("ipv6") {
        addresses += 1
      } else if !key.equals("port"), !key.equals("serviceName") {
        return true
      }
    }
    return addresses > 1
  }

  mutating func putZipkinTimes(
    start: Int64?, length: Int64?, _ fields: ZipkinSpanFields, _ offset: Int64,
    _ odd: inout [(name: StaticString, index: Int)]
  ) {
    guard let start, start > 0 else { return }
    composed.number("startTimeUnixNano", start)
    guard let length else { return }
    let (end, over) = start.addingReportingOverflow(length)
    if !over { return composed.number("endTimeUnixNano", end) }
    batch.defects.count(.oddTime, at: offset, "duration")
    odd.append(("duration", fields.duration))
  }

  /// Microseconds as nanoseconds; what is none is counted and kept.
  mutating func zipkinTime(
    _ tape: JSONTape, _ index: Int, _ name: StaticString, _ offset: Int64,
    _ odd: inout [(name: StaticString, index: Int)]
  ) -> Int64? {
    if index == 0 { return nil }
    if let time = nanoseconds(ofMicros: index, tape), time >= 0 { return time }
    batch.defects.count(.oddTime, at: offset, "\(name)")
    odd.append((name, index))
    return nil
  }
}

/// What tags say beside attributes, as texts of the tape.
struct ZipkinTold {
  var hasError = false
  var kind: Bytes?
  var traceState: Bytes?
  var statusCode: Bytes?
  var statusMessage: Bytes?
  private var errorMessage: Bytes?
  var scopeName: Bytes?
  var scopeVersion: Bytes?

  init(_ tape: JSONTape, _ tags: Int) {
    for (key, value) in JSONMembers(tape, tags) {
      if key.equals("error") {
        hasError = true
        errorMessage = ZipkinTold.message(tape, value)
      }
      guard ZipkinTold.isTold(key), let words = tape.text(value) else { continue }
      switch key.count {
      case 9: kind = words
      case 14: traceState = words
      case 15: scopeName = words
      case 16: statusCode = words
      case 17: scopeName = scopeName ?? words
      case 18: scopeVersion = words
      case 20: scopeVersion = scopeVersion ?? words
      default: statusMessage = words
      }
    }
    statusMessage = statusMessage ?? errorMessage
  }

  /// What the tag `error` says beyond that something failed.
  static func message(_ tape: JSONTape, _ value: Int) -> Bytes? {
    guard let words = tape.text(value), words.count > 0, !words.equals("true"),
      !words.equals("false")
    else { return nil }
    return words
  }

  /// Whether a tag is of those that describe who sent a span: OpenTelemetry's names for resources.
  static func isOfResource(_ key: Bytes) -> Bool {
    if key.equals("service.name") { return false }
    let families: [StaticString] = [
      "service.", "telemetry.", "host.", "k8s.", "cloud.", "container.", "process.", "os.",
      "deployment.",
    ]
    return families.contains { key.starts(with: $0) }
  }

  /// Whether a tag's text is told elsewhere than among the attributes.
  static func isTold(_ key: Bytes) -> Bool {
    switch key.count {
    case 9: key.equals("span.kind")
    case 14: key.equals("w3c.tracestate")
    case 15: key.equals("otel.scope.name")
    case 16: key.equals("otel.status_code")
    case 17: key.equals("otel.library.name")
    case 18: key.equals("otel.scope.version")
    case 20: key.equals("otel.library.version")
    case 23: key.equals("otel.status_description")
    default: false
    }
  }
}
