import Testing
import TraceSimulator

struct RandomnessTests {
  @Test func `the first numbers of a seed are those of SplitMix64`() {
    // Values of the reference implementation for the seed 1234567.
    var chance = Randomness(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    #expect((0..<5).map { _ in chance.next() } == expected)
  }

  @Test func `half of the lengths are below the median and two thirds lie within one deviation`() {
    var chance = Randomness(seed: 3)
    let latency = Latency(median: 10_000_000, spread: 1024)
    let lengths = (0..<20_000).map { _ in chance.length(of: latency) }
    let below = lengths.count { $0 < 10_000_000 }
    let near = lengths.count { (5_000_000...20_000_000).contains($0) }
    #expect((9_700...10_300).contains(below))
    #expect((13_350...13_950).contains(near))
  }

  @Test func `waits have their mean and one in e of them is longer`() {
    var chance = Randomness(seed: 4)
    let waits = (0..<20_000).map { _ in chance.wait(mean: 1_000_000) }
    let mean = waits.reduce(0, +) / 20_000
    #expect((975_000...1_025_000).contains(mean))
    #expect((7_150...7_560).contains(waits.count { $0 > 1_000_000 }))
  }

  @Test(arguments: [(0, 1000), (1024, 2000), (-1024, 500), (512, 1414), (2048, 4000), (-512, 707)])
  func `powers of two scale in integers`(exponent: Int64, expected: Int64) {
    #expect(abs(scaledByPowerOfTwo(1000, exponent: exponent) - expected) <= 1)
  }
}
