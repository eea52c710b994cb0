/// What a name says of the id behind it (formats/logs.md 10).
///
/// Where a record names several, the one that comes first here counts.
enum Carrier: UInt8, CaseIterable {
  /// It names no id.
  case none
  /// OpenTelemetry's names and those like them; any form that tells itself is taken too.
  case trace, span
  /// W3C's header: trace and span.
  case traceparent
  /// X-Ray's id or header; the header may name the span.
  case xray
  /// Google's `projects/P/traces/…`, and the header `<trace>/<decimal span>;o=1`.
  case google
  /// Datadog's low 64 bits in decimal, or 32 hex digits; the span in decimal; the high 16 hex digits.
  case datadogTrace, datadogSpan, datadogHigh
  /// B3's single header `<trace>-<span>-<flag>-<parent>`.
  case b3
  /// Jaeger's header `trace:span:parent:flags`, zeros dropped.
  case jaeger
  /// Sentry's header `<trace>-<span>-<flag>`.
  case sentry
  /// A transaction or a segment: it stands for the span where no span is named.
  case weakSpan
  /// A name that often holds something else: only 32 hex digits, or a form that tells itself.
  case weakTrace
  /// A request's id.
  case request
  /// A name that often holds a request's id.
  case weakRequest

  /// Whether only the first level of a record may have such a name: inside other objects it means something else.
  var isShort: Bool { self == .weakTrace || self == .weakSpan || self == .weakRequest }
}

/// The names of carriers; compared without case and without `_`, `-` and `.`.
struct CarrierNames {
  private let slots: [(hash: UInt64, name: Int16)]

  init() {
    var slots: [(hash: UInt64, name: Int16)] = Array(repeating: (0, -1), count: 256)
    for (index, entry) in carrierNames.enumerated() {
      var copy = ByteBuffer(capacity: 64)
      copy.put(entry.name)
      let hash = Self.hash(copy.bytes)
      var slot = Int(hash >> 56)
      while slots[slot].name >= 0 { slot = (slot + 1) & 255 }
      slots[slot] = (hash, Int16(index))
    }
    self.slots = slots
  }

  /// What a name says; of a dotted one that is not known the last part (`mdc.traceId`, `http.request.header.x-amzn-trace-id`),
  /// unless it is about a parent or a link.
  func carrier(_ name: Bytes) -> Carrier {
    guard name.count <= 64 else { return .none }
    let whole = known(name)
    if whole != .none { return whole }
    var start = name.count
    while start > 0, name[start - 1] != 0x2e { start -= 1 }
    let before = name.slice(0, start)
    if start == 0 || before.containsIgnoringCase("parent") || before.containsIgnoringCase("link") {
      return .none
    }
    let last = known(name.slice(start, name.count))
    return last.isShort ? .none : last
  }

  private func known(_ name: Bytes) -> Carrier {
    let hash = Self.hash(name)
    var slot = Int(hash >> 56)
    while slots[slot].name >= 0 {
      if slots[slot].hash == hash {
        let entry = carrierNames[Int(slots[slot].name)]
        if Self.equals(name, entry.name) { return entry.carrier }
      }
      slot = (slot + 1) & 255
    }
    return .none
  }

  /// FNV-1a of what counts of a name.
  private static func hash(_ name: Bytes) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for i in 0..<name.count {
      guard let byte = folded(name[i]) else { continue }
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return hash ^ hash << 29
  }

  private static func equals(_ name: Bytes, _ known: StaticString) -> Bool {
    var at = 0
    for i in 0..<name.count {
      guard let byte = folded(name[i]) else { continue }
      guard at < known.utf8CodeUnitCount, unsafe known.utf8Start[at] == byte else { return false }
      at += 1
    }
    return at == known.utf8CodeUnitCount
  }

  /// A byte in lower case; nil where it does not count.
  @inline(__always) private static func folded(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x5f, 0x2d, 0x2e: nil
    case 0x41...0x5a: byte | 0x20
    default: byte
    }
  }
}

/// Names in lower case without `_`, `-` and `.`.
private let carrierNames: [(name: StaticString, carrier: Carrier)] = [
  ("traceid", .trace), ("oteltraceid", .trace), ("tracetraceid", .trace), ("@tr", .trace),
  ("operationid", .weakTrace),
  ("spanid", .span), ("otelspanid", .span), ("tracespanid", .span), ("@sp", .span),
  ("traceparent", .traceparent), ("wtraceparent", .traceparent),
  ("xraytraceid", .xray), ("xamzntraceid", .xray), ("awsxraytraceid", .xray),
  ("@xraytraceid", .xray), ("awstraceheader", .xray), ("traceheader", .xray),
  ("@xraysegmentid", .weakSpan), ("segmentid", .weakSpan), ("xraysegmentid", .weakSpan),
  ("transactionid", .weakSpan),
  ("logginggoogleapiscom/trace", .google), ("xcloudtracecontext", .google),
  ("logginggoogleapiscom/spanid", .span),
  ("ddtraceid", .datadogTrace), ("ddspanid", .datadogSpan), ("ddptid", .datadogHigh),
  ("datadogtraceid", .datadogTrace), ("xdatadogtraceid", .datadogTrace),
  ("datadogspanid", .datadogSpan), ("xdatadogparentid", .datadogSpan),
  ("xb3traceid", .trace), ("xb3spanid", .span), ("b3traceid", .trace), ("b3spanid", .span),
  ("b3", .b3), ("ubertraceid", .jaeger), ("sentrytrace", .sentry),
  ("trace", .weakTrace), ("correlationid", .weakTrace), ("xcorrelationid", .weakTrace),
  ("span", .weakSpan),
  ("requestid", .request), ("awsrequestid", .request), ("functionrequestid", .request),
  ("@requestid", .request), ("xrequestid", .request), ("lambdarequestid", .request),
  ("xamznrequestid", .request), ("xamzrequestid", .request), ("faasinvocationid", .request),
  ("faasexecution", .request), ("httprequestid", .request), ("reqid", .request),
  ("req", .weakRequest), ("invocationid", .request), ("rid", .weakRequest),
]
