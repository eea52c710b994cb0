import Testing
import TraceAnalysis
import TraceModel
import TraceTestSupport

/// Laws that hold for every trace, checked on generated ones.
struct MeasureTests {
  static let seeds = 0..<UInt64(TraceGenerator.count)

  @Test func `fast measures equal the slow obvious ones`() {
    for seed in Self.seeds {
      let sketch = TraceGenerator.sketch(seed: seed)
      let measures = measure(sketch.raw, resources: sketch.resources)
      let slow = SlowMeasures(trace: measures.trace, resources: sketch.resources)
      let spans = measures.trace.spans.indices
      #expect(measures.segments == slow.paths(), "seed \(seed)")
      #expect(measures.selfTime == spans.map(slow.selfTime), "seed \(seed)")
      #expect(measures.errorClass == spans.map(slow.errorClass), "seed \(seed)")
      #expect(
        originTexts(measures)
          == spans.filter { slow.errorClass($0) == .origin }.map(slow.originText),
        "seed \(seed)")
    }
  }

  @Test func `segments of a unit tile its head, and lie inside their spans`() {
    for seed in Self.seeds {
      let sketch = TraceGenerator.sketch(seed: seed)
      let measures = measure(sketch.raw, resources: sketch.resources)
      let trace = measures.trace
      var reached: [Int32: Timestamp] = [:]
      var sums = [Nanoseconds](repeating: 0, count: trace.count)
      for (place, segment) in measures.segments.enumerated() {
        let span = Int(segment.span)
        let unit = trace.unit[span]
        #expect((place < measures.primarySegmentCount) == (unit == trace.primary), "seed \(seed)")
        #expect(segment.start == reached[unit] ?? trace.start[Int(unit)], "seed \(seed)")
        #expect(segment.start < segment.end, "seed \(seed)")
        #expect(
          segment.start >= trace.start[span] && segment.end <= trace.end[span], "seed \(seed)")
        reached[unit] = segment.end
        sums[span] += segment.end - segment.start
      }
      for span in trace.spans.indices {
        if trace.edge[span].startsUnit {
          #expect(reached[Int32(span)] ?? trace.start[span] == trace.end[span], "seed \(seed)")
        }
        #expect(measures.criticalPath[span] == sums[span], "seed \(seed)")
        #expect(measures.criticalPath[span] <= measures.inclusive[span], "seed \(seed)")
        #expect(measures.inclusive[span] <= trace.duration(span), "seed \(seed)")
        #expect((0...trace.duration(span)).contains(measures.selfTime[span]), "seed \(seed)")
      }
    }
  }

  @Test func `each span has one head above it, and none is lost`() {
    for seed in Self.seeds {
      let sketch = TraceGenerator.sketch(seed: seed)
      let trace = measure(sketch.raw, resources: sketch.resources).trace
      #expect(trace.count + trace.absorbed.count == sketch.raw.spans.count, "seed \(seed)")
      #expect(trace.isWellFormed, "seed \(seed)")
    }
  }

  @Test func `the order of the input does not matter`() {
    for seed in Self.seeds {
      var sketch = TraceGenerator.sketch(seed: seed)
      let expected = description(measure(sketch.raw, resources: sketch.resources))
      var random = SeededGenerator(seed: seed)
      sketch.raw.spans.shuffle(using: &random)
      #expect(
        description(measure(sketch.raw, resources: sketch.resources)) == expected, "seed \(seed)")
    }
  }

  @Test func `the room that was used before does not matter`() {
    var scratch = TraceScratch()
    for seed in Self.seeds {
      let sketch = TraceGenerator.sketch(seed: seed)
      let again = measure(sketch.raw, resources: sketch.resources, scratch: &scratch)
      #expect(
        description(again) == description(measure(sketch.raw, resources: sketch.resources)),
        "seed \(seed)")
    }
  }

  @Test func `a constant added to all times changes nothing else`() {
    for seed in Self.seeds {
      var sketch = TraceGenerator.sketch(seed: seed, hasGaps: false)
      let expected = description(measure(sketch.raw, resources: sketch.resources))
      let constant: Nanoseconds = 86_400_000_000_123
      for index in sketch.raw.spans.indices {
        sketch.raw.spans[index].start = sketch.raw.spans[index].start + constant
        sketch.raw.spans[index].end = sketch.raw.spans[index].end + constant
      }
      let later = measure(sketch.raw, resources: sketch.resources)
      #expect(description(later, zero: TraceSketch.epoch + constant) == expected, "seed \(seed)")
    }
  }

  @Test func `a span without length changes no other span's self time or path`() {
    for seed in Self.seeds {
      var sketch = TraceGenerator.sketch(seed: seed, hasGaps: false)
      let before = figures(measure(sketch.raw, resources: sketch.resources))
      var random = SeededGenerator(seed: seed)
      let parent = sketch.raw.spans.randomElement(using: &random)
      let moment = (parent?.start ?? TraceSketch.epoch) - TraceSketch.epoch
      sketch.add(
        "extra:I", start: moment, end: moment,
        parent: parent.map { sketch.raw.writtenIDs[$0.id] ?? "" })
      let after = figures(measure(sketch.raw, resources: sketch.resources))
      #expect(after.filter { !$0.hasPrefix("extra") } == before, "seed \(seed)")
    }
  }

  @Test func `a detached subtree changes no other span's self time or path`() {
    for seed in Self.seeds {
      var sketch = TraceGenerator.sketch(seed: seed, hasGaps: false)
      let before = figures(measure(sketch.raw, resources: sketch.resources))
      var random = SeededGenerator(seed: seed)
      let parent = sketch.raw.spans.randomElement(using: &random)
      let start = (parent?.start ?? TraceSketch.epoch) - TraceSketch.epoch
      let end = start + 20 * TraceGenerator.step
      sketch.add(
        "extra", start: start, end: end, parent: parent.map { sketch.raw.writtenIDs[$0.id] ?? "" },
        follows: true)
      sketch.add("extra2", start: start + 5 * TraceGenerator.step, end: end, parent: "extra")
      let after = figures(measure(sketch.raw, resources: sketch.resources))
      #expect(after.filter { !$0.hasPrefix("extra") } == before, "seed \(seed)")
    }
  }

  @Test func `generated traces hold everything odd`() {
    var edges: Set<Trace.Edge> = []
    var classes: Set<ErrorClass> = []
    var blames: Set<ErrorOrigin.Blame> = []
    var defects: Set<Defect.Kind> = []
    var retries = 0
    for seed in 0..<UInt64(400) {
      let sketch = TraceGenerator.sketch(seed: seed)
      let measures = measure(sketch.raw, resources: sketch.resources)
      edges.formUnion(measures.trace.edge)
      classes.formUnion(measures.errorClass)
      blames.formUnion(measures.origins.map(\.blame))
      defects.formUnion(measures.trace.defects.entries.keys)
      retries += measures.origins.filter { $0.retriedBy >= 0 }.count
    }
    #expect(edges == Set(Trace.Edge.allCases))
    #expect(classes == Set(ErrorClass.allCases))
    #expect(blames == Set(ErrorOrigin.Blame.allCases))
    #expect(
      defects.isSuperset(of: [
        .conflictingSpan, .sharedSpanID, .spanIDCollision, .selfParent, .missingParent, .cycle,
        .unknownStart, .unfinishedSpan, .negativeDuration, .skewAdjusted,
      ]))
    #expect(retries > 0)
  }

  @Test func `nothing but an unknown resource is needed`() {
    let span = Span(id: SpanID(7), start: Timestamp(5), end: Timestamp(9), resource: -3)
    let measures = measure(RawTrace(id: TraceID(high: 0, low: 1), spans: [span]), resources: [])
    #expect(measures.selfTime == [4])
    #expect(measure(RawTrace(id: .absent, spans: []), resources: []).trace.count == 0)
  }

  @Test func `times at the ends of the number range neither trap nor grow`() {
    let extremes: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max, 1 << 62, -1 << 62]
    var random = SeededGenerator(seed: 1)
    for seed in 0..<UInt64(200) {
      var sketch = TraceGenerator.sketch(seed: seed)
      for index in sketch.raw.spans.indices where random.once(in: 2) {
        sketch.raw.spans[index].start = Timestamp(extremes.randomElement(using: &random) ?? 0)
        sketch.raw.spans[index].end = Timestamp(extremes.randomElement(using: &random) ?? 0)
      }
      for skew in Knobs.Skew.allCases {
        var knobs = Knobs()
        knobs.skew = skew
        knobs.largestSkew = .max
        let measures = measure(sketch.raw, resources: sketch.resources, knobs: knobs)
        let primary = measures.segments.prefix(measures.primarySegmentCount)
        #expect(primary.reduce(0) { $0 + ($1.end - $1.start) } == measures.trace.total)
      }
    }
  }
}

