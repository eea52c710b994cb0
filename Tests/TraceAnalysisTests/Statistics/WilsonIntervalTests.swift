import Testing
import TraceAnalysis

struct WilsonIntervalTests {
  @Test func `the ends solve the equation that defines them`() {
    for (count, total) in [(1, 10), (10, 100), (50, 100), (999, 1000), (3, 7)] {
      let share = Findings.Share(wilson: count, of: total)
      for end in [share.low, share.high] {
        // (p - end)² = z² end (1 - end) / n
        let difference = Double(count) / Double(total) - end
        let spread = 3.8414588 * end * (1 - end) / Double(total)
        #expect(abs(difference * difference - spread) < 2e-6)
      }
      #expect(share.low < share.value && share.value < share.high)
    }
  }

  @Test func `none and all of them reach the border but not beyond`() {
    let none = Findings.Share(wilson: 0, of: 20)
    #expect(none.low == 0)
    #expect(none.high == 0.161125)
    let all = Findings.Share(wilson: 20, of: 20)
    #expect(all.low == 0.838875)
    #expect(all.high == 1)
  }

  @Test func `nothing of nothing is nothing`() {
    #expect(Findings.Share(wilson: 0, of: 0) == Findings.Share())
  }
}
