import Testing
import TraceIngest
import TraceModel

/// Input made to hurt: nothing traps, and the counts add up.
@Suite struct HostileInputTests {
  private static let names = [
    "plain.json", "beyond-columns.json", "legacy-keys.json", "opaque-ids.json", "odd-numbers.json",
    "logs.json",
    "mixed-signals.jsonl",
  ]

  private func document(_ attributes: String) -> [UInt8] {
    let span = #"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b17"#
    return Array(
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(span)1","attributes":[\#(attributes)]},\#(span)2"}]}]}]}"#
        .utf8)
  }

  @Test(arguments: [1, 4 << 20])
  func `100,000 levels of nesting cost one span`(chunkBytes: Int) async throws {
    let depth = 100_000
    let deep =
      String(repeating: #"{"arrayValue":{"values":["#, count: depth)
      + String(repeating: "]}}", count: depth)
    let read = try await collect(
      bytes: document(#"{"key":"a","value":\#(deep)}"#), chunkBytes: chunkBytes)
    #expect(read.spans.map(\.row.id.description) == ["eee19b7ec3c1b172"])
    #expect(read.summary.spansDropped == 1 && read.count(.tooDeep) >= 1)
    let brackets = try await collect(
      bytes: document(String(repeating: "[", count: depth)), chunkBytes: chunkBytes)
    #expect(brackets.addsUp)
  }

  @Test(arguments: [
    #"{"timestamp":"2026-01-05T10:00:00Z","level":"error","message":"deep","a":DEEP}"#,
    #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1767607200000000000","body":{"stringValue":"deep"},"attributes":[{"key":"a","value":VALUE}]}]}]}]}"#,
  ])
  func `a raised limit keeps what is deeper, and its lowest levels are text`(record: String)
    async throws
  {
    let depth = 5000
    let isValue = record.contains("VALUE")
    let (open, close) = isValue ? (#"{"arrayValue":{"values":["#, "]}}") : ("[", "]")
    func repeated(_ part: String, _ count: Int) -> String { String(repeating: part, count: count) }
    func nested(_ depth: Int) -> String {
      repeated(open, depth) + (isValue ? #"{"intValue":"7"}"# : "7") + repeated(close, depth)
    }
    let deep = nested(depth)
    let text = record.replacing(isValue ? "VALUE" : "DEEP", with: deep) + "\n"
    let refused = try await collect(bytes: Array(text.utf8))
    #expect(refused.logs.isEmpty && refused.count(.tooDeep) == 1)
    #expect(refused.count(.brokenRecord) == 0)
    let read = try await collect(bytes: Array(text.utf8), maxDepth: 4 * depth)
    let attributes = try #require(read.logs.first?.attributes)
    #expect(read.logs[0].body == "deep" && read.count(.tooDeep) == 0)
    // As it was written, with its quotes escaped.
    let lower = isValue ? "[\(nested(depth - 901))]" : nested(depth - 900)
    let quoted = "\"" + lower.replacing("\"", with: "\\\"") + "\""
    let isWanted = attributes == #"{"a":"# + repeated("[", 900) + quoted + repeated("]", 900) + "}"
    #expect(isWanted)
  }

  @Test func `a value that is none stands as deep as the lists around it`() async throws {
    let lists = 800
    let deep =
      String(repeating: #"{"arrayValue":{"values":["#, count: lists) + #"{"foo":"#
      + String(repeating: "[", count: 500) + String(repeating: "]", count: 500) + "}"
      + String(repeating: "]}}", count: lists)
    let read = try await collect(
      bytes: document(#"{"key":"a","value":\#(deep)}"#), maxDepth: 10_000)
    let brackets = String(repeating: "[", count: lists)
    // The object is one level more.
    let kept = String(repeating: "[", count: 99) + "\"[["
    #expect(read.spans[0].attributes.hasPrefix(#"{"a":\#(brackets){"foo":\#(kept)"#))
  }

  @Test func `300 levels of values are written as they are`() async throws {
    let depth = 300
    let deep =
      String(repeating: #"{"arrayValue":{"values":["#, count: depth) + #"{"intValue":"1"}"#
      + String(repeating: "]}}", count: depth)
    let read = try await collect(bytes: document(#"{"key":"a","value":\#(deep)}"#))
    let brackets = (String(repeating: "[", count: depth), String(repeating: "]", count: depth))
    #expect(read.spans[0].attributes == "{\"a\":\(brackets.0)1\(brackets.1)}")
  }

  @Test func `a megabyte string and 10,000 attributes are kept`() async throws {
    let long = String(repeating: "é\\\"", count: 300_000)
    let read = try await collect(
      bytes: document(#"{"key":"a","value":{"stringValue":"\#(long)"}}"#))
    #expect(read.spans[0].attributes == "{\"a\":\"\(long)\"}")
    let many = (0..<10_000).map { #"{"key":"k\#($0 % 5000)","value":{"intValue":"\#($0)"}}"# }
    let wide = try await collect(bytes: document(many.joined(separator: ",")))
    #expect(wide.count(.repeatedKey) == 5000)
    #expect(wide.spans[0].attributes.hasPrefix(#"{"k0":5000,"k1":5001"#))
  }

  @Test(arguments: names)
  func `no truncation traps, and complete lines are kept`(name: String) async throws {
    let bytes = try fixture(name)
    let whole = try await collect(bytes: bytes)
    for end in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 60)) {
      guard let read = try? await collect(bytes: Array(bytes[..<end])) else { continue }
      #expect(read.addsUp)
      #expect(read.spans.count <= whole.spans.count)
      let small = try await collect(bytes: Array(bytes[..<end]), chunkBytes: 40)
      #expect(small.addsUp)
    }
  }

  @Test(arguments: names)
  func `no mutation traps or loses the count`(name: String) async throws {
    let bytes = try fixture(name)
    var state: UInt64 = 42
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(truncatingIfNeeded: state >> 33) % bound
    }
    let odd: [UInt8] = Array("\"\\{}[],:0-9enull\n\u{1}".utf8) + [0xff, 0xc3, 0]
    for _ in 0..<80 {
      var mutated = bytes
      for _ in 0...random(4) {
        let at = random(mutated.count)
        switch random(3) {
        case 0: mutated[at] = odd[random(odd.count)]
        case 1: mutated.insert(odd[random(odd.count)], at: at)
        default: mutated.remove(at: at)
        }
      }
      for size in [33, 1 << 20] {
        guard let read = try? await collect(bytes: mutated, chunkBytes: size) else { continue }
        #expect(read.addsUp)
        #expect(read.isSortedByTrace)
      }
    }
  }

  @Test(arguments: [1000, 4 << 20])
  func `120,000 empty documents on one line are 120,000 records`(
    chunkBytes: Int
  ) async throws {
    let bytes =
      try fixture("plain.json") + Array(repeatElement(Array("{}".utf8), count: 120_000).joined())
    let read = try await collect(bytes: bytes, chunkBytes: chunkBytes)
    #expect(read.summary.records == 120_001 && read.count(.unknownRecord) == 120_000)
    #expect(read.spans.count == 2)
  }

  @Test(arguments: [100_000, 4 << 20])
  func `fifty thousand scopes of one resource are read`(chunkBytes: Int) async throws {
    let span = #"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b171"}"#
    let scopes = (0..<50_000).map {
      $0 % 1000 == 7 ? #"{"spans":[\#(span)],"scope":{"name":"s\#($0)"}}"# : #"{"spans":[]}"#
    }
    let text =
      #"{"resourceSpans":[{"scopeSpans":[\#(scopes.joined(separator: ","))],"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\#(String(repeating: "c", count: 1_000_000))"}}]}}]}"#
    let read = try await collect(bytes: Array(text.utf8), chunkBytes: chunkBytes)
    #expect(read.spans.map(\.scope) == (0..<50).map { "s\($0 * 1000 + 7)@" })
    #expect(read.spans.allSatisfy { $0.service.utf8.count == 1_000_000 })
    #expect(read.summary.defects.isEmpty)
  }

  @Test(arguments: [1000, 4 << 20])
  func `60,000 documents of one array, whole or all cut off, are taken one by one`(
    chunkBytes: Int
  ) async throws {
    let count = 60_000
    let empty = Array(repeatElement(#"{"resourceSpans":[]}"#, count: count))
    let array = try await collect(
      bytes: Array("[\(empty.joined(separator: ","))]".utf8), chunkBytes: chunkBytes)
    #expect(array.summary.records == count && array.summary.defects.isEmpty)
    let cut = String(repeating: #"{"resourceSpans":["#, count: count)
    let read = try await collect(bytes: Array(cut.utf8), chunkBytes: chunkBytes)
    #expect(read.count(.brokenRecord) == count - 1 && read.count(.cutOffRecord) == 1)
    let wrapped = String(repeating: #"{"trace":{"resourceSpans":["#, count: count)
    let traces = try await collect(bytes: Array(wrapped.utf8), chunkBytes: chunkBytes)
    #expect(traces.count(.brokenRecord) == count - 1 && traces.count(.cutOffRecord) == 1)
  }

  @Test func `numbers beyond what any unit of time holds are no times`() async throws {
    // The borders of seconds, ms, µs and ns in 64 bits of nanoseconds, and far between them.
    let numbers: [UInt64] = [
      9_223_372_036, 9_223_372_037, 99_999_999_999, 9_223_372_036_854, 9_223_372_036_855,
      50_000_000_000_000, 99_999_999_999_999, 9_223_372_036_854_775, 9_223_372_036_854_776,
      50_000_000_000_000_000, 99_999_999_999_999_999, 9_223_372_036_854_775_807,
      9_223_372_036_854_775_808, .max,
    ]
    for number in numbers {
      for text in [
        #"{"time":\#(number),"level":"info","msg":"a"}"#,
        #"{"ts":\#(number).5,"level":"info","msg":"a"}"#,
        "time=\(number) level=info msg=a\nlevel=info msg=b\n",
        #"{"trace_id":"1-5759e988-bd862e3fe1be46a994272793","id":"defdfd9912dc5a56","name":"a","start_time":\#(number),"end_time":\#(number).5}"#,
      ] {
        let read = try await collect(bytes: Array(text.utf8), name: "a.log")
        #expect(read.addsUp)
      }
    }
    let year2262 = try await collect(
      bytes: Array(#"{"time":9223372036854,"level":"info","msg":"a"}"#.utf8), name: "a.log")
    #expect(year2262.logs.first?.row.time == 9_223_372_036_854_000_000)
  }
}
