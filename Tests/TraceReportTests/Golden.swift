import Foundation
import Testing

/// Compares text with a file of `Goldens`. With RECORD_GOLDEN=1 in the environment it writes the file, and still fails.
func expectGolden(_ text: String, _ name: String, location: SourceLocation = #_sourceLocation)
  throws
{
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Goldens/\(name)")
  if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
    try Data(text.utf8).write(to: file)
    Issue.record(
      "recorded \(name): look at the change, then run again without RECORD_GOLDEN",
      sourceLocation: location)
    return
  }
  let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
  if text == golden { return }
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  let kept = golden.split(separator: "\n", omittingEmptySubsequences: false)
  let first =
    zip(lines, kept).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    ?? min(lines.count, kept.count)
  func line(_ all: [Substring]) -> String {
    first < all.count ? String(all[first].prefix(300)) : "(end)"
  }
  Issue.record(
    "\(name) differs from line \(first + 1)\n  is:     \(line(lines))\n  golden: \(line(kept))",
    sourceLocation: location)
}
