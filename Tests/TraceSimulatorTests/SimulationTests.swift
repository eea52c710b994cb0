import Testing
import TraceSimulator

struct SimulationTests {
  private static let outage = Simulation.run(.checkoutOutage())

  @Test func `the same seed gives the same spans and another seed gives others`() {
    let again = Simulation.run(.checkoutOutage())
    #expect(again.spans.map(\.id) == SimulationTests.outage.spans.map(\.id))
    #expect(again.spans.map(\.end) == SimulationTests.outage.spans.map(\.end))
    #expect(again.truth == SimulationTests.outage.truth)
    let other = Simulation.run(.checkoutOutage(seed: 3))
    #expect(other.spans.map(\.id) != SimulationTests.outage.spans.map(\.id))
  }

  @Test
  func
    `on the true clock children begin after their parents, and servers end before clients that do not give up`()
    throws
  {
    let telemetry = SimulationTests.outage
    var spans: [UInt64: SimulatedSpan] = [:]
    for span in telemetry.spans { spans[span.id] = span }
    for span in telemetry.spans where span.parent != 0 {
      let parent = try #require(spans[span.parent])
      #expect(span.traceLow == parent.traceLow)
      #expect(span.start >= parent.start)
      #expect(span.start <= span.end)
      let kinds = (telemetry.shapes[parent.shape].kind, telemetry.shapes[span.shape].kind)
      if kinds == (3, 2), span.end > parent.end {
        #expect(parent.isError && parent.httpStatus == 0)
      }
      if kinds.1 == 3 { #expect(span.end <= parent.end) }
    }
  }

  @Test func `every span id occurs once`() {
    let ids = SimulationTests.outage.spans.map(\.id)
    #expect(Set(ids).count == ids.count)
  }

  @Test func `only the broken version fails, and only since it runs`() {
    let telemetry = SimulationTests.outage
    let failing = telemetry.spans.filter {
      $0.isError && telemetry.operation(of: $0).name == "UPDATE stock_reservations"
    }
    #expect(failing.count > 50)
    for span in failing {
      #expect(telemetry.resources[span.resource].version == "3.12.0")
      #expect(span.start >= telemetry.truth.sinceNs)
    }
  }

  @Test func `a second attempt saves some requests, a fallback saves others, and some fail`() {
    let truth = SimulationTests.outage.truth
    #expect(truth.savedByRetry >= 20)
    #expect(truth.savedRequests - truth.savedByRetry >= 20)
    #expect(truth.failedRequests >= 40)
    #expect(truth.failedByOrigin <= truth.failedRequests)
  }

  @Test func `before the fault hardly a request fails`() {
    let telemetry = SimulationTests.outage
    let before = telemetry.spans.filter { $0.parent == 0 && $0.start < telemetry.truth.sinceNs }
    #expect(before.count > 500)
    #expect(before.count { $0.isError } * 100 < before.count)
  }

  @Test func `requests that wait for the only slot are worked on one after the other`() throws {
    var world = Scenario(name: "line", seed: 5, start: 0, duration: 60_000_000_000)
    world.hosts = [Scenario.Host("one")]
    let step = Scenario.Step.work(Latency(median: 200_000_000, spread: 0))
    world.services = [
      Scenario.Service(
        "desk", .go, instances: [Scenario.Instance("desk-1", on: "one", version: "1")], slots: 1,
        operations: [Scenario.Operation(.http(method: "GET", route: "/"), [step])])
    ]
    world.endpoints = [Scenario.Endpoint("desk", "GET /", perMinute: 240)]
    let spans = Simulation.run(world).spans
    try #require(spans.count > 100)
    // In order of arrival each ends when the one before has ended and its own work is done.
    var free: Int64 = 0
    let work = spans.map { $0.end - $0.start }.min() ?? 0
    for span in spans.sorted(by: { $0.start < $1.start }) {
      let begun = max(free, span.start)
      #expect(span.end == begun + work)
      free = span.end
    }
  }

  @Test func `a caller gives up in time and what it asked for goes on`() throws {
    var world = Scenario(name: "slow", seed: 9, start: 0, duration: 60_000_000_000)
    world.hosts = [Scenario.Host("one")]
    let call = Scenario.Call(.operation("back", "GET /b"), timeout: 50_000_000)
    world.services = [
      Scenario.Service(
        "front", .go, instances: [Scenario.Instance("f", on: "one", version: "1")],
        operations: [Scenario.Operation(.http(method: "GET", route: "/f"), [.call(call)])]),
      Scenario.Service(
        "back", .go, instances: [Scenario.Instance("b", on: "one", version: "1")],
        operations: [
          Scenario.Operation(
            .http(method: "GET", route: "/b"), [.work(Latency(median: 400_000_000, spread: 0))])
        ]),
    ]
    world.endpoints = [Scenario.Endpoint("front", "GET /f", perMinute: 60)]
    let telemetry = Simulation.run(world)
    let clients = telemetry.spans.filter { telemetry.shapes[$0.shape].kind == 3 }
    try #require(!clients.isEmpty)
    for client in clients {
      #expect(client.end - client.start == 50_000_000)
      let server = try #require(telemetry.spans.first { $0.parent == client.id })
      #expect(server.end > client.end)
      #expect(!server.isError)
    }
    #expect(telemetry.truth.failedRequests == telemetry.truth.requests)
    #expect(telemetry.truth.blame == "timeout")
    #expect(telemetry.truth.origin?.service == "front")
  }
}
