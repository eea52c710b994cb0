import TraceModel

/// A line of a web server's or load balancer's log, its parts still as they are written.
struct AccessLine {
  /// When the request ended, or began (ALB).
  var time: WrittenTime
  /// `METHOD target HTTP/x`; anything where the client sent something else.
  var request: Bytes
  /// The answer's status, 0 where there is none.
  var status = 0
  /// Attributes but those of request and status.
  var client = Bytes.none
  var user = Bytes.none
  var host = Bytes.none
  var size = Bytes.none
  var referer = Bytes.none
  var agent = Bytes.none
  /// What follows the agent.
  var rest = Bytes.none

  /// A line of the common or combined format, perhaps with a virtual host before it; nil for any other line.
  init?(_ line: Bytes) {
    guard let open = line.slice(0, min(line.count, 400)).firstIndex(of: 0x5b, from: 5),
      open + 28 <= line.count, line[open + 3] == 0x2f, line[open + 7] == 0x2f,
      line[open + 12] == 0x3a, line[open + 27] == 0x5d, line[open - 1] == 0x20,
      let time = serverTime(line.slice(open + 1, open + 27))
    else { return nil }
    self.time = time
    request = .none
    guard takeNames(line.slice(0, open - 1)) else { return nil }
    var words = QuotedWords(line.slice(open + 28, line.count))
    guard let request = words.next(), request.isQuoted, let status = words.next(),
      status.text.count == 3 || status.text.equals("-"),
      let size = words.next(), decimal(size.text) != nil || size.text.equals("-")
    else { return nil }
    self.request = request.text
    self.status = digits(status.text, 0, status.text.count) ?? 0
    self.size = size.text
    if words.startsQuoted, let referer = words.next() {
      self.referer = referer.text
      if words.startsQuoted, let agent = words.next() { self.agent = agent.text }
    }
    rest = words.rest
  }

  /// `host ident user`, perhaps with a virtual host first; the user may hold blanks.
  private mutating func takeNames(_ text: Bytes) -> Bool {
    var words: [Bytes] = []
    var at = 0
    while at < text.count, words.count < 3 {
      let end = text.firstIndex(of: 0x20, from: at) ?? text.count
      if end > at { words.append(text.slice(at, end)) }
      at = end + 1
    }
    guard words.count == 3 else { return false }
    client = words[0]
    var user = words[2]
    if !words[1].equals("-"), at < text.count, isAddress(words[1]) {
      host = words[0]
      client = words[1]
      user = text.slice(at, text.count)
    } else if at < text.count {
      user = text.slice(at - 1 - words[2].count, text.count)
    }
    self.user = user
    return true
  }

  /// A line of an application load balancer; nil for any other line.
  init?(balancer line: Bytes, into trace: inout Bytes, _ members: inout AttributeText) {
    guard line.count > 40, line[0] == 0x68 || line[0] == 0x77 || line[0] == 0x67,
      let blank = line.slice(0, 8).firstIndex(of: 0x20, from: 0),
      let time = isoTime(line.slice(blank + 1, line.count)), line[blank + 11] == 0x54
    else { return nil }
    var words = QuotedWords(line)
    var fields: [Bytes] = []
    while let word = words.next(), fields.count < 40 { fields.append(word.text) }
    guard fields.count >= 17, balancerTypes.contains(where: { fields[0].equals($0) }),
      fields[8].count == 3 || fields[8].equals("-"),
      isAddress(fields[3].slice(0, fields[3].lastIndex(of: 0x3a, from: 0) ?? fields[3].count))
    else { return nil }
    self.time = time
    request = fields[12]
    status = digits(fields[8], 0, fields[8].count) ?? 0
    client = fields[3].slice(0, fields[3].lastIndex(of: 0x3a, from: 0) ?? fields[3].count)
    size = fields[11]
    agent = fields[13]
    let names: [(Int, StaticString)] = [
      (0, "aws.alb.type"), (2, "aws.alb.name"), (4, "server.address"),
      (9, "aws.alb.target_status_code"), (10, "http.request.size"), (15, "tls.protocol.version"),
      (16, "aws.alb.target_group.arn"), (18, "server.domain"), (22, "aws.alb.actions"),
      (24, "aws.alb.error_reason"),
    ]
    for (index, name) in names where index < fields.count && !fields[index].equals("-") {
      members.key(name)
      members.value(fields[index], mayBeNumber: index == 9 || index == 10)
    }
    let durations: [(Int, StaticString)] = [
      (5, "aws.alb.request_processing_time"), (6, "aws.alb.target_processing_time"),
      (7, "aws.alb.response_processing_time"),
    ]
    // -1: never answered.
    for (index, name) in durations where isJSONDecimal(fields[index]) {
      members.key(name)
      members.number(fields[index])
    }
    if fields.count > 17 { trace = fields[17] }
  }
}