/// All that is measured, as text.
private func description(_ measures: TraceMeasures, zero: Timestamp = TraceSketch.epoch) -> [String]
{
  let trace = measures.trace
  func name(_ index: Int32) -> String { index < 0 ? "-" : trace.idText(Int(index)) }
  let spans = trace.spans.indices.map { span in
    """
    \(trace.idText(span)) < \(name(trace.parent[span])) \(trace.edge[span].name) in \
    \(name(trace.unit[span])) \(trace.start[span] - zero) \(trace.end[span] - zero) \
    \(trace.shift[span]) \(trace.inputRank[span]) \(trace.spans[span].facts) \
    \(measures.selfTime[span]) \(measures.criticalPath[span]) \(measures.inclusive[span]) \
    \(measures.errorClass[span])
    """
  }
  let segments = measures.segments.map {
    "\(name($0.span)) \($0.start - zero) \($0.end - zero)"
  }
  let dropped = trace.absorbed.map { "\(name($0.kept)) keeps \($0.dropped.place)" }
  let defects = trace.defects.sorted.map { "\($0)" }
  return spans + segments + originTexts(measures) + dropped + defects
}

/// Self time and path of each span, by name.
private func figures(_ measures: TraceMeasures) -> [String] {
  let trace = measures.trace
  return trace.spans.indices.map { span in
    let own = measures.segments.filter { $0.span == span }
      .map { "\($0.start - TraceSketch.epoch)-\($0.end - TraceSketch.epoch)" }
    return "\(trace.idText(span)) \(measures.selfTime[span]) \(own.joined(separator: ","))"
  }.sorted()
}
