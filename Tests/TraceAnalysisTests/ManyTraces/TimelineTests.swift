import Testing
import TraceAnalysis
import TraceModel

struct TimelineTests {
  private func requests(_ starts: [Int64]) -> [Request] {
    starts.map {
      Request(
        trace: TraceID(high: 0, low: UInt64(bitPattern: $0)), start: Timestamp($0), length: 5,
        endpoint: 0, cause: -1, outcome: .fine, wasRetried: false)
    }
  }

  @Test(
    arguments: [
      [0, 1], [0, 59_999_999_999], [-5, 3_600_000_000_000], [7, 86_400_000_000_000 * 400],
      [Int64.min, Int64.max], [Int64.max - 1, Int64.max], [Int64.min, Int64.min],
    ] as [[Int64]])
  func `12 to 60 bins of equal width cover all requests`(starts: [Int64]) {
    let timeline = Timeline(requests(starts))
    #expect((12...60).contains(timeline.count))
    #expect(timeline.start <= Timestamp(starts[0]))
    #expect(timeline.bin(of: Timestamp(starts[0])) == 0)
    #expect(timeline.bin(of: Timestamp(starts[1])) < timeline.count)
    let bins = timeline.bins(requests(starts))
    #expect(bins.reduce(0) { $0 + $1.requests } == 2)
  }

  @Test func `bins start at whole multiples of their width`() {
    // 700 requests over 35 minutes: at most 60 bins, so 60 s each.
    let starts = (0..<700 as Range<Int64>).map { 1_767_225_603_000_000_000 + $0 * 3_000_000_000 }
    let timeline = Timeline(requests(starts))
    #expect(timeline.width == 60_000_000_000)
    #expect(timeline.start == Timestamp(1_767_225_600_000_000_000))
    #expect(timeline.count == 36)
    #expect(timeline.bins(requests(starts)).prefix(2).map(\.requests) == [19, 20])
  }

  @Test func `a bin tells requests, failures and lengths`() {
    var three = requests([0, 1, 2])
    three[0].outcome = .failed
    three[1].outcome = .saved
    three[1].length = 9
    three[2].length = 7
    let bin = Timeline(three).bins(three)[0]
    #expect(bin.requests == 3 && bin.failed == 1 && bin.saved == 1)
    #expect(bin.p50Ns == 7 && bin.maxNs == 9)
    #expect(Timeline(three).bins(three)[1].p50Ns == nil)
  }

  @Test func `no request makes no bin`() {
    #expect(Timeline([]).count == 0)
    #expect(Timeline([]).bins([]).isEmpty)
  }
}
