import TraceModel

extension Evaluation {
  /// Groups of origins: by traces in which they reached the client, by number, by name; at most 50, texts left out.
  var errorGroups: [Findings.ErrorGroup] {
    let profile = investigation.errors
    let names = profile.keys.map { GroupName($0, operations, symbols) }
    let order = profile.groups.indices.sorted {
      let (a, b) = (profile.groups[$0], profile.groups[$1])
      if a.reachedClient != b.reachedClient { return a.reachedClient > b.reachedClient }
      if a.starts.count != b.starts.count { return a.starts.count > b.starts.count }
      return names[$0] < names[$1]
    }
    return order.prefix(most(50)).map { errorGroup(names[$0], profile.groups[$0]) }
  }

  private func errorGroup(_ name: GroupName, _ group: ErrorProfile.Group) -> Findings.ErrorGroup {
    let path = mostFrequentPath([group])
    var sparkline = Array(repeating: 0, count: timeline.count)
    if !sparkline.isEmpty {
      for start in group.starts { sparkline[timeline.bin(of: start)] += 1 }
    }
    return Findings.ErrorGroup(
      operation: name.operation, blame: name.blame, peer: name.peer, type: name.type, message: "",
      count: group.starts.count, traces: group.traces, reachedClient: group.reachedClient,
      reachedBackground: group.reachedBackground, handled: group.handled, retried: group.retried,
      cancelled: group.cancelled, path: path.path, pathCount: path.count,
      firstNs: group.starts.min()?.nanoseconds ?? 0, lastNs: group.starts.max()?.nanoseconds ?? 0,
      sparkline: sparkline, exemplars: group.exemplars.map(\.place.reference), logs: [])
  }

  /// The way up that most origins of these groups took; of equally frequent ones the first by name.
  func mostFrequentPath(_ groups: [ErrorProfile.Group]) -> (path: [Operation], count: Int) {
    var counts: [[Int]: Int] = [:]
    let reachesClient = groups.contains { !$0.clientPaths.isEmpty }
    for group in groups {
      for (path, count) in reachesClient ? group.clientPaths : group.paths {
        counts[path, default: 0] += count
      }
    }
    guard let most = counts.values.max() else { return ([], 0) }
    let paths = counts.filter { $0.value == most }.keys.map { path in path.map { operations[$0] } }
    let first = paths.min { $0.lexicographicallyPrecedes($1) }
    return (first ?? [], most)
  }
}

/// A group of origins by its text.
struct GroupName: Comparable {
  var operation: Operation
  var blame: ErrorOrigin.Blame
  var peer: String
  var type: String
  private var source: UInt8

  init(_ key: ErrorProfile.Key, _ operations: [Operation], _ symbols: SymbolTable) {
    operation = operations[key.operation]
    blame = key.blame
    peer = symbols[key.peer]
    type = key.type.text(symbols)
    source = key.type.source.rawValue
  }

  static func < (a: GroupName, b: GroupName) -> Bool {
    if a.operation != b.operation { return a.operation < b.operation }
    return (a.blame.rawValue, a.peer, a.type, a.source)
      < (b.blame.rawValue, b.peer, b.type, b.source)
  }
}
