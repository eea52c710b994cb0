/// Spans and log records as OTLP JSON, as a collector's file exporter writes them.
///
/// What is the same in many spans is encoded once. Times are those of the host's clock.
///
/// - Source: opentelemetry-proto, "OTLP/JSON Protobuf Encoding"; OpenTelemetry semantic conventions 1.30.
package struct OTLPEncoder {
  /// The bytes so far.
  package var bytes: [UInt8] = []

  private let shapes: [SpanShape]
  private let resources: [SimulatedResource]
  /// Name, kind: what stands between parent and times.
  private var heads: [[UInt8]]
  private var resourceTexts: [[UInt8]]

  /// An encoder for what these shapes and resources describe.
  package init(shapes: [SpanShape], resources: [SimulatedResource]) {
    self.shapes = shapes
    self.resources = resources
    heads = shapes.map { shape in
      var head: [UInt8] = []
      head.append("\",\"flags\":\(shape.kind == 2 || shape.kind == 5 ? 768 : 256),\"name\":")
      head.append(jsonText: shape.name)
      head.append(",\"kind\":\(shape.kind),\"startTimeUnixNano\":\"")
      return head
    }
    resourceTexts = resources.map { OTLPEncoder.text(of: $0) }
  }

  /// Indexes of all resources.
  package var resourceIndexes: Range<Int> { resources.indices }

  private static func text(of resource: SimulatedResource) -> [UInt8] {
    var text: [UInt8] = []
    text.append("\"resource\":{\"attributes\":[")
    let pairs = [
      ("service.name", resource.service), ("service.version", resource.version),
      ("service.instance.id", resource.instance), ("host.name", resource.host),
      ("deployment.environment.name", "production"),
      ("telemetry.sdk.language", resource.language.rawValue),
    ]
    for (index, pair) in pairs.enumerated() {
      if index > 0 { text.append(",") }
      text.append(key: pair.0, text: pair.1)
    }
    text.append("]}")
    return text
  }

  /// Appends `"resource":{…}`.
  package mutating func append(resource: Int) {
    bytes.append(contentsOf: resourceTexts[resource])
  }

  /// Appends the instrumentation scope of a resource: `"scope":{…}`.
  package mutating func append(scopeOf resource: Int) {
    bytes.append("\"scope\":{\"name\":")
    bytes.append(jsonText: "io.example.instrumentation.\(resources[resource].language.rawValue)")
    bytes.append(",\"version\":\"1.4.0\"}")
  }

  /// Appends a span.
  ///
  /// - Parameter isUnfinished: leaves its end out.
  package mutating func append(_ span: SimulatedSpan, isUnfinished: Bool = false) {
    let shape = shapes[span.shape]
    let offset = resources[span.resource].clockOffset
    bytes.append("{\"traceId\":\"")
    bytes.append(hex: span.traceHigh)
    bytes.append(hex: span.traceLow)
    bytes.append("\",\"spanId\":\"")
    bytes.append(hex: span.id)
    bytes.append("\",\"parentSpanId\":\"")
    if span.parent != 0 { bytes.append(hex: span.parent) }
    bytes.append(contentsOf: heads[span.shape])
    bytes.append(decimal: span.start + offset)
    if !isUnfinished {
      bytes.append("\",\"endTimeUnixNano\":\"")
      bytes.append(decimal: span.end + offset)
    }
    bytes.append("\",\"attributes\":[")
    for (index, attribute) in shape.attributes.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(attribute, span)
    }
    appendOutcome(span, shape)
    bytes.append("]")
    if span.recordsException, let exception = span.failure {
      appendException(exception, span, shape, at: span.end + offset)
    }
    bytes.append(",\"status\":{")
    if span.isError {
      if let message = span.failure?.message {
        bytes.append("\"message\":")
        bytes.append(jsonText: message)
        bytes.append(",")
      }
      bytes.append("\"code\":2")
    }
    bytes.append("}}")
  }

  private mutating func append(_ attribute: SimulatedAttribute, _ span: SimulatedSpan) {
    switch attribute.value {
    case .text(let text): bytes.append(key: attribute.key, text: text)
    case .integer(let number): bytes.append(key: attribute.key, number: number)
    case .perTrace(let text, let bound):
      let number = Int(mixed(span.traceLow) % UInt64(bound))
      bytes.append(key: attribute.key, text: text + String(number))
    case .integerPerSpan(let bound):
      bytes.append(key: attribute.key, number: Int(mixed(span.id) % UInt64(bound)))
    }
  }

  /// Status codes, `error.type`, `http.request.resend_count`; the shape's attributes stand before.
  private mutating func appendOutcome(_ span: SimulatedSpan, _ shape: SpanShape) {
    var errorType = span.failure?.type ?? "_OTHER"
    switch shape.convention {
    case .plain: break
    case .http:
      if span.httpStatus > 0 {
        bytes.append(",")
        bytes.append(key: "http.response.status_code", number: span.httpStatus)
        if !span.recordsException { errorType = String(span.httpStatus) }
      }
      if span.resendCount > 0 {
        bytes.append(",")
        bytes.append(key: "http.request.resend_count", number: span.resendCount)
      }
    case .rpc:
      let code = grpcCode(of: span)
      bytes.append(",")
      bytes.append(key: "rpc.grpc.status_code", number: code)
      if !span.recordsException { errorType = String(code) }
    }
    if span.isError {
      bytes.append(",")
      bytes.append(key: "error.type", text: errorType)
    }
  }

  /// The gRPC code that tells what an HTTP status would.
  private func grpcCode(of span: SimulatedSpan) -> Int {
    switch span.httpStatus {
    case 0, 504: 4
    case 200..<300: 0
    case 404: 5
    case 409: 6
    case 400..<500: 9
    case 502, 503: 14
    default: 13
    }
  }

  private mutating func appendException(
    _ exception: Scenario.Exception, _ span: SimulatedSpan, _ shape: SpanShape, at time: Int64
  ) {
    let resource = resources[span.resource]
    bytes.append(",\"events\":[{\"timeUnixNano\":\"")
    bytes.append(decimal: time)
    bytes.append("\",\"name\":\"exception\",\"attributes\":[")
    bytes.append(key: "exception.type", text: exception.type)
    bytes.append(",")
    bytes.append(key: "exception.message", text: exception.message)
    bytes.append(",")
    bytes.append(
      key: "exception.stacktrace",
      text: resource.language.stackTrace(
        exception, service: resource.service, place: shape.name))
    bytes.append("]}]")
  }

  /// Appends a log record.
  package mutating func append(_ log: SimulatedLog) {
    let offset = resources[log.resource].clockOffset
    bytes.append("{\"timeUnixNano\":\"")
    bytes.append(decimal: log.time + offset)
    bytes.append("\",\"observedTimeUnixNano\":\"")
    bytes.append(decimal: log.time + 1_250_000)
    let level = log.severity >= 17 ? "ERROR" : log.severity >= 13 ? "WARN" : "INFO"
    bytes.append("\",\"severityNumber\":\(log.severity),\"severityText\":\"\(level)\",\"body\":")
    bytes.append("{\"stringValue\":")
    bytes.append(jsonText: log.body)
    bytes.append("},\"attributes\":[")
    if let exception = log.failure {
      bytes.append(key: "exception.type", text: exception.type)
      bytes.append(",")
      bytes.append(key: "exception.message", text: exception.message)
    }
    bytes.append("],\"traceId\":\"")
    if let span = log.span {
      bytes.append(hex: span.traceHigh)
      bytes.append(hex: span.traceLow)
    }
    bytes.append("\",\"spanId\":\"")
    if let span = log.span { bytes.append(hex: span.id) }
    bytes.append("\"}")
  }
}

extension [UInt8] {
  fileprivate mutating func append(key: String, text: String) {
    append("{\"key\":\"")
    append(key)
    append("\",\"value\":{\"stringValue\":")
    append(jsonText: text)
    append("}}")
  }

  fileprivate mutating func append(key: String, number: Int) {
    append("{\"key\":\"")
    append(key)
    append("\",\"value\":{\"intValue\":\"")
    append(decimal: Int64(number))
    append("\"}}")
  }
}
