import Testing
import TraceIngest
import TraceModel

/// Spans as the SDK for Go prints them: the exporter's own shape, written by hand.
struct GoConsoleTests {
  @Test func `ids, times, kinds, outcomes and attributes are what was printed`() async throws {
    let read = try await collect(path: fixturePath("console-go-spans.txt"), workers: 1)
    #expect(read.summary.formatName == "go-console" && read.addsUp && read.spans.count == 2)
    let root = try #require(read.spans.first { $0.row.parent.isAbsent })
    #expect(root.row.trace.description == "0af7651916cd43dd8448eb211c80319c")
    #expect(root.row.id.description == "b7ad6b7169203331" && root.service == "shop")
    #expect(root.scope == "otelhttp@0.60" && root.row.facts.kind == .server)
    #expect(root.row.start == 1_767_607_200_123_456_789)
    #expect(root.row.end - root.row.start == 100_000_000)
    #expect(root.row.facts.status == .error && root.row.facts.httpStatus == 500)
    #expect(root.errorType == "*errors.errorString")
    #expect(root.attributes.contains(#""list":["a","b"]"#))
    #expect(root.detail.contains(#""status_message":"no stock""#))
    #expect(root.detail.contains(#""trace_state":"a=b""#))
    #expect(root.detail.contains(#""trace_id":"1af7651916cd43dd8448eb211c80319c""#))
    let child = try #require(read.spans.first { !$0.row.parent.isAbsent })
    #expect(child.row.parent == root.row.id && child.row.facts.kind == .internal)
    #expect(child.row.facts[.unknownEnd] && child.scope == "shop@")
    #expect(read.count(.missingService) == 1)
  }
}
