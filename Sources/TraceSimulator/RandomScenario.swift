extension Scenario {
  /// A plausible world of 5 to 15 services with one fault, of names, shape, fault and clocks that hang on the seed.
  ///
  /// Beside the fault there are errors that are handled, errors that a retry makes good, a little noise that reaches
  /// clients, a host whose clock is wrong, lost spans, repeated and broken lines.
  ///
  /// - Parameters:
  ///   - seed: what all hangs on.
  ///   - requests: about how many requests come.
  public static func random(seed: UInt64, requests: Int = 600) -> Scenario {
    var builder = RandomWorld(seed: seed)
    return builder.build(seed: seed, requests: requests)
  }
}

/// Draws a world.
private struct RandomWorld {
  private enum FaultKind: CaseIterable {
    case operationError, badDeploy, callError, deadDependency, saturation, slowOperation
  }

  private struct Draft {
    var name: String
    var language: Scenario.Language
    var surfaces: [Scenario.Surface]
    var depth: Int
    var children: [Int] = []
    var isConsumer = false
    var calls: [[Scenario.Step]]
  }

  private var chance: Randomness
  private var drafts: [Draft] = []
  /// Services from the entry to the one that breaks.
  private var spine: [Int] = []
  private var kind = FaultKind.operationError
  private var deploysAt: Int64 = 0
  private var peers: [Scenario.Peer] = []

  init(seed: UInt64) { chance = Randomness(seed: mixed(seed &+ 0x776f_726c_64)) }

  mutating func build(seed: UInt64, requests: Int) -> Scenario {
    let duration = Int64(chance.within(8...20)) * 60_000_000_000
    let day = Int64(chance.within(0...200)) * 86_400_000_000_000
    let hour = Int64(chance.within(0...23)) * 3_600_000_000_000
    var world = Scenario(
      name: "random-\(seed)", seed: seed, start: 1_767_225_600_000_000_000 + day + hour,
      duration: duration)
    kind = chance.pick(FaultKind.allCases)
    deploysAt = duration * Int64(chance.within(45...65)) / 100
    drawServices(count: chance.within(5...15))
    drawSpine()
    drawPeers()
    drawCalls()
    world.peers = peers
    addHosts(to: &world)
    addServices(to: &world)
    addEndpoints(to: &world, requests: requests)
    addFault(to: &world)
    addTelemetryFaults(to: &world)
    return world
  }

  // MARK: - Shape

  private mutating func drawServices(count: Int) {
    let theme = chance.pick(randomThemes)
    let names = chance.shuffled(theme.services)
    let entry = chance.pick(["gateway", "edge-proxy", "web-bff", "public-api", "frontdoor"])
    let endpoints = chance.within(2...4)
    let entryRoutes = chance.shuffled(theme.routes).prefix(endpoints).map {
      Scenario.Surface.http(method: $0.0, route: $0.1)
    }
    drafts = [
      Draft(
        name: entry, language: chance.pick(Scenario.Language.allCases), surfaces: entryRoutes,
        depth: 0, calls: Array(repeating: [], count: endpoints))
    ]
    for index in 1..<count {
      // 1 and 2 make a chain, so that some service lies two calls deep; the last two hang at the entry.
      var parent = index == 1 || index >= count - 2 ? 0 : index == 2 ? 1 : chance.below(index)
      while drafts[parent].depth > 3 { parent = chance.below(index) }
      drafts.append(
        Draft(
          name: names[index - 1], language: chance.pick(Scenario.Language.allCases),
          surfaces: surfaces(names[index - 1], domain: theme.domain),
          depth: drafts[parent].depth + 1, calls: []))
      drafts[index].calls = Array(repeating: [], count: drafts[index].surfaces.count)
      drafts[parent].children.append(index)
    }
  }

  private mutating func surfaces(_ name: String, domain: String) -> [Scenario.Surface] {
    let word = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
      .joined()
    let count = chance.within(1...2)
    if chance.happens(permille: 500) {
      return chance.shuffled(["Get", "List", "Resolve", "Apply", "Check", "Create"]).prefix(count)
        .map { .rpc(service: "\(domain).\(word)", method: $0) }
    }
    let routes = [("GET", "/\(name)/{id}"), ("POST", "/\(name)"), ("GET", "/\(name)")]
    return chance.shuffled(routes).prefix(count).map { .http(method: $0.0, route: $0.1) }
  }

  private mutating func drawSpine() {
    let last = drafts.count - 2
    var deep = (1..<last).filter { drafts[$0].depth >= 2 }
    if kind == .slowOperation {
      // Its caller is where requests begin to fail; the way from there shall cross three services, too.
      deep = (1..<last).filter { drafts[$0].depth >= 3 }
      if deep.isEmpty { kind = .operationError }
    }
    var place = deep.isEmpty ? 2 : chance.pick(deep)
    spine = [place]
    while place != 0 {
      place = drafts.firstIndex { $0.children.contains(place) } ?? 0
      spine.insert(place, at: 0)
    }
  }

