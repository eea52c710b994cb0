import TraceModel

/// Where the fields of one Zipkin span stand on the tape; 0 where they are missing or null.
struct ZipkinSpanFields {
  var trace = 0
  var span = 0
  var parent = 0
  var name = 0
  var kind = 0
  var start = 0
  var duration = 0
  var local = 0
  var remote = 0
  var annotations = 0
  var tags = 0
  /// v1's tags.
  var binary = 0
  var shared = 0
  var debug = 0
  var hasUnknown = false

  init(_ tape: JSONTape, _ span: Int) {
    for (key, value) in JSONMembers(tape, span)
    where tape.tag(value) != JSONTape.Tag.null && !note(key, value) {
      hasUnknown = true
    }
  }

  /// Notes a field; false where the key is none of a span's.
  mutating func note(_ key: Bytes, _ value: Int) -> Bool {
    switch key.count {
    case 2: if key.equals("id") { span = value } else { return false }
    case 4:
      if key.equals("name") {
        name = value
      } else if key.equals("kind") {
        kind = value
      } else if key.equals("tags") {
        tags = value
      } else {
        return false
      }
    case 5: if key.equals("debug") { debug = value } else { return false }
    case 6: if key.equals("shared") { shared = value } else { return false }
    case 7: if key.equals("traceId") { trace = value } else { return false }
    case 8:
      if key.equals("parentId") {
        parent = value
      } else if key.equals("duration") {
        duration = value
      } else {
        return false
      }
    case 9: if key.equals("timestamp") { start = value } else { return false }
    case 11: if key.equals("annotations") { annotations = value } else { return false }
    case 13: if key.equals("localEndpoint") { local = value } else { return false }
    case 14: if key.equals("remoteEndpoint") { remote = value } else { return false }
    case 17: if key.equals("binaryAnnotations") { binary = value } else { return false }
    default: return false
    }
    return true
  }

  /// Whether an object with such fields is a span, and not a log line that names a trace and has an id of its own.
  func isSpan(_ tape: JSONTape) -> Bool {
    if local | remote | annotations | binary != 0 || !hasUnknown { return true }
    // Nobody gives a line of log a span's kind, and a time in microseconds.
    let hasTime = wholeNumber(tape, start).map { $0 >= 100_000_000_000_000 } ?? false
    return hasTime && kind | duration | tags != 0
  }

  /// Whether the record is v1's.
  func isOld(_ tape: JSONTape) -> Bool {
    binary != 0
      || local | remote | kind | tags == 0
        && JSONElements(tape, annotations).contains { ZipkinNote(tape, $0).endpoint != 0 }
  }
}

/// An annotation, or v1's binary one: where its parts stand; 0 where they are missing.
struct ZipkinNote {
  var key = 0
  var value = 0
  var time = 0
  var endpoint = 0

  init(_ tape: JSONTape, _ object: Int) {
    for (name, value) in JSONMembers(tape, object) where tape.tag(value) != JSONTape.Tag.null {
      if name.equals("value") {
        self.value = value
      } else if name.equals("timestamp") {
        time = value
      } else if name.equals("endpoint") {
        endpoint = value
      } else if name.equals("key") {
        key = value
      }
    }
  }
}

/// Who sent or answered: where the parts of an endpoint stand; 0 where they are missing.
struct ZipkinEndpoint {
  var service = 0
  var address = 0
  var port = 0

  init(_ tape: JSONTape, _ object: Int) {
    var old = 0
    var new = 0
    for (name, value) in JSONMembers(tape, object) where tape.tag(value) != JSONTape.Tag.null {
      if name.equals("serviceName") {
        service = value
      } else if name.equals("ipv4") {
        old = value
      } else if name.equals("ipv6") {
        new = value
      } else if name.equals("port") {
        port = value
      }
    }
    address = old != 0 ? old : new
  }
}
