/// Much telemetry of one dull world, for measuring: every trace has 26 spans, a span about 650 bytes and 6 attributes.
///
/// Written while it is simulated, so that a million spans need little memory.
public struct Load: Sendable {
  /// How the spans lie in the file.
  public enum Shape: String, Sendable, CaseIterable {
    /// A request of the senders a line, with several resources; about 100 spans on each.
    case lines
    /// One object with one resource, which stands before the spans.
    case document
    /// The same with the resource after the spans.
    case documentLate = "document-late"
  }

  /// Spans of each trace.
  public static let spansPerTrace = 26

  /// How many traces.
  public var traces: Int
  /// How they lie in the file.
  public var shape: Shape
  /// In lines: whether the spans of a trace lie on about 80 lines, as they do when senders and batches mix;
  /// otherwise all on one.
  public var isSpread: Bool
  /// What chance is drawn from.
  public var seed: UInt64

  /// - Parameter spans: how many there shall be; it is rounded up to whole traces.
  public init(spans: Int, shape: Shape, isSpread: Bool = false, seed: UInt64 = 1) {
    traces = spans / Load.spansPerTrace + (spans % Load.spansPerTrace > 0 ? 1 : 0)
    self.shape = shape
    self.isSpread = isSpread
    self.seed = seed
  }

  /// Simulates and writes.
  ///
  /// - Parameter sink: takes the next bytes of the file.
  /// - Returns: the truth, with the numbers of traces and spans that were written.
  public func write(to sink: @escaping ([UInt8]) -> Void) -> GroundTruth {
    var scenario = Load.scenario(seed: seed)
    scenario.requestLimit = traces
    var simulation = Simulation(scenario)
    var writer = LoadWriter(
      self, OTLPEncoder(shapes: simulation.shapes, resources: simulation.resources), sink)
    var open: [Int: [SimulatedSpan]] = [:]
    simulation.run(
      onSpan: { open[$0.trace, default: []].append($0) }, onLog: { _ in },
      onTraceEnd: { trace in
        if let spans = open.removeValue(forKey: trace) { writer.append(trace: spans) }
      })
    writer.finish()
    var truth = simulation.truth
    truth.traces = traces
    truth.spans = writer.spans
    truth.spansWritten = writer.spans
    return truth
  }
}

/// Puts whole traces into the file's shape.
private struct LoadWriter {
  private static let ring = 80
  private static let tracesPerLine = 4

  private(set) var spans = 0
  private let load: Load
  private var encoder: OTLPEncoder
  private let sink: ([UInt8]) -> Void
  private var chance: Randomness
  /// Lines that are being filled, the oldest at `oldest`; one where traces are not spread.
  private var lines: [[SimulatedSpan]]
  private var oldest = 0
  private var traces = 0

  init(_ load: Load, _ encoder: OTLPEncoder, _ sink: @escaping ([UInt8]) -> Void) {
    self.load = load
    self.encoder = encoder
    self.sink = sink
    chance = Randomness(seed: load.seed ^ 0x6c6f_6164)
    lines = Array(repeating: [], count: load.isSpread ? LoadWriter.ring : 1)
    if load.shape == .document {
      self.encoder.bytes.append("{\"resourceSpans\":[{")
      self.encoder.append(resource: 0)
      self.encoder.bytes.append(",\"scopeSpans\":[{")
      self.encoder.append(scopeOf: 0)
      self.encoder.bytes.append(",\"spans\":[")
    } else if load.shape == .documentLate {
      self.encoder.bytes.append("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[")
    }
  }

  mutating func append(trace: [SimulatedSpan]) {
    traces += 1
    if load.shape != .lines {
      for span in trace {
        if spans > 0 { encoder.bytes.append(UInt8(ascii: ",")) }
        encoder.append(span)
        spans += 1
      }
      if encoder.bytes.count > 1 << 18 { flush() }
      return
    }
    for span in trace { lines[(oldest + chance.below(lines.count)) % lines.count].append(span) }
    spans += trace.count
    if traces % LoadWriter.tracesPerLine == 0 { writeOldest() }
  }

  mutating func finish() {
    switch load.shape {
    case .lines: for _ in lines { writeOldest() }
    case .document: encoder.bytes.append("]}]}]}\n")
    case .documentLate:
      encoder.bytes.append("],")
      encoder.append(scopeOf: 0)
      encoder.bytes.append("}],")
      encoder.append(resource: 0)
      encoder.bytes.append("}]}\n")
    }
    flush()
  }

