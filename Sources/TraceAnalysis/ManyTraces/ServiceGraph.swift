package import TraceModel

/// Services, the peers that send no spans, and the calls between them.
///
/// An edge leads from the service of a span to the other service of its child. A CLIENT or PRODUCER span that names its peer,
/// with nothing below it but INTERNAL spans of its own service, is a call to that peer.
package struct ServiceGraph: Sendable {
  /// One service.
  struct Node: Sendable {
    var entries = DurationSamples()
    var origins = 0
    var selfTime: Nanoseconds = 0
  }

  private let services: ServiceNumbers
  private var nodes: [Node]
  private var spans: [Int]
  private var callIndex = KeyIndex()
  private var calls: [DurationSamples] = []
  private var peerCallIndex = KeyIndex()
  private var peerCalls: [DurationSamples] = []
  private var peerIndex = KeyIndex()
  private var peers: [DurationSamples] = []

  /// No calls between these services.
  package init(services: ServiceNumbers) {
    self.services = services
    nodes = Array(repeating: Node(), count: services.count)
    spans = Array(repeating: 0, count: services.count)
  }

  /// Adds the calls of one trace.
  ///
  /// - Parameters:
  ///   - measures: the trace.
  ///   - scan: what was found of its spans.
  package mutating func add(_ measures: borrowing TraceMeasures, _ scan: borrowing TraceScan) {
    let selfTimes = measures.selfTime
    let parents = measures.trace.parent
    let subtreeEnds = measures.trace.subtreeEnd
    let all = measures.trace.spans
    let edges = measures.trace.edge
    for span in all.indices {
      let service = scan.services[span]
      let length = scan.lengths[span]
      let isError = scan.isError[span]
      spans[service] += 1
      nodes[service].selfTime = saturatingSum(nodes[service].selfTime, selfTimes[span])
      if scan.isEntry[span] {
        nodes[service].entries.add(length, isError: isError, trace: scan.ordinal)
      }
      let parent = Int(parents[span])
      if parent >= 0, scan.services[parent] != service {
        let number = callIndex.number(
          ServiceGraph.key(scan.services[parent], UInt32(service), edges[span] != .sync))
        if number == calls.count { calls.append(DurationSamples()) }
        calls[number].add(length, isError: isError, trace: scan.ordinal)
      }
      let peer = all[span].peer
      if !peer.isEmpty {
        let kind = all[span].facts.kind
        if kind != .client, kind != .producer { continue }
        // The first span that is another one's call or work ends the look, so no span is looked at twice.
        var below = span + 1
        while below < Int(subtreeEnds[span]),
          all[below].facts.kind == .internal || all[below].facts.kind == .unknown,
          scan.services[below] == service
        {
          below += 1
        }
        if below < Int(subtreeEnds[span]) { continue }
        let call = peerCallIndex.number(ServiceGraph.key(service, peer.index, kind == .producer))
        if call == peerCalls.count { peerCalls.append(DurationSamples()) }
        peerCalls[call].add(length, isError: isError, trace: scan.ordinal)
        let number = peerIndex.number(UInt64(peer.index))
        if number == peers.count { peers.append(DurationSamples()) }
        peers[number].add(length, isError: isError, trace: scan.ordinal)
      }
    }
    for origin in measures.origins {
      let resource = measures.trace.spans[Int(origin.span)].resource
      nodes[services.number(resource: resource)].origins += 1
    }
  }

  /// Takes in the calls of other traces of the same store.
  package mutating func merge(_ other: ServiceGraph) {
    for (number, theirs) in other.nodes.enumerated() {
      nodes[number].entries.merge(theirs.entries)
      nodes[number].origins += theirs.origins
      nodes[number].selfTime = saturatingSum(nodes[number].selfTime, theirs.selfTime)
      spans[number] += other.spans[number]
    }
    ServiceGraph.merge(&callIndex, &calls, other.callIndex, other.calls)
    ServiceGraph.merge(&peerCallIndex, &peerCalls, other.peerCallIndex, other.peerCalls)
    ServiceGraph.merge(&peerIndex, &peers, other.peerIndex, other.peers)
  }

  private static func merge(
    _ index: inout KeyIndex, _ samples: inout [DurationSamples], _ otherIndex: KeyIndex,
    _ others: [DurationSamples]
  ) {
    for (number, theirs) in others.enumerated() {
      let here = index.number(otherIndex.keys[number])
      if here == samples.count { samples.append(DurationSamples()) }
      samples[here].merge(theirs)
    }
  }

  /// How many services sent spans.
  package var serviceCount: Int { spans.count { $0 > 0 } }

  private static func key(_ caller: Int, _ callee: UInt32, _ isDetached: Bool) -> UInt64 {
    UInt64(caller) << 33 | UInt64(callee) << 1 | (isDetached ? 1 : 0)
  }

  /// The map as it stands in findings.
  ///
  /// A peer that bears the name of a service that sends spans is that service: the call's other side is missing. Such calls
  /// count on the edge to it, with the caller's view of them.
  package func map(
    _ symbols: SymbolTable, nodes mostNodes: Int = 200, edges mostEdges: Int = 600
  ) -> Findings.ServiceMap {
    let names = services.symbols.map { symbols[$0] }
    let known = Set(spans.indices.filter { spans[$0] > 0 }.map { names[$0] })
    var edges: [EdgeName: DurationSamples] = [:]
    for (number, samples) in calls.enumerated() {
      let key = callIndex.keys[number]
      let name = EdgeName(
        caller: names[Int(key >> 33)], callee: names[Int(UInt32(truncatingIfNeeded: key >> 1))],
        isDetached: key & 1 == 1)
      edges[name, default: DurationSamples()].merge(samples)
    }
    for (number, samples) in peerCalls.enumerated() {
      let key = peerCallIndex.keys[number]
      let peer = symbols[Symbol(UInt32(truncatingIfNeeded: key >> 1))]
      let caller = names[Int(key >> 33)]
      if peer == caller { continue }
      let name = EdgeName(caller: caller, callee: peer, isDetached: key & 1 == 1)
      edges[name, default: DurationSamples()].merge(samples)
    }
    var map = Findings.ServiceMap()
    map.nodes = serviceNodes(names) + peerNodes(symbols, besides: known)
    map.nodeCount = map.nodes.count
    // What does not fit is what matters least: few errors, then few requests.
    if map.nodes.count > mostNodes {
      let worst = map.nodes.indices.sorted {
        let (a, b) = (map.nodes[$0], map.nodes[$1])
        return (b.errors, b.requests, $0) < (a.errors, a.requests, $1)
      }
      map.nodes = worst.prefix(mostNodes).sorted().map { map.nodes[$0] }
    }
    let calls = edges.keys.sorted()
    let order = calls.indices.sorted {
      let (a, b) = (edges[calls[$0]], edges[calls[$1]])
      return (b?.errors ?? 0, b?.count ?? 0, $0) < (a?.errors ?? 0, a?.count ?? 0, $1)
    }.prefix(mostEdges).sorted().map { calls[$0] }
    map.edgeCount = calls.count
    map.edges = order.compactMap { name in
      guard let samples = edges[name] else { return nil }
      let ascending = samples.ascending()
      return Findings.ServiceEdge(
        caller: name.caller, callee: name.callee, isDetached: name.isDetached,
        requests: samples.count, errors: samples.errors, p50Ns: samples.shown(50, in: ascending),
        p95Ns: samples.shown(95, in: ascending))
    }
    return map
  }

  private func serviceNodes(_ names: [String]) -> [Findings.ServiceNode] {
    let used = spans.indices.filter { spans[$0] > 0 }.sorted { names[$0] < names[$1] }
    return used.map { number in
      let node = nodes[number]
      let ascending = node.entries.ascending()
      return Findings.ServiceNode(
        name: names[number], isPeer: false, requests: node.entries.count,
        errors: node.entries.errors, origins: node.origins,
        p50Ns: node.entries.shown(50, in: ascending), p95Ns: node.entries.shown(95, in: ascending),
        selfNs: node.selfTime)
    }
  }

  private func peerNodes(
    _ symbols: SymbolTable, besides known: Set<String>
  ) -> [Findings.ServiceNode] {
    let names = peerIndex.keys.map { symbols[Symbol(UInt32(truncatingIfNeeded: $0))] }
    let used = names.indices.filter { !known.contains(names[$0]) }
    return used.sorted { names[$0] < names[$1] }.map { number in
      let samples = peers[number]
      let ascending = samples.ascending()
      return Findings.ServiceNode(
        name: names[number], isPeer: true, requests: samples.count, errors: samples.errors,
        origins: 0, p50Ns: samples.shown(50, in: ascending),
        p95Ns: samples.shown(95, in: ascending), selfNs: 0)
    }
  }

  private struct EdgeName: Hashable, Comparable {
    var caller: String
    var callee: String
    var isDetached: Bool

    static func < (a: EdgeName, b: EdgeName) -> Bool {
      (a.caller, a.callee, a.isDetached ? 1 : 0) < (b.caller, b.callee, b.isDetached ? 1 : 0)
    }
  }
}
