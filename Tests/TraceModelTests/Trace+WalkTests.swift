import Testing
import TraceModel
import TraceTestSupport

struct TraceWalkTests {
  private let trace = build(
    """
    R       |-----------|
      A      |---|
        A1    ||
      B           |---|
    S        |--|
    """)

  @Test func `children are met by start, each once`() {
    #expect(Array(trace.children(of: 0)) == [1, 3])
    #expect(Array(trace.children(of: 1)) == [2])
    #expect(Array(trace.children(of: 3)) == [])
  }

  @Test func `heads start with the primary root`() {
    #expect(Array(trace.heads) == [0, 4])
  }

  @Test func `ancestors go up to a head`() {
    #expect(Array(trace.ancestors(of: 2)) == [1, 0])
    #expect(Array(trace.ancestors(of: 4)) == [])
  }

  @Test func `a subtree is a range`() {
    #expect(trace.subtree(of: 1) == 1..<3)
    #expect(trace.subtree(of: 4) == 4..<5)
  }
}
