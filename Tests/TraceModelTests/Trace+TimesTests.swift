import Testing
import TraceModel
import TraceTestSupport

struct TraceTimesTests {
  /// Settled start and end of a span in ms, starts of the spans named in `lost` being unknown.
  private func settled(_ list: String, lost: Set<String> = []) -> [String: [Int64]] {
    var sketch = TraceSketch(listed: list)
    for index in sketch.raw.spans.indices
    where lost.contains(sketch.raw.writtenIDs[sketch.raw.spans[index].id] ?? "") {
      sketch.raw.spans[index].facts[.unknownStart] = true
      sketch.raw.spans[index].start = Timestamp(0)
    }
    let trace = Trace.build(sketch.raw, resources: sketch.resources)
    var times: [String: [Int64]] = [:]
    for index in trace.spans.indices {
      times[trace.idText(index)] = [trace.start[index], trace.end[index]].map {
        ($0 - TraceSketch.epoch) / 1_000_000
      }
    }
    return times
  }

  @Test func `an unknown start is the parent's`() {
    let times = settled("R 5-100; A 10-40 <R; B 20-30 <A", lost: ["A", "B"])
    #expect(times == ["R": [5, 100], "A": [5, 40], "B": [5, 30]])
  }

  @Test
  func `an unknown start of a head is the earliest known among its children, else its own end`() {
    #expect(settled("R 0-100; A 30-40 <R; B 20-30 <R", lost: ["R", "B"])["R"] == [30, 100])
    #expect(settled("R 0-100", lost: ["R"])["R"] == [100, 100])
  }

  @Test
  func `an unknown end is the latest among the children, from the leaves up, else the own start`() {
    let times = settled("R 0-?; A 10-? <R; B 20-30 <A; C 50-? <R")
    #expect(times == ["R": [0, 50], "A": [10, 30], "B": [20, 30], "C": [50, 50]])
  }

  @Test func `an end before its start becomes the start`() {
    #expect(settled("R 0-100; A 60-50 <R")["A"] == [60, 60])
  }

  @Test func `each repair is counted under its own name`() {
    var sketch = TraceSketch(listed: "R 0-100; A 60-50 <R; B 10-? <R; C 10-20 <R; D 10-20 <R")
    sketch.raw.spans[3].facts[.unknownStart] = true
    sketch.raw.spans[4].end = Timestamp(.max)
    let trace = Trace.build(sketch.raw, resources: sketch.resources)
    let counts = trace.defects.entries.mapValues(\.count)
    #expect(
      counts == [.negativeDuration: 1, .unfinishedSpan: 1, .unknownStart: 1, .oddTime: 1])
    #expect(
      trace.defects.entries[.negativeDuration]?.example == "\(sketch.raw.id) A")
  }

  @Test func `a time beyond reckoning is unknown`() {
    var sketch = TraceSketch(listed: "R 0-100; A 10-20 <R")
    sketch.raw.spans[0].end = Timestamp(.max)
    sketch.raw.spans[1].start = Timestamp(.min)
    let trace = Trace.build(sketch.raw, resources: sketch.resources)
    #expect(trace.total == 20_000_000)
    #expect(trace.start[1] == trace.start[0])
    #expect(trace.spans[0].end == Timestamp(.max))
  }
}