  private mutating func writeOldest() {
    let line = lines[oldest]
    lines[oldest].removeAll(keepingCapacity: true)
    oldest = (oldest + 1) % lines.count
    if line.isEmpty { return }
    var first = true
    encoder.bytes.append("{\"resourceSpans\":[")
    for resource in encoder.resourceIndexes {
      var isOpen = false
      for span in line where span.resource == resource {
        if isOpen {
          encoder.bytes.append(UInt8(ascii: ","))
        } else {
          encoder.bytes.append(first ? "{" : ",{")
          encoder.append(resource: resource)
          encoder.bytes.append(",\"scopeSpans\":[{")
          encoder.append(scopeOf: resource)
          encoder.bytes.append(",\"spans\":[")
        }
        encoder.append(span)
        isOpen = true
        first = false
      }
      if isOpen { encoder.bytes.append("]}]}") }
    }
    encoder.bytes.append("]}\n")
    flush()
  }

  private mutating func flush() {
    sink(encoder.bytes)
    encoder.bytes.removeAll(keepingCapacity: true)
  }
}

// MARK: - The world

extension Load {
  static func scenario(seed: UInt64) -> Scenario {
    var world = Scenario(
      name: "load", seed: seed, start: 1_772_445_600_000_000_000, duration: .max / 4)
    world.hosts = (1...4).map { Scenario.Host("node-\($0)") }
    world.peers = [
      Scenario.Peer("orders-db", port: 5432, .database(system: "postgresql", namespace: "orders")),
      Scenario.Peer("redis", port: 6379, .database(system: "redis", namespace: "0")),
      Scenario.Peer("api.cards.example", port: 443, .external),
    ]
    world.queues = [Scenario.Queue("orders", system: "kafka", delay: .milliseconds(20))]
    world.services = services
    world.endpoints = [Scenario.Endpoint("gateway", "POST /orders", perMinute: 30_000)]
    return world
  }

  private static func service(
    _ name: String, _ language: Scenario.Language, _ surface: Scenario.Surface,
    _ steps: [Scenario.Step], noise: Scenario.Failing? = nil
  ) -> Scenario.Service {
    Scenario.Service(
      name, language,
      instances: (1...2).map {
        Scenario.Instance(
          "\(name)-\($0)", on: "node-\((name.utf8.count + $0) % 4 + 1)", version: "1.4.2")
      }, slots: 100_000, operations: [Scenario.Operation(surface, steps, noise: noise)])
  }

  private static func query(_ verb: String, _ table: String) -> Scenario.Step {
    .call(
      Scenario.Call(
        .peer(
          "orders-db",
          .query(verb, table, text: "\(verb) \(table) … WHERE id = $1 AND tenant = $2"),
          .milliseconds(3))))
  }

  private static func ask(_ service: String, _ operation: String) -> Scenario.Call {
    Scenario.Call(.operation(service, operation))
  }

  private static let cacheRead = Scenario.Step.call(
    Scenario.Call(.peer("redis", .command("GET", "session"), .microseconds(400))))

  private static let charge = Scenario.Step.call(
    Scenario.Call(.peer("api.cards.example", .http("POST", "/v2/charges"), .milliseconds(40))))

  private static let services: [Scenario.Service] = [
    service(
      "gateway", .nodejs, .http(method: "POST", route: "/orders"),
      [
        .work(.milliseconds(1)), .call(ask("checkout", "POST /checkout")),
        .call(
          Scenario.Call(.operation("recommendation", "GET /recommendations"), fallback: [])),
      ], noise: Scenario.Failing(permille: 10, Scenario.Exception("RangeError", "too many items"))),
    service(
      "checkout", .java, .http(method: "POST", route: "/checkout"),
      [
        .work(.milliseconds(2)),
        .parallel([ask("cart", "shop.Cart/Get"), ask("pricing", "POST /quotes")]),
        .inner("reserve stock", [.call(ask("inventory", "shop.Inventory/Reserve"))]),
        .call(ask("payment", "POST /payments")), query("INSERT", "orders"),
        .publish(queue: "orders"),
      ]),
    service(
      "cart", .go, .rpc(service: "shop.Cart", method: "Get"),
      [.work(.milliseconds(1)), cacheRead]),
    service(
      "pricing", .python, .http(method: "POST", route: "/quotes"),
      [.work(.milliseconds(3)), query("SELECT", "prices")]),
    service(
      "inventory", .java, .rpc(service: "shop.Inventory", method: "Reserve"),
      [.work(.milliseconds(1)), query("SELECT", "stock"), query("UPDATE", "stock")]),
    service(
      "payment", .dotnet, .http(method: "POST", route: "/payments"),
      [.work(.milliseconds(1)), charge, query("INSERT", "payments")]),
    service(
      "notification", .nodejs, .consumer(queue: "orders"), [.work(.milliseconds(1)), charge]),
    service(
      "recommendation", .python, .http(method: "GET", route: "/recommendations"),
      [.work(.milliseconds(1)), cacheRead, .inner("rank", [.work(.milliseconds(4))])],
      noise: Scenario.Failing(permille: 50, Scenario.Exception("ValueError", "no candidates"))),
  ]
}
