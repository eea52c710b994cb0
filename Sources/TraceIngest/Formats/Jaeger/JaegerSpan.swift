import TraceModel

/// What tags say beside attributes, as texts of the tape.
struct JaegerTold {
  /// The tags are a process's.
  var isProcess = false
  /// The process's name is known.
  var hasService = false
  var kind: Bytes?
  var statusCode: Bytes?
  var statusMessage: Bytes?
  var scopeName: Bytes?
  var scopeVersion: Bytes?
  var libraryName: Bytes?
  var libraryVersion: Bytes?
  var traceState: Bytes?
  /// What an export of our own says beyond Jaeger.
  var exported: Bytes?

  /// Takes what is no attribute; false for what is one.
  mutating func take(_ key: Bytes, _ value: Bytes) -> Bool {
    if isProcess {
      if key.equals("culprit") {
        exported = value
        return true
      }
      return hasService && key.equals("service.name")
    }
    switch key.count {
    case 7: if key.equals("culprit") { exported = value } else { return false }
    case 9: if key.equals("span.kind") { kind = value } else { return false }
    case 14: if key.equals("w3c.tracestate") { traceState = value } else { return false }
    case 15: if key.equals("otel.scope.name") { scopeName = value } else { return false }
    case 16: if key.equals("otel.status_code") { statusCode = value } else { return false }
    case 17: if key.equals("otel.library.name") { libraryName = value } else { return false }
    case 18: if key.equals("otel.scope.version") { scopeVersion = value } else { return false }
    case 20:
      if key.equals("otel.library.version") {
        libraryVersion = value
      } else {
        return key.equals("internal.span.format")
      }
    case 23:
      if key.equals("otel.status_description") { statusMessage = value } else { return false }
    default: return false
    }
    return true
  }
}

/// One Jaeger span → one row.
extension Decoder {
  /// Reads a span of a trace.
  mutating func jaegerSpan(
    _ tape: JSONTape, _ span: Int, _ trace: JaegerTrace, _ offset: Int64
  ) {
    let fields = JaegerSpanFields(tape, span)
    let resource = jaegerResource(tape, fields, trace, offset)
    let traceID = fields.trace != 0 ? fields.trace : trace.id
    jaegerSpan(tape, span, fields, trace: traceID, resource, offset)
  }

  /// Reads a span of which the trace's id and the process are known.
  mutating func jaegerSpan(
    _ tape: JSONTape, _ span: Int, _ fields: JaegerSpanFields, trace traceID: Int,
    _ resource: UInt32, _ offset: Int64
  ) {
    var told = JaegerTold()
    composed.begin()
    composed.open("attributes")
    putTags(tape, fields.tags, &told, offset)
    putDottedTags(tape, fields.tag, &told)
    if JSONElements(tape, fields.warnings).contains(where: { _ in true }) {
      composed.value("jaeger.warnings", tape, fields.warnings)
    }
    composed.close()
    composed.text("kind", told.kind)
    composed.text("traceState", told.traceState)
    if told.statusCode != nil || told.statusMessage != nil {
      composed.open("status")
      composed.text("code", told.statusCode)
      composed.text("message", told.statusMessage)
      composed.close()
    }
    putJaegerID("traceId", tape, traceID)
    putJaegerID("spanId", tape, fields.span)
    composed.value("name", tape, fields.name)
    putReferences(tape, fields, trace: traceID)
    putJaegerTimes(tape, fields, offset)
    putJaegerLogs(tape, fields.logs, offset)
    var scope = ScopeRow()
    if let exported = told.exported {
      _ = withPayload(exported) { decoder, tape in
        decoder.composed.value("culprit", tape, tape.root)
        decoder.takeExportedScope(tape, tape.root, &scope)
      }
    }
    putUnknown(tape, span, fields)
    kept.jaeger.odd.removeAll(keepingCapacity: true)
    let scopeRow = jaegerScope(told, scope)
    let row = composed.finish()
    hasPlainAttributes = true
    self.span(row, row.root, resource, scopeRow, offset)
    hasPlainAttributes = false
  }

  /// The row of the scope that tags name.
  mutating func jaegerScope(_ told: JaegerTold, _ exported: ScopeRow = ScopeRow()) -> UInt32 {
    var scope = exported
    if let name = told.scopeName ?? told.libraryName { scope.name = symbol(name) }
    if let version = told.scopeVersion ?? told.libraryVersion { scope.version = symbol(version) }
    return addScope(scope)
  }

