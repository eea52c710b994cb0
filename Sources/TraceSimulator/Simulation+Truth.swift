// What is remembered of requests, so that the truth can be told at the end.

extension Simulation {
  /// A request's root span has ended.
  mutating func endRequest(_ index: Int) {
    let frame = frames[index]
    if chance.happens(permille: scenario.accessLogPermille) {
      let milliseconds = (now - frame.spanStart) / 1_000_000
      let outcome = frame.failure == nil ? "done" : "failed"
      log(index, 9, "\(plan.shapes[frame.shape].name) \(outcome) in \(milliseconds) ms", nil)
    }
    guard let failure = frame.failure, !failure.isClientFault else { return }
    traces[frame.trace].rootFailed = true
    truth.failedRequests += 1
    if frame.spanStart >= truth.sinceNs {
      chains[failure.chain, default: (0, failure.blame)].count += 1
    }
  }

  /// The last span of a trace has ended.
  mutating func endTrace(_ trace: Int) {
    let state = traces[trace]
    if !state.isProbe, !state.rootFailed, state.hadError {
      truth.savedRequests += 1
      if state.wasRetried { truth.savedByRetry += 1 }
    }
    onTraceEnd(trace)
  }

  mutating func describeFault() {
    truth.scenario = scenario.name
    truth.wrongClocks = scenario.hosts.filter { $0.clockOffset != 0 }.map {
      GroundTruth.WrongClock(host: $0.name, offsetNs: $0.clockOffset)
    }
    guard let fault = scenario.faults.first else { return }
    truth.faultKind = fault.kindName
    truth.faultService = fault.service
    switch fault.spot {
    case .operation(let name), .call(let name): truth.faultSpot = name
    case .service: truth.faultSpot = ""
    }
    truth.faultVersion = fault.version ?? ""
    truth.sinceNs = scenario.start + fault.from
  }

  /// Origin, way and endpoint from the failures that were seen.
  mutating func settleTruth() {
    // Ways that begin at the same operation count together; equal counts are settled by the names.
    var origins: [GroundTruth.Operation: Int] = [:]
    for (chain, tally) in chains { origins[operation(chain[0]), default: 0] += tally.count }
    let first = origins.max { a, b in
      (a.value, b.key.text) < (b.value, a.key.text)
    }
    guard let first else { return }
    truth.origin = first.key
    truth.failedByOrigin = first.value
    let ways = chains.filter { operation($0.key[0]) == first.key }
    let way = ways.max { a, b in
      a.value.count != b.value.count
        ? a.value.count < b.value.count : b.key.lexicographicallyPrecedes(a.key)
    }
    guard let way else { return }
    truth.blame = way.value.blame
    truth.path = way.key.map { operation($0) }
    truth.endpoint = truth.path.last
  }

  private func operation(_ shape: Int) -> GroundTruth.Operation {
    GroundTruth.Operation(
      service: serviceName(ofShape: shape), kind: plan.shapes[shape].kindName,
      name: plan.shapes[shape].name)
  }
}

extension GroundTruth.Operation {
  /// For a total order.
  fileprivate var text: String { "\(service)\u{0}\(name)\u{0}\(kind)" }
}
