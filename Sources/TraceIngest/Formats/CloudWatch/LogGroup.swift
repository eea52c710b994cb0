import TraceModel

/// Who writes into a log stream of CloudWatch, as far as the names of the group, the stream and the file say it.
extension Decoder {
  /// The number of the stream of a group; an empty name is one that the export does not tell.
  ///
  /// Where it tells neither, the file's path may (`FileHint`).
  mutating func cloudWatchStream(group: Bytes, stream: Bytes) -> Int32 {
    if group.count == 0, stream.count == 0, !kept.cloudWatch.hint(context.path).isKnown { return 0 }
    path.count = 0
    path.put("cloudwatch")
    path.put(0xff)
    path.put(group)
    path.put(0xff)
    path.put(stream)
    let hint = kept.cloudWatch.hint(context.path)
    return kept.streams.number(path.bytes) {
      LogStream(group: group.string, stream: stream.string, hint: hint)
    }
  }
}

extension LogStream {
  /// What the names of a group and a stream say; what they leave open may stand in the file's path.
  init(group written: String, stream writtenStream: String, hint: FileHint) {
    let stream = writtenStream.isEmpty ? hint.stream : writtenStream
    let group = LogGroup(written)
    service = group.service.isEmpty && written.isEmpty ? hint.function : group.service
    let isFunction = group.isFunction || written.isEmpty && !hint.function.isEmpty
    if !group.name.isEmpty { attributes.append(("aws.log.group.names", group.name)) }
    if !stream.isEmpty { attributes.append(("aws.log.stream.names", stream)) }
    if isFunction { attributes.append(("faas.name", service)) }
    // 2026/01/05/[$LATEST]9f0c…
    if let open = stream.firstIndex(of: "["), let close = stream.lastIndex(of: "]"), open < close {
      version = isFunction ? String(stream[stream.index(after: open)..<close]) : ""
      if isFunction { instance = stream }
    } else if group.isContainer, let task = stream.split(separator: "/").last {
      // prefix/container/task
      instance = String(task)
    }
  }
}

/// A log group's name and what it says of the service.
struct LogGroup {
  /// The name without account, ARN and `:*`.
  let name: String
  /// The service that writes into it; empty where the name does not tell.
  ///
  /// That is the function of `/aws/lambda/F`, the service of `/aws/apprunner/S/…`, and of a group that people named themselves the
  /// last part (`/ecs/S`, `prod/S`), unless it is a word that every service has (`access`, `application`). AWS's own other groups
  /// (`/aws/containerinsights/…`) hold what many services write.
  let service: String
  /// Whether it is a Lambda function's.
  var isFunction = false
  /// Whether streams are named by containers.
  var isContainer = false

  private static let common: Set<Substring> = [
    "access", "application", "app", "logs", "log", "prod", "production", "staging", "stage", "dev",
    "test", "performance", "messages", "syslog", "error", "errors", "default", "audit", "web",
  ]

  /// The name as an export writes it: plain, `123456789012:name`, or `arn:aws:logs:…:log-group:name:*`.
  init(_ written: String) {
    var text = Substring(written)
    if text.hasPrefix("arn:"), let mark = text.range(ofText: ":log-group:") {
      text = text[mark.upperBound...]
      if let end = text.firstIndex(of: ":") { text = text[..<end] }
    } else if let colon = text.firstIndex(of: ":"), text[..<colon].utf8.count == 12,
      text[..<colon].allSatisfy(\.isNumber)
    {
      text = text[text.index(after: colon)...]
    }
    name = String(text)
    let parts = text.split(separator: "/")
    guard let last = parts.last else {
      service = ""
      return
    }
    if parts.first == "aws" {
      isFunction = parts.count == 3 && parts[1] == "lambda"
      if isFunction {
        // Lambda@Edge puts the region before the function's name.
        service = String(last.split(separator: ".").last ?? last)
      } else {
        service = parts.count >= 3 && parts[1] == "apprunner" ? String(parts[2]) : ""
      }
    } else {
      isContainer = parts.first == "ecs"
      let isCommon = Self.common.contains(last) || last.hasPrefix("API-Gateway-Execution-Logs")
      service = isCommon || name.hasPrefix("API-Gateway-Execution-Logs") ? "" : String(last)
    }
  }
}

