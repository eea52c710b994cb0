import Testing
import TraceModel

struct TraceIDJoinTests {
  private func id(_ high: UInt64, _ low: UInt64) -> TraceID { TraceID(high: high, low: low) }

  @Test func `a 64-bit id joins the one 128-bit id that ends alike`() {
    let join = TraceIDJoin([id(5, 7), id(0, 8), id(0, 7), id(5, 7)])
    #expect(join.longForms == [id(0, 7): id(5, 7)])
    #expect(join.ambiguous == [])
  }

  @Test func `a 64-bit id that fits several joins none`() {
    let join = TraceIDJoin([id(0, 7), id(5, 7), id(6, 7), id(0, 3), id(1, 3), id(2, 3)])
    #expect(join.longForms == [:])
    #expect(join.ambiguous == [id(0, 3), id(0, 7)])
  }

  @Test func `long ids that end alike, and the absent id, are left alone`() {
    let join = TraceIDJoin([id(5, 7), id(6, 7), .absent, id(4, 0)])
    #expect(join == TraceIDJoin([]))
  }
}
