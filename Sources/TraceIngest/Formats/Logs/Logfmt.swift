import TraceModel

/// One `key=value` of a line.
struct LogfmtPair {
  /// The key as it is written.
  var key: Bytes
  /// The value without its quotes.
  var value: Bytes
  /// Whether the value stands in quotes.
  var isQuoted: Bool
  /// Whether the value holds `\` escapes.
  var isEscaped: Bool
  /// Whether there is no `=`: such a key is true.
  var isBare: Bool
}

/// The pairs of a line, one after the other.
struct LogfmtPairs {
  private let line: Bytes
  private var at = 0

  /// The pairs of a line.
  init(_ line: Bytes) { self.line = line }

  /// The next pair; nil at the end. A quote that is never closed takes the rest of the line.
  mutating func next() -> LogfmtPair? {
    while at < line.count, line[at] == 0x20 || line[at] == 0x09 { at += 1 }
    guard at < line.count else { return nil }
    let start = at
    while at < line.count, line[at] > 0x20, line[at] != 0x3d, line[at] != 0x22 { at += 1 }
    if at == start {
      // No key: the word as it stands.
      while at < line.count, line[at] > 0x20 { at += 1 }
      if at == start { at += 1 }
      return bare(start)
    }
    let key = line.slice(start, at)
    guard at < line.count, line[at] == 0x3d else {
      while at < line.count, line[at] > 0x20 { at += 1 }
      return bare(start)
    }
    at += 1
    if at < line.count, line[at] == 0x22 {
      at += 1
      let first = at
      var isEscaped = false
      while at < line.count, line[at] != 0x22 {
        if line[at] == 0x5c { isEscaped = true }
        at += line[at] == 0x5c ? 2 : 1
      }
      let end = min(at, line.count)
      at = min(at + 1, line.count)
      return LogfmtPair(
        key: key, value: line.slice(first, end), isQuoted: true, isEscaped: isEscaped,
        isBare: false)
    }
    let first = at
    while at < line.count, line[at] > 0x20 { at += 1 }
    return LogfmtPair(
      key: key, value: line.slice(first, at), isQuoted: false, isEscaped: false, isBare: false)
  }

  private func bare(_ start: Int) -> LogfmtPair {
    LogfmtPair(
      key: line.slice(start, at), value: Bytes.none, isQuoted: false, isEscaped: false,
      isBare: true)
  }
}

/// What a key of a logfmt line becomes.
private enum LogfmtField { case time, level, message, error, other }

private let logfmtFields: [(StaticString, LogfmtField)] = [
  ("ts", .time), ("time", .time), ("t", .time), ("timestamp", .time), ("@timestamp", .time),
  ("level", .level), ("lvl", .level), ("severity", .level), ("loglevel", .level),
  ("msg", .message), ("message", .message), ("event", .message), ("err", .error),
  ("error", .error), ("caller", .other), ("source", .other), ("trace_id", .other),
  ("traceid", .other), ("span_id", .other), ("spanid", .other), ("request_id", .other),
  ("logger", .other), ("component", .other), ("service", .other), ("method", .other),
]

private func logfmtField(_ key: Bytes) -> LogfmtField? {
  guard key.count <= 10 else { return nil }
  return logfmtFields.first { key.equalsIgnoringCase($0.0) }?.1
}

/// Whether a line is logfmt: its first word is a pair, at least two are, four of five words are, and one has a known key.
///
/// - Complexity: a line whose first word is no pair costs that word.
func isLogfmt(_ line: Bytes) -> Bool {
  var pairs = LogfmtPairs(line)
  guard let first = pairs.next(), !first.isBare, isLogfmtKey(first.key) else { return false }
  var count = 1
  var bare = 0
  var isKnown = logfmtField(first.key) != nil
  while let pair = pairs.next() {
    if pair.isBare || !isLogfmtKey(pair.key) {
      bare += 1
      if bare > 8, bare > count { return false }
    } else {
      count += 1
      if !isKnown { isKnown = logfmtField(pair.key) != nil }
    }
  }
  return count >= 2 && isKnown && bare * 4 <= count
}

/// Whether a key is a name: it begins with a letter, `_` or `@` and holds nothing that a URL or code would.
private func isLogfmtKey(_ key: Bytes) -> Bool {
  guard key.count > 0, key.count <= 128 else { return false }
  let first = key[0] | 0x20
  guard first &- 0x61 < 26 || key[0] == 0x5f || key[0] == 0x40 else { return false }
  for i in 1..<max(1, key.count) {
    let byte = key[i]
    guard
      isIDByte(byte) || byte == 0x5f || byte == 0x2d || byte == 0x2e || byte == 0x2f
        || byte == 0x40 || byte == 0x3a || byte == 0x5b || byte == 0x5d
    else { return false }
  }
  return true
}

