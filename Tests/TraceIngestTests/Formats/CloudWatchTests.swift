import Foundation
import Testing
import TraceIngest
import TraceModel

/// CloudWatch's events among the exports made by others, and a page of two events in every shell that is short enough to write down.
struct CloudWatchTests {
  private static let corpus = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/corpus")

  @Test func `the corpus' single event, in the field names of an SDK, is one record`() async throws
  {
    let path = Self.corpus.appending(path: "logs/contrib__event-1.json").path
    guard FileManager.default.fileExists(atPath: path) else {
      print("CloudWatchTests: not run, there is no ../shared/corpus")
      return
    }
    let read = try await collect(path: path)
    #expect(read.addsUp && read.logs.count == 1 && read.summary.formatName == "cloudwatch")
    #expect(read.logs.first?.row.time ?? 0 > 0 && read.logs.first?.body.isEmpty == false)
  }

  /// Two events of one stream at 2026-01-05T10:00:00.123Z and 61 ms later, the second one an error of the application's JSON logger.
  private static let first = "cart loaded"
  private static let second =
    #"{"level":"ERROR","message":"cart lost","timestamp":"2026-01-05T10:00:00.184Z"}"#

  private static func page(_ outer: (String) -> String = { $0 }) -> String {
    let escaped = second.replacing("\"", with: "\\\"")
    return outer(
      #"{"timestamp":1767607200123,"message":"\#(first)\n","ingestionTime":1767607201000,"logStreamName":"s/1","eventId":"37"},"#
        + #"{"timestamp":1767607200184,"message":"\#(escaped)","ingestionTime":1767607201000,"logStreamName":"s/1","eventId":"38"}"#
    )
  }

  private static let rows: String = {
    let escaped = second.replacing("\"", with: "\\\"")
    return
      #"[[{"field":"@timestamp","value":"2026-01-05 10:00:00.123"},{"field":"@message","value":"\#(first)"}],"#
      + #"[{"field":"@timestamp","value":"2026-01-05 10:00:00.184"},{"field":"@message","value":"\#(escaped)"}]]"#
  }()

  private static let shells: [(name: String, text: String)] = [
    ("filter-log-events.json", page { #"{"events":[\#($0)],"searchedLogStreams":[]}"# }),
    (
      "pages.json",
      page { #"{"events":[\#($0)],"nextToken":"x"}"# } + "\n"
        + #"{"events":[],"nextToken":"y","searchedLogStreams":[]}"#
    ),
    (
      "subscription.json",
      page {
        #"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/ecs/cart","logStream":"s/1","subscriptionFilters":["f"],"logEvents":[\#($0)]}"#
      }
    ),
    (
      "insights.json",
      #"{"results":\#(rows),"statistics":{"recordsMatched":2.0},"status":"Complete"}"#
    ),
    (
      "exportedlogs/0b7c6c1e-7d8e-4a54-9f3e-2f1f6a3c9d10/s-1/000000",
      "2026-01-05T10:00:00.123Z \(first)\n2026-01-05T10:00:00.184Z \(second)\n"
    ),
    (
      "insights.csv",
      "@timestamp,@message\n2026-01-05 10:00:00.123,\(first)\n2026-01-05 10:00:00.184,\"\(second.replacing("\"", with: "\"\""))\"\n"
    ),
  ]

  @Test(arguments: shells)
  func `two events come out of each shell, the inner JSON unwrapped`(
    shell: (name: String, text: String)
  )
    async throws
  {
    for chunkBytes in [4 << 20, 128] {
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      let file = folder.appending(path: shell.name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      try Data(shell.text.utf8).write(to: file)
      let read = try await collect(path: file.path, chunkBytes: chunkBytes)
      #expect(read.addsUp, "\(shell.name)")
      #expect(read.logs.map(\.body) == [Self.first, "cart lost"], "\(shell.name) in \(chunkBytes)")
      #expect(
        read.logs.map(\.row.time) == [1_767_607_200_123_000_000, 1_767_607_200_184_000_000],
        "\(shell.name)")
      #expect(read.logs.map(\.row.severity) == [0, 17], "\(shell.name)")
    }
  }

  @Test func `Lambda's REPORT becomes facts of its invocation, and its lines bear the request`()
    async throws
  {
    let text =
      "{\"events\":["
      + #"{"timestamp":1767607200000,"message":"START RequestId: 0f1e2d3c-0000-4000-8000-000000000001 Version: $LATEST\n","ingestionTime":1,"logStreamName":"2026/01/05/[$LATEST]9f0c"},"#
      + #"{"timestamp":1767607200010,"message":"2026-01-05T10:00:00.010Z\t0f1e2d3c-0000-4000-8000-000000000001\tERROR\tno mail\n","ingestionTime":1,"logStreamName":"2026/01/05/[$LATEST]9f0c"},"#
      + #"{"timestamp":1767607203000,"message":"2026-01-05T10:00:03.000Z 0f1e2d3c-0000-4000-8000-000000000001 Task timed out after 3.00 seconds\n\n","ingestionTime":1,"logStreamName":"2026/01/05/[$LATEST]9f0c"},"#
      + #"{"timestamp":1767607203001,"message":"REPORT RequestId: 0f1e2d3c-0000-4000-8000-000000000001\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB\tInit Duration: 130.49 ms\t\nXRAY TraceId: 1-5e34a614-0123456789abcdef01234567\tSegmentId: 07f5aaaa2d1f6f85\tSampled: true\n","ingestionTime":1,"logStreamName":"2026/01/05/[$LATEST]9f0c"}"#
      + "]}"
    let read = try await collect(bytes: Array(text.utf8), name: "aws-lambda-mail.json")
    #expect(read.addsUp && read.logs.count == 4)
    let report = try #require(read.logs.last)
    #expect(report.row.trace.description == "5e34a6140123456789abcdef01234567")
    #expect(report.row.span.description == "07f5aaaa2d1f6f85")
    #expect(read.logs.map(\.row.severity)[1...2] == [17, 17])
    #expect(read.logs.allSatisfy { $0.service == "mail" })
  }
}
