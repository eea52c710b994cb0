/// Logs of containers and systems, and the lines of servers and of logfmt, which tell themselves.
///
/// Told by the first twenty lines: a text log that begins with an RFC 3339 time is neither CRI's nor Docker's.
extension Format {
  static let systemFormats = [
    docker, journal, googleCloud, appleLog, cri, podLogs, composeLogs, journalExport, syslog,
    timestampedLogs, accessLog, logfmt,
  ]

  static let docker = Format(
    name: "docker", contents: "a container's log as Docker keeps it",
    framing: .json(isOrdered: true, hasText: true)
  ) { $0.outline.has("log") && $0.outline.has("stream") && $0.outline.has("time") }

  static let journal = Format(
    name: "journald", contents: "journald's records as JSON",
    framing: .json(isOrdered: true, hasText: true)
  ) { $0.outline.has("__REALTIME_TIMESTAMP") && !$0.bytes.starts(with: "data:") }

  static let googleCloud = Format(
    name: "google-cloud", contents: "log entries of Google Cloud",
    framing: .json(isOrdered: true, hasText: true)
  ) { first in
    first.outline.has("logName")
      && [
        "insertId", "textPayload", "jsonPayload", "protoPayload", "receiveTimestamp",
      ].contains { first.outline.has($0) }
  }

  static let appleLog = Format(
    name: "apple-log", contents: "Apple's unified log",
    framing: .json(isOrdered: true, hasText: true)
  ) {
    $0.outline.has("eventMessage") && $0.outline.has("timestamp")
      && ($0.outline.has("processImagePath") || $0.outline.has("messageType"))
  }

  static let cri = Format(
    name: "cri", contents: "a container's log as Kubernetes keeps it", framing: .lines(.cri)
  ) { FirstLines($0).most { CRILine($0) != nil } }

  static let podLogs = Format(
    name: "pod-logs", contents: "logs of pods with their names", framing: .lines(.podPrefix)
  ) {
    let lines = FirstLines($0)
    return lines.most { NamedLine(prefix: $0) != nil } || lines.most { isStern($0) }
  }

  static let composeLogs = Format(
    name: "compose-logs", contents: "logs of Docker Compose", framing: .lines(.compose)
  ) { isCompose(FirstLines($0)) }

  static let journalExport = Format(
    name: "journald-export", contents: "journald's records in its export format",
    framing: .lines(.journalExport)
  ) { first in
    let bytes = first.bytes
    return bytes.starts(with: "__CURSOR=") || bytes.starts(with: "__REALTIME_TIMESTAMP=")
      || bytes.starts(with: "data: {")
        && bytes.slice(0, bytes.firstIndex(of: 0x0a, from: 0) ?? bytes.count)
          .containsIgnoringCase("\"__realtime_timestamp\"")
  }

  static let syslog = Format(
    name: "syslog", contents: "a syslog", framing: .lines(.syslog)
  ) { isSyslog(FirstLines($0)) }

  /// Docker writes nine digits of a second; so do not loggers, and CloudWatch's export writes three.
  static let timestampedLogs = Format(
    name: "timestamped-logs", contents: "a container's log with the runtime's times",
    framing: .lines(.timestamped)
  ) { first in
    let lines = FirstLines(first)
    return lines.most { isTimestamped($0, digits: 1) }
      && lines.share { isTimestamped($0, digits: 7) } >= 0.6
  }

  static let accessLog = Format(
    name: "access-log", contents: "a web server's log", framing: .lines(.none)
  ) { FirstLines($0).most(isServerLine) }

  static let logfmt = Format(
    name: "logfmt", contents: "log lines of keys and values", framing: .lines(.none)
  ) { FirstLines($0).most(isLogfmt) }
}

/// The first lines of a file that are not empty, at most twenty of them; none of a file of JSON.
struct FirstLines: ~Copyable {
  private static let limit = 20
  private let bytes: Bytes
  private let places: [(start: Int, end: Int)]