  /// An id in hex or base64; Cassandra writes `0x…` and signed numbers.
  private mutating func putJaegerID(_ name: StaticString, _ tape: JSONTape, _ index: Int) {
    if let words = tape.text(index) {
      composed.text(name, words.starts(with: "0x") ? words.slice(2, words.count) : words)
    } else if tape.tag(index) == JSONTape.Tag.int || tape.tag(index) == JSONTape.Tag.uint {
      if tape.number(index) != 0 {
        composed.text(name, plain: SpanID(tape.number(index)).description)
      }
    } else {
      composed.value(name, tape, index)
    }
  }

  /// What no field of ours holds, under one name. Flags of 0 and 1 (sampled) say nothing of a span that is there.
  private mutating func putUnknown(_ tape: JSONTape, _ span: Int, _ fields: JaegerSpanFields) {
    let flags = fields.flags == 0 ? 0 : wholeNumber(tape, fields.flags)
    let hasFlags = flags != 0 && flags != 1
    guard fields.hasUnknown || hasFlags || !kept.jaeger.odd.isEmpty else { return }
    composed.open("jaeger")
    if hasFlags { composed.value("flags", tape, fields.flags) }
    for (name, index) in kept.jaeger.odd { composed.value(name, tape, index) }
    if fields.hasUnknown {
      var probe = fields
      for (key, value) in JSONMembers(tape, span)
      where tape.tag(value) != JSONTape.Tag.null && !probe.note(key, value) {
        composed.value(key, tape, value)
      }
    }
    composed.close()
  }

  // MARK: Tags

  /// Tags as attributes, each of the type that it names; `told` gets those that are none.
  mutating func putTags(
    _ tape: JSONTape, _ tags: Int, _ told: inout JaegerTold, _ offset: Int64
  ) {
    if tags == 0 || tape.tag(tags) == JSONTape.Tag.null { return }
    if tape.tag(tags) == JSONTape.Tag.object {
      for (key, value) in JSONMembers(tape, tags) { putTag(tape, key, value, &told) }
      return
    }
    guard tape.tag(tags) == JSONTape.Tag.array else { return countOddTags(tags, offset) }
    for element in JSONElements(tape, tags) {
      let tag = JaegerTag(tape, element)
      guard let key = tag.key else {
        countOddTags(element, offset)
        continue
      }
      guard tag.value != 0 else {
        composed.key(key)
        putPlainest(tag.kind(tape))
        continue
      }
      guard let words = tape.text(tag.value) else {
        composed.value(key, tape, tag.value)
        continue
      }
      if told.take(key, words) { continue }
      composed.key(key)
      if !putTyped(words, tag.kind(tape)) { composed.put(words) }
    }
  }

  /// Tags as members of an object whose keys have `@` for each dot.
  mutating func putDottedTags(_ tape: JSONTape, _ object: Int, _ told: inout JaegerTold) {
    if object == 0 { return }
    for (key, value) in JSONMembers(tape, object) {
      var dotted = ByteBuffer(capacity: key.count)
      for i in 0..<key.count { dotted.put(key[i] == 0x40 ? 0x2e : key[i]) }
      putTag(tape, dotted.bytes, value, &told)
    }
  }

  private mutating func putTag(
    _ tape: JSONTape, _ key: Bytes, _ value: Int, _ told: inout JaegerTold
  ) {
    if let words = tape.text(value), told.take(key, words) { return }
    composed.value(key, tape, value)
  }

  private mutating func countOddTags(_ index: Int, _ offset: Int64) {
    batch.defects.count(.wrongType, at: offset, "tags")
    kept.jaeger.odd.append(("tags", index))
  }

  /// The value that the model leaves out: the plainest one of a type.
  private mutating func putPlainest(_ kind: JaegerTag.Kind?) {
    switch kind {
    case .bool?: composed.put(false)
    case .int?: composed.put(Int64(0))
    case .float?: composed.put(0.0)
    case .string?, .binary?, nil: composed.put(Bytes.none)
    }
  }

  /// A number or truth value that a storage wrote as text; false where the text is none.
  private mutating func putTyped(_ words: Bytes, _ kind: JaegerTag.Kind?) -> Bool {
    switch kind {
    case .bool?:
      let isTrue = words.equals("true")
      guard isTrue || words.equals("false") else { return false }
      composed.put(isTrue)
    case .int?:
      // Digits that a number would not keep stay text.
      guard let number = signedDecimal(words), words[0] != 0x30 || words.count == 1 else {
        return false
      }
      composed.put(number)
    case .float?:
      for i in 0..<words.count {
        let byte = words[i]
        guard byte &- 0x30 < 10 || [0x2d, 0x2e, 0x2b, 0x45, 0x65].contains(byte) else {
          return false
        }
      }
      guard words.count <= 40, let number = Double(words.string), number.isFinite else {
        return false
      }
      composed.put(number)
    case .string?, .binary?, nil: return false
    }
    return true
  }

