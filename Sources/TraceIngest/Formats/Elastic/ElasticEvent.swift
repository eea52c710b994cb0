import TraceModel

/// Events of Elastic's agents → rows (formats/traces.md 5.2): transactions and spans become spans, errors log records with an exception.
///
/// A transaction is the local root; its kind is told by its type, or by OpenTelemetry's word where the event came by that bridge. Times
/// are microseconds, lengths milliseconds; a span without a time lies so far behind its transaction's as `start` says.
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
      elasticSender = ElasticSender(tape, event)
      return true
    }
    guard elasticSender != nil || has(tape, event, "trace_id") else { return false }
    if name.equals("transaction") || name.equals("span") {
      elasticSpan(tape, event, isTransaction: name.equals("transaction"), envelope)
    } else if name.equals("error") {
      elasticError(tape, event, envelope)
    } else if name.equals("metricset") {
      countSeen(.metric, 1)
      batch.defects.count(.metricsNotRead, at: envelope.offset)
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
    putRequest(tape, context)
    putCall(tape, context)
    composed.text("elastic.type", words(tape, event, "type"))
    composed.text("elastic.subtype", words(tape, event, "subtype"))
    composed.text("elastic.action", words(tape, event, "action"))
    composed.text("elastic.result", words(tape, event, "result"))
    composed.members(tape, member(tape, otel) { $0.equals("attributes") })
    composed.members(tape, member(tape, context) { $0.equals("tags") })
    composed.close()
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

  /// What a transaction was asked, and what it answered.
  private mutating func putRequest(_ tape: JSONTape, _ context: Int) {
    let request = member(tape, context) { $0.equals("request") }
    let url = member(tape, request) { $0.equals("url") }
    composed.text("http.request.method", words(tape, request, "method"))
    composed.text("url.full", words(tape, url, "full"))
    composed.text("url.path", words(tape, url, "pathname"))
    composed.value(
      "http.response.status_code", tape,
      member(tape, member(tape, context) { $0.equals("response") }) { $0.equals("status_code") })
  }

  /// Whom a span calls.
  private mutating func putCall(_ tape: JSONTape, _ context: Int) {
    let http = member(tape, context) { $0.equals("http") }
    if http != 0 {
      composed.text("http.request.method", words(tape, http, "method"))
      composed.text("url.full", words(tape, http, "url"))
      composed.value(
        "http.response.status_code", tape, member(tape, http) { $0.equals("status_code") })
    }
    let database = member(tape, context) { $0.equals("db") }
    composed.text("db.system.name", words(tape, database, "type"))
    composed.text("db.namespace", words(tape, database, "instance"))
    composed.text("db.query.text", words(tape, database, "statement"))
    let destination = member(tape, context) { $0.equals("destination") }
    composed.text("server.address", words(tape, destination, "address"))
    composed.value("server.port", tape, member(tape, destination) { $0.equals("port") })
    let service = member(tape, destination) { $0.equals("service") }
    composed.text("peer.service", words(tape, service, "resource"))
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
    composed.text("exception.type", type)
    composed.text("exception.message", words(tape, exception, "message"))
    putStack(tape, exception == 0 ? log : exception, type: type, message: message)
    composed.text("logger", words(tape, log, "logger_name"))
    composed.text("code.function.name", words(tape, event, "culprit"))
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
    let isPython = elasticSender?.language == "python"
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

  // MARK: The sender

  /// The resource: the metadata's, with what the event says of its own service before it.
  private mutating func putSender(_ tape: JSONTape, _ context: Int) {
    let own = member(tape, context) { $0.equals("service") }
    let sender = elasticSender ?? ElasticSender()
    composed.open("resource")
    composed.open("attributes")
    put("service.name", words(tape, own, "name"), sender.service)
    put("service.version", words(tape, own, "version"), sender.version)
    put("service.instance.id", nil, sender.node)
    put("deployment.environment.name", words(tape, own, "environment"), sender.environment)
    put("host.name", nil, sender.host)
    put("telemetry.sdk.language", nil, sender.language)
    composed.close()
    composed.close()
  }

  private mutating func put(_ name: StaticString, _ own: Bytes?, _ other: String) {
    if let own, own.count > 0 { return composed.text(name, own) }
    var bytes = ByteBuffer(capacity: 64)
    bytes.put(other)
    composed.text(name, bytes.bytes)
  }
}

extension ElasticSender {
  /// The sender of a line of metadata.
  init(_ tape: JSONTape, _ metadata: Int) {
    func inside(_ object: Int, _ name: StaticString) -> Int {
      for (key, value) in JSONMembers(tape, object) where key.equals(name) { return value }
      return 0
    }
    func text(_ object: Int, _ name: StaticString) -> String {
      tape.text(inside(object, name))?.string ?? ""
    }
    let service = inside(metadata, "service")
    self.service = text(service, "name")
    version = text(service, "version")
    node = text(inside(service, "node"), "configured_name")
    environment = text(service, "environment")
    let system = inside(metadata, "system")
    let configured = text(system, "configured_hostname")
    let detected = text(system, "detected_hostname")
    host =
      configured.isEmpty ? (detected.isEmpty ? text(system, "hostname") : detected) : configured
    let agent = text(inside(service, "agent"), "name")
    language = agent.contains("python") ? "python" : text(inside(service, "language"), "name")
  }
}
