// Bodies: waiting for a slot, running steps, ending.

extension Simulation {
  /// The frame's request reaches its instance: it takes a slot or stands in line.
  ///
  /// A SERVER span begins now, a CONSUMER span when its work begins.
  mutating func arrive(_ index: Int) {
    let resource = frames[index].resource
    frames[index].spanStart = now
    if busy[resource] < slots(of: frames[index].service) {
      takeSlot(index)
      advance(index)
      return
    }
    frames[index].isWaiting = true
    lines[resource].append(index, ticket: frames[index].ticket)
    let timeout = scenario.services[frames[index].service].slotTimeout
    if timeout > 0 {
      queue.plan(.slotTimeout, index, ticket: frames[index].ticket, at: now + timeout)
    }
  }

  private mutating func takeSlot(_ index: Int) {
    frames[index].isWaiting = false
    frames[index].holdsSlot = true
    busy[frames[index].resource] += 1
    if plan.shapes[frames[index].shape].kind == 5 { frames[index].spanStart = now }
  }

  /// The frame waited too long for a slot.
  mutating func leaveLine(_ index: Int) {
    guard frames[index].isWaiting else { return }
    frames[index].isWaiting = false
    let service = scenario.services[frames[index].service]
    let exception = service.language.exhausted(waited: service.slotTimeout, slots: service.slots)
    frames[index].failure = Failure(exception: exception, blame: "local")
    end(index)
  }

  private mutating func giveSlot(ofResource resource: Int, service: Int) {
    busy[resource] -= 1
    while busy[resource] < slots(of: service), let next = lines[resource].next() {
      if frames[next.frame].ticket == next.ticket, frames[next.frame].isWaiting {
        takeSlot(next.frame)
        queue.plan(.resumption, next.frame, ticket: next.ticket, at: now)
      }
    }
  }

  private func slots(of service: Int) -> Int {
    for fault in plan.faults[service] where isActive(fault) {
      if case .slots(let count) = fault.effect { return count }
    }
    return scenario.services[service].slots
  }

  func isActive(_ fault: Scenario.Fault) -> Bool {
    let elapsed = now - scenario.start
    return fault.from <= elapsed && elapsed < fault.until
  }

  /// Faults that now hit a spot of a service at a resource.
  func faults(_ service: Int, _ spot: Scenario.Fault.Spot, resource: Int) -> [Scenario.Fault] {
    guard !plan.faults[service].isEmpty else { return [] }
    return plan.faults[service].filter {
      ($0.spot == spot || $0.spot == .service) && isActive($0)
        && ($0.version == nil || $0.version == plan.resources[resource].version)
    }
  }

  /// Runs the frame's steps until it has to wait or is at its end.
  mutating func advance(_ index: Int) {
    while frames[index].failure == nil, let top = frames[index].stack.last {
      let program = plan.programs[top.program]
      if top.next == program.count {
        frames[index].stack.removeLast()
        continue
      }
      frames[index].stack[frames[index].stack.count - 1].next += 1
      if waits(index, for: program[top.next]) { return }
    }
    end(index)
  }

  /// Begins a step; true if the frame has to wait for it.
  private mutating func waits(_ index: Int, for instruction: Plan.Instruction) -> Bool {
    switch instruction {
    case .work(let latency):
      let length = slowed(chance.length(of: latency), index)
      queue.plan(.resumption, index, ticket: frames[index].ticket, at: now + length)
      return true
    case .call(let call):
      frames[index].outstanding = 1
      beginCall(call, parent: index)
      return true
    case .parallel(let calls):
      frames[index].outstanding = calls.count
      for call in calls { beginCall(call, parent: index) }
      return !calls.isEmpty
    case .inner(let shape, let program):
      let child = newBody(below: index, shape: shape, program: program)
      frames[child].parent = index
      frames[child].parentTicket = frames[index].ticket
      frames[index].outstanding = 1
      queue.plan(.resumption, child, ticket: frames[child].ticket, at: now)
      return true
    case .detach(let shape, let program):
      let child = newBody(below: index, shape: shape, program: program)
      let start = now + chance.length(of: .microseconds(80))
      frames[child].spanStart = start
      queue.plan(.resumption, child, ticket: frames[child].ticket, at: start)
      return false
    case .publish(let queueIndex, let shape):
      publish(queueIndex, shape: shape, from: index)
      return true
    case .sometimes(let permille, let program):
      if chance.happens(permille: permille) { frames[index].stack.append((program, 0)) }
      return false
    case .log(let severity, let text):
      log(index, severity, numbered(text), nil)
      return false
    }
  }

