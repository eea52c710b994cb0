import TraceModel

/// Attributes of what Elastic's agents send: OpenTelemetry's name where there is one for a value, else `elastic.` and its path in the
/// event, with dots.
///
/// - Source: OpenTelemetry semantic conventions; elastic/apm-data, input/elasticapm/docs/spec/v2.
struct ElasticNames {
  private static let prefix = "elastic."
  /// Bytes up to which paths are joined; what lies behind stays an object.
  static let longest = 200
  /// Levels up to which they are.
  static let deepest = 20

  /// How a value is written that is told elsewhere.
  enum Form {
    case text, object
    /// Microseconds since 1970.
    case time
    /// Milliseconds.
    case length
    /// `success`, `failure` or `unknown`.
    case outcome
    /// Objects of a trace's and a span's id.
    case links
  }

  /// Paths of values that are told elsewhere, as long as they are written so.
  let told: [(path: StaticString, form: Form)]
  /// Path in the event and name of the attribute.
  let attributes: [(path: StaticString, name: StaticString)]
  /// Objects whose members are attributes as they stand.
  let plain: [StaticString]

  /// Puts each value of an object as an attribute.
  ///
  /// Where two values have one name, the first has it, and the other one stands under its path.
  ///
  /// - Parameters:
  ///   - path: where the object stands in the event; empty for the event itself.
  ///   - kept: a path whose value is not told elsewhere this time.
  ///   - composed: where the attributes go; an object is open in it.
  /// - Returns: hashes of the names that were put.
  /// - Complexity: O(values × rows of the table).
  @discardableResult func put(
    _ tape: JSONTape, _ object: Int, under path: StaticString = "",
    keeping kept: StaticString? = nil,
    into composed: inout ComposedSpan
  ) -> Set<UInt64> {
    var walk = Walk(kept: kept)
    walk.place.put(Self.prefix)
    walk.place.put(path)
    put(tape, object, level: path.utf8CodeUnitCount > 0 ? 1 : 0, &walk, &composed)
    return walk.names
  }

  /// Where a walk through an event stands.
  private struct Walk: ~Copyable {
    let kept: StaticString?
    var place = ByteBuffer(capacity: 128)
    var names: Set<UInt64> = []

    init(kept: StaticString?) { self.kept = kept }

    var path: Bytes { place.bytes.slice(ElasticNames.prefix.utf8.count, place.count) }

    /// Whether no value has a name yet; from now on one has.
    mutating func isNew(_ name: Bytes) -> Bool {
      unsafe names.insert(stableHash(name.raw, seed: 0)).inserted
    }

    /// From now on a value has the name of the place.
    mutating func takePlace() { unsafe names.insert(stableHash(place.bytes.raw, seed: 0)) }
  }

  private func put(
    _ tape: JSONTape, _ object: Int, level: Int, _ walk: inout Walk,
    _ composed: inout ComposedSpan
  ) {
    let start = walk.place.count
    for (key, value) in JSONMembers(tape, object) where tape.tag(value) != JSONTape.Tag.null {
      walk.place.count = start
      if level > 0 { walk.place.put(0x2e) }
      walk.place.put(key)
      if isTold(tape, value, walk) { continue }
      if let known = attributes.first(where: { walk.path.equals($0.path) }) {
        let name = unsafe Bytes(known.name.utf8Start, known.name.utf8CodeUnitCount)
        if tape.text(value)?.count == 0 { continue }
        if walk.isNew(name) {
          composed.value(name, tape, value)
          continue
        }
      } else if tape.tag(value) == JSONTape.Tag.object {
        if plain.contains(where: { walk.path.equals($0) }) {
          putPlain(tape, value, &walk, &composed)
          continue
        }
        if level < Self.deepest, walk.place.count < Self.longest {
          put(tape, value, level: level + 1, &walk, &composed)
          continue
        }
      }
      walk.takePlace()
      composed.value(walk.place.bytes, tape, value)
    }
    walk.place.count = start
  }

  private func putPlain(
    _ tape: JSONTape, _ object: Int, _ walk: inout Walk, _ composed: inout ComposedSpan
  ) {
    let start = walk.place.count
    for (key, value) in JSONMembers(tape, object) where tape.tag(value) != JSONTape.Tag.null {
      if walk.isNew(key) {
        composed.value(key, tape, value)
        continue
      }
      walk.place.count = start
      walk.place.put(0x2e)
      walk.place.put(key)
      composed.value(walk.place.bytes, tape, value)
    }
    walk.place.count = start
  }

