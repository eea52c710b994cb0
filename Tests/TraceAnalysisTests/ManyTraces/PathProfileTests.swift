import Testing
import TraceAnalysis
import TraceModel

struct PathProfileTests {
  @Test func `the path of a request is laid to operations, and shares sum to one`() throws {
    var shop = Shop()
    shop.request(at: 0, length: 100)
    shop.request(at: 500, .slow(100), length: 100)
    let selection = try #require(shop.findings().findings.timeSpent.first)
    #expect(selection.name == "all" && selection.traces == 2)
    #expect(selection.totalNs == 300 * Shop.ms)
    #expect(
      selection.rows.map(\.operation.name) == ["SELECT", "GET /checkout", "POST /charge", "charge"])
    // 5 + 5 ms of web, 1 + 1 of its call, 1 + 1 of payment around the query, each time.
    #expect(selection.rows.map(\.criticalPathNs) == [272, 20, 4, 4].map { $0 * Shop.ms })
    #expect(selection.rows[0].traces == 2 && selection.rows[0].spans == 2)
    #expect(selection.rows[0].exemplar.trace == shop.traces[1].id.description)
    #expect(selection.rows[1].inclusiveNs == 300 * Shop.ms)
    #expect(abs(selection.rows.reduce(0) { $0 + $1.share } - 1) < 1e-9)
  }

  @Test func `what nobody waits for is not on the request's path`() throws {
    var shop = Shop()
    let root = shop.add("web", .server, "GET /", 0, 100)
    let send = shop.add("web", .producer, "send", 10, 20, root)
    shop.add("mailer", .consumer, "mail", 30, 400, send)
    shop.finish()
    let selection = try #require(shop.findings().findings.timeSpent.first)
    #expect(selection.rows.map(\.operation.name) == ["GET /", "send"])
    #expect(selection.totalNs == 100 * Shop.ms)
  }
}
