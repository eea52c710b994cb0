extension Trace {
  /// The tree of a trace's spans, whatever their order and however odd they are.
  ///
  /// Settles what traces-semantics.md 1 asks for: several documents with one id, shared ids, parents, self parents, orphans,
  /// cycles, unknown and reversed times, the primary root. Each kept span has exactly one head above it. Clocks are not
  /// corrected here, and edges are known only as far as parents tell: heads by their reason, `followsFrom`, else `sync`.
  ///
  /// Two documents count as equal (`duplicate_span`) if all that `Span` holds is equal but place and row; the texts of
  /// attributes are not looked at. Spans marked `inferred` stand for the remote end of a call: they are left out, the caller
  /// takes over the name of that end, and what hangs below one hangs on its caller. A span whose resource is `isElsewhere`
  /// gets that of the nearest span above it that has one of its own. A time that is
  /// more than 146 years from 1970 is taken as unknown (`odd_time`), so that no later sum can overflow.
  ///
  /// - Parameters:
  ///   - raw: spans in any order; their places say which came first.
  ///   - resources: what `Span.resource` points into; an index outside of it means a resource that says nothing.
  /// - Complexity: O(*n* log *n*) time, O(*n*) memory, no recursion.
  public static func build(_ raw: RawTrace, resources: [Resource]) -> Trace {
    var builder = TraceBuilder()
    return builder.build(raw, resources: resources)
  }
}

/// The room in which traces are built, kept from one trace to the next.
///
/// A "rank" is a span's place in the input's order, a "node" that of a span that was kept among those kept.
///
/// - Assumes: most traces are small, come in order, and name each span once.
public struct TraceBuilder: Sendable {
  /// Indices into the raw spans in input order; its index is the rank.
  var order: [Int32] = []
  /// Span ids with the rank, then the node, that bears them; sorted.
  var names: [Name] = []
  /// Kept spans in input order; its index is the node.
  var kept: [Span] = []
  /// Who sent the kept span.
  var senders: [Resource] = []
  /// Node of the parent, -1 for none.
  var parent: [Int32] = []
  var edge: [Trace.Edge] = []
  var start: [Timestamp] = []
  var end: [Timestamp] = []
  /// Written ids by node, where they are not plain hex.
  var written: [Int32: String] = [:]
  /// Nodes whose parent is settled by a shared id, by node.
  var forced: [Int32: Int32] = [:]
  /// Versions dropped, with the node that keeps them.
  var dropped: [(node: Int32, span: Span)] = []
  /// Ids that several nodes bear, by what a child may have in common with them; sorted.
  var rivals: [Rival] = []
  /// Which walk met a node when cycles are sought.
  var walk: [Int32] = []
  /// Stand-ins for remote ends, by input order; not among the kept.
  var inferred: [Span] = []
  var siblings = SiblingOrder()
  /// What was repaired, with the node where it was seen.
  var found: [(kind: Defect.Kind, node: Int32)] = []

  /// An empty room.
  public init() {}

  /// As `Trace.build`, without asking for room where there is enough.
  public mutating func build(_ raw: RawTrace, resources: [Resource]) -> Trace {
    clear()
    rank(raw.spans)
    if namesAreUnique {
      for index in order { kept.append(raw.spans[Int(index)]) }
    } else {
      settleVersions(raw, resources)
    }
    for span in kept {
      let index = Int(span.resource)
      senders.append(
        resources.indices.contains(index) ? resources[index] : Resource(service: .empty))
    }
    noteWrittenIDs(raw.writtenIDs)
    findParents()
    cutCycles()
    borrowSenders()
    nameRemoteEnds()
    siblings.link(parent)
    settleTimes()
    return freeze(raw.id)
  }

  private mutating func clear() {
    order.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
    kept.removeAll(keepingCapacity: true)
    senders.removeAll(keepingCapacity: true)
    parent.removeAll(keepingCapacity: true)
    edge.removeAll(keepingCapacity: true)
    start.removeAll(keepingCapacity: true)
    end.removeAll(keepingCapacity: true)
    dropped.removeAll(keepingCapacity: true)
    rivals.removeAll(keepingCapacity: true)
    found.removeAll(keepingCapacity: true)
    if !inferred.isEmpty { inferred = [] }
    if !written.isEmpty { written = [:] }
    if !forced.isEmpty { forced = [:] }
  }

