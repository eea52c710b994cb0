/// All stored spans of one trace id as a tree, in preorder: parents stand before their children, siblings by start,
/// then by longer length, then by id; heads in the order primary first, then by start, longer, id.
///
/// May have several heads: roots, orphans whose parent was never stored, spans at which a circle was cut. Arrays run in
/// parallel; an index is a span's place in preorder. `spans` keeps the raw times, `start` and `end` hold the settled and
/// skew-corrected ones.
///
/// - Source: traces-semantics.md 1 to 3.
public struct Trace: Sendable {
  /// The trace's id, the longer form where 64-bit and 128-bit ids were joined.
  public package(set) var id: TraceID
  /// Spans in preorder, duplicates removed, raw values.
  public package(set) var spans: [Span]
  /// Start of each span: settled by 1.7, moved by `shift`.
  public package(set) var start: [Timestamp]
  /// End of each span: settled by 1.7, moved by `shift`; never before its start.
  public package(set) var end: [Timestamp]
  /// By how much the clock of the span's host was corrected, ns.
  public package(set) var shift: [Nanoseconds]
  /// Index of the parent, -1 for a head of the trace.
  public package(set) var parent: [Int32]
  /// Index after the last span of the subtree.
  public package(set) var subtreeEnd: [Int32]
  /// How the span hangs below its parent, or why it has none.
  public package(set) var edge: [Edge]
  /// Index of the head of the unit that the span belongs to.
  public package(set) var unit: [Int32]
  /// Index of the primary root; 0 in every trace that holds a span.
  public package(set) var primary: Int32
  /// Place of each span in the input's order: 0 is the first.
  public package(set) var inputRank: [Int32]
  /// Written ids of spans whose id is not the plain hex of `spans[i].id`: opaque, `id#server`, `id#2`, `anon-N`.
  public package(set) var writtenIDs: [Int32: String]
  /// Other versions of a span that were folded into it: (index of the span kept, the version dropped).
  public package(set) var absorbed: [(kept: Int32, dropped: Span)]
  /// What was repaired or assumed.
  public package(set) var defects: DefectTally

  /// How a span hangs in the trace.
  public enum Edge: UInt8, Sendable, CaseIterable {
    /// No parent id.
    case root
    /// Names itself as parent.
    case selfParent
    /// A circle was cut above it.
    case cycle
    /// Its parent is not in the data.
    case orphan
    /// The parent waits for it.
    case sync
    /// The parent does not wait: named by FOLLOWS_FROM.
    case followsFrom
    /// The parent does not wait: a message lies between.
    case messaging
    /// The parent does not wait: the two do not meet in time.
    case disjoint
    /// The parent does not wait: it ends well before its local child.
    case outlives

    /// Whether the span has no parent in the trace.
    public var isHead: Bool { rawValue <= Edge.orphan.rawValue }
    /// Whether the span starts a unit of its own.
    public var startsUnit: Bool { self != .sync }
    /// The word used in exports: `root`, `sync`, `detached:messaging`, …
    public var name: String {
      switch self {
      case .root: "root"
      case .selfParent: "self_parent"
      case .cycle: "cycle"
      case .orphan: "orphan"
      case .sync: "sync"
      case .followsFrom: "detached:follows_from"
      case .messaging: "detached:messaging"
      case .disjoint: "detached:disjoint"
      case .outlives: "detached:outlives"
      }
    }
  }

  /// Span ids as they are shown: the written form where there is one, else 16 hex digits.
  public func idText(_ index: Int) -> String {
    writtenIDs[Int32(index)] ?? spans[index].id.description
  }

  /// Whether span `a`'s id comes before span `b`'s, bytewise on the written forms.
  ///
  /// - Complexity: O(1) where both are plain hex.
  public func idPrecedes(_ a: Int, _ b: Int) -> Bool {
    if writtenIDs.isEmpty { return spans[a].id < spans[b].id }
    return idText(a).utf8.lexicographicallyPrecedes(idText(b).utf8)
  }

  /// Corrected length of a span, never negative.
  public func duration(_ index: Int) -> Nanoseconds { end[index] - start[index] }

  /// Length of the primary root.
  public var total: Nanoseconds { spans.isEmpty ? 0 : duration(Int(primary)) }
}
