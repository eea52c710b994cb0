import TraceModel

/// Rollbar's shapes (formats/logs.md 12): answers of its API, notifications, items, occurrences, deploys, versions.
extension Decoder {
  mutating func rollbarObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    if keys.has(.err), keys.has(.result), wholeNumber(tape, keys[.err]) != nil {
      return rollbarResult(tape, keys[.result], envelope)
    }
    if keys.has(.err), wholeNumber(tape, keys[.err]) == 1, keys.count == 2, keys.has(.message) {
      // The back end refused the question: there is nothing in it.
      batch.defects.count(.controlMessage, at: envelope.offset, "an answer with err 1")
      return true
    }
    if keys.has(.eventName), tape.tag(keys[.data]) == JSONTape.Tag.object {
      return rollbarNotification(tape, keys, envelope)
    }
    guard keys.has(.data) || keys.has(.body) || keys.has(.environment) else { return false }
    return rollbarElement(tape, index, envelope)
  }

  /// An item, an occurrence, a deploy or a version standing alone, or a payload as it is sent.
  private mutating func rollbarElement(
    _ tape: JSONTape, _ index: Int, _ envelope: Envelope
  ) -> Bool {
    let data = member(tape, index, "data")
    if isPayload(tape, data) {
      rollbarOccurrence(tape, data, around: index, envelope)
    } else if isPayload(tape, index) {
      rollbarOccurrence(tape, index, around: 0, envelope)
    } else if member(tape, index, "counter") != 0,
      member(tape, index, of: ["total_occurrences", "last_occurrence_timestamp", "project_id"])
        != 0,
      member(tape, index, "title") != 0
    {
      rollbarItem(tape, index, event: Bytes.none, envelope)
    } else if isDeploy(tape, index) {
      rollbarDeploy(tape, index, event: Bytes.none, envelope)
    } else if member(tape, index, "date_created") != 0,
      member(tape, index, of: ["first_occurrence_timestamp", "last_deploy_timestamp"]) != 0,
      tape.text(member(tape, index, "version")) != nil
    {
      rollbarVersion(tape, index, envelope)
    } else {
      return false
    }
    return true
  }

  /// A payload: `body` with one of its four forms, and what every library sends beside it.
  private func isPayload(_ tape: JSONTape, _ object: Int) -> Bool {
    let body = member(tape, object, "body")
    guard tape.tag(body) == JSONTape.Tag.object else { return false }
    let message = member(tape, body, "message")
    let isForm =
      member(tape, body, of: ["trace", "trace_chain", "crash_report"]) != 0
      || tape.tag(message) == JSONTape.Tag.object && member(tape, message, "body") != 0
    return isForm
      && member(tape, object, of: ["environment", "notifier", "uuid", "level", "language"]) != 0
  }

  private func isDeploy(_ tape: JSONTape, _ index: Int) -> Bool {
    tape.text(member(tape, index, "revision")) != nil && member(tape, index, "environment") != 0
      && member(
        tape, index,
        of: ["start_time", "finish_time", "local_username", "rollbar_username", "access_token"])
        != 0
  }

  /// What an answer holds: one element, or lists of them. A list of nothing is an answer too.
  private mutating func rollbarResult(
    _ tape: JSONTape, _ result: Int, _ envelope: Envelope
  ) -> Bool {
    var place = envelope
    for name: StaticString in ["items", "instances", "deploys", "versions"] {
      let list = member(tape, result, name)
      guard tape.tag(list) == JSONTape.Tag.array else { continue }
      for (number, element) in JSONElements(tape, list).enumerated() {
        if number > 0 { place.offset = nextOffset() }
        if !rollbarElement(tape, element, place) {
          batch.defects.count(.unknownRecord, at: place.offset, "an element of Rollbar's answer")
        }
      }
      return true
    }
    if rollbarElement(tape, result, envelope) { return true }
    // A redirection (`item_by_counter`) or an acknowledgement has no error in it.
    guard member(tape, result, of: ["itemId", "uuid", "uri"]) != 0 || result == 0 else {
      return false
    }
    batch.defects.count(.controlMessage, at: envelope.offset, "an acknowledgement of Rollbar")
    return true
  }

  /// `{"event_name", "data": {"item", "occurrence", "deploy", …}}`: the item, and the occurrence that is told with it.
  private mutating func rollbarNotification(
    _ tape: JSONTape, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    let data = keys[.data]
    let event = tape.text(keys[.eventName]) ?? Bytes.none
    var place = envelope
    var isKnown = false
    let item = member(tape, data, "item")
    if tape.tag(item) == JSONTape.Tag.object {
      rollbarItem(tape, item, event: event, place)
      isKnown = true
    }
    var occurrence = member(tape, data, "occurrence")
    if occurrence == 0 { occurrence = member(tape, item, "last_occurrence") }
    if tape.tag(occurrence) == JSONTape.Tag.object {
      if isKnown { place.offset = nextOffset() }
      let inner = member(tape, occurrence, "data")
      if isPayload(tape, inner) {
        rollbarOccurrence(tape, inner, around: occurrence, place)
      } else if member(tape, occurrence, of: ["body", "uuid"]) != 0 {
        rollbarOccurrence(tape, occurrence, around: item, place)
      }
      isKnown = true
    }
    let deploy = member(tape, data, "deploy")
    if tape.tag(deploy) == JSONTape.Tag.object {
      if isKnown { place.offset = nextOffset() }
      rollbarDeploy(tape, deploy, event: event, place)
      isKnown = true
    }
    return isKnown
  }

  // MARK: Levels and times

  /// A level's name, from its name or its number.
  func rollbarLevel(_ tape: JSONTape, _ value: Int) -> Bytes {
    if let words = tape.text(value) {
      guard let number = signedDecimal(words) else { return words }
      return Self.levelName(number)
    }
    return wholeNumber(tape, value).map(Self.levelName) ?? Bytes.none
  }

  private static func levelName(_ number: Int64) -> Bytes {
    switch number {
    case 10: word(0, 5)
    case 20: word(5, 9)
    case 30: word(9, 16)
    case 40: word(16, 21)
    case 50: word(21, 29)
    default: Bytes.none
    }
  }

  /// A part of all names in a row, behind which there is room as behind all bytes.
  private static func word(_ from: Int, _ to: Int) -> Bytes {
    let words: StaticString = "debuginfowarningerrorcriticalactive\0\0\0\0\0\0\0\0"
    return unsafe Bytes(words.utf8Start, words.utf8CodeUnitCount).slice(from, to)
  }

  /// A status' name, from its name or its number.
  func rollbarStatus(_ tape: JSONTape, _ value: Int) -> Bytes {
    if let words = tape.text(value) { return words }
    return wholeNumber(tape, value) == 1 ? Self.word(29, 35) : Bytes.none
  }

  /// A time in seconds; 0 where there is none, odd ones are counted.
  mutating func trackerTime(_ tape: JSONTape, _ value: Int, _ offset: Int64) -> Int64 {
    guard value != 0 else { return 0 }
    let time = logTime(tape, value, offset)
    if time == 0 { batch.defects.count(.oddTime, at: offset) }
    return time
  }

  // MARK: Items, deploys, versions

  /// An item: one record at its last occurrence.
  private mutating func rollbarItem(
    _ tape: JSONTape, _ item: Int, event: Bytes, _ envelope: Envelope
  ) {
    var report = TrackerReport("rollbar", "item")
    report.id = member(tape, item, "id")
    report.counter = member(tape, item, "counter")
    report.fingerprint = member(tape, item, "hash")
    report.title = words(tape, item, of: ["title"])
    report.level = rollbarLevel(tape, member(tape, item, of: ["level", "last_occurrence_level"]))
    report.status = rollbarStatus(tape, member(tape, item, "status"))
    report.environment = words(tape, item, of: ["environment"])
    report.version = words(tape, item, of: ["resolved_in_version"])
    report.count = member(tape, item, "total_occurrences")
    report.users = member(tape, item, "unique_occurrences")
    report.firstSeen = trackerTime(
      tape, member(tape, item, "first_occurrence_timestamp"), envelope.offset)
    report.lastSeen = trackerTime(
      tape, member(tape, item, "last_occurrence_timestamp"), envelope.offset)
    report.url = member(tape, item, of: ["url", "public_url"])
    report.event = event
    var row = newLog(envelope)
    row.time = report.lastSeen != 0 ? report.lastSeen : report.firstSeen
    setSeverity(report.level, default: 17, &row)
    // The same item fetched later says something else.
    row.identity = trackerIdentity(
      "rollbar item", tape, [report.id, report.count, member(tape, item, "last_occurrence_id")],
      event)
    trackerRow(
      tape, item, report, nil, environment: report.environment,
      except: ["title", "last_occurrence"], &row)
  }

  /// A deploy: one record at its end, else at its start.
  private mutating func rollbarDeploy(
    _ tape: JSONTape, _ deploy: Int, event: Bytes, _ envelope: Envelope
  ) {
    var report = TrackerReport("rollbar", "deploy")
    report.id = member(tape, deploy, of: ["id", "deploy_id"])
    report.status = words(tape, deploy, of: ["status"])
    report.environment = words(tape, deploy, of: ["environment"])
    report.version = words(tape, deploy, of: ["revision", "head_long"])
    report.firstSeen = trackerTime(tape, member(tape, deploy, "start_time"), envelope.offset)
    report.lastSeen = trackerTime(tape, member(tape, deploy, "finish_time"), envelope.offset)
    report.person = member(tape, deploy, of: ["local_username", "rollbar_username", "user_id"])
    report.event = event
    var row = newLog(envelope)
    row.time = report.lastSeen != 0 ? report.lastSeen : report.firstSeen
    row.severity = 9
    row.identity = trackerIdentity(
      "rollbar deploy", tape, [report.id, member(tape, deploy, "status")], Bytes.none)
    row.resource = resource(
      ofStream: envelope.stream, service: Bytes.none, version: report.version)
    let start = text.count
    text.put("deploy of ")
    text.buffer.put(report.version)
    text.put(" to ")
    text.buffer.put(report.environment)
    if report.status.count > 0 {
      text.put(": ")
      text.buffer.put(report.status)
    }
    row.body = range(from: start)
    trackerRow(tape, deploy, report, nil, environment: report.environment, except: [], &row)
  }

  /// A version: one record at its first deploy or occurrence.
  private mutating func rollbarVersion(_ tape: JSONTape, _ version: Int, _ envelope: Envelope) {
    var report = TrackerReport("rollbar", "version")
    report.environment = words(tape, version, of: ["environment"])
    report.version = words(tape, version, of: ["version"])
    report.firstSeen = trackerTime(
      tape, member(tape, version, of: ["first_occurrence_timestamp", "date_created"]),
      envelope.offset)
    report.lastSeen = trackerTime(
      tape, member(tape, version, "last_occurrence_timestamp"), envelope.offset)
    report.person = member(tape, version, "deployed_by")
    var row = newLog(envelope)
    row.time = trackerTime(tape, member(tape, version, "date_created"), envelope.offset)
    if row.time == 0 { row.time = report.firstSeen }
    row.severity = 9
    row.resource = resource(ofStream: envelope.stream, service: Bytes.none, version: report.version)
    let start = text.count
    text.put("version ")
    text.buffer.put(report.version)
    text.put(" in ")
    text.buffer.put(report.environment)
    row.body = range(from: start)
    trackerRow(tape, version, report, nil, environment: report.environment, except: [], &row)
  }
}
