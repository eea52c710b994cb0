/// What services on AWS leave behind of the same requests: X-Ray's documents in place of OTLP, log events of CloudWatch.
///
/// A span that was called from elsewhere is a segment, those below it in the same service are its subsegments. Times are those
/// of the host's clock.
///
/// - Source: AWS X-Ray developer guide, "Segment documents"; AWS Lambda developer guide, log lines of the platform.
struct AWSEncoder {
  private let telemetry: SimulatedTelemetry
  private let spans: [SimulatedSpan]
  /// Children of a span in the same service, by the parent's id.
  private let children: [UInt64: [Int]]
  /// Spans whose parent is in another service.
  private let tops: [Int]

  /// An encoder for the spans of some services, by true end.
  init(_ telemetry: SimulatedTelemetry, spans: [SimulatedSpan]) {
    self.telemetry = telemetry
    self.spans = spans
    var places: [UInt64: Int] = [:]
    for (index, span) in spans.enumerated() { places[span.id] = index }
    var children: [UInt64: [Int]] = [:]
    var tops: [Int] = []
    for (index, span) in spans.enumerated() {
      if let parent = places[span.parent], spans[parent].resource == span.resource {
        children[span.parent, default: []].append(index)
      } else {
        tops.append(index)
      }
    }
    self.children = children
    self.tops = tops
  }

  /// One answer of BatchGetTraces: each trace with its segment documents as texts.
  func batchGetTraces() -> [UInt8] {
    var order: [UInt64] = []
    var byTrace: [UInt64: [Int]] = [:]
    for top in tops {
      if byTrace[spans[top].traceLow] == nil { order.append(spans[top].traceLow) }
      byTrace[spans[top].traceLow, default: []].append(top)
    }
    var bytes: [UInt8] = []
    bytes.append("{\"Traces\":[")
    for (number, low) in order.enumerated() {
      let segments = byTrace[low] ?? []
      guard let first = segments.first else { continue }
      if number > 0 { bytes.append(",") }
      bytes.append("\n{\"Id\":\"\(traceID(spans[first]))\",\"Segments\":[")
      for (place, top) in segments.enumerated() {
        if place > 0 { bytes.append(",") }
        bytes.append("{\"Id\":\"")
        bytes.append(hex: spans[top].id)
        bytes.append("\",\"Document\":")
        bytes.append(jsonText: String(decoding: document(top), as: UTF8.self))
        bytes.append("}")
      }
      bytes.append("]}")
    }
    bytes.append("],\"UnprocessedTraceIds\":[]}\n")
    return bytes
  }

  /// A segment with its subsegments; spans hang two deep at most.
  private func document(_ top: Int) -> [UInt8] {
    let span = spans[top]
    let resource = telemetry.resources[span.resource]
    var bytes: [UInt8] = []
    bytes.append("{\"trace_id\":\"\(traceID(span))\",")
    appendCore(top, name: resource.service, &bytes)
    if span.parent != 0 {
      bytes.append(",\"parent_id\":\"")
      bytes.append(hex: span.parent)
      bytes.append("\"")
    }
    appendRequest(span, host: resource.service, &bytes)
    bytes.append(",\"service\":{\"version\":\"\(resource.version)\"}")
    if telemetry.shapes[span.shape].kindName == "consumer" {
      bytes.append(
        ",\"origin\":\"AWS::Lambda::Function\",\"aws\":{\"function_arn\":\"arn:aws:lambda:eu-west-1:123456789012:function:\(resource.service)\",\"request_id\":\"\(requestID(span))\"}"
      )
    } else {
      bytes.append(
        ",\"origin\":\"AWS::ECS::Container\",\"aws\":{\"ecs\":{\"container\":\"\(resource.instance)\"}}"
      )
    }
    bytes.append("}")
    return bytes
  }

