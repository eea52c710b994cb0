import Testing
import TraceIngest
import TraceModel

/// Spans as the SDK for JavaScript prints them, 2.x then 1.x, between a server's own lines: the exporter's shape, written by hand.
struct JSConsoleTests {
  @Test func `spans of both generations are read, the lines between stay records`() async throws {
    let read = try await collect(path: fixturePath("console-js-spans.txt"), workers: 1)
    #expect(read.summary.formatName == "js-console" && read.addsUp && read.spans.count == 2)
    #expect(
      read.logs.map(\.body) == [
        "Server listening on http://localhost:8080", "GET /orders took 21 ms",
      ])
    let call = try #require(read.spans.first { !$0.row.parent.isAbsent })
    #expect(call.row.parent.description == "b7ad6b7169203331" && call.service == "shop")
    // 2 is CLIENT in this numbering.
    #expect(call.row.facts.kind == .client && call.row.facts.status == .error)
    #expect(call.row.facts.httpStatus == 503 && call.peer == "bob's stock")
    #expect(call.row.start == 1_767_607_200_123_000_000)
    #expect(call.row.end - call.row.start == 20_500_250)
    #expect(call.scope == "@opentelemetry/instrumentation-http@0.57.0")
    #expect(call.errorType == "TypeError" && call.detail.contains("no } stock"))
    #expect(call.attributes.contains(#""note":"first line\nsecond line""#))
    let root = try #require(read.spans.first { $0.row.parent.isAbsent })
    #expect(root.row.facts.kind == .server && root.row.end - root.row.start == 25_000_000)
    // `[Object]` and `[Array]` of the event.
    #expect(read.count(.droppedAtSource) == 2)
  }

  @Test func `an object that is cut off or is none is counted`() async throws {
    let bytes = try fixture("console-js-spans.txt")
    let cut = try await collect(bytes: Array(bytes[..<1200]))
    #expect(cut.addsUp && cut.count(.cutOffRecord) == 1)
    let text = String(decoding: bytes, as: UTF8.self)
    let broken = text.replacing("  kind: 2,\n", with: "  kind: ,\n")
    let read = try await collect(bytes: Array(broken.utf8))
    #expect(read.addsUp && read.count(.brokenRecord) == 1 && read.spans.count == 1)
  }
}
