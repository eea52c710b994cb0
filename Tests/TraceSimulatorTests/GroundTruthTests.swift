import Testing
import TraceSimulator

struct GroundTruthTests {
  /// Origins of the requests that failed since the fault began, found from the spans alone: from the failing root
  /// down to the failing child that ends last, until no child of the span failed.
  private func origins(_ telemetry: SimulatedTelemetry) -> [GroundTruth.Operation: Int] {
    var children: [UInt64: [SimulatedSpan]] = [:]
    for span in telemetry.spans { children[span.parent, default: []].append(span) }
    var origins: [GroundTruth.Operation: Int] = [:]
    for root in children[0] ?? [] where root.isError && root.start >= telemetry.truth.sinceNs {
      var span = root
      while let cause = (children[span.id] ?? []).filter(\.isError).max(by: {
        (min($0.end, span.end), $1.start) < (min($1.end, span.end), $0.start)
      }) {
        span = cause
      }
      origins[telemetry.operation(of: span), default: 0] += 1
    }
    return origins
  }

  @Test func `the sample's origin is the deepest failing span of 95 in 100 failing requests`()
    throws
  {
    let telemetry = Simulation.run(.checkoutOutage())
    let origins = origins(telemetry)
    let origin = try #require(telemetry.truth.origin)
    let all = origins.values.reduce(0, +)
    #expect(all > 40)
    #expect(origins[origin, default: 0] * 100 >= all * 95)
    #expect(Set(telemetry.truth.path.map(\.service)).count >= 3)
    #expect(telemetry.truth.path.first == origin)
    #expect(telemetry.truth.path.last == telemetry.truth.endpoint)
  }

  @Test(arguments: UInt64(1)...30)
  func `a random world's origin is the deepest failing span of most failing requests`(
    seed: UInt64
  ) throws {
    let telemetry = Simulation.run(.random(seed: seed, requests: 250))
    let truth = telemetry.truth
    let origins = origins(telemetry)
    let origin = try #require(truth.origin)
    let all = origins.values.reduce(0, +)
    #expect(all >= 5)
    // Where slots are short, callers give up on some of those who wait: a second origin.
    let share = truth.faultKind == "saturation" ? 60 : 90
    #expect(origins[origin, default: 0] * 100 >= all * share, "\(truth.faultKind) \(origins)")
    #expect(Set(truth.path.map(\.service)).count >= 3)
    if truth.faultKind == "slow_operation" {
      #expect(origin.name == truth.faultSpot && origin.kind == "client" && truth.blame == "timeout")
    } else {
      #expect(origin.service == truth.faultService)
      #expect(truth.faultSpot.isEmpty || origin.name == truth.faultSpot)
    }
  }

  @Test func `random worlds differ in fault, size and clocks`() {
    let worlds = (UInt64(1)...30).map { Scenario.random(seed: $0, requests: 100) }
    #expect(Set(worlds.compactMap { $0.faults.first?.kindName }).count >= 5)
    #expect(Set(worlds.map(\.services.count)).count >= 6)
    #expect(worlds.allSatisfy { (5...15).contains($0.services.count) })
    #expect(Set(worlds.flatMap { $0.hosts.map(\.clockOffset) }).count >= 5)
  }

  @Test func `the truth is JSON whose texts are escaped`() throws {
    var truth = GroundTruth()
    truth.scenario = "a \"b\"\n"
    #expect(truth.json.contains("\"scenario\": \"a \\\"b\\\"\\n\""))
  }
}
