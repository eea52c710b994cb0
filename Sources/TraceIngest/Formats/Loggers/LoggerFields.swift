import TraceModel

/// Where a logger's record keeps what every logger writes, found by the names of formats/logs.md 8: the first that fits.
///
/// Indices of values on the tape, 0 where there is none.
struct LoggerFields {
  /// Event time, ns; 0 unknown.
  var time: Int64 = 0
  /// OpenTelemetry severity, 0 unknown.
  var severity: UInt8 = 0
  /// The level as it was written.
  var level = 0
  /// The message.
  var message = 0
  /// The object whose members are the attributes: the record, or loguru's `record`.
  var members: Int

  /// Fields of the record at an index.
  init(_ record: Int) { members = record }

  static let timeKeys: [RecordKey] = [
    .atTimestamp, .timestamp, .time, .ts, .t, .date, .datetime, .eventTime, .asctime, .serilogTime,
    .timestampCapital, .timeMillis, .created,
  ]
  static let levelKeys: [RecordKey] = [
    .level, .severity, .lvl, .loglevel, .logLevelSnake, .levelname, .logLevelDotted,
    .logLevelCapital, .serilogLevel, .levelCapital, .levelno, .levelValue,
  ]
  /// Levels where their value is a level's name; else they are HTTP's status or a queue's priority.
  static let weakLevelKeys: [RecordKey] = [.status, .priority]
  static let messageKeys: [RecordKey] = [
    .message, .msg, .event, .body, .text, .log, .shortMessage, .serilogMessage, .serilogTemplate,
    .messageCapital, .renderedMessage, .messageTemplate, .fullMessage,
  ]
}

extension Decoder {
  /// Finds time, level and message of a record; what becomes a column is noted in `taken`.
  mutating func loggerFields(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ offset: Int64
  ) -> LoggerFields {
    var fields = LoggerFields(index)
    taken.removeAll()
    if keys.has(.record), takeLoguru(tape, keys, offset, &fields) { return fields }
    takeTime(tape, keys, offset, &fields)
    takeLevel(tape, keys, &fields)
    takeMessage(tape, keys, &fields)
    return fields
  }

  private mutating func takeTime(
    _ tape: JSONTape, _ keys: RecordKeys, _ offset: Int64, _ fields: inout LoggerFields
  ) {
    for key in LoggerFields.timeKeys {
      let value = keys[key]
      if value == 0 { continue }
      let tag = tape.tag(value)
      fields.time =
        tag == JSONTape.Tag.object
        ? secondsAndNanos(tape, value, "seconds", "nanos") : logTime(tape, value, offset)
      if fields.time != 0 { return taken.take(value) }
    }
    let instant = keys[.instant]
    if instant != 0 {
      fields.time = secondsAndNanos(tape, instant, "epochSecond", "nanoOfSecond")
      if fields.time != 0 { return taken.take(instant) }
    }
    if keys.has(.timestampSeconds), let seconds = wholeNumber(tape, keys[.timestampSeconds]) {
      let nanos = keys.has(.timestampNanos) ? wholeNumber(tape, keys[.timestampNanos]) ?? 0 : 0
      fields.time = nanoseconds(seconds, nanos)
      if fields.time != 0 {
        taken.take(keys[.timestampSeconds])
        if keys.has(.timestampNanos) { taken.take(keys[.timestampNanos]) }
      }
    }
  }

  /// A moment of two members of an object; 0 where they are none.
  private func secondsAndNanos(
    _ tape: JSONTape, _ object: Int, _ seconds: StaticString, _ nanos: StaticString
  ) -> Int64 {
    guard let whole = wholeNumber(tape, member(tape, object) { $0.equals(seconds) }) else {
      return 0
    }
    return nanoseconds(whole, wholeNumber(tape, member(tape, object) { $0.equals(nanos) }) ?? 0)
  }

  private func nanoseconds(_ seconds: Int64, _ nanos: Int64) -> Int64 {
    guard (0..<9_000_000_000).contains(seconds), (0..<1_000_000_000).contains(nanos) else {
      return 0
    }
    return seconds * 1_000_000_000 + nanos
  }

  private mutating func takeLevel(
    _ tape: JSONTape, _ keys: RecordKeys, _ fields: inout LoggerFields
  ) {
    for key in LoggerFields.levelKeys where keys.has(key) {
      let value = keys[key]
      if takeLevel(tape, value, isPython: key == .levelno, keys, &fields) {
        return taken.take(value)
      }
    }
    for key in LoggerFields.weakLevelKeys where keys.has(key) {
      let value = keys[key]
      guard let word = tape.text(value), severityNumber(word) != 0 else { continue }
      fields.level = value
      fields.severity = severityNumber(word)
      return taken.take(value)
    }
    // ECS nested: {"log": {"level": "info"}}.
    if keys.has(.log), tape.tag(keys[.log]) == JSONTape.Tag.object {
      let value = member(tape, keys[.log]) { $0.equals("level") }
      if value != 0, takeLevel(tape, value, isPython: false, keys, &fields) {
        return taken.take(value, from: keys[.log])
      }
    }
    // Serilog writes no level where it is Information.
    if keys.has(.serilogTime), keys.has(.serilogTemplate) || keys.has(.serilogMessage) {
      fields.severity = 9
    }
  }

