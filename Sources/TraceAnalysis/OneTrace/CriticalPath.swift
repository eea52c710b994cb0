import TraceModel

/// What the critical paths of a trace's units say of each span, and the paths themselves.
struct CriticalPaths: Sendable {
  /// Length of each span's segments, ns.
  var exclusive: [Nanoseconds]
  /// Length of each span's window, 0 where the path does not visit it, ns.
  var inclusive: [Nanoseconds]
  /// The primary unit's segments by time, then the other units' by input order of their heads.
  var segments: [PathSegment]
  /// How many of `segments` belong to the primary unit.
  var primaryCount: Int
}

/// The room that critical paths are found in, kept from one trace to the next.
struct PathRoom: Sendable {
  /// What is still to be walked, the earliest on top.
  fileprivate var stack: [Piece] = []
  /// Sync children of the span being walked, by end.
  fileprivate var kids: [Kid] = []
  fileprivate var heads: [Int32] = []

  /// A stretch of time that a span answers for: itself, or with its children.
  fileprivate struct Piece: Sendable {
    var span: Int32
    var isWhole: Bool
    var start: Timestamp
    var end: Timestamp
  }

  fileprivate struct Kid: Sendable {
    var span: Int32
    /// First moment inside the window.
    var start: Timestamp
    /// First moment after it, or after the window.
    var end: Timestamp
  }
}

/// The chain of segments of each unit that, shortened, shortens its head.
///
/// A span is blocked on the child that finishes last; before that child started, on the one that had finished by then. Siblings
/// that overlap by no more than a tolerance count as one after the other.
///
///     R |--------------------|          R 0–3, A 3–9, R 9–11, B 11–18, R 18–22
///     A    |----|
///     B            |-----|
///
/// - Parameters:
///   - trace: with corrected times and edges.
///   - knobs: the tolerance.
///   - room: any; it says nothing about the result.
/// - Complexity: O(*n* log *n*) time, O(*n*) memory, no recursion: a stack holds what is still to be walked.
/// - Source: traces-semantics.md 5, after Zhang et al., "CRISP: Critical Path Analysis of Large-Scale Microservice
///   Architectures", USENIX ATC 2022.
func criticalPaths(_ trace: Trace, knobs: Knobs, room: inout PathRoom) -> CriticalPaths {
  let none = [Nanoseconds](repeating: 0, count: trace.spans.count)
  var paths = CriticalPaths(exclusive: none, inclusive: none, segments: [], primaryCount: 0)
  paths.segments.reserveCapacity(trace.spans.count)
  room.heads.removeAll(keepingCapacity: true)
  for index in trace.spans.indices
  where trace.edge[index].startsUnit && index != Int(trace.primary) {
    room.heads.append(Int32(index))
  }
  if room.heads.count > 1 {
    room.heads.sort { trace.inputRank[Int($0)] < trace.inputRank[Int($1)] }
  }
  if !trace.spans.isEmpty { room.walk(trace, from: trace.primary, knobs, &paths) }
  paths.primaryCount = paths.segments.count
  for head in room.heads { room.walk(trace, from: head, knobs, &paths) }
  return paths
}

extension PathRoom {
  /// Walks one unit from its start to its end.
  fileprivate mutating func walk(
    _ trace: Trace, from head: Int32, _ knobs: Knobs, _ paths: inout CriticalPaths
  ) {
    let (start, end) = (trace.start[Int(head)], trace.end[Int(head)])
    if start == end { return }
    stack.append(Piece(span: head, isWhole: true, start: start, end: end))
    while let piece = stack.popLast() {
      if piece.isWhole {
        paths.inclusive[Int(piece.span)] = piece.end - piece.start
        gatherKids(trace, piece)
        if !kids.isEmpty {
          split(piece, trace, knobs)
          continue
        }
      }
      paths.exclusive[Int(piece.span)] += piece.end - piece.start
      paths.segments.append(PathSegment(span: piece.span, start: piece.start, end: piece.end))
    }
  }

  /// Fills `kids` with the sync children that run inside a piece, by end.
  private mutating func gatherKids(_ trace: Trace, _ piece: Piece) {
    kids.removeAll(keepingCapacity: true)
    var isSorted = true
    var child = Int(piece.span) + 1
    let stop = Int(trace.subtreeEnd[Int(piece.span)])
    while child < stop {
      if trace.edge[child] == .sync {
        let start = max(trace.start[child], piece.start)
        let end = min(trace.end[child], piece.end)
        if start < end {
          if let last = kids.last, last.end > end { isSorted = false }
          kids.append(Kid(span: Int32(child), start: start, end: end))
        }
      }
      child = Int(trace.subtreeEnd[child])
    }
    if !isSorted { kids.sort { $0.end < $1.end } }
  }

  /// Cuts a piece into what its span does itself and what it waits for, and puts the pieces on the stack, latest first.
  ///
  /// A kid that is passed over starts no earlier than the one taken, so it can never be taken later: one pass is enough.
  private mutating func split(_ piece: Piece, _ trace: Trace, _ knobs: Knobs) {
    let tolerance = knobs.tolerance(of: trace.duration(Int(piece.span)))
    var current = piece.end
    var left = kids.count
    while current > piece.start {
      while left > 0, kids[left - 1].end > current + tolerance { left -= 1 }
      // Of those that end last, as seen from here, the one that starts first.
      var best: Kid?
      while left > 0 {
        let kid = kids[left - 1]
        if let best, min(kid.end, current) < min(best.end, current) { break }
        left -= 1
        if kid.start >= current { continue }
        if best.map({ precedes(kid, $0, trace) }) ?? true { best = kid }
      }
      guard let best else {
        stack.append(Piece(span: piece.span, isWhole: false, start: piece.start, end: current))
        return
      }
      let top = min(best.end, current)
      if top < current {
        stack.append(Piece(span: piece.span, isWhole: false, start: top, end: current))
      }
      stack.append(Piece(span: best.span, isWhole: true, start: best.start, end: top))
      current = best.start
    }
  }

  private func precedes(_ a: Kid, _ b: Kid, _ trace: Trace) -> Bool {
    a.start != b.start ? a.start < b.start : trace.idPrecedes(Int(a.span), Int(b.span))
  }
}
