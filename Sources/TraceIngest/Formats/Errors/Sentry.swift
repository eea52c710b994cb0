import TraceModel

/// Sentry's shapes (formats/logs.md 13): events as they are sent and as the Web API gives them, issues, the lines of envelopes.
extension Decoder {
  mutating func sentryObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    if keys.has(.shortID), hasAny(tape, index, ["title"]),
      hasAny(tape, index, ["firstSeen", "lastSeen", "culprit"])
    {
      sentryIssue(tape, index, envelope)
      return true
    }
    if isTransaction(tape, index, keys) {
      batch.defects.count(.unknownRecord, at: envelope.offset, "a transaction of Sentry")
      return true
    }
    if let id = tape.text(keys[.sentryEventID]), isEventID(id) {
      if hasAny(
        tape, index,
        ["exception", "logentry", "contexts", "breadcrumbs", "sdk", "stacktrace", "threads"])
        || keys.has(.platform) && keys.has(.level)
      {
        sentryEvent(tape, index, isWeb: false, envelope)
        return true
      }
      // The head of an envelope says who sent it.
      return keys.has(.dsn) || hasAny(tape, index, ["sent_at"])
    }
    if let id = tape.text(keys[.sentryEventIDCamel]), isEventID(id),
      keys.has(.entries) || hasAny(tape, index, ["groupID", "dateCreated"])
    {
      sentryEvent(tape, index, isWeb: true, envelope)
      return true
    }
    return isEnvelopeItem(tape, index, keys)
  }

  private func hasAny(_ tape: JSONTape, _ index: Int, _ names: [StaticString]) -> Bool {
    member(tape, index, of: names) != 0
  }

  /// 32 hex digits, perhaps as a UUID.
  private func isEventID(_ text: Bytes) -> Bool {
    var digits = 0
    for i in 0..<text.count {
      let byte = text[i]
      if byte == 0x2d { continue }
      guard byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 else { return false }
      digits += 1
    }
    return digits == 32
  }

  private func isTransaction(_ tape: JSONTape, _ index: Int, _ keys: RecordKeys) -> Bool {
    tape.text(keys[.type])?.equals("transaction") == true && keys.has(.contexts)
      && hasAny(tape, index, ["start_timestamp", "transaction"])
  }

  /// The line before each item of an envelope: `{"type", "length"}` and little more.
  private func isEnvelopeItem(_ tape: JSONTape, _ index: Int, _ keys: RecordKeys) -> Bool {
    guard keys.has(.type), keys.count <= 6, let type = tape.text(keys[.type]) else { return false }
    let known: [StaticString] = [
      "event", "transaction", "session", "sessions", "attachment", "client_report", "user_report",
      "check_in", "profile", "profile_chunk", "replay_event", "replay_recording", "log", "span",
      "feedback",
    ]
    guard known.contains(where: { type.equals($0) }) else { return false }
    return wholeNumber(tape, member(tape, index, "length")) != nil
      || keys.count == 1 || keys.count == 2 && member(tape, index, "content_type") != 0
  }

  // MARK: Events

  private mutating func sentryEvent(
    _ tape: JSONTape, _ event: Int, isWeb: Bool, _ envelope: Envelope
  ) {
    let tags = member(tape, event, "tags")
    let exception = sentryException(tape, event)
    var report = TrackerReport("sentry", "event")
    report.id = member(tape, event, of: ["event_id", "eventID"])
    report.counter = member(tape, event, "groupID")
    report.fingerprint = member(tape, event, of: ["fingerprint", "fingerprints"])
    report.level = words(tape, event, of: ["level"])
    if report.level.count == 0 { report.level = tag("level", tape, tags) }
    report.environment = words(tape, event, of: ["environment"])
    if report.environment.count == 0 { report.environment = tag("environment", tape, tags) }
    report.person = member(tape, event, "user")
    report.title = sentryTitle(tape, event, exception)
    report.url = member(tape, member(tape, event, "request"), "url")

    var release = words(tape, event, of: ["release"])
    if release.count == 0 { release = words(tape, member(tape, event, "release"), of: ["version"]) }
    if release.count == 0 { release = tag("release", tape, tags) }
    let (package, version) = splitRelease(release)
    report.version = version
    var service = tag("service", tape, tags)
    if service.count == 0 { service = package }
    var host = words(tape, event, of: ["server_name"])
    if host.count == 0 { host = tag("server_name", tape, tags) }

    var row = newLog(envelope)
    row.time = trackerTime(
      tape,
      member(
        tape, event, of: isWeb ? ["dateCreated", "dateReceived"] : ["timestamp", "received"]),
      envelope.offset)
    // The documented default.
    setSeverity(report.level, default: 17, &row)
    row.resource = resource(
      ofStream: envelope.stream, service: service, host: host, version: version)
    row.identity = trackerIdentity("sentry event", tape, [report.id], Bytes.none)
    sentryIDs(tape, event, &row)
    trackerRow(
      tape, event, report, exception, environment: report.environment,
      except: ["event_id", "eventID", "level", "timestamp", "environment", "server_name", "title"],
      &row)
  }

  /// The trace of `contexts.trace`, else what else the event carries.
  private mutating func sentryIDs(_ tape: JSONTape, _ event: Int, _ row: inout LogRow) {
    let trace = member(tape, member(tape, event, "contexts"), "trace")
    if tape.tag(trace) == JSONTape.Tag.object { putIDs(tape, trace, &row) }
    if row.trace.isAbsent { putIDs(tape, event, &row) }
  }

  /// What the event is called: its own title, its message, else type and message of the outermost exception.
  private func sentryTitle(
    _ tape: JSONTape, _ event: Int, _ exception: ExceptionRecord?
  ) -> Bytes {
    let own = words(tape, event, of: ["title"])
    if own.count > 0 || exception != nil { return own }
    let entry = member(tape, event, of: ["logentry", "message"])
    if let text = tape.text(entry) { return text }
    let message = words(tape, entry, of: ["formatted", "message"])
    if message.count > 0 { return message }
    for entry in JSONElements(tape, member(tape, event, "entries")) {
      guard tape.text(member(tape, entry, "type"))?.equals("message") == true else { continue }
      return words(tape, member(tape, entry, "data"), of: ["formatted", "message"])
    }
    return Bytes.none
  }

  /// The value of a tag: an object, pairs, or objects with `key` and `value`.
  private func tag(_ name: StaticString, _ tape: JSONTape, _ tags: Int) -> Bytes {
    if tape.tag(tags) == JSONTape.Tag.object { return words(tape, tags, of: [name]) }
    for pair in JSONElements(tape, tags) {
      if tape.tag(pair) == JSONTape.Tag.object {
        if tape.text(member(tape, pair, "key"))?.equals(name) == true {
          return words(tape, pair, of: ["value"])
        }
      } else if tape.tag(pair) == JSONTape.Tag.array {
        let values = Array(JSONElements(tape, pair))
        if values.count == 2, tape.text(values[0])?.equals(name) == true {
          return tape.text(values[1]) ?? Bytes.none
        }
      }
    }
    return Bytes.none
  }

  /// `shop@1.4.2+5` → package and version, as Sentry's own tools name releases; a release without `@` is the version.
  private func splitRelease(_ release: Bytes) -> (package: Bytes, version: Bytes) {
    guard let at = release.firstIndex(of: 0x40, from: 1), at + 1 < release.count else {
      return (Bytes.none, release)
    }
    return (release.slice(0, at), release.slice(at + 1, release.count))
  }

  // MARK: Issues

  private mutating func sentryIssue(_ tape: JSONTape, _ issue: Int, _ envelope: Envelope) {
    var report = TrackerReport("sentry", "issue")
    report.id = member(tape, issue, "id")
    report.counter = member(tape, issue, "shortId")
    report.title = words(tape, issue, of: ["title"])
    report.level = words(tape, issue, of: ["level"])
    report.status = words(tape, issue, of: ["status"])
    report.count = member(tape, issue, "count")
    report.users = member(tape, issue, "userCount")
    report.firstSeen = trackerTime(tape, member(tape, issue, "firstSeen"), envelope.offset)
    report.lastSeen = trackerTime(tape, member(tape, issue, "lastSeen"), envelope.offset)
    report.url = member(tape, issue, of: ["permalink", "web_url"])
    var row = newLog(envelope)
    row.time = report.lastSeen != 0 ? report.lastSeen : report.firstSeen
    setSeverity(report.level, default: 17, &row)
    row.identity = trackerIdentity(
      "sentry issue", tape, [report.id, report.count, member(tape, issue, "lastSeen")], Bytes.none)
    trackerRow(
      tape, issue, report, issueException(tape, issue), environment: Bytes.none,
      except: ["title", "level"], &row)
  }

  /// The exception of an issue: its type, its message and one frame.
  private func issueException(_ tape: JSONTape, _ issue: Int) -> ExceptionRecord? {
    let metadata = member(tape, issue, "metadata")
    let type = words(tape, metadata, of: ["type"])
    guard type.count > 0 else { return nil }
    var part = ExceptionPart(
      type: type.string, message: words(tape, metadata, of: ["value"]).string)
    let function = words(tape, metadata, of: ["function"])
    let file = words(tape, metadata, of: ["filename"])
    if function.count > 0 || file.count > 0 {
      part.frames = [StackFrame(function: function.string, file: file.string)]
    }
    var record = ExceptionRecord(
      language: languageName(words(tape, issue, of: ["platform"])), parts: [part])
    record.markInApp()
    return record
  }
}
