import Testing
import TraceAnalysis
import TraceModel

struct ErrorProfileTests {
  @Test func `origins are grouped with their way, their reach and their best exemplars`() throws {
    var shop = Shop()
    for number in 0..<10 as Range<Int64> {
      let fate: Shop.Fate = number < 4 ? .savedByRetry : number < 7 ? .paymentFails : .handled
      shop.request(at: number * 1000, fate)
    }
    let findings = shop.findings().findings
    #expect(findings.errorGroupCount == 2)
    let card = try #require(findings.errors.first)
    #expect(card.operation == Shop.charge)
    #expect(card.blame == .local && card.type == "CardError" && card.peer == "")
    #expect(card.count == 7 && card.traces == 7)
    #expect(card.reachedClient == 3 && card.handled == 4 && card.retried == 4)
    #expect(card.reachedBackground == 0 && card.cancelled == 0)
    #expect(card.exemplars.map(\.trace) == shop.traces[4..<7].map(\.id.description))
    #expect(card.sparkline.reduce(0, +) == 7)
    #expect(card.firstNs == (Shop.epoch + 6 * Shop.ms).nanoseconds)
    #expect(card.lastNs == (Shop.epoch + 6006 * Shop.ms).nanoseconds)
    // Four were retried and climb to the call alone; three go on to the root, and their way is shown.
    #expect(card.path.map(\.name) == ["POST /charge", "charge", "GET /checkout"])
    #expect(card.pathCount == 3)
    let recommend = try #require(findings.errors.last)
    #expect(recommend.blame == .remote && recommend.peer == "recommend")
    #expect(recommend.type == "HTTP 503")
    #expect(recommend.handled == 3 && recommend.retried == 0 && recommend.reachedClient == 0)
  }

  @Test func `errors of work that no client waits for reach its head alone`() throws {
    var shop = Shop()
    let root = shop.add("web", .server, "GET /", 0, 100)
    let send = shop.add("web", .producer, "send", 10, 20, root)
    let mail = shop.add("mailer", .consumer, "mail", 30, 400, send, isError: true)
    shop.add("mailer", .internal, "render", 40, 50, mail, isError: true, type: "Missing")
    shop.finish()
    let findings = shop.findings().findings
    let group = try #require(findings.errors.first)
    #expect(group.reachedBackground == 1 && group.reachedClient == 0)
    #expect(group.path.map(\.name) == ["render", "mail"])
    #expect(findings.impact.failed.count == 0 && findings.impact.saved.count == 0)
  }

  @Test func `a call that gave up names what it waited for, down to the slowest`() throws {
    var shop = Shop()
    let root = shop.add("web", .server, "GET /", 0, 100, isError: true)
    let call = shop.add("web", .client, "ask", 5, 95, root, isError: true)
    let stock = shop.add("stock", .server, "GET /stock", 10, 300, call)
    shop.add("stock", .client, "quick", 11, 20, stock, peer: "cache")
    shop.add("stock", .client, "SCAN", 25, 290, stock, peer: "db")
    shop.finish()
    let findings = shop.findings().findings
    #expect(findings.errors.first?.blame == .timeout)
    #expect(findings.verdict.operation?.name == "SCAN")
  }

  /// A request whose payment host has a clock that is ahead by so many ms.
  private func aheadShop(_ ahead: Int64, _ fate: Shop.Fate) -> Shop {
    var shop = Shop()
    shop.request(at: 0, fate)
    for span in shop.traces[0].spans.indices.dropFirst(2) {
      let raw = shop.traces[0].spans[span]
      shop.traces[0].spans[span].start = raw.start + ahead * Shop.ms
      shop.traces[0].spans[span].end = raw.end + ahead * Shop.ms
    }
    return shop
  }

  @Test(arguments: [0, 50, 5000])
  func `a failed callee explains its failed call, however far its clock is ahead`(ahead: Int64)
    throws
  {
    let findings = aheadShop(ahead, .paymentFails).findings().findings
    #expect(findings.errorGroupCount == 1)
    let group = try #require(findings.errors.first)
    #expect(group.operation == Shop.charge)
    #expect(group.reachedClient == 1 && group.reachedBackground == 0)
    #expect(group.path.map(\.name) == ["POST /charge", "charge", "GET /checkout"])
    #expect(findings.verdict.operation == Shop.charge)
  }

  @Test(arguments: [0, 5000])
  func `a callee that outlasts its call is named, however far its clock is ahead`(ahead: Int64) {
    let findings = aheadShop(ahead, .timeout).findings().findings
    #expect(findings.verdict.operation == Shop.charge)
    #expect(findings.verdict.headline.contains("answers too late"))
  }

  @Test func `the type of an error is its name, else its status`() {
    func text(_ change: (inout SpanFacts) -> Void, named: Bool = false) -> String {
      var symbols = SymbolTable()
      var facts = SpanFacts()
      change(&facts)
      let span = Span(
        id: SpanID(1), start: Timestamp(0), end: Timestamp(1), facts: facts,
        errorType: named ? symbols.intern("Boom") : .empty)
      return ErrorType(span).text(symbols)
    }
    #expect(text({ $0.httpStatus = 500 }, named: true) == "Boom")
    #expect(text { $0.httpStatus = 503 } == "HTTP 503")
    #expect(
      text {
        $0.httpStatus = 200
        $0.grpcCode = 14
      } == "gRPC 14")
    #expect(text { $0.grpcCode = 0 } == "")
  }
}
