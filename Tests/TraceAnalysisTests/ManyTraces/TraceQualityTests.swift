import Testing
import TraceAnalysis
import TraceModel

struct TraceQualityTests {
  @Test func `a late clock is listed with its host, services and median correction`() throws {
    var shop = Shop()
    for number in 0..<20 as Range<Int64> { shop.request(at: number * 1000) }
    // Payment's host is 400 ms behind.
    for trace in shop.traces.indices {
      for span in [2, 3] {
        shop.traces[trace].spans[span].start = shop.traces[trace].spans[span].start + -400 * Shop.ms
        shop.traces[trace].spans[span].end = shop.traces[trace].spans[span].end + -400 * Shop.ms
      }
    }
    let quality = shop.findings().findings.quality
    let clock = try #require(quality.clocks.first)
    #expect(quality.clocks.count == 1)
    #expect(clock.host == "host-payment" && clock.services == ["payment"])
    #expect(clock.spans == 40)
    #expect(clock.medianShiftNs == 399 * Shop.ms)
    #expect(quality.defects.map(\.kind) == ["skew_adjusted"])
    #expect(quality.defects.first?.firstPlace == shop.traces[0].id.description)
    #expect(quality.incompleteTraces == 0)
  }

  @Test func `torn traces are counted, worst defects first`() {
    var shop = Shop()
    shop.request(at: 0)
    shop.request(at: 10, isOrphan: true)
    shop.request(at: 20)
    shop.traces[2].spans.remove(at: 1)
    shop.traces[2].spans.append(shop.traces[2].spans[0])
    let quality = shop.findings().findings.quality
    #expect(quality.incompleteTraces == 2)
    #expect(quality.defects.map(\.kind) == ["missing_parent", "duplicate_span"])
    #expect(quality.defects.map(\.count) == [2, 1])
  }
}
