import Testing
import TraceIngest
import TraceModel

/// One fixture a quirk of the dialects (formats/traces.md 1.1 to 1.6).
@Suite struct DecoderTests {
  private func read(_ name: String) async throws -> Collected {
    let read = try await collect(path: fixturePath(name))
    #expect(read.addsUp)
    #expect(read.summary.formatName == "otlp")
    return read
  }

  @Test func `a span keeps all that it was sent with`() async throws {
    let read = try await read("plain.json")
    #expect(read.summary.defects.sorted.map(\.kind) == [.droppedAtSource])
    let span = try #require(read.spans.first)
    #expect(span.row.trace.description == "5b8efff798038103d269b633813fc60c")
    #expect(span.row.id.description == "eee19b7ec3c1b171")
    #expect(span.row.parent.isAbsent)
    #expect(span.row.start == 1_544_712_660_000_000_001)
    #expect(span.row.end == 1_544_712_661_000_000_001)
    #expect(span.operation == "POST /api/checkout")
    #expect(span.row.facts.kind == .server && span.row.facts.status == .error)
    #expect(span.row.facts.httpStatus == 503)
    #expect(span.row.facts[.exception] && !span.row.facts[.remoteParent])
    #expect(span.errorType == "java.net.ConnectException")
    let hash = UInt32(truncatingIfNeeded: stableHash(Array("Connection refused".utf8), seed: 0))
    #expect(span.row.facts.messageHash == hash)
    #expect(
      span.attributes
        == #"{"http.request.method":"POST","http.route":"/api/checkout","http.response.status_code":503,"n":5,"f":0.1,"b":true,"arr":["a",2,[]],"map":{"x":1,"y":"two"},"blob":"AQI=","nothing":null}"#
    )
    #expect(
      span.detail
        == #"{"status_message":"card \"declined\"\n","trace_state":"vendor=1","events":[{"name":"exception","time_ns":1544712660500000000,"attributes":{"exception.type":"java.net.ConnectException","exception.message":"Connection refused"}}],"links":[{"trace_id":"5b8efff798038103d269b633813fc60c","span_id":"00000000000000aa","attributes":{"why":"retry"}}],"dropped_events":3}"#
    )
    #expect(span.row.flags == 257)
    #expect(span.service == "cart" && span.host == "node-1" && span.version == "1.4")
    #expect(span.instance == "i-1" && span.scope == "lib@1.2")
    let child = read.spans[1]
    #expect(child.row.parent == span.row.id)
    #expect(child.operation == "GET payment" && child.peer == "payment")
    #expect(child.detail == #"{"name":"GET"}"#)
  }

  @Test(arguments: ["snake-case.json", "pretty.json", "resource-last.json"])
  func `the dialects say the same`(name: String) async throws {
    func content(_ read: Collected) -> [ReadSpan] {
      read.spans.map {
        var span = $0
        span.row.offset = 0
        return span
      }
    }
    #expect(try await content(read(name)) == content(read("plain.json")))
  }

  @Test(arguments: ["both-keys.json", "empty-new-key.json"])
  func `the old key counts only where the new one is absent or empty`(name: String) async throws {
    let read = try await read(name)
    #expect(read.spans.count == 2)
    #expect(read.spans[0].scope == (name == "both-keys.json" ? "lib@1.2" : "old@"))
  }

  @Test func `the old keys of libraries are read`() async throws {
    let read = try await read("legacy-keys.json")
    #expect(read.spans.map(\.scope) == ["old@0"])
    #expect(read.logs.map(\.body) == ["old"])
  }

  @Test(arguments: ["base64-ids.json", "byte-array-ids.json"])
  func `ids are read in base64 and as bytes`(name: String) async throws {
    let read = try await read(name)
    #expect(read.spans[0].row.trace.description == "5b8efff798038103d269b633813fc60c")
    #expect(read.spans[0].row.id.description == "eee19b7ec3c1b171")
    if name == "base64-ids.json" {
      #expect(read.spans[1].row.trace == read.spans[0].row.trace)
      #expect(read.spans[1].row.parent == read.spans[0].row.id)
      #expect(read.spans[0].row.facts.kind == .server)
    } else {
      #expect(read.spans[1].row.trace.isAbsent && read.spans[1].row.id.isAbsent)
      #expect(read.count(.wrongType) == 2 && read.count(.missingTraceID) == 1)
    }
  }

  @Test func `ids that are not hex link up and keep their written form`() async throws {
    let read = try await read("opaque-ids.json")
    let (root, child, other) = (read.spans[0], read.spans[1], read.spans[2])
    #expect(root.row.trace == TraceID(text: "my-trace") && child.row.trace == root.row.trace)
    #expect(root.row.id == SpanID(text: "span-root") && child.row.parent == root.row.id)
    #expect(root.row.facts[.opaqueTraceID] && root.row.facts[.opaqueID])
    #expect(root.detail == #"{"trace_id":"my-trace","span_id":"span-root"}"#)
    #expect(
      child.detail == #"{"trace_id":"my-trace","span_id":"span-child","parent_id":"span-root"}"#)
    #expect(!other.row.facts[.opaqueTraceID] && other.detail == #"{"parent_id":"span-root"}"#)
  }

  @Test func `ids of other lengths are padded, zeros are no id`() async throws {
    let read = try await read("odd-length-ids.json")
    #expect(read.spans[0].row.trace.description == "0b8efff798038103d269b633813fc60c")
    #expect(read.spans[0].row.id.description == "0ee19b7ec3c1b171")
    #expect(read.spans[1].row.trace.is64Bit)
    #expect(read.spans[2].row.trace.isAbsent && read.spans[2].row.id.isAbsent)
    #expect(read.spans[3].row.trace.description == "5759e988bd862e3fe1be46a994272793")
    #expect(read.count(.oddID) == 2 && read.count(.missingTraceID) == 1)
  }

  @Test func `enumerations are read by number and by name`() async throws {
    let read = try await read("enum-names.json")
    #expect(read.spans.map(\.row.facts.kind) == [.client, .server, .consumer, .unknown])
    #expect(read.spans.map(\.row.facts.status) == [.error, .ok, .error, .unset])
    #expect(read.count(.unknownEnum) == 2)
    #expect(read.spans[3].detail == #"{"unknown":{"kind":"SPAN_KIND_NEW","status":{"code":9}}}"#)
  }

  @Test func `null stands for an absent field`() async throws {
    let read = try await read("nulls.json")
    #expect(read.spans.count == 1)
    #expect(read.spans[0].service == "unknown_service")
    #expect(read.summary.defects.sorted.map(\.kind) == [.missingService])
    #expect(read.spans[0].detail.isEmpty && read.spans[0].attributes.isEmpty)
  }

  @Test func `wrong types are counted, what is no object is dropped, the rest is kept`()
    async throws
  {
    let read = try await read("wrong-types.json")
    #expect(read.summary.spansSeen == 6 && read.summary.spansDropped == 4)
    #expect(read.spans.map(\.row.id.description) == ["eee19b7ec3c1b171", "eee19b7ec3c1b172"])
    #expect(read.spans[0].row.facts[.unknownStart])
    #expect(read.spans[1].attributes == #"{"a":"plain","b":true}"#)
    // Two list elements, four spans, six fields of the first span, four of the second one's attributes.
    #expect(read.count(.wrongType) == 2 + 4 + 6 + 4)
    #expect(
      read.spans[0].detail
        == #"{"unknown":{"name":7,"startTimeUnixNano":true,"attributes":"no","events":{},"links":3,"status":"bad"}}"#
    )
  }

  @Test func `times beyond 63 bits, as text or negative are unknown`() async throws {
    let read = try await read("times.json")
    #expect(read.spans.map(\.row.start) == [0, 1_544_712_660_000_000_001, .max, 0])
    #expect(read.spans.map(\.row.end) == [0, 1_544_712_660_000_000_001, .max, 0])
    #expect(read.spans.map(\.row.facts[.unknownStart]) == [true, false, false, true])
    #expect(read.spans.map(\.row.facts[.unknownEnd]) == [true, true, true, true])
    #expect(read.count(.oddTime) == 3)
    #expect(
      read.spans.map(\.detail) == [
        #"{"unknown":{"startTimeUnixNano":"18446744073709551615","endTimeUnixNano":"2020-01-01T00:00:00Z"}}"#,
        "", #"{"unknown":{"endTimeUnixNano":-5}}"#, "",
      ])
  }

  @Test(arguments: [1, 4 << 20], [false, true])
  func `what resources, scopes, events and links say beyond their columns is kept`(
    chunkBytes: Int, usesTapes: Bool
  ) async throws {
    let read = try await collect(
      path: fixturePath("beyond-columns.json"), chunkBytes: chunkBytes, usesTapes: usesTapes)
    let spans = read.spans.sorted { $0.row.id < $1.row.id }
    let (host, pod) = (
      #"{"service.name":"s"}{"unknown":{"entityRefs":[{"type":"host"}]},"dropped_attributes":2}"#,
      #"{"service.name":"s"}{"unknown":{"entityRefs":[{"type":"pod"}]},"dropped_attributes":2}"#
    )
    #expect(spans.map(\.resource) == [host, host, host, host, pod, host])
    let scopes = ["main", "spare"].map {
      #"n@1.2{"pool":"\#($0)"}{"unknown":{"loader":{"a":1}},"dropped_attributes":2}"#
    }
    #expect(
      spans.map(\.scope) == [scopes[0], scopes[0], scopes[1], scopes[0], scopes[0], "@"])
    let link = #""trace_id":"5b8efff798038103d269b633813fc60c","span_id":"0000000000000002""#
    let detail =
      #"{"events":[{"name":"e","time_ns":1700000000000000001,"dropped_attributes":1}],"links":[{\#(link),"trace_state":"a=b","flags":769,"dropped_attributes":4}]}"#
    for (index, span) in spans.enumerated() where index != 1 { #expect(span.detail == detail) }
    for word in [#""severity":7"#, #""reason":"retry""#, #""cause":9"#] {
      #expect(spans[1].detail.contains(word))
    }
  }

  @Test(arguments: [false, true])
  func `what a scope holds in the wrong type is kept, and counted each time`(usesTapes: Bool)
    async throws
  {
    func line(_ id: Int) -> String {
      #"{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{"name":5,"version":"2","attributes":"x","droppedAttributesCount":-1},"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"000000000000000\#(id)","name":"a","startTimeUnixNano":"5","endTimeUnixNano":"6"}]}]}]}"#
        + "\n"
    }
    let text = (1...3).map(line).joined()
    let read = try await collect(bytes: Array(text.utf8), usesTapes: usesTapes)
    #expect(read.count(.wrongType) == 6)
    #expect(
      Set(read.spans.map(\.scope)) == [
        #"@2{"unknown":{"name":5,"attributes":"x","droppedAttributesCount":-1}}"#
      ])
    #expect(read.spans.count == 3)
  }

  @Test(arguments: [1, 4 << 20])
  func `a value that no column holds is kept as it stood`(chunkBytes: Int) async throws {
    let fields: [(String, Defect.Kind, String)] = [
      (#""startTimeUnixNano":"1.76e18""#, .oddTime, ""),
      (#""endTimeUnixNano":9223372036854775808"#, .oddTime, ""),
      (#""kind":{"a":[1,null]}"#, .unknownEnum, ""),
      (#""traceState":["a"]"#, .wrongType, ""),
      (#""traceId":12"#, .wrongType, ""),
      (#""parent_span_id":[1,2]"#, .wrongType, ""),
      (#""flags":"many""#, .wrongType, ""),
      (#""droppedLinksCount":{}"#, .wrongType, ""),
      (#""status":{"message":7}"#, .wrongType, ""),
      (
        #""events":[{"name":"e","timeUnixNano":-1}]"#, .oddTime,
        #""events":[{"name":"e","time_ns":0}],"#
      ),
      (
        #""links":[{"traceId":true}]"#, .wrongType,
        #""links":[{"trace_id":"00000000000000000000000000000000","span_id":"0000000000000000"}],"#
      ),
    ]
    for (field, kind, before) in fields {
      let text =
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":"eee19b7ec3c1b171",\#(field)},{"spanId":"eee19b7ec3c1b172"}]}]}]}"#
      let read = try await collect(bytes: Array(text.utf8), chunkBytes: chunkBytes)
      #expect(read.spans.map(\.detail) == [#"{\#(before)"unknown":{\#(field)}}"#, ""], "\(field)")
      #expect(read.count(kind) == 1, "\(field)")
    }
  }

  @Test func `numbers without a 64-bit form are kept as text`() async throws {
    let read = try await read("odd-numbers.json")
    #expect(
      read.spans[0].attributes
        == #"{"big":"1234567890123456789012345","huge":"1e400","nan":"NaN","inf":"-Infinity","text":"NaN","u":"18446744073709551615"}"#
    )
    #expect(read.spans.count == 2 && read.summary.spansDropped == 0)
    #expect(read.count(.oddNumber) == 6)
  }

  @Test func `broken text is repaired and counted`() async throws {
    let read = try await read("broken-text.json")
    #expect(
      read.spans[0].attributes
        == "{\"lone\":\"a\u{fffd}b\",\"utf8\":\"a\u{fffd}\u{fffd}(b\",\"raw\":\"a\\u0001\\tb\",\"good\":\"\u{1f600} é\"}"
    )
    #expect(read.count(.repairedText) == 3)
  }

  @Test(arguments: [
    "pretty-concatenated.json", "concatenated.json", "record-separators.json-seq",
  ])
  func `documents need no separator`(name: String) async throws {
    let read = try await read(name)
    #expect(read.summary.records == 3 && read.spans.count == 3)
    #expect(read.summary.defects.isEmpty)
  }

  @Test(arguments: ["array-of-documents.json", "bom-crlf.jsonl"])
  func `arrays of documents, byte order marks and carriage returns are no hindrance`(
    name: String
  ) async throws {
    let read = try await read(name)
    #expect(read.spans.map(\.service) == ["cart", "pay"])
    #expect(read.summary.records == 2 && read.summary.defects.isEmpty)
  }

  @Test func `broken lines are counted at their place and their neighbours are kept`() async throws
  {
    let read = try await read("broken-lines.jsonl")
    // The sixth line lost its end: its first span is complete, and so is its second.
    #expect(read.spans.map { $0.row.id.rawValue & 15 } == [1, 2, 3, 4, 5])
    #expect(read.count(.brokenRecord) == 4)
    #expect(read.count(.unknownRecord) == 1)
    // The brace of the second line is right, the letter behind it is not.
    let firstLine = try #require(try fixture("broken-lines.jsonl").firstIndex(of: 0x0a))
    #expect(
      read.summary.defects.entries[.brokenRecord]?.firstOffset == Int64(firstLine + 2))
  }

  @Test func `a resource without the outer list is read, wherever its resource stands`()
    async throws
  {
    let read = try await read("unwrapped-resource.json")
    #expect(read.spans.count == 4 && read.spans.allSatisfy { $0.host == "node-1" })
  }

  @Test func `a partial answer of Tempo says so`() async throws {
    let read = try await read("tempo-v2-partial.json")
    #expect(read.spans.count == 1 && read.count(.partialAnswer) == 1)
  }

  @Test func `the answer of a search is no trace`() async throws {
    let read = try await read("tempo-search.json")
    #expect(read.spans.isEmpty && read.count(.searchSummary) == 1)
  }

  @Test func `the answer of Jaeger's api v3 is read`() async throws {
    #expect(try await read("jaeger-v3.json").spans.count == 1)
  }

  @Test func `the last of repeated keys stands`() async throws {
    let read = try await read("repeated-keys.json")
    #expect(read.spans[0].attributes == #"{"b":"2","a":"3","m":{"x":"2"}}"#)
    #expect(read.count(.repeatedKey) == 2)
  }

  @Test func `logs keep body, severity, ids and event name`() async throws {
    let read = try await read("logs.json")
    #expect(read.logs.count == 3 && read.summary.logsDropped == 1)
    let log = read.logs[0]
    #expect(log.row.time == 1_544_712_660_300_000_000 && log.row.observed == log.row.time + 1)
    #expect(log.row.severity == 17 && log.severityText == "Error" && log.service == "cart")
    #expect(log.body == "it \"broke\"")
    #expect(log.attributes == #"{"k":"v","event.name":"app.crash"}"#)
    #expect(log.row.span.description == "eee19b7ec3c1b171")
    #expect(read.logs[1].row.severity == 14 && read.logs[1].body == #"{"a":1}"#)
    #expect(read.logs[2].row.severity == 13 && read.logs[2].row.trace.isAbsent)
  }

  @Test func `signals may be mixed in one file and in one record`() async throws {
    let read = try await read("mixed-signals.jsonl")
    #expect(read.spans.count == 2 && read.logs.count == 6)
    #expect(read.summary.metricsSeen == 4)
    #expect(read.count(.missingService) == 0)
  }
}
