/// Runs a scenario in virtual time: requests come, wait for slots, work, call each other, fail, are retried and given up.
///
/// A discrete-event simulation: every step of every request is an event in one queue, so that requests get into each
/// other's way as they do in life. Spans come out when they end.
///
/// - Complexity: O(*n* log *m*) for *n* spans of which *m* are open at a time; memory O(*m* + traces).
/// - Source: Law, "Simulation Modeling and Analysis", next-event time advance.
public struct Simulation {
  /// What spans have in common.
  public var shapes: [SpanShape] { plan.shapes }
  /// Who sends spans.
  public var resources: [SimulatedResource] { plan.resources }
  /// The truth so far; complete when `run` returns.
  public internal(set) var truth = GroundTruth()

  let scenario: Scenario
  let plan: Plan
  var chance: Randomness
  var now: Int64
  var queue = EventQueue()
  var frames: [Frame] = []
  var freeFrames: [Int] = []
  /// Requests that each resource works on.
  var busy: [Int]
  var lines: [WaitingLine]
  var traces: [TraceState] = []
  var chains: [[Int]: (count: Int, blame: String)] = [:]
  var onSpan: (SimulatedSpan) -> Void = { _ in }
  var onLog: (SimulatedLog) -> Void = { _ in }
  var onTraceEnd: (Int) -> Void = { _ in }

  /// What is remembered of a trace until its last span has ended.
  struct TraceState {
    var open = 0
    var isProbe = false
    var rootFailed = false
    var hadError = false
    var wasRetried = false
  }

  /// A simulation that has not begun.
  ///
  /// - Precondition: every name that the scenario uses exists in it.
  public init(_ scenario: Scenario) {
    self.scenario = scenario
    plan = Plan(scenario)
    chance = Randomness(seed: scenario.seed)
    now = scenario.start
    busy = Array(repeating: 0, count: plan.resources.count)
    lines = Array(repeating: WaitingLine(), count: plan.resources.count)
  }

  /// All telemetry of a scenario, before anything goes wrong with it.
  public static func run(_ scenario: Scenario) -> SimulatedTelemetry {
    var simulation = Simulation(scenario)
    var spans: [SimulatedSpan] = []
    var logs: [SimulatedLog] = []
    simulation.run(onSpan: { spans.append($0) }, onLog: { logs.append($0) })
    return SimulatedTelemetry(
      spans: spans, logs: logs, shapes: simulation.shapes, resources: simulation.resources,
      truth: simulation.truth)
  }

  /// Runs to the end.
  ///
  /// - Parameters:
  ///   - onSpan: takes each span when it ends.
  ///   - onLog: takes each log record when it is written.
  ///   - onTraceEnd: takes the ordinal of each trace when its last span has ended.
  public mutating func run(
    onSpan: @escaping (SimulatedSpan) -> Void, onLog: @escaping (SimulatedLog) -> Void,
    onTraceEnd: @escaping (Int) -> Void = { _ in }
  ) {
    self.onSpan = onSpan
    self.onLog = onLog
    self.onTraceEnd = onTraceEnd
    describeFault()
    planBeginnings()
    while let event = queue.next() {
      now = event.time
      happen(event)
    }
    settleTruth()
    // The closures hold what belongs to the caller.
    self.onSpan = { _ in }
    self.onLog = { _ in }
    self.onTraceEnd = { _ in }
  }

  private mutating func planBeginnings() {
    for (index, endpoint) in scenario.endpoints.enumerated() where endpoint.perMinute > 0 {
      planRequest(index)
    }
    for (index, service) in scenario.services.enumerated() {
      for (place, instance) in service.instances.enumerated() {
        let resource = plan.firstResource[index] + place
        if scenario.probeInterval > 0 {
          let phase = Int64(chance.below(Int(scenario.probeInterval / 1_000_000))) * 1_000_000
          queue.plan(.probe, resource, at: scenario.start + max(0, instance.from) + phase)
        }
        if scenario.chatterInterval > 0 {
          let wait = chance.wait(mean: scenario.chatterInterval)
          queue.plan(.chatter, resource, at: scenario.start + instance.from + wait)
        }
        for moment in [instance.from, instance.until]
        where moment > 0 && moment < scenario.duration {
          queue.plan(.lifecycle, resource, at: scenario.start + moment)
        }
      }
    }
  }

