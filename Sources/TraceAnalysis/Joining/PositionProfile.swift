import TraceModel

/// Where in the life of their spans records are written: most at the beginning or the end, failures at the end.
///
/// - Invariant: densities are relative to records spread evenly; before anything is learnt, a third of the records lies at either end.
struct PositionProfile: Sendable {
  /// Ends of the bins, as fractions of the span's length; narrow ones at the ends.
  private static let ends = [0.02, 0.1, 0.5, 0.9, 0.98, 1.0]
  private static let prior = [6.5, 2.0, 1.5, 1.5, 2.0, 6.5]

  private var failures = Self.prior
  private var others = Self.prior

  private static func bin(_ log: JoinLog, in span: JoinSpan) -> Int {
    // Halves first: the difference of two far moments does not fit.
    let length = Double(span.end) - Double(span.start)
    if length <= 0 { return 0 }
    let place = (Double(log.time) - Double(span.start)) / length
    return ends.firstIndex { place < $0 } ?? ends.count - 1
  }

  /// Learns of a record that names its span.
  mutating func learn(_ log: JoinLog, in span: JoinSpan) {
    let bin = Self.bin(log, in: span)
    if log.severity >= 17 { failures[bin] += 1 } else { others[bin] += 1 }
  }

  /// How much more often than evenly spread ones records are written at this place of a span.
  func density(_ log: JoinLog, in span: JoinSpan) -> Double {
    let bin = Self.bin(log, in: span)
    let counts = log.severity >= 17 ? failures : others
    let width = Self.ends[bin] - (bin == 0 ? 0 : Self.ends[bin - 1])
    return counts[bin] / counts.reduce(0, +) / width
  }
}
