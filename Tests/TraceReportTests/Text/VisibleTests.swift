import Testing
import TraceReport

struct VisibleTests {
  @Test(arguments: [
    ("plain", "plain"), ("a\u{1b}[31mb", #"a\x1B[31mb"#), ("a\u{9b}b", #"a\x9Bb"#),
    ("a\nb\r", #"a\nb\r"#), ("a\tb", "a b"), ("\u{0}", #"\x00"#), ("\u{7f}", #"\x7F"#),
    ("\u{202e}abc", #"\u{202E}abc"#), ("a\u{2066}b", #"a\u{2066}b"#),
    ("a\u{200b}b", #"a\u{200B}b"#),
    ("\u{feff}x", #"\u{FEFF}x"#), ("\u{e0041}", #"\u{E0041}"#), ("naïve 服务 ✓", "naïve 服务 ✓"),
  ])
  func `what would move, turn or hide is named`(_ text: String, _ expected: String) {
    #expect(visible(text) == expected)
  }

  @Test func `line feeds stay where lines are kept`() {
    #expect(visible("a\r\nb", keepingLines: true) == "a\nb")
  }

  @Test func `of a heap of marks four are kept`() {
    let heap = "Z" + String(repeating: "\u{301}", count: 5000)
    #expect(visible(heap).unicodeScalars.count == 5)
  }

  @Test func `a text is cut with an ellipsis only where it is too long`() {
    #expect(shortened("abcdef", to: 6) == "abcdef")
    #expect(shortened("abcdefg", to: 6) == "abcde…")
    #expect(shortened("", to: 6) == "")
    #expect(shortened(String(repeating: "x", count: 5_000_000), to: 10) == "xxxxxxxxx…")
    #expect(shortened("a" + String(repeating: "\u{301}", count: 300), to: 9).hasSuffix("…"))
  }

  @Test func `wide characters take two columns, marks none`() {
    #expect(columnCount("abc") == 3)
    #expect(columnCount("服务") == 4)
    #expect(columnCount("e\u{301}") == 1)
    #expect(fitted("服务名", to: 5) == "服务…")
    #expect(fitted("ab", to: 4) == "ab  ")
    #expect(fitted("ab", to: 4, right: true) == "  ab")
    for width in 0...12 { #expect(columnCount(fitted("a服b务c", to: width)) == width) }
  }
}
