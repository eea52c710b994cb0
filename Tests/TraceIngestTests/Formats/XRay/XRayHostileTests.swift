import Foundation
import Testing
import TraceIngest
import TraceModel

/// X-Ray's documents made to hurt: nothing traps, and the counts add up.
///
/// `FUZZ_SECONDS` makes it go on for longer, on the corpus too.
@Suite struct XRayHostileTests {
  /// Fixtures and, where there is time, the corpus.
  private static func seeds(_ seconds: Double) throws -> [[UInt8]] {
    var seeds = XRayObjectTests.forms.map { Array($0.1.utf8) }
    seeds += AWSSpanTests.forms.map { Array($0.1.utf8) }
    seeds.append(try fixture("XRay/python-sdk-packets.txt"))
    if seconds > 0 {
      let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      for folder in ["../shared/corpus/xray", "../shared/corpus/aws-spans"] {
        for file in try expandInputs([root.appending(path: folder).path]) {
          seeds.append([UInt8](try Data(contentsOf: URL(filePath: file.path))))
        }
      }
    }
    return seeds
  }

  /// Words that documents are told by, and values of wrong types.
  private static let words: [String] = [
    "null", "true", "-1", "1e999", "\"\"", "[]", "{}", "[[]]", "\"1e9\"", "18446744073709551615",
    "\"subsegments\":", "\"cause\":", "\"id\":", "\"trace_id\":", "\"Document\":", "\"Segments\":",
    "\\\"", "\\n", "\\ud800", "\"links\":[{}]", "\"namespace\":\"aws\"", "\"inferred\":true",
    "\"http\":{\"request\":{\"url\":\"//[:@\"}}", "\"sql\":{\"url\":\"a://\"}",
  ]

  @Test func `no mutation of a document traps or loses the count`() async throws {
    let seconds =
      ProcessInfo.processInfo.environment["FUZZ_SECONDS"].flatMap { Double($0) } ?? 0
    let seeds = try Self.seeds(seconds)
    var state = seconds > 0 ? UInt64(Date().timeIntervalSince1970) : 42
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(truncatingIfNeeded: state >> 33) % max(bound, 1)
    }
    let start = Date()
    var rounds = 0
    while rounds < 200 || Date().timeIntervalSince(start) < seconds {
      rounds += 1
      var bytes = seeds[random(seeds.count)]
      for _ in 0...random(5) where !bytes.isEmpty {
        let at = random(bytes.count)
        switch random(4) {
        case 0: bytes[at] = UInt8(truncatingIfNeeded: random(256))
        case 1: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random(40)))
        case 2: bytes.insert(contentsOf: Self.words[random(Self.words.count)].utf8, at: at)
        default:
          let from = random(bytes.count)
          bytes.insert(contentsOf: bytes[from..<min(bytes.count, from + random(300))], at: at)
        }
      }
      guard let read = try? await collect(bytes: bytes) else { continue }
      #expect(read.addsUp, "\(String(decoding: bytes, as: UTF8.self))")
      // Each span that is lost stands under a defect.
      let losses = [Defect.Kind.brokenRecord, .wrongType, .tooDeep, .tooLarge].map {
        read.count($0)
      }
      #expect(read.summary.spansDropped <= losses.reduce(0, +))
      for span in read.spans where !span.attributes.isEmpty || !span.detail.isEmpty {
        for text in [span.attributes, span.detail, span.resource] where !text.isEmpty {
          let value = try? JSONSerialization.jsonObject(with: Data(text.utf8))
          #expect(value is [String: Any], "\(text)")
        }
      }
      // Traces are built of whatever was read.
      for (trace, spans) in Dictionary(grouping: read.spans, by: \.row.trace) {
        let raw = RawTrace(
          id: trace,
          spans: spans.map {
            Span(
              id: $0.row.id, parent: $0.row.parent, start: Timestamp($0.row.start),
              end: Timestamp($0.row.end), facts: $0.row.facts,
              place: Place(sourceRank: 0, offset: $0.row.offset))
          })
        _ = Trace.build(raw, resources: [])
      }
    }
    if seconds > 0 { print("XRayHostileTests: \(rounds) mutations") }
  }
}
