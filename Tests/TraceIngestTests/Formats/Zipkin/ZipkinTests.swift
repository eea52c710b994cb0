import Testing
import TraceIngest
import TraceModel

/// Zipkin's spans of both versions, written by hand: shared ids, records of both sides, errors without words.
struct ZipkinTests {
  private static let t0: Int64 = 1_767_607_200_000_000_000

  @Test func `v2: endpoints, kinds, times, tags and the halves of a call`() async throws {
    let read = try await collect(path: fixturePath("zipkin-v2.json"), workers: 1)
    #expect(read.summary.formatName == "zipkin" && read.addsUp && read.spans.count == 3)
    let client = try #require(read.spans.first { $0.row.facts.kind == .client })
    let server = try #require(read.spans.first { $0.row.facts.kind == .server })
    #expect(client.row.trace == server.row.trace && client.row.id == server.row.id)
    #expect(client.service == "web" && client.host == "10.0.0.1" && client.peer == "shop")
    #expect(client.row.start == Self.t0 && client.row.end - client.row.start == 50_000_000)
    // The tag is there, and empty.
    #expect(client.row.facts[.errorTag] && client.detail.contains(#""name":"wire send""#))
    #expect(
      server.service == "shop" && server.row.facts.status == .error && server.scope == "http@")
    let local = try #require(read.spans.first { $0.operation == "work" })
    #expect(local.row.facts.kind == .internal && local.row.facts[.unknownEnd])
  }

  @Test func `v1: a record of both sides is two spans, a local one is one`() async throws {
    let read = try await collect(path: fixturePath("zipkin-v1.json"), workers: 1)
    #expect(read.summary.formatName == "zipkin" && read.addsUp && read.spans.count == 3)
    let client = try #require(read.spans.first { $0.row.facts.kind == .client })
    let server = try #require(read.spans.first { $0.row.facts.kind == .server })
    #expect(client.service == "web" && server.service == "shop" && client.row.id == server.row.id)
    #expect(client.row.end - client.row.start == 50_000_000 && client.peer == "shop")
    #expect(client.row.facts[.errorTag] && client.attributes.contains(#""error":"boom""#))
    #expect(server.row.start == Self.t0 + 10_000_000 && server.row.end == Self.t0 + 40_000_000)
    #expect(!server.row.facts[.errorTag] && client.detail.contains(#""name":"cache miss""#))
    let local = try #require(read.spans.first { $0.operation == "local" })
    #expect(local.service == "shop" && local.row.end - local.row.start == 100_000)
  }

  @Test func `log lines with a trace and an id stay logs`() async throws {
    let line =
      #"{"traceId":"52969a8955571a3f","id":"a","level":"info","msg":"hello","time":"2026-01-05T10:00:00Z"}"#
    let read = try await collect(bytes: Array((line + "\n" + line + "\n").utf8), name: "a.log")
    #expect(read.spans.isEmpty && read.logs.count == 2)
  }
}
