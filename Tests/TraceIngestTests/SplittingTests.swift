import Foundation
import Testing
import TraceIngest
import TraceModel

/// However the bytes are cut, the spans are the same.
@Suite struct SplittingTests {
  private static let sizes = [1, 2, 3, 7, 16, 31, 64, 100, 255, 700, 1500, 5000]

  /// Fixtures that hold nothing broken: where a record is broken, how much of it can be kept depends on the way it is read.
  private static let names = [
    "plain.json", "beyond-columns.json", "pretty.json", "snake-case.json", "resource-last.json",
    "base64-ids.json",
    "opaque-ids.json", "legacy-keys.json", "both-keys.json", "empty-new-key.json", "nulls.json",
    "pretty-concatenated.json", "concatenated.json", "array-of-documents.json", "bom-crlf.jsonl",
    "record-separators.json-seq", "unwrapped-resource.json", "tempo-v2-partial.json",
    "jaeger-v3.json", "repeated-keys.json", "logs.json", "mixed-signals.jsonl", "wrong-types.json",
    "odd-numbers.json", "broken-text.json", "tempo-search.json", "broken-lines.jsonl",
  ]

  @Test(arguments: names)
  func `chunks of any size give the same spans, logs, counts and defects`(name: String) async throws
  {
    let whole = try await collect(path: fixturePath(name))
    #expect(whole.addsUp)
    for size in Self.sizes {
      for workers in [1, 3] {
        let cut = try await collect(path: fixturePath(name), workers: workers, chunkBytes: size)
        #expect(cut.spans == whole.spans, "\(size) bytes")
        #expect(cut.logs == whole.logs, "\(size) bytes")
        #expect(cut.isSortedByTrace)
        #expect(cut.summary.records == whole.summary.records, "\(size) bytes")
        #expect(cut.summary.metricsSeen == whole.summary.metricsSeen)
        #expect(cut.points == whole.points)
        #expect(cut.summary.contentHash == whole.summary.contentHash)
        #expect(
          cut.summary.defects.sorted == whole.summary.defects.sorted, "\(size) bytes")
      }
    }
  }

  @Test func `a resource may stand before or after what belongs to it`() async throws {
    func withoutOffset(_ spans: [ReadSpan]) -> [ReadSpan] {
      spans.map {
        var span = $0
        span.row.offset = 0
        return span
      }
    }
    let before = try await collect(path: fixturePath("plain.json"), chunkBytes: 50)
    let after = try await collect(path: fixturePath("resource-last.json"), chunkBytes: 50)
    #expect(withoutOffset(before.spans) == withoutOffset(after.spans))
    #expect(after.spans.allSatisfy { $0.service == "cart" && $0.scope == "lib@1.2" })
  }

  @Test func `offsets of spans are distinct and lie inside their record`() async throws {
    let read = try await collect(path: fixturePath("broken-lines.jsonl"))
    let offsets = read.spans.map(\.row.offset)
    #expect(Set(offsets).count == offsets.count)
    #expect(offsets.allSatisfy { $0 >= 0 && $0 < read.summary.bytes })
  }

  @Test func `a document cut off anywhere keeps the spans that were complete`() async throws {
    let bytes = try fixture("plain.json")
    let whole = try await collect(bytes: bytes)
    let ends = [bytes.count / 3, bytes.count / 2, bytes.count - 60, bytes.count - 3]
    for end in ends {
      let large = try await collect(bytes: Array(bytes[..<end]))
      let small = try await collect(bytes: Array(bytes[..<end]), chunkBytes: 64)
      #expect(large.spans == small.spans, "\(end) bytes")
      #expect(large.count(.cutOffRecord) == 1 && small.count(.cutOffRecord) == 1, "\(end) bytes")
      #expect(large.spans == Array(whole.spans.prefix(large.spans.count)), "\(end) bytes")
    }
    #expect(try await collect(bytes: Array(bytes[..<(bytes.count - 60)])).spans.count >= 1)
  }

  @Test func `what exceeds the limit is skipped and counted, its neighbours are kept`() async throws
  {
    func document(_ padding: Int) -> String {
      let long = String(repeating: "x", count: padding)
      let spans = (1...3).map {
        #"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b17\#($0)","name":"\#($0 == 2 ? long : "n")"}"#
      }
      return
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(spans.joined(separator: ","))]}],"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]}}]}"#
    }
    let kept = try await collect(
      bytes: Array(document(900).utf8), chunkBytes: 256, maxRecordBytes: 1024)
    #expect(kept.spans.count == 3)
    let read = try await collect(
      bytes: Array(document(5000).utf8), chunkBytes: 256, maxRecordBytes: 1024)
    #expect(read.spans.map(\.row.id.description) == ["eee19b7ec3c1b171", "eee19b7ec3c1b173"])
    #expect(read.spans.allSatisfy { $0.service == "cart" })
    #expect(read.count(.tooLarge) == 1)
    #expect(read.summary.spansDropped == 1)
    #expect(read.addsUp)
  }

  @Test func `documents without a line break are cut into few chunks`() async throws {
    let bytes = Array(repeatElement(try fixture("concatenated.json"), count: 200).joined())
    let whole = try await collect(bytes: bytes)
    let cut = try await collect(bytes: bytes, chunkBytes: 8192)
    #expect(whole.spans.count == 600 && cut.spans == whole.spans)
    // One document a chunk would be 600 chunks, and time that grows with the square of the size.
    #expect(cut.batches <= bytes.count / 4096 + 2)
  }

  @Test(arguments: [100, 4 << 20])
  func `the old key stands before the new one and counts only where that was too far away`(
    chunkBytes: Int
  ) async throws {
    func list(_ digit: Int, _ count: Int) -> String {
      (0..<count).map { _ in
        #"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b17\#(digit)"}"#
      }.joined(separator: ",")
    }
    // Above a megabyte a document is taken apart wherever it comes from.
    for count in [3, 16_000] {
      let old = #""instrumentationLibrarySpans":[{"spans":[\#(list(1, count))]}]"#
      let new = #""scopeSpans":[{"spans":[\#(list(2, count))]}]"#
      let both = try await collect(
        bytes: Array(#"{"resourceSpans":[{\#(old),"x":{},\#(new)}]}"#.utf8), chunkBytes: chunkBytes)
      let isNear = chunkBytes > 100
      #expect(both.spans.count == count)
      #expect(both.spans.allSatisfy { $0.row.id.rawValue & 15 == (isNear ? 2 : 1) })
      #expect(both.count(.wrongType) == (isNear ? 0 : 1))
      let empty = try await collect(
        bytes: Array(#"{"resourceSpans":[{\#(old),"scopeSpans": [ ]}]}"#.utf8),
        chunkBytes: chunkBytes)
      #expect(empty.spans.count == count && empty.count(.wrongType) == 0)
      let swapped = try await collect(
        bytes: Array(#"{"resourceSpans":[{\#(new),\#(old)}]}"#.utf8), chunkBytes: chunkBytes)
      #expect(swapped.spans.count == count && swapped.count(.wrongType) == 0)
      #expect(swapped.spans.allSatisfy { $0.row.id.rawValue & 15 == 2 })
    }
  }

  @Test(arguments: [100, 4 << 20])
  func `an element that cannot be read is counted where it stands`(chunkBytes: Int) async throws {
    let span = #"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b171"}"#
    let text =
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(span),{"traceId" "broken"},\#(span)]}]}]}"#
    let read = try await collect(bytes: Array(text.utf8), chunkBytes: chunkBytes)
    let place = try #require(text.range(of: #"{"traceId" "#)).lowerBound
    #expect(read.spans.count == 2 && read.summary.spansDropped == 1)
    #expect(
      read.summary.defects.entries[.brokenRecord]?.firstOffset
        == Int64(text.utf8.distance(from: text.startIndex, to: place)))
  }

  @Test(arguments: [
    #"{"resourceSpans":[{"scopeSpans":[{"spans":{"a":1},"logRecords":7}]}]}"#,
    #"{"resourceSpans":[],"deep":\#(String(repeating: "[", count: 2000))\#(String(repeating: "]", count: 2000))}"#,
    #"{"resourceSpans":[{"scopeSpans":"x","a":\#(String(repeating: "{\"b\":", count: 2000))"#,
  ])
  func `odd documents have the same defects whole and in pieces`(text: String) async throws {
    let whole = try await collect(bytes: Array(text.utf8))
    #expect(!whole.summary.defects.isEmpty)
    for size in [1, 64] {
      let cut = try await collect(bytes: Array(text.utf8), chunkBytes: size)
      #expect(cut.summary.defects == whole.summary.defects)
      #expect(cut.summary.records == whole.summary.records)
    }
  }
}
