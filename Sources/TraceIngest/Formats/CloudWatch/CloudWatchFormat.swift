/// Log events of CloudWatch in all the forms in which they are exported (formats/logs.md 2 and 3).
extension Format {
  static let cloudWatchFormats = [
    cloudWatch, cloudWatchExport, cloudWatchTail, cloudWatchText, cloudWatchTable,
  ]

  /// Answers, subscriptions and single events in JSON. Events of a stream may continue each other.
  static let cloudWatch = Format(
    name: "cloudwatch", contents: "CloudWatch log events",
    framing: .json(isOrdered: true, hasText: true)
  ) { isCloudWatch($0.outline) }

  /// What an export task writes to S3.
  static let cloudWatchExport = Format(
    name: "cloudwatch-s3", contents: "CloudWatch log events exported to S3",
    framing: .lines(.s3Export)
  ) { isExport($0.bytes, $0.path) }

  /// What `aws logs tail` prints.
  static let cloudWatchTail = Format(
    name: "aws-logs-tail", contents: "log events printed by aws logs tail",
    framing: .lines(.awsTail)
  ) { isTail($0.bytes) }

  /// Answers as the AWS command line prints them as text.
  static let cloudWatchText = Format(
    name: "aws-logs-text", contents: "CloudWatch log events printed with --output text",
    framing: .lines(.awsText)
  ) { isText($0.bytes) }

  /// Downloads of the console.
  static let cloudWatchTable = Format(
    name: "cloudwatch-csv", contents: "CloudWatch log events as a table",
    framing: .lines(.csv)
  ) { isTable($0.bytes) }

  // MARK: How they are told

  private static func isCloudWatch(_ outline: borrowing Outline) -> Bool {
    if outline.has("events[].message") {
      return outline.has("events[].timestamp") || outline.has("events[].ingestionTime")
    }
    if outline.has("events") {
      // A page without events.
      return outline.has("nextForwardToken") || outline.has("searchedLogStreams")
    }
    let isSubscription =
      outline.has("logEvents") && (outline.has("messageType") || outline.has("logGroup"))
    let isPacked =
      outline.has("awslogs.data") || outline.has("Records[].kinesis.data")
      || outline.has("Records[].Data") && outline.has("Records[].SequenceNumber")
      || outline.has("records[].recordId") && outline.has("records[].data")
    let isEvent =
      outline.has("message") && outline.has("timestamp")
      && (outline.has("ingestionTime") || outline.has("logStreamName"))
      || outline.has("Message") && outline.has("Timestamp") && outline.has("EventId")
      || outline.has("Message") && outline.has("IngestionTime")
    return isSubscription || isPacked || isEvent || isInsights(outline)
      || outline.has("sessionUpdate") || outline.has("sessionStart")
      || outline.has("type") && outline.has("time") && outline.has("record.requestId")
  }

  private static func isInsights(_ outline: borrowing Outline) -> Bool {
    outline.has("results[].field") || outline.has("results") && outline.has("statistics")
      || outline.has("@message") || outline.has("@ptr")
      || outline.has("@timestamp") && (outline.has("@logStream") || outline.has("@log"))
  }

  /// Lines with times of milliseconds: in the folders of an export, or with what Lambda writes behind the first time.
  private static func isExport(_ bytes: Bytes, _ path: String) -> Bool {
    let hint = FileHint(path)
    if hint.isProbe { return true }
    var times = 0
    for (from, end) in LineBounds(bytes) where end > from {
      let line = bytes.slice(from, end)
      guard Decoder.exportTime(line) != nil else { continue }
      if hint.isExport { return true }
      times += 1
      let rest = line.slice(min(25, line.count), line.count)
      if times <= 20, isLambda(rest) { return true }
    }
    return false
  }

  /// Whether a message is one that only Lambda writes.
  private static func isLambda(_ message: Bytes) -> Bool {
    message.starts(with: "START RequestId: ") || message.starts(with: "END RequestId: ")
      || message.starts(with: "REPORT RequestId: ") || message.starts(with: "INIT_START Runtime ")
  }

  /// Lines whose second word is a stream's name, or with what Lambda writes behind the time.
  private static func isTail(_ bytes: Bytes) -> Bool {
    var named = 0
    var heads = 0
    for (from, end) in LineBounds(bytes) where end > from {
      var line = bytes.slice(from, end)
      // The colour of the time.
      if line[0] == 0x1b, let letter = line.firstIndex(of: 0x6d, from: 0), letter < 8 {
        line = line.slice(letter + 1, line.count)
        guard line.count >= 19, line[10] == 0x54, isoTime(line) != nil else { continue }
        return true
      }
      guard let head = Decoder.tailHead(line) else { continue }
      heads += 1
      if isLambda(line.slice(head.end, line.count)) { return true }
      if isStream(head.stream) { named += 1 }
    }
    return named > 0 && named * 2 >= heads
  }

  /// Whether a word is the name of a log stream: paths and Lambda's versions in brackets, which no level or logger is.
  private static func isStream(_ word: Bytes) -> Bool {
    word.count >= 8 && word[0] != 0x5b && word[0] != 0x2f
      && word.firstIndex(of: 0x2f, from: 0) != nil
  }

  /// `EVENTS`, a tab, and a decimal number.
  private static func isText(_ bytes: Bytes) -> Bool {
    for (from, end) in LineBounds(bytes) {
      let line = bytes.slice(from, end)
      if line.starts(with: "EVENTS\t"), line.count > 20 {
        for i in 7..<20 where line[i] &- 0x30 >= 10 { return false }
        return true
      }
      guard line.starts(with: "b/") || line.starts(with: "f/") else { return false }
    }
    return false
  }

  /// The names of the columns on the first line.
  private static func isTable(_ bytes: Bytes) -> Bool {
    for (from, end) in LineBounds(bytes) {
      var line = bytes.slice(from, end)
      if line.starts(with: "\u{feff}") { line = line.slice(3, line.count) }
      var cells = ByteBuffer(capacity: line.count)
      let places = Decoder.cells(line, into: &cells)
      var isPlain = false
      for place in places {
        let name = cells.bytes.slice(place.from, place.end)
        if name.equals("@timestamp") || name.equals("@message") { return true }
        if name.equals("timestamp") { isPlain = true }
      }
      let last = places.last.map { cells.bytes.slice($0.from, $0.end) } ?? Bytes.none
      return isPlain && places.count == 2 && last.equals("message")
    }
    return false
  }
}

/// The lines of a file's first bytes, without their line breaks, as places in them; the last one may be cut.
struct LineBounds: Sequence, IteratorProtocol {
  private let bytes: Bytes
  private var at = 0
  private var count = 0

  init(_ bytes: Bytes) { self.bytes = bytes }

  mutating func next() -> (from: Int, end: Int)? {
    guard at < bytes.count, count < 200 else { return nil }
    count += 1
    let from = at
    let stop = bytes.firstIndex(of: 0x0a, from: at) ?? bytes.count
    at = stop + 1
    return (from, stop > from && bytes[stop - 1] == 0x0d ? stop - 1 : stop)
  }
}
