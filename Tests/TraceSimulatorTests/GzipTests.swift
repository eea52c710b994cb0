import Foundation
import Testing
import TraceSimulator

struct GzipTests {
  /// What the system's own gzip makes of the bytes.
  private func unpacked(_ packed: [UInt8]) throws -> [UInt8] {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(
      "\(UUID().uuidString).gz")
    try Data(packed).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return Array(bytes)
  }

  @Test func `gzip unpacks what was packed`() throws {
    var chance = Randomness(seed: 1)
    let noise = (0..<40_000).map { _ in UInt8(truncatingIfNeeded: chance.next()) }
    let words = (0..<30_000).flatMap { _ in Array("word-\(chance.below(50)) ".utf8) }
    let far = noise + [UInt8](repeating: 7, count: 700) + noise
    for bytes in [[], [65], Array("abcabcabcabcabc".utf8), noise, words, far] {
      let packed = gzip(bytes)
      #expect(try unpacked(packed) == bytes)
    }
    #expect(gzip(words).count * 2 < words.count)
  }
}
