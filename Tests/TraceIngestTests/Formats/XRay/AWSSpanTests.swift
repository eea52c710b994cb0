import Foundation
import Testing
import TraceIngest
import TraceModel

/// Spans of CloudWatch's `aws/spans`.
@Suite struct AWSSpanTests {
  private static let span =
    #"{"resource":{"attributes":{"service.name":"cart","service.version":"3"}},"scope":{"name":"lib","version":"1"},"traceId":"691bb6a875f4b80435ad36816864e7c2","spanId":"44349ec6bd7b02e3","parentSpanId":"4faebad135adfdaa","flags":768,"name":"POST /x","kind":"SERVER","startTimeUnixNano":1763423912171758991,"endTimeUnixNano":"1763423917517663228","durationNano":5345904237,"attributes":{"http.route":"/x","http.response.status_code":500,"deep":{"a":[1]}},"events":[{"name":"exception","timeUnixNano":17,"attributes":{"exception.type":"E","exception.message":"m"}}],"links":[{"traceId":"691bb6a875f4b80435ad36816864e7c3","spanId":"44349ec6bd7b02e4","attributes":{"k":1}}],"status":{"code":"ERROR","message":"no"}}"#
  private static let quoted =
    "\""
    + span.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""

  static let forms: [(String, String)] = [
    ("line", span), ("two lines", span + "\n"), ("array", "[\(span)]"),
    ("wrapper", #"[{"timestamp":"2025-11-17 23:58:37.517","raw_otel_json":\#(span)}]"#),
    ("text in wrapper", #"{"timestamp":"2025-11-17 23:58:37.517","raw_otel_json":\#(quoted)}"#),
    (
      "retrieved",
      #"{"RetrievalStatus":"COMPLETE","TraceFormat":"OTEL","Traces":[{"Id":"1","Spans":[{"Id":"2","Document":\#(quoted)}]}]}"#
    ),
  ]

  @Test(arguments: forms)
  func `a record is a span whatever it is wrapped in`(name: String, text: String) async throws {
    let read = try await collect(bytes: Array(text.utf8))
    #expect(read.addsUp && read.logs.isEmpty)
    #expect(read.summary.defects.isEmpty, "\(name): \(read.summary.defects)")
    let span = try #require(read.spans.first)
    #expect(span.row.trace.description == "691bb6a875f4b80435ad36816864e7c2")
    #expect(span.row.parent.description == "4faebad135adfdaa")
    #expect(span.row.start == 1_763_423_912_171_758_991)
    #expect(span.row.end == 1_763_423_917_517_663_228)
    #expect(span.service == "cart" && span.version == "3" && span.scope == "lib@1")
    #expect(span.operation == "POST /x" && span.errorType == "E")
    #expect(span.row.facts.kind == .server && span.row.facts.status == .error)
    #expect(span.row.facts.httpStatus == 500 && span.row.facts[.remoteParent])
    #expect(
      span.attributes == #"{"http.route":"/x","http.response.status_code":500,"deep":{"a":[1]}}"#)
    let detail =
      try JSONSerialization.jsonObject(with: Data(span.detail.utf8)) as? [String: Any]
    #expect(detail?["status_message"] as? String == "no")
    #expect((detail?["unknown"] as? [String: Any])?.keys.sorted() == ["durationNano"])
    let event = try #require((detail?["events"] as? [[String: Any]])?.first)
    #expect((event["attributes"] as? [String: Any])?["exception.message"] as? String == "m")
    let link = try #require((detail?["links"] as? [[String: Any]])?.first)
    #expect((link["attributes"] as? [String: Any])?["k"] as? Int == 1)
  }

  @Test func `a record beside a span that is none is a log record`() async throws {
    let text =
      #"[{"timestamp":"2025-11-17 23:58:37.517","raw_otel_json":{"color":"blue"}}]"#
    let read = try await collect(bytes: Array(text.utf8))
    #expect(read.logs.count == 1 && read.addsUp)
    #expect(read.logs.first?.row.time == 1_763_423_917_517_000_000)
    #expect(read.count(.assumedZone) == 0)
  }
}