  /// Fills `order` and `names`.
  private mutating func rank(_ spans: [Span]) {
    var isOrdered = true
    var last = Place(sourceRank: .min, offset: .min)
    for index in spans.indices {
      if spans[index].facts[.inferred] {
        inferred.append(spans[index])
        continue
      }
      let place = spans[index].place
      if place < last { isOrdered = false }
      last = place
      order.append(Int32(index))
    }
    if !isOrdered {
      order.sort {
        let a = spans[Int($0)].place
        let b = spans[Int($1)].place
        return a == b ? $0 < $1 : a < b
      }
    }
    if inferred.count > 1 { inferred.sort { $0.place < $1.place } }
    for rank in order.indices {
      names.append(Name(id: spans[Int(order[rank])].id.rawValue, bearer: Int32(rank)))
    }
    names.sort { $0.id != $1.id ? $0.id < $1.id : $0.bearer < $1.bearer }
  }

  private var namesAreUnique: Bool {
    guard let first = names.first else { return true }
    if first.id == 0 { return false }
    for index in 1..<names.count where names[index].id == names[index - 1].id { return false }
    return true
  }

  private mutating func noteWrittenIDs(_ texts: [SpanID: String]) {
    if texts.isEmpty { return }
    for node in kept.indices where written[Int32(node)] == nil {
      if let text = texts[kept[node].id] { written[Int32(node)] = text }
    }
  }

  /// Whether node `a`'s id comes before node `b`'s, bytewise on the written forms; the input's order where they are equal.
  static func idPrecedes(
    _ a: Int32, _ b: Int32, _ kept: [Span], _ written: [Int32: String]
  ) -> Bool {
    if !written.isEmpty {
      let textA = written[a] ?? kept[Int(a)].id.description
      let textB = written[b] ?? kept[Int(b)].id.description
      return textA == textB ? a < b : textA.utf8.lexicographicallyPrecedes(textB.utf8)
    }
    let idA = kept[Int(a)].id
    let idB = kept[Int(b)].id
    return idA == idB ? a < b : idA < idB
  }

  /// Brings the nodes into preorder and makes the trace of them.
  private mutating func freeze(_ id: TraceID) -> Trace {
    let count = kept.count
    // Locals, so that comparing ids does not copy the builder.
    let (kept, written) = (self.kept, self.written)
    siblings.sort(start: start, end: end) { TraceBuilder.idPrecedes($0, $1, kept, written) }
    siblings.putFirst(primaryRoot(among: siblings.heads))
    siblings.walk()
    let order = siblings.order
    let place = siblings.place
    var unit: [Int32] = []
    unit.reserveCapacity(count)
    let edges = order.map { edge[Int($0)] }
    let parents = order.map { parent[Int($0)] < 0 ? -1 : place[Int(parent[Int($0)])] }
    for index in 0..<count {
      unit.append(edges[index].startsUnit ? Int32(index) : unit[Int(parents[index])])
    }
    var writtenIDs: [Int32: String] = [:]
    for (node, text) in written { writtenIDs[place[Int(node)]] = text }
    var trace = Trace(
      id: id, spans: order.map { kept[Int($0)] }, start: order.map { start[Int($0)] },
      end: order.map { end[Int($0)] }, shift: Array(repeating: 0, count: count), parent: parents,
      subtreeEnd: Trace.subtreeEnds(parents), edge: edges, unit: unit, primary: 0,
      inputRank: order, writtenIDs: writtenIDs,
      absorbed: dropped.map { (kept: place[Int($0.node)], dropped: $0.span) },
      defects: DefectTally())
    for (kind, node) in found { trace.note(kind, at: Int(place[Int(node)])) }
    return trace
  }

  /// The node of the primary root (1.8), -1 where there is no span.
  ///
  /// - Parameter heads: by start, longer, id, so that only a better reason takes the place of an earlier one.
  private func primaryRoot(among heads: ArraySlice<Int32>) -> Int32 {
    func rank(_ edge: Trace.Edge) -> Int {
      switch edge {
      case .root: 0
      case .selfParent, .cycle: 1
      default: 2
      }
    }
    var best: Int32 = -1
    for head in heads where best < 0 || rank(edge[Int(head)]) < rank(edge[Int(best)]) {
      best = head
    }
    return best
  }
}

extension TraceBuilder {
  /// A span id and who bears it.
  struct Name: Sendable {
    var id: UInt64
    var bearer: Int32
  }
}

extension Trace {
  /// Counts a defect of a span; the first of its kind gives the example, trace id and span id.
  package mutating func note(_ kind: Defect.Kind, at index: Int) {
    let example = defects.entries[kind]?.example ?? "\(id) \(idText(index))"
    defects.add(Defect(kind: kind, example: example))
  }

  /// Index after each span's subtree, for parents in preorder.
  static func subtreeEnds(_ parents: [Int32]) -> [Int32] {
    var ends = Array(Int32(1)..<Int32(parents.count + 1))
    for index in parents.indices.reversed() {
      let parent = Int(parents[index])
      if parent >= 0 { ends[parent] = max(ends[parent], ends[index]) }
    }
    return ends
  }
}
