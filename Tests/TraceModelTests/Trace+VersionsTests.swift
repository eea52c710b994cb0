import Testing
import TraceModel
import TraceTestSupport

struct TraceVersionsTests {
  /// Spans named `x` in order of the trace: id, interval in ms.
  private func versions(_ list: String, edit: (inout TraceSketch) -> Void = { _ in }) -> Trace {
    var sketch = TraceSketch(listed: list)
    edit(&sketch)
    return Trace.build(sketch.raw, resources: sketch.resources)
  }

  @Test func `equal documents are one span`() {
    let trace = versions("R 0-100; x 10-40 <R; x 10-40 <R")
    #expect(names(trace) == ["R", "x"])
    #expect(trace.defects.entries[.duplicateSpan]?.count == 1)
    #expect(trace.absorbed.map(\.kept) == [1])
  }

  @Test func `the version with an end wins, then the later end, then the longer, then the first`() {
    #expect(versions("x 0-?; x 0-5").duration(0) == 5_000_000)
    #expect(versions("x 0-5; x 0-?").duration(0) == 5_000_000)
    #expect(versions("x 0-50; x 20-60").duration(0) == 40_000_000)
    #expect(versions("x 40-60; x 10-60").duration(0) == 50_000_000)
    #expect(versions("x 10-60 <a; x 10-60 <b").spans[0].place.offset == 0)
    #expect(versions("x 0-50; x 10-60").defects.entries[.conflictingSpan]?.count == 1)
  }

  @Test func `a known start wins over an unknown one at equal ends`() {
    let trace = versions("x 10-60; x 10-60") { $0.raw.spans[0].facts[.unknownStart] = true }
    #expect(!trace.spans[0].facts[.unknownStart])
  }

  @Test func `the winner takes over what it lacks, but neither kind nor status`() {
    let trace = versions("x 0-50; x:C! 0-40") {
      $0.raw.spans[1].facts.httpStatus = 503
      $0.raw.spans[1].facts.grpcCode = 14
      $0.raw.spans[1].facts[.exception] = true
      $0.raw.spans[1].facts.messageHash = 77
      $0.raw.spans[1].errorType = Symbol(9)
      $0.raw.spans[1].peer = Symbol(8)
    }
    let span = trace.spans[0]
    #expect(trace.count == 1)
    #expect(span.facts.kind == .unknown && span.facts.status == .unset)
    #expect(span.facts.httpStatus == 503 && span.facts.grpcCode == 14)
    #expect(span.facts[.exception] && span.facts.messageHash == 77)
    #expect(span.errorType == Symbol(9) && span.peer == Symbol(8))
    #expect(trace.absorbed.first?.dropped.facts.kind == .client)
  }

  @Test func `a late part without kind and times belongs to the server of its service`() {
    func late(_ list: String) -> Trace {
      versions(list) {
        $0.raw.spans[1].facts[.unknownStart] = true
        $0.raw.spans[1].facts[.unknownEnd] = true
        $0.raw.spans[1].facts[.errorTag] = true
      }
    }
    let trace = late("x:S 0-50; x 0-0")
    #expect(trace.count == 1 && trace.spans[0].facts.kind == .server)
    #expect(trace.spans[0].facts[.errorTag] && trace.duration(0) == 50_000_000)
    // With a client of the same service nothing says whose part it is; the client's it stays.
    #expect(late("x:S 0-50; x 0-0; x:C 0-60").count == 2)
    // A span of its own times is no late part.
    #expect(versions("x:S 0-50; x 0-40").count == 2)
  }

  @Test func `what the winner has, it keeps`() {
    let trace = versions("x 0-50; x 0-40") {
      $0.raw.spans[0].facts.httpStatus = 200
      $0.raw.spans[1].facts.httpStatus = 503
    }
    #expect(trace.spans[0].facts.httpStatus == 200)
  }

  /// The tag `error` of the winner, of a loser after it and one before it, and of the span made of them: yes, no, absent.
  @Test(arguments: [
    ("-", "-", "-", "-"), ("-", "y", "-", "y"), ("-", "-", "y", "y"), ("-", "n", "-", "n"),
    ("y", "n", "n", "y"), ("n", "y", "y", "n"), ("n", "-", "y", "n"), ("-", "y", "n", "n"),
    ("-", "n", "y", "y"),
  ])
  func `a loser's error tag is taken over only where the winner has none`(
    _ worked: (winner: String, after: String, before: String, made: String)
  ) {
    let trace = versions("x 0-40; x 0-50; x 0-30") {
      for (index, tag) in [worked.before, worked.winner, worked.after].enumerated() {
        if tag == "y" { $0.raw.spans[index].facts[.errorTag] = true }
        if tag == "n" { $0.raw.spans[index].facts.deniesError = true }
      }
    }
    let facts = trace.spans[0].facts
    #expect(trace.count == 1 && facts.status == .unset)
    #expect(facts[.errorTag] == (worked.made == "y"), "\(worked)")
    #expect(facts.deniesError == (worked.made == "n"), "\(worked)")
  }

