import Testing
import TraceModel

@testable import TraceIngest

/// Expects equal rows, defects and counts of a source that is read from its text and from a tape, which is the slow and obvious way.
func expectSameBothWays(
  _ bytes: [UInt8], chunkBytes: Int = 4 << 20, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let read = try? await collect(bytes: bytes, chunkBytes: chunkBytes)
  let wanted = try? await collect(bytes: bytes, chunkBytes: chunkBytes, usesTapes: true)
  let comment = Comment(rawValue: name)
  #expect(read?.spans == wanted?.spans, comment, sourceLocation: sourceLocation)
  #expect(read?.logs == wanted?.logs, comment, sourceLocation: sourceLocation)
  #expect(
    read?.summary.defects == wanted?.summary.defects, comment, sourceLocation: sourceLocation)
  #expect(
    read?.summary.spansSeen == wanted?.summary.spansSeen, comment, sourceLocation: sourceLocation)
  #expect(
    read?.summary.records == wanted?.summary.records, comment, sourceLocation: sourceLocation)
  #expect(read?.resourceRows == wanted?.resourceRows, comment, sourceLocation: sourceLocation)
}

/// The same for text.
func expectSameBothWays(
  _ text: String, chunkBytes: Int = 4 << 20, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  try await expectSameBothWays(
    Array(text.utf8), chunkBytes: chunkBytes, text, sourceLocation: sourceLocation)
}

/// Bytes with a few of them replaced, put in or taken out, always the same ones for a seed.
struct Mutation {
  private static let odd: [UInt8] = Array("\"\\{}[],:0-9enull\n\u{1}".utf8) + [0xff, 0xc3, 0]
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func random(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(truncatingIfNeeded: state >> 33) % bound
  }

  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var mutated = bytes
    for _ in 0...random(2) {
      let at = random(mutated.count)
      switch random(3) {
      case 0: mutated[at] = Self.odd[random(Self.odd.count)]
      case 1: mutated.insert(Self.odd[random(Self.odd.count)], at: at)
      default: mutated.remove(at: at)
      }
    }
    return mutated
  }
}