  /// Reads a level; whether it is one.
  private func takeLevel(
    _ tape: JSONTape, _ value: Int, isPython: Bool, _ keys: RecordKeys,
    _ fields: inout LoggerFields
  ) -> Bool {
    if let word = tape.text(value) {
      if word.count == 0 || word.count > 32 { return false }
      fields.severity = levelSeverity(word)
      if fields.severity == 0, let number = signedDecimal(word) {
        fields.severity = levelSeverity(number, isPython: isPython, isGELF: keys.has(.shortMessage))
      }
    } else if let number = wholeNumber(tape, value) {
      fields.severity = levelSeverity(
        number, isPython: isPython || keys.has(.levelname), isGELF: keys.has(.shortMessage))
    } else {
      return false
    }
    fields.level = value
    return true
  }

  private mutating func takeMessage(
    _ tape: JSONTape, _ keys: RecordKeys, _ fields: inout LoggerFields
  ) {
    for key in LoggerFields.messageKeys where keys.has(key) {
      let value = keys[key]
      switch tape.tag(value) {
      case JSONTape.Tag.string: break
      case JSONTape.Tag.object, JSONTape.Tag.array:
        // Under other names an object is a group of fields.
        guard key == .message || key == .msg || key == .messageCapital else { continue }
      case JSONTape.Tag.null: continue
      default: guard key == .message || key == .msg else { continue }
      }
      fields.message = value
      return taken.take(value)
    }
    // Rust's tracing: {"fields": {"message": …}}.
    let holder = keys[.fields]
    if holder != 0, tape.tag(holder) == JSONTape.Tag.object {
      let value = member(tape, holder) { $0.equals("message") }
      if value != 0, tape.tag(value) == JSONTape.Tag.string {
        fields.message = value
        taken.take(value, from: holder)
      }
    }
  }

  /// loguru's `{"text": …, "record": {…}}`: whether it is one.
  private mutating func takeLoguru(
    _ tape: JSONTape, _ keys: RecordKeys, _ offset: Int64, _ fields: inout LoggerFields
  ) -> Bool {
    let record = keys[.record]
    let message = member(tape, record) { $0.equals("message") }
    let level = member(tape, record) { $0.equals("level") }
    guard message != 0, tape.tag(level) == JSONTape.Tag.object else { return false }
    let name = member(tape, level) { $0.equals("name") }
    let number = member(tape, level) { $0.equals("no") }
    if name != 0 { _ = takeLevel(tape, name, isPython: true, keys, &fields) }
    if fields.severity == 0, let value = wholeNumber(tape, number) {
      fields.severity = levelSeverity(value, isPython: true, isGELF: false)
    }
    let time = member(tape, record) { $0.equals("time") }
    fields.time = logTime(tape, member(tape, time) { $0.equals("timestamp") }, offset)
    fields.message = message
    fields.members = record
    taken.take(message)
    if fields.level != 0 { taken.take(level) }
    if fields.time != 0 { taken.take(time) }
    return true
  }
}

/// OpenTelemetry's severity of a level's name, also in slog's form `ERROR+2`; 0 for other words.
func levelSeverity(_ word: Bytes) -> UInt8 {
  let known = severityNumber(word)
  if known != 0 { return known }
  guard word.count >= 4, word[word.count - 1] &- 0x30 < 10 else { return 0 }
  let digit = Int(word[word.count - 1] &- 0x30)
  let sign = word[word.count - 2]
  guard sign == 0x2b || sign == 0x2d else { return 0 }
  let base = Int(severityNumber(word.slice(0, word.count - 2)))
  if base == 0 { return 0 }
  return UInt8(max(1, min(24, base + (sign == 0x2b ? digit : -digit))))
}

/// OpenTelemetry's severity of a level that is a number (formats/logs.md 8); 0 where it is none of the known scales.
///
/// - Parameters:
///   - isPython: 10 is DEBUG, as Python's logging counts; else 10 is TRACE, as bunyan and pino do.
///   - isGELF: 0–7 are syslog's.
func levelSeverity(_ level: Int64, isPython: Bool, isGELF: Bool) -> UInt8 {
  switch level {
  case 0...7 where isGELF: [21, 21, 21, 17, 13, 10, 9, 5][Int(level)]
  case 10..<70:
    isPython
      ? [1, 5, 9, 13, 17, 21, 21][Int(level) / 10] : [0, 1, 5, 9, 13, 17, 21][Int(level) / 10]
  case 5000: 1
  case 10000: 5
  case 20000: 9
  case 30000: 13
  case 40000: 17
  default: 0
  }
}
