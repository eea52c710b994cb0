public import TraceModel

/// The choices in which tools differ when they measure a trace, with our defaults (traces-semantics.md 10).
///
/// Raw values are kept, so a trace can be measured again with other knobs. They are an argument of `measure`.
public struct Knobs: Sendable, Hashable {
  /// How clocks are corrected.
  public var skew = Skew.min
  /// Siblings that overlap by at most this part of their parent's length count as one after the other: 1 / this; 0 for never.
  public var overlapDivisor: Int64 = 100
  /// But by no more than this.
  public var largestOverlap: Nanoseconds = 10_000_000
  /// By how much a local child may end after its parent and still be waited for; nil: however late.
  public var lateLocalChild: Nanoseconds? = 1_000_000
  /// A correction beyond this is not believed.
  public var largestSkew: Nanoseconds = 60_000_000_000

  /// The defaults.
  public init() {}

  /// How a callee that lies outside its caller is moved.
  public enum Skew: String, Sendable, CaseIterable, Codable {
    /// Not at all, as CRISP and Jaeger UI.
    case off
    /// As little as makes it fit.
    case min
    /// To the middle, as Jaeger's adjuster and Zipkin.
    case mid
  }

  /// By how much siblings below a span of this length may overlap.
  func tolerance(of length: Nanoseconds) -> Nanoseconds {
    overlapDivisor <= 0 ? 0 : Swift.min(length / overlapDivisor, largestOverlap)
  }
}
