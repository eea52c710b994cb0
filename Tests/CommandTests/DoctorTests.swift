import Foundation
import Testing

/// What `doctor` says of the sample, whose faults the simulator knows.
struct DoctorTests {
  @Test func `the sample's late clock, orphans and broken lines are named with what they cost`()
    throws
  {
    try inNewFolder { folder in
      let sample = root.appending(path: "samples/checkout-outage").path
      let result = try culprit(["doctor", sample, "-q"], in: folder)
      #expect(result.code == 0)
      let text = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      for words in [
        "grade B", "node-c", "400 ms behind", "warning · missing_parent", "catalog: ",
        "loss · broken_record", "notes.txt", "note · duplicate_span", "costs:", "mend:",
      ] { #expect(text.contains(words), "\(words)") }
    }
  }

  @Test func `a folder without anything to examine is refused with a sentence`() throws {
    try inNewFolder { folder in
      try Data("hello".utf8).write(to: folder.appending(path: "a.txt"))
      let result = try culprit(["doctor", "a.txt"], in: folder)
      #expect(result.code == 3 && result.sentences.hasPrefix("error: "))
    }
  }
}
