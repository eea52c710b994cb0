import TraceModel

/// Attributes of what Elastic's agents send: OpenTelemetry's name where there is one for a value, else `elastic.` and its path in the
/// event, with dots.
///
/// - Source: OpenTelemetry semantic conventions; elastic/apm-data, input/elasticapm/docs/spec/v2.
struct ElasticNames {
  private static let prefix = "elastic."
  /// Paths are joined up to this many bytes and levels; what lies deeper stays an object.
  static let longest = 200
  static let deepest = 20

  /// Path in the event and name of the attribute; without a name the value is told elsewhere.
  let attributes: [(path: StaticString, name: StaticString)]
  /// Objects whose members are attributes as they stand.
  let plain: [StaticString]

  /// Puts each value of an object as an attribute.
  ///
  /// Where two values have one name, the first has it, and the other one stands under its path.
  ///
  /// - Parameters:
  ///   - path: where the object stands in the event; empty for the event itself.
  ///   - composed: where the attributes go; an object is open in it.
  /// - Returns: hashes of the names that were put.
  /// - Complexity: O(values × rows of the table).
  @discardableResult func put(
    _ tape: JSONTape, _ object: Int, under path: StaticString = "",
    into composed: inout ComposedSpan
  ) -> Set<UInt64> {
    var place = ByteBuffer(capacity: 128)
    place.put(Self.prefix)
    place.put(path)
    var names: Set<UInt64> = []
    put(tape, object, level: path.utf8CodeUnitCount > 0 ? 1 : 0, &place, &names, &composed)
    return names
  }

  private func put(
    _ tape: JSONTape, _ object: Int, level: Int, _ place: inout ByteBuffer,
    _ names: inout Set<UInt64>, _ composed: inout ComposedSpan
  ) {
    let start = place.count
    for (key, value) in JSONMembers(tape, object) where tape.tag(value) != JSONTape.Tag.null {
      place.count = start
      if level > 0 { place.put(0x2e) }
      place.put(key)
      let path = place.bytes.slice(Self.prefix.utf8.count, place.count)
      let isObject = tape.tag(value) == JSONTape.Tag.object
      if let known = attributes.first(where: { path.equals($0.path) }) {
        let name = unsafe Bytes(known.name.utf8Start, known.name.utf8CodeUnitCount)
        if name.count == 0 || tape.text(value)?.count == 0 { continue }
        if unsafe names.insert(stableHash(name.raw, seed: 0)).inserted {
          composed.value(name, tape, value)
          continue
        }
      } else if isObject, plain.contains(where: { path.equals($0) }) {
        composed.members(tape, value)
        continue
      } else if isObject, level < Self.deepest, place.count < Self.longest {
        put(tape, value, level: level + 1, &place, &names, &composed)
        continue
      }
      unsafe names.insert(stableHash(place.bytes.raw, seed: 0))
      composed.value(place.bytes, tape, value)
    }
    place.count = start
  }

  /// Transactions and spans.
  static let span = ElasticNames(
    attributes: [
      ("id", ""), ("trace_id", ""), ("parent_id", ""), ("name", ""), ("timestamp", ""),
      ("duration", ""), ("outcome", ""), ("links", ""), ("otel.span_kind", ""),
      ("context.service", ""),
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
    attributes: [
      ("timestamp", ""), ("trace_id", ""), ("parent_id", ""), ("log.level", ""),
      ("context.service", ""),
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
    attributes: [("timestamp", ""), ("samples", ""), ("service", "")], plain: ["tags"])

  /// Who sends: the metadata, and the service of an event.
  static let sender = ElasticNames(
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
