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
    #expect(local.row.facts.kind == .unknown && local.row.facts[.unknownEnd])
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
    #expect(!server.row.facts[.errorTag] && server.detail.contains(#""name":"cache miss""#))
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

/// Zipkin as it is met: late parts, both sides' notes, names that are none, values of the wrong type.
struct ZipkinDialectTests {
  private static let t0: Int64 = 1_767_607_200_000_000_000

  private func read(_ text: String, name: String = "a.json") async throws -> Collected {
    let read = try await collect(bytes: Array(text.utf8), name: name)
    #expect(read.addsUp)
    return read
  }

  @Test func `each side of a v1 record gets what it noted itself`() async throws {
    let read = try await read(
      #"""
      [{"traceId":"1","id":"2","name":"call","annotations":[
        {"timestamp":1767607200000000,"value":"cs","endpoint":{"serviceName":"web"}},{"timestamp":1767607200050000,"value":"cr","endpoint":{"serviceName":"web"}},
        {"timestamp":1767607200010000,"value":"sr","endpoint":{"serviceName":"shop"}},{"timestamp":1767607200040000,"value":"ss","endpoint":{"serviceName":"shop"}},
        {"timestamp":1767607200020000,"value":"cache miss","endpoint":{"serviceName":"shop"}}],
       "binaryAnnotations":[{"key":"http.path","value":"/orders","endpoint":{"serviceName":"web"}},{"key":"error","value":"boom","endpoint":{"serviceName":"shop"}},{"key":"plain","value":"x"},
        {"key":"sa","value":true,"endpoint":{"serviceName":"shop","ipv4":"10.0.0.2"}},{"key":"ca","value":true,"endpoint":{"serviceName":"web","ipv4":"10.0.0.1"}}]}]
      """#)
    let client = try #require(read.spans.first { $0.row.facts.kind == .client })
    let server = try #require(read.spans.first { $0.row.facts.kind == .server })
    #expect(!client.row.facts[.errorTag] && server.row.facts[.errorTag])
    #expect(client.attributes.contains("http.path") && !server.attributes.contains("http.path"))
    #expect(client.attributes.contains("plain"))
    #expect(server.attributes.contains(#""error":"boom""#))
    #expect(server.detail.contains("cache miss") && !client.detail.contains("cache miss"))
    #expect(client.peer == "shop" && server.attributes.contains(#""peer.service":"web""#))
  }

  @Test(arguments: [("sa", SpanKind.client), ("ca", .server), ("ma", .unknown)])
  func `a lone address says which side noted it`(_ key: String, _ kind: SpanKind) async throws {
    let read = try await read(
      #"[{"traceId":"1","id":"2","name":"call","timestamp":1767607200000000,"duration":5,"binaryAnnotations":[{"key":"\#(key)","value":true,"endpoint":{"serviceName":"db"}},{"key":"lc","value":"x","endpoint":{"serviceName":"shop"}}]}]"#
    )
    let span = try #require(read.spans.first)
    #expect(span.row.facts.kind == kind && span.service == "shop")
    #expect(span.attributes.contains(#""peer.service":"db""#))
  }

  @Test func `a late part of a server's span belongs to it`() async throws {
    let read = try await read(
      #"""
      [{"traceId":"1","id":"2","name":"get","kind":"SERVER","timestamp":1767607200000000,"duration":5,"localEndpoint":{"serviceName":"shop"}},
       {"traceId":"1","id":"2","localEndpoint":{"serviceName":"shop"},"tags":{"error":"late"}}]
      """#)
    #expect(read.spans.map(\.row.facts.kind) == [.server, .unknown])
  }

  @Test func `annotations of OpenTelemetry's exporters are events with attributes`() async throws {
    let read = try await read(
      #"""
      [{"traceId":"1","id":"2","name":"unknown","timestamp":1767607200000000,"duration":5,"localEndpoint":{"serviceName":"shop","port":8080},
       "annotations":[{"timestamp":1767607200000001,"value":"\"exception\":{\"exception.type\":\"Timeout\",\"n\":1}"},{"timestamp":1767607200000002,"value":"retry|{\"n\":2}|0"},{"timestamp":1767607200000003,"value":"plain {brace}"},{"timestamp":1767607200000004,"value":"{\"miss\": {\"n\": 3}}"}],
       "tags":{"span.kind":"internal","w3c.tracestate":"a=b","http.method":"GET","error":"no stock","service.version":"1.4","service.name":"shop","host.name":"web-1"}}]
      """#)
    let span = try #require(read.spans.first)
    #expect(span.row.facts.kind == .internal && span.operation != "unknown")
    #expect(span.errorType == "Timeout" && span.detail.contains(#""trace_state":"a=b""#))
    for part in [
      #""name":"exception","time_ns":1767607200000001000,"attributes":{"exception.type":"Timeout","n":1}"#,
      #""name":"retry","time_ns":1767607200000002000,"attributes":{"n":2}"#,
      #""name":"miss","time_ns":1767607200000004000,"attributes":{"n":3}"#,
      #""name":"plain {brace}""#,
    ] {
      #expect(span.detail.contains(part), "\(part) in \(span.detail)")
    }
    #expect(
      span.attributes
        == #"{"network.local.port":8080,"http.method":"GET","error":"no stock","service.name":"shop"}"#
    )
    #expect(span.version == "1.4" && span.resource.contains(#""host.name":"web-1""#))
    #expect(span.row.facts[.errorTag] && span.detail.contains(#""status_message":"no stock""#))
  }

  /// Captured from OpenTelemetry's exporter for Python (1.45.2); the paths in its stack trace were shortened.
  @Test func `what OpenTelemetry's exporter for Python sends is read whole`() async throws {
    let read = try await collect(path: fixturePath("zipkin-otel-python.json"), workers: 1)
    #expect(read.summary.formatName == "zipkin" && read.addsUp && read.spans.count == 3)
    #expect(read.spans.allSatisfy { $0.service == "shop" && $0.version == "1" })
    #expect(read.spans.allSatisfy { $0.scope == "lib@1.2" })
    let query = try #require(read.spans.first { $0.operation == "SELECT" })
    #expect(query.row.facts.kind == .client && query.row.facts.status == .error)
    #expect(query.errorType == "ValueError" && query.row.facts[.exception])
    #expect(query.detail.contains(#""status_message":"ValueError: no stock""#))
    #expect(query.detail.contains(#""attributes":{"key":"x","n":1}"#))
    let root = try #require(read.spans.first { $0.operation == "POST /orders" })
    #expect(root.row.facts.kind == .server && query.row.parent == root.row.id)
  }

  /// Captured from py_zipkin: the same two spans in both versions of the format.
  @Test func `py_zipkin's two versions say the same`() async throws {
    for version in ["v1", "v2"] {
      let read = try await collect(path: fixturePath("zipkin-py-\(version).json"), workers: 1)
      #expect(read.summary.formatName == "zipkin" && read.addsUp && read.spans.count == 2)
      let root = try #require(read.spans.first { $0.operation == "root" })
      let query = try #require(read.spans.first { $0.operation == "q" })
      #expect(root.service == "web" && root.row.facts.kind == .server, "\(version)")
      #expect(query.service == "db" && query.row.facts.kind == .client, "\(version)")
      #expect(query.row.parent == root.row.id && query.peer == "postgres", "\(version)")
      #expect(root.attributes.contains(#""k":"v""#) && root.detail.contains(#""name":"note""#))
    }
  }

  @Test func `what no field holds is kept, and counted where its type is wrong`() async throws {
    let read = try await read(
      #"""
      [{"traceId":"1","id":"2","name":"a","kind":"SERVER","shared":true,"debug":true,"colour":"red","timestamp":"soon","duration":1,"localEndpoint":{"serviceName":"s","ipv4":"10.0.0.1","ipv6":"::1"}},
       {"traceId":"1","id":"3","name":"b","timestamp":1767607200000000,"duration":9223372036854775807,"tags":["x"],"annotations":7,"localEndpoint":"s"},
       {"traceId":"1","id":"4","name":"c","shared":true,"timestamp":1.7676072e15,"duration":1.5,"localEndpoint":{"serviceName":"s"}}]
      """#)
    #expect(read.spans.count == 3 && read.count(.oddTime) == 2 && read.count(.wrongType) == 3)
    func span(_ name: String) throws -> ReadSpan {
      try #require(read.spans.first { $0.operation == name })
    }
    for part in [
      #""shared":true"#, #""debug":true"#, #""colour":"red""#, #""timestamp":"soon""#, "::1",
    ] {
      #expect(try span("a").detail.contains(part), "\(part)")
    }
    #expect(try span("a").row.facts[.unknownStart])
    for part in [
      #""duration":9223372036854775807"#, #""tags":["x"]"#, #""annotations":7"#,
      #""localEndpoint":"s""#,
    ] {
      #expect(try span("b").detail.contains(part), "\(part)")
    }
    #expect(try span("c").row.facts.kind == .server && span("c").row.start == Self.t0)
    #expect(try span("c").row.end - span("c").row.start == 1500)
  }

  @Test func `a span of ids alone is a span, a log line with ids is none`() async throws {
    let spans = try await read(#"[{"traceId":"1","id":"2"},{"traceId":"1","id":"3","name":"x"}]"#)
    #expect(spans.summary.formatName == "zipkin" && spans.spans.count == 2)
    let line =
      #"{"traceId":"52969a8955571a3f","id":"a","name":"worker","timestamp":"2026-01-05T10:00:00Z","level":"warn","event":"slow"}"#
    let logs = try await read(line + "\n" + line + "\n", name: "a.log")
    #expect(logs.spans.isEmpty && logs.logs.count == 2)
  }
}