  @Test func `that a call was cancelled comes over only with what may have said so`() {
    func isCancelled(edit: (inout Span, inout Span) -> Void) -> Bool {
      versions("x 0-50; x 0-40") { sketch in
        var (winner, loser) = (sketch.raw.spans[0], sketch.raw.spans[1])
        loser.facts[.cancelled] = true
        edit(&winner, &loser)
        sketch.raw.spans = [winner, loser]
      }.spans[0].facts[.cancelled]
    }
    #expect(!isCancelled { _, _ in })
    #expect(isCancelled { $1.facts.grpcCode = 1 })
    #expect(
      !isCancelled {
        $0.facts.grpcCode = 2; $1.facts.grpcCode = 1
      })
    #expect(isCancelled { $1.errorType = Symbol(9) })
    #expect(
      !isCancelled {
        $0.errorType = Symbol(8); $1.errorType = Symbol(9)
      })
    #expect(isCancelled { $1.facts[.exception] = true })
    #expect(isCancelled { winner, _ in winner.facts[.cancelled] = true })
  }

  @Test func `a tag that says no is kept beside an unset status alone`() {
    var facts = SpanFacts()
    facts.deniesError = true
    #expect(facts.deniesError && facts.status == .unset)
    facts.status = .error
    #expect(!facts.deniesError && facts.status == .error)
    facts.deniesError = true
    #expect(!facts.deniesError && facts.status == .error)
    facts.status = .unset
    facts.deniesError = true
    facts.deniesError = false
    #expect(facts == SpanFacts())
  }

  @Test func `client and servers of one id become a client and its children`() {
    let trace = versions("x:S@c 30-40 <other; x:C 0-100; x:S@b 20-80")
    #expect(names(trace) == ["x", "x#server2", "x#server"])
    #expect(trace.parent == [-1, 0, 0])
    #expect(trace.spans[0].facts.kind == .client)
    #expect(trace.defects.entries[.sharedSpanID]?.count == 2)
  }

  @Test func `two services with one id by accident stay two spans`() {
    let trace = versions("R 0-100; x:I@b 10-20 <R; x:I@c 30-40 <R")
    #expect(names(trace) == ["R", "x", "x#2"])
    #expect(trace.parent == [-1, 0, 0])
    #expect(trace.defects.entries[.spanIDCollision]?.count == 1)
  }

  /// Ids, parents and repairs by 1.3; the spans are listed in input order, and shown in the order of the trace.
  @Test(arguments: [
    ("x:P@a 0-100; x:C@b 10-90", ["x", "x#2"], [-1, -1], 0, 1),
    ("x:C@a 0-100; x:C@b 10-90", ["x", "x#2"], [-1, -1], 0, 1),
    ("x:I@a 0-100; x:C@b 10-90; x:K@c 20-80", ["x", "x#2", "x#3"], [-1, -1, -1], 0, 2),
    ("x:S@a 0-100; x:S@b 10-90", ["x", "x#2"], [-1, -1], 0, 1),
    ("x:S@a 0-100; x:P@b 10-90", ["x", "x#2"], [-1, -1], 0, 1),
    ("x:S@a 10-90; x:C@a 0-100", ["x", "x#server"], [-1, 0], 1, 0),
    ("x:I@a 0-100; x:S@b 10-90; x:C@c 5-95", ["x#2", "x", "x#server"], [-1, -1, 1], 1, 1),
    ("x:C@a 0-100; x:C@b 5-95; x:S@c 10-90", ["x", "x#server", "x#2"], [-1, 0, -1], 1, 1),
  ])
  func `who keeps a shared id`(
    _ worked: (list: String, names: [String], parents: [Int32], shared: Int, collided: Int)
  ) {
    let trace = versions(worked.list)
    #expect(names(trace) == worked.names, "\(worked.list)")
    #expect(trace.parent == worked.parents, "\(worked.list)")
    #expect((trace.defects.entries[.sharedSpanID]?.count ?? 0) == worked.shared)
    #expect((trace.defects.entries[.spanIDCollision]?.count ?? 0) == worked.collided)
  }

  @Test func `a span stands in the input where the version that was kept does`() {
    let trace = versions("x@a 0-40; x@b 10-20; x@a 0-50; y@c 60-70 <x")
    #expect(names(trace) == ["x#2", "x", "y"])
    #expect(trace.parent == [-1, -1, 1])
  }

  @Test func `each of the spans that collide keeps its own parent reference`() {
    let trace = versions("R 0-100; Q 200-300; x:C@b 10-20 <R; x:P@c 210-230 <Q")
    #expect(names(trace) == ["R", "x", "Q", "x#2"])
    #expect(trace.parent == [-1, 0, -1, 2])
  }

  @Test func `a server of a shared id hangs from its client, whatever parent it named`() {
    let trace = versions("R 0-100; x:C 10-90 <R; x:S@b 20-80 <R; y:I@b 30-40 <x")
    #expect(names(trace) == ["R", "x", "x#server", "y"])
    #expect(trace.parent == [-1, 0, 1, 2])
  }

  @Test func `hosts tell spans apart only where both are known`() {
    let apart = versions("x 0-50; x 0-50; x 0-60") { sketch in
      let app = sketch.symbols.intern("app")
      sketch.resources = [
        Resource(service: app), Resource(service: app, host: sketch.symbols.intern("h1")),
        Resource(service: app, host: sketch.symbols.intern("h2")),
      ]
      for index in 0..<3 { sketch.raw.spans[index].resource = Int32(index) }
    }
    // The one without a host is the same span as h1, the first with a host.
    #expect(names(apart) == ["x#2", "x"])
    #expect(apart.absorbed.count == 1)
    #expect(apart.duration(1) == 50_000_000)
  }

  @Test func `plain hex ids get their suffix too`() {
    var sketch = TraceSketch(listed: "x:C 0-100; x:S@b 20-80")
    sketch.raw.writtenIDs = [:]
    let id = sketch.raw.spans[0].id.description
    let trace = Trace.build(sketch.raw, resources: sketch.resources)
    #expect(names(trace) == [id, id + "#server"])
  }
}
