/// A scenario with all names resolved: what the simulation runs.
struct Plan {
  /// What a body does next, with names resolved.
  enum Instruction {
    case work(Latency)
    case call(Int)
    case parallel([Int])
    case inner(shape: Int, program: Int)
    case publish(queue: Int, shape: Int)
    case detach(shape: Int, program: Int)
    case sometimes(permille: Int, program: Int)
    case log(Int, String)
  }

  struct CallPlan {
    var shape: Int
    var spot: Scenario.Fault.Spot
    /// Service and operation, or nil for a peer.
    var callee: (service: Int, operation: Int)?
    var latency: Latency
    var timeout: Int64
    var attempts: Int
    var backoff: Int64
    /// Program that replaces a failed call, -1 where the caller fails.
    var fallback: Int
  }

  struct OperationPlan {
    var shape: Int
    var program: Int
    var spot: Scenario.Fault.Spot
    var noise: Scenario.Failing?
  }

  var shapes: [SpanShape] = []
  var programs: [[Instruction]] = []
  var calls: [CallPlan] = []
  /// By service, then operation.
  var operations: [[OperationPlan]] = []
  /// Service and operation that takes the messages of each queue.
  var consumers: [(service: Int, operation: Int)] = []
  var resources: [SimulatedResource] = []
  /// First resource of each service; they follow each other in the order of the instances.
  var firstResource: [Int] = []
  /// Shape of the health probe of each service.
  var probeShapes: [Int] = []
  /// Faults of each service.
  var faults: [[Scenario.Fault]] = []

  private let scenario: Scenario

  init(_ scenario: Scenario) {
    self.scenario = scenario
    for service in scenario.services {
      firstResource.append(resources.count)
      for instance in service.instances {
        guard let host = scenario.hosts.first(where: { $0.name == instance.host }) else {
          preconditionFailure("scenario names no host \(instance.host)")
        }
        resources.append(
          SimulatedResource(
            service: service.name, instance: instance.id, version: instance.version,
            host: host.name, language: service.language, clockOffset: host.clockOffset))
      }
      faults.append(scenario.faults.filter { $0.service == service.name })
    }
    for service in scenario.services.indices { addOperations(of: service) }
    for queue in scenario.queues {
      consumers.append(operation(ofAny: Scenario.Surface.consumer(queue: queue.name).spanName))
    }
  }

  /// Indexes of a service's operation, by names.
  func operation(_ service: String, _ name: String) -> (service: Int, operation: Int) {
    guard let index = scenario.services.firstIndex(where: { $0.name == service }),
      let place = scenario.services[index].operations.firstIndex(where: {
        $0.surface.spanName == name
      })
    else { preconditionFailure("scenario has no operation \(service) \(name)") }
    return (index, place)
  }

  private func operation(ofAny name: String) -> (service: Int, operation: Int) {
    for service in scenario.services
    where service.operations.contains(where: { $0.surface.spanName == name }) {
      return operation(service.name, name)
    }
    preconditionFailure("scenario has no operation \(name)")
  }

  private mutating func addOperations(of index: Int) {
    let service = scenario.services[index]
    var plans: [OperationPlan] = []
    for operation in service.operations {
      let shape = add(shape: serverShape(of: operation.surface, service: index))
      plans.append(
        OperationPlan(
          shape: shape, program: add(program: operation.steps, service: index),
          spot: .operation(operation.surface.spanName), noise: operation.noise))
    }
    operations.append(plans)
    probeShapes.append(
      add(
        shape: SpanShape(
          service: index, name: "GET /healthz", kind: 2,
          attributes: [
            SimulatedAttribute("http.request.method", .text("GET")),
            SimulatedAttribute("http.route", .text("/healthz")),
            SimulatedAttribute("url.path", .text("/healthz")),
            SimulatedAttribute("user_agent.original", .text("kube-probe/1.29")),
          ], convention: .http)))
  }

  private mutating func add(shape: SpanShape) -> Int {
    shapes.append(shape)
    return shapes.count - 1
  }

  private mutating func add(program steps: [Scenario.Step], service: Int) -> Int {
    let instructions = steps.map { instruction(of: $0, service: service) }
    programs.append(instructions)
    return programs.count - 1
  }

  private mutating func instruction(of step: Scenario.Step, service: Int) -> Instruction {
    switch step {
    case .work(let latency): return .work(latency)
    case .call(let call): return .call(add(call: call, service: service))
    case .parallel(let calls): return .parallel(calls.map { add(call: $0, service: service) })
    case .inner(let name, let steps):
      return .inner(
        shape: add(shape: innerShape(name, service: service)),
        program: add(program: steps, service: service))
    case .publish(let name):
      guard let queue = scenario.queues.firstIndex(where: { $0.name == name }) else {
        preconditionFailure("scenario has no queue \(name)")
      }
      return .publish(
        queue: queue, shape: add(shape: messageShape(queue, kind: 4, service: service)))
    case .detach(let name, let steps):
      return .detach(
        shape: add(shape: innerShape(name, service: service)),
        program: add(program: steps, service: service))
    case .sometimes(let permille, let steps):
      return .sometimes(permille: permille, program: add(program: steps, service: service))
    case .log(let severity, let text): return .log(severity, text)
    }
  }

