import Testing
import TraceAnalysis
import TraceModel
import TraceTestSupport

struct BackEndTests {
  private func summary(
    _ id: UInt64, fault: Bool = false, error: Bool = false, ms: Int64? = nil, cause: String = ""
  ) -> TraceSummary {
    TraceSummary(
      trace: TraceID(high: 0, low: id), hasFault: fault, hasError: error,
      responseTime: ms.map { $0 * 1_000_000 }, rootCause: cause)
  }

  @Test func `nothing said is nothing compared, and strangers are counted`() throws {
    let none = Investigation(resources: [])
    #expect(none.comparison(with: [], symbols: SymbolTable()) == nil)
    let said = try #require(
      none.comparison(with: [summary(1), summary(1, fault: true)], symbols: SymbolTable()))
    #expect(said.summaries == 1 && said.requests == 0 && said.failures.of == 0)
  }

  @Test func `of several summaries the one that says most stays, in any order`() {
    let all = [
      summary(1), summary(1, error: true), summary(1, fault: true, ms: 3),
      summary(1, fault: true, ms: 5), summary(1, fault: true, ms: 5, cause: "db"),
    ]
    for (index, one) in all.enumerated() {
      for (other, two) in all.enumerated() { #expect(one.outdoes(two) == (index > other)) }
    }
  }
}
