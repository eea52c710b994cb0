import Testing
import TraceAnalysis
import TraceModel

struct VerdictTests {
  private let charge = Shop.charge

  /// 600 requests, one a second; `fate` says what becomes of the one at a second.
  private func shop(_ fate: (Int64) -> Shop.Fate) -> Shop {
    var shop = Shop()
    for second in 0..<600 as Range<Int64> {
      shop.request(at: second * 1000, fate(second), length: 80 + second % 41)
    }
    return shop
  }

  @Test func `a fault that climbs to the client is named with its beginning and whom it hurt`() {
    let findings = shop { $0 >= 300 && $0 < 420 && $0 % 2 == 0 ? .paymentFails : .fine }
      .findings().findings
    let verdict = findings.verdict
    #expect(verdict.kind == .errors)
    #expect(verdict.operation == charge)
    #expect(verdict.sinceNs == (Shop.epoch + 300_000 * Shop.ms).nanoseconds)
    #expect(
      verdict.headline
        == "payment 'POST /charge' fails with CardError: 60 of 60 failed requests begin there.")
    #expect(
      verdict.lines.first
        == "Since 00:05:00 UTC, 20.0 % of web 'GET /checkout' fail (60 of 300); before, 0 of 300. "
        + "The last one was at 00:06:58 UTC.")
    #expect(
      verdict.lines[1]
        == "In all it failed 60 of 600 (10.0 %, 95 % interval 7.8 % to 12.7 %) requests: "
        + "web 'GET /checkout' (60 of 600).")
    #expect(verdict.lines[2].hasPrefix("Strong: 100.0 % of the failed requests begin there"))
    #expect(verdict.nextSteps.first?.command.hasSuffix("000000000000012d @INPUT@") == true)
    #expect(findings.causes.map(\.operation) == [charge])
  }

  @Test func `errors that a retry saved or that were handled are never the headline`() {
    let findings = shop { second in
      if second % 5 == 0 { return .savedByRetry }
      if second % 7 == 0 { return .handled }
      return second >= 400 && second < 500 && second % 4 == 1 ? .databaseFails : .fine
    }.findings().findings
    #expect(findings.verdict.kind == .errors)
    #expect(
      findings.verdict.operation
        == Operation(service: "payment", kind: "client", name: "SELECT"))
    #expect(findings.verdict.headline.hasPrefix("The call payment 'SELECT' to db fails: "))
    #expect(findings.impact.saved.count == 188)
    #expect(
      findings.verdict.lines[2].contains("188 requests met errors that were handled or retried"))
    #expect(findings.verdict.nextSteps.contains { $0.sentence.hasPrefix("Look at db itself") })
  }

  @Test func `only handled errors leave the data quiet`() {
    let verdict = shop { $0 % 3 == 0 ? .handled : .fine }.findings().findings.verdict
    #expect(verdict.kind == .quiet)
  }

  @Test func `a fault within the data beats more frequent noise that was there all the time`() {
    let findings = shop { second in
      if second % 10 == 3 { return .webFails }
      return second >= 360 && second < 420 && second % 2 == 0 ? .paymentFails : .fine
    }.findings().findings
    #expect(findings.impact.failed.count == 90)
    #expect(findings.verdict.operation == charge)
    #expect(findings.causes.count == 2)
    #expect(findings.causes[0].requests == 30)
    #expect(findings.causes[1].requests == 60)
    #expect(
      findings.causes[0].evidenceAgainst.first?.sentence
        == "66.7 % of the failed requests begin elsewhere, 60 of them at web 'check stock'")
  }

  @Test func `a small fault does not beat noise ten times as large`() {
    let verdict = shop { second in
      if second % 2 == 1 { return .webFails }
      return second >= 360 && second < 380 && second % 2 == 0 ? .paymentFails : .fine
    }.findings().findings.verdict
    #expect(verdict.operation?.name == "check stock")
    #expect(verdict.lines.first?.hasPrefix("Seen from 00:00:01 UTC to ") == true)
  }

  @Test func `a call that gave up is laid at the door of what kept it waiting`() {
    let findings = shop { $0 >= 300 ? .timeout : .fine }.findings().findings
    #expect(findings.errors.first?.blame == .timeout)
    #expect(findings.verdict.operation == charge)
    #expect(
      findings.verdict.headline.hasPrefix(
        "payment 'POST /charge' answers too late, its caller gives up: 300 of 300"))
  }

  @Test func `slow requests without failures are named with what they wait for`() {
    let result = shop { $0 >= 300 && $0 < 360 ? .slow(900) : .fine }.findings()
    let verdict = result.findings.verdict
    #expect(verdict.kind == .latency)
    #expect(
      verdict.operation == Operation(service: "payment", kind: "client", name: "SELECT"))
    #expect(verdict.sinceNs.map { $0 >= (Shop.epoch + 300_000 * Shop.ms).nanoseconds } == true)
    #expect(verdict.lines.first?.contains("start between 00:05:00 UTC and") == true)
    #expect(result.findings.causes.first?.kind == .latency)
    #expect(result.findings.timeSpent.map(\.name) == ["all", "slow"])
  }

  @Test func `slow requests beat a few failures that did not rise`() {
    let verdict = shop { second in
      if second % 120 == 7 { return .webFails }
      return second >= 300 && second < 360 ? .slow(900) : .fine
    }.findings().findings.verdict
    #expect(verdict.kind == .latency)
    #expect(verdict.lines[1].hasSuffix("; 5 requests failed."))
  }

  @Test func `requests that differ by a third are quiet`() {
    let findings = shop { _ in .fine }.findings().findings
    #expect(findings.verdict.kind == .quiet)
    #expect(findings.causes.isEmpty)
    #expect(findings.verdict.headline.hasPrefix("Nothing stands out: 0 of 600 requests failed"))
  }

  @Test func `three failures in a thousand are no verdict`() {
    let verdict = shop { $0 % 300 == 7 ? .webFails : .fine }.findings().findings.verdict
    #expect(verdict.kind == .quiet)
  }

  @Test func `a handful of requests is not enough, and says how much could hide`() {
    var shop = Shop()
    for second in 0..<10 as Range<Int64> { shop.request(at: second * 1000) }
    let verdict = shop.findings().findings.verdict
    #expect(verdict.kind == .notEnough)
    #expect(
      verdict.lines.first
        == "From so few, the share of failures may be anything up to 27.8 %.")
  }

  @Test func `one failed request is named, and called weak`() {
    var shop = Shop()
    shop.request(at: 0, .paymentFails)
    let verdict = shop.findings().findings.verdict
    #expect(verdict.kind == .errors)
    #expect(verdict.operation == charge)
    #expect(verdict.lines[2].hasPrefix("Weak: 1 failed request cannot carry much"))
  }

  @Test func `no trace at all is not enough data`() {
    let findings = Shop().findings().findings
    #expect(findings.verdict.kind == .notEnough)
    #expect(findings.verdict.headline == "Not enough data: there is no trace.")
    #expect(findings.timeline.isEmpty)
    #expect(findings.input.firstNs == nil)
  }

  @Test func `probes alone are not enough data until they are asked for`() {
    var shop = Shop()
    for second in 0..<50 as Range<Int64> { shop.request(at: second * 1000, isProbe: true) }
    let findings = shop.findings().findings
    #expect(findings.verdict.headline == "Not enough data: none of 50 traces is a request.")
    #expect(findings.verdict.lines == ["Left out: 50 health checks."])
    #expect(findings.impact.probes == 50)
    let asked = shop.findings(settings: InvestigationSettings(includeProbes: true)).findings
    #expect(asked.verdict.kind == .quiet)
  }

  @Test func `traces whose first span is missing are no requests`() {
    var shop = Shop()
    for second in 0..<50 as Range<Int64> {
      shop.request(at: second * 1000, .paymentFails, isOrphan: true)
    }
    let findings = shop.findings().findings
    #expect(findings.verdict.kind == .notEnough)
    #expect(findings.impact.incomplete == 50)
    #expect(findings.impact.failed.total == 0)
    #expect(findings.errors.first?.count == 50)
    #expect(findings.errors.first?.reachedClient == 0)
    #expect(findings.errors.first?.reachedBackground == 0)
    #expect(findings.quality.incompleteTraces == 50)
  }

  @Test func `a window that holds nothing says so`() {
    let settings = InvestigationSettings(
      window: TimeWindow(start: Timestamp(0), end: Timestamp(1)))
    let verdict = shop { _ in .fine }.findings(settings: settings).findings.verdict
    #expect(verdict.headline == "Not enough data: none of 600 traces starts in the window.")
  }
}