  // MARK: Times

  private mutating func putJaegerTimes(
    _ tape: JSONTape, _ fields: JaegerSpanFields, _ offset: Int64
  ) {
    // In the model lengths are nanoseconds.
    let isModel = tape.text(fields.start) != nil && wholeNumber(tape, fields.start) == nil
    var start = jaegerMoment(tape, fields.start)
    if start == nil, fields.start != 0 { countOddTime("startTime", fields.start, offset) }
    if start == nil, let millis = wholeNumber(tape, fields.startMillis), millis > 0,
      millis <= .max / 1_000_000
    {
      start = millis * 1_000_000
    }
    let length = jaegerLength(tape, fields.duration, isModel: isModel)
    if length == nil, fields.duration != 0 { countOddTime("duration", fields.duration, offset) }
    guard let start, start > 0 else { return }
    composed.number("startTimeUnixNano", start)
    guard let length else { return }
    let (end, over) = start.addingReportingOverflow(length)
    if over || end <= 0 { return countOddTime("duration", fields.duration, offset) }
    composed.number("endTimeUnixNano", end)
  }

  private mutating func countOddTime(_ name: StaticString, _ index: Int, _ offset: Int64) {
    batch.defects.count(.oddTime, at: offset, "\(name)")
    kept.jaeger.odd.append((name, index))
  }

  /// Microseconds, or RFC 3339, as nanoseconds; nil for what is none, or lies before 1970.
  private func jaegerMoment(_ tape: JSONTape, _ index: Int) -> Int64? {
    if index == 0 { return nil }
    if let words = tape.text(index), let time = isoTime(words) { return time.ns }
    return nanoseconds(ofMicros: index, tape).flatMap { $0 >= 0 ? $0 : nil }
  }

