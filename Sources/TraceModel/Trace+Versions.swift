/// Several documents with one span id, and documents without (traces-semantics.md 1.1 and 1.3).
extension TraceBuilder {
  /// A document among those that share an id.
  struct Version: Sendable {
    var rank: Int32
    var service: UInt32
    var isServer: Bool
    var host: UInt32
    /// Which of the spans that share the id it describes.
    var part: Int32 = -1

    /// Brings documents of one service and side together, by host, those without a host first.
    static func byHost(_ a: Version, _ b: Version) -> Bool {
      if a.service != b.service { return a.service < b.service }
      if a.isServer != b.isServer { return b.isServer }
      return a.host != b.host ? a.host < b.host : a.rank < b.rank
    }
  }

  /// Decides which documents are one span, keeps the best version of each, and names those that share an id.
  mutating func settleVersions(_ raw: RawTrace, _ resources: [Resource]) {
    // By rank: the span to keep, nil where another version won.
    var chosen: [Span?] = order.map { raw.spans[Int($0)] }
    // By rank: what an id is followed by; empty for the span that keeps it.
    var suffixes: [Int32: String] = [:]
    var clients: [Int32: Int32] = [:]
    var losers: [(winner: Int32, loser: Int32)] = []
    var notes: [(kind: Defect.Kind, rank: Int32)] = []
    var low = 0
    while low < names.count {
      var high = low + 1
      while high < names.count, names[high].id == names[low].id { high += 1 }
      if names[low].id != 0, high - low > 1 {
        let winners = mergeVersions(
          names[low..<high].map(\.bearer), raw, resources, &chosen, &losers, &notes)
        nameWinners(winners, chosen, &suffixes, &clients, &notes)
      }
      low = high
    }

    // From ranks to nodes.
    var node: [Int32] = []
    var anonymous = 0
    for rank in chosen.indices {
      guard let span = chosen[rank] else {
        node.append(-1)
        continue
      }
      let number = Int32(kept.count)
      node.append(number)
      kept.append(span)
      if span.id.isAbsent {
        anonymous += 1
        written[number] = "anon-\(anonymous)"
        found.append((.emptySpanID, number))
      } else if let suffix = suffixes[Int32(rank)] {
        written[number] = (raw.writtenIDs[span.id] ?? span.id.description) + suffix
      }
    }
    for (rank, client) in clients { forced[node[Int(rank)]] = node[Int(client)] }
    for (kind, rank) in notes { found.append((kind, node[Int(rank)])) }
    for (winner, loser) in losers {
      dropped.append((node[Int(winner)], raw.spans[Int(order[Int(loser)])]))
    }
    names = names.compactMap { name in
      let bearer = node[Int(name.bearer)]
      return bearer < 0 || name.id == 0 ? nil : Name(id: name.id, bearer: bearer)
    }
  }

  /// Merges the documents of one id that are the same span.
  ///
  /// Documents without a host belong to the first host of their service and side: whoever comes first in the input is
  /// joined by the first that differs in nothing known.
  ///
  /// - Returns: ranks of the versions kept, in input order.
  private func mergeVersions(
    _ ranks: [Int32], _ raw: RawTrace, _ resources: [Resource], _ chosen: inout [Span?],
    _ losers: inout [(winner: Int32, loser: Int32)],
    _ notes: inout [(kind: Defect.Kind, rank: Int32)]
  ) -> [Int32] {
    func sender(_ span: Span) -> Resource {
      let index = Int(span.resource)
      return resources.indices.contains(index) ? resources[index] : Resource(service: .empty)
    }
    func span(_ rank: Int32) -> Span { raw.spans[Int(order[Int(rank)])] }
    var versions = ranks.map { rank in
      let it = span(rank)
      let from = sender(it)
      return Version(
        rank: rank, service: from.service.index, isServer: it.facts.kind == .server,
        host: from.host.index)
    }
    // What does not say where it belongs describes the same span as what does.
    if versions.contains(where: { sender(span($0.rank)).isElsewhere }) {
      for index in versions.indices where sender(span(versions[index].rank)).isElsewhere {
        let owner = versions.first {
          $0.isServer == versions[index].isServer && !sender(span($0.rank)).isElsewhere
        }
        guard let owner else { continue }
        versions[index].service = owner.service
        versions[index].host = owner.host
      }
    }
    // Nor does a late part, without kind and times, say which side of its service it describes.
    for index in versions.indices where span(versions[index].rank).isLatePart {
      let sides = versions.filter {
        $0.service == versions[index].service && !span($0.rank).isLatePart
      }
      if !sides.isEmpty, sides.allSatisfy(\.isServer) { versions[index].isServer = true }
    }
    versions.sort(by: Version.byHost)
    TraceBuilder.assignParts(&versions)
    versions.sort { $0.part != $1.part ? $0.part < $1.part : $0.rank < $1.rank }

    var winners: [Int32] = []
    var low = 0
    while low < versions.count {
      var high = low + 1
      while high < versions.count, versions[high].part == versions[low].part { high += 1 }
      var best = versions[low].rank
      for version in versions[low..<high] where isBetter(span(version.rank), than: span(best)) {
        best = version.rank
      }
      var winner = span(best)
      for version in versions[low..<high] where version.rank != best {
        let loser = span(version.rank)
        let (one, other) = (sender(loser), sender(span(best)))
        let isEqual =
          saysTheSame(loser, span(best))
          && (one == other || one.isElsewhere || other.isElsewhere)
        notes.append((isEqual ? .duplicateSpan : .conflictingSpan, best))
        winner.addWhatIsMissing(from: loser)
        if sender(winner).isElsewhere { winner.resource = loser.resource }
        chosen[Int(version.rank)] = nil
        losers.append((best, version.rank))
      }
      chosen[Int(best)] = winner
      winners.append(best)
      low = high
    }
    return winners.sorted()
  }

