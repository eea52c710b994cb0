public import TraceModel

/// All that is measured of one trace: what profiles add up and what exports and waterfalls show.
///
/// Arrays run parallel to `trace.spans`.
public struct TraceMeasures: Sendable {
  /// The trace, skew-corrected, with edges and units.
  public var trace: Trace
  /// Time of each span in which none of its sync children runs (traces-semantics.md 4), ns.
  public var selfTime: [Nanoseconds]
  /// Length of each span's segments on the critical path of its unit (5), ns.
  public var criticalPath: [Nanoseconds]
  /// Length of each span's window on the path of its unit, 0 where the path does not visit it (5), ns.
  public var inclusive: [Nanoseconds]
  /// Critical paths of all units: the primary unit first, the others by input order of their heads; within a unit by time.
  public var segments: [PathSegment]
  /// How many of `segments` belong to the primary unit; they come first.
  public var primarySegmentCount: Int
  /// What each span's error is (6).
  public var errorClass: [ErrorClass]
  /// All origins of errors, by index of their span.
  public var origins: [ErrorOrigin]
}

/// A stretch of the critical path: during it, its span decides when the unit ends.
public struct PathSegment: Sendable, Hashable {
  /// Index of the span.
  public var span: Int32
  /// Corrected start.
  public var start: Timestamp
  /// Corrected end, after start.
  public var end: Timestamp

  /// A segment of its parts.
  public init(span: Int32, start: Timestamp, end: Timestamp) {
    self.span = span
    self.start = start
    self.end = end
  }
}

/// What a span's outcome is in the light of its children (traces-semantics.md 6.3, 6.4).
public enum ErrorClass: UInt8, Sendable, CaseIterable {
  /// No error, and none below that it should have felt.
  case none
  /// No error, internal, looked through.
  case transparent
  /// An error without error children: an origin.
  case origin
  /// An error with error children.
  case propagated
  /// No error, though children failed: it coped.
  case handled

  /// The word used in exports: `none`, `transparent`, `self`, `propagated`, `handled`.
  public var name: String {
    switch self {
    case .none: "none"
    case .transparent: "transparent"
    case .origin: "self"
    case .propagated: "propagated"
    case .handled: "handled"
    }
  }
}

/// A failed span without failed children, what it says of the fault, and how far the fault went (6.4 to 6.8).
public struct ErrorOrigin: Sendable, Hashable {
  /// Index of the failed span.
  public var span: Int32
  /// Where the fault lies, as far as the origin tells.
  public var blame: Blame
  /// Whether the error is a cancelled call (6.2).
  public var isCancelled: Bool
  /// How far it went.
  public var reach: Reach
  /// The later sibling that did the same and did not fail, -1 where none.
  public var retriedBy: Int32
  /// Whether it is the primary origin of its unit.
  public var isPrimary: Bool
  /// Failed spans from the origin up to where the climb ended, both included; transparent spans left out.
  public var propagation: [Int32]

  /// An origin of its parts.
  public init(
    span: Int32, blame: Blame, isCancelled: Bool, reach: Reach, retriedBy: Int32 = -1,
    isPrimary: Bool = false, propagation: [Int32]
  ) {
    self.span = span
    self.blame = blame
    self.isCancelled = isCancelled
    self.reach = reach
    self.retriedBy = retriedBy
    self.isPrimary = isPrimary
    self.propagation = propagation
  }

  /// Where the fault lies (6.6).
  public enum Blame: String, Sendable, CaseIterable, Codable {
    /// In the span's own service.
    case local
    /// In the un-instrumented peer of a call.
    case remote
    /// The call gave up before its callee had ended.
    case timeout
    /// Between caller and callee, which both were there and the callee did not fail.
    case transport
  }

  /// How far the error went (6.7).
  public enum Reach: Sendable, Hashable {
    /// Up to the head of its unit, with this index.
    case reaches(Int32)
    /// A span with this index did not fail.
    case handledBy(Int32)
  }
}