  /// The request that a server answered, where the span tells of one.
  private func appendRequest(_ span: SimulatedSpan, host: String, _ bytes: inout [UInt8]) {
    let shape = telemetry.shapes[span.shape]
    guard shape.kindName == "server", let method = text("http.request.method", of: shape),
      let path = text("url.path", of: shape)
    else { return }
    bytes.append(",\"http\":{\"request\":{\"method\":")
    bytes.append(jsonText: method)
    bytes.append(",\"url\":")
    bytes.append(jsonText: "http://\(host)\(path)")
    if let agent = text("user_agent.original", of: shape) {
      bytes.append(",\"user_agent\":")
      bytes.append(jsonText: agent)
    }
    bytes.append("}")
    if span.httpStatus > 0 { bytes.append(",\"response\":{\"status\":\(span.httpStatus)}") }
    bytes.append("}")
  }

  /// An attribute that all spans of a place have, where it is text.
  private func text(_ key: String, of shape: SpanShape) -> String? {
    for attribute in shape.attributes where attribute.key == key {
      if case .text(let value) = attribute.value { return value }
    }
    return nil
  }

  /// Id, name, times, outcome, subsegments: what segments and subsegments share, without the brackets around it.
  private func appendCore(_ index: Int, name: String, _ bytes: inout [UInt8]) {
    let span = spans[index]
    let offset = telemetry.resources[span.resource].clockOffset
    bytes.append("\"id\":\"")
    bytes.append(hex: span.id)
    bytes.append("\",\"name\":")
    bytes.append(jsonText: name)
    bytes.append(
      ",\"start_time\":\(seconds(span.start + offset)),\"end_time\":\(seconds(span.end + offset))")
    if span.isError {
      bytes.append((400..<500).contains(span.httpStatus) ? ",\"error\":true" : ",\"fault\":true")
      if let failure = span.failure, span.recordsException {
        bytes.append(",\"cause\":{\"exceptions\":[{\"id\":\"")
        bytes.append(hex: mixed(span.id))
        bytes.append("\",\"type\":")
        bytes.append(jsonText: failure.type)
        bytes.append(",\"message\":")
        bytes.append(jsonText: failure.message)
        bytes.append("}]}")
      }
    }
    let below = children[span.id] ?? []
    if below.isEmpty { return }
    bytes.append(",\"subsegments\":[")
    for (place, child) in below.enumerated() {
      if place > 0 { bytes.append(",") }
      bytes.append("{")
      appendCall(child, &bytes)
      bytes.append("}")
    }
    bytes.append("]")
  }

  /// A subsegment: a call over HTTP where the span is a client's, else a block of code.
  private func appendCall(_ index: Int, _ bytes: inout [UInt8]) {
    let span = spans[index]
    let shape = telemetry.shapes[span.shape]
    let host = text("server.address", of: shape)
    appendCore(index, name: host ?? shape.name, &bytes)
    guard shape.kindName == "client", let host else { return }
    bytes.append(",\"namespace\":\"remote\",\"http\":{\"request\":{\"method\":")
    bytes.append(jsonText: text("http.request.method", of: shape) ?? "POST")
    bytes.append(",\"url\":")
    bytes.append(jsonText: "https://\(host)\(text("url.path", of: shape) ?? "/")")
    bytes.append("}")
    if span.httpStatus > 0 { bytes.append(",\"response\":{\"status\":\(span.httpStatus)}") }
    bytes.append("}")
  }

  // MARK: Logs

