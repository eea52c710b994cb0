extension ExceptionRecord {
  /// The stack trace in a text of any language that `language` names, nil where it holds none.
  ///
  /// Text before the trace is passed over; of several traces without a chain between them the first is taken. At most 4,000 lines,
  /// 1 MiB, 64 exceptions and 512 frames each are read, the newest ones.
  ///
  /// - Complexity: O(*n*) in the text's length.
  public init?(parsing text: String) {
    guard let record = StackTraceParser(TraceText(text.utf8)).record() else { return nil }
    self = record
  }

  /// The stack trace in a text given as bytes.
  public init?(parsing text: UnsafeRawBufferPointer) {
    guard let record = unsafe StackTraceParser(TraceText(text)).record() else { return nil }
    self = record
  }
}

/// Text → the chain of exceptions; one extension for each language.
struct StackTraceParser {
  static let maxParts = 64
  static let maxFrames = 512

  let text: TraceText

  init(_ text: TraceText) { self.text = text }

  /// The record of the first trace, nil where there is none.
  func record() -> ExceptionRecord? {
    guard let (language, line) = language() else { return nil }
    let parts =
      switch language {
      case "python": python(from: line)
      case "java": java(from: line)
      case "node": node(from: line)
      case "dotnet": dotnet(from: line)
      case "go": go(from: line)
      case "ruby": ruby(from: line)
      case "swift": swift(from: line)
      case "rust": rust(from: line)
      case "php": php(from: line)
      default: elixir(from: line)
      }
    guard !parts.isEmpty else { return nil }
    var record = ExceptionRecord(language: language, parts: Self.ordered(parts))
    record.markInApp()
    return record
  }

  /// The language of the first line that tells it, with that line.
  private func language() -> (String, Int)? {
    for i in 0..<text.count {
      switch text.forms[i] {
      case .traceback: return (isReversedRuby(i) ? "ruby" : "python", i)
      case .pythonFrame: return ("python", i)
      case .rustPanic, .rustNote: return ("rust", i)
      case .goPanic, .goroutine: return ("go", i)
      case .goFunction where isGoPair(i): return ("go", i)
      case .rubyHead: return ("ruby", i)
      case .rubyFrame: return ("ruby", i)
      case .swiftHead: return ("swift", i)
      case .phpHead: return ("php", i)
      case .phpFrame:
        if text.trimmed(i).has("#0 ", at: text.start(i)) { return ("php", i) }
      case .elixirHead, .elixirFrame: return ("elixir", i)
      case .atFrame: return (atLanguage(i), i)
      case .cause where isAnyhow(i): return ("rust", i)
      case .nodeVersion: return ("node", i)
      default: break
      }
    }
    return nil
  }

  private func isReversedRuby(_ line: Int) -> Bool {
    line + 1 < text.count && text.forms[line + 1] == .rubyFrame
  }

  private func isAnyhow(_ line: Int) -> Bool {
    text.trimmed(line).equals("Caused by:") && line + 1 < text.count && text.indents[line + 1] > 0
  }

  /// Which language's frames begin with `at`: told by the first ten.
  private func atLanguage(_ first: Int) -> String {
    var votes = (java: 0, node: 0, dotnet: 0)
    var seen = 0
    for i in first..<text.count where text.forms[i] == .atFrame {
      let line = text.trimmed(i)
      if line.first(":line ", from: line.startIndex) != nil {
        votes.dotnet += 3
      } else if isJavaFrame(line) {
        votes.java += 2
      } else if isNodeFrame(line) {
        votes.node += 2
      } else if line.last == 0x29 {
        votes.dotnet += 1
      }
      seen += 1
      if seen == 10 { break }
    }
    if votes.dotnet > votes.java, votes.dotnet > votes.node { return "dotnet" }
    return votes.java >= votes.node && votes.java > 0 ? "java" : "node"
  }

  /// The chain in order, with what stands beside it behind the outermost.
  private static func ordered(_ parts: [ExceptionPart]) -> [ExceptionPart] {
    guard parts.contains(where: \.isAside), let first = parts.first else { return parts }
    let rest = parts.dropFirst()
    return [first] + rest.filter(\.isAside) + rest.filter { !$0.isAside }
  }
}

extension [StackFrame] {
  /// Adds a frame behind newer ones, as long as there is room.
  mutating func appendOlder(_ frame: StackFrame) {
    if count < StackTraceParser.maxFrames { append(frame) }
  }
}
