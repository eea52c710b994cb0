import Foundation
import Testing
import TraceModel

@testable import TraceIngest

/// Jaeger's spans read from their text against the same spans read from a tape.
@Suite struct JaegerCursorTests {
  private static let trace = "0af7651916cd43dd8448eb211c80319c"

  private static let usualTags =
    #"""
    [{"key":"http.request.method","type":"string","value":"GET"},\#
    {"key":"http.response.status_code","type":"int64","value":503},\#
    {"key":"url.template","type":"string","value":"/carts/{id}?a=1\u0026b=2"},\#
    {"key":"server.address","type":"string","value":"cart"},\#
    {"key":"error","type":"bool","value":true},{"key":"share","type":"float64","value":0.25},\#
    {"key":"otel.scope.name","type":"string","value":"shop"},\#
    {"key":"otel.scope.version","type":"string","value":"2"},\#
    {"key":"otel.status_code","type":"string","value":"ERROR"},\#
    {"key":"otel.status_description","type":"string","value":"it is gone"},\#
    {"key":"w3c.tracestate","type":"string","value":"a=1"},\#
    {"key":"internal.span.format","type":"string","value":"proto"},\#
    {"key":"span.kind","type":"string","value":"client"}]
    """#

  private static let usualLogs =
    #"""
    [{"timestamp":1772445600002000,"fields":[{"key":"event","type":"string","value":"exception"},\#
    {"key":"exception.type","type":"string","value":"Timeout"},\#
    {"key":"exception.message","type":"string","value":"a\nb"}]}]
    """#

  /// Every field, as Jaeger writes them.
  private static let usualFields: [(String, String)] = [
    ("traceID", "\"\(trace)\""), ("spanID", #""b7ad6b7169203331""#),
    ("parentSpanID", #""00f067aa0ba902b8""#), ("flags", "1"), ("operationName", #""GET""#),
    (
      "references",
      #"[{"refType":"CHILD_OF","traceID":"\#(trace)","spanID":"00f067aa0ba902b7"}]"#
    ), ("startTime", "1772445600001971"), ("duration", "36982"), ("tags", usualTags),
    ("logs", usualLogs), ("processID", #""p1""#), ("warnings", "null"),
  ]

  private static func span(_ fields: [(String, String)]) -> String {
    "{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
  }

  private static let usualProcesses =
    #"""
    {"p1":{"serviceName":"web","tags":[{"key":"host.name","type":"string","value":"node-1"}]},\#
    "p2":{"serviceName":"cart"}}
    """#

  /// A trace of three spans, of which the middle one is given; the last one is another process's.
  private func trace(_ span: String, processes: String = usualProcesses) -> String {
    let usual = Self.span(Self.usualFields)
    let last = usual.replacing(#""processID":"p1""#, with: #""processID":"p2""#)
    return """
      {"traceID":"\(Self.trace)","spans":[\(usual),\(span),\(last)],"processes":\(processes),\
      "warnings":null}
      """
  }

  private func answer(_ span: String, processes: String = usualProcesses) -> String {
    answer(ofTrace: trace(span, processes: processes))
  }

  private func answer(ofTrace trace: String) -> String {
    #"{"data":[\#(trace)],"total":0,"limit":0,"offset":0,"errors":null}"#
  }

  /// Values of every kind, most of them odd wherever they stand.
  private static let values = [
    "null", "true", "false", "0", "1", "2", "-1", "-0", "01", "1.", "1.5", "-2.75", "1e3", "0.1",
    "0.30000000000000004", "1234567890123456", "1772445600001971.5", "9223372036854775",
    "9223372036854776", "9223372036854775807", "9223372036854775808", "18446744073709551616",
    #""""#, #""x""#, #""-7""#, #""00""#, #""200""#, #""true""#, #""1.5""#, #""client""#,
    #""SERVER""#, #""ERROR""#, #""error""#, #""OK""#, #""a\"b\\c\nd\te""#, #""a\/b\b\f""#,
    #""a\u00e4""#, #""\ud83d\ude00 \u0000""#, #""\ud83d""#, #""\ud83dx""#, #""\ud83d\u0041""#,
    #""\ude00""#, #""\u12""#, #""\u12g4""#, #""\x""#, #""ä""#, #""tail\"#, "\"\u{1}\"",
    #""0AF7651916CD43DD8448EB211C80319C""#, #""8448eb211c80319c""#, #""b7ad6b716920333""#,
    #""00000000000000000000000000000000""#, #""0000000000000000""#, #""t61rcWkgMzE=""#,
    #""0xb7ad6b71""#, #""p2""#, #""p3""#, #""2026-03-02T10:00:00Z""#, #""36982ns""#, "[]", "[1]",
    "{}", "[{}]", "[,]", "tru", "", #"["clock skew"]"#,
    #"[{"refType":"FOLLOWS_FROM","traceID":"\#(trace)","spanID":"00f067aa0ba902b7"}]"#,
    #"[{"refType":"CHILD_OF","traceID":"1\#(trace.dropFirst())","spanID":"00f067aa0ba902b7"}]"#,
    #"[{"refType":"CHILD_OF","traceID":"8448eb211c80319c","spanID":"00f067aa0ba902b7"}]"#,
    #"[{"refType":"CHILD_OF","spanID":"00f067aa0ba902b7"}]"#,
    #"[{"traceID":"\#(trace)","spanID":"00f067aa0ba902b7","refType":"CHILD_OF"}]"#,
    #"[{"refType":"CHILD_OF","traceID":"\#(trace)","spanID":"1"}]"#,
    #"[{"refType":"CHILD_OF","traceID":"\#(trace)","spanID":"00f067aa0ba902b7"},"#
      + #"{"refType":"FOLLOWS_FROM","traceID":"\#(trace)","spanID":"00f067aa0ba902b9"}]"#,
    #"[{"timestamp":5,"fields":[{"key":"event","type":"string","value":"x"}]},{"timestamp":"x"}]"#,
    #"[{"timestamp":-5,"fields":[]}]"#, #"[{"timestamp":5,"fields":[{"type":"string"}]}]"#,
    #"[{"fields":{"message":"m"}}]"#, #"{"name":"web"}"#,
    #"[{"key":"a","type":"string","value":"1"},{"key":"a","type":"string","value":"2"}]"#,
    #"[{"key":"a"}]"#, #"[{"value":1,"type":"int64","key":"a"}]"#, #"[{"type":"int64"}]"#,
    #"[{"key":"a","type":"int64","value":1,"more":2}]"#, #"[{"key":"a","value":"x"}]"#,
    #"[{"key":"a\n","type":"string","value":"1"}]"#, #"[{"key":"","type":"string","value":""}]"#,
    #"[{"key":"a","vType":"STRING","vStr":"x"}]"#,
    #"[{"key":"span.kind","type":"int64","value":3}]"#,
    #"[{"key":"culprit","type":"string","value":"{\"kind\":1}"}]"#,
    #"[{"key":"otel.library.name","type":"string","value":"old"}]"#,
  ]

  /// Whether an answer is read from its text to the end, and how many of its spans.
  private func isRead(_ answer: String) -> Bool {
    var buffer = ByteBuffer()
    buffer.put(answer)
    var decoder = Decoder()
    return decoder.beginsJaegerAnswer(buffer.bytes)
      && decoder.jaegerAnswerFromText(buffer.bytes, 0) && decoder.kept.pausedRecords == 0
      && decoder.batch.spans.count == 3
  }

  @Test func `a usual answer is read from its text`() async throws {
    let text = answer(Self.span(Self.usualFields))
    #expect(isRead(text))
    let spaced = text.replacing(":", with: " : ").replacing(",", with: "\t,  ")
      .replacing("}", with: " }").replacing("[", with: "[ \r")
    #expect(isRead(spaced))
    try await expectSameBothWays(text)
    try await expectSameBothWays(spaced)
    let read = try await collect(bytes: Array(text.utf8))
    let span = try #require(read.spans.first)
    #expect(read.spans.map(\.service) == ["web", "web", "cart"])
    #expect(span.host == "node-1")
    #expect(span.operation == "GET /carts/{id}?a=1&b=2")
    #expect(span.peer == "cart")
    #expect(span.scope == "shop@2")
    #expect(span.row.facts.httpStatus == 503)
    #expect(span.row.facts.kind == .client)
    #expect(span.row.parent == SpanID(0x00f0_67aa_0ba9_02b7))
    #expect(span.row.start == 1_772_445_600_001_971_000)
    #expect(span.row.end - span.row.start == 36_982_000)
    #expect(span.errorType == "Timeout")
    #expect(
      span.attributes == #"""
        {"http.request.method":"GET","http.response.status_code":503,\#
        "url.template":"/carts/{id}?a=1&b=2","server.address":"cart","error":true,"share":0.25}
        """#)
  }

  @Test func `any field with any value gives the same rows`() async throws {
    for index in Self.usualFields.indices {
      for value in Self.values {
        var fields = Self.usualFields
        fields[index].1 = value
        try await expectSameBothWays(answer(Self.span(fields)))
      }
      var fields = Self.usualFields
      fields.remove(at: index)
      try await expectSameBothWays(answer(Self.span(fields)))
      fields.append(Self.usualFields[index])
      try await expectSameBothWays(answer(Self.span(fields)))
      fields.append(Self.usualFields[index])
      try await expectSameBothWays(answer(Self.span(fields)))
    }
    for value in Self.values { try await expectSameBothWays(answer(value)) }
    for (name, value) in [
      ("process", #"{"serviceName":"own"}"#), ("startTimeMillis", "1772445600001"),
      ("hasChildren", "true"), ("depth", "1"), ("unknown", #"{"a":1}"#),
      ("trace_id", "\"\(Self.trace)\""), ("references", "[]"),
    ] {
      try await expectSameBothWays(answer(Self.span(Self.usualFields + [(name, value)])))
    }
  }

  @Test func `any tag with any value gives the same rows`() async throws {
    let place = try #require(Self.usualFields.firstIndex { $0.0 == "tags" })
    let types = ["string", "int64", "bool", "float64", "STRING", "other"]
    for (key, types) in [
      ("http.response.status_code", types), ("note", types + ["binary"]),
      ("span.kind", ["string", "int64"]), ("otel.status_code", ["string", "STRING"]),
      ("error", ["bool"]), ("peer.service", ["string"]), ("otel.status_description", ["string"]),
      ("w3c.tracestate", ["string"]), ("otel.scope.version", ["string"]),
      ("internal.span.format", ["string"]),
    ] {
      for type in types {
        for value in Self.values {
          var fields = Self.usualFields
          fields[place].1 = #"[{"key":"\#(key)","type":"\#(type)","value":\#(value)}]"#
          try await expectSameBothWays(answer(Self.span(fields)))
        }
      }
    }
  }

  @Test func `any process and any frame gives the same rows`() async throws {
    let usual = Self.span(Self.usualFields)
    for value in Self.values {
      try await expectSameBothWays(answer(usual, processes: value))
      try await expectSameBothWays(answer(usual, processes: #"{"p1":\#(value),"p2":{}}"#))
      try await expectSameBothWays(
        answer(usual, processes: #"{"p1":{},"p2":{},"p3":\#(value),"p4":{"serviceName":"no"}}"#))
      try await expectSameBothWays(
        answer(usual, processes: #"{"p1":{"serviceName":"web","tags":\#(value)},"p2":{}}"#))
      try await expectSameBothWays(#"{"data":\#(value)}"#)
      try await expectSameBothWays(answer(ofTrace: value))
      try await expectSameBothWays(answer(ofTrace: trace(usual) + "," + value))
      try await expectSameBothWays(
        answer(ofTrace: String(trace(usual).dropLast()) + #","warnings":\#(value)}"#))
      try await expectSameBothWays(
        String(answer(usual).dropLast()) + #","errors":\#(value),"data":\#(value)}"#)
      try await expectSameBothWays(
        #"{"processes":\#(Self.usualProcesses),"spans":\#(value),"traceID":"x"}"#)
    }
    for processes in [
      #"{"p1":{"serviceName":"a"},"p1":{"serviceName":"b"},"p2":{}}"#, #"{"p1":{}}"#,
      #"{"p\u0031":{"serviceName":"a"},"p2":{}}"#,
    ] { try await expectSameBothWays(answer(usual, processes: processes)) }
    let whole = answer(usual)
    for end in whole.indices { try await expectSameBothWays(String(whole[..<end]) + "\n" + whole) }
    for tail in ["}", ",", "]", " ", "{}", #","data":[]}"#, #","other":1}"#] {
      try await expectSameBothWays(whole + tail)
      try await expectSameBothWays(String(whole.dropLast()) + tail)
    }
    let first = #"{"processes":\#(Self.usualProcesses),"spans":[\#(usual)]}"#
    #expect(isRead(answer(ofTrace: "\(first),\(first),\(first)")))
    try await expectSameBothWays(answer(ofTrace: first))
    try await expectSameBothWays(answer(ofTrace: first + "," + trace(usual) + "," + first))
    try await expectSameBothWays(first)
    try await expectSameBothWays(trace(usual))
    try await expectSameBothWays("[\(trace(usual)),\(first)]")
  }

  @Test func `a trace that is read in pieces gives the same rows`() async throws {
    let usual = Self.span(Self.usualFields)
    let many = Array(repeating: usual, count: 3000).joined(separator: ",")
    #expect(many.utf8.count > Decoder.wholeRecordBytes)
    for (index, odd) in [usual, "5", #"{"spanID":5}"#, usual.replacing("36982", with: "x")]
      .enumerated()
    {
      let text = answer(many + "," + odd)
      try await expectSameBothWays(Array(text.utf8), "in one chunk, \(index)")
      try await expectSameBothWays(Array(text.utf8), chunkBytes: 100_000, "in many, \(index)")
    }
  }

  @Test func `spans in pieces that name no process count it once`() async throws {
    let span = Self.span(Self.usualFields.filter { $0.0 != "processID" })
    for spans in [span, span + "," + span, Self.span(Self.usualFields) + "," + span + "," + span] {
      for end in ["", "}"] {
        try await expectSameBothWays(
          #"{"traceID":"\#(Self.trace)","spans":[\#(spans)],"processes":{}\#(end)"#)
      }
    }
  }

  @Test func `what is left of a document does not name the processes of a batch before`()
    async throws
  {
    let span = Self.span(Self.usualFields.filter { $0.0 != "processID" })
    let document = #"{"traceID":"\#(Self.trace)","spans":[\#(span)],"x":1,"spans":[5,\#(span)]"#
    for chunkBytes in [61, 200, 500, 4 << 20] {
      for end in ["", "}"] {
        let read = try await collect(bytes: Array((document + end).utf8), chunkBytes: chunkBytes)
        #expect(read.addsUp)
        try await expectSameBothWays(
          Array((document + end).utf8), chunkBytes: chunkBytes, document + end)
      }
    }
  }

  @Test func `what is nested too deeply for a parser is so for the cursor`() async throws {
    for depth in [900, 995, 1000, 1001, 1010, 1015, 1017, 1020, 1022, 1024] {
      let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      var fields = Self.usualFields
      for name in ["logs", "tags", "warnings", "other"] {
        fields = Self.usualFields.filter { $0.0 != name } + [(name, deep)]
        try await expectSameBothWays(answer(Self.span(fields)))
      }
      try await expectSameBothWays(
        answer(
          Self.span(Self.usualFields),
          processes: #"{"p1":{"serviceName":"a","x":\#(deep)},"p2":{}}"#))
    }
  }

  @Test func `processes of the same tags that say something else are told apart in any order`()
    async throws
  {
    let odd = #"{"serviceName":"a","tags":[{"key":"culprit","type":"string","value":"VALUE"}]}"#
    let plain = #"{"serviceName":"a"}"#
    for value in [#"{\"service\":\"b\"}"#, #"{\"host\":\"h1\"}"#] {
      let odd = odd.replacing("VALUE", with: value)
      let traces = [odd, plain, odd, plain].map {
        trace(Self.span(Self.usualFields), processes: #"{"p1":\#($0),"p2":{"serviceName":"c"}}"#)
      }
      for order in [[0, 1, 2], [1, 0, 3], [0, 1, 2, 3]] {
        try await expectSameBothWays(
          answer(ofTrace: order.map { traces[$0] }.joined(separator: ",")))
        try await expectSameBothWays(
          order.map { answer(ofTrace: traces[$0]) }.joined(separator: "\n"))
      }
      for processes in [#"{"p1":\#(odd),"p2":\#(plain)}"#, #"{"p2":\#(odd),"p1":\#(plain)}"#] {
        try await expectSameBothWays(answer(Self.span(Self.usualFields), processes: processes))
      }
      let cut = answer(ofTrace: traces[1]).dropLast(3)
      try await expectSameBothWays(
        "\(answer(ofTrace: traces[0]))\n\(cut)\n\(answer(ofTrace: traces[0]))")
    }
  }

  @Test func `processes are known by their names, not by their hashes`() async throws {
    // Two names of one FNV-1a hash.
    let span = Self.span(Self.usualFields).replacing("\"p1\"", with: "\"8yn0iYCKYHlIj4-BwPqk\"")
    let text =
      #"{"data":[{"spans":[\#(span)],"processes":{"GReLUrM4wMqfg9yzV3KQ":{"serviceName":"b"}}}]}"#
    try await expectSameBothWays(text)
    #expect(try await collect(bytes: Array(text.utf8)).spans.map(\.service) != ["b"])
  }

  @Test func `what a refused answer began is taken back`() async throws {
    let whole = answer(Self.span(Self.usualFields))
    let broken = answer(
      Self.span(Self.usualFields), processes: Self.usualProcesses.replacing("web", with: "other")
    ).dropLast(3)
    var decoder = Decoder()
    for text in [String(broken), whole] {
      var buffer = ByteBuffer()
      buffer.put(text)
      #expect(decoder.jaegerAnswerFromText(buffer.bytes, 0) == (text == whole))
    }
    #expect(decoder.batch.spans.count == 3)
    #expect(decoder.batch.spansSeen == 3)
    #expect(decoder.batch.resources.count == 2)
    #expect(decoder.batch.scopes.count == 2, "the empty one and the spans'")
  }

  @Test func `mutated answers give the same rows`() async throws {
    var mutation = Mutation(seed: 11)
    let bytes = Array(answer(Self.span(Self.usualFields)).utf8)
    for round in 0..<4000 {
      let mutated = mutation.mutated(bytes)
      try await expectSameBothWays(
        mutated, chunkBytes: round % 4 == 0 ? 200 : 4 << 20,
        "round \(round): \(String(decoding: mutated, as: UTF8.self))")
    }
  }
}
