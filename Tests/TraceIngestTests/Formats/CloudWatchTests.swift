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

  /// gzip data in base64 of a subscription's envelope with the two events, as Kinesis and functions get it (made with Python's
  /// `base64.b64encode(gzip.compress(envelope, mtime=0))`).
  private static let packed =
    "H4sIAAAAAAACA3WOQU+EMBCF/4qZMytt2aXIjUTckzEBTtqNQRg3JIWStrvGEP67A4rxYjKn7703703Qo3P1GavPESGF+6zKXh/zssyOOQRgPga0hLmI9odYJneMC8LanI/WXEZSQmxc2NTWf+PSW6x74i7kRNzlzTW2G31nhodOe7QO0hd4h9Pqzq84+IVM0LUUiiRlfEeTfN3Tdy5jGTMpGNVGwTaVjEvhjTZ1iy3MwZZO/k0n+7/pSYHGK2oFqYK8KJ4KBYHaDCv9KXB+VX6frppgIt4xvmOHirOULXdLDc8KZphP8xe8yNwWUwEAAA=="

  /// The envelope with one of the events, as Firehose joins them.
  private static func envelope(_ event: String) -> String {
    #"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/ecs/cart","logStream":"s/1","subscriptionFilters":["f"],"logEvents":[\#(event)]}"#
  }

  private static let events = (
    first: #"{"id":"37","timestamp":1767607200123,"message":"\#(first)"}"#,
    second:
      #"{"id":"38","timestamp":1767607200184,"message":"\#(second.replacing("\"", with: "\\\""))"}"#
  )

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
    (
      "viewer.csv",
      "timestamp,message\n1767607200123,\(first)\n1767607200184,\"\(second.replacing("\"", with: "\"\""))\"\n"
    ),
    (
      "tail.txt",
      "2026-01-05T10:00:00.123000+00:00 ecs/cart/1 \(first)\n2026-01-05T10:00:00.184000+00:00 ecs/cart/1 \(second)\n"
    ),
    (
      "tail-format-json.txt",
      "2026-01-05T10:00:00.123000+00:00 ecs/cart/1 \(first)\n2026-01-05T10:00:00.184000+00:00 ecs/cart/1 {\n"
        + "    \"level\": \"ERROR\",\n    \"message\": \"cart lost\",\n    \"timestamp\": \"2026-01-05T10:00:00.184Z\"\n}\n"
    ),
    (
      "output-text.txt",
      "EVENTS\t1767607201000\t\(first)\t1767607200123\nEVENTS\t1767607201000\t\(second)\t1767607200184\n"
    ),
    (
      "live-tail.json",
      page { #"{"sessionUpdate":{"sessionMetadata":{"sampled":false},"sessionResults":[\#($0)]}}"# }
    ),
    ("lambda-event.json", #"{"awslogs":{"data":"\#(packed)"}}"#),
    (
      "kinesis-event.json",
      #"{"Records":[{"kinesis":{"data":"\#(packed)","sequenceNumber":"1"},"eventSource":"aws:kinesis"}]}"#
    ),
    ("get-records.json", #"{"Records":[{"SequenceNumber":"1","Data":"\#(packed)"}]}"#),
    (
      "2026/01/05/10/firehose-1-2026-01-05-10-00-00-x",
      envelope(events.first) + envelope(events.second)
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

  @Test func `the short form of a tail has whole seconds and no stream`() async throws {
    let text = "2026-01-05T10:00:00 \(Self.first)\n2026-01-05T10:00:00 \(Self.second)\n"
    let read = try await collect(bytes: Array(text.utf8), name: "tail.txt")
    #expect(read.addsUp && read.logs.map(\.body) == [Self.first, "cart lost"])
    #expect(read.logs.map(\.row.severity) == [0, 17])
  }

  @Test func `a control message is no record, and is counted`() async throws {
    let text = Self.envelope(Self.events.first)
    let control = text.replacing("DATA_MESSAGE", with: "CONTROL_MESSAGE")
    let read = try await collect(bytes: Array((control + text).utf8), name: "firehose")
    #expect(read.addsUp && read.logs.count == 1)
    #expect(read.count(.controlMessage) == 1)
  }

  @Test func `fields that stand beside the message are kept`() async throws {
    let event =
      #"{"id":"37","timestamp":1767607200123,"message":"a b","extractedFields":{"ip":"192.0.2.7"}}"#
    let read = try await collect(bytes: Array(Self.envelope(event).utf8), name: "event.json")
    #expect(read.logs.first?.attributes == #"{"aws.logs.fields":{"ip":"192.0.2.7"}}"#)
    let row =
      #"{"results":[[{"field":"@timestamp","value":"2026-01-05 10:00:00.123"},{"field":"@message","value":"a b"},{"field":"took","value":"7"}]],"status":"Complete"}"#
    let rows = try await collect(bytes: Array(row.utf8), name: "insights.json")
    #expect(rows.logs.first?.attributes == #"{"aws.logs.fields":{"took":"7"}}"#)
  }

  @Test(arguments: [
    "filter-log-events.json", "subscription.json", "insights.json", "live-tail.json",
  ])
  func `a page that is cut off keeps its whole events`(name: String) async throws {
    let shell = try #require(Self.shells.first { $0.name == name })
    let bytes = Array(shell.text.utf8)
    // Somewhere inside the second event.
    let cut = try #require(shell.text.range(of: "cart lost")).lowerBound
    let kept = bytes.prefix(shell.text.utf8.distance(from: shell.text.startIndex, to: cut))
    let read = try await collect(bytes: Array(kept), name: name)
    #expect(read.addsUp && read.logs.map(\.body) == [Self.first])
    #expect(read.count(.cutOffRecord) == 1 && read.count(.brokenRecord) == 0)
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
