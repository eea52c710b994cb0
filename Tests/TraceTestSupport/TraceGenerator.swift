import Foundation
import TraceModel

/// A small generator of random numbers with a seed (SplitMix64, Steele, Lea, Flood, OOPSLA 2014).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator that gives the same numbers for the same seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
    return bits ^ bits >> 31
  }

  /// Whether something happens that does so once in `count` times.
  public mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}

/// Random traces with everything odd in them that the trace semantics know.
public enum TraceGenerator {
  /// All times are whole multiples of this, so that slow checks can go step by step; ns.
  public static let step: Int64 = 100_000

  /// How many traces the laws are checked on; `CULPRIT_PROOF_TRACES` sets another number.
  public static let count =
    Int(ProcessInfo.processInfo.environment["CULPRIT_PROOF_TRACES"] ?? "") ?? 400

  /// A trace of 1 to 24 spans.
  ///
  /// - Parameters:
  ///   - seed: the same seed gives the same trace.
  ///   - hasGaps: whether times may be unknown.
  public static func sketch(seed: UInt64, hasGaps: Bool = true) -> TraceSketch {
    var random = SeededGenerator(seed: seed)
    var sketch = TraceSketch()
    let count = Int.random(in: 1...24, using: &random)
    let services = ["app", "b", "c"].prefix(Int.random(in: 1...3, using: &random))
    var times: [(start: Int64, end: Int64)] = []
    for index in 0..<count {
      var parent: Int?
      switch Int.random(in: 0..<40, using: &random) {
      case 0: parent = nil
      case 1: parent = Int.random(in: 0..<count, using: &random)
      case 2: parent = 1000
      default: parent = index == 0 ? nil : Int.random(in: max(0, index - 6)..<index, using: &random)
      }
      let around = parent.flatMap { $0 < index ? times[$0] : nil } ?? (0, 1000)
      let span = interval(around, &random)
      times.append(span)
      let kind = ["", "I", "S", "C", "I", "S", "C", "P", "K"].randomElement(using: &random) ?? ""
      let mark = ["", "", "", "!", "=", "!!", "", ""].randomElement(using: &random) ?? ""
      let service = services.randomElement(using: &random) ?? "app"
      sketch.add(
        "s\(index)\(kind.isEmpty ? "" : ":" + kind)@\(service)\(mark)", start: span.start * step,
        end: hasGaps && random.once(in: 25) ? nil : span.end * step,
        parent: parent.map { "s\($0)" },
        follows: random.once(in: 25), operation: ["get", "put"].randomElement(using: &random))
      if hasGaps, random.once(in: 30) { sketch.raw.spans[index].facts[.unknownStart] = true }
      if random.once(in: 20) { sketch.loseHost(of: index) }
      if random.once(in: 25) { sketch.repeatSpan(&random) }
    }
    return sketch
  }

  /// Mostly inside its parent, often touching a border or nearly so, at times far off or reversed.
  private static func interval(
    _ around: (start: Int64, end: Int64), _ random: inout SeededGenerator
  ) -> (start: Int64, end: Int64) {
    let low = min(around.start, around.end)
    let high = max(around.start, around.end)
    var start = Int64.random(in: low...high, using: &random)
    var end = Int64.random(in: start...high, using: &random)
    switch Int.random(in: 0..<12, using: &random) {
    case 0: start -= Int64.random(in: 0...40, using: &random)
    case 1: end += Int64.random(in: 0...40, using: &random)
    case 2: (start, end) = (low, high)
    case 3: end = start
    case 6: start = low + (high - low) / 4
    case 7: end = max(start, low + (high - low) / 2)
    case 4: (start, end) = (start + 300, end + 300)
    case 5 where random.once(in: 6): (start, end) = (end, start)
    default: break
    }
    return (start, end)
  }
}

extension TraceSketch {
  /// Gives a span a resource without a host.
  public mutating func loseHost(of index: Int) {
    var it = resources[Int(raw.spans[index].resource)]
    it.host = .empty
    raw.spans[index].resource = Int32(resources.count)
    resources.append(it)
  }

  /// Appends another document with the id of a span that is there: a later version, the other half of a call, or an accident.
  fileprivate mutating func repeatSpan(_ random: inout SeededGenerator) {
    guard var copy = raw.spans.randomElement(using: &random) else { return }
    copy.place.offset = Int64(1000 + raw.spans.count)
    switch Int.random(in: 0..<3, using: &random) {
    case 0: copy.end = copy.end + TraceGenerator.step
    case 1:
      copy.facts.kind = .server
      copy.resource = resource(of: "b")
    default: copy.resource = resource(of: "c")
    }
    raw.spans.append(copy)
  }
}
