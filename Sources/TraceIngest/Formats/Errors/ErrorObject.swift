import TraceModel

/// Objects of error trackers, told by their keys: Rollbar's items, occurrences, notifications, deploys and versions, Sentry's events,
/// issues and the lines of its envelopes (formats/logs.md 12 and 13). Each becomes a log record.
extension Decoder {
  /// Rollbar's items and occurrences, Sentry's events and issues.
  mutating func errorObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    // Nearly all records are told apart by these.
    guard
      keys.has(.err) || keys.has(.data) || keys.has(.body) || keys.has(.environment)
        || keys.has(.sentryEventID) || keys.has(.sentryEventIDCamel) || keys.has(.shortID)
        || keys.has(.type)
    else { return false }
    return rollbarObject(tape, index, keys, envelope) || sentryObject(tape, index, keys, envelope)
  }

  /// A member by its exact name; 0 where the object lacks it, or has null there.
  func member(_ tape: JSONTape, _ object: Int, _ name: StaticString) -> Int {
    member(tape, object) { $0.equals(name) }
  }

  /// The first member that an object has of several names.
  func member(_ tape: JSONTape, _ object: Int, of names: [StaticString]) -> Int {
    for name in names {
      let found = member(tape, object, name)
      if found != 0 { return found }
    }
    return 0
  }

  /// The text of a member, empty where it is none.
  func words(_ tape: JSONTape, _ object: Int, of names: [StaticString]) -> Bytes {
    for name in names {
      if let words = tape.text(member(tape, object, name)), words.count > 0 { return words }
    }
    return Bytes.none
  }

  /// A whole number, also as text; 0 where it is none.
  func lineNumber(_ tape: JSONTape, _ index: Int) -> Int {
    let number = wholeNumber(tape, index) ?? tape.text(index).flatMap(signedDecimal) ?? 0
    return Int(clamping: max(0, number))
  }
}

/// What a tracker says of an error, on its way into the member `report` of a row's detail: {`tracker`, `kind` (`item`, `occurrence`, `event`,
/// `issue`, `deploy`, `version`), `id`, `counter`, `fingerprint`, `title`, `level`, `status`, `environment`, `code_version`, `count`,
/// `users`, `first_seen_ns`, `last_seen_ns`, `person`, `url`, `event`}; what it does not say is left out.
///
/// Values are tape indices, 0 where there is none.
struct TrackerReport {
  var tracker: StaticString
  var kind: StaticString
  var id = 0
  var counter = 0
  var fingerprint = 0
  var title = Bytes.none
  var level = Bytes.none
  var status = Bytes.none
  var environment = Bytes.none
  var version = Bytes.none
  var count = 0
  var users = 0
  var firstSeen: Int64 = 0
  var lastSeen: Int64 = 0
  var person = 0
  var url = 0
  /// What happened to an item (`new_item`, `reactivated_item`); empty where it is only listed.
  var event = Bytes.none

  init(_ tracker: StaticString, _ kind: StaticString) {
    self.tracker = tracker
    self.kind = kind
  }
}

extension Decoder {
  /// Writes the detail of a tracker's record.
  mutating func trackerDetail(
    _ tape: JSONTape, _ report: TrackerReport, _ exception: ExceptionRecord?
  ) -> TextRange {
    let start = text.count
    if let exception {
      detailMember("exception", from: start)
      putException(exception)
    }
    detailMember("report", from: start)
    text.put("{\"tracker\":\"")
    text.put(report.tracker)
    text.put("\",\"kind\":\"")
    text.put(report.kind)
    text.put(0x22)
    putValue("id", tape, report.id)
    putValue("counter", tape, report.counter)
    putValue("fingerprint", tape, report.fingerprint)
    putWords("title", report.title)
    putWords("level", report.level)
    putWords("status", report.status)
    putWords("environment", report.environment)
    putWords("code_version", report.version)
    putCount("count", tape, report.count)
    putCount("users", tape, report.users)
    putTime("first_seen_ns", report.firstSeen)
    putTime("last_seen_ns", report.lastSeen)
    putValue("person", tape, report.person)
    putValue("url", tape, report.url)
    putWords("event", report.event)
    text.put(0x7d)
    return endDetail(from: start)
  }

  private mutating func putKey(_ name: StaticString) {
    text.put(",\"")
    text.put(name)
    text.put("\":")
  }

  private mutating func putValue(_ name: StaticString, _ tape: JSONTape, _ value: Int) {
    guard value != 0 else { return }
    putKey(name)
    text.putTokenless(tape, value)
  }

  private mutating func putWords(_ name: StaticString, _ words: Bytes) {
    guard words.count > 0 else { return }
    putKey(name)
    text.putString(words)
  }

  /// A count as a number, also where it was written as text.
  private mutating func putCount(_ name: StaticString, _ tape: JSONTape, _ value: Int) {
    guard let number = wholeNumber(tape, value) ?? tape.text(value).flatMap(signedDecimal) else {
      return
    }
    putKey(name)
    text.putInt(number)
  }

  private mutating func putTime(_ name: StaticString, _ time: Int64) {
    guard time != 0 else { return }
    putKey(name)
    text.putInt(time)
  }
}

extension JSONText {
  /// A value as it stands, without the tokens of a tracker's project: `access_token` and its like are never kept, however deep they are.
  mutating func putTokenless(_ tape: JSONTape, _ value: Int) {
    var open: [(end: Int, isObject: Bool, isFirst: Bool)] = []
    var i = value
    while true {
      let tag = tape.tag(i)
      if tag == JSONTape.Tag.object || tag == JSONTape.Tag.array {
        put(tag)
        let (first, end) = tape.inside(i)
        open.append((end, tag == JSONTape.Tag.object, true))
        i = first
      } else {
        putRaw(tape, i)
        i = tape.after(i)
      }
      // Up to the next value, closing what ends before it.
      while true {
        guard let top = open.last else { return }
        if i >= top.end {
          put(top.isObject ? 0x7d : 0x5d)
          i = top.end + 1
          open.removeLast()
          continue
        }
        if top.isObject, let key = tape.text(i), isToken(key) {
          i = tape.after(i + 1)
          continue
        }
        if !top.isFirst { put(0x2c) }
        open[open.count - 1].isFirst = false
        if top.isObject {
          putString(tape.text(i) ?? Bytes.none)
          put(0x3a)
          i += 1
        }
        break
      }
    }
  }

  private func isToken(_ key: Bytes) -> Bool {
    (key.count == 12 || key.count == 11)
      && (key.equalsIgnoringCase("access_token") || key.equalsIgnoringCase("accesstoken"))
  }

  /// The members of an object but some, without tokens, as further members of an object that is open.
  ///
  /// - Parameter isEmpty: whether the object that is open has no member yet.
  mutating func putTokenlessMembers(
    _ tape: JSONTape, _ object: Int, isEmpty: inout Bool, except: [StaticString]
  ) {
    guard tape.tag(object) == JSONTape.Tag.object else { return }
    var (i, end) = tape.inside(object)
    while i + 1 < end {
      if let key = tape.text(i), !isToken(key), !except.contains(where: { key.equals($0) }) {
        if !isEmpty { put(0x2c) }
        isEmpty = false
        putString(key)
        put(0x3a)
        putTokenless(tape, i + 1)
      }
      i = tape.after(i + 1)
    }
  }
}