  /// A length as nanoseconds: microseconds; of the model nanoseconds, or text such as `1000ns` and `0.001s`.
  private func jaegerLength(_ tape: JSONTape, _ index: Int, isModel: Bool) -> Int64? {
    if index == 0 { return nil }
    if isModel, let whole = wholeNumber(tape, index) { return whole }
    guard let words = tape.text(index), wholeNumber(tape, index) == nil else {
      return nanoseconds(ofMicros: index, tape)
    }
    guard words.count > 1, words[words.count - 1] == 0x73 else { return nil }
    let units: [(StaticString, Double)] = [("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9)]
    for (unit, scale) in units {
      let width = words.count - unit.utf8CodeUnitCount
      guard width > 0, words.slice(width, words.count).equals(unit),
        let value = Double(words.slice(0, width).string)
      else { continue }
      return Int64(exactly: (value * scale).rounded())
    }
    return nil
  }

  // MARK: References and logs

  /// The parent is the first CHILD_OF of the same trace, else the first FOLLOWS_FROM; the others are links.
  private mutating func putReferences(
    _ tape: JSONTape, _ fields: JaegerSpanFields, trace: Int
  ) {
    guard tape.tag(fields.references) == JSONTape.Tag.array else {
      putJaegerID("parentSpanId", tape, fields.parent)
      // The reader of spans counts it and keeps it.
      return composed.value("links", tape, fields.references)
    }
    var child = 0
    var follower = 0
    var parent = 0
    var others = 0
    for element in JSONElements(tape, fields.references) {
      let reference = JaegerReference(tape, element)
      if reference.isChild || reference.isFollower,
        reference.isChild ? child == 0 : child == 0 && follower == 0,
        reference.trace == 0 || isSameTrace(tape, reference.trace, trace)
      {
        if reference.isChild { child = element } else { follower = element }
        parent = reference.span
      }
      others += 1
    }
    let own = child != 0 ? child : follower
    putJaegerID("parentSpanId", tape, own == 0 ? fields.parent : parent)
    if child == 0, follower != 0 {
      composed.open("culprit")
      composed.number("follows", 1)
      composed.close()
    }
    if others == (own == 0 ? 0 : 1) { return }
    composed.openList("links")
    for element in JSONElements(tape, fields.references) where element != own {
      guard tape.tag(element) == JSONTape.Tag.object else {
        composed.element(tape, element)
        continue
      }
      let reference = JaegerReference(tape, element)
      composed.openElement()
      putJaegerID("traceId", tape, reference.trace == 0 ? trace : reference.trace)
      putJaegerID("spanId", tape, reference.span)
      composed.close()
    }
    composed.closeList()
  }

  /// Whether two written trace ids are the same, leading zeros or not.
  private mutating func isSameTrace(_ tape: JSONTape, _ a: Int, _ b: Int) -> Bool {
    if let one = tape.text(a), let other = tape.text(b), one.equals(other) { return true }
    let defects = batch.defects
    defer { batch.defects = defects }
    return traceID(tape, a, 0).id == traceID(tape, b, 0).id
  }

  mutating func putJaegerLogs(_ tape: JSONTape, _ logs: Int, _ offset: Int64) {
    guard tape.tag(logs) == JSONTape.Tag.array else {
      // The reader of spans counts it and keeps it.
      return composed.value("events", tape, logs)
    }
    guard JSONElements(tape, logs).contains(where: { _ in true }) else { return }
    composed.openList("events")
    for log in JSONElements(tape, logs) {
      guard tape.tag(log) == JSONTape.Tag.object else {
        composed.element(tape, log)
        continue
      }
      putJaegerLog(tape, log, offset)
    }
    composed.closeList()
  }

  /// A log is an event; its field `event` names it, else its `message`.
  private mutating func putJaegerLog(_ tape: JSONTape, _ log: Int, _ offset: Int64) {
    var fields = 0
    var time = 0
    for (key, value) in JSONMembers(tape, log) {
      if key.equals("fields") {
        fields = value
      } else if key.equals("timestamp") || key.equals("ts") {
        time = value
      }
    }
    composed.openElement()
    if let moment = jaegerMoment(tape, time) {
      composed.number("timeUnixNano", moment)
    } else if time != 0 {
      countOddTime("timestamp", time, offset)
    }
    composed.open("attributes")
    var told = JaegerLogTold()
    if tape.tag(fields) == JSONTape.Tag.object {
      for (key, value) in JSONMembers(tape, fields)
      where !told.take(key, tape.text(value)) { composed.value(key, tape, value) }
    } else {
      putLogFields(tape, fields, &told, offset)
    }
    if told.event?.equals("error") == true || told.event?.equals("exception") == true {
      // OpenTracing's names of an error under OpenTelemetry's.
      if !told.hasType { composed.text("exception.type", told.errorKind ?? told.errorObject) }
      if !told.hasMessage { composed.text("exception.message", told.message) }
      if !told.hasStack { composed.text("exception.stacktrace", told.stack) }
    }
    composed.close()
    composed.text("name", told.event ?? told.message)
    composed.close()
  }

  private mutating func putLogFields(
    _ tape: JSONTape, _ fields: Int, _ told: inout JaegerLogTold, _ offset: Int64
  ) {
    if fields == 0 || tape.tag(fields) == JSONTape.Tag.null { return }
    guard tape.tag(fields) == JSONTape.Tag.array else { return countOddTags(fields, offset) }
    for element in JSONElements(tape, fields) {
      let field = JaegerTag(tape, element)
      guard let key = field.key else {
        countOddTags(element, offset)
        continue
      }
      let words = tape.text(field.value)
      if told.take(key, words) { continue }
      composed.key(key)
      if field.value == 0 {
        putPlainest(field.kind(tape))
      } else if let words {
        if !putTyped(words, field.kind(tape)) { composed.put(words) }
      } else {
        composed.put(tape, field.value)
      }
    }
  }
}

/// What the fields of a log say beside attributes.
struct JaegerLogTold {
  var event: Bytes?
  var message: Bytes?
  var errorKind: Bytes?
  var errorObject: Bytes?
  var stack: Bytes?
  var hasType = false
  var hasMessage = false
  var hasStack = false

  /// Whether a field may say more than an attribute of its name.
  static func readsMore(_ key: Bytes) -> Bool {
    let names: [StaticString] = ["event", "message", "stack", "error.kind", "error.object"]
    return names.contains { key.equals($0) }
  }

  /// Notes a field; true for the one that is no attribute.
  mutating func take(_ key: Bytes, _ value: Bytes?) -> Bool {
    guard let value else { return false }
    switch key.count {
    case 5:
      if key.equals("event") {
        event = value
        return true
      }
      if key.equals("stack") { stack = value }
    case 7: if key.equals("message") { message = value }
    case 10: if key.equals("error.kind") { errorKind = value }
    case 12: if key.equals("error.object") { errorObject = value }
    case 14: if key.equals("exception.type") { hasType = true }
    case 17: if key.equals("exception.message") { hasMessage = true }
    case 20: if key.equals("exception.stacktrace") { hasStack = true }
    default: break
    }
    return false
  }
}
