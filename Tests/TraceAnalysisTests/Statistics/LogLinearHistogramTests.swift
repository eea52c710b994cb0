import Testing
import TraceAnalysis

struct LogLinearHistogramTests {
  @Test func `bins tile all lengths without gap, and each holds its own ends`() {
    var next: Int64 = 0
    for bin in 0..<LogLinearHistogram.binCount {
      let bounds = LogLinearHistogram.bounds(of: bin)
      #expect(bounds.low == next)
      #expect(LogLinearHistogram.bin(of: bounds.low) == bin)
      #expect(LogLinearHistogram.bin(of: bounds.high - 1) == bin)
      #expect(bounds.low < 4 || (bounds.high - bounds.low) * 4 <= bounds.low)
      next = bounds.high
    }
    #expect(next == Int64.max)
    #expect(LogLinearHistogram.bin(of: -3) == 0)
    #expect(LogLinearHistogram.bin(of: .max) == LogLinearHistogram.binCount - 1)
  }

  @Test func `four bins lie between a length and its double`() {
    #expect(
      (0...4).map { LogLinearHistogram.bounds(of: 28 + $0).low } == [256, 320, 384, 448, 512])
  }

  @Test func `merged parts equal the whole`() {
    var whole = LogLinearHistogram()
    var a = LogLinearHistogram()
    var b = LogLinearHistogram()
    for length in 0..<1000 as Range<Int64> {
      whole.add(length * length, isError: length % 7 == 0)
      if length % 3 == 0 {
        a.add(length * length, isError: length % 7 == 0)
      } else {
        b.add(length * length, isError: length % 7 == 0)
      }
    }
    b.merge(a)
    #expect(b == whole)
    #expect(whole.bins.reduce(0) { $0 + $1.count } == 1000)
    #expect(whole.bins.reduce(0) { $0 + $1.errors } == 143)
  }
}
