import Testing
import TraceAnalysis
import TraceModel

struct CausesTests {
  private func shop(_ fate: (Int64) -> Shop.Fate) -> Shop {
    var shop = Shop()
    for second in 0..<400 as Range<Int64> { shop.request(at: second * 1000, fate(second)) }
    return shop
  }

  @Test func `a cause comes with what speaks for it and against it`() throws {
    let findings = shop { second in
      if second == 10 { return .webFails }
      if second % 20 == 5 { return .savedByRetry }
      return second >= 200 && second < 240 ? .paymentFails : .fine
    }.findings().findings
    let cause = try #require(findings.causes.first)
    #expect(cause.kind == .errors && cause.operation == Shop.charge)
    #expect(cause.title == "payment 'POST /charge' fails with CardError")
    #expect(cause.requests == 38)
    #expect(abs(cause.share - 38.0 / 39) < 1e-12)
    #expect(
      cause.evidenceFor.map(\.sentence) == [
        "38 of 39 failed requests (97.4 %) have their first failing span here",
        "from 00:03:20 UTC to 00:04:00 UTC it failed 95.0 % of 40 requests, "
          + "and 0.0 % of 360 outside",
        "the error climbs payment 'POST /charge' → web 'charge' → web 'GET /checkout' in "
          + "38 of 58 cases",
      ])
    #expect(cause.evidenceFor[0].traces.first == "000000000000000700000000000000c9")
    #expect(
      cause.evidenceAgainst.map(\.sentence) == [
        "2.6 % of the failed requests begin elsewhere, 1 of them at web 'check stock'",
        "20 of 58 such errors were handled on the way (20 by a retry): they do not always hurt",
      ])
  }

  @Test func `a peer that sends no spans and parts that are missing speak against a cause`() throws
  {
    var shop = shop { $0 % 4 == 0 ? .databaseFails : .fine }
    shop.request(at: 1, isOrphan: true)
    let cause = try #require(shop.findings().findings.causes.first)
    #expect(cause.title == "the call payment 'SELECT' to db fails")
    let against = cause.evidenceAgainst.map(\.sentence)
    #expect(against.contains { $0.hasPrefix("the other end sends no spans") })
    #expect(against.contains { $0.hasPrefix("it is spread over the data as evenly") })
    #expect(against.contains { $0.hasPrefix("parts are missing in 1 of 401 traces;") })
  }

  @Test func `what slow requests wait for is a cause with its share of their extra time`() throws {
    let findings = shop { $0 >= 200 && $0 < 220 ? .slow(1000) : .fine }.findings().findings
    let cause = try #require(findings.causes.first)
    #expect(cause.kind == .latency && cause.operation.name == "SELECT")
    // Slow requests take 1100 ms, all take 150 on average; both differ by the query alone.
    #expect(cause.share == 1)
    #expect(cause.requests == 20)
    #expect(
      cause.evidenceFor[1].sentence
        == "its share of the critical path is 98.7 % in slow requests and 90.7 % in all")
  }

  @Test func `names of any length are cut in sentences`() throws {
    var shop = Shop()
    shop.add("web", .server, String(repeating: "x", count: 5000), 0, 10, isError: true)
    shop.finish()
    let findings = shop.findings().findings
    #expect(findings.verdict.headline.count < 300)
    #expect(
      findings.verdict.nextSteps.allSatisfy { $0.sentence.count < 300 && $0.command.count < 300 })
    #expect(findings.verdict.operation?.name.count == 5000)
  }

  @Test func `a name that a shell might read is not put into a command`() {
    var shop = Shop()
    shop.add("web", .server, "'; rm -rf \"$(pwd)\"", 0, 10, isError: true)
    shop.finish()
    let steps = shop.findings().findings.verdict.nextSteps
    #expect(!steps.contains { $0.command.contains("rm -rf") })
    #expect(!steps.contains { $0.command.contains("culprit query") })
  }
}