  /// The lines of the first bytes; a last one that may be cut off counts only if it is the only one.
  init(_ first: borrowing FirstBytes) {
    bytes = first.bytes
    var places: [(start: Int, end: Int)] = []
    var at = bytes.starts(with: "\u{feff}") ? 3 : 0
    while at < bytes.count, places.count < Self.limit {
      let lineBreak = bytes.firstIndex(of: 0x0a, from: at)
      var end = lineBreak ?? bytes.count
      let next = end + 1
      if end > at, bytes[end - 1] == 0x0d { end -= 1 }
      if lineBreak == nil, bytes.count == ByteSource.prefixBytes, !places.isEmpty { break }
      if end > at { places.append((at, end)) }
      at = next
    }
    if let line = places.first, bytes[line.start] == 0x7b { places = [] }
    self.places = places
  }

  /// The first one, nil where there is none.
  var first: Bytes? { places.first.map { bytes.slice($0.start, $0.end) } }

  /// How many there are.
  var count: Int { places.count }

  /// The lines that are as asked for, as a share of all; 0 where there are none.
  func share(_ isMeant: (Bytes) -> Bool) -> Double {
    if places.isEmpty { return 0 }
    var meant = 0
    for place in places where isMeant(bytes.slice(place.start, place.end)) { meant += 1 }
    return Double(meant) / Double(places.count)
  }

  /// Whether nearly all lines are as asked for: all but one of ten.
  func most(_ isMeant: (Bytes) -> Bool) -> Bool { share(isMeant) >= 0.9 }
}

/// Whether a time with so many digits of a second or more, and a zone, stands before a line.
private func isTimestamped(_ line: Bytes, digits: Int) -> Bool {
  guard let time = isoTime(line), time.hasZone, line[10] == 0x54,
    time.length == line.count || line[time.length] == 0x20, line.count > 20, line[19] == 0x2e
  else { return false }
  var end = 20
  while end < line.count, line[end] &- 0x30 < 10 { end += 1 }
  return end - 20 >= digits
}

private func isStern(_ line: Bytes) -> Bool {
  let start = coloursEnd(line, 0)
  if line.slice(start, line.count).starts(with: "+ ") { return true }
  guard let named = NamedLine(stern: line) else { return false }
  // Words alone would do otherwise: a pod's name has a hash.
  let pod = named.name.string
  return pod.contains { $0.isNumber } && pod.contains("-")
}

/// Whether lines are those of Docker Compose: names before bars that stand in one column, numbered or several of them.
private func isCompose(_ lines: borrowing FirstLines) -> Bool {
  guard lines.most({ NamedLine(compose: $0) != nil }) else { return false }
  var columns = Set<Int>()
  var isNumbered = true
  _ = lines.share { line in
    guard let named = NamedLine(compose: line) else { return false }
    let bar = line.firstIndex(of: 0x7c, from: 0) ?? 0
    columns.insert(bar)
    let last = named.name[named.name.count - 1]
    if last &- 0x30 >= 10 { isNumbered = false }
    return true
  }
  return isNumbered || columns.count == 1 && lines.count > 1
}

/// Whether lines are those of syslog: with `<PRI>`, or with a time, a host and a program.
private func isSyslog(_ lines: borrowing FirstLines) -> Bool {
  // Frames with their lengths need no lines.
  if let first = lines.first, let start = syslogFrame(first)?.start,
    SyslogHeader(first.slice(start, first.count))?.hasTime == true
  {
    return true
  }
  var sawProcess = false
  let share = lines.share { line in
    if line.starts(with: "-- ") { return true }
    guard let header = SyslogHeader(line) else {
      // A message's further lines are indented.
      return line[0] == 0x20 || line[0] == 0x09
    }
    if header.priority != nil { sawProcess = true }
    if header.process.count > 0 { sawProcess = true }
    if header.priority == nil, header.time != nil {
      // A logger's line has a level in the host's place.
      return header.host.count > 0 && header.app.count > 0 && severityNumber(header.host) == 0
        && header.host[0] != 0x5b
    }
    return header.hasTime || header.priority != nil
  }
  return share >= 0.8 && sawProcess
}

/// Whether a line is one of a web server's or a load balancer's.
private func isServerLine(_ line: Bytes) -> Bool {
  if AccessLine(line) != nil { return true }
  var trace = Bytes.none
  var members = AttributeText()
  if line.count >= 40, AccessLine(balancer: line, into: &trace, &members) != nil { return true }
  if line.count > 30, line[4] == 0x2f, line[19] == 0x20, line[20] == 0x5b,
    line.firstIndex(of: 0x23, from: 21) != nil
  {
    return isoTime(line.slice(0, 19)) != nil
  }
  return ApacheTime(line) != nil
}
