import Foundation
import Testing
import TraceIngest
import TraceModel

/// What carries segment documents, and what the back end says of its own accord.
@Suite struct XRayObjectTests {
  private static let id = "1-581cf771-a006649127e371903a2de979"
  private static let segment =
    #"{"trace_id":"1-581cf771-a006649127e371903a2de979","id":"70de5b6f19ff9a0a","name":"shop","start_time":5.5,"end_time":6.25}"#
  /// The document as a JSON text.
  private static let quoted = "\"" + segment.replacing("\"", with: "\\\"") + "\""
  /// The document without its trace id and id.
  private static let bare = #"{"name":"shop","start_time":5.5,"end_time":6.25}"#

  static let forms: [(String, String)] = [
    ("bare", segment), ("array", "[\(segment)]"), ("array of arrays", "[[\(segment)]]"),
    (
      "answer",
      #"{"Traces":[{"Id":"\#(id)","Duration":1,"Segments":[{"Id":"7","Document":\#(quoted)}]}]}"#
    ),
    ("object", #"{"Traces":[{"Id":"\#(id)","Segments":[{"Id":"7","Document":\#(segment)}]}]}"#),
    (
      "ids outside",
      #"{"Traces":[{"Id":"\#(id)","Segments":[{"Id":"70de5b6f19ff9a0a","Document":\#(bare)}]}]}"#
    ),
    ("trace", #"{"Id":"\#(id)","Duration":1,"Segments":[{"Id":"7","Document":\#(quoted)}]}"#),
    ("query", #"[{"Id":"\#(id)","Segments":[{"Id":"7","Document":\#(quoted)}]}]"#),
    ("segment", #"{"Id":"7","Document":\#(quoted)}"#),
    ("map", #"{"\#(id)":{"Segments":[{"Id":"7","Document":\#(quoted)}]}}"#),
    ("map of lists", #"{"\#(id)":[{"Id":"7","Document":\#(quoted)}]}"#),
    ("map of documents", #"{"\#(id)":[\#(segment)]}"#),
    ("put", #"{"TraceSegmentDocuments":[\#(quoted)]}"#),
    (
      "retrieved",
      #"{"RetrievalStatus":"COMPLETE","TraceFormat":"XRAY","Traces":[{"Id":"\#(id)","Spans":[{"Id":"7","Document":\#(quoted)}]}]}"#
    ),
    ("packet", "{\"format\": \"json\", \"version\": 1}\n\(segment)"),
    ("packet in a line", #"{"format": "json", "version": 1}\n"# + segment),
    (
      "pretty",
      "{\n  \"Traces\": [\n    {\n      \"Id\": \"\(id)\",\n      \"Segments\": [\n  {\"Document\": \(quoted)}\n]\n}\n]\n}\n"
    ),
  ]

  @Test(arguments: forms)
  func `a document is found in whatever carries it`(name: String, text: String) async throws {
    let read = try await collect(bytes: Array(text.utf8))
    #expect(read.summary.formatName == "xray")
    #expect(read.spans.count == 1 && read.addsUp, "\(name)")
    let row = try #require(read.spans.first?.row)
    #expect(row.trace.description == "581cf771a006649127e371903a2de979")
    #expect(row.id.description == "70de5b6f19ff9a0a")
    #expect(row.start == 5_500_000_000 && row.end == 6_250_000_000)
    #expect(read.summary.defects.isEmpty, "\(name): \(read.summary.defects)")
  }

  @Test func `a broken document is one lost span, its neighbours are kept`() async throws {
    let text =
      #"{"Traces":[{"Id":"\#(Self.id)","Segments":[{"Document":"{\"id\":"},{"Document":\#(Self.quoted)},{"Document":7},{}]}]}"#
    let read = try await collect(bytes: Array(text.utf8))
    #expect(read.spans.count == 2 && read.addsUp)
    #expect(read.count(.brokenRecord) == 1 && read.count(.wrongType) == 1)
    #expect(read.summary.spansSeen == 4)
  }

  @Test func `a text inside a document that simdjson refuses is repaired`() async throws {
    let text =
      #"{"Traces":[{"Segments":[{"Document":"{\"trace_id\":\"\#(Self.id)\",\"id\":\"70de5b6f19ff9a0a\",\"name\":\"a\\ud800\",\"start_time\":5.5,\"end_time\":1e400}"}]}]}"#
    let read = try await collect(bytes: Array(text.utf8))
    #expect(read.spans.first?.service == "a\u{fffd}")
    #expect(read.count(.repairedText) == 1 && read.count(.oddNumber) == 1)
  }

  @Test func `ids that were not processed make the answer partial`() async throws {
    let text = #"{"Traces":[],"UnprocessedTraceIds":["\#(Self.id)"]}"#
    #expect(try await collect(bytes: Array(text.utf8)).count(.partialAnswer) == 1)
    let running = #"{"RetrievalStatus":"RUNNING","Traces":[]}"#
    #expect(try await collect(bytes: Array(running.utf8)).count(.partialAnswer) == 1)
  }

  @Test(arguments: [
    (#"{"TraceSummaries":[{"Id":"1-581cf771-a006649127e371903a2de979","HasFault":true},{}]}"#, 2),
    (#"[{"Id":"1-581cf771-a006649127e371903a2de979","HasFault":true}]"#, 1),
    (#"{"Services":[{"ReferenceId":0,"Name":"a"},{"ReferenceId":1}]}"#, 2),
    (#"{"Services":[{"Name":"a","EntityPath":[{"Name":"b"}]}]}"#, 1),
    (#"{"Groups":[{"GroupName":"a","GroupARN":"b"}]}"#, 1),
    (#"{"Group":{"GroupName":"a","GroupARN":"b"}}"#, 1),
    (#"{"InsightSummaries":[{"InsightId":"a"}]}"#, 1), (#"{"Insight":{"InsightId":"a"}}"#, 1),
    (#"{"UnprocessedTraceSegments":[{"ErrorCode":"x"}]}"#, 1),
    (#"{"ReferenceId":0,"Name":"a","SummaryStatistics":{}}"#, 1),
  ])
  func `answers of the back end are kept and counted`(text: String, count: Int) async throws {
    let read = try await collect(bytes: Array(text.utf8))
    #expect(read.count(.backEndAnswer) == count)
    #expect(read.count(.unknownRecord) == 0 && read.spans.isEmpty)
  }

  @Test func `what the Python SDK sends is read packet by packet`() async throws {
    let read = try await collect(path: try fixturePath("XRay/python-sdk-packets.txt"))
    #expect(read.addsUp && read.summary.defects.isEmpty)
    // Counted in the packets by a Python script: headers and documents, parts, flags.
    #expect(read.summary.records == 16)
    #expect(read.spans.count == 27)
    #expect(Set(read.spans.map(\.row.trace)).count == 4)
    #expect(read.spans.count { $0.row.facts.status == .error } == 9)
    let segments = read.spans.filter { $0.row.facts.kind == .server }
    #expect(
      segments.map(\.operation).sorted() == [
        "GET /cart/{id}", "GET /health-of-prices", "POST /batch", "POST /pay",
      ])
    let failed = read.spans.filter { $0.errorType == "CardError" }
    #expect(failed.map(\.operation) == ["POST /pay", "## checkout", "## charge"])
    #expect(failed.map(\.row.facts[.exception]) == [false, false, true])
    #expect(Set(failed.map(\.row.facts.messageHash)).count == 1)
    // The SDK streams finished subsegments before their segment.
    let streamed = read.spans.filter { $0.service == Resource.elsewhere }
    #expect(
      streamed.map(\.operation) == [
        "## inner 1", "## step 0", "## inner 0", "## inner 2", "## step 1",
      ])
    let query = try #require(read.spans.first { $0.operation == ":memory:" })
    #expect(query.row.facts.kind == .client && query.attributes.contains("sqlite3"))
    let cart = try #require(read.spans.first { $0.operation == "## load_cart" })
    #expect(cart.attributes.contains(#""cart_id":4711"#))
    #expect(cart.attributes.contains(#""aws.xray.metadata.cart":{"items":[{"sku":"a-1","n":2}]}"#))
  }
}
