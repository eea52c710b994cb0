import Testing
import TraceAnalysis
import TraceModel

struct InvestigationTests {
  /// Requests of every fate, with two endpoints, orphans and probes.
  private func mixedShop(names: [String] = []) -> Shop {
    var shop = Shop(names: names)
    var random = Seeded(5)
    for second in 0..<700 as Range<Int64> {
      let fate: Shop.Fate =
        switch Int.random(in: 0..<20, using: &random) {
        case 0: .savedByRetry
        case 1: .handled
        case 2: .webFails
        case 3: .slow(Int64.random(in: 1...400, using: &random))
        case 4 where second > 400: .paymentFails
        case 5 where second > 500: .databaseFails
        case 6 where second > 600: .timeout
        default: .fine
        }
      shop.request(
        at: second * 777, fate, length: Int64.random(in: 50...150, using: &random),
        endpoint: second % 3 == 0 ? "GET /cart" : "GET /checkout", isProbe: second % 50 == 17,
        isOrphan: second % 60 == 13)
    }
    return shop
  }

  private func results(
    _ shop: Shop, _ parts: [[Int]]
  ) -> (Findings, [String]) {
    var whole = shop.investigation(parts[0])
    for part in parts.dropFirst() { whole.merge(shop.investigation(part)) }
    let ids = whole.slowTraces()
    var slow = shop.profile(ids, order: parts[0])
    for part in parts.dropFirst() { slow.merge(shop.profile(ids, order: part)) }
    let exemplars = whole.exemplarChoices(symbols: shop.symbols, slow: slow)
    return (
      whole.findings(symbols: shop.symbols, slow: slow),
      exemplars.map { "\($0.trace) \($0.reason)" }
    )
  }

  @Test(arguments: 1...6)
  func `any split, any order and any numbering of names give the same findings`(
    seed: UInt64
  ) {
    let shop = mixedShop()
    let expected = results(shop, [Array(shop.traces.indices)])
    #expect(expected.0.causes.count > 2)
    #expect(expected.1.count > 3)
    var random = Seeded(seed)
    let names = [
      "db", "SELECT", "web", "payment", "charge", "POST /charge", "CardError", "GET /cart",
      "GET /checkout", "host-web", "Stale", "recommend",
    ].shuffled(using: &random)
    let other = mixedShop(names: names)
    let order = Array(other.traces.indices).shuffled(using: &random)
    var parts: [[Int]] = Array(repeating: [], count: Int(seed))
    for index in order { parts[Int.random(in: parts.indices, using: &random)].append(index) }
    let found = results(other, parts)
    #expect(found.0 == expected.0)
    #expect(found.1 == expected.1)
  }

  @Test func `adding goes on after a merge as if nothing had been`() {
    let shop = mixedShop()
    var merged = shop.investigation(0..<100)
    merged.merge(shop.investigation(100..<101))
    for index in 101..<700 { merged.add(measure(shop.traces[index], resources: shop.resources)) }
    let whole = shop.investigation(0..<700)
    let slow = shop.profile(whole.slowTraces(), order: 0..<700)
    #expect(
      merged.findings(symbols: shop.symbols, slow: slow)
        == whole.findings(symbols: shop.symbols, slow: slow))
  }

  @Test func `traces, requests, incomplete ones and probes add up`() {
    let shop = mixedShop()
    let findings = shop.findings().findings
    #expect(findings.input.traces == 700)
    #expect(findings.input.spans == shop.traces.reduce(0) { $0 + $1.spans.count })
    #expect(findings.impact.probes == 14)
    #expect(
      findings.impact.failed.total + findings.impact.incomplete + findings.impact.probes == 700)
    #expect(findings.timeline.reduce(0) { $0 + $1.requests } == findings.impact.failed.total)
    #expect(findings.timeline.reduce(0) { $0 + $1.failed } == findings.impact.failed.count)
    #expect(findings.timeline.reduce(0) { $0 + $1.saved } == findings.impact.saved.count)
    #expect(
      findings.impact.endpoints.reduce(0) { $0 + $1.failed.count } == findings.impact.failed.count)
    #expect(findings.input.services == 2)
  }

  @Test func `a window takes the traces whose primary root starts in it, whole`() {
    var shop = Shop()
    for second in 0..<10 as Range<Int64> { shop.request(at: second * 1000) }
    let start = Shop.epoch + 3000 * Shop.ms
    let settings = InvestigationSettings(
      window: TimeWindow(start: start, end: Shop.epoch + 7000 * Shop.ms))
    let input = shop.findings(settings: settings).findings.input
    #expect(input.traces == 4)
    #expect(input.tracesOutside == 6)
    #expect(input.spans == 16)
    #expect(input.firstNs == start.nanoseconds)
    #expect(input.lastNs == (Shop.epoch + 6100 * Shop.ms).nanoseconds)
  }

  @Test func `slow traces are those at or above their endpoint's 95th percentile`() {
    var shop = Shop()
    for number in 0..<100 as Range<Int64> { shop.request(at: number, length: 100 + number) }
    for number in 0..<71 as Range<Int64> {
      shop.request(at: number, length: 1000 + number, endpoint: "GET /rare")
    }
    let slow = shop.investigation(shop.traces.indices).slowTraces()
    #expect(slow == shop.traces[94..<100].map(\.id))
  }

  @Test func `where many lengths are equal, only those above the percentile are slow`() {
    var shop = Shop()
    for number in 0..<100 as Range<Int64> {
      shop.request(at: number, length: number < 3 ? 500 : 100)
    }
    let slow = shop.investigation(shop.traces.indices).slowTraces()
    #expect(slow == shop.traces[0..<3].map(\.id))
  }

  @Test func `a trace without spans is not counted, a single span is a request`() {
    var shop = Shop()
    shop.add("web", .server, "GET /", 0, 10)
    shop.finish()
    shop.traces.append(RawTrace(id: TraceID(high: 0, low: 9), spans: []))
    let findings = shop.findings().findings
    #expect(findings.input.traces == 1)
    #expect(findings.impact.failed.total == 1)
    #expect(findings.latency.first?.percentiles.map(\.tracesMissing) == [5, 35, 71, 367])
    #expect(findings.timeSpent.first?.rows.first?.share == 1)
    #expect(findings.timeline.count == 12)
  }

  @Test func `a resource that is not in the store gives an unnamed service`() {
    var shop = Shop()
    shop.add("web", .server, "GET /", 0, 10)
    shop.finish()
    shop.traces[0].spans[0].resource = 77
    #expect(shop.findings().findings.latency.first?.operation.service == "")
  }

  @Test
  func `a trace of ten thousand levels and one of ten thousand children are requests like others`()
    throws
  {
    var shop = Shop()
    let count: Int64 = 10_000
    var parent: Int?
    for level in 0..<count {
      parent = shop.add(
        level % 2 == 0 ? "web" : "payment", level % 2 == 0 ? .client : .server, "call", level,
        3 * count - level, parent, isError: true)
    }
    shop.finish()
    let root = shop.add("web", .server, "GET /", 0, count, isError: true)
    for child in 0..<count - 1 {
      shop.add("web", .client, "ask", child, child + 1, root, isError: true, peer: "db")
    }
    shop.finish()
    let findings = shop.findings().findings
    #expect(findings.impact.failed.count == 2)
    #expect(findings.errors.map(\.count).max() == 9999)
    #expect(findings.errors.map(\.path.count).max() == 32)
    #expect(findings.map.edges.map(\.requests) == [4999, 9999, 5000])
  }
}
