import Testing
import TraceAnalysis

struct DurationSamplesTests {
  @Test func `percentiles are those of the sorted lengths, whatever the order`() {
    var random = Seeded(1)
    var samples = DurationSamples()
    var lengths: [Int64] = []
    for trace in 1...400 as ClosedRange<UInt32> {
      let length = Int64.random(in: 0...5_000_000_000, using: &random)
      lengths.append(length)
      samples.add(length, isError: false, trace: trace)
    }
    lengths.sort()
    let ascending = samples.ascending()
    for percent in [50, 90, 95, 99] {
      let rank = (percent * 400 + 99) / 100
      let row = samples.percentile(percent, in: ascending)
      #expect(row.valueNs == lengths[rank - 1])
      let ranks = orderRanks(percent: percent, count: 400)
      #expect(row.lowNs == ranks.lower.map { lengths[$0 - 1] })
      #expect(row.highNs == ranks.upper.map { lengths[$0 - 1] })
    }
  }

  @Test func `too few traces show nothing, however many spans they hold`() {
    var samples = DurationSamples()
    for trace in 1...5 as ClosedRange<UInt32> {
      for length in 1...100 as ClosedRange<Int64> {
        samples.add(length, isError: length == 7, trace: trace)
      }
    }
    let row = samples.percentile(50, in: samples.ascending())
    #expect(row.valueNs == nil && row.tracesMissing == 1)
    #expect(samples.errors == 5)
    #expect(samples.traces == 5)
  }

  @Test func `spans that repeat within a trace do not narrow the interval`() throws {
    var single = DurationSamples()
    var repeated = DurationSamples()
    for trace in 1...200 as ClosedRange<UInt32> {
      single.add(Int64(trace), isError: false, trace: trace)
      for _ in 0..<50 { repeated.add(Int64(trace), isError: false, trace: trace) }
    }
    let narrow = single.percentile(50, in: single.ascending())
    let wide = repeated.percentile(50, in: repeated.ascending())
    #expect(wide.valueNs == narrow.valueNs)
    let low = try #require(narrow.lowNs)
    let high = try #require(narrow.highNs)
    #expect(try #require(wide.lowNs) <= low)
    #expect(try #require(wide.highNs) >= high)
    #expect(try #require(wide.highNs) <= high + 3)
  }

  @Test func `equal lengths, negative and endless ones are kept in bounds`() {
    var samples = DurationSamples()
    for trace in 1...100 as ClosedRange<UInt32> {
      samples.add(-5, isError: false, trace: trace)
      samples.add(-5, isError: false, trace: trace)
    }
    let row = samples.percentile(95, in: samples.ascending())
    #expect(row.valueNs == 0 && row.lowNs == 0 && row.highNs == 0)
    var endless = DurationSamples()
    for trace in 1...6 as ClosedRange<UInt32> { endless.add(.max, isError: true, trace: trace) }
    #expect(endless.ascending().value(percent: 50) == DurationSamples.longest)
  }

  /// A simulated world: traces of 1 to 12 spans that share a part of their length.
  ///
  /// - Parameter shared: how much of the spread is the trace's, in percent.
  private func world(_ traces: Int, shared: Int, _ random: inout Seeded) -> DurationSamples {
    func unit() -> Double { Double.random(in: 0..<1, using: &random) }
    var samples = DurationSamples()
    for trace in 1...UInt32(traces) {
      let common = unit() + unit() + unit()
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        let own = unit() + unit() + unit()
        let level = (common * Double(shared) + own * Double(100 - shared)) / 100
        samples.add(Int64(1e6 * level * level * level), isError: false, trace: trace)
      }
    }
    return samples
  }

  @Test(arguments: [(50, 40), (50, 80), (90, 80), (95, 150)])
  func `intervals by trace hold the true percentile in at least 90 of 100 worlds`(
    percent: Int, traces: Int
  ) throws {
    for shared in [0, 50, 90] {
      var random = Seeded(UInt64(percent * 1000 + traces + shared))
      let truth = world(8000, shared: shared, &random).ascending().value(percent: percent)
      let value = try #require(truth)
      var held = 0
      for _ in 0..<150 {
        let samples = world(traces, shared: shared, &random)
        let row = samples.percentile(percent, in: samples.ascending())
        if row.lowNs.map({ $0 <= value }) ?? true, row.highNs.map({ value <= $0 }) ?? true {
          held += 1
        }
      }
      #expect(held >= 135, "p\(percent), \(traces) traces, \(shared) % shared: \(held) of 150")
    }
  }
}
