import Testing
import TraceIngest
import TraceModel

/// OTLP's log records standing alone, as CloudWatch's `otel-rt-logs` streams hold them.
@Suite struct OTLPLogObjectTests {
  private let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

  @Test func `records with plain attributes, with lists, and quoted as text are read alike`()
    async throws
  {
    let read = try await collect(path: fixturePath("Loggers/otlp-records.json"), workers: 1)
    #expect(read.addsUp)
    #expect(read.logs.map(\.body) == ["order placed", #"{"output":[1,2]}"#, "plain", "slow"])
    #expect(read.logs.map(\.row.severity) == [9, 17, 9, 13])
    #expect(read.logs.map(\.service) == ["shop", "shop", "unknown_service", "unknown_service"])
    #expect(
      read.logs.map(\.row.time) == [
        1_767_607_200_123_000_001, 1_767_607_200_124_000_000, 1_767_607_200_125_000_000, 0,
      ])
    #expect(read.logs[0].row.observed == 1_767_607_200_123_000_002)
    #expect(read.logs[3].row.observed == 1_767_607_200_126_000_000)
    #expect(read.logs.map(\.row.trace.description).filter { $0 == trace }.count == 2)
    #expect(read.logs[0].row.span.description == "00f067aa0ba902b7")
    #expect(
      read.logs.map(\.attributes) == [#"{"code.line.number":366}"#, "", "", #"{"a":7}"#])
    #expect(
      read.logs[2].detail == #"{"request_id":"2f437955-cf29-4413-9d97-99740396e7ad"}"#)
    #expect(read.logs[0].version == "1.4.2")
  }

  @Test func `records alone in lines are told by their times and bodies`() async throws {
    let line =
      #"{"timeUnixNano":"1767607200123000001","severityNumber":9,"body":"a","attributes":{}}"#
    let read = try await collect(bytes: Array("\(line)\n\(line)\n".utf8))
    #expect(read.logs.map(\.body) == ["a", "a"])
  }
}