  private mutating func planRequest(_ endpoint: Int) {
    let mean = 60_000_000_000 / Int64(scenario.endpoints[endpoint].perMinute)
    let time = now + chance.wait(mean: mean)
    if time < scenario.start + scenario.duration { queue.plan(.request, endpoint, at: time) }
  }

  private mutating func happen(_ event: EventQueue.Event) {
    switch event.kind {
    case .request:
      guard truth.requests < scenario.requestLimit else { return }
      planRequest(event.index)
      let endpoint = scenario.endpoints[event.index]
      beginRequest(plan.operation(endpoint.service, endpoint.operation))
    case .probe: probe(event.index)
    case .chatter: chat(event.index)
    case .lifecycle: logLifecycle(event.index)
    case .arrival, .slotTimeout, .resumption, .attempt, .answer, .giveUp:
      guard frames[event.index].ticket == event.ticket else { return }
      switch event.kind {
      case .arrival: arrive(event.index)
      case .slotTimeout: leaveLine(event.index)
      case .attempt: attempt(event.index)
      case .answer: settleAttempt(event.index)
      case .giveUp: giveUp(event.index)
      default: advance(event.index)
      }
    }
  }

  // MARK: - Frames

  mutating func newFrame() -> Int {
    if let index = freeFrames.popLast() { return index }
    frames.append(Frame())
    return frames.count - 1
  }

  mutating func free(_ index: Int) {
    let ticket = frames[index].ticket + 1
    let trace = frames[index].trace
    frames[index] = Frame()
    frames[index].ticket = ticket
    freeFrames.append(index)
    traces[trace].open -= 1
    if traces[trace].open == 0 { endTrace(trace) }
  }

  /// A body in the trace of `parent`, below its span.
  mutating func newBody(below parent: Int, shape: Int, program: Int) -> Int {
    let index = newFrame()
    frames[index].trace = frames[parent].trace
    frames[index].traceHigh = frames[parent].traceHigh
    frames[index].traceLow = frames[parent].traceLow
    frames[index].span = chance.nextID()
    frames[index].spanParent = frames[parent].span
    frames[index].spanStart = now
    frames[index].shape = shape
    frames[index].service = plan.shapes[shape].service
    frames[index].resource = frames[parent].resource
    frames[index].stack = program >= 0 ? [(program, 0)] : []
    traces[frames[index].trace].open += 1
    return index
  }

  mutating func newTrace(isProbe: Bool) -> Int {
    traces.append(TraceState(open: 1, isProbe: isProbe))
    return traces.count - 1
  }

  private mutating func beginRequest(_ target: (service: Int, operation: Int)) {
    guard let resource = instance(of: target.service) else { return }
    let operation = plan.operations[target.service][target.operation]
    let index = newFrame()
    frames[index].trace = newTrace(isProbe: false)
    frames[index].traceHigh = chance.nextID()
    frames[index].traceLow = chance.nextID()
    frames[index].span = chance.nextID()
    frames[index].shape = operation.shape
    frames[index].service = target.service
    frames[index].operation = target.operation
    frames[index].resource = resource
    frames[index].stack = [(operation.program, 0)]
    truth.requests += 1
    arrive(index)
  }

  /// An instance of the service that takes requests now; nil where none does.
  mutating func instance(of service: Int) -> Int? {
    let instances = scenario.services[service].instances
    let elapsed = now - scenario.start
    var taking = 0
    for instance in instances where instance.from <= elapsed && elapsed < instance.until {
      taking += 1
    }
    var left = chance.below(taking)
    for (place, instance) in instances.enumerated()
    where instance.from <= elapsed && elapsed < instance.until {
      if left == 0 { return plan.firstResource[service] + place }
      left -= 1
    }
    return nil
  }
}
