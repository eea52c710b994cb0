import Testing
import TraceModel
import TraceTestSupport

/// Inferred segments, and subsegments whose segment was elsewhere (traces-semantics.md 1.4).
struct TraceRemoteTests {
  private func build(_ list: String, edit: (inout TraceSketch) -> Void = { _ in }) -> Trace {
    var sketch = TraceSketch(listed: list)
    edit(&sketch)
    return Trace.build(sketch.raw, resources: sketch.resources)
  }

  @Test func `an inferred segment is no span, and its caller gets its name`() {
    let trace = build("R:S 0-100; A:C 10-40 <R; X:S@s3 10-40 <A") {
      $0.raw.spans[2].facts[.inferred] = true
      $0.raw.spans[1].peer = Symbol(70)
      $0.raw.spans[2].peer = Symbol(71)
    }
    #expect(names(trace) == ["R", "A"])
    #expect(trace.spans[1].peer == Symbol(71))
    #expect(trace.defects.isEmpty)
  }

  @Test func `an inferred segment without a name of its own names only a call without one`() {
    let named = build("A:C 10-40; X:S 10-40 <A") {
      $0.raw.spans[1].facts[.inferred] = true
      $0.raw.spans[1].operation = Symbol(72)
      $0.raw.spans[0].peer = Symbol(70)
    }
    #expect(named.spans[0].peer == Symbol(70))
    let unnamed = build("A:C 10-40; X:S 10-40 <A") {
      $0.raw.spans[1].facts[.inferred] = true
      $0.raw.spans[1].operation = Symbol(72)
    }
    #expect(unnamed.spans[0].peer == Symbol(72))
  }

  @Test func `what hangs below an inferred segment hangs on its caller`() {
    let trace = build("R:S 0-100; A:C 10-40 <R; X:S 10-40 <A; L:S@fn 20-30 <X") {
      $0.raw.spans[2].facts[.inferred] = true
    }
    #expect(names(trace) == ["R", "A", "L"])
    #expect(trace.parent == [-1, 0, 1])
  }

  @Test func `inferred segments that name each other end in no circle`() {
    let trace = build("X:S 0-9 <Y; Y:S 0-9 <X; L:S 1-2 <X; M:S 1-2 <Z; Z:S 0-3 <M") {
      for index in [0, 1, 4] { $0.raw.spans[index].facts[.inferred] = true }
    }
    #expect(trace.count == 2)
    #expect(trace.edge == [.orphan, .orphan])
  }

  @Test func `a trace of inferred segments alone holds no span`() {
    let trace = build("X:S 0-9") { $0.raw.spans[0].facts[.inferred] = true }
    #expect(trace.spans.isEmpty)
  }

  @Test func `a subsegment sent alone gets the sender of its segment`() {
    let trace = build("R:S@shop 0-100; a:I@? 10-60 <R; b:C@? 20-50 <a; c:S@bank 25-45 <b") {
      for index in 1...2 { $0.resources[Int($0.raw.spans[index].resource)].isElsewhere = true }
    }
    let root = trace.spans[0].resource
    #expect(trace.spans.prefix(3).map(\.resource) == [root, root, root])
    #expect(trace.spans[3].resource != root)
  }

  @Test func `without a segment above, a subsegment keeps what it said`() {
    let trace = build("a:I@? 10-60 <gone; b:C@? 20-50 <a; c:C@? 20-50 <b") {
      $0.resources[Int($0.raw.spans[0].resource)].isElsewhere = true
    }
    #expect(Set(trace.spans.map(\.resource)).count == 1)
  }

  @Test func `nested and sent alone, a subsegment is one span of its segment's service`() {
    for list in [
      "R:S@shop 0-100; a:I@shop 10-60 <R; a:I@? 10-60 <R",
      "a:I@? 10-60 <R; R:S@shop 0-100; a:I@shop 10-60 <R",
      "a:I@? 10-60 <R; a:I@shop 10-? <R; R:S@shop 0-100",
    ] {
      let trace = build(list) { sketch in
        for index in sketch.raw.spans.indices {
          let resource = Int(sketch.raw.spans[index].resource)
          if sketch.symbols[sketch.resources[resource].service] == "?" {
            sketch.resources[resource].isElsewhere = true
          }
        }
      }
      #expect(names(trace) == ["R", "a"], "\(list)")
      #expect(trace.spans[0].resource == trace.spans[1].resource, "\(list)")
      #expect(trace.duration(1) == 50_000_000)
      let count = trace.defects.entries[.duplicateSpan]?.count
      #expect(count == (list.contains("10-?") ? nil : 1), "\(list)")
      #expect(trace.defects.entries[.spanIDCollision] == nil)
    }
  }

  @Test func `an in-progress copy gives way to the complete one, whichever came first`() {
    for list in ["x:S 0-?; x:S 0-40", "x:S 0-40; x:S 0-?"] {
      let trace = build(list)
      #expect(trace.count == 1 && trace.duration(0) == 40_000_000)
    }
  }

  @Test func `a long chain of lone subsegments is walked once`() {
    var list = "s0:I@? 0-9 <gone"
    for level in 1..<3000 { list += "; s\(level):I@? 0-9 <s\(level - 1)" }
    let trace = build(list) {
      $0.resources[Int($0.raw.spans[0].resource)].isElsewhere = true
    }
    #expect(trace.count == 3000)
  }
}
