import Testing
import TraceAnalysis
import TraceModel

struct InvocationProfileTests {
  private func invocation(
    _ ms: Int64, trace: UInt64, cold: Int64? = nil, used: Int = 60, status: String = ""
  ) -> Invocation {
    Invocation(
      service: Symbol(1), trace: TraceID(high: 1, low: trace), duration: ms * 1_000_000,
      initialization: cold.map { $0 * 1_000_000 }, memoryMB: 128, usedMB: used, status: status)
  }

  private var symbols: SymbolTable {
    var symbols = SymbolTable()
    _ = symbols.intern("receipts")
    return symbols
  }

  @Test func `lengths, cold starts, memory and ends are added up by function`() throws {
    var a = InvocationProfile()
    var b = InvocationProfile()
    a.add(invocation(10, trace: 1, cold: 400))
    a.add(invocation(3000, trace: 9, status: "timeout"))
    for number in 2...6 as ClosedRange<UInt64> { b.add(invocation(Int64(number), trace: number)) }
    b.add(invocation(3000, trace: 7, used: 128))
    b.add(invocation(20, trace: 8, status: "error"))
    var both = a
    both.merge(b)
    b.merge(a)
    #expect(both.rows(symbols) == b.rows(symbols))
    let row = try #require(both.rows(symbols).first)
    #expect(row.function == "receipts" && row.invocations == 9 && row.coldStarts == 1)
    // 2 3 4 5 6 10 20 3000 3000: the fifth of nine.
    #expect(row.p50Ns == 6_000_000 && row.p95Ns == nil && row.maxNs == 3_000_000_000)
    #expect(row.exemplar == TraceID(high: 1, low: 7).description, "of equals the smaller id")
    #expect(row.timeouts == 1 && row.failures == 1 && row.nearLimit == 1 && row.usedMB == 128)
    #expect(
      row.trouble
        == "1 of 9 invocations timed out, 1 of 9 ended with an error of the runtime, 1 used all of their 128 MB of memory"
    )
  }

  @Test func `a cause in a function gets the platform's word as evidence`() {
    var findings = Findings()
    var profile = InvocationProfile()
    profile.add(invocation(3000, trace: 9, status: "timeout"))
    findings.invocations = profile.rows(symbols)
    let operation = Operation(service: "receipts", kind: "server", name: "receipts")
    findings.causes = [
      Findings.Cause(
        kind: .errors, operation: operation, title: "", share: 1, requests: 1, evidenceFor: [],
        evidenceAgainst: [])
    ]
    findings.addInvocationEvidence()
    #expect(
      findings.causes[0].evidenceFor.map(\.traces) == [[TraceID(high: 1, low: 9).description]])
    #expect(findings.causes[0].evidenceFor[0].sentence.contains("1 of 1 invocations timed out"))
  }
}