extension Decoder {
  /// A line of `key=value` pairs (formats/logs.md 7.2); false where it is none.
  ///
  /// Time, level and message become columns, ids too; the error stays among the attributes as `error.message`, all others under
  /// their own names.
  mutating func logfmtLine(_ bytes: Bytes, _ outer: Envelope) -> Bool {
    guard isLogfmt(bytes) else { return false }
    var fields = LogfmtFields()
    var members = AttributeText()
    var value = ByteBuffer(capacity: 256)
    var pairs = LogfmtPairs(bytes)
    var ids = CarriedIDs()
    while let pair = pairs.next() {
      if take(pair, &fields, outer.offset) { continue }
      if pair.isBare {
        members.key(pair.key)
        members.yes()
        continue
      }
      ids.take(text.memberKeys.carrier(ofName: pair.key), pair.value)
      if logfmtField(pair.key) == .error {
        members.key("error.message")
      } else {
        members.key(pair.key)
      }
      value.count = 0
      pair.put(into: &value)
      members.value(value.bytes, mayBeNumber: !pair.isQuoted && pair.value.count <= 15)
    }
    ids.finish()
    var envelope = outer
    if fields.time != 0 { envelope.time = fields.time }
    if !ids.trace.isAbsent || !ids.span.isAbsent {
      if !ids.trace.isAbsent { envelope.trace = ids.trace }
      envelope.span = ids.span
    }
    addLogfmt(fields, members.object, ids, envelope)
    return true
  }

  /// Takes a pair that becomes a column, the first of its kind; whether it did.
  private mutating func take(
    _ pair: LogfmtPair, _ fields: inout LogfmtFields, _ offset: Int64
  ) -> Bool {
    if pair.isBare { return false }
    if pair.key.equals("service") || pair.key.equals("service.name") {
      fields.service = pair.value
      return true
    }
    switch logfmtField(pair.key) {
    case .time where fields.time == 0:
      fields.time = time(pair.value, offset)
      return fields.time != 0
    case .level where fields.level.count == 0 && pair.value.count <= 32:
      fields.level = pair.value
      return true
    case .message where fields.message == nil:
      fields.message = pair
      return true
    default: return false
    }
  }

  private mutating func time(_ value: Bytes, _ offset: Int64) -> Int64 {
    if let time = isoTime(value) { return settled(time, offset) }
    if let whole = decimal(value) { return epochTime(whole) ?? 0 }
    guard let seconds = decimalSeconds(value), seconds > 100_000_000_000_000_000 else { return 0 }
    return seconds
  }

  private mutating func addLogfmt(
    _ fields: LogfmtFields, _ attributes: [UInt8], _ ids: CarriedIDs, _ envelope: Envelope
  ) {
    var row = newLog(envelope)
    if fields.level.count > 0 {
      row.severityText = symbol(fields.level)
      let severity = levelSeverity(fields.level)
      if severity != 0 { row.severity = severity }
    }
    if fields.service.count > 0 {
      row.resource = resource(ofStream: envelope.stream, service: fields.service)
    }
    var start = text.count
    text.addObject(attributes, from: start)
    text.addObject(envelope.attributes, from: start)
    row.attributes = range(from: start)
    var request = ids.request
    if let message = fields.message, row.trace.isAbsent || request.count == 0 {
      let found = carriedIDs(inText: message.value)
      if row.trace.isAbsent { (row.trace, row.span) = (found.trace, found.span) }
      if request.count == 0 { request = found.request }
    }
    start = text.count
    if request.count > 0 {
      detailMember("request_id", from: start)
      text.putString(request)
    }
    row.detail = endDetail(from: start)
    start = text.count
    fields.message?.put(into: &text.buffer)
    row.body = range(from: start)
    add(row)
  }
}

/// The columns of a logfmt line.
private struct LogfmtFields {
  var time: Int64 = 0
  var level = Bytes.none
  var message: LogfmtPair?
  var service = Bytes.none
}

extension LogfmtPair {
  /// The value without its escapes.
  func put(into buffer: inout ByteBuffer) {
    guard isEscaped else { return buffer.put(value) }
    var at = 0
    while at < value.count {
      guard value[at] == 0x5c, at + 1 < value.count else {
        buffer.put(value[at])
        at += 1
        continue
      }
      switch value[at + 1] {
      case 0x6e: buffer.put(0x0a)
      case 0x74: buffer.put(0x09)
      case 0x72: buffer.put(0x0d)
      case 0x22, 0x5c: buffer.put(value[at + 1])
      default:
        buffer.put(0x5c)
        buffer.put(value[at + 1])
      }
      at += 2
    }
  }
}
