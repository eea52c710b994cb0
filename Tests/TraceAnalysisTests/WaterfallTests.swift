import Testing
import TraceAnalysis
import TraceModel

struct WaterfallTests {
  private func log(_ body: String, at ms: Int64, span: UInt64, severity: Int = 9) -> LogRecord {
    LogRecord(
      time: Shop.epoch + ms * Shop.ms, severity: severity, service: "web",
      trace: TraceID(high: 7, low: 1), span: SpanID(span), body: body, attributes: "",
      place: Place(sourceRank: 0, offset: ms))
  }

  @Test func `spans, path, errors, texts and logs stand in their rows`() throws {
    var shop = Shop()
    shop.request(at: 0, .paymentFails)
    let texts: [Int32: SpanDisplayText] = [
      2: SpanDisplayText(attributes: [["card", "visa"]], message: "declined")
    ]
    let logs = [
      log("late", at: 30, span: 3), log("early", at: 10, span: 3, severity: 17),
      log("elsewhere", at: 5, span: 77),
    ]
    let drawing = waterfall(
      measure(shop.traces[0], resources: shop.resources), symbols: shop.symbols,
      resources: shop.resources, reason: "because", limit: 200, texts: texts, logs: logs)
    #expect(drawing.id == "00000000000000070000000000000001")
    #expect(drawing.failed && drawing.spanCount == 4 && drawing.reason == "because")
    #expect(drawing.totalNs == 100 * Shop.ms)
    #expect(drawing.rows.map(\.depth) == [0, 1, 2, 3])
    #expect(drawing.rows.map(\.errorClass) == ["propagated", "propagated", "self", "none"])
    #expect(
      drawing.rows.map(\.errorText) == ["HTTP 500", "HTTP 500", "CardError: declined", ""])
    #expect(drawing.rows[0].critical == [[0, 5], [95, 100]].map { $0.map { $0 * Shop.ms } })
    #expect(drawing.rows[3].critical == [[7, 93]].map { $0.map { $0 * Shop.ms } })
    #expect(drawing.rows[2].attributes == [["card", "visa"]])
    #expect(drawing.rows[2].logs.map(\.text) == ["early", "late"])
    #expect(drawing.rows[2].logs.map(\.severity) == ["ERROR", "INFO"])
    #expect(drawing.looseLogs.map(\.text) == ["elsewhere"])
    #expect(drawing.rows[3].peer == "db")
  }

  @Test func `a large trace keeps its heads, its errors and its critical path`() {
    var shop = Shop()
    let root = shop.add("web", .server, "GET /", 0, 1000)
    for number in 0..<300 as Range<Int64> {
      shop.add(
        "web", .internal, "step \(number)", number, number + 1, root, isError: number == 250)
    }
    shop.add("web", .internal, "long", 400, 990, root)
    shop.finish()
    // Steps run one after the other, so they are all on the path; the cut goes by order within them.
    let drawing = waterfall(
      measure(shop.traces[0], resources: shop.resources), symbols: shop.symbols,
      resources: shop.resources, reason: "", limit: 10, texts: [:], logs: [])
    #expect(drawing.rows.count == 10)
    #expect(drawing.rows.first?.operation.name == "GET /")
    #expect(drawing.spanCount == 302)
  }

  @Test func `what is off the path and no error is cut first`() {
    var shop = Shop()
    let root = shop.add("web", .server, "GET /", 0, 1000)
    for number in 0..<50 as Range<Int64> {
      shop.add("web", .internal, "beside \(number)", 10, 500, root)
    }
    shop.add("web", .internal, "long", 5, 990, root)
    shop.add("web", .internal, "bad", 20, 30, root, isError: true)
    shop.finish()
    let drawing = waterfall(
      measure(shop.traces[0], resources: shop.resources), symbols: shop.symbols,
      resources: shop.resources, reason: "", limit: 3, texts: [:], logs: [])
    #expect(drawing.rows.map(\.operation.name) == ["GET /", "long", "bad"])
  }

  @Test func `ten log lines a span are shown, the worst ones, by time`() {
    var shop = Shop()
    shop.request(at: 0)
    let logs = (0..<30 as Range<Int64>).map {
      log("line \($0)", at: $0, span: 1, severity: $0 == 25 ? 17 : 9)
    }
    let drawing = waterfall(
      measure(shop.traces[0], resources: shop.resources), symbols: shop.symbols,
      resources: shop.resources, reason: "", limit: 9, texts: [:], logs: logs.reversed())
    #expect(
      drawing.rows[0].logs.map(\.text) == (0..<9).map { "line \($0)" } + ["line 25"])
  }

  @Test func `a trace without spans has no rows`() {
    let drawing = waterfall(
      measure(RawTrace(id: TraceID(high: 0, low: 1), spans: []), resources: []),
      symbols: SymbolTable(), resources: [], reason: "", limit: 9, texts: [:], logs: [])
    #expect(drawing.rows.isEmpty && drawing.totalNs == 0 && !drawing.failed)
  }
}
