import Testing
import TraceModel
import TraceTestSupport

struct TraceBuildTests {
  @Test func `a drawing becomes a tree in preorder`() {
    let trace = build(
      """
      R        |------------|
        B            |--|
          B1         ||
        A       |--|
      """)
    #expect(names(trace) == ["R", "A", "B", "B1"])
    #expect(trace.parent == [-1, 0, 0, 2])
    #expect(trace.subtreeEnd == [4, 2, 4, 4])
    #expect(trace.edge == [.root, .sync, .sync, .sync])
    #expect(trace.inputRank == [0, 3, 1, 2])
    #expect(trace.unit == [0, 0, 0, 0])
    #expect(trace.defects.isEmpty)
  }

  @Test func `siblings stand by start, then the longer, then the smaller id`() {
    let trace = listed("R 0-90; d 10-20 <R; c 10-20 <R; b 10-30 <R; a 50-60 <R")
    #expect(names(trace) == ["R", "b", "c", "d", "a"])
  }

  @Test
  func `the primary root is a root before a self parent or a cut, and these before an orphan`() {
    #expect(names(listed("X 0-90 <gone; S 10-20 <S; R 30-40")) == ["R", "X", "S"])
    #expect(names(listed("X 0-90 <gone; S 10-20 <S")) == ["S", "X"])
    #expect(names(listed("X 0-90 <gone; a 20-30 <b; b 25-30 <a")) == ["a", "b", "X"])
  }

  @Test func `among equal reasons the earliest, longest, smallest id is primary`() {
    #expect(names(listed("b 5-10; a 0-10")).first == "a")
    #expect(names(listed("b 0-10; a 0-20")).first == "a")
    #expect(names(listed("b 0-10; a 0-10")).first == "a")
  }

  @Test func `total is the primary root's, the hull is everybody's`() {
    let trace = listed("R 10-60; X 0-200 <gone; Y 5-10 <gone; Z 5-6 <lost")
    #expect(trace.total == 50_000_000)
    #expect(trace.hull == 200_000_000)
    #expect(trace.missingParentCount == 2)
    #expect(trace.isIncomplete)
    #expect(!listed("R 10-60; A 20-30 <R").isIncomplete)
  }

  @Test func `a span without an id is kept under a name of its own and has no children`() {
    var sketch = TraceSketch(listed: "R 0-90; a 10-20 <R; b 15-20 <R")
    sketch.raw.spans[1].id = .absent
    sketch.raw.spans[2].id = .absent
    let trace = Trace.build(sketch.raw, resources: sketch.resources)
    #expect(names(trace) == ["R", "anon-1", "anon-2"])
    #expect(trace.defects.entries[.emptySpanID]?.count == 2)
  }

  @Test func `a stand-in for a remote end is no span`() {
    var sketch = TraceSketch(listed: "R 0-90; a 10-20 <R; b 15-20 <R")
    sketch.raw.spans[1].facts[.inferred] = true
    #expect(names(Trace.build(sketch.raw, resources: sketch.resources)) == ["R", "b"])
  }

  @Test func `no spans make an empty trace`() {
    let trace = Trace.build(RawTrace(id: .absent, spans: []), resources: [])
    #expect(trace.count == 0)
    #expect(trace.total == 0)
    #expect(trace.hull == 0)
    #expect(trace.isIncomplete)
  }

  @Test func `one builder gives the same trace again after another`() {
    var builder = TraceBuilder()
    for seed in 0..<UInt64(50) {
      let sketch = TraceGenerator.sketch(seed: seed)
      let fresh = Trace.build(sketch.raw, resources: sketch.resources)
      let again = builder.build(sketch.raw, resources: sketch.resources)
      #expect(names(again) == names(fresh))
      #expect(again.parent == fresh.parent && again.start == fresh.start)
      #expect(again.defects == fresh.defects)
    }
  }

  @Test func `all assignments of parents among up to five spans keep each span below one head`() {
    // Each span may name nobody, somebody who is missing, or any span, itself included.
    for count in 1...5 {
      var assignment = [Int](repeating: -2, count: count)
      var isDone = false
      while !isDone {
        checkAssignment(assignment)
        var digit = 0
        while digit < count, assignment[digit] == count - 1 {
          assignment[digit] = -2
          digit += 1
        }
        if digit == count { isDone = true } else { assignment[digit] += 1 }
      }
    }
  }