  private mutating func drawPeers() {
    peers = [
      Scenario.Peer("cache.internal", port: 6379, .database(system: "redis", namespace: "0"))
    ]
    for (index, draft) in drafts.enumerated() where index > 0 {
      let system = chance.pick(["postgresql", "mysql", "mongodb"])
      peers.append(
        Scenario.Peer(
          "\(draft.name)-db.internal", port: 5432,
          .database(system: system, namespace: draft.name)))
    }
    peers.append(Scenario.Peer("api.partner.example", port: 443, .external))
  }

  // MARK: - What they do

  private mutating func drawCalls() {
    let broken = spine[spine.count - 1]
    for index in drafts.indices.reversed() {
      for operation in drafts[index].surfaces.indices {
        var steps: [Scenario.Step] = [.work(latency(1...6))]
        if index == broken, operation == 0, kind == .saturation {
          steps = [.work(Latency(median: 6_000_000, spread: 350))]
        }
        if index > 0 { steps += store(index, isSure: index == broken && operation == 0) }
        if index == broken, operation == 0, kind == .deadDependency {
          steps.append(.call(partnerCall))
        }
        steps += callsToChildren(of: index, operation: operation)
        if chance.happens(permille: 300) {
          steps.append(.inner("assemble answer", [.work(latency(1...5))]))
        }
        steps.append(.work(latency(1...3)))
        drafts[index].calls[operation] = steps
      }
    }
  }

  private var partnerCall: Scenario.Call {
    Scenario.Call(
      .peer(
        "api.partner.example", .http("POST", "/v1/\(drafts[spine[spine.count - 1]].name)"),
        .milliseconds(45)), timeout: 700_000_000)
  }

  /// Reads and writes of the service's database, through a cache in half of the cases.
  private mutating func store(_ index: Int, isSure: Bool) -> [Scenario.Step] {
    guard isSure || chance.happens(permille: 700) else { return [] }
    let query = Scenario.Step.call(databaseCall(of: index))
    if isSure || chance.happens(permille: 500) { return [query] }
    let read = Scenario.Call(
      .peer("cache.internal", .command("GET", drafts[index].name), .microseconds(500)))
    return [.call(read), .sometimes(permille: 300, [query])]
  }

  private func databaseCall(of index: Int) -> Scenario.Call {
    let table = drafts[index].name.replacing("-", with: "_")
    return Scenario.Call(
      .peer(
        "\(drafts[index].name)-db.internal",
        .query("SELECT", table, text: "SELECT id, state, payload FROM \(table) WHERE id = $1"),
        .milliseconds(4)))
  }

  private mutating func callsToChildren(of index: Int, operation: Int) -> [Scenario.Step] {
    var calls: [Scenario.Call] = []
    for child in drafts[index].children {
      let next = spine.firstIndex(of: index).map { $0 + 1 < spine.count ? spine[$0 + 1] : -1 }
      let isSpine = next == child && operation == 0
      // The entry shares its callees out among its endpoints; every callee is called by one at least.
      let isOwn = child % drafts[index].surfaces.count == operation || child >= drafts.count - 2
      guard isSpine || isOwn || chance.happens(permille: 300) else { continue }
      calls.append(call(to: child, isSpine: isSpine))
    }
    if calls.count > 1, chance.happens(permille: 400) { return [.parallel(calls)] }
    return calls.map { .call($0) }
  }

  private mutating func call(to child: Int, isSpine: Bool) -> Scenario.Call {
    let surfaces = drafts[child].surfaces
    let operation = isSpine ? 0 : chance.below(surfaces.count)
    var call = Scenario.Call(.operation(drafts[child].name, surfaces[operation].spanName))
    let depth = drafts[child].depth
    call.timeout =
      spine.contains(child) ? Int64(14 - 2 * depth) * 1_000_000_000 : 2_000_000_000
    if child == drafts.count - 1 {
      call.fallback = []
    } else if child == drafts.count - 2 {
      call.attempts = 3
    } else if isSpine {
      if kind == .slowOperation, child == spine[spine.count - 1] {
        call.timeout = 600_000_000
      } else if kind != .slowOperation, chance.happens(permille: 400) {
        call.attempts = 2
      }
    } else if !spine.contains(child), chance.happens(permille: 250) {
      call.fallback = []
    }
    return call
  }

  private mutating func latency(_ milliseconds: ClosedRange<Int>) -> Latency {
    Latency(
      median: Int64(chance.within(milliseconds)) * 1_000_000
        + Int64(chance.below(900)) * 1000, spread: chance.within(350...800))
  }

  // MARK: - The world

  private mutating func addHosts(to world: inout Scenario) {
    world.hosts = [Scenario.Host("host-1")]
    let count = chance.within(3...6)
    let wrong = chance.within(2...count)
    for number in 2...count {
      let offset = chance.pick([-400, -250, -180, -900, 150, 320, 700])
      world.hosts.append(
        Scenario.Host(
          "host-\(number)", clockOffset: number == wrong ? Int64(offset) * 1_000_000 : 0))
    }
  }

