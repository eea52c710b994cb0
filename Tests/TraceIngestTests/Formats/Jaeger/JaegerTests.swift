import Foundation
import Testing
import TraceIngest
import TraceModel

/// Jaeger's JSON → spans: its UI's form and its storage's, written by hand, each quirk once.
struct JaegerTests {
  private static let t0: Int64 = 1_767_607_200_000_000_000

  @Test func `tags, references, logs and processes of a trace become a span's`() async throws {
    let read = try await collect(path: fixturePath("jaeger-ui.json"), workers: 1)
    #expect(read.summary.formatName == "jaeger" && read.addsUp && read.spans.count == 3)
    #expect(Set(read.spans.map(\.row.trace)).count == 1)
    let root = try #require(read.spans.first { $0.operation == "POST /orders" })
    // Leading zeros were lost.
    #expect(root.row.id.description == "0000000000647d98" && root.row.parent.isAbsent)
    #expect(root.row.start == Self.t0 + 1000 && root.row.end - root.row.start == 50_000_000)
    #expect(root.row.facts.kind == .server && root.row.facts.status == .error)
    #expect(root.row.facts.httpStatus == 500 && root.errorType == "OutOfStock")
    #expect(root.service == "shop" && root.host == "10.0.0.7" && root.scope == "http@1.0")
    #expect(
      root.attributes
        == #"{"http.status_code":500,"error":true,"ratio":0.5,"big":9223372036854775222,"jaeger.warnings":["clock skew"]}"#
    )
    #expect(root.detail.contains(#""status_message":"no stock""#))
    #expect(
      root.detail.contains(#""name":"retrying""#) && root.detail.contains(#""trace_state":"a=b""#))
    let query = try #require(read.spans.first { $0.operation == "SELECT" })
    // The first CHILD_OF of the same trace, however its id is written; the others are links.
    #expect(query.row.parent == root.row.id && !query.row.facts[.followsParent])
    #expect(query.detail.components(separatedBy: "\"span_id\"").count == 3)
    #expect(query.row.start == query.row.end && !query.row.facts[.unknownEnd])
    // OpenTracing's log of an error.
    #expect(query.row.facts[.errorTag] && query.peer == "db")
    #expect(query.detail.contains(#""exception.type":"Timeout""#))
    let later = try #require(read.spans.first { $0.operation == "later" })
    #expect(later.row.parent == root.row.id && later.row.facts[.followsParent])
    #expect(later.service == "mailer")
  }

  @Test func `documents of a storage hold text, dots as @, base64 ids and signed numbers`()
    async throws
  {
    let read = try await collect(path: fixturePath("jaeger-storage.json"), workers: 1)
    #expect(read.summary.formatName == "jaeger-storage" && read.addsUp && read.spans.count == 2)
    let get = try #require(read.spans.first { $0.operation == "get" })
    #expect(get.attributes == #"{"error":true,"n":23456,"t":72.5}"#)
    #expect(get.row.facts.kind == .server)
    #expect(get.host == "web-1" && get.row.facts[.errorTag])
    let put = try #require(read.spans.first { $0.operation == "put" })
    #expect(put.row.trace.description == "000000000000000052969a8955571a3f")
    #expect(put.row.id.description == "8000000000000001")
    #expect(put.row.start == Self.t0 + 5000 && put.row.end - put.row.start == 1500)
    #expect(put.attributes == #"{"k":7}"#)
  }

  @Test func `a document that is cut off keeps its whole traces`() async throws {
    let text = String(decoding: try fixture("jaeger-ui.json"), as: UTF8.self)
    let element = try #require(text.range(of: #","total""#)).lowerBound
    let whole = String(text[..<element].dropLast())
    let cut = whole + "," + whole.dropFirst(#"{"data":["#.count).prefix(200)
    for size in [61, 4 << 20] {
      let read = try await collect(bytes: Array(cut.utf8), chunkBytes: size)
      #expect(read.addsUp && read.spans.count == 3 && read.count(.cutOffRecord) == 1, "\(size)")
    }
  }
}
