// Calls: attempts, answers, time limits, retries, fallbacks.

extension Simulation {
  mutating func beginCall(_ call: Int, parent: Int) {
    let index = newBody(below: parent, shape: plan.calls[call].shape, program: -1)
    frames[index].call = call
    frames[index].parent = parent
    frames[index].parentTicket = frames[parent].ticket
    attempt(index)
  }

  /// Makes the next attempt: a new CLIENT span, a request on its way.
  mutating func attempt(_ index: Int) {
    let call = plan.calls[frames[index].call]
    frames[index].ticket += 1
    frames[index].failure = nil
    frames[index].span = chance.nextID()
    frames[index].spanStart = now
    let ticket = frames[index].ticket
    if let callee = call.callee, let resource = instance(of: callee.service) {
      let operation = plan.operations[callee.service][callee.operation]
      let body = newBody(below: index, shape: operation.shape, program: operation.program)
      frames[body].operation = callee.operation
      frames[body].resource = resource
      frames[body].parent = index
      frames[body].parentTicket = ticket
      let travel = chance.length(of: .microseconds(300))
      queue.plan(.arrival, body, ticket: frames[body].ticket, at: now + travel)
    } else {
      askPeer(index, call)
    }
    if call.timeout > 0 { queue.plan(.giveUp, index, ticket: ticket, at: now + call.timeout) }
  }

  /// The attempt goes to a peer, or to a service of which no instance runs.
  private mutating func askPeer(_ index: Int, _ call: Plan.CallPlan) {
    let ticket = frames[index].ticket
    var length = chance.length(of: call.latency)
    if call.callee != nil {
      frames[index].failure = Failure(
        exception: Scenario.Exception("ConnectionRefused", "connection refused", httpStatus: 503),
        blame: "remote")
    }
    for fault in faults(frames[index].service, call.spot, resource: frames[index].resource) {
      switch fault.effect {
      case .fail(let failing) where chance.happens(permille: failing.permille):
        frames[index].failure = Failure(exception: failing.exception, blame: "remote")
      case .slow(let percent): length = length * Int64(percent) / 100
      case .dead:
        if call.timeout > 0 { return }
        length = 30_000_000_000
        frames[index].failure = Failure(
          exception: Scenario.Exception("ConnectTimeout", "connect timed out", httpStatus: 504),
          blame: "remote")
      case .fail, .slots: break
      }
    }
    queue.plan(.answer, index, ticket: ticket, at: now + length)
  }

  /// The client has waited long enough. What it asked for goes on without it.
  mutating func giveUp(_ index: Int) {
    let call = plan.calls[frames[index].call]
    let language = plan.resources[frames[index].resource].language
    frames[index].failure = Failure(
      exception: language.timedOut(
        after: call.timeout, callee: plan.shapes[frames[index].shape].serverAddress),
      blame: call.callee == nil ? "remote" : "timeout")
    settleAttempt(index)
  }

  /// The attempt is over: its span comes out; then the next attempt, the fallback, or the caller's turn.
  mutating func settleAttempt(_ index: Int) {
    let call = plan.calls[frames[index].call]
    // From now on late answers and time limits of this attempt find another ticket.
    frames[index].ticket += 1
    emitAttempt(index)
    let parent = frames[index].parent
    guard let failure = frames[index].failure else {
      if frames[index].attempt > 0 { traces[frames[index].trace].wasRetried = true }
      free(index)
      childEnded(parent, nil)
      return
    }
    let name = plan.shapes[frames[index].shape].name
    if frames[index].attempt + 1 < call.attempts, failure.blame != "transport" {
      let pause = call.backoff << Int64(min(frames[index].attempt, 8))
      let jitter = Int64(chance.below(Int(pause / 4)))
      frames[index].attempt += 1
      log(
        parent, 13,
        "\(name) failed, attempt \(frames[index].attempt + 1) of \(call.attempts) follows: "
          + failure.exception.message, nil)
      queue.plan(.attempt, index, ticket: frames[index].ticket, at: now + pause + jitter)
      return
    }
    if call.fallback >= 0 {
      log(parent, 13, "\(name) failed, falling back: \(failure.exception.message)", nil)
      frames[parent].stack.append((call.fallback, 0))
    }
    free(index)
    childEnded(parent, call.fallback >= 0 ? nil : failure)
  }

  private mutating func emitAttempt(_ index: Int) {
    var span = openSpan(index)
    span.resendCount = frames[index].attempt
    span.httpStatus = 200
    if let failure = frames[index].failure {
      let isOrigin = failure.chain.isEmpty
      span.isError = true
      span.failure = failure.exception
      // Who gives up has seen no status.
      span.httpStatus =
        failure.blame == "timeout" && isOrigin ? 0 : failure.exception.httpStatus
      span.recordsException = isOrigin
      if isOrigin { logFailure(index, failure.exception) }
      frames[index].failure?.chain.append(span.shape)
      frames[index].failure?.isClientFault = false
    }
    emit(span)
  }
}

extension SpanShape {
  /// The `server.address` of a call; empty elsewhere.
  var serverAddress: String {
    for attribute in attributes where attribute.key == "server.address" {
      if case .text(let address) = attribute.value { return address }
    }
    return ""
  }
}
