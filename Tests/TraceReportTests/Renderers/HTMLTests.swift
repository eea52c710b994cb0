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
