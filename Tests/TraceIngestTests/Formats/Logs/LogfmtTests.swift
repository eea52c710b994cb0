import Foundation
import Testing
import TraceIngest
import TraceModel

@Suite struct LogfmtTests {
  @Test func `pairs become columns, ids and attributes`() async throws {
    let read = try await collect(path: fixturePath("System/logfmt.log"))
    #expect(read.summary.formatName == "logfmt")
    #expect(read.logs.map(\.row.severity) == [9, 17, 13])
    #expect(read.logs.map(\.body) == ["order placed", "card \"refused\"\nby bank", "slow"])
    #expect(
      read.logs.map(\.row.time) == [
        1_767_607_200_123_000_000, 1_767_607_201_000_000_000, 1_767_607_202_500_000_000,
      ])
    #expect(read.logs[0].row.trace == TraceID(text: "4bf92f3577b34da6a3ce929d0e0e4736"))
    #expect(read.logs[0].row.span == SpanID(text: "00f067aa0ba902b7"))
    #expect(read.logs[0].attributes.contains(#""order":7"#))
    #expect(read.logs[0].attributes.contains(#""cached":true"#))
    #expect(read.logs[1].attributes == #"{"error.message":"no funds"}"#)
    #expect(read.logs[1].service == "payments")
    #expect(read.logs.map(\.severityText) == ["info", "error", "warn"])
  }
}
