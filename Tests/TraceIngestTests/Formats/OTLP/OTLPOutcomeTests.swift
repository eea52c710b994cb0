import Testing
import TraceIngest
import TraceModel

/// What attributes, status and events say of a span's outcome (traces-semantics.md 6.1, 6.2).
@Suite struct OTLPOutcomeTests {
  @Test func `codes, tags and cancellations are found under their new and old names`() async throws
  {
    let spans = try await collect(path: fixturePath("errors.json")).spans
    #expect(spans.map(\.row.facts.grpcCode) == [14, 1, nil, nil, nil, nil, nil, nil])
    #expect(spans.map(\.row.facts.httpStatus) == [0, 0, 0, 0, 502, 0, 0, 0])
    #expect(
      spans.map(\.row.facts[.errorTag]) == [false, false, false, true, false, true, false, false])
    #expect(
      spans.map(\.row.facts.deniesError) == [
        false, false, true, false, false, false, false, false,
      ])
    #expect(
      spans.map(\.row.facts[.cancelled])
        == [false, true, false, false, false, false, true, false])
    #expect(spans.map(\.errorType) == ["", "", "", "", "502", "", "", "TimeoutError"])
    #expect(spans.map(\.row.facts[.exception]).last == true)
    #expect(spans.map(\.row.facts[.remoteParent]).last == true)
    #expect(spans.last?.row.facts.messageHash != 0)
    #expect(spans.first?.row.facts.messageHash == 0)
  }

  @Test func `probes are told by agent, path and name`() async throws {
    let spans = try await collect(path: fixturePath("probes.json")).spans
    #expect(spans.map(\.row.facts[.probe]) == [true, true, true, false, false])
  }
}
