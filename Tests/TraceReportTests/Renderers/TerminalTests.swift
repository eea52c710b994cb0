import Foundation
import Testing
import TraceAnalysis
import TraceModel
import TraceReport

struct TerminalTests {
  @Test func `the verdict is as it was`() throws {
    let options = RenderOptions(inputs: ["samples/"])
    try expectGolden(
      renderVerdict(Incident.findings, width: 80, color: false, options: options), "verdict.txt")
    try expectGolden(
      renderVerdict(Incident.findings, width: 80, color: true, options: options),
      "verdict-color.txt")
  }

  @Test func `the tree is as it was`() throws {
    let trace = Incident.findings.exemplars[0]
    try expectGolden(renderTree(trace, width: 120, color: false, showLogs: true), "tree.txt")
    try expectGolden(renderTree(trace, width: 120, color: true, showLogs: true), "tree-color.txt")
  }

  @Test func `without color a tree of plain names is ASCII`() {
    for exemplar in Incident.findings.exemplars {
      let text = renderTree(exemplar, width: 100, color: false, showLogs: true)
      #expect(text.utf8.allSatisfy { $0 < 0x80 }, "\(text.filter { !$0.isASCII })")
    }
  }

  @Test(arguments: [40, 60, 72, 80, 120, 200])
  func `no line of a tree is wider than the terminal`(_ width: Int) {
    for exemplar in Incident.findings.exemplars + Hostile.findings.exemplars {
      let text = renderTree(exemplar, width: width, color: false, showLogs: true)
      for line in text.split(separator: "\n") {
        #expect(columnCount(String(line)) <= width, "\(line)")
      }
    }
  }

  @Test func `no output writes an escape of the input`() {
    let outputs =
      Hostile.findings.exemplars.map { renderTree($0, width: 100, color: false, showLogs: true) }
      + [
        renderVerdict(Hostile.findings, width: 80, color: false),
        renderTable(.errors(Hostile.findings), format: .table, width: 120),
        renderTable(.map(Hostile.findings), format: .csv, width: 0),
      ]
    for output in outputs {
      #expect(
        !output.unicodeScalars.contains {
          $0.value < 0x20 && $0 != "\n" && $0 != "\r" || (0x7f...0x9f).contains($0.value)
            || $0.value == 0x202e
        })
    }
  }

  @Test func `a tree 100,000 deep is drawn, each line with its depth`() throws {
    var deep = IncidentTraces.background()
    let row = deep.rows[1]
    deep.rows = (0..<100_000).map { depth in
      var copy = row
      copy.depth = depth
      return copy
    }
    deep.spanCount = 100_000
    let text = renderTree(deep, width: 100, color: false, showLogs: false)
    #expect(text.contains("[99999] mailer"))
  }

  @Test func `a bar begins and ends where its span does`() throws {
    let trace = Findings.ExemplarTrace(
      id: "1", reason: "", endpoint: Incident.pay, startNs: 0, totalNs: 100, failed: false,
      rows: [row(0, 100, []), row(50, 25, [[50, 75]])], spanCount: 2, looseLogs: [])
    let lines = renderTree(trace, width: 112, color: false, showLogs: false).split(separator: "\n")
    let bars = lines.compactMap { line -> Substring? in
      let parts = line.split(separator: "|", omittingEmptySubsequences: false)
      return parts.count == 3 ? parts[1] : nil
    }
    let width = try #require(bars.first?.count)
    #expect(bars[0] == String(repeating: "-", count: width))
    let from = width / 2
    let to = (width * 3 + 3) / 4
    #expect(
      bars[1] == String(repeating: " ", count: from) + String(repeating: "=", count: to - from)
        + String(repeating: " ", count: width - to))
  }

  private func row(_ start: Int64, _ length: Int64, _ critical: [[Int64]]) -> Findings.WaterfallRow
  {
    .init(
      span: "a", depth: 0, operation: Incident.pay, edge: "sync", startNs: start,
      durationNs: length,
      selfNs: 1, shiftNs: 0, isError: false, errorClass: "none", errorText: "", peer: "",
      critical: critical, logs: [], attributes: [])
  }
}

struct TableTests {
  @Test(arguments: TableFormat.allCases)
  func `every form is as it was`(_ format: TableFormat) throws {
    let tables: [(String, Table)] = [
      ("latency", .latency(Incident.findings)),
      ("path", .path(Incident.findings, selection: "slow")),
      ("errors", .errors(Incident.findings)), ("map", .map(Incident.findings)),
    ]
    let text = tables.map { "== \($0.0)\n" + renderTable($0.1, format: format, width: 110) }
      .joined()
    try expectGolden(text, "tables.\(format.rawValue)")
  }

