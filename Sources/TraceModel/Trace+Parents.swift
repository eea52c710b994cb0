/// Who is whose parent (traces-semantics.md 1.5 and 1.6).
extension TraceBuilder {
  /// A bearer of an id that several spans bear, filed under what a child may have in common with it.
  struct Rival: Sendable {
    var id: UInt64
    var tier: Tier
    var service: UInt32
    var host: UInt32
    var node: Int32

    /// What child and parent share, best first.
    enum Tier: UInt8, Sendable { case host, service, server }

    static func < (a: Rival, b: Rival) -> Bool {
      if a.id != b.id { return a.id < b.id }
      if a.tier != b.tier { return a.tier.rawValue < b.tier.rawValue }
      if a.service != b.service { return a.service < b.service }
      return a.host != b.host ? a.host < b.host : a.node < b.node
    }
  }

  /// Fills `parent` and `edge`.
  mutating func findParents() {
    fileRivals()
    // Locals, so that no look-up copies the builder.
    let (kept, senders, names, rivals) = (self.kept, self.senders, self.names, self.rivals)
    let inferred = callersOfInferred
    for node in kept.indices {
      let span = kept[node]
      var above: Int32 = -1
      var how = Trace.Edge.sync
      if let client = forced.isEmpty ? nil : forced[Int32(node)] {
        above = client
      } else if span.parent.isAbsent {
        how = .root
      } else if span.parent == span.id {
        how = .selfParent
        found.append((.selfParent, Int32(node)))
      } else {
        let id = TraceBuilder.standIn(for: span.parent.rawValue, inferred)
        above = TraceBuilder.bearer(of: id, senders[node], names, rivals)
        if above == Int32(node) { above = -1 }
        if above < 0 {
          how = .orphan
          found.append((.missingParent, Int32(node)))
        } else if span.facts[.followsParent] {
          how = .followsFrom
        }
      }
      parent.append(above)
      edge.append(how)
    }
  }

  /// The node that a child means by an id: of several the one with equal service and host, else equal service, else the
  /// SERVER, else the first in the input, which also decides between equals; -1 where nobody bears it.
  private static func bearer(
    of id: UInt64, _ child: Resource, _ names: [Name], _ rivals: [Rival]
  ) -> Int32 {
    let index = names.lowerBound { $0.id < id }
    guard index < names.count, names[index].id == id else { return -1 }
    let first = names[index].bearer
    guard index + 1 < names.count, names[index + 1].id == id else { return first }
    func rival(_ tier: Rival.Tier, _ service: UInt32, _ host: UInt32) -> Int32? {
      let sought = Rival(id: id, tier: tier, service: service, host: host, node: -1)
      let index = rivals.lowerBound { $0 < sought }
      guard index < rivals.count else { return nil }
      let it = rivals[index]
      guard it.id == id, it.tier == tier, it.service == service, it.host == host else {
        return nil
      }
      return it.node
    }
    let service = child.service.index
    return rival(.host, service, child.host.index) ?? rival(.service, service, 0)
      ?? rival(.server, 0, 0) ?? first
  }

  private mutating func fileRivals() {
    guard names.count > 1 else { return }
    for index in names.indices {
      let name = names[index]
      let isShared =
        index > 0 && names[index - 1].id == name.id
        || index + 1 < names.count && names[index + 1].id == name.id
      if !isShared { continue }
      let node = name.bearer
      let service = senders[Int(node)].service.index
      let host = senders[Int(node)].host.index
      rivals.append(Rival(id: name.id, tier: .host, service: service, host: host, node: node))
      rivals.append(Rival(id: name.id, tier: .service, service: service, host: 0, node: node))
      if kept[Int(node)].facts.kind == .server {
        rivals.append(Rival(id: name.id, tier: .server, service: 0, host: 0, node: node))
      }
    }
    rivals.sort(by: <)
  }

  /// Cuts each circle above its member with the earliest start, then the longer, then the smaller id.
  mutating func cutCycles() {
    walk.removeAll(keepingCapacity: true)
    walk.append(contentsOf: repeatElement(-1, count: parent.count))
    for first in parent.indices {
      var node = first
      while node >= 0, walk[node] < 0 {
        walk[node] = Int32(first)
        node = Int(parent[node])
      }
      // Back on this very walk: a circle.
      guard node >= 0, walk[node] == Int32(first) else {
        continue
      }
      var best = Int32(node)
      var member = parent[node]
      while member != Int32(node) {
        if startsBefore(member, best) { best = member }
        member = parent[Int(member)]
      }
      parent[Int(best)] = -1
      edge[Int(best)] = .cycle
      found.append((.cycle, best))
    }
  }

  /// Raw times decide, as settled ones need the tree; an unknown start comes last, an unknown end is no length.
  private func startsBefore(_ a: Int32, _ b: Int32) -> Bool {
    func key(_ node: Int32) -> (Int64, Nanoseconds) {
      let span = kept[Int(node)]
      let isOpen = span.facts[.unknownStart] || span.facts[.unknownEnd]
      let length = isOpen ? 0 : max(0, span.end - span.start)
      return (span.facts[.unknownStart] ? .max : span.start.nanoseconds, length)
    }
    let (startA, lengthA) = key(a)
    let (startB, lengthB) = key(b)
    if startA != startB { return startA < startB }
    return lengthA != lengthB ? lengthA > lengthB : TraceBuilder.idPrecedes(a, b, kept, written)
  }
}

extension Array {
  /// The first index whose element does not come before what is sought, in an array sorted by that.
  ///
  /// - Complexity: O(log *n*).
  func lowerBound(_ comesBefore: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if comesBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
