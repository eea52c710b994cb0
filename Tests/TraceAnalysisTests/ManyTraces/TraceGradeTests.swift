import Testing
import TraceAnalysis
import TraceModel

struct TraceGradeTests {
  private func grades(_ shop: Shop) -> [Int] {
    shop.findings().findings.quality.grades.map(\.traces)
  }

  @Test func `the worst thing about a trace decides its grade`() {
    var shop = Shop()
    // A: whole. A again: a span that came twice costs nothing.
    shop.request(at: 0)
    shop.request(at: 1000)
    shop.traces[1].spans.append(shop.traces[1].spans[2])
    // B: a span without an end.
    shop.request(at: 2000)
    shop.traces[2].spans[3].facts[.unknownEnd] = true
    shop.traces[2].spans[3].end = shop.traces[2].spans[3].start
    // C: a parent below the root is missing.
    shop.request(at: 3000)
    shop.traces[3].spans.remove(at: 1)
    // D: the root's parent is missing.
    shop.request(at: 4000, isOrphan: true)
    let quality = shop.findings().findings.quality
    #expect(quality.grades.map(\.traces) == [2, 1, 1, 1])
    #expect(quality.grades.map(\.grade) == ["A", "B", "C", "D"])
    #expect(
      quality.grades.map(\.example)
        == [0, 2, 3, 4].map { shop.traces[$0].id.description })
    #expect(quality.orphans.map(\.service) == ["payment", "web"])
    #expect(quality.unfinished.map(\.service) == ["payment"])
    #expect(quality.unfinished.map(\.example) == [shop.traces[2].id.description])
  }

  @Test func `a clock that was moved makes a trace repaired, and two roots tear it`() {
    var shop = Shop()
    shop.request(at: 0)
    for span in [2, 3] {
      shop.traces[0].spans[span].start = shop.traces[0].spans[span].start + -400 * Shop.ms
      shop.traces[0].spans[span].end = shop.traces[0].spans[span].end + -400 * Shop.ms
    }
    shop.request(at: 1000)
    shop.traces[1].spans[1].parent = .absent
    #expect(grades(shop) == [0, 1, 1, 0])
  }

  @Test func `grades do not hang on how traces are split`() {
    var shop = Shop()
    for number in 0..<12 as Range<Int64> {
      shop.request(at: number * 1000, isOrphan: number % 3 == 0)
    }
    let whole = shop.investigation(0..<12)
    var parts = shop.investigation([11, 3, 5])
    parts.merge(shop.investigation([0, 1, 2, 4, 6]))
    parts.merge(shop.investigation([10, 9, 8, 7]))
    let none = PathProfile(resources: shop.resources)
    let a = whole.findings(symbols: shop.symbols, slow: none).quality
    #expect(a == parts.findings(symbols: shop.symbols, slow: none).quality)
    #expect(a.grades.map(\.traces) == [8, 0, 0, 4])
  }
}
