import Testing
import TraceAnalysis

struct NearestRankTests {
  @Test(arguments: [50, 90, 95, 99])
  func `the rank is the smallest that enough values do not exceed`(
    percent: Int
  ) {
    for count in 1...500 {
      let expected = (1...count).first { $0 * 100 >= percent * count }
      #expect(nearestRank(percent: percent, of: count) == expected)
    }
  }

  @Test func `no values have no rank, and huge numbers do not overflow`() {
    #expect(nearestRank(percent: 50, of: 0) == 0)
    #expect(nearestRank(percent: 50, of: Int.max) == Int.max / 2 + 1)
  }

  @Test(arguments: [(50, 6), (90, 36), (95, 72), (99, 368)])
  func `a percentile is shown from the size at which its interval has both ends`(
    percent: Int, least: Int
  ) {
    #expect(minimumTraces(percent: percent) == least)
    let share = Double(percent) / 100
    /// The chance that all of so many values lie below the percentile.
    func allBelow(_ count: Int) -> Double {
      (0..<count).reduce(1) { product, _ in product * share }
    }
    #expect(allBelow(least) <= 0.025)
    #expect(allBelow(least - 1) > 0.025)
    let ranks = orderRanks(percent: percent, count: least)
    #expect(ranks.lower != nil && ranks.upper == least)
    #expect(orderRanks(percent: percent, count: least - 1).upper == nil)
  }

  @Test func `other percentiles are searched for`() { #expect(minimumTraces(percent: 75) == 13) }
}
