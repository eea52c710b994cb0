import Foundation
import Testing
import TraceIngest
import TraceModel

/// Elastic's intake events → spans and error records: a hand-written request of an agent.
struct ElasticTests {
  @Test func `transactions and spans have the metadata's sender, their times and outcomes`()
    async throws
  {
    let read = try await collect(path: fixturePath("elastic-intake.ndjson"), workers: 1)
    #expect(read.summary.formatName == "elastic" && read.addsUp && read.spans.count == 3)
    let request = try #require(read.spans.first { $0.row.parent.isAbsent })
    #expect(request.service == "shop" && request.host == "web-1")
    #expect(request.row.facts.kind == .server && request.row.facts.status == .error)
    #expect(request.row.facts.httpStatus == 500)
    #expect(request.row.start == 1_767_607_200_000_000_000)
    #expect(request.row.end - request.row.start == 50_500_000)
    #expect(request.attributes.contains(#""tenant":"a""#))
    let query = try #require(read.spans.first { $0.operation == "SELECT FROM orders" })
    // It names no moment: 2.5 ms behind its transaction.
    #expect(query.row.start == 1_767_607_200_002_500_000)
    #expect(query.row.end - query.row.start == 20_000_000)
    #expect(query.row.facts.kind == .client && query.peer == "postgresql/orders")
    let send = try #require(read.spans.first { $0.operation == "send" })
    // Its transaction is not there, so nobody knows when it began.
    #expect(send.row.facts[.unknownStart] && send.service == "mailer")
    #expect(send.row.facts.kind == .producer)
    #expect(read.summary.metricsSeen == 1 && read.count(.metricsNotRead) == 1)
  }

  @Test func `an error is a record at its span, with its frames`() async throws {
    let read = try await collect(path: fixturePath("elastic-intake.ndjson"), workers: 1)
    let error = try #require(read.logs.first)
    #expect(read.logs.count == 1 && error.body == "connection refused")
    #expect(error.row.span.description == "0aaaaaaaaaaaaaaa" && error.row.severity == 17)
    #expect(error.row.time == 1_767_607_200_020_000_000 && error.service == "shop")
    #expect(error.detail.contains(#""type":"OperationalError""#))
    #expect(error.detail.contains(#""blame":"load (/app/orders.py:12)""#))
  }
}
