import Testing
import TraceAnalysis
import TraceModel

struct ExceptionProfileTests {
  private static let second: Int64 = 1_000_000_000
  private static let zero: Int64 = 1_772_445_600 * second

  /// An event at a second of the test's day.
  private func event(
    _ source: ErrorEvent.Sources, at seconds: Int64, type: String = "KeyError",
    message: String = "'sku-1'", strict: UInt64 = 0, trace: UInt64 = 0, span: UInt64 = 0,
    version: UInt32 = 0, person: UInt64 = 0, place: Int64 = 0
  ) -> ErrorEvent {
    ErrorEvent(
      source: source, time: Timestamp(Self.zero + seconds * Self.second), service: Symbol(1),
      version: Symbol(version), trace: trace == 0 ? .absent : TraceID(high: 1, low: trace),
      span: span == 0 ? .absent : SpanID(span), type: type, message: message, strict: strict,
      blame: strict == 0 ? "" : "pay (/app/pay.py:3)", person: person,
      place: Place(sourceRank: 0, offset: place))
  }

  private var symbols: SymbolTable {
    var symbols = SymbolTable()
    for name in ["pay", "1.0", "2.0"] { _ = symbols.intern(name) }
    return symbols
  }

  /// The findings of events, added in this order.
  private func findings(_ events: [ErrorEvent], items: [TrackedItem] = []) -> Findings {
    var profile = ExceptionProfile()
    for event in events { profile.add(event) }
    for item in items { profile.add(item) }
    var findings = Findings()
    Investigation(resources: []).addExceptions(profile, to: &findings, symbols: symbols)
    return findings
  }

  @Test func `one failure that span, log and tracker tell of counts once`() throws {
    let found = findings([
      event(.span, at: 0, strict: 7, trace: 1, span: 1),
      event(.log, at: 1, message: "'sku-2'", trace: 1, span: 1),
      event(.tracker, at: 2, trace: 1, person: 5),
      event(.span, at: 3, strict: 7, trace: 2, span: 2, person: 6),
    ]).exceptions
    let group = try #require(found.first)
    #expect(found.count == 1 && group.count == 2 && group.traces == 2)
    #expect(group.sources == ["span", "log", "tracker"] && group.people == 2)
    #expect(group.blame == "pay (/app/pay.py:3)" && group.type == "KeyError")
    #expect(group.template == "'…'")
  }

  @Test func `the same span event exported twice counts once, two failures of one trace twice`() {
    let found = findings([
      event(.span, at: 0, strict: 7, trace: 1, span: 1, place: 1),
      event(.span, at: 0, strict: 7, trace: 1, span: 1, place: 9),
      event(.span, at: 4, strict: 7, trace: 1, span: 2),
    ]).exceptions
    #expect(found.map(\.count) == [2])
  }

  @Test
  func `without frames type and message template group; frames tell apart what says the same`() {
    let found = findings([
      event(.log, at: 0), event(.log, at: 1, message: "'sku-99'"),
      event(.log, at: 2, message: "no such file"),
    ]).exceptions
    #expect(found.map(\.count) == [2, 1])
    let framed = findings([
      event(.log, at: 0, strict: 7), event(.log, at: 1, strict: 8), event(.log, at: 2),
    ]).exceptions
    // What has no frames joins neither of two.
    #expect(framed.map(\.count) == [1, 1, 1])
    #expect(framed.allSatisfy { $0.related.count == 2 })
  }

  @Test func `a group is new where the first tenth of the time knows nothing of it`() {
    var events = (0..<100).map { event(.log, at: $0, type: "Old", strict: 1) }
    events += (50..<60).map { event(.log, at: $0, type: "New", strict: 2, version: 3) }
    events.append(event(.log, at: 70, type: "Once", strict: 3))
    let found = findings(events).exceptions
    #expect(found.map(\.type) == ["New", "Old", "Once"])
    #expect(found.map(\.isNew) == [true, false, false])
    #expect(found[0].versions == [Findings.NamedCount(name: "2.0", count: 10)])
    #expect(found[0].sparkline.reduce(0, +) == 10 && found[0].sparkline.count == 24)
  }

  @Test func `an item of a tracker stands at its error, another one alone`() throws {
    func item(_ title: String) -> TrackedItem {
      TrackedItem(
        tracker: "rollbar", number: "12", title: title, status: "active", level: "error",
        environment: "production", count: 41, firstNs: nil, lastNs: nil)
    }
    let found = findings(
      [event(.span, at: 0, strict: 7, trace: 1, span: 1)],
      items: [item("KeyError: 'sku'"), item("TypeError: x"), item("KeyError: 'sku'")])
    #expect(found.exceptions.first?.items.map(\.number) == ["12"])
    #expect(found.otherItems.map(\.title) == ["TypeError: x"])
  }

  @Test func `order and split of the events decide nothing`() {
    var events: [ErrorEvent] = []
    var dice = Seeded(4)
    for number in 0..<300 as Range<Int64> {
      events.append(
        event(
          [.span, .log, .tracker][Int(dice.next() % 3)], at: Int64(dice.next() % 900),
          type: "T\(dice.next() % 5)", message: "at \(number)", strict: dice.next() % 3,
          trace: dice.next() % 60, span: dice.next() % 4, version: UInt32(2 + dice.next() % 2),
          person: dice.next() % 9, place: number))
    }
    let whole = findings(events)
    #expect(findings(events.shuffled(using: &dice)) == whole)
    var parts = ExceptionProfile()
    for part in 0..<3 {
      var one = ExceptionProfile()
      for (index, event) in events.enumerated() where index % 3 == part { one.add(event) }
      one.merge(parts)
      parts = one
    }
    var merged = Findings()
    Investigation(resources: []).addExceptions(parts, to: &merged, symbols: symbols)
    #expect(merged == whole && whole.exceptions.count > 5)
  }

  @Test func `logs alone give a verdict that says what they cannot tell`() {
    let found = findings((0..<40).map { event(.log, at: $0, strict: 7) })
    #expect(found.verdict.kind == .errors)
    #expect(found.verdict.headline == "pay logs: KeyError: '…', 40 times.")
    #expect(found.verdict.lines.contains { $0.contains("no traces") })
  }
}