  private mutating func publish(_ queueIndex: Int, shape: Int, from index: Int) {
    let sending = chance.length(of: .microseconds(400))
    let producer = newBody(below: index, shape: shape, program: -1)
    let target = plan.consumers[queueIndex]
    let operation = plan.operations[target.service][target.operation]
    if let resource = instance(of: target.service) {
      let consumer = newBody(below: producer, shape: operation.shape, program: operation.program)
      frames[consumer].operation = target.operation
      frames[consumer].resource = resource
      let delay = chance.length(of: scenario.queues[queueIndex].delay)
      queue.plan(
        .arrival, consumer, ticket: frames[consumer].ticket, at: now + sending + delay)
    }
    frames[producer].parent = index
    frames[producer].parentTicket = frames[index].ticket
    frames[index].outstanding = 1
    queue.plan(.resumption, producer, ticket: frames[producer].ticket, at: now + sending)
  }

  private func slowed(_ length: Int64, _ index: Int) -> Int64 {
    guard frames[index].operation >= 0 else { return length }
    let service = frames[index].service
    let spot = plan.operations[service][frames[index].operation].spot
    var length = length
    for fault in faults(service, spot, resource: frames[index].resource) {
      if case .slow(let percent) = fault.effect { length = length * Int64(percent) / 100 }
    }
    return length
  }

  /// The body is at its end, by success or failure: its span comes out, whoever waits for it goes on.
  private mutating func end(_ index: Int) {
    let frame = frames[index]
    if frame.failure == nil, frame.operation >= 0 { failAtEnd(index) }
    emitBody(index)
    if frame.holdsSlot { giveSlot(ofResource: frame.resource, service: frame.service) }
    let failure = frames[index].failure
    if frame.spanParent == 0 { endRequest(index) }
    if frame.parent >= 0, frames[frame.parent].ticket == frame.parentTicket {
      if frames[frame.parent].call >= 0 {
        // The answer travels back.
        frames[frame.parent].failure = failure
        let travel = chance.length(of: .microseconds(300))
        queue.plan(.answer, frame.parent, ticket: frame.parentTicket, at: now + travel)
      } else {
        childEnded(frame.parent, failure)
      }
    }
    free(index)
  }

  /// One of the things that a body waits for has ended.
  mutating func childEnded(_ index: Int, _ failure: Failure?) {
    // The one that fails last decides (traces-semantics 6.5).
    if let failure { frames[index].failure = failure }
    frames[index].outstanding -= 1
    if frames[index].outstanding == 0 { advance(index) }
  }

  /// Noise and faults strike when the work is done.
  private mutating func failAtEnd(_ index: Int) {
    let service = frames[index].service
    let operation = plan.operations[service][frames[index].operation]
    var failing = operation.noise.map { [$0] } ?? []
    for fault in faults(service, operation.spot, resource: frames[index].resource) {
      if case .fail(let fault) = fault.effect { failing.insert(fault, at: 0) }
    }
    for candidate in failing where chance.happens(permille: candidate.permille) {
      let isClientFault = candidate.exception.httpStatus < 500
      frames[index].failure = Failure(
        exception: candidate.exception, blame: isClientFault ? "transport" : "local",
        isClientFault: isClientFault)
      return
    }
  }

  private mutating func emitBody(_ index: Int) {
    let isOrigin = frames[index].failure?.chain.isEmpty ?? false
    var span = openSpan(index)
    if let failure = frames[index].failure {
      span.failure = failure.exception
      if failure.isClientFault {
        span.httpStatus = failure.exception.httpStatus
      } else {
        span.isError = true
        span.httpStatus = isOrigin ? failure.exception.httpStatus : upstreamStatus(failure)
        span.recordsException = isOrigin || plan.shapes[span.shape].kind == 2
        if !isOrigin {
          span.failure = plan.resources[span.resource].language.wrapping(
            failure.exception, callee: serviceName(ofShape: failure.chain[0]))
          frames[index].failure?.exception.httpStatus = span.httpStatus
        }
        frames[index].failure?.chain.append(span.shape)
        if span.recordsException { logFailure(index, span.failure ?? failure.exception) }
      }
    } else {
      span.httpStatus = 200
    }
    emit(span)
  }

  private func upstreamStatus(_ failure: Failure) -> Int {
    failure.blame == "timeout" || failure.exception.httpStatus == 504 ? 504 : 502
  }

  func serviceName(ofShape shape: Int) -> String {
    scenario.services[plan.shapes[shape].service].name
  }

  func openSpan(_ index: Int) -> SimulatedSpan {
    let frame = frames[index]
    return SimulatedSpan(
      trace: frame.trace, traceHigh: frame.traceHigh, traceLow: frame.traceLow, id: frame.span,
      parent: frame.spanParent, shape: frame.shape, resource: frame.resource,
      start: frame.spanStart, end: now)
  }

  mutating func emit(_ span: SimulatedSpan) {
    if span.isError { traces[span.trace].hadError = true }
    onSpan(span)
  }
}
