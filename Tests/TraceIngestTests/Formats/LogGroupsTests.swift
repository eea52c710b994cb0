import Foundation
import Testing
import TraceIngest
import TraceModel

/// Log records of one trace stand together in a batch, wherever they stood in the file.
@Suite struct LogGroupsTests {
  @Test(arguments: [1, 2, 7, 1000])
  func `records without a trace come first, then trace by trace, each in the order of the input`(
    traces: Int
  ) async throws {
    let lines = (0..<500).map { number in
      let trace = number * 7 % (traces + 1)
      let id = trace == 0 ? "" : #","trace_id":"\#(String(format: "%032x", trace * 977))""#
      return #"{"ts":1767607200,"msg":"\#(number)"\#(id)}"#
    }
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
    try Data(lines.joined(separator: "\n").utf8).write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    var rows: [(trace: TraceID, offset: Int64)] = []
    _ = try await ingest(InputFile(path: path.path, isNamed: true)) { batch in
      rows += batch.logs.map { ($0.trace, $0.offset) }
    }
    try #require(rows.count == 500)
    var seen: [TraceID] = []
    for (index, row) in rows.enumerated() {
      if seen.last != row.trace {
        #expect(!seen.contains(row.trace))
        #expect(!row.trace.isAbsent || index == 0)
        seen.append(row.trace)
      } else {
        #expect(rows[index - 1].offset < row.offset)
      }
    }
  }
}