  private mutating func add(call: Scenario.Call, service: Int) -> Int {
    var plan = CallPlan(
      shape: 0, spot: .service, callee: nil, latency: .microseconds(500), timeout: call.timeout,
      attempts: max(1, call.attempts), backoff: call.backoff, fallback: -1)
    switch call.target {
    case .operation(let name, let spanName):
      let callee = operation(name, spanName)
      let surface = scenario.services[callee.service].operations[callee.operation].surface
      plan.callee = callee
      plan.shape = add(shape: clientShape(of: surface, callee: name, service: service))
      plan.spot = .call(spanName)
    case .peer(let name, let request, let latency):
      guard let peer = scenario.peers.first(where: { $0.name == name }) else {
        preconditionFailure("scenario has no peer \(name)")
      }
      plan.latency = latency
      plan.shape = add(shape: peerShape(request, of: peer, service: service))
      plan.spot = .call(request.spanName)
    }
    if let fallback = call.fallback { plan.fallback = add(program: fallback, service: service) }
    calls.append(plan)
    return calls.count - 1
  }
}

// MARK: - Attributes, by OpenTelemetry's semantic conventions

extension Plan {
  private func serverShape(of surface: Scenario.Surface, service: Int) -> SpanShape {
    var attributes: [SimulatedAttribute] = []
    switch surface {
    case .http(let method, let route):
      let path = String(route.prefix { $0 != "{" })
      attributes = [
        SimulatedAttribute("http.request.method", .text(method)),
        SimulatedAttribute("http.route", .text(route)),
        SimulatedAttribute(
          "url.path", path == route ? .text(route) : .perTrace(path, below: 90_000)),
        SimulatedAttribute("url.scheme", .text("http")),
        SimulatedAttribute("client.address", .perTrace("10.42.7.", below: 250)),
      ]
    case .rpc(let name, let method):
      attributes = rpcAttributes(name, method)
    case .consumer(let name):
      guard let queue = scenario.queues.firstIndex(where: { $0.name == name }) else {
        preconditionFailure("scenario has no queue \(name)")
      }
      return messageShape(queue, kind: 5, service: service)
    }
    return SpanShape(
      service: service, name: surface.spanName, kind: 2, attributes: attributes,
      convention: surface.convention)
  }

  private func clientShape(of surface: Scenario.Surface, callee: String, service: Int)
    -> SpanShape
  {
    var attributes: [SimulatedAttribute]
    switch surface {
    case .http(let method, let route):
      attributes = [
        SimulatedAttribute("http.request.method", .text(method)),
        SimulatedAttribute("url.template", .text(route)),
        SimulatedAttribute("server.address", .text(callee)),
        SimulatedAttribute("server.port", .integer(8080)),
      ]
    case .rpc(let name, let method):
      attributes = rpcAttributes(name, method)
      attributes.append(SimulatedAttribute("server.address", .text(callee)))
      attributes.append(SimulatedAttribute("server.port", .integer(9090)))
    case .consumer:
      preconditionFailure("a consumer takes messages, it cannot be called")
    }
    return SpanShape(
      service: service, name: surface.spanName, kind: 3, attributes: attributes,
      convention: surface.convention)
  }

  private func peerShape(
    _ request: Scenario.PeerRequest, of peer: Scenario.Peer, service: Int
  ) -> SpanShape {
    var attributes: [SimulatedAttribute] = []
    if case .database(let system, let namespace) = peer.kind {
      attributes.append(SimulatedAttribute("db.system.name", .text(system)))
      attributes.append(SimulatedAttribute("db.namespace", .text(namespace)))
    }
    var convention = SpanShape.Convention.plain
    switch request {
    case .query(let verb, let collection, let text):
      attributes += [
        SimulatedAttribute("db.operation.name", .text(verb)),
        SimulatedAttribute("db.collection.name", .text(collection)),
        SimulatedAttribute("db.query.text", .text(text)),
      ]
    case .command(let verb, let keys):
      attributes += [
        SimulatedAttribute("db.operation.name", .text(verb)),
        SimulatedAttribute("db.query.text", .perTrace("\(verb) \(keys):", below: 90_000)),
      ]
    case .http(let method, let template):
      convention = .http
      attributes += [
        SimulatedAttribute("http.request.method", .text(method)),
        SimulatedAttribute("url.template", .text(template)),
      ]
    }
    attributes += [
      SimulatedAttribute("server.address", .text(peer.name)),
      SimulatedAttribute("server.port", .integer(peer.port)),
    ]
    return SpanShape(
      service: service, name: request.spanName, kind: 3, attributes: attributes,
      convention: convention)
  }

  private func messageShape(_ queue: Int, kind: Int, service: Int) -> SpanShape {
    let queue = scenario.queues[queue]
    let verb = kind == 4 ? "send" : "process"
    return SpanShape(
      service: service, name: "\(verb) \(queue.name)", kind: kind,
      attributes: [
        SimulatedAttribute("messaging.system", .text(queue.system)),
        SimulatedAttribute("messaging.operation.name", .text(verb)),
        SimulatedAttribute("messaging.operation.type", .text(verb)),
        SimulatedAttribute("messaging.destination.name", .text(queue.name)),
        SimulatedAttribute("messaging.message.id", .perTrace("msg-", below: 1_000_000_000)),
        SimulatedAttribute("messaging.message.body.size", .integerPerSpan(below: 4000)),
      ], convention: .plain)
  }

  private func innerShape(_ name: String, service: Int) -> SpanShape {
    SpanShape(
      service: service, name: name, kind: 1,
      attributes: [SimulatedAttribute("code.function.name", .text(name))], convention: .plain)
  }

  private func rpcAttributes(_ name: String, _ method: String) -> [SimulatedAttribute] {
    [
      SimulatedAttribute("rpc.system", .text("grpc")),
      SimulatedAttribute("rpc.service", .text(name)),
      SimulatedAttribute("rpc.method", .text(method)),
    ]
  }
}

extension Scenario.Surface {
  fileprivate var convention: SpanShape.Convention {
    switch self {
    case .http: .http
    case .rpc: .rpc
    case .consumer: .plain
    }
  }
}
