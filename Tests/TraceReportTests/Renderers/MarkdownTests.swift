import Testing
import TraceAnalysis
import TraceReport

struct MarkdownTests {
  @Test func `the incident reads as it did`() throws {
    try expectGolden(
      renderMarkdown(Incident.findings, options: RenderOptions(inputs: ["samples/"])), "incident.md"
    )
  }

  @Test func `findings of nothing read as it did`() throws {
    try expectGolden(renderMarkdown(Findings(), options: RenderOptions()), "empty.md")
  }

  @Test(arguments: [
    ("a_b", "a_b"), ("_a_", #"\_a\_"#), ("a*b", #"a\*b"#), ("[x](y)", #"\[x\](y)"#),
    ("<b>", #"\<b\>"#), ("a|b", #"a\|b"#), ("http://x", #"http\://x"#), ("www.x", #"www\.x"#),
    ("# h", "\\# h"), ("a # b", "a # b"), ("1. a", #"1\. a"#), ("&lt;", #"\&lt;"#),
    ("a & b", "a & b"), ("`x`", #"\`x\`"#), ("a\nb", #"a\\nb"#),
  ])
  func `prose cannot start markup`(_ text: String, _ expected: String) {
    #expect(markdownProse(text, 100) == expected)
  }

  @Test(arguments: Hostile.names)
  func `a name in a code span neither closes it nor a table's cell`(_ name: String) {
    let code = markdownCode(name, 500)
    let body = code.dropFirst().dropLast()
    #expect(code == "–" || (code.hasPrefix("`") && code.hasSuffix("`")))
    #expect(!body.contains("`") && !body.contains("|") && !body.contains("\n"))
  }

  @Test func `tables hold ten rows and name the command for the rest`() {
    let text = renderMarkdown(Hostile.huge, options: RenderOptions(inputs: ["s.db"]))
    #expect(text.contains("10 of 41; all of them: `culprit latency s.db -n 41`"))
    var rows = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      rows = line.hasPrefix("|") ? rows + 1 : 0
      #expect(rows <= 12, "a heading, a rule and ten rows")
    }
  }

  @Test func `hostile names keep every table's shape`() {
    let text = renderMarkdown(Hostile.findings, options: RenderOptions())
    var width: Int?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("|") else {
        width = nil
        continue
      }
      // Bars that are not escaped are the table's own.
      var bars = 0
      var isEscaped = false
      for character in line {
        if character == "|", !isEscaped { bars += 1 }
        isEscaped = character == "\\" && !isEscaped
      }
      #expect(bars == width ?? bars, "\(line)")
      width = bars
    }
  }
}
