import Testing
import TraceModel
import TraceTestSupport

struct TraceSketchTests {
  @Test func `columns are milliseconds, indentation is parenthood`() {
    let sketch = TraceSketch(
      """
      shop:S      |----------|
        call:C!     |------|       calls the bank
          pay@bank   |----?
        ~mail:P=        |!
      """)
    let spans = sketch.raw.spans
    let lengths = spans.map { ($0.end - $0.start) / 1_000_000 }
    #expect(lengths == [12, 8, 0, 2])
    #expect(spans.map { ($0.start - TraceSketch.epoch) / 1_000_000 } == [0, 2, 3, 6])
    #expect(spans.map(\.parent) == [.absent, spans[0].id, spans[1].id, spans[0].id])
    #expect(spans.map(\.facts.kind) == [.server, .client, .unknown, .producer])
    #expect(spans[1].facts.status == .error && spans[3].facts[.followsParent])
    #expect(spans[2].facts[.unknownEnd])
    #expect(sketch.symbols[sketch.resources[Int(spans[2].resource)].service] == "bank")
    #expect(sketch.symbols[spans[1].operation] == "call")
    #expect(sketch.raw.writtenIDs[spans[1].id] == "call")
  }
}
