import TraceModel

/// Events of Elastic's agents → rows (formats/traces.md 5.2): transactions and spans become spans, errors log records with an exception,
/// each sample of a metric set a point.
///
/// A transaction is the local root; its kind is told by its type, or by OpenTelemetry's word where the event came by that bridge. Times
/// are microseconds, lengths milliseconds; a span without a time lies so far behind its transaction's as `start` says. Every other
/// value of an event is an attribute (`ElasticNames`).
///
/// - Source: elastic/apm-data, input/elasticapm/docs/spec/v2.
extension Decoder {
  /// One line of the intake's protocol, or a stored document; false where the record is another one's.
  mutating func elasticObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    if elasticDocument(tape, index, keys, envelope) { return true }
    guard keys.count == 1, let (name, event) = firstMember(tape, index),
      tape.tag(event) == JSONTape.Tag.object
    else { return false }
    if name.equals("metadata"), has(tape, event, "service") {
      var sender = ElasticSender()
      sender.read(tape, event)
      elasticSender = consume sender
      return true
    }
    guard elasticSender != nil || has(tape, event, "trace_id") else { return false }
    if name.equals("transaction") || name.equals("span") {
      elasticSpan(tape, event, isTransaction: name.equals("transaction"), envelope)
    } else if name.equals("error") {
      elasticError(tape, event, envelope)
    } else if name.equals("metricset") {
      elasticMetrics(tape, event, envelope)
    } else {
      return false
    }
    return true
  }

  private func firstMember(_ tape: JSONTape, _ object: Int) -> (name: Bytes, value: Int)? {
    var members = JSONMembers(tape, object)
    return members.next().map { ($0.key, $0.value) }
  }

  private func has(_ tape: JSONTape, _ object: Int, _ name: StaticString) -> Bool {
    member(tape, object) { $0.equals(name) } != 0
  }

  private func words(_ tape: JSONTape, _ object: Int, _ name: StaticString) -> Bytes? {
    tape.text(member(tape, object) { $0.equals(name) })
  }

  // MARK: Spans

  private mutating func elasticSpan(
    _ tape: JSONTape, _ event: Int, isTransaction: Bool, _ envelope: Envelope
  ) {
    let context = member(tape, event) { $0.equals("context") }
    let otel = member(tape, event) { $0.equals("otel") }
    composed.begin()
    putSender(tape, context)
    composed.value("traceId", tape, member(tape, event) { $0.equals("trace_id") })
    composed.value("spanId", tape, member(tape, event) { $0.equals("id") })
    composed.value("parentSpanId", tape, member(tape, event) { $0.equals("parent_id") })
    composed.text("name", words(tape, event, "name") ?? words(tape, event, "type"))
    putKind(tape, event, otel, isTransaction: isTransaction)
    putTimes(tape, event, isTransaction: isTransaction)
    composed.open("attributes")
    ElasticNames.span.put(tape, event, into: &composed)
    composed.close()
    composed.value("links", tape, member(tape, event) { $0.equals("links") })
    if let outcome = words(tape, event, "outcome"), !outcome.equals("unknown") {
      composed.open("status")
      composed.text("code", plain: outcome.equals("failure") ? "ERROR" : "OK")
      composed.close()
    }
    composed.close()
    addComposed(envelope)
  }

  private mutating func putKind(
    _ tape: JSONTape, _ event: Int, _ otel: Int, isTransaction: Bool
  ) {
    if let kind = words(tape, otel, "span_kind") { return composed.text("kind", kind) }
    let type = words(tape, event, "type") ?? Bytes.none
    composed.text("kind", plain: elasticKind(type, isTransaction: isTransaction))
  }

  /// The kind that a type means.
  func elasticKind(_ type: Bytes, isTransaction: Bool) -> String {
    let isMessaging = type.starts(with: "messaging")
    if isTransaction { return isMessaging ? "CONSUMER" : "SERVER" }
    if isMessaging { return "PRODUCER" }
    let calls: [StaticString] = ["external", "db", "storage", "request.external"]
    return calls.contains { type.starts(with: $0) } ? "CLIENT" : "INTERNAL"
  }

  private mutating func putTimes(_ tape: JSONTape, _ event: Int, isTransaction: Bool) {
    var start: Int64 = 0
    if let micros = wholeNumber(tape, member(tape, event) { $0.equals("timestamp") }),
      micros > 0, micros <= .max / 1000
    {
      start = micros * 1000
    } else if let transaction = words(tape, event, "transaction_id"),
      let base = elasticTimes[unsafe stableHash(transaction.raw, seed: 0)],
      let offset = nanoseconds(tape, member(tape, event) { $0.equals("start") })
    {
      start = base &+ offset
    }
    if start <= 0 { return }
    if isTransaction, let id = words(tape, event, "id") {
      if elasticTimes.count > 100_000 { elasticTimes.removeAll() }
      elasticTimes[unsafe stableHash(id.raw, seed: 0)] = start
    }
    composed.number("startTimeUnixNano", start)
    if let length = nanoseconds(tape, member(tape, event) { $0.equals("duration") }) {
      let (end, over) = start.addingReportingOverflow(length)
      if !over { composed.number("endTimeUnixNano", end) }
    }
  }

  /// Milliseconds as nanoseconds; nil for what is no length.
  private func nanoseconds(_ tape: JSONTape, _ index: Int) -> Int64? {
    if let whole = wholeNumber(tape, index) {
      return whole >= 0 && whole <= .max / 1_000_000 ? whole * 1_000_000 : nil
    }
    guard tape.tag(index) == JSONTape.Tag.double else { return nil }
    let value = (Double(bitPattern: tape.number(index)) * 1_000_000).rounded()
    return value >= 0 ? Int64(exactly: value) : nil
  }

  // MARK: Errors

  private mutating func elasticError(_ tape: JSONTape, _ event: Int, _ envelope: Envelope) {
    let exception = member(tape, event) { $0.equals("exception") }
    let log = member(tape, event) { $0.equals("log") }
    let type = words(tape, exception, "type")
    let message = words(tape, exception, "message") ?? words(tape, log, "message")
    composed.begin()
    putSender(tape, member(tape, event) { $0.equals("context") })
    let micros = wholeNumber(tape, member(tape, event) { $0.equals("timestamp") }) ?? 0
    composed.number("timeUnixNano", micros > 0 && micros <= .max / 1000 ? micros * 1000 : 0)
    let level = words(tape, log, "level")
    let severity = level.map { textLevel($0) } ?? 0
    composed.number("severityNumber", Int64(severity == 0 ? 17 : severity))
    composed.text("severityText", level)
    composed.text("body", message ?? type)
    composed.value("traceId", tape, member(tape, event) { $0.equals("trace_id") })
    composed.value("spanId", tape, member(tape, event) { $0.equals("parent_id") })
    composed.open("attributes")
    putStack(tape, exception == 0 ? log : exception, type: type, message: message)
    ElasticNames.error.put(tape, event, into: &composed)
    composed.close()
    composed.close()
    let composed = composed.finish()
    guard json(composed, composed.root, envelope) else {
      batch.logsSeen += 1
      return batch.defects.count(.brokenRecord, at: envelope.offset)
    }
  }

  /// The listed frames as the text of a stack trace, in Python's form for Python and in Node's for others, innermost where each has it.
  private mutating func putStack(_ tape: JSONTape, _ holder: Int, type: Bytes?, message: Bytes?) {
    let frames = member(tape, holder) { $0.equals("stacktrace") }
    guard tape.tag(frames) == JSONTape.Tag.array else { return }
    let isPython = elasticSender?.isPython == true
    var lines: [String] = []
    for frame in JSONElements(tape, frames).prefix(200) {
      let function = words(tape, frame, "function")?.string ?? "<anonymous>"
      guard
        let file = (words(tape, frame, "abs_path") ?? words(tape, frame, "filename"))?.string
      else { continue }
      let line = wholeNumber(tape, member(tape, frame) { $0.equals("lineno") }) ?? 0
      lines.append(
        isPython
          ? "  File \"\(file)\", line \(line), in \(function)"
          : "    at \(function) (\(file):\(line):1)")
    }
    if lines.isEmpty { return }
    let head = "\(type?.string ?? "Error"): \(message?.string ?? "")"
    let stack =
      isPython
      ? ["Traceback (most recent call last):"] + lines.reversed() + [head] : [head] + lines
    var bytes = ByteBuffer(capacity: 1 << 10)
    bytes.put(stack.joined(separator: "\n"))
    composed.text("exception.stacktrace", bytes.bytes)
  }

  // MARK: Metrics

  /// A metric set: each sample is a metric with one point.
  private mutating func elasticMetrics(_ tape: JSONTape, _ event: Int, _ envelope: Envelope) {
    composed.begin()
    putSender(tape, event)
    let sender = composed.finish()
    hasPlainAttributes = true
    defer { hasPlainAttributes = false }
    let resource = member(sender, sender.root) { $0.equals("resource") }
    let attributes = plainAttributes(
      sender, member(sender, resource) { $0.equals("attributes") }, envelope.offset)
    let row = addResource(resourceRow(sender, attributes))
    let scope = addScope(ScopeRow())
    let samples = member(tape, event) { $0.equals("samples") }
    let seen = batch.metricsSeen
    for (name, sample) in JSONMembers(tape, samples) {
      composed.begin()
      composed.text("name", name)
      composed.text("unit", words(tape, sample, "unit"))
      putSample(tape, sample, of: event, envelope)
      let metric = composed.finish()
      self.metric(metric, metric.root, row, scope, envelope.offset)
    }
    if batch.metricsSeen == seen {
      batch.metricsSeen += 1
      batch.defects.count(.wrongType, at: envelope.offset, "samples")
    }
  }

  /// A sample as OTLP's metric with one point. Only counters and histograms name their type always.
  private mutating func putSample(
    _ tape: JSONTape, _ sample: Int, of event: Int, _ envelope: Envelope
  ) {
    let type = words(tape, sample, "type") ?? Bytes.none
    let value = member(tape, sample) { $0.equals("value") }
    let values = member(tape, sample) { $0.equals("values") }
    if values != 0 {
      composed.open("histogram")
    } else if type.equals("counter") {
      composed.open("sum")
      composed.number("aggregationTemporality", 2)
      composed.key("isMonotonic")
      composed.put(true)
    } else {
      composed.open("gauge")
    }
    composed.openList("dataPoints")
    composed.openElement()
    let micros = wholeNumber(tape, member(tape, event) { $0.equals("timestamp") }) ?? 0
    if micros > 0, micros <= .max / 1000 { composed.number("timeUnixNano", micros * 1000) }
    if values != 0 {
      putBuckets(tape, values, member(tape, sample) { $0.equals("counts") }, envelope)
    } else if tape.tag(value) == JSONTape.Tag.double {
      composed.value("asDouble", tape, value)
    } else if value != 0, tape.tag(value) != JSONTape.Tag.null {
      composed.value("asInt", tape, value)
    } else {
      batch.defects.count(.wrongType, at: envelope.offset, "samples")
      composed.number("flags", 1)
    }
    composed.open("attributes")
    ElasticNames.metrics.put(tape, event, into: &composed)
    composed.close()
    composed.close()
    composed.closeList()
    composed.close()
  }

  /// A histogram that names a value of each bucket: buckets end half way between neighbours, and the values are kept beside.
  private mutating func putBuckets(
    _ tape: JSONTape, _ values: Int, _ counts: Int, _ envelope: Envelope
  ) {
    let centres = JSONElements(tape, values).map { realNumber(tape, $0) }
    let sizes = JSONElements(tape, counts).map { unsignedNumber(tape, $0) }
    let known = centres.compactMap { $0 }
    guard !known.isEmpty, known.count == centres.count, centres.count == sizes.count,
      !sizes.contains(nil), known == known.sorted()
    else {
      batch.defects.count(.wrongType, at: envelope.offset, "values")
      return composed.number("flags", 1)
    }
    composed.openList("explicitBounds")
    for (lower, upper) in zip(known, known.dropFirst()) {
      composed.element(lower / 2 + upper / 2)
    }
    composed.closeList()
    composed.value("bucketCounts", tape, counts)
    composed.value("values", tape, values)
    let total = sizes.reduce(UInt64(0)) { sum, size in sum.addingReportingOverflow(size ?? 0).0 }
    composed.number("count", Int64(clamping: total))
  }

  private func realNumber(_ tape: JSONTape, _ index: Int) -> Double? {
    switch tape.tag(index) {
    case JSONTape.Tag.double: Double(bitPattern: tape.number(index))
    case JSONTape.Tag.int: Double(Int64(bitPattern: tape.number(index)))
    case JSONTape.Tag.uint: Double(tape.number(index))
    default: nil
    }
  }

  // MARK: The sender

  /// The resource: what the event says of its own service, then the metadata's.
  private mutating func putSender(_ tape: JSONTape, _ holder: Int) {
    composed.open("resource")
    composed.open("attributes")
    let names = ElasticNames.sender.put(
      tape, member(tape, holder) { $0.equals("service") }, under: "service", into: &composed)
    if let sender = elasticSender?.attributes() {
      for (key, value) in JSONMembers(sender, sender.root)
      where unsafe !names.contains(stableHash(key.raw, seed: 0)) {
        composed.key(key)
        composed.put(sender, value)
      }
    }
    composed.close()
    composed.close()
  }
}
