/// Children of each node, their order, and the preorder that follows from it.
///
/// Children lie one behind the other, those of node 0 first; the heads are the children of a node after the last.
struct SiblingOrder: Sendable {
  /// Where the children of a node begin in `kids`.
  private var first: [Int32] = []
  private var kids: [Int32] = []
  private var stack: [Int32] = []
  /// Nodes, parents before their children.
  private(set) var order: [Int32] = []
  /// Place of each node in `order`.
  private(set) var place: [Int32] = []

  /// Gathers children by parent; siblings in the order of their nodes.
  mutating func link(_ parent: [Int32]) {
    let count = parent.count
    first.removeAll(keepingCapacity: true)
    first.append(contentsOf: repeatElement(0, count: count + 3))
    kids.removeAll(keepingCapacity: true)
    kids.append(contentsOf: repeatElement(0, count: count))
    for above in parent { first[(above < 0 ? count : Int(above)) + 2] += 1 }
    for slot in 2..<first.count { first[slot] += first[slot - 1] }
    for node in parent.indices {
      let slot = (parent[node] < 0 ? count : Int(parent[node])) + 1
      kids[Int(first[slot])] = Int32(node)
      first[slot] += 1
    }
  }

  /// Children of a node.
  func children(of node: Int) -> ArraySlice<Int32> {
    kids[Int(first[node])..<Int(first[node + 1])]
  }

  /// Nodes without a parent.
  var heads: ArraySlice<Int32> { children(of: kids.count) }

  /// Sorts siblings by start, then longer, then by id.
  ///
  /// - Complexity: O(*n*) where they are in order, else O(*n* log *n*).
  mutating func sort(
    start: [Timestamp], end: [Timestamp], idPrecedes: (Int32, Int32) -> Bool
  ) {
    func precedes(_ a: Int32, _ b: Int32) -> Bool {
      let startA = start[Int(a)]
      let startB = start[Int(b)]
      if startA != startB { return startA < startB }
      let endA = end[Int(a)]
      let endB = end[Int(b)]
      return endA != endB ? endA > endB : idPrecedes(a, b)
    }
    for slot in 0...kids.count {
      let low = Int(first[slot])
      let high = Int(first[slot + 1])
      if high - low < 2 { continue }
      var isSorted = true
      for index in low + 1..<high where precedes(kids[index], kids[index - 1]) {
        isSorted = false
        break
      }
      if !isSorted { kids[low..<high].sort(by: precedes) }
    }
  }

  /// Moves a head before the others.
  mutating func putFirst(_ head: Int32) {
    let low = Int(first[kids.count])
    guard var index = heads.firstIndex(of: head) else { return }
    while index > low {
      kids.swapAt(index, index - 1)
      index -= 1
    }
  }

  /// Fills `order` with preorder and `place` with its inverse.
  mutating func walk() {
    order.removeAll(keepingCapacity: true)
    place.removeAll(keepingCapacity: true)
    place.append(contentsOf: repeatElement(0, count: kids.count))
    stack.removeAll(keepingCapacity: true)
    stack.append(contentsOf: heads.reversed())
    while let node = stack.popLast() {
      place[Int(node)] = Int32(order.count)
      order.append(node)
      var child = Int(first[Int(node) + 1])
      while child > first[Int(node)] {
        child -= 1
        stack.append(kids[child])
      }
    }
  }

  /// Fills `order` level by level.
  mutating func listTopDown() {
    order.removeAll(keepingCapacity: true)
    order.append(contentsOf: heads)
    var done = 0
    while done < order.count {
      order.append(contentsOf: children(of: Int(order[done])))
      done += 1
    }
  }
}

extension Trace {
  /// Brings siblings into the order of their corrected times again, after clocks were corrected; heads stay.
  ///
  /// - Complexity: O(*n*) where nothing is to be moved.
  package mutating func restoreOrder() {
    if siblingsAreOrdered { return }
    var siblings = SiblingOrder()
    siblings.link(parent)
    siblings.sort(start: start, end: end) {
      let (a, b) = (Int($0), Int($1))
      return idPrecedes(a, b) || !idPrecedes(b, a) && inputRank[a] < inputRank[b]
    }
    siblings.putFirst(primary)
    siblings.walk()
    let order = siblings.order
    let place = siblings.place
    spans = order.map { spans[Int($0)] }
    start = order.map { start[Int($0)] }
    end = order.map { end[Int($0)] }
    shift = order.map { shift[Int($0)] }
    edge = order.map { edge[Int($0)] }
    inputRank = order.map { inputRank[Int($0)] }
    parent = order.map { parent[Int($0)] < 0 ? -1 : place[Int(parent[Int($0)])] }
    unit = order.map { place[Int(unit[Int($0)])] }
    subtreeEnd = Trace.subtreeEnds(parent)
    var moved: [Int32: String] = [:]
    for (index, text) in writtenIDs { moved[place[Int(index)]] = text }
    writtenIDs = moved
    for index in absorbed.indices { absorbed[index].kept = place[Int(absorbed[index].kept)] }
  }

  /// Whether each child stands after its sibling by start, then longer, then by id.
  private var siblingsAreOrdered: Bool {
    for index in spans.indices.dropFirst() {
      let above = parent[index]
      if above < 0 || above == index - 1 { continue }
      // The sibling before is the ancestor of the span before that hangs from the same parent; its subtree ends here.
      var before = index - 1
      while parent[before] != above { before = Int(parent[before]) }
      if start[index] != start[before] {
        if start[index] < start[before] { return false }
      } else if end[index] != end[before] {
        if end[index] > end[before] { return false }
      } else if idPrecedes(index, before) {
        return false
      }
    }
    return true
  }
}
