import TraceModel

/// Writes the members of one JSON object of a batch's text, each key once: the first one stands.
struct ObjectKeys {
  private var written: Set<UInt64> = []

  /// Forgets the object before.
  mutating func start() { written.removeAll(keepingCapacity: true) }

  /// Whether the key was not there yet.
  mutating func insert(_ hash: UInt64) -> Bool { written.insert(hash).inserted }

  /// How many keys there are.
  var count: Int { written.count }
}

/// Attributes of spans and resources, under OpenTelemetry's names as the collector's awsxray receiver writes them.
extension Decoder {
  /// Begins a member of the object at hand, whose value is to follow; false where the key is there already.
  mutating func newKey(_ prefix: StaticString, _ key: Bytes = Bytes.none) -> Bool {
    let before = text.count
    let isFirst = objectKeys.count == 0
    text.put(isFirst ? 0x7b : 0x2c)
    let start = text.count
    text.buffer.put(prefix)
    text.buffer.put(key)
    let name = text.buffer.bytes.slice(start, text.count)
    guard objectKeys.insert(unsafe stableHash(name.raw, seed: 0)) else {
      text.buffer.count = before
      return false
    }
    // Written anew as a string: what is to be escaped is.
    let copy = ByteCopy(name)
    text.buffer.count = start
    text.putString(copy.bytes)
    text.put(0x3a)
    return true
  }

  /// A member that stands as it is on the tape; null is left out.
  mutating func putMember(_ prefix: StaticString, _ key: Bytes, _ tape: JSONTape, _ value: Int) {
    if value == 0 || tape.tag(value) == JSONTape.Tag.null { return }
    if newKey(prefix, key) { text.putRaw(tape, value) }
  }

  /// A member of a known key that stands as it is on the tape.
  mutating func putMember(_ key: StaticString, _ tape: JSONTape, _ value: Int) {
    putMember(key, Bytes.none, tape, value)
  }

  /// A member of text.
  mutating func putMember(_ key: StaticString, _ value: Bytes) {
    if value.count > 0, newKey(key) { text.putString(value) }
  }

  /// A member that says yes.
  mutating func putFlag(_ key: StaticString) {
    if newKey(key) { text.put("true") }
  }

  /// The object at hand ends; an empty range where it has no member.
  mutating func endObject(from start: Int) -> TextRange {
    if text.count > start { text.put(0x7d) }
    return range(from: start)
  }

  /// The attributes of a segment or subsegment.
  mutating func xrayAttributes(
    _ tape: JSONTape, _ part: XRayPart, _ name: Bytes, _ target: XRayTarget
  ) -> TextRange {
    let fields = part.fields
    let start = text.count
    objectKeys.start()
    if tape.text(fields[.namespace])?.equals("aws") == true { putMember("aws.service", name) }
    httpAttributes(tape, fields[.http], part.offset)
    sqlAttributes(tape, fields[.sql], target, part.offset)
    awsAttributes(tape, part)
    putMember("enduser.id", tape, fields[.user])
    for (field, key) in Self.flagNames where fields.isTrue(field, tape) { putFlag(key) }
    if part.isSegment, hasInitialization(tape, fields) { putFlag("faas.coldstart") }
    let cause = fields[.cause]
    if let id = tape.text(cause), id.count > 0 { putMember("aws.xray.cause.exception_id", id) }
    putMember(
      "aws.xray.cause.working_directory", tape,
      member(tape, cause) { $0.equals("working_directory") })
    let paths = member(tape, cause) { $0.equals("paths") }
    if tape.after(paths) > paths + 2 { putMember("aws.xray.cause.paths", tape, paths) }
    annotations(tape, fields[.annotations], part.offset)
    for (namespace, value) in JSONMembers(tape, fields[.metadata]) {
      putMember("aws.xray.metadata.", namespace, tape, value)
    }
    countUnlessObject(tape, fields[.metadata], part.offset, "metadata")
    return endObject(from: start)
  }

  private static let flagNames: [(XRayFields.Field, StaticString)] = [
    (.inProgress, "aws.xray.inprogress"), (.traced, "aws.xray.traced"),
    (.error, "aws.xray.error"), (.fault, "aws.xray.fault"), (.throttle, "aws.xray.throttle"),
  ]

  /// Whether a Lambda function was started for the request.
  private func hasInitialization(_ tape: JSONTape, _ fields: XRayFields) -> Bool {
    guard tape.text(fields[.origin])?.starts(with: "AWS::Lambda") == true else { return false }
    for element in JSONElements(tape, fields[.subsegments]) {
      let name = tape.text(member(tape, element) { $0.equals("name") })
      if name?.equals("Initialization") == true { return true }
    }
    return false
  }

