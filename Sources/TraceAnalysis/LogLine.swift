public import TraceModel

extension Findings.LogLine {
  /// A log record as it is shown: texts cut at 500 characters.
  public init(_ log: LogRecord) {
    let isJoined = log.join != .ids
    self.init(
      timeNs: log.time?.nanoseconds, severity: LogRecord.word(for: log.severity),
      service: log.service, text: cutText(log.body, 500),
      span: log.span.isAbsent
        ? nil
        : Findings.SpanReference(trace: log.trace.description, span: log.span.description),
      joinedBy: isJoined ? log.join.name : nil, confidence: isJoined ? log.confidence : nil,
      exception: log.exception.map {
        LogException(
          type: cutText($0.type, 500), message: cutText($0.message, 500),
          blame: cutText($0.blame, 500))
      })
  }

  /// The text, a stack trace folded: the first line of the message, then the exception as far as that line does not tell it, then
  /// the frame to blame.
  ///
  ///     cannot pay order 17: KeyError: 'sku' at app/cart.py:42 in add
  public var foldedText: String {
    guard let exception else { return text }
    var line = firstLine(text)
    if line.hasPrefix("Traceback (most recent call last)") { line = "" }
    let message = firstLine(exception.message)
    if !message.isEmpty, line.contains(message) {
      if !line.contains(exception.type), !exception.type.isEmpty { line += " (\(exception.type))" }
    } else {
      let told = [exception.type, message].filter { !$0.isEmpty && !line.contains($0) }
        .joined(separator: ": ")
      if line.isEmpty || told.isEmpty {
        line += told
      } else {
        line += (line.hasSuffix(":") ? " " : ": ") + told
      }
    }
    return exception.blame.isEmpty ? line : "\(line) at \(exception.blame)"
  }

  /// Marks a record that was joined and does not name its trace: `~87 %`; nil for one that names it.
  public var joinMark: String? {
    confidence.map { "~\(Int((($0 > 0 ? min(0.99, $0) : 0) * 100).rounded())) %" }
  }

  /// By what such a record was joined, in words; nil for one that names its trace.
  public var joinWords: String? {
    switch joinedBy {
    case LogRecord.Join.requestID.name: "joined by request id"
    case LogRecord.Join.host.name: "joined by host and time"
    case LogRecord.Join.service.name: "joined by service and time"
    default: nil
    }
  }
}

private func firstLine(_ text: String) -> String {
  text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
}
