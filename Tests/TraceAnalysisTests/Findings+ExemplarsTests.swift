import Testing
import TraceAnalysis
import TraceModel

struct ExemplarTests {
  @Test
  func
    `exemplars are the worst and first failures, a saved, a slow, an ordinary and a torn request`()
  {
    var shop = Shop()
    for second in 0..<200 as Range<Int64> {
      let fate: Shop.Fate =
        switch second {
        case 20: .handled
        case 30: .savedByRetry
        case 50, 60: .paymentFails
        case 70...80: .slow(300 + second)
        default: .fine
        }
      shop.request(
        at: second * 1000, fate, length: second == 60 ? 150 : 100, isOrphan: second == 90)
    }
    let exemplars = shop.findings().exemplars
    // Ordinary: the 98th of 195 by length, then id; 16 others have smaller ids.
    #expect(exemplars.map { Int($0.trace.low) - 1 } == [60, 50, 30, 80, 113, 90])
    #expect(exemplars.first?.reason.contains("payment 'POST /charge' fails with CardError") == true)
  }

  @Test func `a single healthy request is shown as it is`() {
    var shop = Shop()
    shop.request(at: 0)
    #expect(shop.findings().exemplars.map(\.trace.low) == [1])
  }
}
