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
      kept.elasticSender = consume sender
      elasticRow = nil
      return true
    }
    guard kept.elasticSender != nil || has(tape, event, "trace_id") else { return false }
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
    let otel = member(tape, event) { $0.equals("otel") }
    let sender = senderRow(
      tape, member(tape, event) { $0.equals("context") }, envelope.offset)
    composed.begin()
    composed.value("traceId", tape, member(tape, event) { $0.equals("trace_id") })
    composed.value("spanId", tape, member(tape, event) { $0.equals("id") })
    composed.value("parentSpanId", tape, member(tape, event) { $0.equals("parent_id") })
    composed.text("name", words(tape, event, "name") ?? words(tape, event, "type"))
    putKind(tape, event, otel, isTransaction: isTransaction)
    let hasEnd = putTimes(tape, event, isTransaction: isTransaction, envelope.offset)
    composed.open("attributes")
    ElasticNames.span.put(tape, event, keeping: hasEnd ? nil : "duration", into: &composed)
    composed.close()
    composed.value("links", tape, member(tape, event) { $0.equals("links") })
    putElasticOutcome(words(tape, event, "outcome"))
    let span = composed.finish()
    let scope = addScope(ScopeRow())
    hasPlainAttributes = true
    self.span(span, span.root, sender, scope, envelope.offset)
    hasPlainAttributes = false
  }

  /// The status that an outcome means; none for any other word.
  mutating func putElasticOutcome(_ outcome: Bytes?) {
    guard let outcome, outcome.equals("failure") || outcome.equals("success") else { return }
    composed.open("status")
    composed.text("code", plain: outcome.equals("failure") ? "ERROR" : "OK")
    composed.close()
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

  /// Writes start and end; whether there is an end.
  private mutating func putTimes(
    _ tape: JSONTape, _ event: Int, isTransaction: Bool, _ place: Int64
  ) -> Bool {
    var start = time(of: event, tape, place)
    if start == 0, let transaction = words(tape, event, "transaction_id"),
      let base = kept.elasticTimes[unsafe stableHash(transaction.raw, seed: 0)],
      let offset = elasticLength(tape, member(tape, event) { $0.equals("start") })
    {
      start = base &+ offset
    }
    if start <= 0 { return false }
    if isTransaction, let id = words(tape, event, "id") {
      if kept.elasticTimes.count > 100_000 { kept.elasticTimes.removeAll() }
      kept.elasticTimes[unsafe stableHash(id.raw, seed: 0)] = start
    }
    composed.number("startTimeUnixNano", start)
    let written = member(tape, event) { $0.equals("duration") }
    if written == 0 || tape.tag(written) == JSONTape.Tag.null { return false }
    if let length = elasticLength(tape, written),
      case let (end, over) = start.addingReportingOverflow(length), !over
    {
      composed.number("endTimeUnixNano", end)
      return true
    }
    batch.defects.count(.oddTime, at: place, "duration")
    return false
  }

  /// The time of an event, ns; 0 where it names none.
  private mutating func time(of event: Int, _ tape: JSONTape, _ place: Int64) -> Int64 {
    let written = member(tape, event) { $0.equals("timestamp") }
    if let time = elasticTime(tape, written) { return time }
    if written != 0, tape.tag(written) != JSONTape.Tag.null {
      batch.defects.count(.oddTime, at: place, "timestamp")
    }
    return 0
  }

  // MARK: Errors

  private mutating func elasticError(_ tape: JSONTape, _ event: Int, _ envelope: Envelope) {
    let exception = member(tape, event) { $0.equals("exception") }
    let log = member(tape, event) { $0.equals("log") }
    let type = words(tape, exception, "type")
    let message = words(tape, exception, "message") ?? words(tape, log, "message")
    let sender = senderRow(
      tape, member(tape, event) { $0.equals("context") }, envelope.offset)
    let time = time(of: event, tape, envelope.offset)
    composed.begin()
    composed.number("timeUnixNano", time)
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
    let record = composed.finish()
    let count = batch.logs.count
    guard json(record, record.root, envelope) else {
      batch.logsSeen += 1
      return batch.defects.count(.brokenRecord, at: envelope.offset)
    }
    for index in batch.logs.indices[count...] { batch.logs[index].resource = sender }
  }

  /// The listed frames as the text of a stack trace, in Python's form for Python and in Node's for others, innermost where each has it.
  private mutating func putStack(_ tape: JSONTape, _ holder: Int, type: Bytes?, message: Bytes?) {
    let frames = member(tape, holder) { $0.equals("stacktrace") }
    guard tape.tag(frames) == JSONTape.Tag.array else { return }
    let isPython = kept.elasticSender?.isPython == true
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

  /// Bytes that the attributes of all points of a set may take in the store.
  private static let wholeSetBytes = 64 << 20

  /// A metric set: each sample is a metric with one point, and all have the set's attributes.
  private mutating func elasticMetrics(_ tape: JSONTape, _ event: Int, _ envelope: Envelope) {
    let row = senderRow(tape, event, envelope.offset)
    let time = time(of: event, tape, envelope.offset)
    composed.begin()
    ElasticNames.metrics.put(tape, event, into: &composed)
    let set = composed.finish()
    let attributes = plainAttributes(set, set.root, envelope.offset)
    let scope = addScope(ScopeRow())
    let seen = batch.metricsSeen
    let samples = JSONMembers(tape, member(tape, event) { $0.equals("samples") })
    // The store has the attributes with each point.
    let count = samples.reduce(0) { count, _ in count + 1 }
    if Int(attributes.count) * count > Self.wholeSetBytes {
      batch.metricsSeen += count
      return batch.defects.count(.tooLarge, at: envelope.offset)
    }
    for (name, sample) in samples {
      composed.begin()
      composed.text("name", name)
      composed.text("unit", words(tape, sample, "unit"))
      putSample(tape, sample, time, envelope)
      let metric = composed.finish()
      let first = batch.points.count
      self.metric(metric, metric.root, row, scope, envelope.offset)
      for index in batch.points.indices[first...] { batch.points[index].attributes = attributes }
    }
    if batch.metricsSeen == seen {
      batch.metricsSeen += 1
      batch.defects.count(.wrongType, at: envelope.offset, "samples")
    }
  }

  /// A sample as OTLP's metric with one point. Only counters and histograms name their type always; what says more than a number is
  /// kept beside as it is.
  private mutating func putSample(
    _ tape: JSONTape, _ sample: Int, _ time: Int64, _ envelope: Envelope
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
    composed.number("timeUnixNano", time)
    let tag = tape.tag(value)
    if values != 0 {
      putBuckets(tape, values, member(tape, sample) { $0.equals("counts") }, envelope)
    } else if value != 0, tag == JSONTape.Tag.int {
      composed.value("asInt", tape, value)
    } else if value != 0, tag == JSONTape.Tag.double || tag == JSONTape.Tag.uint {
      composed.value("asDouble", tape, value)
    } else {
      batch.defects.count(.wrongType, at: envelope.offset, "samples")
      composed.number("flags", 1)
    }
    if !isPlainSample(tape, sample) { composed.value("sample", tape, sample) }
    composed.close()
    composed.closeList()
    composed.close()
  }

  /// Whether a sample says no more than a number, its unit and a type that is known.
  private func isPlainSample(_ tape: JSONTape, _ sample: Int) -> Bool {
    tape.tag(sample) == JSONTape.Tag.object
      && JSONMembers(tape, sample).allSatisfy { member in
        switch tape.tag(member.value) {
        case JSONTape.Tag.int, JSONTape.Tag.double: member.key.equals("value")
        case JSONTape.Tag.string:
          member.key.equals("unit")
            || member.key.equals("type")
              && ["gauge", "counter"].contains { tape.text(member.value)?.equals($0) == true }
        default: false
        }
      }
  }

  /// A histogram that names a value of each bucket: buckets end half way between neighbours.
  private mutating func putBuckets(
    _ tape: JSONTape, _ values: Int, _ counts: Int, _ envelope: Envelope
  ) {
    var centres: [Double] = []
    var isWhole = true
    for element in JSONElements(tape, values) {
      guard let centre = finiteNumber(tape, element), centre > centres.last ?? -.infinity else {
        isWhole = false
        break
      }
      centres.append(centre)
    }
    var total: UInt64 = 0
    var sizes = 0
    for element in JSONElements(tape, counts) {
      sizes += 1
      let (sum, over) = total.addingReportingOverflow(unsignedNumber(tape, element) ?? .max)
      if over || sum > Int64.max { isWhole = false }
      total = sum
    }
    guard isWhole, sizes == centres.count, sizes > 0 else {
      batch.defects.count(.wrongType, at: envelope.offset, "values")
      return composed.number("flags", 1)
    }
    composed.openList("explicitBounds")
    for (lower, upper) in zip(centres, centres.dropFirst()) {
      composed.element(lower / 2 + upper / 2)
    }
    composed.closeList()
    composed.value("bucketCounts", tape, counts)
    composed.number("count", Int64(total))
  }

  // MARK: The sender

  /// The row of the resource: what the event says of its own service, then the metadata's. The metadata's alone is made once a batch.
  private mutating func senderRow(_ tape: JSONTape, _ holder: Int, _ offset: Int64) -> UInt32 {
    let own = member(tape, holder) { $0.equals("service") }
    let isOwn = tape.tag(own) == JSONTape.Tag.object
    if !isOwn, let elasticRow { return elasticRow }
    composed.begin()
    let names = ElasticNames.sender.put(tape, isOwn ? own : 0, under: "service", into: &composed)
    if let sender = kept.elasticSender?.attributes() {
      for (key, value) in JSONMembers(sender, sender.root)
      where unsafe !names.contains(stableHash(key.raw, seed: 0)) {
        composed.key(key)
        composed.put(sender, value)
      }
    }
    let whole = composed.finish()
    let attributes = plainAttributes(whole, whole.root, offset)
    let row = addResource(resourceRow(whole, attributes))
    if !isOwn { elasticRow = row }
    return row
  }
}