  private mutating func addServices(to world: inout Scenario) {
    let broken = spine[spine.count - 1]
    for (index, draft) in drafts.enumerated() {
      let version = "\(chance.within(0...4)).\(chance.below(20)).\(chance.below(9))"
      var count = chance.within(1...3)
      if index == broken, kind == .badDeploy { count = 3 }
      if index == broken, kind == .saturation { count = 1 }
      var instances: [Scenario.Instance] = []
      for number in 1...count {
        // The entry lives on the first host, whose clock is right: its spans tell when requests came.
        let host = index == 0 ? "host-1" : "host-\(chance.within(1...world.hosts.count))"
        instances.append(
          Scenario.Instance("\(draft.name)-\(number)", on: host, version: version))
      }
      if index == broken, kind == .badDeploy {
        for number in 1...2 {
          instances[number].until = deploysAt
          instances.append(
            Scenario.Instance(
              "\(draft.name)-n\(number)", on: instances[number].host, version: "5.0.0",
              from: deploysAt))
        }
      }
      var operations: [Scenario.Operation] = []
      for (place, surface) in draft.surfaces.enumerated() {
        operations.append(
          Scenario.Operation(surface, draft.calls[place], noise: noise(of: index)))
      }
      world.services.append(
        Scenario.Service(
          draft.name, draft.language, instances: instances,
          slotTimeout: index == broken && kind == .saturation ? 300_000_000 : 0,
          operations: operations))
    }
  }

  private mutating func noise(of index: Int) -> Scenario.Failing? {
    let exception = chance.pick(randomNoise)
    switch index {
    case drafts.count - 1: return Scenario.Failing(permille: chance.within(50...110), exception)
    case drafts.count - 2: return Scenario.Failing(permille: chance.within(30...60), exception)
    case 0: return nil
    default:
      return spine.contains(index) || chance.happens(permille: 700)
        ? nil : Scenario.Failing(permille: chance.within(1...2), exception)
    }
  }

  private mutating func addEndpoints(to world: inout Scenario, requests: Int) {
    let perMinute = max(4, requests * 60 / Int(world.duration / 1_000_000_000))
    let others = drafts[0].surfaces.count - 1
    for (index, surface) in drafts[0].surfaces.enumerated() {
      let share = index == 0 ? perMinute / 2 : perMinute / 2 / others
      world.endpoints.append(
        Scenario.Endpoint(drafts[0].name, surface.spanName, perMinute: max(1, share)))
    }
  }

  private mutating func addFault(to world: inout Scenario) {
    let broken = spine[spine.count - 1]
    let name = drafts[broken].name
    let operation = Scenario.Fault.Spot.operation(drafts[broken].surfaces[0].spanName)
    let failing = Scenario.Failing(
      permille: chance.within(700...1000), chance.pick(randomFailures))
    func fault(
      _ spot: Scenario.Fault.Spot, _ effect: Scenario.Fault.Effect, version: String? = nil
    ) -> Scenario.Fault {
      Scenario.Fault(name, spot, effect, version: version, from: deploysAt)
    }
    switch kind {
    case .operationError: world.faults = [fault(operation, .fail(failing))]
    case .badDeploy:
      var always = failing
      always.permille = 1000
      world.faults = [fault(operation, .fail(always), version: "5.0.0")]
    case .callError:
      let query = Scenario.PeerRequest.query("SELECT", name.replacing("-", with: "_"), text: "")
      var lost = failing
      lost.exception = chance.pick(randomDatabaseFailures)
      world.faults = [fault(.call(query.spanName), .fail(lost))]
    case .deadDependency:
      world.faults = [
        fault(.call(Scenario.PeerRequest.http("POST", "/v1/\(name)").spanName), .dead)
      ]
    case .saturation:
      world.faults = [fault(.service, .slots(1)), fault(operation, .slow(percent: 25_000))]
    case .slowOperation: world.faults = [fault(operation, .slow(percent: 60_000))]
    }
  }

  private mutating func addTelemetryFaults(to world: inout Scenario) {
    let callers = drafts.indices.dropFirst().filter { !drafts[$0].children.isEmpty }
    let instance = world.services[chance.pick(Array(callers))].instances[0]
    world.telemetry.losses = [
      Scenario.TelemetryFaults.Loss(
        instance: instance.id, from: deploysAt / 4, until: deploysAt * 2 / 3)
    ]
    world.telemetry.brokenTraceLines = chance.within(1...6)
    world.telemetry.brokenLogLines = chance.below(3)
    world.telemetry.repeatedLinesPermille = chance.below(15)
    world.telemetry.unfinishedPermille = chance.below(8)
    world.telemetry.cutsLastTraceLine = chance.happens(permille: 300)
    world.probeInterval = chance.happens(permille: 700) ? 30_000_000_000 : 0
    world.chatterInterval = 60_000_000_000
    world.accessLogPermille = 150
  }
}
