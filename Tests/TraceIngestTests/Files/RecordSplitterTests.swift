import Testing
import TraceIngest
import TraceModel

/// What lost its end costs its neighbours nothing.
@Suite struct RecordSplitterTests {
  private static let compact =
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]},"scopeSpans":[{"scope":{"name":"lib"},"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b17#","name":"a\"b\\","kind":2}]}]}]}"#
  private static let pretty = """
    {
      "resourceSpans": [
        {
          "resource": {
            "attributes": [
              { "key": "service.name", "value": { "stringValue": "cart" } }
            ]
          },
          "scopeSpans": [
            {
              "scope": {
                "name": "lib"
              },
              "spans": [
                {
                  "traceId": "5b8efff798038103d269b633813fc60c",
                  "spanId": "eee19b7ec3c1b17#",
                  "kind": 2
                }
              ]
            }
          ]
        }
      ]
    }
    """

  private static func document(_ number: Int, isPretty: Bool) -> [UInt8] {
    Array((isPretty ? pretty : compact).replacing("#", with: "\(number)").utf8)
  }

  private func ids(_ read: Collected) -> [UInt64] { read.spans.map { $0.row.id.rawValue & 15 } }

  @Test(arguments: [(false, ""), (false, ","), (true, "\n"), (true, ""), (true, ",\n")])
  func `a document cut off anywhere is one broken record and the ones behind it are kept`(
    isPretty: Bool, separator: String
  ) async throws {
    let first = Self.document(1, isPretty: isPretty)
    let rest =
      Array(separator.utf8) + Self.document(2, isPretty: isPretty) + Array(separator.utf8)
      + Self.document(3, isPretty: isPretty)
    for end in stride(from: 1, to: first.count, by: 7) {
      let bytes = Array(first[..<end]) + rest
      let whole = try await collect(bytes: bytes)
      #expect(ids(whole).suffix(2) == [2, 3], "cut at \(end)")
      #expect(whole.summary.records == 2, "cut at \(end)")
      #expect(whole.count(.brokenRecord) == 1 && whole.count(.cutOffRecord) == 0, "cut at \(end)")
      let place = try #require(whole.summary.defects.entries[.brokenRecord]?.firstOffset)
      #expect(place <= Int64(end + separator.utf8.count), "cut at \(end)")
      for size in [1, 50, 333] {
        let cut = try await collect(bytes: bytes, chunkBytes: size)
        #expect(cut.spans == whole.spans, "cut at \(end), \(size) bytes")
        #expect(cut.summary.records == 2, "cut at \(end), \(size) bytes")
        #expect(cut.summary.defects == whole.summary.defects, "cut at \(end), \(size) bytes")
      }
    }
  }

  @Test(arguments: [1, 64, 4 << 20])
  func `words between documents cost the documents nothing`(chunkBytes: Int) async throws {
    let documents = (1...3).map {
      String(decoding: Self.document($0, isPretty: false), as: UTF8.self)
    }
    for text in [
      "[\(documents[0]),oops,\(documents[1])]",
      "\(documents[0])garbage\(documents[1])",
      "\(documents[0]),[oops],\(documents[1])\n",
      "\(documents[0])\n[oops \(documents[1])]\n",
    ] {
      let read = try await collect(bytes: Array(text.utf8), chunkBytes: chunkBytes)
      #expect(ids(read) == [1, 2], "\(text)")
      #expect(read.count(.brokenRecord) == 1 && read.count(.cutOffRecord) == 0, "\(text)")
      let place = try #require(read.summary.defects.entries[.brokenRecord]?.firstOffset)
      #expect([0x6f, 0x67].contains(Array(text.utf8)[Int(place)]), "\(text)")
    }
  }

  @Test(arguments: [1, 64, 4 << 20])
  func `an array without its last bracket is cut off, its documents are kept`(
    chunkBytes: Int
  ) async throws {
    let documents = (1...3).map {
      String(decoding: Self.document($0, isPretty: false), as: UTF8.self)
    }
    let array = "[" + documents.joined(separator: ",")
    let cut = try await collect(bytes: Array(array.utf8), chunkBytes: chunkBytes)
    #expect(ids(cut) == [1, 2, 3] && cut.count(.cutOffRecord) == 1)
    #expect(cut.summary.defects.entries[.cutOffRecord]?.firstOffset == Int64(array.utf8.count))
    let comma = try await collect(bytes: Array((array + ",\n").utf8), chunkBytes: chunkBytes)
    #expect(ids(comma) == [1, 2, 3] && comma.count(.cutOffRecord) == 1)
    let inside = try await collect(
      bytes: Array((array + #",{"resou"#).utf8), chunkBytes: chunkBytes)
    #expect(ids(inside) == [1, 2, 3] && inside.count(.cutOffRecord) == 1)
    let whole = try await collect(bytes: Array((array + "]\n").utf8), chunkBytes: chunkBytes)
    #expect(ids(whole) == [1, 2, 3] && whole.summary.defects.isEmpty)
  }

  @Test(arguments: [1, 64, 4 << 20])
  func `an answer around the lists is one document`(chunkBytes: Int) async throws {
    let inner = String(decoding: Self.document(1, isPretty: false), as: UTF8.self)
    let text = #"{"trace":\#(inner),"status":"PARTIAL"}{"result": \#(inner)}"#
    let read = try await collect(bytes: Array(text.utf8), chunkBytes: chunkBytes)
    #expect(ids(read) == [1, 1] && read.summary.records == 2)
    #expect(read.summary.defects.sorted.map(\.kind) == [.partialAnswer])
  }

  @Test(arguments: [1, 64, 4 << 20])
  func `a document of a span a line or a resource a line is one document`(
    chunkBytes: Int
  ) async throws {
    let spans = (1...9).map {
      #"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"000000000000000\#($0)"}"#
    }
    let bySpan =
      #"{"resourceSpans":[{"scopeSpans":[{"spans":["# + "\n" + spans.joined(separator: ",\n")
      + "\n]}]}]}\n"
    let resources = spans.map { #"{"scopeSpans":[{"spans":[\#($0)]}]}"# }
    let byResource =
      #"{"resourceSpans":["# + "\n" + resources.joined(separator: ",\n") + "\n]}\n"
    for text in [bySpan, byResource] {
      let read = try await collect(bytes: Array(text.utf8), chunkBytes: chunkBytes)
      #expect(ids(read) == Array(1...9) && read.summary.records == 1)
      #expect(read.count(.brokenRecord) == 0 && read.count(.unknownRecord) == 0)
    }
  }

  @Test(arguments: ["logs", "cloudwatch-s3", "aws-logs-text", "json-logs", "otlp", "xray"])
  func `a line beyond the limit is one defect, whatever document it begins with`(format: String)
    async throws
  {
    let line = #"{"resourceSpans":[{"resource":{}}]"# + String(repeating: #",{"a":1}"#, count: 500)
    let text = line + "\n" + #"{"level":"info","msg":"a","time":"2026-01-05T10:00:00Z"}"# + "\n"
    for size in [61, 1000, 4 << 20] {
      let read = try await collect(
        bytes: Array(text.utf8), chunkBytes: size, maxRecordBytes: 1000,
        format: Format.named(format))
      #expect(read.addsUp && read.summary.defects.entries.values.reduce(0) { $0 + $1.count } < 2000)
    }
  }
}
