import TraceModel

/// Error logs of nginx and Apache (formats/logs.md 7.3).
extension Decoder {
  /// A line of such a log; false where it is none.
  mutating func serverErrorLine(_ bytes: Bytes, _ envelope: Envelope) -> Bool {
    if bytes[0] == 0x5b { return apacheErrorLine(bytes, envelope) }
    return nginxErrorLine(bytes, envelope)
  }

  // MARK: nginx

  /// `2026/01/05 10:00:00 [error] 42#42: *7 m, client: …, server: …, request: "…", upstream: "…", host: "…"`.
  private mutating func nginxErrorLine(_ bytes: Bytes, _ outer: Envelope) -> Bool {
    guard let time = nginxErrorTime(bytes), let close = bytes.firstIndex(of: 0x5d, from: 21)
    else { return false }
    var at = close + 2
    var members = AttributeText()
    guard let process = number(bytes, &at), at < bytes.count, bytes[at] == 0x23 else {
      return false
    }
    at += 1
    guard let thread = number(bytes, &at), at + 1 < bytes.count, bytes[at] == 0x3a else {
      return false
    }
    at += 2
    members.member("process.pid", process)
    members.member("thread.id", thread)
    if at < bytes.count, bytes[at] == 0x2a {
      at += 1
      if let connection = number(bytes, &at) { members.member("nginx.connection", connection) }
      if at < bytes.count, bytes[at] == 0x20 { at += 1 }
    }
    var envelope = outer
    envelope.time = settled(time, outer.offset)
    envelope.severity = severityNumber(bytes.slice(21, close))
    let end = nginxFields(bytes, at, &members)
    addServerRow(bytes.slice(at, end), members.object, request: Bytes.none, envelope)
    return true
  }

  /// The time of a line of nginx's error log; nil for any other line.
  private func nginxErrorTime(_ bytes: Bytes) -> WrittenTime? {
    guard bytes.count > 30, bytes[4] == 0x2f, bytes[19] == 0x20, bytes[20] == 0x5b else {
      return nil
    }
    return isoTime(bytes.slice(0, 19))
  }

  private func number(_ bytes: Bytes, _ at: inout Int) -> Int64? {
    let start = at
    while at < bytes.count, at - start < 18, bytes[at] &- 0x30 < 10 { at += 1 }
    return decimal(bytes.slice(start, at)).map { Int64($0) }
  }

  /// The names of what follows nginx's message, in the order in which it writes them.
  private static let nginxNames: [(StaticString, StaticString)] = [
    (", client: ", "client.address"), (", server: ", "server.address"), (", request: ", ""),
    (", subrequest: ", "nginx.subrequest"), (", upstream: ", "upstream.address"),
    (", host: ", "http.request.header.host"), (", referrer: ", "http.request.header.referer"),
  ]

  /// Reads the fields behind the message; where the message ends.
  private func nginxFields(_ bytes: Bytes, _ start: Int, _ members: inout AttributeText) -> Int {
    var end = bytes.count
    var found: [(name: Int, at: Int, value: Int)] = []
    var at = start
    while let comma = bytes.firstIndex(of: 0x2c, from: at) {
      let rest = bytes.slice(comma, bytes.count)
      let last = found.last?.name ?? -1
      if let name = Self.nginxNames.indices.first(where: {
        $0 > last && rest.starts(with: Self.nginxNames[$0].0)
      }), name == 0 || !found.isEmpty {
        let value = comma + Self.nginxNames[name].0.utf8CodeUnitCount
        found.append((name, comma, value))
        at = value
        // Values in quotes may hold commas.
        if value < bytes.count, bytes[value] == 0x22 {
          at = bytes.firstIndex(of: 0x22, from: value + 1) ?? bytes.count
        }
      } else {
        at = comma + 1
      }
    }
    if let first = found.first { end = first.at }
    for (index, field) in found.enumerated() {
      let stop = index + 1 < found.count ? found[index + 1].at : bytes.count
      var value = bytes.slice(field.value, stop)
      if value.count >= 2, value[0] == 0x22, value[value.count - 1] == 0x22 {
        value = value.slice(1, value.count - 1)
      }
      if field.name == 2 {
        requestMembers(value, &members)
      } else {
        members.member(Self.nginxNames[field.name].1, value)
      }
    }
    return end
  }

