// Log records and health probes.

extension Simulation {
  /// Writes a log record in the frame's span.
  mutating func log(
    _ index: Int, _ severity: Int, _ body: String, _ failure: Scenario.Exception?
  ) {
    let frame = frames[index]
    onLog(
      SimulatedLog(
        time: now, resource: frame.resource, severity: severity, body: body,
        span: (frame.traceHigh, frame.traceLow, frame.span), failure: failure))
  }

  /// Writes the log record of a failed span.
  mutating func logFailure(_ index: Int, _ exception: Scenario.Exception) {
    log(
      index, 17, "\(plan.shapes[frames[index].shape].name) failed: \(exception.message)", exception)
  }

  /// A log record that belongs to no request; the next one is planned.
  mutating func chat(_ resource: Int) {
    let next = now + chance.wait(mean: scenario.chatterInterval)
    if next < scenario.start + scenario.duration { queue.plan(.chatter, resource, at: next) }
    guard takesRequests(resource) else { return }
    let body = numbered(chance.pick(plan.resources[resource].language.chatter))
    onLog(SimulatedLog(time: now, resource: resource, severity: 9, body: body))
  }

  /// An instance begins or ends.
  mutating func logLifecycle(_ resource: Int) {
    let place = plan.resources[resource]
    let body =
      takesRequests(resource)
      ? "\(place.service) \(place.version) is ready to take requests"
      : "SIGTERM received, \(place.service) \(place.version) is draining"
    onLog(SimulatedLog(time: now, resource: resource, severity: 9, body: body))
  }

  /// Puts a number where the text says `{}`.
  mutating func numbered(_ text: String) -> String {
    guard let hole = text.firstIndex(of: "{") else { return text }
    let rest = text[hole...].dropFirst(2)
    return "\(text[..<hole])\(1000 + chance.below(90_000))\(rest)"
  }

  private func takesRequests(_ resource: Int) -> Bool {
    let elapsed = now - scenario.start
    let service = plan.firstResource.lastIndex { $0 <= resource } ?? 0
    let instance = scenario.services[service].instances[resource - plan.firstResource[service]]
    return instance.from <= elapsed && elapsed < instance.until
  }

  /// The prober asks an instance how it is; the next probe follows in the same distance.
  mutating func probe(_ resource: Int) {
    let next = now + scenario.probeInterval
    if next < scenario.start + scenario.duration { queue.plan(.probe, resource, at: next) }
    guard takesRequests(resource) else { return }
    let service = plan.firstResource.lastIndex { $0 <= resource } ?? 0
    let trace = newTrace(isProbe: true)
    truth.probes += 1
    emit(
      SimulatedSpan(
        trace: trace, traceHigh: chance.nextID(), traceLow: chance.nextID(), id: chance.nextID(),
        parent: 0, shape: plan.probeShapes[service], resource: resource, start: now,
        end: now + chance.length(of: .microseconds(700)), httpStatus: 200))
    endTrace(trace)
  }
}
