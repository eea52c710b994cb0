import TraceModel

/// What a (sub)segment's blocks say of the other end, found once and used for names, peers and attributes.
struct XRayTarget {
  /// Method of the request; empty where there is none.
  var method = Bytes.none
  /// The request's address, or that of the database.
  var url = URLParts(Bytes.none)
  /// The client's agent.
  var agent: Bytes?
  /// The AWS operation; empty where there is none.
  var operation = Bytes.none
  /// Table, bucket, queue, topic or stream of a call to AWS; empty where none is named.
  var resource = Bytes.none
  /// Function that is called; empty where none is.
  var function = Bytes.none
  /// Whether there is an `aws` block, and what is called is no other host.
  var isAWS = false
  /// Whether there is an `sql` block.
  var isSQL = false
  /// The verb of the SQL text; empty where there is none.
  var verb = Bytes.none
}

/// Names of operations and of the other ends of calls (formats/traces.md 2.4).
extension Decoder {
  func xrayTarget(_ tape: JSONTape, _ fields: XRayFields, _ name: Bytes) -> XRayTarget {
    var target = XRayTarget()
    let request = member(tape, fields[.http]) { $0.equals("request") }
    for (key, value) in JSONMembers(tape, request) {
      guard let text = tape.text(value) else { continue }
      if key.equals("method") { target.method = text }
      if key.equals("url") { target.url = URLParts(text) }
      if key.equals("user_agent") { target.agent = text }
    }
    target.isAWS =
      tape.tag(fields[.aws]) == JSONTape.Tag.object
      && tape.text(fields[.namespace])?.equals("remote") != true
    for (key, value) in JSONMembers(tape, fields[.aws]) {
      let list = JSONElements(tape, value).first { _ in true } ?? 0
      guard let text = tape.text(value) ?? tape.text(list), text.count > 0 else { continue }
      if key.equals("operation") { target.operation = text }
      if key.equals("function_name") { target.function = text }
      if key.equals("table_name") || key.equals("bucket_name") || key.equals("stream_name") {
        target.resource = text
      } else if key.equals("queue_url") {
        target.resource = lastPart(of: text, behind: 0x2f)
      } else if key.equals("topic_arn") {
        target.resource = lastPart(of: text, behind: 0x3a)
      } else if target.resource.count == 0,
        key.equals("table_names") || key.equals("resource_names") || key.equals("bucket")
      {
        target.resource = text
      }
    }
    target.isSQL = tape.tag(fields[.sql]) == JSONTape.Tag.object
    for (key, value) in JSONMembers(tape, fields[.sql]) {
      guard let text = tape.text(value) else { continue }
      if key.equals("url"), target.url.host.count == 0 { target.url = URLParts(text) }
      if key.equals("sanitized_query") { target.verb = firstWord(text) }
    }
    return target
  }

  private func lastPart(of text: Bytes, behind separator: UInt8) -> Bytes {
    var start = text.count
    while start > 0, text[start - 1] != separator { start -= 1 }
    return start < text.count ? text.slice(start, text.count) : text
  }

  /// The first word of a query where it is one of letters.
  private func firstWord(_ text: Bytes) -> Bytes {
    let start = JSONScan.skipBlanks(text, 0)
    var end = start
    while end < text.count, (text[end] | 0x20) &- 0x61 < 26 { end += 1 }
    return end - start <= 16 ? text.slice(start, end) : Bytes.none
  }

  /// The name of the database in a connection's address: what follows the last slash of its path.
  private func database(_ target: XRayTarget) -> Bytes {
    target.url.path.count > 1 ? lastPart(of: target.url.path, behind: 0x2f) : Bytes.none
  }

  /// The other end of a call: `table@DynamoDB`, `bucket@S3`, a function's own name, `database@host`, a host; of an inferred
  /// segment the same, if it says more than the caller's name does.
  mutating func xrayPeer(
    _ name: Bytes, _ target: XRayTarget, _ facts: SpanFacts, _ document: XRayDocument
  ) -> Symbol {
    guard facts.kind == .client || document.isInferred else { return .empty }
    if target.isAWS, !target.isSQL {
      if target.function.count > 0 { return symbol(target.function) }
      if target.resource.count > 0 { return symbol(target.resource, 0x40, name) }
      if target.url.host.count == 0 { return document.isInferred ? .empty : symbol(name) }
    }
    guard target.url.host.count > 0 else { return symbol(name) }
    let database = target.isSQL ? database(target) : Bytes.none
    return database.count > 0
      ? symbol(database, 0x40, target.url.host) : symbol(target.url.host)
  }

  /// The operation: of a segment its method and path, of calls what they ask of whom, else the name.
  mutating func xrayOperation(
    _ tape: JSONTape, _ part: XRayPart, _ name: Bytes, _ target: XRayTarget
  ) -> Symbol {
    if part.isSegment {
      if target.method.count > 0, target.url.path.count > 0 {
        return requestName(target.method, target.url.path)
      }
      // The service that calls a function, and the function itself, bear one name.
      if tape.text(part.fields[.origin])?.equals("AWS::Lambda") == true {
        return symbol(of: "Invoke", name)
      }
      return symbol(name)
    }
    guard tape.tag(part.fields[.namespace]) == JSONTape.Tag.string else { return symbol(name) }
    if target.isSQL {
      let database = database(target)
      guard target.verb.count > 0 else { return symbol(name) }
      return symbol(target.verb, 0x20, database.count > 0 ? database : name)
    }
    if target.isAWS, target.operation.count > 0 { return symbol(name, 0x2e, target.operation) }
    if target.method.count > 0 {
      return symbol(target.method, 0x20, target.url.host.count > 0 ? target.url.host : name)
    }
    return symbol(name)
  }

  private mutating func symbol(of word: StaticString, _ name: Bytes) -> Symbol {
    let start = text.count
    text.put(word)
    text.put(0x20)
    text.buffer.put(name)
    defer { text.buffer.count = start }
    return symbol(text.buffer.bytes.slice(start, text.count))
  }

  /// Method and path, with `{id}` for parts of the path that name one thing of many: X-Ray knows no routes.
  private mutating func requestName(_ method: Bytes, _ path: Bytes) -> Symbol {
    let start = text.count
    text.buffer.put(method)
    text.put(0x20)
    var from = 0
    for i in 0...path.count where i == path.count || path[i] == 0x2f {
      if isID(path.slice(from, i)) {
        text.put("{id}")
      } else {
        text.buffer.put(path.slice(from, i))
      }
      if i < path.count { text.put(0x2f) }
      from = i + 1
    }
    defer { text.buffer.count = start }
    return symbol(text.buffer.bytes.slice(start, text.count))
  }

  /// Whether a part of a path is a number, a long hex text or UUID, or capitals and digits without a word's shape.
  private func isID(_ part: Bytes) -> Bool {
    var digits = 0
    var hexLetters = 0
    var capitals = 0
    var dashes = 0
    for i in 0..<part.count {
      let byte = part[i]
      if byte &- 0x30 < 10 {
        digits += 1
      } else if byte == 0x2d {
        dashes += 1
      } else {
        if (byte | 0x20) &- 0x61 < 6 { hexLetters += 1 }
        if byte &- 0x41 < 26 { capitals += 1 }
      }
    }
    if digits == 0 { return false }
    if digits == part.count { return true }
    if digits + hexLetters + dashes == part.count, digits + hexLetters >= 16 { return true }
    return digits + capitals == part.count && part.count >= 6
  }
}
