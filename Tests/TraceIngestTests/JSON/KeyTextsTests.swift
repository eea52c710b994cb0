import Testing
import TraceIngest
import TraceModel

/// Lists of attributes whose keys are remembered, checked against the same text put together here.
@Suite struct KeyTextsTests {
  /// A string as RFC 8259 writes it.
  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// A line with one span that has these attributes.
  private func line(_ attributes: [(key: String, value: String)]) -> String {
    let list = attributes.map { #"{"key":\#(quoted($0.key)),"value":\#($0.value)}"# }
    return
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b171","attributes":[\#(list.joined(separator: ","))]}]}]}]}"#
  }

  /// Keys of all lengths up to 80, some of which have to be escaped.
  private var keys: [String] {
    (0..<1500).map { number in
      let start = String(repeating: "abcdefg.", count: 10).prefix(number % 77)
      return number % 10 == 3 ? "\(start)\"\\\n\(number)" : "\(start)\(number)é"
    }
  }

  @Test func `1500 keys are written in full each time they come`() async throws {
    let lists = stride(from: 0, to: 1500, by: 30).map { Array(keys[$0..<$0 + 30]) }
    let twice = lists + lists
    let lines = twice.map { list in
      line(list.map { ($0, #"{"stringValue":\#(quoted($0))}"#) })
    }
    let read = try await collect(bytes: Array(lines.joined(separator: "\n").utf8), workers: 1)
    let expected = twice.map { list in
      "{" + list.map { "\(quoted($0)):\(quoted($0))" }.joined(separator: ",") + "}"
    }
    #expect(read.spans.map(\.attributes) == expected)
    #expect(read.summary.defects.entries[.repeatedKey] == nil)
  }

  @Test func `of a key that comes twice in a list the last stands, whatever its form`() async throws
  {
    let lines = keys.prefix(600).map { key in
      line([
        (key, #"{"intValue":"1"}"#), ("other", #"{"boolValue":true}"#), (key, #"{"intValue":"2"}"#),
      ])
    }
    let read = try await collect(bytes: Array(lines.joined(separator: "\n").utf8), workers: 1)
    #expect(
      read.spans.map(\.attributes) == keys.prefix(600).map { #"{"other":true,\#(quoted($0)):2}"# })
    #expect(read.count(.repeatedKey) == 600)
  }

  @Test func `whole numbers are written without what says nothing`() async throws {
    let numbers = [
      ("0", "0"), ("7", "7"), ("-5", "-5"), ("00", "0"), ("007", "7"), ("12345678", "12345678"),
      ("123456789", "123456789"), ("9223372036854775807", "9223372036854775807"),
    ]
    let others = ["", "1e3", "1a", "12 45", "+5", "9223372036854775808", "1:", "/1"]
    let read = try await collect(
      bytes: Array(
        line((numbers.map(\.0) + others).enumerated().map { ("k\($0)", #"{"intValue":"\#($1)"}"#) })
          .utf8))
    let expected = (numbers.map(\.1) + others.map(quoted)).enumerated().map { #""k\#($0)":\#($1)"# }
    #expect(read.spans.map(\.attributes) == ["{\(expected.joined(separator: ","))}"])
    #expect(read.count(.oddNumber) == others.count)
  }

  @Test func `a pair in another shape says the same`() async throws {
    let shapes = [
      #"{"key":"a","value":{"stringValue":"x"}}"#, #"{"value":{"stringValue":"x"},"key":"a"}"#,
      #"{"key":"a","value":{"stringValue":"x"},"more":"y"}"#,
      #"{"key":"a","value":{"string_value":"x"}}"#, #"{"key":"a","value":{"bytesValue":"x"}}"#,
    ]
    let lines = shapes.map {
      line([]).replacing("\"attributes\":[]", with: "\"attributes\":[\($0)]")
    }
    let read = try await collect(bytes: Array(lines.joined(separator: "\n").utf8))
    #expect(read.spans.map(\.attributes) == shapes.map { _ in #"{"a":"x"}"# })
  }
}
