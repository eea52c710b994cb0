import Testing
import TraceAnalysis
import TraceModel
import TraceTestSupport

struct CriticalPathTests {
  private func path(_ list: String, _ knobs: Knobs = Knobs()) -> String {
    let sketch = TraceSketch(listed: list)
    return pathText(measure(sketch.raw, resources: sketch.resources, knobs: knobs))
  }

  @Test func `a span is blocked on the child that ends last, before it on the one that had ended`()
  {
    let sketch = TraceSketch(
      """
      R  |--------------------|
        A   |----|
        B          |-----|
      """)
    let measures = measure(sketch.raw, resources: sketch.resources)
    #expect(pathText(measures) == "R 0-3, A 3-9, R 9-10, B 10-17, R 17-22")
  }

  @Test func `siblings overlap by at most one part in a hundred of the parent, and at most 10 ms`()
  {
    #expect(path("R 0-1000; A 10-210 <R; B 200-400 <R").hasPrefix("R 0-10, A 10-200, B 200-400"))
    #expect(path("R 0-1000; A 10-211 <R; B 200-400 <R").hasPrefix("R 0-200, B 200-400"))
    #expect(path("R 0-9000; A 10-210 <R; B 200-400 <R").hasPrefix("R 0-10, A 10-200, B 200-400"))
    #expect(path("R 0-9000; A 10-211 <R; B 200-400 <R").hasPrefix("R 0-200, B 200-400"))
  }

  @Test func `the tolerance can be set`() {
    var none = Knobs()
    none.overlapDivisor = 0
    #expect(path("R 0-1000; A 10-205 <R; B 200-400 <R", none).hasPrefix("R 0-200, B 200-400"))
    var uncapped = Knobs()
    uncapped.largestOverlap = .max
    #expect(path("R 0-9000; A 10-250 <R; B 200-400 <R", uncapped).hasPrefix("R 0-10, A 10-200"))
  }

  @Test func `of those that end together the first to start is taken, then the smaller id`() {
    #expect(path("R 0-100; A 20-90 <R; B 50-90 <R") == "R 0-20, A 20-90, R 90-100")
    #expect(path("R 0-100; B 10-90 <R; A 10-90 <R") == "R 0-10, A 10-90, R 90-100")
  }

  @Test func `a short child that starts where the taken one does is passed over`() {
    #expect(path("R 0-1000; A 10-500 <R; B 10-15 <R") == "R 0-10, A 10-500, R 500-1000")
  }

  @Test func `a window is the length of the visit, not of the span`() throws {
    let sketch = TraceSketch(listed: "R 0-1000; A 10-210 <R; A1 20-30 <A; B 205-400 <R")
    let measures = measure(sketch.raw, resources: sketch.resources)
    let a = try #require(TraceSketch.index(of: "A", in: measures.trace))
    #expect(measures.inclusive[a] == 195_000_000)
    #expect(measures.criticalPath[a] == 185_000_000)
    #expect(measures.selfTime[a] == 190_000_000)
  }

  @Test func `a head without length has no path`() {
    #expect(path("R 5-5") == "")
  }

  @Test func `a chain, a fan and a pile of spans are walked to the end`() {
    let count = 100_000
    func total(_ shape: (Int, inout Span) -> Void) -> Nanoseconds {
      let spans = (0..<count).map { index in
        var span = Span(
          id: SpanID(UInt64(index + 1)), parent: SpanID(index == 0 ? 0 : 1), start: Timestamp(0),
          end: Timestamp(1_000_000), place: Place(sourceRank: 0, offset: Int64(index)))
        shape(index, &span)
        return span
      }
      let measures = measure(
        RawTrace(id: TraceID(high: 0, low: 1), spans: spans), resources: [])
      #expect(measures.selfTime.allSatisfy { $0 >= 0 })
      return measures.segments.reduce(0) { $0 + ($1.end - $1.start) }
    }
    let chain = total {
      $1.parent = SpanID(UInt64($0))
      $1.start = Timestamp(Int64($0))
    }
    #expect(chain == 1_000_000)
    let fan = total {
      if $0 > 0 { ($1.start, $1.end) = (Timestamp(Int64($0 * 7)), Timestamp(Int64($0 * 7 + 9))) }
    }
    #expect(fan == 1_000_000)
    #expect(total { _, _ in } == 1_000_000)
  }
}
