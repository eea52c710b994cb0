import TraceModel

/// One occurrence of Rollbar, as it was sent or as it is downloaded.
extension Decoder {
  /// Writes an occurrence.
  ///
  /// - Parameters:
  ///   - data: the payload.
  ///   - around: the instance or item that holds it, 0 where none does.
  mutating func rollbarOccurrence(
    _ tape: JSONTape, _ data: Int, around: Int, _ envelope: Envelope
  ) {
    let body = member(tape, data, "body")
    let exception = rollbarException(tape, data, body)
    let server = member(tape, data, "server")
    let custom = member(tape, data, "custom")
    var report = TrackerReport("rollbar", "occurrence")
    report.id = member(tape, around, "id")
    if report.id == 0 { report.id = member(tape, data, of: ["id", "uuid"]) }
    report.counter = member(tape, around, "counter")
    report.fingerprint = member(tape, data, "fingerprint")
    report.level = rollbarLevel(tape, member(tape, data, "level"))
    report.environment = words(tape, data, of: ["environment"])
    report.version = words(tape, data, of: ["code_version"])
    if report.version.count == 0 { report.version = words(tape, server, of: ["code_version"]) }
    if report.version.count == 0 {
      let script = member(tape, member(tape, data, "client"), "javascript")
      report.version = words(tape, script, of: ["code_version"])
    }
    report.person = member(tape, data, "person")
    report.title = words(tape, data, of: ["title"])
    let message = member(tape, body, "message")
    if report.title.count == 0 { report.title = words(tape, message, of: ["body"]) }
    if report.title.count == 0, exception == nil {
      report.title = crashTitle(words(tape, member(tape, body, "crash_report"), of: ["raw"]))
    }

    var row = newLog(envelope)
    var time = member(tape, data, "timestamp")
    if time == 0 { time = member(tape, around, "timestamp") }
    row.time = trackerTime(tape, time, envelope.offset)
    // The documented default.
    setSeverity(report.level, default: message != 0 ? 9 : 17, &row)
    row.resource = resource(
      ofStream: envelope.stream,
      service: words(tape, custom, of: ["service", "service.name", "service_name"]),
      host: words(tape, server, of: ["host"]), version: report.version)
    var uuid = member(tape, data, "uuid")
    if uuid == 0 { uuid = report.id }
    row.identity = trackerIdentity("rollbar occurrence", tape, [uuid], Bytes.none)
    putIDs(tape, data, &row)
    trackerRow(
      tape, data, report, exception, environment: report.environment,
      except: ["timestamp", "level", "environment", "code_version", "uuid", "title"], &row)
  }

  /// The line of an Apple crash report that says what happened, else its first.
  private func crashTitle(_ raw: Bytes) -> Bytes {
    var first = Bytes.none
    var at = 0
    while at < raw.count {
      let end = raw.firstIndex(of: 0x0a, from: at) ?? raw.count
      let line = raw.slice(at, end)
      if line.starts(with: "Exception Type:") { return line }
      if first.count == 0 { first = line }
      at = end + 1
    }
    return first
  }

  // MARK: Exceptions

  private mutating func rollbarException(
    _ tape: JSONTape, _ data: Int, _ body: Int
  ) -> ExceptionRecord? {
    let language = rollbarLanguage(tape, data)
    var traces: [Int] = []
    let chain = member(tape, body, "trace_chain")
    for trace in JSONElements(tape, chain) where traces.count < 64 { traces.append(trace) }
    let trace = member(tape, body, "trace")
    if traces.isEmpty, tape.tag(trace) == JSONTape.Tag.object { traces = [trace] }
    if traces.isEmpty {
      let raw = words(tape, member(tape, body, "crash_report"), of: ["raw"])
      return raw.count > 0 ? exception(in: raw) : nil
    }
    let notifier = words(tape, member(tape, data, "notifier"), of: ["name"])
    // Dart's library says that it sends the root cause first; all others send it last.
    if notifier.containsIgnoringCase("dart") { traces.reverse() }
    var record = ExceptionRecord(
      language: language,
      parts: traces.map { trace in
        let thrown = member(tape, trace, "exception")
        return ExceptionPart(
          type: words(tape, thrown, of: ["class"]).string,
          message: words(tape, thrown, of: ["message", "description"]).string,
          frames: rollbarFrames(tape, member(tape, trace, "frames"), language))
      })
    record.markInApp()
    return record
  }

  /// Frames newest first; they are sent oldest first in every language.
  private func rollbarFrames(_ tape: JSONTape, _ list: Int, _ language: String) -> [StackFrame] {
    var frames: [StackFrame] = []
    for frame in JSONElements(tape, list) where frames.count < 2048 {
      let method = words(tape, frame, of: ["method"]).string
      let owner = words(tape, frame, of: ["class_name"]).string
      let joint = language == "php" ? "->" : language == "ruby" ? "#" : "."
      frames.append(
        StackFrame(
          function: owner.isEmpty || method.hasPrefix(owner) ? method : owner + joint + method,
          file: words(tape, frame, of: ["filename"]).string,
          line: lineNumber(tape, member(tape, frame, "lineno"))))
    }
    return frames.reversed()
  }

  /// `python 3.11.7` → `python`; where no language is named, that of the platform or the library.
  private func rollbarLanguage(_ tape: JSONTape, _ data: Int) -> String {
    let notifier = member(tape, data, "notifier")
    for value in [
      words(tape, data, of: ["language"]), words(tape, data, of: ["platform"]),
      words(tape, notifier, of: ["name"]),
    ] where value.count > 0 {
      let known = languageName(value)
      if !known.isEmpty { return known }
    }
    return ""
  }

  /// `ExceptionRecord.language` of a word that a tracker writes; empty for others.
  func languageName(_ word: Bytes) -> String {
    let names: [(StaticString, String)] = [
      ("python", "python"), ("javascript", "node"), ("node", "node"), ("browser", "node"),
      ("java", "java"),
      ("kotlin", "java"), ("android", "java"), ("scala", "java"), ("ruby", "ruby"), ("php", "php"),
      ("golang", "go"), ("go", "go"), ("csharp", "dotnet"), ("c#", "dotnet"), ("dotnet", "dotnet"),
      (".net", "dotnet"), ("swift", "swift"), ("cocoa", "swift"), ("ios", "swift"),
      ("rust", "rust"),
      ("elixir", "elixir"),
    ]
    for (name, language) in names
    where name.utf8CodeUnitCount > 2 ? word.containsIgnoringCase(name) : word.starts(with: name) {
      return language
    }
    return ""
  }
}
