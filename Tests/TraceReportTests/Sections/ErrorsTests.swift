import Testing
import TraceAnalysis
import TraceReport

struct ErrorsTests {
  private func page(_ change: (inout Findings.ErrorGroup) -> Void) -> String {
    var findings = Incident.findings
    change(&findings.errors[0])
    return renderMarkdown(findings, options: RenderOptions(inputs: ["samples/"]))
  }

  @Test func `a trace is named once, however many origins it holds`() throws {
    let page = page { group in
      group.exemplars = [1, 1, 11].map { .init(trace: Incident.id($0), span: "a") }
    }
    #expect(page.contains("For example `\(Incident.id(1))` `\(Incident.id(11))`\n"))
  }

  @Test func `equal log lines stand once, with their number`() {
    let page = page { group in
      group.logs =
        (0..<3).map { Incident.log(Incident.since + $0, "ERROR", "ledger", "pool is dry") }
        + [Incident.log(Incident.since, "WARN", "ledger", "pool is dry")]
    }
    #expect(page.contains("ERROR ledger: pool is dry (3 times)\n"))
    #expect(page.contains("WARN  ledger: pool is dry\n"))
  }

  @Test(arguments: [
    (ErrorOrigin.Blame.local, "It began in ledger itself, as far as the spans tell.", "here"),
    (
      .remote, "ledger's call to db failed; db sends no spans, so its side is unseen.",
      "in its peer"
    ),
    (.transport, "The caller sees an error where db reports none.", "between"),
    (.timeout, "The caller gave up before db had ended.", "gave up"),
  ])
  func `blame says what was seen`(_ blame: ErrorOrigin.Blame, _ sentence: String, _ word: String) {
    let page = page { group in
      group.blame = blame
      group.peer = "db"
    }
    #expect(page.contains(sentence))
    var findings = Incident.findings
    findings.errors = [findings.errors[0]]
    findings.errors[0].blame = blame
    let table = Table.errors(findings)
    #expect(renderTable(table, format: .table, width: 200).contains("  \(word)  "))
    // Programs read the word of the schema.
    #expect(renderTable(table, format: .csv, width: 0).contains(",\(blame.rawValue),"))
  }

  @Test func `the rest is a command that shows all groups`() {
    #expect(page { _ in }.contains("culprit errors samples/ -n 14\n"))
  }
}
