import TraceModel

/// Zipkin's spans → rows (formats/traces.md 4): v2 as it is, v1 by its annotations.
///
/// Client and server halves of one call may share an id; they stay two rows, and the trace makes the server a child of the client
/// (traces-semantics.md 1.3). A tag `error` is a failure, whatever its value.
///
/// - Source: openzipkin/zipkin-api, zipkin2-api.yaml; zipkin, V1SpanConverter.
extension Decoder {
  /// A span; false for anything else.
  mutating func zipkinObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    guard keys.has(.traceIDCamel), keys.has(.id), !keys.has(.spanID), !keys.has(.message),
      !keys.has(.msg), tape.text(keys[.traceIDCamel]) != nil, tape.text(keys[.id]) != nil
    else { return false }
    let annotations = member(tape, index) { $0.equals("annotations") }
    let binary = member(tape, index) { $0.equals("binaryAnnotations") }
    let isOld =
      binary != 0
      || JSONElements(tape, annotations).contains {
        member(tape, $0) { $0.equals("endpoint") } != 0
      }
    let telling: [StaticString] = [
      "localEndpoint", "remoteEndpoint", "kind", "tags", "duration", "name", "timestamp",
    ]
    guard isOld || telling.contains(where: { name in member(tape, index) { $0.equals(name) } != 0 })
    else { return false }
    if isOld {
      oldZipkinSpan(tape, index, annotations, binary, envelope)
    } else {
      zipkinSpan(tape, index, annotations, envelope)
    }
    return true
  }

  private func field(_ tape: JSONTape, _ object: Int, _ name: StaticString) -> Int {
    member(tape, object) { $0.equals(name) }
  }

  // MARK: v2

  private mutating func zipkinSpan(
    _ tape: JSONTape, _ span: Int, _ annotations: Int, _ envelope: Envelope
  ) {
    let tags = field(tape, span, "tags")
    composed.begin()
    putEndpointResource(tape, field(tape, span, "localEndpoint"))
    putZipkinIDs(tape, span)
    let kind = tape.text(field(tape, span, "kind"))
    composed.text("kind", kind)
    if kind == nil { composed.text("kind", plain: "INTERNAL") }
    putZipkinTimes(
      start: micros(tape, field(tape, span, "timestamp")),
      length: micros(tape, field(tape, span, "duration")))
    composed.open("attributes")
    putRemote(tape, field(tape, span, "remoteEndpoint"))
    composed.members(
      tape, tags,
      without: [
        "otel.status_code", "otel.status_description", "otel.scope.name", "otel.scope.version",
        "otel.library.name", "otel.library.version",
      ])
    composed.close()
    putZipkinStatus(tape, tags)
    if field(tape, tags, "error") != 0 { putZipkinError() }
    putZipkinScope(tape, tags)
    composed.openList("events")
    for annotation in JSONElements(tape, annotations) { putZipkinEvent(tape, annotation) }
    composed.closeList()
    composed.close()
    addComposed(envelope)
  }

  private mutating func putZipkinStatus(_ tape: JSONTape, _ tags: Int) {
    let code = tape.text(field(tape, tags, "otel.status_code"))
    let message = tape.text(field(tape, tags, "otel.status_description"))
    if code == nil, message == nil { return }
    composed.open("status")
    composed.text("code", code)
    composed.text("message", message)
    composed.close()
  }

  private mutating func putZipkinScope(_ tape: JSONTape, _ tags: Int) {
    let name =
      tape.text(field(tape, tags, "otel.scope.name"))
      ?? tape.text(field(tape, tags, "otel.library.name"))
    guard let name else { return }
    composed.open("scope")
    composed.text("name", name)
    composed.text(
      "version",
      tape.text(field(tape, tags, "otel.scope.version"))
        ?? tape.text(field(tape, tags, "otel.library.version")))
    composed.close()
  }

  // MARK: v1

  /// What the annotations of a v1 record say of one side of a call.
  private struct Side {
    var start: Int64?
    var end: Int64?
    var endpoint = 0
    var isThere: Bool { start != nil || end != nil }
  }

  private mutating func oldZipkinSpan(
    _ tape: JSONTape, _ span: Int, _ annotations: Int, _ binary: Int, _ envelope: Envelope
  ) {
    var client = Side()
    var server = Side()
    var producer = Side()
    var consumer = Side()
    var anyone = 0
    var others: [Int] = []
    var isError = false
    for annotation in JSONElements(tape, annotations) {
      let value = tape.text(field(tape, annotation, "value")) ?? Bytes.none
      let time = micros(tape, field(tape, annotation, "timestamp"))
      let endpoint = field(tape, annotation, "endpoint")
      if anyone == 0 { anyone = endpoint }
      func note(_ side: inout Side, isStart: Bool) {
        if isStart { side.start = time ?? 0 } else { side.end = time ?? 0 }
        if endpoint != 0 { side.endpoint = endpoint }
      }
      if value.equals("cs") {
        note(&client, isStart: true)
      } else if value.equals("cr") {
        note(&client, isStart: false)
      } else if value.equals("sr") {
        note(&server, isStart: true)
      } else if value.equals("ss") {
        note(&server, isStart: false)
      } else if value.equals("ms") {
        note(&producer, isStart: true)
      } else if value.equals("mr") {
        note(&consumer, isStart: true)
      } else {
        if value.equals("error") { isError = true }
        others.append(annotation)
      }
    }
    var remote: [(side: UInt8, endpoint: Int)] = []
    var tags: [(key: Bytes, value: Int)] = []
    for annotation in JSONElements(tape, binary) {
      guard let key = tape.text(field(tape, annotation, "key")) else { continue }
      let endpoint = field(tape, annotation, "endpoint")
      if key.equals("sa") || key.equals("ca") || key.equals("ma") {
        remote.append((key[0], endpoint))
        continue
      }
      if anyone == 0 { anyone = endpoint }
      if key.equals("error") { isError = true }
      tags.append((key, field(tape, annotation, "value")))
    }
    let record = OldRecord(
      span: span, others: others, remote: remote, tags: tags, isError: isError,
      start: micros(tape, field(tape, span, "timestamp")),
      length: micros(tape, field(tape, span, "duration")), anyone: anyone)
    let sides: [(Side, String)] = [
      (client, "CLIENT"), (server, "SERVER"), (producer, "PRODUCER"), (consumer, "CONSUMER"),
    ]
    var inner = envelope
    var isFirst = true
    for (side, kind) in sides where side.isThere {
      putOldSide(tape, record, side, kind, isOwner: isFirst, inner)
      isFirst = false
      inner.offset = nextOffset()
    }
    if isFirst { putOldSide(tape, record, Side(), "INTERNAL", isOwner: true, inner) }
  }

  /// What the sides of a v1 record share.
  private struct OldRecord {
    var span: Int
    var others: [Int]
    var remote: [(side: UInt8, endpoint: Int)]
    var tags: [(key: Bytes, value: Int)]
    var isError: Bool
    var start: Int64?
    var length: Int64?
    var anyone: Int
  }

  /// One side of a record; the first one owns its times, tags and events.
  private mutating func putOldSide(
    _ tape: JSONTape, _ record: OldRecord, _ side: Side, _ kind: String, isOwner: Bool,
    _ envelope: Envelope
  ) {
    composed.begin()
    putEndpointResource(tape, side.endpoint != 0 ? side.endpoint : record.anyone)
    putZipkinIDs(tape, record.span)
    composed.text("kind", plain: kind)
    let start = (isOwner ? record.start : nil) ?? side.start
    var length = isOwner ? record.length : nil
    if length == nil, let start, let end = side.end, end >= start { length = end - start }
    putZipkinTimes(start: start, length: length)
    composed.open("attributes")
    // A server's address is the client's remote end, and the other way round.
    let wanted: UInt8 = kind == "CLIENT" ? 0x73 : kind == "SERVER" ? 0x63 : 0x6d
    if let found = record.remote.first(where: { $0.side == wanted }) {
      putRemote(tape, found.endpoint)
    }
    if isOwner {
      for tag in record.tags { composed.value(tag.key, tape, tag.value) }
    }
    composed.close()
    if record.isError, isOwner { putZipkinError() }
    composed.openList("events")
    if isOwner { for annotation in record.others { putZipkinEvent(tape, annotation) } }
    composed.closeList()
    composed.close()
    addComposed(envelope)
  }

  // MARK: Parts

  private mutating func putEndpointResource(_ tape: JSONTape, _ endpoint: Int) {
    composed.open("resource")
    composed.open("attributes")
    composed.text("service.name", tape.text(field(tape, endpoint, "serviceName")))
    composed.text(
      "host.ip",
      tape.text(field(tape, endpoint, "ipv4")) ?? tape.text(field(tape, endpoint, "ipv6")))
    composed.close()
    composed.close()
  }

  private mutating func putZipkinIDs(_ tape: JSONTape, _ span: Int) {
    composed.value("traceId", tape, field(tape, span, "traceId"))
    composed.value("spanId", tape, field(tape, span, "id"))
    composed.value("parentSpanId", tape, field(tape, span, "parentId"))
    composed.text("name", tape.text(field(tape, span, "name")))
  }

  private mutating func putRemote(_ tape: JSONTape, _ endpoint: Int) {
    composed.text("peer.service", tape.text(field(tape, endpoint, "serviceName")))
    composed.text(
      "network.peer.address",
      tape.text(field(tape, endpoint, "ipv4")) ?? tape.text(field(tape, endpoint, "ipv6")))
    if let port = wholeNumber(tape, field(tape, endpoint, "port")), port > 0 {
      composed.number("network.peer.port", port)
    }
  }

  private mutating func putZipkinError() {
    composed.open("culprit")
    composed.number("error", 1)
    composed.close()
  }

  private mutating func putZipkinEvent(_ tape: JSONTape, _ annotation: Int) {
    composed.openElement()
    composed.text("name", tape.text(field(tape, annotation, "value")))
    if let time = micros(tape, field(tape, annotation, "timestamp")) {
      composed.number("timeUnixNano", time)
    }
    composed.close()
  }

  private mutating func putZipkinTimes(start: Int64?, length: Int64?) {
    guard let start, start > 0 else { return }
    composed.number("startTimeUnixNano", start)
    guard let length else { return }
    let (end, over) = start.addingReportingOverflow(length)
    if !over { composed.number("endTimeUnixNano", end) }
  }

  /// Microseconds as nanoseconds; nil for what is none.
  private func micros(_ tape: JSONTape, _ index: Int) -> Int64? {
    guard let value = wholeNumber(tape, index), value >= 0, value <= .max / 1000 else { return nil }
    return value * 1000
  }
}
