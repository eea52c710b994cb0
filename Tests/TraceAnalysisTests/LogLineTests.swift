import Testing
import TraceAnalysis
import TraceModel

/// How a log record is told in one line.
struct LogLineTests {
  private func line(
    _ text: String, _ exception: LogException?, join: LogRecord.Join = .ids, sure: Double = 1
  ) -> Findings.LogLine {
    Findings.LogLine(
      LogRecord(
        time: nil, severity: 17, service: "cart", trace: TraceID(high: 1, low: 2), span: .absent,
        body: text, attributes: "", exception: exception, join: join, confidence: sure,
        place: Place(sourceRank: 0, offset: 0)))
  }

  @Test func `a stack trace is folded to what failed and the frame to blame`() {
    let error = LogException(type: "KeyError", message: "'sku'\nmore", blame: "cart.py:42 in add")
    let trace =
      "Traceback (most recent call last):\n  File \"cart.py\", line 42, in add\nKeyError: 'sku'"
    #expect(line(trace, error).foldedText == "KeyError: 'sku' at cart.py:42 in add")
    #expect(
      line("cannot pay\n" + trace, error).foldedText
        == "cannot pay: KeyError: 'sku' at cart.py:42 in add")
    #expect(
      line("it is KeyError: 'sku' again", error).foldedText
        == "it is KeyError: 'sku' again at cart.py:42 in add")
    #expect(
      line("cannot pay: 'sku'", error).foldedText
        == "cannot pay: 'sku' (KeyError) at cart.py:42 in add")
    #expect(line("", LogException(type: "Panic")).foldedText == "Panic")
    #expect(
      line("boom", LogException(type: "", blame: "a.go:1")).foldedText == "boom at a.go:1")
    #expect(line("two\nlines", nil).foldedText == "two\nlines")
  }

  @Test func `only a record that does not name its trace has a mark, and none is certain`() {
    #expect(line("a", nil).joinMark == nil && line("a", nil).joinWords == nil)
    let joined = line("a", nil, join: .host, sure: 0.874)
    #expect(joined.joinMark == "~87 %" && joined.joinWords == "joined by host and time")
    #expect(line("a", nil, join: .requestID, sure: 1).joinMark == "~99 %")
    #expect(line("a", nil, join: .service, sure: .nan).joinedBy == "service")
  }
}
