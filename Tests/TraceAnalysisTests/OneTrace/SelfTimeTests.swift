import Testing
import TraceAnalysis
import TraceModel
import TraceTestSupport

struct SelfTimeTests {
  private func selfTimes(_ drawing: String) -> [Nanoseconds] {
    let sketch = TraceSketch(drawing)
    return measure(sketch.raw, resources: sketch.resources).selfTime.map { $0 / 1_000_000 }
  }

  @Test func `children that overlap count once`() {
    let times = selfTimes(
      """
      A   |-----------------------|
        B    |-------|
        C         |-------|
      """)
    #expect(times == [11, 9, 9])
  }

  @Test func `what a child does outside its parent is cut off`() {
    let times = selfTimes(
      """
      A      |---------|
        B  |---|
        C            |-----|
      """)
    #expect(times == [5, 5, 7])
  }

  @Test func `a child inside another adds nothing`() {
    let times = selfTimes(
      """
      A   |---------|
        B  |------|
        C    |--|
        D      |--|
      """)
    #expect(times == [3, 8, 4, 4])
  }

  @Test func `detached children do not count`() {
    let times = selfTimes(
      """
      A   |---------|
        ~B  |----|
      """)
    #expect(times == [11, 6])
  }
}
