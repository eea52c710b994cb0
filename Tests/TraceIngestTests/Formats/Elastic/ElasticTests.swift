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
  }

  @Test func `what no field of a span holds is an attribute`() async throws {
    let read = try await collect(path: fixturePath("elastic-intake.ndjson"), workers: 1)
    let request = try #require(read.spans.first { $0.row.parent.isAbsent })
    for member in [
      #""http.response.status_code":500"#, #""user.id":"u1""#, #""elastic.sampled":true"#,
      #""elastic.context.request.headers.X-Tries":"2""#, #""elastic.span_count.started":2"#,
      #""elastic.result":"HTTP 5xx""#, #""elastic.type":"request""#,
    ] { #expect(request.attributes.contains(member), "\(member)") }
    for member in [
      #""telemetry.sdk.name":"elastic-python""#, #""process.pid":7"#, #""team":"blue""#,
      #""k8s.pod.name":"shop-x""#, #""elastic.service.framework.name":"flask""#,
    ] { #expect(request.resource.contains(member), "\(member)") }
    #expect(request.detail.contains("11111111111111112222222222222222"))
    let send = try #require(read.spans.first { $0.operation == "send" })
    #expect(send.resource.contains(#""service.name":"mailer""#))
    #expect(!send.resource.contains(#""service.name":"shop""#) && send.resource.contains("flask"))
    let error = try #require(read.logs.first)
    #expect(error.attributes.contains(#""elastic.exception.handled":false"#))
    #expect(error.attributes.contains(#""elastic.exception.cause":[{"type":"Timeout"}]"#))
  }

  @Test func `each sample of a metric set is a point`() async throws {
    let read = try await collect(path: fixturePath("elastic-intake.ndjson"), workers: 1)
    #expect(read.summary.metricsSeen == 4 && read.points.count == 4)
    #expect(read.count(.metricsNotRead) == 0 && read.count(.wrongType) == 1)
    for point in read.points {
      #expect(point.service == "shop-jobs" && point.row.time == 1_767_607_200_000_000_000)
      #expect(
        point.attributes == #"{"tenant":"a","elastic.transaction.name":"POST /orders"}"#)
    }
    let load = try #require(read.points.first { $0.name == "system.cpu.total.norm.pct" })
    #expect(load.row.kind == .gauge && load.row.number == 0.3)
    let done = try #require(read.points.first { $0.name == "jobs.done" })
    #expect(done.row.kind == .sum && done.row.isMonotonic && done.row.temporality == 2)
    #expect(done.row.whole == 7)
    let took = try #require(read.points.first { $0.name == "jobs.took" })
    #expect(took.row.kind == .histogram && took.row.count == 5)
    #expect(
      took.detail
        == #"{"bounds":[2.5,7.25],"counts":[3,0,2],"sample":{"type":"histogram","unit":"ms","values":[1,4,10.5],"counts":[3,0,2]}}"#
    )
    // Values that do not ascend are no buckets.
    let odd = try #require(read.points.first { $0.name == "jobs.odd" })
    #expect(odd.row.hasNoValue)
    #expect(
      odd.detail == #"{"sample":{"type":"histogram","values":[4,1],"counts":[3,0]}}"#)
  }

  @Test(arguments: [
    ("7", nil, 1), (#"{"value":"x"}"#, nil, 1), (#"{"value":2,"foo":1}"#, 2.0, 0),
    (#"{"type":"weird","value":2.5}"#, 2.5, 0),
    (#"{"value":18446744073709551615}"#, 18_446_744_073_709_551_615.0, 0),
    (#"{"values":[1,1],"counts":[1,1]}"#, nil, 1),
    (#"{"values":[1,2],"counts":[9223372036854775807,1]}"#, nil, 1),
  ])
  func `a sample that says something else is kept beside its point`(
    sample: String, value: Double?, defects: Int
  ) async throws {
    let line = #"{"metricset":{"timestamp":1767607200000000,"samples":{"a":\#(sample)}}}"#
    let text = #"{"metadata":{"service":{"name":"s"}}}"# + "\n" + line + "\n"
    let read = try await collect(bytes: Array(text.utf8))
    let point = try #require(read.points.first)
    #expect((point.row.number ?? point.row.whole.map(Double.init)) == value)
    #expect(point.row.hasNoValue == (value == nil) && read.count(.wrongType) == defects)
    #expect(point.detail == #"{"sample":\#(sample)}"#)
  }

  @Test func `values of another form, and second values of a name, are kept under their path`()
    async throws
  {
    let lines = [
      #"{"metadata":{"service":{"name":"s"}}}"#,
      #"{"span":{"id":"0aaaaaaaaaaaaaaa","trace_id":"945254c567a5417eaaaaaaaaaaaaaaaa","name":7,"timestamp":"soon","duration":-5,"outcome":"strange","type":"db","links":[{"trace_id":"11111111111111112222222222222222","span_id":"3333333333333333","extra":1}],"otel":{"span_kind":7,"attributes":{"http.request.method":"OTEL","elastic.type":"otel"}},"context":{"service":"x","request":{"method":"POST"},"user":{"id":"u"},"tags":{"user.id":"tag"}}}}"#,
      #"{"error":{"id":"e1","timestamp":"later","log":{"level":7,"message":"m"}}}"#,
    ]
    let read = try await collect(bytes: Array(lines.joined(separator: "\n").utf8))
    let span = try #require(read.spans.first)
    for member in [
      #""elastic.name":7"#, #""elastic.timestamp":"soon""#, #""elastic.duration":-5"#,
      #""elastic.outcome":"strange""#, #""extra":1"#, #""elastic.otel.span_kind":7"#,
      #""elastic.context.service":"x""#, #""http.request.method":"OTEL""#,
      #""elastic.context.request.method":"POST""#, #""user.id":"u""#,
      #""elastic.context.tags.user.id":"tag""#,
    ] { #expect(span.attributes.contains(member), "\(member)") }
    #expect(span.row.facts.status == .unset && span.service == "s")
    let error = try #require(read.logs.first)
    #expect(error.attributes.contains(#""elastic.log.level":7"#) && error.service == "s")
    #expect(error.attributes.contains(#""elastic.timestamp":"later""#))
    #expect(read.count(.oddTime) == 2)
  }

  @Test func `a set whose tags would be stored too often is too large`() async throws {
    let long = String(repeating: "x", count: 1 << 19)
    let samples = (0..<200).map { #""m\#($0)":{"value":1}"# }.joined(separator: ",")
    let text =
      #"{"metadata":{"service":{"name":"s"}}}"# + "\n"
      + #"{"metricset":{"tags":{"t":"\#(long)"},"samples":{\#(samples)}}}"#
    let read = try await collect(bytes: Array(text.utf8))
    #expect(read.points.isEmpty && read.summary.metricsSeen == 200 && read.count(.tooLarge) == 1)
  }

  @Test func `a batch has one resource of the metadata, and a set one text of its tags`()
    async throws
  {
    let long = String(repeating: "x", count: 10_000)
    let samples = (0..<2_000).map { #""m\#($0)":{"value":1}"# }.joined(separator: ",")
    let span =
      #"{"span":{"id":"0aaaaaaaaaaaaaaa","trace_id":"945254c567a5417eaaaaaaaaaaaaaaaa","name":"a","type":"db"}}"#
    let lines =
      [#"{"metadata":{"service":{"name":"s"},"labels":{"l":"\#(long)"}}}"#]
      + Array(repeating: span, count: 2_000)
      + [#"{"metricset":{"tags":{"t":"\#(long)"},"samples":{\#(samples)}}}"#]
    var texts = 0
    let options = IngestOptions(workers: 1)
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "a.ndjson")
    try Data(lines.joined(separator: "\n").utf8).write(to: file)
    var points = 0
    _ = try await ingest(InputFile(path: file.path, isNamed: true), options: options) { batch in
      texts += batch.text.count
      points += batch.points.count
    }
    // Two long texts and what is short of each span; each event or sample with its own would be 20 MB each.
    #expect(points == 2_000 && texts < 1_000_000, "\(texts)")
  }

  @Test func `empty names inside each other end nowhere on the stack`() async throws {
    let depth = 60_000
    let deep =
      String(repeating: #"{"":"#, count: depth) + "1" + String(repeating: "}", count: depth)
    let trace = "945254c567a5417eaaaaaaaaaaaaaaaa"
    let lines = [
      #"{"metadata":{"service":{"name":"s"},"":\#(deep)}}"#,
      #"{"transaction":{"id":"945254c567a5417e","trace_id":"\#(trace)","":\#(deep)}}"#,
      #"{"metricset":{"samples":{"a":{"value":1}},"":\#(deep)}}"#,
      #"{"trace":{"id":"\#(trace)"},"transaction":{"id":"1","duration":{"us":5}},"":\#(deep)}"#,
    ]
    let read = try await collect(bytes: Array(lines.joined(separator: "\n").utf8), maxDepth: 99_999)
    #expect(read.addsUp && read.spans.count == 2 && read.points.count == 1)
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

  /// A transaction with objects in each other, a span with dots, a log line and a set of metrics, as Elasticsearch keeps them.
  private static let stored = [
    #"{"@timestamp":"2026-01-05T10:00:00.000Z","timestamp":{"us":1767607200000001},"processor":{"name":"transaction","event":"transaction"},"trace":{"id":"945254c567a5417eaaaaaaaaaaaaaaaa"},"transaction":{"id":"945254c567a5417e","name":"POST /orders","type":"request","duration":{"us":50500},"sampled":true},"event":{"outcome":"failure"},"service":{"name":"shop","version":"1.4.2","node":{"name":"shop-1"}},"http":{"response":{"status_code":500}},"labels":{"tenant":"a"}}"#,
    #"{"@timestamp":"2026-01-05T10:00:00.010Z","trace.id":"945254c567a5417eaaaaaaaaaaaaaaaa","transaction.id":"945254c567a5417e","parent.id":"945254c567a5417e","span.id":"0aaaaaaaaaaaaaaa","span.name":"SELECT FROM orders","span.type":"db","span.duration.us":20000,"span.db.statement":"SELECT 1","span.destination.service.resource":"postgresql/orders","service.name":"shop"}"#,
    #"{"@timestamp":"2026-01-05T10:00:00.020Z","log.level":"error","message":"no stock","trace.id":"945254c567a5417eaaaaaaaaaaaaaaaa","transaction.id":"945254c567a5417e","service.name":"shop"}"#,
    #"{"@timestamp":"2026-01-05T10:00:00.030Z","processor":{"event":"metric"},"metricset":{"name":"app"}}"#,
  ]

  @Test(arguments: ["lines", "answer", "dump"])
  func `stored documents are spans, log lines and metrics`(form: String) async throws {
    let text =
      switch form {
      case "lines": Self.stored.joined(separator: "\n")
      case "dump":
        Self.stored.map { #"{"_index":"apm","_id":"1","_source":\#($0)}"# }.joined(
          separator: "\n")
      default:
        #"{"took":1,"hits":{"total":4,"hits":["#
          + Self.stored.map { #"{"_index":"apm","_source":\#($0)}"# }.joined(separator: ",")
          + "]}}"
      }
    let read = try await collect(bytes: Array(text.utf8))
    #expect(read.summary.formatName == (form == "lines" ? "elastic" : "search-hits"))
    #expect(read.addsUp && read.spans.count == 2 && read.logs.count == 1)
    #expect(read.summary.metricsSeen == 1 && read.count(.unknownRecord) == 0)
    let root = try #require(read.spans.first { $0.operation == "POST /orders" })
    #expect(root.row.id.description == "945254c567a5417e" && root.row.parent.isAbsent)
    #expect(root.row.start == 1_767_607_200_000_001_000)
    #expect(root.row.end - root.row.start == 50_500_000 && root.row.facts.httpStatus == 500)
    #expect(root.row.facts.kind == .server && root.row.facts.status == .error)
    #expect(root.service == "shop" && root.version == "1.4.2" && root.instance == "shop-1")
    #expect(root.attributes.contains(#""labels.tenant":"a""#))
    let query = try #require(read.spans.first { $0.operation == "SELECT FROM orders" })
    #expect(query.row.parent == root.row.id && query.row.facts.kind == .client)
    #expect(query.row.start == 1_767_607_200_010_000_000)
    #expect(query.row.end - query.row.start == 20_000_000)
    #expect(query.attributes.contains(#""db.query.text":"SELECT 1""#))
    #expect(query.attributes.contains(#""transaction.id":"945254c567a5417e""#))
    #expect(query.peer == "postgresql/orders")
  }
}