  /// Numbers the spans that versions sorted by host describe.
  private static func assignParts(_ versions: inout [Version]) {
    var part: Int32 = 0
    var low = 0
    while low < versions.count {
      var high = low
      var firstHost: (rank: Int32, part: Int32)?
      while high < versions.count, versions[high].service == versions[low].service,
        versions[high].isServer == versions[low].isServer
      {
        let host = versions[high].host
        if host != 0 {
          if high == low || versions[high - 1].host != host {
            part += 1
            if firstHost.map({ versions[high].rank < $0.rank }) ?? true {
              firstHost = (versions[high].rank, part)
            }
          }
          versions[high].part = part
        }
        high += 1
      }
      part += 1
      let hostless = firstHost?.part ?? part
      for index in low..<high where versions[index].host == 0 { versions[index].part = hostless }
      low = high
    }
  }

  /// Whether a version is to be kept rather than an earlier one: has an end, later end, longer.
  private func isBetter(_ a: Span, than b: Span) -> Bool {
    let openA = a.facts[.unknownEnd]
    let openB = b.facts[.unknownEnd]
    if openA != openB { return openB }
    if !openA, a.end != b.end { return a.end > b.end }
    func length(_ span: Span) -> Nanoseconds {
      span.facts[.unknownStart] || span.facts[.unknownEnd] ? 0 : span.end - span.start
    }
    return length(a) > length(b)
  }

  /// Whether two versions differ in nothing but where they were read.
  private func saysTheSame(_ a: Span, _ b: Span) -> Bool {
    var a = a
    a.place = b.place
    a.row = b.row
    a.resource = b.resource
    return a == b
  }

  /// Gives different spans that share an id names of their own: where CLIENT and SERVER share it, the first CLIENT keeps it,
  /// otherwise whoever is first in the input. A span's place in the input is that of the version that was kept.
  private func nameWinners(
    _ winners: [Int32], _ chosen: [Span?], _ suffixes: inout [Int32: String],
    _ clients: inout [Int32: Int32], _ notes: inout [(kind: Defect.Kind, rank: Int32)]
  ) {
    func kind(_ rank: Int32) -> SpanKind? { chosen[Int(rank)]?.facts.kind }
    let hasServer = winners.contains { kind($0) == .server }
    let client = hasServer ? winners.first { kind($0) == .client } : nil
    guard let keeper = client ?? winners.first else { return }
    var servers = 0
    var others = 1
    for winner in winners where winner != keeper {
      if let client, kind(winner) == .server {
        servers += 1
        suffixes[winner] = servers == 1 ? "#server" : "#server\(servers)"
        clients[winner] = client
        notes.append((.sharedSpanID, winner))
      } else {
        others += 1
        suffixes[winner] = "#\(others)"
        notes.append((.spanIDCollision, winner))
      }
    }
  }
}

extension Span {
  /// Whether it says only what became known behind the span's end, as Zipkin's late records do.
  fileprivate var isLatePart: Bool {
    facts.kind == .unknown && facts[.unknownStart] && facts[.unknownEnd]
  }

  /// Adds what attributes and events of another version say and this one does not; kind, status and times stay.
  ///
  /// A tag `error` that says no stays too. That the call was cancelled is added with what may have said so: the gRPC code,
  /// the error type or an exception.
  fileprivate mutating func addWhatIsMissing(from loser: Span) {
    let addsCode = facts.grpcCode == nil && loser.facts.grpcCode == 1
    let addsType = errorType.isEmpty && !loser.errorType.isEmpty
    if loser.facts[.cancelled], addsCode || addsType || loser.facts[.exception] {
      facts[.cancelled] = true
    }
    if loser.facts[.errorTag], !facts.deniesError { facts[.errorTag] = true }
    if loser.facts.deniesError, !facts[.errorTag] { facts.deniesError = true }
    if facts.httpStatus == 0 { facts.httpStatus = loser.facts.httpStatus }
    if facts.grpcCode == nil { facts.grpcCode = loser.facts.grpcCode }
    if facts.messageHash == 0 { facts.messageHash = loser.facts.messageHash }
    for flag: SpanFacts.Flag in [.exception, .probe] where loser.facts[flag] {
      facts[flag] = true
    }
    if peer.isEmpty { peer = loser.peer }
    if errorType.isEmpty { errorType = loser.errorType }
  }
}