  /// The log group of a Lambda function as `aws logs filter-log-events` prints it: for each invocation START, what it wrote, END and
  /// REPORT; the first of an instance started cold.
  ///
  /// - Returns: the answer, and how many events it holds.
  func filterLogEvents(_ logs: [SimulatedLog]) -> (bytes: [UInt8], events: Int) {
    var written: [UInt64: [SimulatedLog]] = [:]
    var others: [SimulatedLog] = []
    for log in logs {
      if let span = log.span {
        written[span.traceLow, default: []].append(log)
      } else {
        others.append(log)
      }
    }
    var events: [(time: Int64, stream: Int, message: String)] = []
    var warm: Set<Int> = []
    for top in tops {
      let span = spans[top]
      let request = requestID(span)
      let start = span.start
      events.append((start, span.resource, "START RequestId: \(request) Version: $LATEST\n"))
      for log in written.removeValue(forKey: span.traceLow) ?? [] {
        events.append((log.time, span.resource, line(log, request: request)))
      }
      let length = span.end - span.start
      let isCold = warm.insert(span.resource).inserted
      events.append((span.end, span.resource, "END RequestId: \(request)\n"))
      events.append(
        (
          span.end, span.resource,
          "REPORT RequestId: \(request)\tDuration: \(hundredths(length)) ms\tBilled Duration: \((length + 999_999) / 1_000_000) ms\t"
            + "Memory Size: 128 MB\tMax Memory Used: \(70 + Int(mixed(span.id) % 20)) MB\t"
            + (isCold ? "Init Duration: 412.77 ms\t" : "")
            + "\nXRAY TraceId: \(traceID(span))\tSegmentId: \(hex(span.id))\tSampled: true\t\n"
        ))
    }
    for log in others { events.append((log.time, log.resource, line(log, request: "undefined"))) }
    for logs in written.values {
      for log in logs { events.append((log.time, log.resource, line(log, request: "undefined"))) }
    }
    let order = events.indices.sorted {
      (events[$0].time, events[$0].message) < (events[$1].time, events[$1].message)
    }
    var bytes: [UInt8] = []
    bytes.append("{\"events\":[")
    // START, END and REPORT of one millisecond keep their order: it is that of the time in ns, and of the letters.
    for (place, index) in order.enumerated() {
      let event = events[index]
      if place > 0 { bytes.append(",") }
      bytes.append("\n{\"logStreamName\":\"2026/03/02/[$LATEST]")
      bytes.append(hex: mixed(UInt64(event.stream)))
      bytes.append(hex: mixed(UInt64(event.stream) &+ 1))
      bytes.append("\",\"timestamp\":\(event.time / 1_000_000),\"message\":")
      bytes.append(jsonText: event.message)
      bytes.append(
        ",\"ingestionTime\":\(event.time / 1_000_000 + 412),\"eventId\":\"37\(event.time)\(padded(place, 6))\"}"
      )
    }
    bytes.append("],\"searchedLogStreams\":[]}\n")
    return (bytes, events.count)
  }

  /// A stream of a container as an export to S3 holds it: a time, then a line of JSON.
  func exportedLines(_ logs: [SimulatedLog]) -> [UInt8] {
    var bytes: [UInt8] = []
    for log in logs {
      let resource = telemetry.resources[log.resource]
      bytes.append("\(isoTime(log.time + resource.clockOffset, digits: 3))Z {\"level\":")
      bytes.append(jsonText: severityWord(log.severity))
      bytes.append(",\"message\":")
      bytes.append(jsonText: log.body)
      bytes.append(
        ",\"timestamp\":\"\(isoTime(log.time + resource.clockOffset, digits: 3))Z\",\"service\":")
      bytes.append(jsonText: resource.service)
      if let span = log.span {
        bytes.append(
          ",\"xray_trace_id\":\"\(xrayID(high: span.traceHigh, low: span.traceLow))\"")
      }
      bytes.append("}\n")
    }
    return bytes
  }

  private func line(_ log: SimulatedLog, request: String) -> String {
    "\(isoTime(log.time, digits: 3))Z\t\(request)\t\(severityWord(log.severity))\t\(log.body)\n"
  }

  // MARK: Texts

  private func traceID(_ span: SimulatedSpan) -> String {
    xrayID(high: span.traceHigh, low: span.traceLow)
  }

  private func xrayID(high: UInt64, low: UInt64) -> String {
    "1-\(hex(high).prefix(8))-\(hex(high).suffix(8))\(hex(low))"
  }

  /// The id of the invocation that a span is.
  private func requestID(_ span: SimulatedSpan) -> String {
    let digits = hex(mixed(span.id)) + hex(mixed(span.id ^ 1))
    let cuts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)]
    return cuts.map { digits.dropFirst($0.0).prefix($0.1 - $0.0) }.joined(separator: "-")
  }

  private func hex(_ value: UInt64) -> String {
    var bytes: [UInt8] = []
    bytes.append(hex: value)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func seconds(_ time: Int64) -> String {
    "\(time / 1_000_000_000).\(padded(Int(time % 1_000_000_000 / 1000), 6))"
  }

  private func hundredths(_ length: Int64) -> String {
    "\(length / 1_000_000).\(padded(Int(length % 1_000_000 / 10_000), 2))"
  }
}
