import Testing
import TraceModel
import TraceStore

/// The views give what one reads off the batches by hand.
struct ViewsTests {
  @Test func `a span is shown with friendly columns`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var span = PlainSpan(0x1f, 0xffff_0000_0000_0001, parent: 0x2a, 120, 245, kind: .client)
      span.start += 456_789
      span.end += 456_789
      span.facts.httpStatus = 404
      span.version = "1.4.2"
      span.host = "h1"
      span.instance = "i1"
      span.operation = "GET /cart/{id}"
      span.peer = "cart"
      span.errorType = "NotFound"
      span.scope = "http"
      span.attributes = #"{"http.method":"GET","http.route":"/cart/{id}","db.system":"redis"}"#
      span.detail = #"{"name":"GET /cart/7","status_message":"no such cart"}"#
      span.resourceAttributes = #"{"service.name":"shop"}"#
      span.offset = 650
      try makeStore(path, [span])
      let columns = """
        trace_id, span_id, parent_id, service, operation, name, kind, status, status_message, is_error,
        error_type, start, duration_ms, http_method, http_route, http_status, grpc_status, db_system,
        peer, version, host, instance, scope, source, "offset"
        """
      #expect(
        try query(path, "select \(columns) from spans") == [
          "000000000000000a000000000000001f|ffff000000000001|000000000000002a|shop|GET /cart/{id}|"
            + "GET /cart/7|client|unset|no such cart|1|NotFound|2026-03-01T10:00:00.120456Z|125.0|GET|"
            + "/cart/{id}|404|null|redis|cart|1.4.2|h1|i1|http|a.jsonl|650"
        ])
      #expect(
        try query(path, "select start_ns, end_ns, duration_ns from spans") == [
          "1772359200120456789|1772359200245456789|125000000"
        ])
      #expect(
        try query(path, "select attributes, detail, resource_attributes from spans") == [
          [span.attributes, span.detail, span.resourceAttributes].joined(separator: "|")
        ])
      #expect(
        try query(path, "select service, version, host, instance from resources") == [
          "shop|1.4.2|h1|i1"
        ])
    }
  }

  @Test func `new attribute names win over old ones`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var span = PlainSpan(1, 1)
      span.attributes =
        #"{"http.method":"old","http.request.method":"PUT","db.system":"old","db.system.name":"pg"}"#
      try makeStore(path, [span])
      #expect(try query(path, "select http_method, db_system from spans") == ["PUT|pg"])
    }
  }

  /// Facts and whether they are an error by traces-semantics.md 6.1.
  private static let errorCases:
    [(words: String, isError: Bool, set: @Sendable (inout SpanFacts) -> Void)] = [
      ("nothing said", false, { _ in }),
      ("status error", true, { $0.status = .error }),
      (
        "status ok wins over the tag", false,
        {
          $0.status = .ok; $0[.errorTag] = true
        }
      ),
      (
        "status ok wins over 500", false,
        {
          $0.status = .ok; $0.httpStatus = 500
        }
      ),
      ("error tag", true, { $0[.errorTag] = true }),
      (
        "server 499", false,
        {
          $0.kind = .server; $0.httpStatus = 499
        }
      ),
      (
        "server 500", true,
        {
          $0.kind = .server; $0.httpStatus = 500
        }
      ),
      (
        "client 399", false,
        {
          $0.kind = .client; $0.httpStatus = 399
        }
      ),
      (
        "client 400", true,
        {
          $0.kind = .client; $0.httpStatus = 400
        }
      ),
      ("unknown kind 404", true, { $0.httpStatus = 404 }),
      (
        "grpc 0", false,
        {
          $0.kind = .client; $0.grpcCode = 0
        }
      ),
      (
        "client grpc 1", true,
        {
          $0.kind = .client; $0.grpcCode = 1
        }
      ),
      (
        "server grpc 5", false,
        {
          $0.kind = .server; $0.grpcCode = 5
        }
      ),
      (
        "server grpc 13", true,
        {
          $0.kind = .server; $0.grpcCode = 13
        }
      ),
      (
        "internal grpc 16", true,
        {
          $0.kind = .internal; $0.grpcCode = 16
        }
      ),
      (
        "an exception alone", false,
        {
          $0[.exception] = true; $0.messageHash = 0xffff_ffff
        }
      ),
    ]

  @Test func `an error is what the rules of the trade say`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      let spans = ViewsTests.errorCases.enumerated().map { index, errorCase in
        var span = PlainSpan(1, UInt64(index + 1), kind: .unknown)
        errorCase.set(&span.facts)
        span.operation = errorCase.words
        return span
      }
      try makeStore(path, spans)
      #expect(
        try query(path, "select operation, is_error from spans order by row")
          == ViewsTests.errorCases.map { "\($0.words)|\($0.isError ? 1 : 0)" })
      #expect(
        try query(path, "select operation from errors order by row")
          == ViewsTests.errorCases.filter(\.isError).map(\.words))
    }
  }

  @Test func `unknown times are null, negative lengths and times before 1970 are not`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var noStart = PlainSpan(1, 1, 0, 5)
      noStart.facts[.unknownStart] = true
      var noEnd = PlainSpan(1, 2, 0, 5)
      noEnd.facts[.unknownEnd] = true
      let negative = PlainSpan(1, 3, 9, 4)
      var early = PlainSpan(1, 4)
      early.start = -1
      early.end = 1
      try makeStore(path, [noStart, noEnd, negative, early])
      #expect(
        try query(
          path,
          "select start, start_ns is null, end_ns is null, duration_ms from spans order by row")
          == [
            "null|1|0|null", "2026-03-01T10:00:00.000000Z|0|1|null",
            "2026-03-01T10:00:00.009000Z|0|0|-5.0", "1969-12-31T23:59:59.999999Z|0|0|2e-06",
          ])
    }
  }

  @Test func `ids that are not hex are shown as they were written`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var span = PlainSpan(1, 1)
      span.trace = TraceID(text: "my-trace")
      span.id = SpanID(text: "b!")
      span.parent = SpanID(0x17)
      span.facts[.opaqueTraceID] = true
      span.facts[.opaqueID] = true
      span.detail = #"{"trace_id":"my-trace","span_id":"b!"}"#
      try makeStore(path, [span])
      #expect(
        try query(path, "select trace_id, span_id, parent_id from spans") == [
          "my-trace|b!|0000000000000017"
        ])
      #expect(try query(path, "select trace_id from traces") == ["my-trace"])
    }
  }

  @Test func `a trace is one row with its root, extent and counts`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var child = PlainSpan(1, 2, parent: 1, 10, 130)
      child.service = "cart"
      child.operation = "load"
      child.facts.status = .error
      let late = PlainSpan(1, 3, 20, 40)
      var orphan = PlainSpan(2, 4, parent: 99, 5, 6)
      orphan.operation = "lost"
      try makeStore(path, [late, child, PlainSpan(1, 1, 0, 100), orphan, PlainSpan(0, 5)])
      #expect(
        try query(
          path,
          """
          select trace_id, root_service, root_operation, spans, errors, services, start, duration_ms
          from traces order by trace_id
          """) == [
            "000000000000000a0000000000000001|shop|GET /|3|1|2|2026-03-01T10:00:00.000000Z|130.0",
            "000000000000000a0000000000000002|null|null|1|0|1|2026-03-01T10:00:00.005000Z|1.0",
          ])
    }
  }

  @Test func `grouping by service and operation looks at nothing else`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      var other = PlainSpan(1, 2)
      other.service = "cart"
      try makeStore(path, [PlainSpan(1, 1), other, PlainSpan(2, 3)])
      let sql = "select service, operation, count(*) from spans group by 1, 2"
      #expect(try query(path, sql) == ["cart|GET /|1", "shop|GET /|2"])
      let plan = try query(path, "explain query plan " + sql).joined(separator: "\n")
      #expect(!plan.contains("run"))
      #expect(!plan.contains("CORRELATED"))
      #expect(!plan.contains("SCAN r"))
    }
  }
}
