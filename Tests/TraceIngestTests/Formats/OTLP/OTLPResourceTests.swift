import Testing
import TraceIngest
import TraceModel

/// Resources that come again and again.
@Suite struct OTLPResourceTests {
  private func spans(_ resource: String, _ id: Int) -> String {
    #"{"resource":{"attributes":\#(resource)},"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"00000000000\#(10000 + id)"}]}]}"#
  }

  private func list(_ service: Int) -> String {
    #"[{"key":"service.name","value":{"stringValue":"s\#(service)"}},{"key":"host.name","value":{"stringValue":"h"}}]"#
  }

  private func bytes(_ resources: [String]) -> [UInt8] {
    let parts = resources.enumerated().map { spans($1, $0) }
    return Array(#"{"resourceSpans":[\#(parts.joined(separator: ","))]}"#.utf8)
  }

  @Test func `twenty services that take turns keep their spans, and have one text each`()
    async throws
  {
    let turns = (0..<200).map { $0 % 20 }
    let read = try await collect(bytes: bytes(turns.map(list)))
    #expect(read.spans.map(\.service) == turns.map { "s\($0)" })
    #expect(
      read.spans.map(\.resource) == turns.map { #"{"service.name":"s\#($0)","host.name":"h"}"# })
    #expect(read.resourceRows == 20)
  }

  @Test func `the same text in an odd form names no service`() async throws {
    let plain = #"[{"key":"service.name","value":{"stringValue":"a"}}]"#
    let odd = #"{"service.name":"a"}"#
    let read = try await collect(bytes: bytes([plain, odd, plain, odd, "[]", odd]))
    #expect(
      read.spans.map(\.service) == [
        "a", "unknown_service", "a", "unknown_service", "unknown_service", "unknown_service",
      ])
    #expect(read.spans.map(\.resource) == Array(repeating: odd, count: 4) + ["", odd])
  }
}
