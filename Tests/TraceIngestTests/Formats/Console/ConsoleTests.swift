import Foundation
import Testing
import TraceIngest
import TraceModel

/// What Python's SDK printed of one run of a small program, against what the program did.
struct ConsoleTests {
  @Test func `spans of Python's console exporter keep names, times, links and outcome`()
    async throws
  {
    let read = try await collect(path: fixturePath("console-python-spans.txt"))
    #expect(read.addsUp && read.summary.formatName == "console")
    #expect(read.summary.defects.isEmpty)
    #expect(read.spans.map(\.operation) == ["SELECT accounts", "charge card", "POST /charge"])
    let root = try #require(read.spans.last)
    #expect(root.row.parent.isAbsent && root.row.facts.kind == .server)
    #expect(root.row.facts.status == .error)
    #expect(root.detail.contains("card declined"))
    #expect(read.spans.dropLast().allSatisfy { $0.row.parent == root.row.id })
    #expect(Set(read.spans.map(\.row.trace)).count == 1)
    let call = read.spans[0]
    #expect(call.row.facts.kind == .client && call.peer == "db")
    #expect(call.detail.contains(#""events":[{"name":"rows","time_ns":"#))
    #expect(call.row.start < call.row.end && call.row.start % 1000 == 0)
    let charge = read.spans[1]
    #expect(charge.row.facts[.exception] && charge.errorType == "ValueError")
    #expect(
      charge.detail.contains(
        #""links":[{"trace_id":"\#(root.row.trace)","span_id":"\#(root.row.id)","attributes":{"why":"retry"}}]"#
      ))
    #expect(charge.service == "billing" && charge.version == "2.1.0" && charge.host == "node-7")
  }

  @Test(arguments: [
    ("console-python-spans.txt", "    \"kind\": ", "\"newer\": {\"a\": 1}, "),
    ("console-go-spans.txt", "\t\"SpanKind\": ", "\"newer\": {\"a\": 1}, "),
    ("console-js-spans.txt", "  kind: ", "newer: { a: 1 }, spanId: 'eeeeeeeeeeeeeeee', "),
  ])
  func `members that a newer exporter prints are kept`(name: String, place: String, new: String)
    async throws
  {
    let text = String(decoding: try fixture(name), as: UTF8.self)
    let newer = try #require(text.contains(place) ? text.replacing(place, with: new + place) : nil)
    let read = try await collect(bytes: Array(newer.utf8), workers: 1)
    #expect(read.addsUp && !read.spans.isEmpty)
    #expect(read.spans.allSatisfy { $0.detail.contains(#""newer":{"a":1}"#) })
    let plain = try await collect(path: fixturePath(name), workers: 1)
    #expect(read.spans.map(\.row.id) == plain.spans.map(\.row.id))
  }

  @Test func `log records of Python's console exporter join their spans`() async throws {
    let spans = try await collect(path: fixturePath("console-python-spans.txt"))
    let read = try await collect(path: fixturePath("console-python-logs.txt"))
    #expect(read.addsUp && read.summary.defects.isEmpty)
    #expect(read.logs.map(\.body) == ["charging 42", "charge failed", "outside"])
    #expect(read.logs.map(\.row.severity) == [9, 17, 13])
    let root = try #require(spans.spans.last)
    #expect(read.logs.map(\.row.span) == [root.row.id, root.row.id, .absent])
    #expect(read.logs[0].row.trace == root.row.trace && read.logs[2].row.trace.isAbsent)
    #expect(read.logs.allSatisfy { $0.service == "billing" })
    #expect(root.row.start < read.logs[0].row.time && read.logs[0].row.time < root.row.end)
  }

  @Test func `odd ids, times and types are counted and nothing is lost`() async throws {
    let text = """
      {"name":7,"context":{"trace_id":"0xzz","span_id":"12"},"kind":"SpanKind.ODD","parent_id":3,"start_time":"soon",
       "end_time":null,"status":5,"attributes":[],"events":{},"links":[1],"resource":{"attributes":null}}
      {"body":{"a":1},"severity_number":"SeverityNumber.WARN","observed_timestamp":"","trace_flags":0,"trace_id":null,
       "resource":{}}
      """
    let read = try await collect(bytes: Array(text.utf8))
    #expect(read.addsUp && read.spans.count == 1 && read.logs.count == 1)
    #expect(read.count(.missingTraceID) == 1 && read.count(.unknownEnum) == 1)
    #expect(read.count(.oddTime) >= 1)
    #expect(read.spans[0].row.facts[.unknownStart])
    #expect(read.logs[0].row.severity == 13 && read.logs[0].body == #"{"a":1}"#)
  }
}
