import Testing
import TraceAnalysis
import TraceModel

struct LatencyProfileTests {
  @Test func `an operation's row adds up its spans`() throws {
    var shop = Shop()
    for number in 0..<40 as Range<Int64> {
      shop.request(at: number * 10, number == 3 ? .paymentFails : .fine, length: 100 + number)
    }
    let findings = shop.findings().findings
    #expect(findings.operationCount == 4)
    // GET /checkout is longest, then the spans within it.
    #expect(
      findings.latency.map(\.operation.name) == [
        "GET /checkout", "charge", "POST /charge", "SELECT",
      ])
    let root = try #require(findings.latency.first)
    #expect(root.isEntry)
    #expect(root.spans == 40 && root.traces == 40 && root.errors == 1)
    #expect(root.totalNs == (0..<40 as Range<Int64>).reduce(0) { $0 + 100 + $1 } * Shop.ms)
    #expect(root.selfNs == 400 * Shop.ms)  // 10 ms each outside of the call
    #expect(root.maxNs == 139 * Shop.ms)
    #expect(root.exemplar.trace == shop.traces[39].id.description)
    #expect(root.exemplar.span == "0000000000000001")
    #expect(root.percentiles.map(\.valueNs) == [119 * Shop.ms, 135 * Shop.ms, nil, nil])
    #expect(root.percentiles.map(\.tracesMissing) == [0, 0, 32, 328])
    #expect(root.histogram.reduce(0) { $0 + $1.count } == 40)
    let charge = try #require(findings.latency.first { $0.operation.name == "charge" })
    #expect(!charge.isEntry)
  }

  @Test
  func `of operations with equal times the first by name comes first, and a hundred are shown`() {
    var shop = Shop()
    for number in 0..<120 { shop.add("web", .server, "op \(1000 - number)", 0, 10) }
    shop.finish()
    let findings = shop.findings().findings
    #expect(findings.operationCount == 120)
    #expect(findings.latency.count == 100)
    #expect(findings.latency.first?.operation.name == "op 1000")
    #expect(findings.latency[1].operation.name == "op 881")
  }
}
