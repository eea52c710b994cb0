import Testing
import TraceAnalysis
import TraceReport

struct HTMLTests {
  @Test(arguments: [
    ("", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    ("abc", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE="
    ),
    (String(repeating: "a", count: 1000), "Qe3s5C1j6Nm/UVqbppMuHCDLyfWl0TRkWttdsblzfqM="),
  ])
  func `the digest is that of FIPS 180-4's examples and of another program`(
    _ text: String, _ digest: String
  ) {
    #expect(sha256Base64(Array(text.utf8)) == digest)
  }

  @Test func `text put into markup is escaped, markup is not`() {
    let name = "<b>\"&'\u{202e}"
    let inner: HTML = "<i>\(name)</i>"
    #expect(inner.text == #"<i>&lt;b&gt;&quot;&amp;&#39;\u{202E}</i>"#)
    let outer: HTML = "<p title=\"\(name)\">\(inner)</p>"
    #expect(
      outer.text
        == #"<p title="&lt;b&gt;&quot;&amp;&#39;\u{202E}"><i>&lt;b&gt;&quot;&amp;&#39;\u{202E}</i></p>"#
    )
  }

  @Test func `the incident's page is as it was`() throws {
    let page = renderHTML(Incident.findings, options: RenderOptions(inputs: ["samples/"]))
    try expectGolden(withoutAssets(page), "incident.html")
  }

  @Test func `an empty page says so in every chapter and never looks healthy`() throws {
    let page = renderHTML(Findings(), options: RenderOptions())
    try expectGolden(withoutAssets(page), "empty.html")
    #expect(page.contains("There is not enough data to say anything."))
    #expect(page.contains("No span was read, so no error can be seen."))
  }

