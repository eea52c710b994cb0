import Testing
import TraceAnalysis
import TraceModel
import TraceTestSupport

struct ErrorOriginTests {
  private func origins(
    _ list: String, edit: (inout TraceSketch) -> Void = { _ in }
  ) -> [String] {
    var sketch = TraceSketch(listed: list)
    edit(&sketch)
    return originTexts(measure(sketch.raw, resources: sketch.resources))
  }

  @Test(arguments: [SpanKind.server, .client, .internal, .unknown])
  func `status decides, then attributes, by the side of the call`(_ kind: SpanKind) {
    func isError(_ edit: (inout SpanFacts) -> Void) -> Bool {
      var span = Span(id: SpanID(1), start: Timestamp(0), end: Timestamp(1))
      span.facts.kind = kind
      edit(&span.facts)
      return span.isError
    }
    let isServer = kind == .server
    #expect(!isError { _ in })
    #expect(isError { $0.status = .error })
    #expect(isError { $0[.errorTag] = true })
    #expect(!isError { $0[.exception] = true })
    #expect(isError { $0.httpStatus = 500 })
    #expect(isError { $0.httpStatus = 404 } == !isServer)
    #expect(!isError { $0.httpStatus = 399 })
    #expect(!isError { $0.grpcCode = 0 })
    for code in 1...16 {
      #expect(
        isError { $0.grpcCode = code } == (!isServer || [2, 4, 12, 13, 14, 15].contains(code)))
    }
    #expect(
      !isError {
        $0.status = .ok
        $0.httpStatus = 500
        $0[.errorTag] = true
      })
  }

  @Test func `an error with equal type and message explains, though another ended later`() {
    let texts = origins("R:S! 0-100; A:C! 10-30 <R; B:C! 40-90 <R") { sketch in
      for index in [0, 1] {
        sketch.raw.spans[index].errorType = sketch.symbols.intern("IOError")
        sketch.raw.spans[index].facts.messageHash = 5
      }
    }
    #expect(texts == ["A remote to R primary", "B remote to R"])
  }

  @Test func `a call that says nothing of its outcome carries the error of its callee on`() {
    // As API Gateway writes it: its call of Lambda has neither flag nor code, the function failed, and so did the gateway.
    let list = "R:S! 0-100; A:C 10-90 <R; L:S@fn! 20-80 <A; D:C@fn! 30-70 <L"
    #expect(origins(list) == ["D remote to R primary"])
    // One that holds an answer did cope.
    for status in [200, 302] {
      #expect(
        origins(list) { $0.raw.spans[1].facts.httpStatus = status } == [
          "R local to R primary", "D remote handled by A",
        ])
    }
    #expect(
      origins(list) { $0.raw.spans[1].facts.grpcCode = 0 } == [
        "R local to R primary", "D remote handled by A",
      ])
    // And so did one whose own attempts failed.
    #expect(
      origins("R:S! 0-100; A:C 10-90 <R; I:I! 20-80 <A")
        == ["R local to R primary", "I local handled by A"])
  }

  @Test func `transparent spans are looked through, and take the errors nowhere`() {
    #expect(
      origins("R:S 0-100; I:I 5-95 <R; J 6-94 <I; D:C! 10-90 <J") == ["D remote handled by R"])
    #expect(
      origins("R:S! 0-100; I:I@b 5-95 <R; D:C@b! 10-90 <I")
        == ["R local to R primary", "D remote handled by I"])
  }

  @Test func `an error across a queue stays on its side`() {
    #expect(
      origins("R:S! 0-100; P:P! 10-20 <R; K:K@w! 30-60 <P")
        == ["P local to R primary", "K local to K primary"])
  }

  @Test func `a parallel sibling is no second try, a failed one neither`() {
    let first = "R:S 0-100; A:C! 10-40 <R; "
    #expect(origins(first + "B:C 20-60 <R") == ["A remote handled by R"])
    #expect(origins(first + "B:S 50-80 <R") == ["A remote handled by R"])
    #expect(
      origins(first + "B:C! 50-60 <R; D:C 70-80 <R; E:C 85-90 <R")
        == ["A remote handled by R retried by D", "B remote handled by R retried by D"])
  }

  @Test func `a cancelled call says so`() {
    let sketch = TraceSketch(listed: "R:S!! 0-100; A:C! 10-20")
    let measures = measure(sketch.raw, resources: sketch.resources)
    #expect(measures.origins.map(\.isCancelled) == [true, false])
  }

  @Test func `the way of an error names the failed spans from the origin up`() {
    let sketch = TraceSketch(listed: "R:S! 0-100; I:I 5-95 <R; D:C! 10-90 <I; E:S@b! 20-80 <D")
    let measures = measure(sketch.raw, resources: sketch.resources)
    #expect(measures.origins.map(\.propagation) == [[3, 2, 0]])
    #expect(measures.errorClass == [.propagated, .transparent, .propagated, .origin])
  }

  @Test func `a long way loses its middle, so that many long ways stay linear`() throws {
    let count = 100_000
    // A spine of failed spans, each with a failed leaf.
    let spans = (0..<count).map { index in
      var span = Span(
        id: SpanID(UInt64(index + 1)),
        parent: SpanID(UInt64(index == 0 ? 0 : index % 2 == 0 ? index - 1 : index)),
        start: Timestamp(Int64(index)), end: Timestamp(1_000_000),
        place: Place(sourceRank: 0, offset: Int64(index)))
      span.facts.status = .error
      return span
    }
    let measures = measure(RawTrace(id: TraceID(high: 0, low: 1), spans: spans), resources: [])
    #expect(measures.origins.count == count / 2)
    let longest = try #require(measures.origins.map(\.propagation).max { $0.count < $1.count })
    #expect(longest.count == longestPropagation)
    #expect(longest.last == 0)
    #expect(measures.origins.allSatisfy { $0.reach == .reaches(0) })
    #expect(measures.origins.filter(\.isPrimary).count == 1)
  }

  @Test
  func
    `errors below a deep chain of transparent spans, and a fan of handled ones, are followed at once`()
  {
    let count = 100_000
    let deep = (0..<count).map { index in
      var span = Span(
        id: SpanID(UInt64(index + 1)), parent: SpanID(UInt64(min(index, count / 2))),
        start: Timestamp(Int64(index)), end: Timestamp(1_000_000),
        place: Place(sourceRank: 0, offset: Int64(index)))
      if index == 0 || index > count / 2 { span.facts.status = .error }
      return span
    }
    let below = measure(RawTrace(id: TraceID(high: 0, low: 1), spans: deep), resources: [])
    #expect(below.origins.allSatisfy { $0.propagation.last == 0 })
    #expect(below.errorClass[0] == .propagated)

    let wide = (0..<count).map { index in
      var span = Span(
        id: SpanID(UInt64(index + 1)), parent: SpanID(index == 0 ? 0 : 1),
        start: Timestamp(Int64(index)), end: Timestamp(Int64(index + 1)),
        place: Place(sourceRank: 0, offset: Int64(index)))
      if index == 0 { span.end = Timestamp(1_000_000) }
      if index % 2 == 1 { span.facts.status = .error }
      return span
    }
    let fan = measure(RawTrace(id: TraceID(high: 0, low: 1), spans: wide), resources: [])
    // The last one failed for good.
    #expect(fan.origins.filter { $0.retriedBy < 0 }.count == 1)
  }
}