  /// Builds spans `0…` with these parents (-2 none, -1 missing) and checks each edge by walking up by hand.
  private func checkAssignment(_ parents: [Int]) {
    let spans = parents.indices.map { index in
      let parent: SpanID =
        switch parents[index] {
        case -2: .absent
        case -1: SpanID(999)
        default: SpanID(UInt64(parents[index] + 1))
        }
      // Later spans start earlier, so that a circle is cut above its last member.
      return Span(
        id: SpanID(UInt64(index + 1)), parent: parent, start: Timestamp(Int64(100 - index)),
        end: Timestamp(200), place: Place(sourceRank: 0, offset: Int64(index)))
    }
    let trace = Trace.build(RawTrace(id: TraceID(high: 0, low: 1), spans: spans), resources: [])
    #expect(trace.isWellFormed && trace.count == parents.count, "\(parents)")
    for index in trace.spans.indices {
      let me = Int(trace.inputRank[index])
      let expected: Trace.Edge
      switch parents[me] {
      case -2: expected = .root
      case -1: expected = .orphan
      case me: expected = .selfParent
      default:
        var circle = [me]
        var above = parents[me]
        while above >= 0, above != me, circle.count <= parents.count {
          circle.append(above)
          above = parents[above]
        }
        expected = above == me && circle.max() == me ? .cycle : .sync
      }
      #expect(trace.edge[index] == expected, "\(parents)")
      if expected == .sync {
        #expect(Int(trace.inputRank[Int(trace.parent[index])]) == parents[me], "\(parents)")
      }
    }
  }
}

/// Traces of hostile shape: these finish, in debug builds too.
struct HostileShapeTests {
  static let count = 100_000

  private func spans(_ shape: (Int, inout Span) -> Void) -> RawTrace {
    let spans = (0..<Self.count).map { index in
      var span = Span(
        id: SpanID(UInt64(index + 1)), start: Timestamp(Int64(index)), end: Timestamp(1_000_000),
        place: Place(sourceRank: 0, offset: Int64(index)))
      shape(index, &span)
      return span
    }
    return RawTrace(id: TraceID(high: 0, low: 1), spans: spans)
  }

  @Test func `a chain`() {
    let trace = Trace.build(spans { $1.parent = SpanID(UInt64($0)) }, resources: [])
    #expect(Array(trace.ancestors(of: Self.count - 1)).count == Self.count - 1)
  }

  @Test func `a fan`() {
    let trace = Trace.build(
      spans {
        $1.parent = SpanID($0 == 0 ? 0 : 1)
        $1.start = Timestamp(Int64($0 * 7919 % Self.count))
      }, resources: [])
    #expect(Array(trace.children(of: 0)).count == Self.count - 1)
    #expect(trace.isWellFormed)
  }

  @Test func `a circle`() {
    let trace = Trace.build(
      spans { $1.parent = SpanID(UInt64(($0 + 1) % Self.count + 1)) }, resources: [])
    #expect(trace.edge[0] == .cycle)
    #expect(trace.subtree(of: 0).count == Self.count)
    #expect(trace.defects.entries[.cycle]?.count == 1)
  }

  @Test func `one id for all, one service`() {
    let trace = Trace.build(spans { $1.id = SpanID($0 < 0 ? 0 : 7) }, resources: [])
    #expect(trace.count == 1)
    #expect(trace.absorbed.count == Self.count - 1)
  }

  @Test func `one id for half of them, each in a service of its own, named by the other half`() {
    let resources = (0..<Self.count).map { Resource(service: Symbol(UInt32($0 / 2 + 1))) }
    let raw = spans {
      $1.resource = Int32($0)
      if $0 % 2 == 0 { $1.id = SpanID(7_000_000) } else { $1.parent = SpanID(7_000_000) }
    }
    let trace = Trace.build(raw, resources: resources)
    #expect(trace.count == Self.count)
    let strangers = trace.spans.indices.filter { index in
      let parent = Int(trace.parent[index])
      return parent >= 0 && trace.spans[parent].resource + 1 != trace.spans[index].resource
    }
    #expect(strangers.isEmpty)
  }

  @Test func `no end anywhere in a chain`() {
    let trace = Trace.build(
      spans {
        $1.parent = SpanID(UInt64($0))
        $1.facts[.unknownEnd] = true
      }, resources: [])
    #expect(trace.end[0] == Timestamp(Int64(Self.count - 1)))
  }
}

/// Builds a drawing.
func build(_ drawing: String) -> Trace {
  let sketch = TraceSketch(drawing)
  return Trace.build(sketch.raw, resources: sketch.resources)
}

/// Builds a list of spans.
func listed(_ list: String) -> Trace {
  let sketch = TraceSketch(listed: list)
  return Trace.build(sketch.raw, resources: sketch.resources)
}

/// Ids in preorder.
func names(_ trace: Trace) -> [String] { trace.spans.indices.map { trace.idText($0) } }
