import Testing
import TraceAnalysis
import TraceModel
import TraceTestSupport

struct EdgesTests {
  /// The edge of the last span of a list.
  private func edge(
    _ list: String, _ knobs: Knobs = Knobs(), edit: (inout TraceSketch) -> Void = { _ in }
  ) -> Trace.Edge? {
    var sketch = TraceSketch(listed: list)
    edit(&sketch)
    let trace = measure(sketch.raw, resources: sketch.resources, knobs: knobs).trace
    return trace.inputRank.firstIndex(of: Int32(trace.count - 1)).map { trace.edge[$0] }
  }

  @Test(arguments: [
    ("R 0-100; A 20-90 <R", Trace.Edge.sync),
    ("R 0-100; A 20-90 ~R", .followsFrom),
    ("R:P 0-100; A:K 20-90 <R", .messaging),
    ("R:S 0-100; A:K 20-90 <R", .sync),
    ("R:S 0-100; A:K@w 20-90 <R", .messaging),
    ("R:P 0-100; A:S@w 20-90 <R", .messaging),
    ("R:P 0-100; A:I 20-90 <R", .sync),
    ("R 0-100; A 110-120 <R", .disjoint),
    ("R 50-100; A 10-20 <R", .disjoint),
    ("R 0-100; A 100-120 <R", .disjoint),
    ("R 50-100; A 10-50 <R", .disjoint),
    ("R 0-100; A 100-100 <R", .sync),
    ("R:S 0-100; A:I 60-101 <R", .sync),
    ("R:S 0-100; A:I 60-101.000001 <R", .outlives),
    ("R:S 0-100; A 60-400 <R", .sync),
    ("R:C 0-100; A:S 60-400 <R", .sync),
    ("R:S 0-100; A:I@b 60-400 <R", .sync),
  ])
  func `the first rule that holds decides whether the parent waits`(
    _ list: String, _ expected: Trace.Edge
  ) {
    #expect(edge(list) == expected)
  }

  @Test func `hosts or instances that differ make two processes of one service`() {
    let twoHosts: (inout TraceSketch) -> Void = { sketch in
      sketch.loseHost(of: 1)
      sketch.resources[Int(sketch.raw.spans[1].resource)].host = sketch.symbols.intern("other")
    }
    #expect(edge("R:S 0-100; A:K 20-90 <R", edit: twoHosts) == .messaging)
    let oneHostUnknown: (inout TraceSketch) -> Void = { $0.loseHost(of: 1) }
    #expect(edge("R:S 0-100; A:K 20-90 <R", edit: oneHostUnknown) == .sync)
    let twoInstances: (inout TraceSketch) -> Void = { sketch in
      sketch.loseHost(of: 1)
      sketch.resources[0].instance = sketch.symbols.intern("i1")
      sketch.resources[Int(sketch.raw.spans[1].resource)].instance = sketch.symbols.intern("i2")
    }
    #expect(edge("R:S 0-100; A:K 20-90 <R", edit: twoInstances) == .messaging)
  }

  @Test func `a late local child may be waited for, however late, if so asked`() {
    var knobs = Knobs()
    knobs.lateLocalChild = nil
    #expect(edge("R:S 0-100; A:I 60-400 <R", knobs) == .sync)
  }

  @Test func `a unit is a head and all that it waits for`() {
    let sketch = TraceSketch(listed: "R 0-100; A 20-90 ~R; B 30-40 <A; C 50-60 <R; X 0-9 <gone")
    let trace = measure(sketch.raw, resources: sketch.resources).trace
    #expect(trace.spans.indices.map { trace.idText($0) } == ["R", "A", "B", "C", "X"])
    #expect(trace.unit == [0, 1, 1, 0, 4])
  }
}
