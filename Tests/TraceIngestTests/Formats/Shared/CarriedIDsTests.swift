import Testing
import TraceIngest
import TraceModel

/// One line for each carrier of formats/logs.md 10, as JSON and as text.
@Suite struct CarriedIDsTests {
  private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
  private static let span = "00f067aa0ba902b7"
  private static let uuid = "2f437955-cf29-4413-9d97-99740396e7ad"
  private static let none = String(repeating: "0", count: 32)
  private static let noSpan = String(repeating: "0", count: 16)

  /// JSON, trace, span, request.
  private static let objects: [(String, String, String, String)] = [
    (#"{"trace_id":"\#(trace)","span_id":"\#(span)"}"#, trace, span, ""),
    (#"{"traceId":"\#(trace)","spanId":"\#(span)"}"#, trace, span, ""),
    (#"{"traceID":"\#(trace.uppercased())","spanID":"\#(span.uppercased())"}"#, trace, span, ""),
    (
      #"{"TraceId":"\#(trace)","SpanId":"\#(span)","ParentId":"1111111111111111"}"#, trace, span, ""
    ),
    (#"{"otelTraceID":"\#(trace)","otelSpanID":"\#(span)"}"#, trace, span, ""),
    (
      #"{"trace.id":"\#(trace)","transaction.id":"1111111111111111","span.id":"\#(span)"}"#, trace,
      span, ""
    ),
    (#"{"trace":{"id":"\#(trace)"},"transaction":{"id":"\#(span)"}}"#, trace, span, ""),
    (
      #"{"trace.trace_id":"\#(trace)","trace.span_id":"\#(span)","trace.parent_id":"1111111111111111"}"#,
      trace, span, ""
    ),
    (#"{"@tr":"\#(trace)","@sp":"\#(span)"}"#, trace, span, ""),
    (#"{"_trace_id":"\#(trace)","_span_id":"\#(span)"}"#, trace, span, ""),
    (#"{"traceparent":"00-\#(trace)-\#(span)-01"}"#, trace, span, ""),
    (#"{"headers":{"Traceparent":"00-\#(trace)-\#(span)-01"}}"#, trace, span, ""),
    (
      #"{"req":{"headers":{"x-amzn-trace-id":"Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=\#(span);Sampled=1"}}}"#,
      trace, span, ""
    ),
    (
      #"{"_X_AMZN_TRACE_ID":"Self=1-11111111-222222222222222222222222;Root=1-4bf92f35-77b34da6a3ce929d0e0e4736"}"#,
      trace, noSpan, ""
    ),
    (#"{"xray_trace_id":"1-4bf92f35-77b34da6a3ce929d0e0e4736"}"#, trace, noSpan, ""),
    (#"{"AWS-XRAY-TRACE-ID":"1-4bf92f35-77b34da6a3ce929d0e0e4736@\#(span)"}"#, trace, span, ""),
    (
      #"{"dd.trace_id":"11803532876627986230","dd.span_id":"67667974448284343"}"#,
      noSpan + "a3ce929d0e0e4736", span, ""
    ),
    (#"{"dd":{"trace_id":"\#(trace)","span_id":"67667974448284343"}}"#, trace, span, ""),
    (
      #"{"dd":{"trace_id":11803532876627986230,"span_id":67667974448284343},"_dd.p.tid":"4bf92f3577b34da6"}"#,
      trace, span, ""
    ),
    (
      #"{"X-B3-TraceId":"a3ce929d0e0e4736","X-B3-SpanId":"\#(span)"}"#, noSpan + "a3ce929d0e0e4736",
      span, ""
    ),
    (#"{"b3":"\#(trace)-\#(span)-1-1111111111111111"}"#, trace, span, ""),
    (#"{"b3":"a3ce929d0e0e4736-\#(span)-d"}"#, noSpan + "a3ce929d0e0e4736", span, ""),
    (
      #"{"uber-trace-id":"3ce929d0e0e4736:f067aa0ba902b7:0:1"}"#, noSpan + "03ce929d0e0e4736", span,
      ""
    ),
    (#"{"X-Cloud-Trace-Context":"\#(trace)/67667974448284343;o=1"}"#, trace, span, ""),
    (
      #"{"logging.googleapis.com/trace":"projects/my-p/traces/\#(trace)","logging.googleapis.com/spanId":"\#(span)"}"#,
      trace, span, ""
    ),
    (#"{"trace":"projects/my-p/traces/\#(trace)","spanId":"\#(span)"}"#, trace, span, ""),
    (#"{"sentry-trace":"\#(trace)-\#(span)-0"}"#, trace, span, ""),
    (
      #"{"Scopes":[{"Message":"SpanId","SpanId":"\#(span)","TraceId":"\#(trace)"},"x"]}"#, trace,
      span, ""
    ),
    (#"{"contextMap":{"traceId":"\#(trace)","spanId":"\#(span)"}}"#, trace, span, ""),
    (#"{"span":{"name":"pay","trace_id":"\#(trace)"}}"#, trace, noSpan, ""),
    (#"{"requestId":"\#(uuid)"}"#, none, noSpan, uuid),
    (#"{"aws_request_id":"\#(uuid)"}"#, none, noSpan, uuid),
    (#"{"x-request-id":"\#(uuid)"}"#, none, noSpan, uuid),
    (#"{"correlation_id":"\#(uuid)"}"#, none, noSpan, uuid),
    (#"{"correlationId":"\#(trace)"}"#, trace, noSpan, ""),
    // What is none.
    (#"{"trace_id":"\#(none)","span_id":"\#(noSpan)"}"#, none, noSpan, ""),
    (#"{"trace_id":"42","span_id":"7","requestId":"undefined","reqId":"req-1"}"#, none, noSpan, ""),
    (#"{"dd.trace_id":"0","dd.span_id":"0"}"#, none, noSpan, ""),
    (
      #"{"trace":"Traceback (most recent call last):","id":"\#(trace)","etag":"\#(trace)"}"#, none,
      noSpan, ""
    ),
    (
      #"{"parent":{"trace_id":"\#(trace)","span_id":"\#(span)"},"links":[{"traceId":"\#(trace)"}]}"#,
      none, noSpan, ""
    ),
    (
      #"{"traceparent":"ff-\#(trace)-\#(span)-01","b3":"0","uber-trace-id":"a:b","trace_id":null,"span_id":[],"traceId":true}"#,
      none, noSpan, ""
    ),
  ]

  @Test(arguments: objects)
  func `members of an object name its ids`(
    json: String, trace: String, span: String, request: String
  ) throws {
    let found = try #require(FoundIDs(json: json))
    #expect(found.trace.description == trace)
    #expect(found.span.description == span)
    #expect(found.request == request)
  }

  /// Text, trace, span, request.
  private static let texts: [(String, String, String, String)] = [
    ("paid trace_id=\(trace) span_id=\(span) trace_flags=01", trace, span, ""),
    ("INFO [trace_id=\(trace) span_id=\(span) resource.service.name=a] paid", trace, span, ""),
    ("traceId: \(trace.uppercased()), spanId: \(span)", trace, span, ""),
    (#"sent {"trace_id":"\#(trace)","span_id": "\#(span)"} away"#, trace, span, ""),
    (#"body {\"traceId\":\"\#(trace)\"}"#, trace, noSpan, ""),
    (
      "[dd.service=a dd.env=b dd.version=1 dd.trace_id=11803532876627986230 dd.span_id=67667974448284343] paid",
      noSpan + "a3ce929d0e0e4736", span, ""
    ),
    ("got traceparent 00-\(trace)-\(span)-01 from a caller", trace, span, ""),
    ("00-\(trace)-\(span)-00", trace, span, ""),
    (
      "XRAY TraceId: 1-4bf92f35-77b34da6a3ce929d0e0e4736\tSegmentId: \(span)\tSampled: true", trace,
      span, ""
    ),
    ("AWS-XRAY-TRACE-ID: 1-4bf92f35-77b34da6a3ce929d0e0e4736@\(span)", trace, span, ""),
    (
      "X-Amzn-Trace-Id: Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=\(span);Sampled=1", trace,
      span, ""
    ),
    (
      #""GET / HTTP/1.1" "Self=1-11111111-222222222222222222222222;Root=1-4bf92f35-77b34da6a3ce929d0e0e4736" "x""#,
      trace, noSpan, ""
    ),
    ("x-b3-traceid: a3ce929d0e0e4736 x-b3-spanid: \(span)", noSpan + "a3ce929d0e0e4736", span, ""),
    ("b3: \(trace)-\(span)-1", trace, span, ""),
    ("uber-trace-id: 3ce929d0e0e4736:f067aa0ba902b7:0:1 ok", noSpan + "03ce929d0e0e4736", span, ""),
    ("X-Cloud-Trace-Context: \(trace)/67667974448284343;o=1", trace, span, ""),
    ("see projects/my-p/traces/\(trace)", trace, noSpan, ""),
    ("sentry-trace=\(trace)-\(span)-1", trace, span, ""),
    ("START RequestId: \(uuid) Version: $LATEST", none, noSpan, uuid),
    ("request_id=\(uuid) done", none, noSpan, uuid),
    ("nova.api [req-\(uuid) admin] done", none, noSpan, "req-\(uuid)"),
    // What is none.
    ("etag \(trace) md5=\(trace) of file \(span)", none, noSpan, ""),
    ("user \(uuid) of order 12345678901234567890", none, noSpan, ""),
    ("trace_id=\(none) span_id=\(noSpan) traceId=undefined", none, noSpan, ""),
    ("trace_id=deadbeefcafe of a1-4bf92f35-77b34da6a3ce929d0e0e4736", none, noSpan, ""),
    ("", none, noSpan, ""), ("f", none, noSpan, ""),
    (String(repeating: "f", count: 200), none, noSpan, ""),
    (String(repeating: "0123456789ab ", count: 500), none, noSpan, ""),
  ]

  @Test(arguments: texts)
  func `a text names ids by a name before them or by a form of their own`(
    text: String, trace: String, span: String, request: String
  ) {
    // Wherever the text stands in a longer one, the same is found.
    for padding in 0..<13 {
      let found = FoundIDs(text: String(repeating: "x ", count: padding) + text)
      #expect(found.trace.description == trace)
      #expect(found.span.description == span)
      #expect(found.request == request)
    }
  }

  @Test func `OpenTelemetry's names go before others, and the first before the second`() throws {
    let other = "5b8efff798038103d269b633813fc60c"
    let json =
      #"{"dd.trace_id":"1","xray_trace_id":"1-5b8efff7-98038103d269b633813fc60c","trace_id":"\#(Self.trace)","traceId":"\#(other)"}"#
    #expect(try #require(FoundIDs(json: json)).trace.description == Self.trace)
    let nested = #"{"a":{"trace_id":"\#(other)"},"trace_id":"\#(Self.trace)"}"#
    #expect(try #require(FoundIDs(json: nested)).trace.description == Self.trace)
  }
}
