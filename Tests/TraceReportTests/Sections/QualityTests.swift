import Testing
import TraceAnalysis
import TraceReport

struct QualityTests {
  private func page(_ change: (inout Findings) -> Void) -> String {
    var findings = Incident.findings
    findings.quality.spansQuarantined = 0
    change(&findings)
    return renderMarkdown(findings, options: RenderOptions())
  }

  private func defect(_ kind: String, _ count: Int, _ place: String = "", _ example: String = "")
    -> Findings.DefectRow
  {
    .init(
      kind: kind, severity: "loss", count: count, firstPlace: place, example: example,
      explanation: "it means this", remedy: "")
  }

  @Test func `spans read are those used and those repeated`() {
    let page = page { findings in
      findings.quality.spansSeen = 20_271
      findings.quality.spansStored = 20_271
      findings.quality.spansDropped = 0
      findings.input.spans = 20_129
      findings.quality.defects = [defect("duplicate_span", 140), defect("conflicting_span", 2)]
    }
    #expect(page.contains("20,271 spans read: 20,129 used, 142 repeated.\n"))
  }

  @Test func `a window makes no spans repeated`() {
    let page = page { findings in
      findings.quality.spansSeen = 20_271
      findings.quality.spansStored = 20_271
      findings.quality.spansDropped = 0
      findings.input.spans = 300
      findings.quality.defects = [defect("duplicate_span", 4), defect("broken_record", 5)]
    }
    #expect(page.contains("20,271 spans read and stored; 5 records could not be read.\n"))
  }

  @Test func `one is one`() {
    let page = page { findings in
      findings.quality.spansSeen = 1
      findings.quality.spansStored = 1
      findings.quality.spansDropped = 0
      findings.quality.defects = [defect("too_large", 1)]
      findings.impact.incomplete = 1
      findings.quality.incompleteTraces = 1
      findings.input.spans = 1
      findings.input.traces = 1
    }
    #expect(page.contains("1 span read and stored; 1 record could not be read.\n"))
    let plural = page.matches(
      of: /(?:^|[^0-9,.])1 (?:spans|traces|records|requests|calls|origins)\b/)
    #expect(plural.map { String($0.output) } == [])
  }

  @Test func `an example that is the place is not said twice`() {
    let page = page { $0.quality.defects = [defect("too_deep", 1, "place-7", "place-7")] }
    #expect(page.components("place-7").count == 2)
  }
}