/// What the path of a file says of the log stream in it, where nothing inside does.
///
/// Read are only two things that a path says plainly. A file of an S3 export lies in a folder named as its stream, below one named
/// by a UUID: `…/<uuid>/<stream>/000000.gz`. And a file, or one of the folders around it, whose name begins with `aws-lambda-`,
/// `aws_lambda_` or their spellings with the slashes of `/aws/lambda/` escaped names the function behind it: `aws-lambda-orders.json`.
/// A date at the end of such a name is none of the function's.
struct FileHint: Sendable {
  /// The Lambda function; empty where the path names none.
  private(set) var function = ""
  /// The stream; empty where the path names none.
  private(set) var stream = ""
  /// Whether it is the probe by which an export to S3 asks whether it may write.
  private(set) var isProbe = false
  /// Whether the path says anything.
  var isKnown: Bool { !function.isEmpty || !stream.isEmpty }
  /// Whether the path is one of an S3 export.
  var isExport: Bool { !stream.isEmpty || isProbe }

  /// What a path says.
  init(_ path: String) {
    let parts = path.split(separator: "/")
    guard let file = parts.last else { return }
    isProbe = file == "aws-logs-write-test"
    if parts.count >= 3, Self.isUUID(parts[parts.count - 3]), Self.isObject(file) {
      stream = String(parts[parts.count - 2])
    }
    for part in parts.reversed().prefix(3) where function.isEmpty {
      function = Self.function(in: part)
    }
    // …/aws/lambda/orders/…
    for at in parts.indices.dropFirst(2) where function.isEmpty && at < parts.count - 1 {
      if parts[at - 2] == "aws", parts[at - 1] == "lambda", Self.isName(parts[at]) {
        function = String(parts[at])
      }
    }
  }

  private static func function(in part: Substring) -> String {
    let lower = part.lowercased()
    let marks = [
      "aws-lambda-", "aws_lambda_", "-aws-lambda-", "_aws_lambda_", "%2faws%2flambda%2f",
      "aws%2flambda%2f",
    ]
    guard let mark = marks.first(where: { lower.hasPrefix($0) }) else { return "" }
    var rest = part.dropFirst(mark.count)
    if let dot = rest.firstIndex(of: ".") { rest = rest[..<dot] }
    // `-2026-01-05…`
    for at in rest.indices where rest[at] == "-" || rest[at] == "_" {
      let tail = rest[at...].dropFirst()
      if tail.hasPrefix("20"), tail.prefix(4).allSatisfy(\.isNumber),
        tail.count == 8 || tail.dropFirst(4).first == "-"
      {
        rest = rest[..<at]
        break
      }
    }
    return isName(rest) ? String(rest) : ""
  }

  /// Whether this can be a function's name.
  private static func isName(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.count <= 64
      && text.utf8.allSatisfy { isIDByte($0) || $0 == 0x2d || $0 == 0x5f }
  }

  /// `000000.gz`
  private static func isObject(_ file: Substring) -> Bool {
    let name = file.prefix { $0 != "." }
    return name.utf8.count == 6 && name.utf8.allSatisfy { $0 &- 0x30 < 10 }
      && ["", ".gz", ".zst"].contains(file.dropFirst(6))
  }

  private static func isUUID(_ text: Substring) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.map(\.utf8.count) == [8, 4, 4, 4, 12]
      && parts.allSatisfy { $0.utf8.allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 6 } }
  }
}

extension Substring {
  /// The place of a text in this one.
  fileprivate func range(ofText text: String) -> Range<Index>? {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
      at = index(after: at)
    }
    return nil
  }
}
