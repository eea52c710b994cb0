import Testing
import TraceAnalysis
import TraceModel
import TraceTestSupport

struct ClockSkewTests {
  /// Shifts of all spans by name, ms, and the defects' counts.
  private func shifts(
    _ list: String, _ mode: Knobs.Skew = .min, largest: Nanoseconds? = nil,
    edit: (inout TraceSketch) -> Void = { _ in }
  ) -> (shifts: [String: String], defects: [Defect.Kind: Int]) {
    var sketch = TraceSketch(listed: list)
    edit(&sketch)
    var knobs = Knobs()
    knobs.skew = mode
    if let largest { knobs.largestSkew = largest }
    let trace = measure(sketch.raw, resources: sketch.resources, knobs: knobs).trace
    var shifts: [String: String] = [:]
    for index in trace.spans.indices where trace.shift[index] != 0 {
      shifts[trace.idText(index)] = millis(TraceSketch.epoch + trace.shift[index])
    }
    return (shifts, trace.defects.entries.mapValues(\.count))
  }

  @Test(arguments: [
    ("starts too early", "C:C 100-200; S:S@b 70-120 <C", "30", "55"),
    ("ends too late", "C:C 100-200; S:S@b 170-230 <C", "-30", "-50"),
    ("odd room is cut", "C:C 100-201; S:S@b 70-120 <C", "30", "55.5"),
    ("fills its caller", "C:C 100-200; S:S@b 0-100 <C", "100", "100"),
    ("is longer and starts too early", "C:C 100-200; S:S@b 50-300 <C", "50", "50"),
  ])
  func `a callee outside its caller is moved, by as little as possible or to the middle`(
    _ worked: (what: String, list: String, min: String, mid: String)
  ) {
    #expect(shifts(worked.list, .off).shifts == [:], "\(worked.what)")
    #expect(shifts(worked.list, .min).shifts == ["S": worked.min], "\(worked.what)")
    #expect(shifts(worked.list, .mid).shifts == ["S": worked.mid], "\(worked.what)")
    #expect(shifts(worked.list, .min).defects == [.skewAdjusted: 1], "\(worked.what)")
  }

  @Test(arguments: [
    ("inside its caller", "C:C 100-200; S:S@b 110-190 <C"),
    ("longer than its caller", "C:C 100-200; S:S@b 110-300 <C"),
    ("ends after a caller that gave up", "C:C! 100-200; S:S@b 170-230 <C"),
    ("of the same host", "C:C 100-200; S:S 70-120 <C"),
    ("behind a queue", "P:P 100-200; K:K@b 70-120 <P"),
    ("named by FOLLOWS_FROM", "C:C 100-200; S:S@b 70-120 ~C"),
    ("a head", "C:C 100-200; S:S@b 70-120 <gone"),
  ])
  func `a span stays where it is`(_ worked: (what: String, list: String)) {
    for mode in Knobs.Skew.allCases {
      #expect(shifts(worked.list, mode).shifts == [:], "\(worked.what)")
    }
  }

  @Test func `what shares a clock moves together, what lies below another clock is judged anew`() {
    let list = "C:C 100-200; S:S@b 70-120 <C; D:I@b 80-110 <S; E:C@b 85-100 <D; F:S@c 117-128 <E"
    // E moves to 115-130, where F lies inside already.
    #expect(shifts(list).shifts == ["S": "30", "D": "30", "E": "30"])
  }

  @Test func `without both hosts only a call from client to server can tell two clocks`() {
    let lose: (inout TraceSketch) -> Void = { $0.loseHost(of: 0) }
    #expect(shifts("C:C 100-200; S:S@b 70-120 <C", edit: lose).shifts == ["S": "30"])
    #expect(shifts("C:I 100-200; S:I@b 70-120 <C", edit: lose).shifts == [:])
    #expect(shifts("C:I 100-200; S:I@b 70-120 <C").shifts == ["S": "30"])
  }

  @Test func `a span without a host has its parent's clock if service and instance are the same`() {
    let same = shifts("C:C 100-200; S:S@b 70-120 <C; D:I@b 80-110 <S") { $0.loseHost(of: 2) }
    #expect(same.shifts == ["S": "30", "D": "30"])
    let other = shifts("C:C 100-200; S:S@b 70-120 <C; D:S@b 80-110 <S") { sketch in
      sketch.loseHost(of: 2)
      sketch.resources[Int(sketch.raw.spans[2].resource)].instance = sketch.symbols.intern("i2")
    }
    // No evidence of another clock: the parent's shift.
    #expect(other.shifts == ["S": "30", "D": "30"])
  }

  @Test func `a small correction is made and not counted`() {
    let small = shifts("C:C 100-200; S:S@b 99.5-120 <C")
    #expect(small.shifts == ["S": "0.5"])
    #expect(small.defects == [:])
  }

  @Test func `a correction beyond the limit is not believed`() {
    let list = "C:C 100000-200000; S:S@b 1-2 <C"
    #expect(shifts(list).shifts == [:])
    #expect(shifts(list).defects == [.skewTooLarge: 1])
    #expect(shifts(list, largest: 100_000_000_000).shifts == ["S": "99999"])
  }

  @Test func `raw times stay, and siblings stand by their corrected starts`() throws {
    let sketch = TraceSketch(listed: "R:S 0-100; A:C 10-20 <R; B:S@b 5-9 <R; C:C 50-90 <R")
    var moved = sketch
    moved.raw.spans[2].facts.kind = .server
    moved.raw.spans[2].start = TraceSketch.epoch + -30_000_000
    moved.raw.spans[2].end = TraceSketch.epoch + -26_000_000
    let trace = measure(moved.raw, resources: moved.resources).trace
    #expect(trace.isWellFormed)
    let b = try #require(TraceSketch.index(of: "B", in: trace))
    #expect(trace.start[b] == TraceSketch.epoch && trace.shift[b] == 30_000_000)
    #expect(trace.spans[b].start == TraceSketch.epoch + -30_000_000)
  }
}
