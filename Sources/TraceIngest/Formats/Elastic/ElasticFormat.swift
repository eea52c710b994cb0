extension Format {
  /// Events as Elastic's agents send them to the APM server ("intake v2"): a line of metadata, which holds for the lines behind it, then
  /// a transaction, span, error or set of metrics a line; and transactions and spans as Elasticsearch keeps them.
  static let elastic = Format(
    name: "elastic", contents: "Elastic APM events", framing: .json(isOrdered: true)
  ) {
    $0.outline.has("metadata.service")
      || $0.outline.has("transaction.trace_id") || $0.outline.has("span.transaction_id")
      || $0.outline.has("trace.id")
        && ($0.outline.has("span.duration.us") || $0.outline.has("transaction.duration.us"))
  }
}

/// What an Elastic agent says of itself before its events.
struct ElasticSender: ~Copyable {
  private var resource = ComposedSpan()
  /// Its stack traces are Python's.
  private(set) var isPython = false

  /// Attributes of the resource, as one object; the tape holds until the next metadata.
  mutating func attributes() -> JSONTape { resource.tape() }

  /// Takes over a line of metadata.
  mutating func read(_ tape: JSONTape, _ metadata: Int) {
    func member(_ object: Int, _ name: StaticString) -> Int {
      for (key, value) in JSONMembers(tape, object) where key.equals(name) { return value }
      return 0
    }
    func text(_ object: Int, _ name: StaticString) -> Bytes? {
      tape.text(member(object, name)).flatMap { $0.count > 0 ? $0 : nil }
    }
    let service = member(metadata, "service")
    let system = member(metadata, "system")
    resource.begin()
    resource.text(
      "host.name",
      text(system, "configured_hostname") ?? text(system, "detected_hostname")
        ?? text(system, "hostname"))
    ElasticNames.sender.put(tape, metadata, into: &resource)
    _ = resource.finish()
    let agent = text(member(service, "agent"), "name")
    let language = text(member(service, "language"), "name")
    isPython = agent?.string.contains("python") == true || language?.equals("python") == true
  }
}
