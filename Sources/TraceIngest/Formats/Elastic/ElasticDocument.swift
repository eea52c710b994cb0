import TraceModel

/// Transactions and spans as Elasticsearch keeps them → rows (formats/traces.md 5.2): the names of ECS, written with dots, as objects in
/// each other, or both.
///
/// What no field of a span holds stays an attribute under its name in ECS, whose names for HTTP and URLs are OpenTelemetry's.
///
/// - Source: Elastic Common Schema, "Tracing fields"; elastic/apm-data, model/modelpb, for `transaction.*` and `span.*`.
extension Decoder {
  /// A stored transaction, span or set of metrics; false for anything else.
  mutating func elasticDocument(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    guard
      keys.has(.trace) || keys.has(.traceIDDotted) || keys.has(.processor)
        || keys.has(.processorEvent)
    else { return false }
    let fields = ElasticFields(tape: tape)
    let event = tape.text(fields.value("processor.event", in: index))
    if event?.equals("metric") == true {
      countSeen(.metric, 1)
      batch.defects.count(.metricsNotRead, at: envelope.offset)
      return true
    }
    guard fields.value("trace.id", in: index) != 0 else { return false }
    // A span names its transaction too; a log line neither's duration.
    if event?.equals("span") ?? (fields.value("span.duration.us", in: index) != 0) {
      storedSpan(fields, index, isTransaction: false, envelope)
    } else if event?.equals("transaction")
      ?? (fields.value("transaction.duration.us", in: index) != 0)
    {
      storedSpan(fields, index, isTransaction: true, envelope)
    } else {
      return false
    }
    return true
  }

  private mutating func storedSpan(
    _ fields: ElasticFields, _ index: Int, isTransaction: Bool, _ envelope: Envelope
  ) {
    let tape = fields.tape
    func value(_ own: StaticString, _ others: StaticString) -> Int {
      fields.value(isTransaction ? own : others, in: index)
    }
    func words(_ name: StaticString) -> Bytes? { tape.text(fields.value(name, in: index)) }
    composed.begin()
    composed.open("resource")
    composed.open("attributes")
    for (name, key) in Self.elasticResource { composed.text(key, words(name)) }
    composed.close()
    composed.close()
    composed.value("traceId", tape, fields.value("trace.id", in: index))
    composed.value("spanId", tape, value("transaction.id", "span.id"))
    composed.value("parentSpanId", tape, fields.value("parent.id", in: index))
    let type = tape.text(value("transaction.type", "span.type")) ?? Bytes.none
    composed.text("name", tape.text(value("transaction.name", "span.name")) ?? type)
    if let kind = words(isTransaction ? "transaction.kind" : "span.kind") {
      composed.text("kind", kind)
    } else {
      composed.text("kind", plain: elasticKind(type, isTransaction: isTransaction))
    }
    let length = value("transaction.duration.us", "span.duration.us")
    putStoredTimes(fields, index, length, envelope.offset)
    composed.open("attributes")
    for (name, key) in Self.elasticCall { composed.value(key, tape, fields.value(name, in: index)) }
    var prefix = ByteBuffer(capacity: 64)
    putElasticRest(tape, index, level: 0, &prefix, isTransaction: isTransaction)
    composed.close()
    putElasticOutcome(words("event.outcome"))
    addComposed(envelope)
  }

  private mutating func putStoredTimes(
    _ fields: ElasticFields, _ index: Int, _ length: Int, _ offset: Int64
  ) {
    let tape = fields.tape
    let written = fields.value("@timestamp", in: index)
    let start =
      nanoseconds(ofMicros: fields.value("timestamp.us", in: index), tape)
      ?? tape.text(written).flatMap { isoTime($0)?.ns }
      // Elasticsearch's other form of a date: milliseconds.
      ?? wholeNumber(tape, written).flatMap { $0 <= .max / 1_000_000 ? $0 * 1_000_000 : nil }
    guard let start, start > 0 else {
      if written != 0 { batch.defects.count(.oddTime, at: offset, "@timestamp") }
      return
    }
    composed.number("startTimeUnixNano", start)
    guard length != 0 else { return }
    if let nanoseconds = nanoseconds(ofMicros: length, tape), nanoseconds >= 0,
      case let (end, over) = start.addingReportingOverflow(nanoseconds), !over
    {
      return composed.number("endTimeUnixNano", end)
    }
    batch.defects.count(.oddTime, at: offset, "duration.us")
  }

