import Foundation
import Testing
import TraceModel

@testable import TraceIngest

/// Spans read from their text against the same spans read from a tape, which is the slow and obvious way.
@Suite struct OTLPCursorTests {
  /// A record of three spans, of which the middle one is given.
  private func record(_ span: String, resource: String = usualResource) -> String {
    let usual = Self.span(Self.usualFields)
    return """
      {"resourceSpans":[{"resource":\(resource),"scopeSpans":[{"scope":{"name":"shop",\
      "version":"2"},"spans":[\(usual),\(span),\(usual)]}]}]}
      """
  }

  private static let usualResource =
    #"{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]}"#

  private static func span(_ fields: [(String, String)]) -> String {
    "{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
  }

  /// Every field, as exporters write them.
  private static let usualFields: [(String, String)] = [
    ("traceId", #""0af7651916cd43dd8448eb211c80319c""#), ("spanId", #""b7ad6b7169203331""#),
    ("parentSpanId", #""00f067aa0ba902b7""#), ("flags", "257"), ("name", #""GET""#),
    ("kind", "3"), ("startTimeUnixNano", #""1772445600001971568""#),
    ("endTimeUnixNano", #""1772445600038954368""#),
    (
      "attributes",
      #"""
      [{"key":"http.request.method","value":{"stringValue":"GET"}},\#
      {"key":"http.response.status_code","value":{"intValue":"503"}},\#
      {"key":"url.template","value":{"stringValue":"/carts/{id}"}},\#
      {"key":"server.address","value":{"stringValue":"cart"}},\#
      {"key":"error","value":{"boolValue":true}},{"key":"share","value":{"doubleValue":0.25}}]
      """#
    ), ("droppedAttributesCount", "0"), ("events", "[]"), ("droppedEventsCount", "0"),
    ("links", "[]"), ("droppedLinksCount", "0"),
    ("status", #"{"code":2,"message":"it is gone"}"#), ("traceState", #""a=1""#),
  ]

  /// Values of every kind, most of them odd wherever they stand.
  private static let values = [
    "null", "true", "false", "0", "1", "5", "6", "-1", "-0", "01", "1.", "1.5", "-2.75", "1e3",
    "0.1", "0.30000000000000004", "123456789012345", "1234567890123456", "9007199254740993",
    "9223372036854775807", "9223372036854775808", "18446744073709551616", #""""#, #""x""#,
    #""-7""#, #""00""#, #""-0""#, #""007""#, #""12345678901""#, #""9223372036854775808""#,
    #""NaN""#,
    #""a\"b\\c\nd\te""#, #""a\/b""#, #""a\u00e4""#, #""ä""#, #""日本""#, #""tail\"#, "\"\u{1}\"",
    #""0AF7651916CD43DD8448EB211C80319C""#, #""b7ad6b7169203331""#, #""B7AD6B7169203331""#,
    #""t61rcWkgMzE=""#, #""SPAN_KIND_CLIENT""#, #""STATUS_CODE_ERROR""#, "[]", "[1]", "{}",
    #"{"code":1}"#, #"{"message":"x","code":0}"#, #"{"code":3}"#, #"{"code":2,"code":1}"#,
    #"{"values":[{"stringValue":"x"}]}"#, "[{}]", "[,]", "tru", "",
    #"[{"name":"exception","timeUnixNano":"5","attributes":[{"key":"exception.type","value":"#
      + #"{"stringValue":"Timeout"}},{"key":"exception.message","value":{"stringValue":"a\nb"}}]}]"#,
    #"[{"name":5,"timeUnixNano":"x"}]"#,
    #"[{"name":"e","attributes":[{"key":"k","value":{"doubleValue":"NaN"},"x":0}]}]"#,
    #"[{"name":"e","attributes":[{"key":"k","value":{"doubleValue":"NaN"}}]}]"#, "[5]",
    #"[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331"}]"#,
    #"[{"key":"a","value":{"stringValue":"1"}},{"key":"a","value":{"stringValue":"2"}}]"#,
    #"[{"key":"a"}]"#, #"[{"value":{"intValue":1},"key":"a"}]"#,
    #"[{"key":"a","value":{"intValue":1,"stringValue":"x"}}]"#,
    #"[{"key":"a\n","value":{"stringValue":"1"}}]"#, #"[{"key":"","value":{"stringValue":""}}]"#,
    #"[{"key":"a","value":{"arrayValue":{"values":[{"intValue":"1"}]}}}]"#,
    #"[{"key":"a","value":{"kvlistValue":{"values":[]}}}]"#, #"[{"key":"a","value":{}}]"#,
  ]

  /// Whether a record is read from its text to the end, and how many of its spans.
  private func isRead(_ record: String) -> Bool {
    var buffer = ByteBuffer()
    buffer.put(record)
    var decoder = Decoder()
    return decoder.recordFromText(buffer.bytes, 0) && decoder.kept.pausedRecords == 0
      && decoder.batch.spans.count == 3
  }

  @Test func `a usual record is read from its text`() async throws {
    let text = record(Self.span(Self.usualFields))
    #expect(isRead(text))
    let spaced = text.replacing(":", with: " : ").replacing(",", with: "\t,  ")
      .replacing("}", with: " }").replacing("[", with: "[ \r")
    #expect(isRead(spaced))
    try await expectSameBothWays(text)
    try await expectSameBothWays(spaced)
    let read = try await collect(bytes: Array(text.utf8))
    let span = try #require(read.spans.first)
    #expect(span.operation == "GET /carts/{id}")
    #expect(span.peer == "cart")
    #expect(span.row.facts.httpStatus == 503)
    #expect(span.row.start == 1_772_445_600_001_971_568)
    #expect(
      span.attributes == #"""
        {"http.request.method":"GET","http.response.status_code":503,"url.template":"/carts/{id}",\#
        "server.address":"cart","error":true,"share":0.25}
        """#)
    #expect(
      span.detail
        == #"{"name":"GET","status_message":"it is gone","trace_state":"a=1"}"#)
    #expect(span.row.flags == 257)
  }

  @Test func `any field with any value gives the same rows`() async throws {
    for index in Self.usualFields.indices {
      for value in Self.values {
        var fields = Self.usualFields
        fields[index].1 = value
        try await expectSameBothWays(record(Self.span(fields)))
      }
      var fields = Self.usualFields
      fields.remove(at: index)
      try await expectSameBothWays(record(Self.span(fields)))
      fields.append(Self.usualFields[index])
      try await expectSameBothWays(record(Self.span(fields)))
      fields.append(Self.usualFields[index])
      try await expectSameBothWays(record(Self.span(fields)))
    }
    for value in Self.values { try await expectSameBothWays(record(value)) }
  }

  @Test func `any attribute with any value gives the same rows`() async throws {
    let members = [
      "stringValue", "intValue", "boolValue", "doubleValue", "arrayValue", "kvlistValue",
      "bytesValue", "string_value", "int_value", "other",
    ]
    let place = try #require(Self.usualFields.firstIndex { $0.0 == "attributes" })
    for key in ["http.response.status_code", "error", "peer.service", "note"] {
      for member in members {
        for value in Self.values {
          var fields = Self.usualFields
          fields[place].1 = #"[{"key":"\#(key)","value":{"\#(member)":\#(value)}}]"#
          try await expectSameBothWays(record(Self.span(fields)))
        }
      }
    }
  }

  @Test func `any resource and any frame gives the same rows`() async throws {
    let usual = Self.span(Self.usualFields)
    for value in Self.values {
      try await expectSameBothWays(record(usual, resource: value))
      try await expectSameBothWays(record(usual, resource: #"{"attributes":\#(value)}"#))
      try await expectSameBothWays(#"{"resourceSpans":\#(value)}"#)
      try await expectSameBothWays(
        #"{"resourceSpans":[{"resource":\#(Self.usualResource),"scopeSpans":\#(value)}]}"#)
      let scope =
        #"{"resourceSpans":[{"resource":\#(Self.usualResource),"scopeSpans":[{"scope":\#(value),"#
      try await expectSameBothWays(scope + #""spans":[\#(usual)]}]}]}"#)
      try await expectSameBothWays(scope + #""spans":\#(value)}]}]}"#)
      try await expectSameBothWays(scope + #""schemaUrl":\#(value),"spans":[\#(usual)]}]}]}"#)
    }
    let whole = record(usual)
    for end in whole.indices { try await expectSameBothWays(String(whole[..<end]) + "\n" + whole) }
    for tail in ["}", ",", "]", " ", "{}", #","resourceSpans":[]}"#, #","other":1}"#] {
      try await expectSameBothWays(whole + tail)
      try await expectSameBothWays(String(whole.dropLast()) + tail)
    }
  }

  @Test func `resources that come again, and what only looks like one, give the same rows`()
    async throws
  {
    let spans = #""scopeSpans":[{"scope":{},"spans":[\#(Self.span(Self.usualFields))]}]}"#
    for resource in [Self.usualResource, #"{"attributes":[]}"#, "{}", "\u{0}", "[]"] {
      let texts = [
        Self.usualResource, Self.usualResource, resource, Self.usualResource, resource, resource,
        Self.usualResource.replacing("cart", with: "cars"),
      ].map { #"{"resource":\#($0),\#(spans)"# }
      try await expectSameBothWays(#"{"resourceSpans":[\#(texts.joined(separator: ","))]}"#)
    }
  }

  @Test func `what cannot be held of events and links is kept in its order`() async throws {
    for names in [["events", "links"], ["links", "events"]] {
      let fields = Self.usualFields.filter { !names.contains($0.0) } + names.map { ($0, "[5]") }
      try await expectSameBothWays(record(Self.span(fields)))
    }
  }

  @Test func `what a refused record began is taken back`() async throws {
    let whole = record(Self.span(Self.usualFields))
    let broken = record(
      Self.span(Self.usualFields), resource: Self.usualResource.replacing("cart", with: "other")
    ).dropLast(3)
    var decoder = Decoder()
    for text in [String(broken), whole] {
      var buffer = ByteBuffer()
      buffer.put(text)
      #expect(decoder.recordFromText(buffer.bytes, 0) == (text == whole))
    }
    #expect(decoder.batch.spans.count == 3)
    #expect(decoder.batch.spansSeen == 3)
    #expect(decoder.batch.resources.count == 1)
    #expect(decoder.batch.scopes.count == 2, "the empty one and the record's")
  }

  @Test func `fixtures, whole and mutated, give the same rows`() async throws {
    var mutation = Mutation(seed: 7)
    var files = try fixtureNames().filter { $0.contains(".json") && !$0.hasSuffix("z") }.map {
      ($0, try fixture($0))
    }
    files.append(("usual", Array(record(Self.span(Self.usualFields)).utf8)))
    for (name, bytes) in files {
      for chunkBytes in [100, 4 << 20] {
        try await expectSameBothWays(bytes, chunkBytes: chunkBytes, name)
      }
      for round in 0..<(name == "usual" ? 2000 : 20) {
        let mutated = mutation.mutated(bytes)
        try await expectSameBothWays(
          mutated, chunkBytes: round % 4 == 0 ? 200 : 4 << 20,
          "\(name), round \(round): \(String(decoding: mutated, as: UTF8.self))")
      }
    }
  }
}
