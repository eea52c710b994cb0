import Testing
import TraceModel
import TraceTestSupport

struct TraceOrderTests {
  @Test
  func `siblings that were moved past each other change places with all that hangs from them`() {
    var trace = listed(
      "R 0-100; A 10-20 <R; A1 12-15 <A; B 30-60 <R; B1 31-40 <B; X 5-6 <gone; A1 12-15 <A")
    trace.start[1] = trace.start[1] + 50_000_000
    trace.end[1] = trace.end[1] + 50_000_000
    trace.restoreOrder()
    #expect(names(trace) == ["R", "B", "B1", "A", "A1", "X"])
    #expect(trace.parent == [-1, 0, 1, 0, 3, -1])
    #expect(trace.subtreeEnd == [5, 3, 3, 5, 5, 6])
    #expect(trace.inputRank == [0, 3, 4, 1, 2, 5])
    #expect(trace.unit == [0, 0, 0, 0, 0, 5])
    #expect(trace.absorbed.map(\.kept) == [4])
    #expect(trace.isWellFormed)
  }

  @Test func `a trace in order is left as it is`() {
    var trace = listed("R 0-100; A 10-20 <R; B 30-60 <R")
    trace.restoreOrder()
    #expect(names(trace) == ["R", "A", "B"])
  }
}
