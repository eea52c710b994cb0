import Testing
import TraceAnalysis
import TraceModel

/// Traffic so dense that a record meets several requests: is what is stated of its join true in every band?
struct CalibrationTests {
  /// A small seeded generator (SplitMix64).
  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
      return z ^ z >> 31
    }
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
  }

  /// One service: requests of four operations, so many at once on average; three records each. Of two statements in five it can be told
  /// of what operation they are; one in four records lies at an end of its span.
  private func service(
    _ number: Int, requests: Int, atOnce: Int, keeps: Double, _ dice: inout Dice,
    _ truth: inout [Int64: TraceID]
  ) -> JoinService {
    let millisecond = 1_000_000
    var service = JoinService()
    var time = 0
    for request in 0..<requests {
      time += dice.below(2 * 50 * millisecond / atOnce)
      let length = (20 + dice.below(60)) * millisecond
      let id = UInt64(number * 1_000_000 + request + 1)
      let operation = dice.below(4)
      let span = JoinSpan(
        start: Int64(time), end: Int64(time + length), trace: TraceID(high: 1, low: id),
        id: SpanID(id), operation: Symbol(UInt32(operation + 1)), isError: dice.below(20) == 0)
      service.spans.append(span)
      for line in 0..<3 {
        let row = Int64(id) * 10 + Int64(line)
        let template = dice.below(5) < 2 ? UInt64(100 + operation) : UInt64(200 + dice.below(6))
        let place = dice.below(4) == 0 ? length - dice.below(length / 50) : dice.below(length)
        let isNamed = Double(dice.below(1000)) < keeps * 1000
        truth[row] = span.trace
        service.logs.append(
          JoinLog(
            row: row, time: Int64(time + place), severity: span.isError && line == 2 ? 17 : 9,
            template: template, trace: isNamed ? span.trace : .absent,
            span: isNamed ? span.id : .absent))
      }
    }
    return service
  }

  struct Band {
    var count = 0
    var stated = 0.0
    var right = 0
  }

  /// - Parameter keeps: the share of records that keep their ids, by service.
  @Test(arguments: [[0.5, 0.5, 0.5], [0.05, 0.05, 0.05], [0.6, 0.0, 0.6]])
  func `in dense traffic each band of confidence holds within ten points`(keeps: [Double]) {
    var dice = Dice(state: 41)
    var truth: [Int64: TraceID] = [:]
    var services: [JoinService] = []
    for (number, share) in keeps.enumerated() {
      for (place, atOnce) in [1, 2, 4].enumerated() {
        services.append(
          service(
            number * 3 + place, requests: 1500, atOnce: atOnce, keeps: share, &dice, &truth))
      }
    }
    let bare = services.reduce(0) { $0 + $1.logs.count { $0.trace.isAbsent } }
    let joins = joinLogs(services).joins
    var bands = Array(repeating: Band(), count: 10)
    for join in joins {
      let band = min(9, Int(join.confidence * 10))
      bands[band].count += 1
      bands[band].stated += join.confidence
      if truth[join.row] == join.trace { bands[band].right += 1 }
    }
    let right = bands.reduce(0) { $0 + $1.right }
    print(
      "dense traffic, ids kept \(keeps): \(bare) records without ids, \(joins.count) joined, \(right) right"
    )
    var checked = 0
    for band in bands where band.count > 0 {
      let stated = band.stated / Double(band.count)
      let measured = Double(band.right) / Double(band.count)
      print("  stated \(stated), measured \(measured), n \(band.count)")
      guard band.count >= 100 else { continue }
      checked += 1
      #expect(abs(stated - measured) <= 0.1, "stated \(stated), measured \(measured)")
    }
    #expect(checked >= 3, "a test of one band proves nothing of the others")
  }
}