  @Test(arguments: [60, 72, 80, 110, 160], [false, true])
  func `no line of a table is wider than the terminal`(_ width: Int, _ color: Bool) {
    let tables: [Table] = [
      .path(Hostile.huge), .path(Incident.findings), .latency(Incident.findings),
      .errors(Incident.findings), .errors(Hostile.findings), .map(Incident.findings),
      Table(
        columns: (0..<9).map { .init("column \($0)", key: "c\($0)", kind: .text) },
        rows: [(0..<9).map { .text(String(repeating: "word ", count: $0 * 9)) }], total: 50),
    ]
    for table in tables {
      let text = renderTable(table, format: .table, width: width)
      for line in text.split(separator: "\n") {
        #expect(columnCount(String(line)) <= width, "\(line)")
      }
    }
  }

  @Test func `tables of a small terminal are as they were`() throws {
    let tables: [Table] = [
      .latency(Incident.findings), .path(Incident.findings), .errors(Incident.findings),
      .map(Incident.findings),
    ]
    let text = tables.map { renderTable($0, format: .table, width: 80) }.joined(separator: "\n")
    try expectGolden(text, "tables-80.table")
  }

  @Test func `what does not fit is left out from the right and named`() throws {
    let text = renderTable(.latency(Incident.findings), format: .table, width: 80)
    let lines = text.split(separator: "\n")
    #expect(lines[0].hasPrefix("Operation") && lines[0].contains("p95"))
    let cell = lines[1].prefix(while: { $0 != "3" })
    #expect(cell.hasPrefix("gateway POST /api/checkout"))
    #expect(
      text.contains("left out: ")
        && text.replacing("\n", with: " ").contains("Total; widen the terminal or use --format csv")
    )
    #expect(text.contains("10 of 41; no more are kept"))
    #expect(
      !renderTable(.latency(Incident.findings), format: .table, width: 200).contains("left out"))
  }

  @Test func `a cut table says how to see all rows that there are`() {
    var findings = Incident.findings
    func last(_ rows: Int) -> String? {
      var table = Table.latency(findings)
      table.rows = Array(table.rows.prefix(rows))
      return renderTable(table, format: .table, width: 200).split(separator: "\n").last.map(
        String.init)
    }
    #expect(last(4) == "4 of 41; the first 10: -n 10")
    findings.operationCount = 10
    #expect(last(4) == "4 of 10; all of them: -n 10")
  }

  @Test func `a name is cut in its middle`() {
    let text = fittedInMiddle("checkout POST /api/v1/orders/{id}/confirm (client)", to: 32)
    #expect(text == "checkout POST /a…onfirm (client)")
    #expect(columnCount(fittedInMiddle("漢字漢字漢字漢字漢字漢字", to: 11)) == 11)
    #expect(fittedInMiddle("short", to: 8) == "short   ")
  }

  @Test func `CSV quotes what it must and defuses formulas`() {
    let table = Table(
      columns: [.init("A", key: "a", kind: .text), .init("B", key: "b_ns", kind: .length)],
      rows: [
        [.text("x,\"y\""), .length(nil)], [.text("=1+1"), .length(-5)],
        [.text("a\nb"), .missing(traces: 3)],
      ])
    #expect(
      renderTable(table, format: .csv, width: 0)
        == "a,b_ns\n\"x,\"\"y\"\"\",\n'=1+1,-5\na\\nb,\n")
  }

  @Test func `JSON rows hold raw values under the columns' keys`() throws {
    let text = renderTable(.latency(Incident.findings), format: .json, width: 0)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let rows = try #require(object["rows"] as? [[String: Any]])
    #expect(object["total"] as? Int == 41)
    #expect(rows.count == 10)
    #expect(rows[0]["p50_ns"] as? Int == 312_000_000)
    #expect(rows[9]["p50_ns"] is NSNull)
    #expect((rows[0]["operation"] as? [String: String])?["service"] == "gateway")
    #expect(rows[0]["histogram"] == nil)
  }

  @Test func `a cut table says how many there are and where`() {
    let table = Table(
      columns: [.init("A", key: "a", kind: .count)], rows: [[.count(1)]], total: 143,
      rest: "culprit latency s.db")
    #expect(
      renderTable(table, format: .table, width: 80)
        == "A\n1\n1 of 143; all of them: culprit latency s.db\n")
  }
}