  private func isTold(_ tape: JSONTape, _ value: Int, _ walk: borrowing Walk) -> Bool {
    let path = walk.path
    guard let place = told.first(where: { path.equals($0.path) }) else { return false }
    if let kept = walk.kept, path.equals(kept) { return false }
    return switch place.form {
    case .text: tape.tag(value) == JSONTape.Tag.string
    case .object: tape.tag(value) == JSONTape.Tag.object
    case .time: elasticTime(tape, value) != nil
    case .length: elasticLength(tape, value) != nil
    case .outcome:
      ["success", "failure", "unknown"].contains { tape.text(value)?.equals($0) == true }
    case .links:
      tape.tag(value) == JSONTape.Tag.array
        && JSONElements(tape, value).allSatisfy { link in
          tape.tag(link) == JSONTape.Tag.object
            && JSONMembers(tape, link).allSatisfy { member in
              (member.key.equals("trace_id") || member.key.equals("span_id"))
                && tape.tag(member.value) == JSONTape.Tag.string
            }
        }
    }
  }

  /// Transactions and spans.
  static let span = ElasticNames(
    told: [
      ("id", .text), ("trace_id", .text), ("parent_id", .text), ("name", .text),
      ("timestamp", .time), ("duration", .length), ("outcome", .outcome), ("links", .links),
      ("otel.span_kind", .text), ("context.service", .object),
    ],
    attributes: [
      ("context.request.method", "http.request.method"),
      ("context.request.url.full", "url.full"), ("context.request.url.pathname", "url.path"),
      ("context.response.status_code", "http.response.status_code"),
      ("context.http.method", "http.request.method"), ("context.http.url", "url.full"),
      ("context.http.status_code", "http.response.status_code"),
      ("context.http.response.status_code", "http.response.status_code"),
      ("context.db.type", "db.system.name"), ("context.db.instance", "db.namespace"),
      ("context.db.statement", "db.query.text"),
      ("context.message.queue.name", "messaging.destination.name"),
      ("context.destination.address", "server.address"),
      ("context.destination.port", "server.port"),
      ("context.destination.service.resource", "peer.service"),
      ("context.user.id", "user.id"), ("context.user.username", "user.name"),
      ("context.user.email", "user.email"),
    ],
    plain: ["context.tags", "otel.attributes"])

  /// Errors.
  static let error = ElasticNames(
    told: [
      ("timestamp", .time), ("trace_id", .text), ("parent_id", .text), ("log.level", .text),
      ("context.service", .object),
    ],
    attributes: [
      ("exception.type", "exception.type"), ("exception.message", "exception.message"),
      ("log.logger_name", "logger"), ("culprit", "code.function.name"),
      ("context.request.method", "http.request.method"),
      ("context.request.url.full", "url.full"), ("context.request.url.pathname", "url.path"),
      ("context.response.status_code", "http.response.status_code"),
      ("context.user.id", "user.id"), ("context.user.username", "user.name"),
      ("context.user.email", "user.email"),
    ],
    plain: ["context.tags"])

  /// Sets of metrics.
  static let metrics = ElasticNames(
    told: [("timestamp", .time), ("samples", .object), ("service", .object)], attributes: [],
    plain: ["tags"])

  /// Who sends: the metadata, and the service of an event.
  static let sender = ElasticNames(
    told: [],
    attributes: [
      ("service.name", "service.name"), ("service.version", "service.version"),
      ("service.environment", "deployment.environment.name"),
      ("service.node.configured_name", "service.instance.id"),
      ("service.language.name", "telemetry.sdk.language"),
      ("service.agent.name", "telemetry.sdk.name"),
      ("service.agent.version", "telemetry.sdk.version"),
      ("service.runtime.name", "process.runtime.name"),
      ("service.runtime.version", "process.runtime.version"),
      ("process.pid", "process.pid"), ("process.argv", "process.command_args"),
      ("system.container.id", "container.id"),
      ("system.kubernetes.namespace", "k8s.namespace.name"),
      ("system.kubernetes.node.name", "k8s.node.name"),
      ("system.kubernetes.pod.name", "k8s.pod.name"),
      ("system.kubernetes.pod.uid", "k8s.pod.uid"),
      ("cloud.provider", "cloud.provider"), ("cloud.region", "cloud.region"),
      ("cloud.availability_zone", "cloud.availability_zone"),
      ("cloud.account.id", "cloud.account.id"),
    ],
    plain: ["labels"])
}

/// Microseconds since 1970 as nanoseconds; nil for what is no time.
func elasticTime(_ tape: JSONTape, _ index: Int) -> Int64? {
  guard let micros = wholeNumber(tape, index), micros > 0, micros <= .max / 1000 else { return nil }
  return micros * 1000
}

/// Milliseconds as nanoseconds; nil for what is no length.
func elasticLength(_ tape: JSONTape, _ index: Int) -> Int64? {
  if let whole = wholeNumber(tape, index) {
    return whole >= 0 && whole <= .max / 1_000_000 ? whole * 1_000_000 : nil
  }
  guard tape.tag(index) == JSONTape.Tag.double else { return nil }
  let value = (Double(bitPattern: tape.number(index)) * 1_000_000).rounded()
  return value >= 0 ? Int64(exactly: value) : nil
}
