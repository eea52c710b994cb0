import TraceModel

/// What a span's attributes, status and events say of its outcome, as flags and numbers (traces-semantics.md 6.1, 6.2).
extension Decoder {
  /// Completes the facts and the error type; `finder` knows the span's attributes.
  mutating func outcome(
    _ tape: JSONTape, _ row: inout SpanRow, _ events: OTLPEventFacts, _ message: Bytes?
  ) {
    if events.hasException { row.facts[.exception] = true }
    if events.hasErrorEvent { row.facts[.errorTag] = true }
    if finder.has(AttributeKey.Group.outcome) { finder.takeOutcome(tape, &row.facts) }
    let exceptionType = events.exceptionType ?? finder.text(.exceptionType, tape)
    let errorType = finder.text(.errorType, tape)
    if let type = exceptionType ?? errorType { row.errorType = symbol(type) }
    let exceptionMessage = events.exceptionMessage ?? finder.text(.exceptionMessage, tape)
    if let exceptionMessage {
      let hash = unsafe stableHash(exceptionMessage.raw, seed: 0)
      row.facts.messageHash = max(1, UInt32(truncatingIfNeeded: hash))
    }
    if row.facts.grpcCode == 1 || saysCancel(exceptionType) || saysCancel(exceptionMessage)
      || saysCancel(errorType) || saysCancel(message)
    {
      row.facts[.cancelled] = true
    }
    if isProbe(tape, row.operation) { row.facts[.probe] = true }
  }

  @inline(__always) func saysCancel(_ text: Bytes?) -> Bool {
    guard let text else { return false }
    return text.containsIgnoringCase("cancel")
  }

  // MARK: Probes

  /// Whether a health checker sent the request: told by its agent, or by a path that is asked for by nobody else.
  private mutating func isProbe(_ tape: JSONTape, _ operation: Symbol) -> Bool {
    if finder.has(AttributeKey.Group.web), finder.isProbeRequest(tape) { return true }
    return traits(of: operation).contains(.probe)
  }

  /// Whether a health checker sent a request, as agent and path tell.
  func isProbe(agent: Bytes?, path: Bytes) -> Bool {
    if let agent, Probe.agents.contains(where: { agent.starts(with: $0) }) { return true }
    return Probe.isPath(path)
  }

  /// Whether only health checkers send a request of this name.
  func isProbeName(_ name: Bytes) -> Bool {
    guard name.count > 0, name.count <= 48 else { return false }
    if name.equals("grpc.health.v1.Health/Check") || name.equals("grpc.health.v1.Health/Watch") {
      return true
    }
    if name[0] == 0x2f { return Probe.isPath(name) }
    // "GET /health": the method says nothing.
    guard let space = name.firstIndex(of: 0x20, from: 0), space + 1 < name.count else {
      return false
    }
    return Probe.isPath(name.slice(space + 1, name.count))
  }
}

/// What tells a health checker's request.
private enum Probe {
  /// Whether only health checkers ask for a path.
  static func isPath(_ path: Bytes?) -> Bool {
    guard var path, path.count > 4, path[0] == 0x2f else { return false }
    if let query = path.firstIndex(of: 0x3f, from: 0) { path = path.slice(0, query) }
    guard path.count < 32, lengths >> UInt32(path.count) & 1 == 1 else { return false }
    return paths.contains { path.equals($0) }
  }

  /// How their agents begin.
  static let agents: [StaticString] = [
    "kube-probe/", "ELB-HealthChecker/", "GoogleHC/", "Consul Health Check", "Prometheus/",
  ]
  /// Lengths of the paths below, as bits, because most paths can be told by their length.
  private static let lengths: UInt32 = paths.reduce(0) {
    $0 | 1 << UInt32($1.utf8CodeUnitCount)
  }
  private static let paths: [StaticString] = [
    "/health", "/healthz", "/readyz", "/livez", "/ready", "/live", "/ping", "/status/health",
    "/health/live", "/health/ready", "/healthcheck", "/_health", "/-/healthy", "/-/ready",
    "/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness",
  ]
}

/// What a span's attributes say of its outcome. It is told here, because a decoder that only reads itself is copied for it
/// (see `Decoder`).
extension AttributeFinder {
  /// HTTP and gRPC codes and the tag `error`.
  func takeOutcome(_ tape: JSONTape, _ facts: inout SpanFacts) {
    if let status = int(.httpStatus, tape) ?? int(.oldHTTPStatus, tape) {
      facts.httpStatus = Int(clamping: status)
    }
    facts.grpcCode = grpcCode(tape)
    if hasErrorTag(tape) {
      facts[.errorTag] = true
    } else if self[.error] != 0 {
      facts.deniesError = true
    }
  }

  private func grpcCode(_ tape: JSONTape) -> Int? {
    for key in [AttributeKey.rpcGRPCStatus, .rpcResponseStatus, .rpcStatus] where self[key] != 0 {
      if let code = int(key, tape) { return Int(clamping: code) }
      if let name = text(key, tape),
        let code = Self.grpcNames.firstIndex(where: { name.equalsIgnoringCase($0) })
      {
        return code
      }
    }
    return nil
  }

  /// Names of gRPC's status codes in lower case, by number.
  private static let grpcNames: [StaticString] = [
    "ok", "cancelled", "unknown", "invalid_argument", "deadline_exceeded", "not_found",
    "already_exists", "permission_denied", "resource_exhausted", "failed_precondition", "aborted",
    "out_of_range", "unimplemented", "internal", "unavailable", "data_loss", "unauthenticated",
  ]

  private func hasErrorTag(_ tape: JSONTape) -> Bool {
    guard self[.error] != 0 else { return false }
    let value = value(.error, tape)
    switch tape.tag(value.index) {
    case JSONTape.Tag.yes: return true
    case JSONTape.Tag.string:
      guard let text = tape.text(value.index), value.kind != .wrong else { return false }
      return text.count > 0 && !text.equals("0") && !text.equalsIgnoringCase("false")
    case JSONTape.Tag.int, JSONTape.Tag.uint: return tape.number(value.index) != 0
    case JSONTape.Tag.double: return Double(bitPattern: tape.number(value.index)) != 0
    default: return false
    }
  }

  /// Whether a health checker sent the request, as agent and path tell.
  func isProbeRequest(_ tape: JSONTape) -> Bool {
    if let agent = text(.userAgent, tape) ?? text(.oldUserAgent, tape),
      Probe.agents.contains(where: { agent.starts(with: $0) })
    {
      return true
    }
    return Probe.isPath(text(.httpRoute, tape)) || Probe.isPath(text(.urlPath, tape))
      || Probe.isPath(text(.httpTarget, tape))
  }
}
