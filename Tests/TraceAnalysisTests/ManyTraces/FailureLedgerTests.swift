import Testing
import TraceAnalysis
import TraceModel

struct FailureLedgerTests {
  /// Times of each group, most first, and what tells of it.
  private func groups(_ events: [ErrorEvent]) -> [String] {
    var symbols = SymbolTable()
    for name in ["pay", "shop"] { _ = symbols.intern(name) }
    func told(_ events: [ErrorEvent]) -> [String] {
      var profile = ExceptionProfile()
      for event in events { profile.add(event) }
      var findings = Findings()
      Investigation(resources: []).addExceptions(profile, to: &findings, symbols: symbols)
      return findings.exceptions.map {
        "\($0.count) \($0.type) \($0.blame) \($0.sources.joined(separator: "+"))"
      }
    }
    let result = told(events)
    #expect(told(events.reversed()) == result)
    return result
  }

  /// An event of trace 1; `frame` tells its frames apart.
  private func event(
    _ source: ErrorEvent.Sources, span: UInt64, below parent: UInt64 = 0, at time: Int64,
    frame: UInt64 = 0, message: String = "'sku'", service: UInt32 = 1
  ) -> ErrorEvent {
    ErrorEvent(
      source: source, time: Timestamp(1_772_445_600_000_000_000 + time), service: Symbol(service),
      trace: TraceID(high: 1, low: 1), span: span == 0 ? .absent : SpanID(span),
      parent: parent == 0 ? .absent : SpanID(parent), type: "KeyError", message: message,
      strict: frame, blame: frame == 0 ? "" : "f\(frame)",
      place: Place(sourceRank: 0, offset: time))
  }

  @Test func `an exception that each span on its way records is the innermost one's`() {
    // Python's stack trace is longer with each span outwards, so the frames differ.
    let way = [
      event(.span, span: 3, below: 2, at: 1, frame: 13),
      event(.span, span: 2, below: 1, at: 2, frame: 12),
      event(.span, span: 1, at: 3, frame: 11),
    ]
    #expect(groups(way) == ["1 KeyError f13 span"])
    // A log record at the server's span tells of the same.
    #expect(
      groups(way + [event(.log, span: 1, at: 4, frame: 14)]) == ["1 KeyError f13 span+log"])
    // Another service's exception is another one, and so is another message.
    #expect(
      groups(way.dropLast() + [event(.span, span: 1, at: 3, frame: 11, service: 2)])
        == ["1 KeyError f11 span", "1 KeyError f13 span"])
    #expect(
      groups(way.dropLast() + [event(.span, span: 1, at: 3, frame: 11, message: "other")])
        == ["1 KeyError f13 span", "1 KeyError f11 span"])
  }

  @Test func `two attempts that fail below one span are two failures`() {
    let tries = [
      event(.span, span: 2, below: 1, at: 1, frame: 5),
      event(.span, span: 3, below: 1, at: 2, frame: 5), event(.span, span: 1, at: 3, frame: 4),
    ]
    #expect(groups(tries) == ["2 KeyError f5 span"])
  }

  @Test func `each source may tell several times, and the one that tells most is right`() {
    let twice = [
      event(.span, span: 1, at: 1, frame: 5), event(.span, span: 1, at: 2, frame: 5),
      event(.log, span: 1, at: 3), event(.log, span: 1, at: 4), event(.tracker, span: 0, at: 5),
    ]
    #expect(groups(twice) == ["2 KeyError f5 span+log+tracker"])
    #expect(groups(twice + [event(.log, span: 1, at: 6)]) == ["3 KeyError f5 span+log+tracker"])
  }

  @Test func `occurrences without a span are laid to one failure of the trace each`() {
    let two = [
      event(.span, span: 1, at: 1, frame: 5), event(.span, span: 2, at: 2, frame: 5),
      event(.tracker, span: 0, at: 3), event(.tracker, span: 0, at: 4),
    ]
    #expect(groups(two) == ["2 KeyError f5 span+tracker"])
    #expect(
      groups(two + [event(.tracker, span: 0, at: 5)]) == ["3 KeyError f5 span+tracker"])
  }

  @Test func `a log record of a span that tells of nothing means the same words elsewhere`() {
    let caught = [event(.span, span: 2, below: 9, at: 1, frame: 5), event(.log, span: 1, at: 2)]
    #expect(groups(caught) == ["1 KeyError f5 span+log"])
  }

  @Test func `the frames come from whoever knows them`() {
    let found = groups([
      event(.span, span: 1, at: 1), event(.log, span: 1, at: 2, frame: 8),
    ])
    #expect(found == ["1 KeyError f8 span+log"])
  }
}