private let balancerTypes: [StaticString] = [
  "http", "https", "h2", "ws", "wss", "grpcs",
]

extension Decoder {
  /// A line of a web server's or load balancer's log (formats/logs.md 7.3); false where it is none.
  ///
  /// The request is the body; all else becomes attributes under OpenTelemetry's names.
  ///
  /// - Complexity: a line of another kind costs a look at its first 400 bytes.
  mutating func accessLine(_ bytes: Bytes, _ envelope: Envelope) -> Bool {
    guard bytes.count >= 24 else { return false }
    if let line = AccessLine(bytes) {
      var members = AttributeText()
      add(line, Bytes.none, &members, envelope)
      return true
    }
    if bytes[0] == 0x68 || bytes[0] == 0x77 || bytes[0] == 0x67 {
      var members = AttributeText()
      var trace = Bytes.none
      guard let line = AccessLine(balancer: bytes, into: &trace, &members) else { return false }
      add(line, trace, &members, envelope)
      return true
    }
    return serverErrorLine(bytes, envelope)
  }

  private mutating func add(
    _ line: AccessLine, _ trace: Bytes, _ members: inout AttributeText, _ outer: Envelope
  ) {
    var envelope = outer
    envelope.time = settled(line.time, outer.offset)
    envelope.severity = line.status >= 500 ? 17 : line.status >= 400 ? 13 : 9
    requestMembers(line.request, &members)
    if line.status > 0 { members.member("http.response.status_code", Int64(line.status)) }
    if let size = decimal(line.size), size <= UInt64(Int64.max) {
      members.member("http.response.body.size", Int64(size))
    }
    present(line.client, "client.address", &members)
    present(line.user, "user.name", &members)
    present(line.host, "server.address", &members)
    present(line.agent, "user_agent.original", &members)
    present(line.referer, "http.request.header.referer", &members)
    if line.rest.count > 0 { restMembers(line.rest, &members) }
    var ids = CarriedIDs()
    if trace.count > 0 { ids.take(.xray, trace) }
    ids.finish()
    let found = line.rest.count > 0 ? carriedIDs(inText: line.rest) : ids
    if !ids.trace.isAbsent || !found.trace.isAbsent {
      envelope.trace = ids.trace.isAbsent ? found.trace : ids.trace
      envelope.span = ids.trace.isAbsent ? found.span : ids.span
    }
    addServerRow(line.request, members.object, request: found.request, envelope)
  }

  /// A row whose body and attributes are known.
  mutating func addServerRow(
    _ body: Bytes, _ attributes: [UInt8], request: Bytes, _ envelope: Envelope
  ) {
    var row = newLog(envelope)
    // The transport's attributes follow those of the line.
    var start = text.count
    text.addObject(attributes, from: start)
    text.addObject(envelope.attributes, from: start)
    row.attributes = range(from: start)
    start = text.count
    if request.count > 0 {
      detailMember("request_id", from: start)
      text.putString(request)
    }
    row.detail = endDetail(from: start)
    start = text.count
    text.buffer.put(body)
    row.body = range(from: start)
    add(row)
  }