  @Test func `two renderings are the same bytes`() {
    let options = RenderOptions(title: "t", inputs: ["s.db"])
    #expect(
      renderHTML(Hostile.findings, options: options)
        == renderHTML(Hostile.findings, options: options))
  }

  @Test func `a page of any size stays below 2 MB and says what it left out`() {
    let page = renderHTML(Hostile.huge, options: RenderOptions())
    #expect(page.utf8.count < 2_000_000)
    #expect(page.contains("more spans are left out to keep this page small"))
    #expect(page.contains("Details are left out here to keep this page small."))
  }

  /// Every tag and attribute of a hostile page is one that this program writes.
  @Test func `hostile names add no tag and no attribute`() {
    let page = withoutAssets(
      renderHTML(Hostile.findings, options: RenderOptions(title: Hostile.names[0])))
    let known: Set<String> = [
      "a", "article", "b", "body", "br", "button", "circle", "code", "dd", "details", "div", "dl",
      "dt", "figcaption", "figure", "footer", "g", "h1", "h2", "h3", "h4", "head", "header", "html",
      "i", "input", "kbd", "li", "line", "main", "meta", "nav", "ol", "output", "p", "path",
      "polygon", "pre", "rect", "script", "section", "small", "span", "strong", "style", "summary",
      "svg", "table", "tbody", "td", "text", "th", "thead", "time", "title", "tr", "ul", "wbr",
      "!doctype",
    ]
    var tags: Set<String> = []
    for piece in page.split(separator: "<").dropFirst() {
      let name = piece.drop { $0 == "/" }.prefix { !" >\n".contains($0) }
      tags.insert(name.lowercased())
      // Quotes are balanced, and no handler is among the attributes.
      let tag = piece.prefix { $0 != ">" }
      #expect(tag.count { $0 == "\"" } % 2 == 0, "\(tag)")
      let outside = tag.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        .filter { $0.offset % 2 == 0 }.map(\.element).joined()
      #expect(!outside.lowercased().contains(" on"), "\(tag)")
    }
    #expect(tags.subtracting(known) == [])
    #expect(page.components("<script").count == 2, "one script, ours")
    #expect(
      !page.unicodeScalars.contains {
        $0.value < 0x20 && $0 != "\n" || (0x202a...0x202e).contains($0.value)
      })
  }

  @Test func `only spans where an error began are drawn as such`() {
    let page = renderHTML(Incident.findings, options: RenderOptions())
    let rows = Incident.findings.exemplars.flatMap(\.rows).filter(\.isError)
    let began = rows.count { $0.errorClass == "self" }
    #expect(page.components(" bad began").count - 1 == began)
    #expect(began > 0 && began < rows.count)
  }

  @Test func `numbers carry their heading for narrow pages`() {
    let page = renderHTML(Incident.findings, options: RenderOptions())
    for label in ["Failed share", "p95", "On the path", "Error share"] {
      #expect(page.contains("data-label=\"\(label)\""), "\(label)")
    }
  }

  @Test func `long words are broken behind their dots`() {
    var findings = Incident.findings
    findings.errors[0].type = "org.springframework.web.client.HttpServerErrorException"
    let page = renderHTML(findings, options: RenderOptions())
    #expect(page.contains("org.<wbr>springframework.<wbr>web.<wbr>client.<wbr>HttpServerError"))
    #expect(HTML(breakable: "took 3.14159265358979 s", to: 99).text == "took 3.14159265358979 s")
  }

  @Test func `log lines of spans that are hidden are not said to name none`() {
    var findings = Incident.findings
    #expect(
      renderHTML(findings, options: RenderOptions()).contains("that name none of these spans"))
    findings.exemplars[0].spanCount += 1
    let page = renderHTML(findings, options: RenderOptions())
    #expect(page.contains("of spans that are not shown or of none"))
    #expect(!page.contains("that name none of these spans"))
  }

  @Test func `the panel of failures is labelled with its tallest bar`() throws {
    var findings = Incident.findings
    for index in findings.timeline.indices {
      findings.timeline[index].failed = index == 3 ? 5 : 0
      findings.timeline[index].saved = index == 3 ? 2 : index == 4 ? 6 : 0
    }
    #expect(renderHTML(findings, options: RenderOptions()).contains("most 7 of both, from"))
  }

  @Test(arguments: [
    (Int64(0), Incident.start, "unknown to 1 March 2026 10:00:00 UTC"),
    (Incident.start, Int64.max, "1 March 2026 10:00:00 to unknown UTC"),
    (Incident.start, Incident.start + 1, "1 March 2026 10:00:00 to 10:00:00 UTC"),
    (
      Incident.start, Incident.start + 400 * 86_400 * Incident.second,
      "1 March 2026 10:00:00 to 5 April 2027 10:00:00 UTC"
    ),
  ])
  func `the heading says when, with dates where days differ`(
    _ first: Int64, _ last: Int64, _ words: String
  ) {
    var findings = Incident.findings
    findings.input.firstNs = first
    findings.input.lastNs = last
    #expect(renderHTML(findings, options: RenderOptions()).contains("\(words) · "))
  }

  @Test func `a name in a box is cut in its middle`() {
    let name = "checkout-payment-gateway-europe-west"
    let parts = cutToWidth(name, 130, size: 13).split(separator: "…")
    #expect(parts.count == 2 && parts.allSatisfy { $0.count >= 5 })
    #expect(parts.first.map { name.hasPrefix($0) } == true)
    #expect(parts.last.map { name.hasSuffix($0) } == true)
    #expect(cutToWidth("cart", 130, size: 13) == "cart")
  }

  @Test func `the page asks for nothing`() {
    let page = renderHTML(Incident.findings, options: RenderOptions())
    #expect(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"))
    for word in ["src=\"", "href=\"http", "@import", "url(", "<link"] {
      #expect(!page.contains(word), "\(word)")
    }
  }
}

/// A page without its style sheet and script, which goldens do not hold.
func withoutAssets(_ page: String) -> String {
  var text = page
  for (open, close) in [
    ("<style>", "</style>"), ("<script>", "</script>"), ("sha256-", "'"),
    ("script-src 'sha256-", "'"),
  ] {
    guard let start = text.firstRange(of: open),
      let end = text[start.upperBound...].firstRange(of: close)
    else { continue }
    text.replaceSubrange(start.upperBound..<end.lowerBound, with: "")
  }
  return text
}

extension String {
  func components(_ separator: String) -> [Substring] {
    split(separator: separator, omittingEmptySubsequences: false)
  }
}
