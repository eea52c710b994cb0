import Testing
import TraceAnalysis

struct StretchTests {
  /// The largest excess of any run of bins, by trying all.
  private func best(_ marked: [Int], _ requests: [Int]) -> Int {
    let all = requests.reduce(0, +)
    let allMarked = marked.reduce(0, +)
    var best = 0
    for start in marked.indices {
      for end in start..<marked.count {
        let excess =
          marked[start...end].reduce(0, +) * all - requests[start...end].reduce(0, +) * allMarked
        best = max(best, excess)
      }
    }
    return best / all
  }

  @Test func `the stretch has the largest excess of all runs`() throws {
    var random = Seeded(3)
    for _ in 0..<200 {
      let requests = (0..<20).map { _ in Int.random(in: 0...30, using: &random) }
      let marked = requests.map { Int.random(in: 0...$0, using: &random) }
      guard marked.reduce(0, +) > 0 else { continue }
      let stretch = try #require(Stretch(marked: marked, requests: requests))
      #expect(stretch.excess == best(marked, requests))
    }
  }

  @Test func `a burst is a rise, an even spread is none`() throws {
    let requests = Array(repeating: 20, count: 30)
    var marked = Array(repeating: 0, count: 30)
    for bin in 12..<18 { marked[bin] = 10 }
    let burst = try #require(Stretch(marked: marked, requests: requests))
    #expect(burst == Stretch(marked: marked, requests: requests))
    #expect(burst.bins == 12..<18)
    #expect(burst.excess == 48)
    #expect(burst.isRise)
    let even = try #require(
      Stretch(marked: Array(repeating: 2, count: 30), requests: requests))
    #expect(even.excess == 0)
    #expect(!even.isRise)
  }

  @Test func `marks thrown by chance are called a rise about once in a hundred`() throws {
    var random = Seeded(11)
    var rises = 0
    for _ in 0..<1000 {
      var marked = Array(repeating: 0, count: 60)
      for _ in 0..<80 { marked[Int.random(in: 0..<60, using: &random)] += 1 }
      let stretch = try #require(
        Stretch(marked: marked, requests: Array(repeating: 100, count: 60)))
      rises += stretch.isRise ? 1 : 0
    }
    #expect(rises <= 20)
  }

  @Test func `nothing marked is no stretch`() {
    #expect(Stretch(marked: [0, 0], requests: [3, 4]) == nil)
    #expect(Stretch(marked: [], requests: []) == nil)
  }
}