  private mutating func httpAttributes(_ tape: JSONTape, _ http: Int, _ offset: Int64) {
    countUnlessObject(tape, http, offset, "http")
    for (key, value) in JSONMembers(tape, http) {
      let isRequest = key.equals("request")
      guard isRequest || key.equals("response"), tape.tag(value) == JSONTape.Tag.object else {
        putMember("aws.xray.http.", key, tape, value)
        continue
      }
      for (inner, value) in JSONMembers(tape, value) {
        if isRequest, let known = Self.requestNames.first(where: { inner.equals($0.0) }) {
          putMember(known.1, tape, value)
        } else if isRequest {
          putMember("aws.xray.http.request.", inner, tape, value)
        } else if inner.equals("status") {
          putMember("http.response.status_code", tape, value)
        } else if inner.equals("content_length") {
          // -1 stands for "unknown"; some senders write text.
          if let size = wholeNumber(tape, value) {
            if size >= 0, newKey("http.response.body.size") { text.putInt(size) }
          } else {
            putMember("aws.xray.http.response.", inner, tape, value)
          }
        } else {
          putMember("aws.xray.http.response.", inner, tape, value)
        }
      }
    }
  }

  private static let requestNames: [(StaticString, StaticString)] = [
    ("method", "http.request.method"), ("url", "url.full"), ("user_agent", "user_agent.original"),
    ("client_ip", "client.address"), ("x_forwarded_for", "aws.xray.x_forwarded_for"),
    ("traced", "aws.xray.traced"),
  ]

  private mutating func sqlAttributes(
    _ tape: JSONTape, _ sql: Int, _ target: XRayTarget, _ offset: Int64
  ) {
    countUnlessObject(tape, sql, offset, "sql")
    guard target.isSQL else { return }
    putMember("server.address", target.url.host)
    if let port = target.url.port, newKey("server.port") { text.putInt(port) }
    putMember("db.operation.name", target.verb)
    for (key, value) in JSONMembers(tape, sql) {
      if let known = Self.sqlNames.first(where: { key.equals($0.0) }) {
        putMember(known.1, tape, value)
      } else {
        putMember("aws.xray.sql.", key, tape, value)
      }
    }
  }

  private static let sqlNames: [(StaticString, StaticString)] = [
    ("url", "db.connection_string"), ("connection_string", "db.connection_string"),
    ("sanitized_query", "db.query.text"), ("database_type", "db.system.name"),
    ("user", "db.user"),
  ]

  /// The `aws` block; of a segment's what says something of its host goes to the resource.
  private mutating func awsAttributes(_ tape: JSONTape, _ part: XRayPart) {
    countUnlessObject(tape, part.fields[.aws], part.offset, "aws")
    let isFunction = tape.text(part.fields[.origin])?.starts(with: "AWS::Lambda") == true
    for (key, value) in JSONMembers(tape, part.fields[.aws]) {
      if part.isSegment, Self.resourceBlocks.contains(where: { key.equals($0) }) { continue }
      putMember("aws.", key, tape, value)
      if isFunction, key.equals("request_id") { putMember("faas.invocation_id", tape, value) }
    }
  }

  /// Members of a segment's `aws` block that its resource holds.
  static let resourceBlocks: [StaticString] = [
    "ec2", "ecs", "eks", "elastic_beanstalk", "xray", "cloudwatch_logs", "account_id",
  ]

  /// Annotations as attributes of their own; a list of their keys tells them from the others.
  private mutating func annotations(_ tape: JSONTape, _ object: Int, _ offset: Int64) {
    countUnlessObject(tape, object, offset, "annotations")
    guard tape.after(object) > object + 2, tape.tag(object) == JSONTape.Tag.object else { return }
    for (key, value) in JSONMembers(tape, object) {
      if tape.tag(value) == JSONTape.Tag.null { continue }
      if newKey("", key) {
        text.putRaw(tape, value)
      } else if newKey("aws.xray.annotation.", key) {
        text.putRaw(tape, value)
      } else {
        batch.defects.count(.repeatedKey, at: offset, "annotations")
      }
    }
    guard newKey("aws.xray.annotations") else { return }
    var separator: UInt8 = 0x5b
    for (key, _) in JSONMembers(tape, object) {
      text.put(separator)
      separator = 0x2c
      text.putString(key)
    }
    text.put(separator == 0x5b ? "[]" : "]")
  }

  /// Counts a block that is no object, and keeps it raw.
  private mutating func countUnlessObject(
    _ tape: JSONTape, _ index: Int, _ offset: Int64, _ name: String
  ) {
    if index == 0 || tape.tag(index) == JSONTape.Tag.object { return }
    countUnheld(.wrongType, index, offset, name)
  }
}

/// A copy of bytes with the room behind it that words want.
struct ByteCopy: ~Copyable {
  private var buffer: ByteBuffer

  init(_ bytes: Bytes) {
    buffer = ByteBuffer(capacity: bytes.count)
    buffer.put(bytes)
  }

  var bytes: Bytes { buffer.bytes }
}
