import Testing
import TraceModel
import TraceTestSupport

struct TraceParentsTests {
  @Test func `a parent that is not there makes an orphan`() {
    let trace = listed("R 0-100; X 50-80 <gone")
    #expect(trace.edge == [.root, .orphan])
    #expect(trace.defects.entries[.missingParent]?.count == 1)
  }

  @Test func `a span that names itself is treated as a root`() {
    let trace = listed("R 0-100; A 10-40 <A")
    #expect(trace.edge == [.root, .selfParent])
    #expect(trace.defects.entries[.selfParent]?.count == 1)
  }

  @Test func `a reference by FOLLOWS_FROM starts a unit`() {
    let trace = listed("R 0-100; A 20-90 ~R; B 30-40 <A")
    #expect(trace.edge == [.root, .followsFrom, .sync])
    #expect(trace.unit == [0, 1, 1])
  }

  @Test(arguments: [
    ("same service and host", "y:I@b 30-60 <x", "x#server"),
    ("neither: the server", "y:I@elsewhere 30-60 <x", "x#server"),
    ("same service as the client", "y:I 85-95 <x", "x"),
  ])
  func `of several bearers of an id the nearest is the parent`(
    _ worked: (name: String, child: String, parent: String)
  ) throws {
    let trace = listed("x:C 0-100; x:S@b 20-80; " + worked.child)
    let child = try #require(TraceSketch.index(of: "y", in: trace))
    #expect(trace.idText(Int(trace.parent[child])) == worked.parent, "\(worked.name)")
  }

  @Test func `equal service counts where hosts differ, and the first bearer where nothing fits`()
    throws
  {
    var sketch = TraceSketch(listed: "x:I@b 0-50; x:I@c 10-60; y:I@c 20-30 <x; z:I@d 20-30 <x")
    sketch.loseHost(of: 2)
    let trace = Trace.build(sketch.raw, resources: sketch.resources)
    let y = try #require(TraceSketch.index(of: "y", in: trace))
    let z = try #require(TraceSketch.index(of: "z", in: trace))
    #expect(trace.idText(Int(trace.parent[y])) == "x#2")
    #expect(trace.idText(Int(trace.parent[z])) == "x")
  }

  @Test(arguments: [
    ("two servers, none of them near", "x:S@b 0-50; x:S@c 10-60; y:I@d 20-30 <x", "x"),
    ("a server after an inner span", "x:I@b 0-50; x:S@c 10-60; y:I@d 20-30 <x", "x#2"),
    ("equal service before the server", "x:I@b 0-50; x:S@c 10-60; y:I@b 20-30 <x", "x"),
    ("client and server of one service", "x:S@b 20-80; x:C@b 0-100; y:I@b 30-60 <x", "x#server"),
    ("the same, client first", "x:C@b 0-100; x:S@b 20-80; y:I@b 30-60 <x", "x"),
  ])
  func `between equal bearers the first in the input is the parent`(
    _ worked: (name: String, list: String, parent: String)
  ) throws {
    let trace = listed(worked.list)
    let child = try #require(TraceSketch.index(of: "y", in: trace))
    #expect(trace.idText(Int(trace.parent[child])) == worked.parent, "\(worked.name)")
  }

  @Test(arguments: [
    ("earliest start", "c 5-90 <a; a 10-50 <b; b 20-30 <c", "c"),
    ("longer", "c 10-20 <a; a 10-50 <b; b 10-30 <c", "a"),
    ("smaller id", "c 10-20 <a; a 10-20 <b; b 10-20 <c", "a"),
  ])
  func `a circle is cut above its first member`(_ worked: (why: String, list: String, head: String))
  {
    let trace = listed("R 0-100; " + worked.list)
    #expect(trace.edge.filter { $0 == .cycle }.count == 1)
    #expect(trace.idText(trace.edge.firstIndex(of: .cycle) ?? 0) == worked.head, "\(worked.why)")
    #expect(trace.defects.entries[.cycle]?.count == 1)
  }

  @Test func `what hangs from a circle stays below it`() {
    let trace = listed("a 10-50 <b; b 20-40 <a; t 25-30 <b; R 0-5")
    #expect(names(trace) == ["R", "a", "b", "t"])
    #expect(trace.parent == [-1, -1, 1, 2])
  }

  @Test func `two circles are cut once each`() {
    let trace = listed("a 10-50 <b; b 20-40 <a; c 0-10 <d; d 1-9 <c")
    #expect(trace.edge.filter { $0 == .cycle }.count == 2)
    #expect(trace.defects.entries[.cycle]?.count == 2)
  }
}