  /// A member whose absence is written as `-`.
  private func present(_ value: Bytes, _ name: StaticString, _ members: inout AttributeText) {
    if !value.equals("-") { members.member(name, value) }
  }

  /// What a request line says: method, path, query, version. A request that is none says nothing.
  func requestMembers(_ request: Bytes, _ members: inout AttributeText) {
    guard let first = request.firstIndex(of: 0x20, from: 0), first > 0, first <= 20 else { return }
    for i in 0..<first where request[i] &- 0x41 >= 26 && request[i] != 0x2d { return }
    var end = request.count
    if let last = request.lastIndex(of: 0x20, from: first + 1),
      request.slice(last + 1, end).starts(with: "HTTP/")
    {
      members.member("http.request.method", request.slice(0, first))
      members.member("network.protocol.version", request.slice(last + 6, end))
      end = last
    } else {
      members.member("http.request.method", request.slice(0, first))
    }
    var target = request.slice(first + 1, end)
    if !target.starts(with: "/"), let scheme = schemeEnd(target) {
      members.member("url.full", target)
      let path = target.firstIndex(of: 0x2f, from: scheme) ?? target.count
      target = target.slice(path, target.count)
    }
    let query = target.firstIndex(of: 0x3f, from: 0) ?? target.count
    members.member("url.path", target.slice(0, query))
    if query < target.count { members.member("url.query", target.slice(query + 1, target.count)) }
  }

  private func schemeEnd(_ target: Bytes) -> Int? {
    guard let colon = target.firstIndex(of: 0x3a, from: 0), colon + 3 <= target.count,
      target[colon + 1] == 0x2f, target[colon + 2] == 0x2f
    else { return nil }
    return colon + 3
  }

  /// What servers are told to write behind the agent: nginx's `$request_time` and `$upstream_response_time` in seconds (a list
  /// where it was tried again), Apache's `%D` in microseconds, an address the request was forwarded for; the rest is kept whole.
  private func restMembers(_ rest: Bytes, _ members: inout AttributeText) {
    var words = QuotedWords(rest)
    var number = 0
    var isKnown = true
    while let word = words.next() {
      defer { number += 1 }
      if word.isQuoted, number == 0, isAddress(word.text.slice(0, firstWord(word.text))) {
        members.member("http.request.header.x-forwarded-for", word.text)
      } else if word.isQuoted, number == 0, word.text.equals("-") {
        number -= 1
      } else if number == 0, isJSONDecimal(word.text),
        word.text.firstIndex(of: 0x2e, from: 0) != nil
      {
        members.key("http.server.request.duration")
        members.number(word.text)
        upstream(words.rest, &members)
        return
      } else if number == 0, let micros = decimal(word.text), micros < 1_000_000_000_000 {
        members.key("http.server.request.duration")
        members.seconds(micros: micros)
      } else {
        isKnown = false
      }
    }
    if !isKnown { members.member("http.access_log.extra", rest) }
  }

  /// The text up to a comma or a blank.
  private func firstWord(_ text: Bytes) -> Int {
    var end = 0
    while end < text.count, text[end] != 0x2c, text[end] != 0x20 { end += 1 }
    return end
  }

  private func upstream(_ rest: Bytes, _ members: inout AttributeText) {
    var start = 0
    while start < rest.count, rest[start] == 0x20 { start += 1 }
    let text = rest.slice(start, rest.count)
    if text.count == 0 || text.equals("-") { return }
    var isList = true
    for i in 0..<text.count where text[i] &- 0x30 >= 10 {
      if text[i] != 0x2e, text[i] != 0x2c, text[i] != 0x20, text[i] != 0x3a, text[i] != 0x2d {
        isList = false
      }
    }
    members.member(isList ? "nginx.upstream_response_time" : "http.access_log.extra", text)
  }
}
