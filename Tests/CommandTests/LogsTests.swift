import Foundation
import Testing

/// `culprit logs` over the sample.
struct LogsTests {
  private func logs(_ arguments: [String]) throws -> CommandResult {
    try inNewFolder { folder in
      let sample = root.appending(path: "samples/checkout-outage").path
      return try culprit(["logs", sample, "-q"] + arguments, in: folder)
    }
  }

  @Test func `errors of a service come by time, with how many there are and how to see all`() throws
  {
    let result = try logs(["--service", "inventory", "--severity", "error", "-n", "2"])
    #expect(result.code == 0)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 4 && lines[1].contains("permission denied for table stock"))
    #expect(lines[3].hasPrefix("2 of ") && lines[3].contains("all of them: -n "))
  }

  @Test func `counts by time agree with the list`() throws {
    let counted = try logs(["--grep", "permission", "--bin", "1m", "--format", "csv"])
    let rows = counted.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    let listed = try logs(["--grep", "permission", "--format", "json", "-n", "1"])
    let sum = rows.compactMap { Int($0[1]) }.reduce(0, +)
    #expect(sum > 100 && listed.output.contains("\"total\" : \(sum)"))
  }

  @Test func `credentials in messages are masked`() throws {
    try inNewFolder { folder in
      let line =
        #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1700000000000000000","body":{"stringValue":"GET https://ann:hunter2secret@db/x"},"#
        + #""attributes":[{"key":"http.request.header.authorization","value":{"stringValue":"Bearer abcdefghijklmnop1234"}}]}]}]}]}"#
      try Data(line.utf8).write(to: folder.appending(path: "a.jsonl"))
      for format in ["table", "markdown", "json", "csv"] {
        let result = try culprit(["logs", "a.jsonl", "-q", "--format", format], in: folder)
        #expect(result.code == 0 && result.output.contains("GET https"))
        #expect(!result.output.contains("hunter2secret"), "\(format)")
        #expect(!result.output.contains("abcdefghijklmnop1234"), "\(format)")
      }
    }
  }
}
