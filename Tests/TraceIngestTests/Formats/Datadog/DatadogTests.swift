import Foundation
import Testing
import TraceIngest
import TraceModel

/// Datadog's traces → spans: a hand-written payload of the agent's form, and snapshots made by others.
struct DatadogTests {
  @Test func `ids, names, times, kinds and errors are those of the payload`() async throws {
    let read = try await collect(path: fixturePath("datadog-agent.json"), workers: 1)
    #expect(read.summary.formatName == "datadog" && read.addsUp && read.spans.count == 3)
    let web = try #require(read.spans.first { $0.service == "shop" })
    // 18446744073709551000 and 9223372036854775900 in hex, by another calculator.
    #expect(web.row.trace.description == "6966e28000000000fffffffffffffd98")
    #expect(web.row.id.description == "800000000000005c" && web.row.parent.isAbsent)
    #expect(web.operation == "POST /orders" && web.detail.contains(#""name":"web.request""#))
    #expect(web.row.facts.kind == .server && web.row.facts.status == .error)
    #expect(web.row.facts.httpStatus == 500)
    #expect(web.row.start == 1_767_607_200_000_000_000 && web.row.end - web.row.start == 50_000_000)
    #expect(web.detail.contains(#""trace_id":"00000000000000070000000000000005""#))
    let query = try #require(read.spans.first { $0.service == "shop-db" })
    // The upper half stands in the first span alone.
    #expect(query.row.trace == web.row.trace && query.row.parent == web.row.id)
    #expect(query.operation == "SELECT * FROM orders WHERE id = ?")
    #expect(query.errorType == "psycopg.OperationalError" && query.peer == "orders@db.internal")
    #expect(query.row.facts[.exception] && query.detail.contains(#""name":"retry""#))
    let job = try #require(read.spans.first { $0.service == "mailer" })
    #expect(job.row.trace.low == 77 && job.row.id.rawValue == 78)
    #expect(job.row.facts[.unknownStart] && job.row.facts.kind == .consumer)
  }

  @Test func `what no field of a span holds is kept as it is`() async throws {
    let text =
      #"[[{"name":"a","service":"s","trace_id":5,"span_id":7,"parent_id":"x","start":"soon","duration":3,"error":true,"meta":{"server.address":"h","out.host":"","span.kind":5},"meta_struct":{"k":"v"},"span_links":[{"trace_id":1},{"trace_id":1,"span_id":2,"tracestate":"k=v"}],"span_events":[{"name":"e"},5]}]]"#
    let read = try await collect(bytes: Array(text.utf8))
    let span = try #require(read.spans.first)
    #expect(read.addsUp && span.attributes.contains(#""server.address":"h""#))
    #expect(span.attributes.contains(#""span.kind":5"#))
    #expect(
      span.detail.contains(
        #""datadog":{"parent_id":"x","start":"soon","duration":3,"error":true,"meta_struct":{"k":"v"},"span_links":[{"trace_id":1},{"trace_id":1,"span_id":2,"tracestate":"k=v"}],"span_events":[{"name":"e"},5]}"#
      ), "\(span.detail)")
    #expect(span.detail.contains(#""trace_state":"k=v""#) && span.detail.contains(#""name":"e""#))
    #expect(read.count(.oddTime) == 1 && read.count(.wrongType) == 1)
  }

  @Test func `log lines that carry Datadog's ids stay logs`() async throws {
    let text =
      #"{"timestamp":"2026-01-05T10:00:00Z","level":"info","message":"a","service":"shop","dd":{"trace_id":"5","span_id":"7"}}"#
      + "\n"
    let read = try await collect(bytes: Array((text + text).utf8), name: "a.log")
    #expect(read.spans.isEmpty && read.logs.count == 2)
  }
}