  /// All that no field of a span holds, by its full name.
  private mutating func putElasticRest(
    _ tape: JSONTape, _ object: Int, level: Int, _ prefix: inout ByteBuffer, isTransaction: Bool
  ) {
    let start = prefix.count
    for (key, value) in JSONMembers(tape, object) where tape.tag(value) != JSONTape.Tag.null {
      prefix.count = start
      if level > 0 { prefix.put(0x2e) }
      prefix.put(key)
      if tape.tag(value) == JSONTape.Tag.object, level < ElasticNames.deepest,
        prefix.count < ElasticNames.longest
      {
        putElasticRest(tape, value, level: level + 1, &prefix, isTransaction: isTransaction)
      } else if !isElasticField(prefix.bytes, isTransaction: isTransaction) {
        composed.value(prefix.bytes, tape, value)
      }
    }
    prefix.count = start
  }

  /// Whether a name is told elsewhere than among the attributes.
  private func isElasticField(_ name: Bytes, isTransaction: Bool) -> Bool {
    let own: [StaticString] =
      isTransaction
      ? ["transaction.id", "transaction.name", "transaction.kind", "transaction.duration.us"]
      : ["span.id", "span.name", "span.kind", "span.duration.us"]
    let always: [StaticString] = [
      "trace.id", "parent.id", "processor.event", "processor.name",
    ]
    return own.contains { name.equals($0) } || always.contains { name.equals($0) }
      || Self.elasticResource.contains { name.equals($0.0) }
      || Self.elasticCall.contains { name.equals($0.0) }
  }

  /// Names of ECS and OpenTelemetry for who sent a span.
  private static let elasticResource: [(StaticString, StaticString)] = [
    ("service.name", "service.name"), ("service.version", "service.version"),
    ("service.node.name", "service.instance.id"),
    ("service.environment", "deployment.environment.name"), ("host.name", "host.name"),
    ("service.language.name", "telemetry.sdk.language"),
  ]

  /// Names of Elastic and OpenTelemetry for whom a span calls.
  private static let elasticCall: [(StaticString, StaticString)] = [
    ("span.db.type", "db.system.name"), ("span.db.instance", "db.namespace"),
    ("span.db.statement", "db.query.text"), ("span.http.method", "http.request.method"),
    ("span.http.url.original", "url.full"),
    ("span.http.response.status_code", "http.response.status_code"),
    ("destination.address", "server.address"), ("destination.port", "server.port"),
    ("span.destination.service.resource", "peer.service"),
  ]
}

/// Looks up the fields of a stored document.
struct ElasticFields {
  let tape: JSONTape

  /// Where a field's value stands, whether its name is written with dots or as objects in each other; 0 where it is missing or null.
  func value(_ name: StaticString, in object: Int) -> Int {
    value(unsafe Bytes(name.utf8Start, name.utf8CodeUnitCount), in: object)
  }

  private func value(_ name: Bytes, in object: Int) -> Int {
    for (key, value) in JSONMembers(tape, object) where tape.tag(value) != JSONTape.Tag.null {
      if key.count == name.count {
        if key.equals(name) { return value }
      } else if key.count < name.count, name[key.count] == 0x2e,
        key.equals(name.slice(0, key.count))
      {
        let found = self.value(name.slice(key.count + 1, name.count), in: value)
        if found != 0 { return found }
      }
    }
    return 0
  }
}
