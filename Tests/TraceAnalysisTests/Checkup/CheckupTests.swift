import Testing
import TraceAnalysis
import TraceModel

struct CheckupTests {
  private func complaint(_ checkup: Checkup, _ id: String) -> Checkup.Complaint? {
    checkup.complaints.first { $0.id == id }
  }

  @Test func `whole data are graded A and what is in order is named`() {
    var shop = Shop()
    for number in 0..<10 as Range<Int64> { shop.request(at: number * 1000) }
    let checkup = Checkup(shop.findings().findings, links: DataLinks())
    #expect(checkup.grade == "A")
    #expect(checkup.complaints.isEmpty)
    #expect(checkup.reasons == ["10 of 10 traces are graded A."])
    #expect(checkup.clean.contains("no span misses its parent"))
    #expect(checkup.clean.contains("no clock contradicts another"))
  }

  @Test func `the grade is the one that nine in ten traces reach`() {
    var shop = Shop()
    for number in 0..<18 as Range<Int64> { shop.request(at: number * 1000) }
    shop.request(at: 20_000, isOrphan: true)
    shop.request(at: 21_000, isOrphan: true)
    #expect(Checkup(shop.findings().findings, links: DataLinks()).grade == "A")
    shop.request(at: 22_000, isOrphan: true)
    #expect(Checkup(shop.findings().findings, links: DataLinks()).grade == "D")
  }

  @Test func `what was lost while reading lowers the grade where it is more than one in a hundred`()
  {
    var shop = Shop()
    for number in 0..<10 as Range<Int64> { shop.request(at: number * 1000) }
    var findings = shop.findings().findings
    findings.quality.spansStored = 400
    func lost(_ count: Int) -> Checkup {
      let kind = Defect.Kind.brokenRecord
      findings.quality.defects = [
        Findings.DefectRow(
          kind: kind.rawValue, severity: kind.severity.rawValue, count: count,
          firstPlace: "a byte 9",
          example: "", explanation: kind.explanation, remedy: kind.remedy)
      ]
      return Checkup(findings, links: DataLinks())
    }
    #expect(lost(4).grade == "A")
    #expect(lost(5).grade == "B")
    #expect(lost(5).reasons.count == 2)
    #expect(lost(5).complaints.first?.id == "broken_record")
    #expect(lost(5).complaints.first?.example == "a byte 9")
  }

  @Test func `a late clock names its host, by how much, and a trace`() throws {
    var shop = Shop()
    shop.request(at: 0)
    for span in [2, 3] {
      shop.traces[0].spans[span].start = shop.traces[0].spans[span].start + -400 * Shop.ms
      shop.traces[0].spans[span].end = shop.traces[0].spans[span].end + -400 * Shop.ms
    }
    let checkup = Checkup(shop.findings().findings, links: DataLinks())
    let clock = try #require(complaint(checkup, "skewed_clock"))
    #expect(clock.places == ["host-payment (payment): 399 ms behind, 2 spans moved"])
    #expect(clock.example == shop.traces[0].id.description)
    #expect(complaint(checkup, "skew_adjusted") == nil)
  }

  @Test func `logs and spans that miss each other are told from both sides`() throws {
    var shop = Shop()
    shop.request(at: 0)
    var links = DataLinks()
    links.logs = 30
    links.logsWithoutTrace = 12
    links.logsJoined = 9
    links.logsOfMissingTraces = DataLinks.Sum(count: 2, example: "f00d")
    links.services = [
      .init(name: "cron", spans: 0, logs: 5), .init(name: "payment", spans: 2, logs: 0),
      .init(name: "web", spans: 2, logs: 25),
    ]
    links.thresholdSampled = DataLinks.Sum(count: 3, example: "beef")
    links.shortTraceIDs = DataLinks.Sum(count: 1, example: "00")
    let checkup = Checkup(shop.findings().findings, links: links)
    let bare = try #require(complaint(checkup, "logs_without_trace"))
    #expect(bare.finding.contains("12 of 30") && bare.finding.contains("9 were joined"))
    #expect(bare.cost.hasPrefix("3 log records"))
    #expect(complaint(checkup, "logs_of_missing_traces")?.example == "f00d")
    #expect(complaint(checkup, "spans_without_logs")?.places == ["payment: 2 spans"])
    #expect(complaint(checkup, "logs_without_spans")?.places == ["cron: 5 records"])
    #expect(complaint(checkup, "sampling_seen")?.severity == "warning")
    #expect(complaint(checkup, "short_trace_ids")?.count == 1)
    // Warnings stand before notes.
    let severities = checkup.complaints.map(\.severity)
    #expect(severities == severities.sorted(by: >))
  }

  @Test func `a trace with several roots is a complaint that names one`() throws {
    var shop = Shop()
    shop.request(at: 0)
    shop.traces[0].spans[1].parent = .absent
    let checkup = Checkup(shop.findings().findings, links: DataLinks())
    #expect(checkup.grade == "C")
    #expect(checkup.reasons == ["Its only trace is graded C."])
    let roots = try #require(complaint(checkup, "several_roots"))
    #expect(roots.count == 1 && roots.severity == "warning")
    #expect(roots.example == shop.traces[0].id.description)
    #expect(!checkup.clean.contains("no trace has several roots"))
    #expect(checkup.clean.contains("no span misses its parent"))
  }

  @Test func `spans that belong to no trace are not nothing`() {
    var findings = Findings()
    findings.quality.spansStored = 2
    let checkup = Checkup(findings, links: DataLinks())
    #expect(checkup.grade == "-")
    #expect(
      checkup.headline
        == "2 spans are stored, and no trace can be built of them: no request can be seen.")
  }

  @Test func `answers of a back end alone are named for what they are`() {
    var findings = Findings()
    let kind = Defect.Kind.backEndAnswer
    findings.quality.defects = [
      Findings.DefectRow(
        kind: kind.rawValue, severity: kind.severity.rawValue, count: 3, firstPlace: "a byte 9",
        example: "", explanation: kind.explanation, remedy: kind.remedy)
    ]
    #expect(Checkup(findings, links: DataLinks()).headline.contains("3 answers"))
  }

  @Test func `senders of logs alone count as services`() {
    var findings = Findings()
    findings.input.logs = 5
    var links = DataLinks()
    links.services = [.init(name: "cron", spans: 0, logs: 5)]
    #expect(Checkup(findings, links: links).input.services == 1)
  }

  @Test func `logs alone have no grade and say what cannot be said`() {
    var findings = Findings()
    findings.input.logs = 5
    var links = DataLinks()
    links.logs = 5
    links.logsWithoutTrace = 5
    let checkup = Checkup(findings, links: links)
    #expect(checkup.grade == "-" && checkup.headline.contains("no traces"))
    #expect(complaint(checkup, "logs_without_trace") == nil)
  }
}
