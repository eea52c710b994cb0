import Testing
import TraceAnalysis

struct OrderIntervalTests {
  /// The binomial's terms, each from its definition.
  private func terms(_ count: Int, _ share: Double) -> [Double] {
    (0...count).map { hits in
      var term = 1.0
      for k in 0..<hits { term *= Double(count - k) / Double(hits - k) * share }
      for _ in hits..<count { term *= 1 - share }
      return term
    }
  }

  @Test(arguments: [50, 90, 95, 99])
  func `ranks cut off at most 2.5 % of the binomial on each side`(
    percent: Int
  ) {
    for count in [1, 2, 5, 6, 10, 35, 36, 71, 72, 100, 300, 367, 368, 500] {
      let terms = terms(count, Double(percent) / 100)
      let lower = (1...count).last { terms[..<$0].reduce(0, +) <= 0.025 }
      let upper = (1...count).first { terms[$0...].reduce(0, +) <= 0.025 }
      let ranks = orderRanks(percent: percent, count: count)
      #expect(ranks.lower == lower)
      #expect(ranks.upper == upper)
    }
  }

  @Test func `a million values have ranks near those of the normal distribution`() {
    let ranks = orderRanks(percent: 50, count: 1_000_000)
    #expect(ranks.lower.map { abs($0 - (500_000 - 980)) <= 1 } == true)
    #expect(ranks.upper.map { abs($0 - (500_001 + 980)) <= 1 } == true)
  }

  @Test func `no value has no interval`() {
    #expect(orderRanks(percent: 50, count: 0) == (nil, nil))
  }
}
