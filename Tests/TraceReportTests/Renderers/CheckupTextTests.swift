import Foundation
import Testing
import TraceAnalysis
import TraceModel
import TraceReport

struct CheckupTextTests {
  private var checkup: Checkup {
    var checkup = Checkup()
    checkup.grade = "C"
    checkup.headline = "The data is incomplete."
    checkup.reasons = ["7 of 8 traces are graded C or better."]
    checkup.grades = [
      Findings.GradeRow(grade: "C", meaning: "torn", traces: 8, example: "f00d")
    ]
    checkup.complaints = [
      Checkup.Complaint(
        id: "missing_parent", severity: .warning, finding: "25 times: a parent is missing",
        count: 25, places: ["catalog: 25 spans", "password=hunter2secret"],
        example: "0de75bc277a8fc4735b8c0ee610fdb93", cost: "paths end", remedy: "export all")
    ]
    checkup.clean = ["no file was skipped"]
    return checkup
  }

  private func text(_ format: CheckupFormat, width: Int = 80, showSecrets: Bool = false) -> String {
    renderCheckup(
      checkup, format: format, width: width, color: false,
      options: RenderOptions(showSecrets: showSecrets, inputs: ["incident.db"]))
  }

  @Test
  func `a terminal gets the grade first, and for each fault its cost, its remedy and a command`() {
    let text = text(.text)
    #expect(text.hasPrefix("grade C: The data is incomplete.\n"))
    for words in [
      "warning · missing_parent", "costs: paths end", "mend: export all",
      "culprit trace", "0de75bc277a8fc4735b8c0ee610fdb93 incident.db",
      "In order: no file was skipped.",
    ] { #expect(text.contains(words), "\(words) in \(text)") }
    #expect(self.text(.text, width: 40).split(separator: "\n").allSatisfy { $0.count <= 40 })
  }

  @Test(arguments: CheckupFormat.allCases)
  func `credentials are masked unless they are asked for`(format: CheckupFormat) {
    #expect(!text(format).contains("hunter2secret"))
    #expect(text(format, showSecrets: true).contains("hunter2secret"))
  }

  @Test func `JSON holds the whole checkup`() throws {
    let json = try #require(
      JSONSerialization.jsonObject(with: Data(text(.json).utf8)) as? [String: Any])
    #expect(json["schema_version"] as? Int == 1)
    #expect(json["grade"] as? String == "C")
    #expect((json["complaints"] as? [[String: Any]])?.first?["count"] as? Int == 25)
  }

  @Test func `Markdown has a heading for each fault`() {
    #expect(text(.markdown).contains("## warning: `missing_parent`"))
    #expect(text(.markdown).contains("| C | 8 | torn | f00d |"))
  }
}
