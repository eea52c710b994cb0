import Testing
import TraceReport

struct MapLayoutTests {
  /// Lines of a repeatable pseudo-random graph.
  private func graph(_ seed: Int, _ count: Int, _ lines: Int) -> [MapLayout.Line] {
    (0..<lines).compactMap { index in
      let a = Incident.dice(seed &* 7919 &+ index &* 2, count)
      let b = Incident.dice(seed &* 104_729 &+ index &* 2 &+ 1, count)
      return a == b ? nil : .init(caller: a, callee: b)
    }
  }

  @Test(arguments: 0..<60)
  func `boxes never overlap, lines start and end at their boxes and pass through none`(_ seed: Int)
  {
    let count = 1 + seed % 24
    let lines = graph(seed, count, seed * 2)
    let layout = MapLayout(count: count, lines: lines)
    let boxes = layout.boxes
    #expect(boxes.count == count && layout.routes.count == lines.count)
    for a in boxes.indices {
      #expect(boxes[a].x >= 0 && boxes[a].y >= 0)
      #expect(boxes[a].x + MapLayout.boxWidth <= layout.width)
      #expect(boxes[a].y + MapLayout.boxHeight <= layout.height + 0.001)
      for b in boxes.indices where a < b {
        let apart =
          abs(boxes[a].x - boxes[b].x) >= MapLayout.boxWidth
          || abs(boxes[a].y - boxes[b].y) >= MapLayout.boxHeight
        #expect(apart, "\(a) and \(b)")
      }
    }
    for (line, route) in zip(lines, zip(layout.routes, layout.isBack)) {
      let (left, right) = route.1 ? (line.callee, line.caller) : (line.caller, line.callee)
      let points = route.0
      #expect(points.first?.x == boxes[left].x + MapLayout.boxWidth)
      #expect(points.last?.x == boxes[right].x)
      #expect(zip(points, points.dropFirst()).allSatisfy { $0.x < $1.x })
      // Between layers a line is in the gap; across a layer it runs level in a lane of its own.
      for (a, b) in zip(points.dropFirst(), points.dropFirst(2)) where a.y == b.y {
        for box in boxes where box.x >= a.x && box.x < b.x {
          #expect(a.y < box.y || a.y > box.y + MapLayout.boxHeight)
        }
      }
    }
  }

  @Test func `callers stand left of callees, and a circle is cut once`() {
    let chain = MapLayout(
      count: 4,
      lines: [
        .init(caller: 0, callee: 1), .init(caller: 1, callee: 2), .init(caller: 2, callee: 3),
        .init(caller: 3, callee: 1),
      ])
    #expect(chain.isBack == [false, false, false, true])
    #expect(chain.boxes.map(\.x) == chain.boxes.map(\.x).sorted())
  }

  @Test func `nothing gives nothing`() {
    #expect(MapLayout(count: 0, lines: []).boxes.isEmpty)
    #expect(MapLayout(count: 2, lines: []).boxes.count == 2)
  }
}