  // MARK: Apache

  /// `[Mon Jan 05 10:00:00.123456 2026] [core:error] [pid 42:tid 7] [client 1.2.3.4:5] AH00000: m`.
  private mutating func apacheErrorLine(_ bytes: Bytes, _ outer: Envelope) -> Bool {
    guard let header = ApacheTime(bytes), header.end + 1 < bytes.count, bytes[header.end] == 0x20,
      bytes[header.end + 1] == 0x5b
    else { return false }
    var envelope = outer
    var members = AttributeText()
    var at = header.end
    var isFirst = true
    // What stands in brackets: module and level, process, client.
    while at + 1 < bytes.count, bytes[at] == 0x20, bytes[at + 1] == 0x5b,
      let close = bytes.firstIndex(of: 0x5d, from: at)
    {
      let part = bytes.slice(at + 2, close)
      if isFirst {
        let colon = part.firstIndex(of: 0x3a, from: 0)
        let level = part.slice(colon.map { $0 + 1 } ?? 0, part.count)
        envelope.severity =
          level.starts(with: "trace") ? 1 : severityNumber(level)
        if envelope.severity == 0 { return false }
        if let colon { members.member("apache.module", part.slice(0, colon)) }
      } else if !apachePart(part, &members) {
        break
      }
      isFirst = false
      at = close + 1
    }
    if isFirst { return false }
    envelope.time = settled(header.time, outer.offset)
    let body = bytes.slice(min(at + 1, bytes.count), bytes.count)
    addServerRow(body, members.object, request: Bytes.none, envelope)
    return true
  }

  /// `pid 42:tid 7`, `client 1.2.3.4:5`, `remote …`: whether it is one of them.
  private func apachePart(_ part: Bytes, _ members: inout AttributeText) -> Bool {
    if part.starts(with: "pid ") {
      let colon = part.firstIndex(of: 0x3a, from: 4) ?? part.count
      members.key("process.pid")
      members.value(part.slice(4, colon), mayBeNumber: true)
      let rest = part.slice(colon, part.count)
      if rest.starts(with: ":tid ") {
        members.key("thread.id")
        members.value(rest.slice(5, rest.count), mayBeNumber: true)
      }
    } else if part.starts(with: "client ") {
      members.member("client.address", part.slice(7, part.count))
    } else if part.starts(with: "remote ") {
      members.member("server.address", part.slice(7, part.count))
    } else {
      return false
    }
    return true
  }
}

/// The time of Apache's error log, in its brackets, without a zone.
struct ApacheTime {
  /// The moment.
  var time: WrittenTime
  /// Where the brackets end.
  var end: Int

  /// `[Mon Jan 05 10:00:00.123456 2026]`; nil for any other text.
  init?(_ bytes: Bytes) {
    guard bytes.count > 26, bytes[0] == 0x5b, bytes[4] == 0x20, bytes[8] == 0x20,
      bytes[11] == 0x20, let month = monthNumber(bytes, 5),
      let day = digits(bytes, bytes[9] == 0x20 ? 10 : 9, 11), let clock = clockTime(bytes, 12),
      clock.end + 6 <= bytes.count, bytes[clock.end] == 0x20, bytes[clock.end + 5] == 0x5d,
      let year = digits(bytes, clock.end + 1, clock.end + 5),
      let ns = YearlessTime(month: month, day: day, ns: clock.ns).ns(in: year)
    else { return nil }
    time = WrittenTime(ns: ns, length: clock.end + 5, hasZone: false)
    end = clock.end + 6
  }
}
