import Foundation
import Testing
import TraceIngest
import TraceModel

/// Jaeger as it is met: the model's and the storages' spelling, values of the wrong type, answers that hold no trace.
struct JaegerDialectTests {
  private static let t0: Int64 = 1_767_607_200_000_000_000

  private func read(_ text: String, format: String? = nil) async throws -> Collected {
    let known = try format.map { name in try #require(Format.all.first { $0.name == name }) }
    let read = try await collect(bytes: Array(text.utf8), format: known)
    #expect(read.addsUp)
    return read
  }

  @Test func `Cassandra's rows: refs, parents, signed ids, tags by type`() async throws {
    let read = try await read(
      #"""
      [{"trace_id":"0x52969a8955571a3f","span_id":-2,"operation_name":"get","flags":3,"start_time":1767607200000000,"duration":5,
        "refs":[{"ref_type":"child-of","trace_id":"0x52969a8955571a3f","span_id":7}],
        "tags":[{"key":"s","value_type":"string","value_string":"x"},{"key":"b","value_type":"bool","value_bool":true},{"key":"n","value_type":"int64","value_long":9},{"key":"f","value_type":"float64","value_double":2.5},{"key":"y","value_type":"binary","value_binary":"AQI="}],
        "process":{"service_name":"shop","tags":[{"key":"ip","value_type":"string","value_string":"10.0.0.7"}]}},
       {"trace_id":"0x52969a8955571a3f","span_id":9,"parent_id":-2,"operation_name":"put","start_time":1767607200000001,"duration":1,"process":{"service_name":"shop"}}]
      """#)
    #expect(read.summary.formatName == "jaeger-storage" && read.spans.count == 2)
    let get = try #require(read.spans.first { $0.operation == "get" })
    #expect(get.row.trace.description == "000000000000000052969a8955571a3f")
    #expect(get.row.id.description == "fffffffffffffffe")
    #expect(get.row.parent.description == "0000000000000007" && get.host == "10.0.0.7")
    #expect(get.attributes == #"{"s":"x","b":true,"n":9,"f":2.5,"y":"AQI="}"#)
    // A debug span: the sampler did not choose it.
    #expect(get.detail.contains(#""jaeger":{"flags":3}"#))
    #expect(read.spans.first { $0.operation == "put" }?.row.parent == get.row.id)
  }

  @Test func `the model in camelCase: base64 ids, times as text, a process per span`() async throws
  {
    let read = try await read(
      #"""
      {"spans":[{"traceId":"AAAAAAAAAABSlpqJVVcaPw==","spanId":"AAAAAAAAAAI=","operationName":"get","references":[{"spanId":"AAAAAAAAAAM=","refType":"CHILD_OF"}],
        "startTime":"2026-01-05T10:00:00.000000001Z","duration":"0.000001500s","tags":[{"key":"n","vType":"INT64","vInt64":"7"},{"key":"zero","vType":"INT64"},{"key":"no","vType":"BOOL"}],
        "logs":[{"timestamp":"2026-01-05T10:00:00.000000002Z","fields":[{"key":"event","vStr":"seen"}]}],"process":{"serviceName":"shop"}}]}
      """#)
    #expect(read.summary.formatName == "jaeger" && read.spans.count == 1)
    let span = try #require(read.spans.first)
    #expect(span.row.trace.description == "000000000000000052969a8955571a3f")
    // Without a trace id a reference means the span's own trace.
    #expect(span.row.parent.description == "0000000000000003" && span.service == "shop")
    #expect(span.row.start == Self.t0 + 1 && span.row.end - span.row.start == 1500)
    #expect(span.attributes == #"{"n":7,"zero":0,"no":false}"#)
    #expect(span.detail.contains(#""name":"seen""#))
  }

  @Test func `a stored span needs no process`() async throws {
    let read = try await read(
      #"{"traceID":"1","spanID":"2","operationName":"get","startTimeMillis":1767607200000,"duration":5}"#
    )
    #expect(read.summary.formatName == "jaeger-storage")
    let span = try #require(read.spans.first)
    #expect(span.row.start == Self.t0 && span.row.end - span.row.start == 5000)
    #expect(span.service == "unknown_service" && read.count(.missingService) == 1)
  }

  @Test func `times that are none are counted and kept`() async throws {
    let read = try await read(
      #"""
      {"data":[{"traceID":"1","processes":{"p":{"serviceName":"s"}},"spans":[
       {"spanID":"2","operationName":"a","startTime":"soon","duration":1,"processID":"p"},
       {"spanID":"3","operationName":"b","startTime":1e19,"duration":1,"processID":"p"},
       {"spanID":"4","operationName":"c","startTime":1.7676072e15,"duration":"long","processID":"p"},
       {"spanID":"5","operationName":"d","startTime":1767607200000000,"duration":9223372036854775807,"processID":"p"},
       {"spanID":"6","operationName":"e","startTime":1767607200000000,"duration":1,"logs":[{"timestamp":"x","fields":[]}],"processID":"p"}]}]}
      """#)
    #expect(read.spans.count == 5 && read.count(.oddTime) == 5)
    func span(_ name: String) throws -> ReadSpan {
      try #require(read.spans.first { $0.operation == name })
    }
    #expect(try span("a").detail.contains(#""startTime":"soon""#))
    #expect(try span("a").row.facts[.unknownStart])
    #expect(try span("b").detail.contains(#""startTime":1e"#))
    #expect(try span("c").row.start == Self.t0 && span("c").row.facts[.unknownEnd])
    #expect(try span("c").detail.contains(#""duration":"long""#))
    #expect(try span("d").detail.contains(#""duration":9223372036854775807"#))
    #expect(try span("e").detail.contains(#""timestamp":"x""#))
  }

  @Test func `fields of a wrong type and fields that nobody knows are kept`() async throws {
    let read = try await read(
      #"""
      {"data":[{"traceID":"1","processes":{"p":{"serviceName":"s"}},"warnings":["late"],"spans":[
       {"spanID":"2","operationName":"a","startTime":1767607200000000,"duration":1,"processID":"p","tags":"none","logs":7,"references":"x","colour":"red"},
       {"spanID":"3","operationName":"b","startTime":1767607200000000,"duration":1,"processID":"p","tags":[{"value":1},5,{"key":"k","value":{"a":[1]}}]},
       17]}]}
      """#)
    #expect(read.spans.count == 2)
    let a = try #require(read.spans.first { $0.operation == "a" })
    for part in [
      #""colour":"red""#, #""tags":"none""#, #""trace_warnings":["late"]"#,
    ] {
      #expect(a.detail.contains(part), "\(part) in \(a.detail)")
    }
    #expect(a.detail.contains("7") && a.detail.contains(#""x""#))
    let b = try #require(read.spans.first { $0.operation == "b" })
    #expect(b.attributes == #"{"k":{"a":[1]}}"# && b.detail.contains(#""tags":5"#))
    // Tags twice on b, once on a; logs, references and the span that is a number.
    #expect(read.count(.wrongType) == 6)
  }

  @Test(arguments: [
    (
      #"{"data":[{"parent":"web","child":"shop","callCount":9}],"total":0,"limit":0,"offset":0,"errors":null}"#,
      1
    ),
    (#"[{"parent":"web","child":"shop","callCount":9}]"#, 1),
    (#"{"data":["shop","web"],"total":2,"limit":0,"offset":0,"errors":null}"#, 1),
    (
      #"{"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":404,"msg":"trace not found"}]}"#,
      1
    ),
    (#"{"data":[],"total":0,"limit":0,"offset":0,"errors":null}"#, 0),
  ])
  func `answers that hold no trace are known, and kept`(_ text: String, _ kept: Int) async throws {
    let read = try await read(text)
    #expect(read.summary.formatName == "jaeger" && read.spans.isEmpty)
    #expect(read.count(.backEndAnswer) == kept && read.count(.unknownRecord) == 0)
  }

  @Test func `a trace with its spans first is told by them`() async throws {
    // The processes lie far behind what is looked at to tell a format.
    let spans = (1...2000).map {
      #"{"traceID":"1","spanID":"\#(String($0, radix: 16))","operationName":"work","references":[],"startTime":1767607200000000,"duration":5,"tags":[],"logs":[],"processID":"p\#($0 % 2)"}"#
    }
    let text =
      #"{"data":[{"traceID":"1","spans":["# + spans.joined(separator: ",")
      + #"],"processes":{"p0":{"serviceName":"even"},"p1":{"serviceName":"odd"}}}]}"#
    let read = try await read(text)
    #expect(read.summary.formatName == "jaeger" && read.spans.count == 2000)
    #expect(read.spans.count { $0.service == "even" } == 1000)
    #expect(read.spans.count { $0.service == "odd" } == 1000)
  }

  /// A document of one trace.
  ///
  /// - Parameter broken: the span that is no JSON.
  private func document(_ count: Int, padding: Int, broken: Int? = nil, isCut: Bool = false)
    -> String
  {
    var spans = (1...count).map {
      #"{"traceID":"1","spanID":"\#(String($0, radix: 16))","operationName":"work","startTime":\#(1_767_607_200_000_000 + $0),"duration":5,"tags":[{"key":"pad","type":"string","value":"\#(String(repeating: "x", count: padding))"}],"processID":"p1"}"#
    }
    if let broken { spans[broken] = #"{"traceID":"1","spanID":"# + "nonsense}" }
    let whole =
      #"{"data":[{"traceID":"1","spans":["# + spans.joined(separator: ",")
      + #"],"processes":{"p1":{"serviceName":"shop","tags":[]}}}],"total":0,"errors":null}"#
    return isCut ? String(whole.prefix(whole.count - 300 - padding)) : whole
  }

  @Test func `a span without a name is a span in whatever pieces its trace comes`() async throws {
    let text = document(20, padding: 0).replacingOccurrences(
      of: #""spanID":"a","operationName":"work""#, with: #""spanID":"a","title":"work""#)
    for chunk in [61, 200, 4 << 20] {
      let read = try await collect(
        bytes: Array(text.utf8), chunkBytes: chunk, format: Format.named("jaeger"))
      #expect(read.addsUp && read.spans.count == 20, "\(chunk)")
    }
  }

  @Test(arguments: [(20, 0), (3000, 4000)])
  func `one broken span costs that span`(_ count: Int, _ padding: Int) async throws {
    let text = document(count, padding: padding, broken: count / 2)
    for chunk in padding == 0 ? [61, 4 << 20] : [4 << 20] {
      let read = try await collect(bytes: Array(text.utf8), chunkBytes: chunk)
      #expect(read.addsUp && read.spans.count == count - 1, "\(chunk)")
      #expect(read.count(.brokenRecord) == 1 && read.spans.allSatisfy { $0.service == "shop" })
    }
  }

  @Test(arguments: [(20, 0), (3000, 4000)])
  func `a trace that is cut off keeps the spans before`(_ count: Int, _ padding: Int) async throws {
    let text = document(count, padding: padding, isCut: true)
    for chunk in padding == 0 ? [61, 4 << 20] : [4 << 20] {
      let read = try await collect(bytes: Array(text.utf8), chunkBytes: chunk)
      #expect(read.addsUp && read.spans.count >= count - 3, "\(chunk): \(read.spans.count)")
      #expect(read.count(.cutOffRecord) + read.count(.brokenRecord) >= 1)
      #expect(read.count(.unknownRecord) == 0, "its spans are kept")
    }
  }

  @Test func `a large trace is the same in whatever pieces it comes`() async throws {
    let text = Array(document(3000, padding: 1000).utf8)
    let one = try await collect(bytes: text, chunkBytes: 32 << 20)
    #expect(one.spans.count == 3000 && one.spans.allSatisfy { $0.service == "shop" })
    for chunk in [1 << 20, 3 << 20] {
      let pieces = try await collect(bytes: text, chunkBytes: chunk)
      #expect(pieces.spans == one.spans && pieces.summary.defects == one.summary.defects)
    }
  }
}
