package import TraceModel

/// Spans of a store → Jaeger's UI JSON: one document whose `data` holds a trace an element (formats/traces.md 3.1).
///
/// Times have microseconds; lists and objects among attributes become text; a span that has no start or end gets 0. Links are
/// references, but for those that Jaeger would take for the parent, which are counted. What Jaeger cannot say stands in a tag
/// `culprit` of the span or the process as JSON, which our reader takes back, so that an export loads again to the same spans.
///
/// - Source: Jaeger's UI model (cmd/query/app/internal/…/uimodel); OpenTelemetry, "OpenTelemetry to Jaeger Transformation", for tags of
///   status, scope and trace state.
package struct JaegerWriter: ~Copyable {
  private let resources: [Int64: ResourceRecord]
  private let scopes: [Int64: ScopeRecord]
  private let parser = JSONParser()
  private let detailParser = JSONParser()
  private var input = ByteBuffer(capacity: 1 << 12)
  private var text = JSONText()
  private var isFirst = true
  /// Links that stand in our own tag alone.
  package private(set) var lostLinks = 0

  /// What stands before the first trace.
  package var start: [UInt8] { Array("{\"data\":[".utf8) }
  /// What stands behind the last trace.
  package var end: [UInt8] {
    Array("\n],\"total\":0,\"limit\":0,\"offset\":0,\"errors\":null}\n".utf8)
  }

  /// A writer for the spans of a store.
  package init(resources: [Int64: ResourceRecord], scopes: [Int64: ScopeRecord]) {
    self.resources = resources
    self.scopes = scopes
  }

  /// One trace, behind those before.
  package mutating func trace(_ id: TraceID, _ spans: [SpanRecord]) -> [UInt8] {
    text.buffer.count = 0
    text.put(isFirst ? "\n" : ",\n")
    isFirst = false
    text.put("{\"traceID\":")
    put(id.description)
    text.put(",\"spans\":[")
    let used = Set(spans.map(\.resource)).sorted()
    let process = Dictionary(
      uniqueKeysWithValues: used.enumerated().map { ($0.element, $0.offset + 1) })
    for (index, span) in spans.enumerated() {
      if index > 0 { text.put(0x2c) }
      put(span, process: process[span.resource] ?? 0)
    }
    text.put("],\"processes\":{")
    for (index, resource) in used.enumerated() {
      if index > 0 { text.put(0x2c) }
      text.put("\"p")
      text.putInt(Int64(index + 1))
      text.put("\":{\"serviceName\":")
      let record = resources[resource] ?? ResourceRecord()
      put(record.service)
      text.put(",\"tags\":[")
      let from = text.count
      let isForeign = spans.contains { $0.resource == resource && $0.isForeign }
      if isForeign || !isTold(record) { putExported(record, from) }
      putTags(record.attributes, from: from, without: "service.name")
      text.put("]}")
    }
    text.put("},\"warnings\":null}")
    return unsafe Array(text.buffer.bytes.raw)
  }

  // MARK: A span

  private mutating func put(_ record: SpanRecord, process: Int) {
    let span = record.span
    let detail = parsed(record.detail, isDetail: true)
    text.put("{\"traceID\":")
    putID(value("trace_id", detail), record.trace.description)
    text.put(",\"spanID\":")
    putID(value("span_id", detail), span.id.description)
    text.put(",\"operationName\":")
    if let name = value("name", detail) { text.putString(name) } else { put(record.operation) }
    putReferences(record, detail)
    let start = span.facts[.unknownStart] ? 0 : micros(span.start.nanoseconds)
    text.put(",\"startTime\":")
    text.putInt(start)
    text.put(",\"duration\":")
    text.putInt(
      span.facts[.unknownEnd] || span.facts[.unknownStart]
        ? 0 : micros(span.end.nanoseconds) &- start)
    putTags(record, detail)
    putLogs(detail)
    text.put(",\"processID\":\"p")
    text.putInt(Int64(process))
    text.put("\",\"warnings\":null}")
  }

  /// Microseconds, cut.
  private func micros(_ ns: Int64) -> Int64 {
    let (quotient, rest) = ns.quotientAndRemainder(dividingBy: 1000)
    return rest < 0 ? quotient - 1 : quotient
  }

  private mutating func putID(_ written: Bytes?, _ hex: String) {
    if let written { text.putString(written) } else { put(hex) }
  }

  private mutating func putReferences(_ record: SpanRecord, _ detail: JSONTape?) {
    text.put(",\"references\":[")
    let from = text.count
    let hasParent = !record.span.parent.isAbsent
    if hasParent {
      text.put("{\"refType\":")
      put(record.span.facts[.followsParent] ? "FOLLOWS_FROM" : "CHILD_OF")
      text.put(",\"traceID\":")
      putID(value("trace_id", detail), record.trace.description)
      text.put(",\"spanID\":")
      putID(value("parent_id", detail), record.span.parent.description)
      text.put(0x7d)
    }
    guard let detail else { return text.put(0x5d) }
    for (key, list) in JSONMembers(detail, detail.root) where key.equals("links") {
      for link in JSONElements(detail, list) {
        let trace = member("trace_id", detail, link)
        // Without a parent of its own, a span's first reference into its trace is its parent.
        if !hasParent, trace?.string == record.trace.description {
          lostLinks += 1
          continue
        }
        if text.count > from { text.put(0x2c) }
        text.put("{\"refType\":\"FOLLOWS_FROM\",\"traceID\":")
        text.putString(trace ?? Bytes.none)
        text.put(",\"spanID\":")
        text.putString(member("span_id", detail, link) ?? Bytes.none)
        text.put(0x7d)
      }
    }
    text.put(0x5d)
  }

  // MARK: Tags and logs

  private mutating func putTags(_ record: SpanRecord, _ detail: JSONTape?) {
    text.put(",\"tags\":[")
    let from = text.count
    let facts = record.span.facts
    if facts.kind != .unknown { putTag("span.kind", facts.kind.name, from) }
    switch facts.status {
    case .error:
      putTag("otel.status_code", "ERROR", from)
      separate(from)
      text.put("{\"key\":\"error\",\"type\":\"bool\",\"value\":true}")
    case .ok: putTag("otel.status_code", "OK", from)
    case .unset: break
    }
    putExported(record, detail, from)
    if let message = value("status_message", detail) {
      putTag("otel.status_description", message.string, from)
    }
    if let state = value("trace_state", detail) { putTag("w3c.tracestate", state.string, from) }
    if let scope = scopes[record.scope], record.scope != 0 {
      if !scope.name.isEmpty { putTag("otel.scope.name", scope.name, from) }
      if !scope.version.isEmpty { putTag("otel.scope.version", scope.version, from) }
    }
    putTags(record.attributes, from: from, without: facts.status == .error ? "error" : "span.kind")
    text.put(0x5d)
  }

  // MARK: What Jaeger cannot say

  /// The tag of our own on a span, where Jaeger's fields do not say all.
  private mutating func putExported(_ record: SpanRecord, _ detail: JSONTape?, _ from: Int) {
    let span = record.span
    let isOnMicros =
      !span.facts[.unknownStart] && !span.facts[.unknownEnd]
      && span.start.nanoseconds % 1000 == 0 && span.end.nanoseconds % 1000 == 0
      && span.start.nanoseconds > 0
    let scope = scopes[record.scope] ?? ScopeRecord()
    let hasDetail = detail.map { !isTold($0) } ?? false
    let hasAttributes =
      span.facts.status == .error || !areTold(record.attributes, told: JaegerWriter.isToldOfSpan)
    guard
      record.isForeign || span.facts[.errorTag] || value("name", detail) != nil || !isOnMicros
        || hasDetail || hasAttributes || record.flags != 0 || !JaegerWriter.isTold(scope)
    else { return }
    putNested(from) { text in
      text.putExported(record)
      text.buffer.count -= 1
      if !isOnMicros {
        let times = [
          (",\"start_ns\":" as StaticString, SpanFacts.Flag.unknownStart, span.start),
          (",\"end_ns\":", .unknownEnd, span.end),
        ]
        for (name, isUnknown, time) in times {
          text.put(name)
          if span.facts[isUnknown] { text.put("null") } else { text.putInt(time.nanoseconds) }
        }
      }
      if record.flags != 0 {
        text.put(",\"flags\":")
        text.putInt(record.flags)
      }
      if hasDetail {
        text.put(",\"detail\":")
        text.buffer.put(record.detail)
      }
      if hasAttributes {
        text.put(",\"attributes\":")
        text.buffer.put(record.attributes.isEmpty ? "{}" : record.attributes)
      }
      if !JaegerWriter.isTold(scope) {
        text.put(",\"scope\":{\"attributes\":")
        text.buffer.put(scope.attributes.isEmpty ? "{}" : scope.attributes)
        text.put(",\"detail\":")
        text.buffer.put(scope.detail.isEmpty ? "{}" : scope.detail)
        text.put(0x7d)
      }
      text.put(0x7d)
    }
  }

  /// Whether tags say all of a scope.
  private static func isTold(_ scope: ScopeRecord) -> Bool {
    scope.attributes.isEmpty && scope.detail.isEmpty
  }

  /// The tag of our own on a process.
  private mutating func putExported(_ record: ResourceRecord, _ from: Int) {
    putNested(from) { text in
      let names: [(StaticString, String)] = [
        ("{\"service\":", record.service), (",\"host\":", record.host),
        (",\"instance\":", record.instance), (",\"version\":", record.version),
      ]
      for (key, name) in names {
        text.put(key)
        text.putString(name)
      }
      text.put(",\"attributes\":")
      text.buffer.put(record.attributes.isEmpty ? "{}" : record.attributes)
      if !record.detail.isEmpty {
        text.put(",\"detail\":")
        text.buffer.put(record.detail)
      }
      text.put(0x7d)
    }
  }

  /// A tag `culprit` whose text is the JSON that is written.
  private mutating func putNested(_ from: Int, _ body: (inout JSONText) -> Void) {
    let start = text.count
    body(&text)
    let json = unsafe Array(text.buffer.bytes.slice(start, text.count).raw)
    text.buffer.count = start
    putTag("culprit", String(decoding: json, as: UTF8.self), from)
  }

  /// Whether a process's tags say all of a resource.
  private mutating func isTold(_ record: ResourceRecord) -> Bool {
    guard record.detail.isEmpty, let tape = parsed(record.attributes),
      let (key, value) = JSONMembers(tape, tape.root).first(where: { _ in true }),
      key.equals("service.name"), tape.text(value)?.string == record.service
    else { return false }
    return areTold(record.attributes) { $0.equals("culprit") }
  }

  /// Whether the tags of an object's members say all of them.
  private mutating func areTold(_ object: String, told: (Bytes) -> Bool) -> Bool {
    guard let tape = parsed(object) else { return true }
    return areTold(tape, tape.root, told: told)
  }

  private func areTold(_ tape: JSONTape, _ object: Int, told: (Bytes) -> Bool) -> Bool {
    for (key, value) in JSONMembers(tape, object) {
      switch tape.tag(value) {
      case JSONTape.Tag.object, JSONTape.Tag.array, JSONTape.Tag.null: return false
      default: if told(key) || key.count == 0 { return false }
      }
    }
    return true
  }

  /// Tags that a reader takes for something else than attributes.
  private static func isToldOfSpan(_ key: Bytes) -> Bool {
    var told = JaegerTold()
    return told.take(key, Bytes.none)
  }

  /// Whether tags, logs and references say all of a span's detail.
  private func isTold(_ detail: JSONTape) -> Bool {
    for (key, value) in JSONMembers(detail, detail.root) {
      if key.equals("name") || key.equals("status_message") || key.equals("trace_state") {
        continue
      }
      guard key.equals("events"),
        JSONElements(detail, value).allSatisfy({ isToldEvent(detail, $0) })
      else { return false }
    }
    return true
  }

  private func isToldEvent(_ tape: JSONTape, _ event: Int) -> Bool {
    for (key, value) in JSONMembers(tape, event) {
      if key.equals("name") {
        if tape.text(value)?.count ?? 0 == 0 { return false }
      } else if key.equals("time_ns") {
        guard let time = wholeNumber(tape, value), time > 0, time % 1000 == 0 else { return false }
      } else if !key.equals("attributes")
        || !areTold(tape, value, told: JaegerLogTold.readsMore)
      {
        return false
      }
    }
    return true
  }

  private mutating func putTag(_ key: String, _ value: String, _ from: Int) {
    separate(from)
    text.put("{\"key\":")
    put(key)
    text.put(",\"type\":\"string\",\"value\":")
    put(value)
    text.put(0x7d)
  }

  /// A stored object's members as tags, but one.
  private mutating func putTags(_ object: String, from: Int, without name: StaticString) {
    guard let tape = parsed(object) else { return }
    for (key, value) in JSONMembers(tape, tape.root) where !key.equals(name) {
      separate(from)
      putField(tape, key, value)
    }
  }

  private mutating func putField(_ tape: JSONTape, _ key: Bytes, _ value: Int) {
    text.put("{\"key\":")
    text.putString(key)
    switch tape.tag(value) {
    case JSONTape.Tag.int, JSONTape.Tag.uint: text.put(",\"type\":\"int64\",\"value\":")
    case JSONTape.Tag.double: text.put(",\"type\":\"float64\",\"value\":")
    case JSONTape.Tag.yes, JSONTape.Tag.no: text.put(",\"type\":\"bool\",\"value\":")
    case JSONTape.Tag.string: text.put(",\"type\":\"string\",\"value\":")
    default:
      // Jaeger has no lists: their JSON stands as text.
      let start = text.count
      text.putRaw(tape, value)
      let json = unsafe Array(text.buffer.bytes.slice(start, text.count).raw)
      text.buffer.count = start
      text.put(",\"type\":\"string\",\"value\":")
      put(String(decoding: json, as: UTF8.self))
      return text.put(0x7d)
    }
    text.putRaw(tape, value)
    text.put(0x7d)
  }

  private mutating func putLogs(_ detail: JSONTape?) {
    text.put(",\"logs\":[")
    let from = text.count
    if let detail {
      for (key, list) in JSONMembers(detail, detail.root) where key.equals("events") {
        for event in JSONElements(detail, list) {
          separate(from)
          putLog(detail, event)
        }
      }
    }
    text.put(0x5d)
  }

  private mutating func putLog(_ tape: JSONTape, _ event: Int) {
    var time: Int64 = 0
    var name = Bytes.none
    var attributes = 0
    for (key, value) in JSONMembers(tape, event) {
      if key.equals("time_ns") { time = Int64(truncatingIfNeeded: tape.number(value)) }
      if key.equals("name") { name = tape.text(value) ?? Bytes.none }
      if key.equals("attributes") { attributes = value }
    }
    text.put("{\"timestamp\":")
    text.putInt(micros(time))
    text.put(",\"fields\":[")
    let from = text.count
    if name.count > 0 {
      text.put("{\"key\":\"event\",\"type\":\"string\",\"value\":")
      text.putString(name)
      text.put(0x7d)
    }
    for (key, value) in JSONMembers(tape, attributes) {
      separate(from)
      putField(tape, key, value)
    }
    text.put("]}")
  }

  // MARK: Texts

  private mutating func separate(_ from: Int) {
    if text.count > from { text.put(0x2c) }
  }

  /// The tape of a stored object; it holds until the next of its kind is parsed.
  private mutating func parsed(_ object: String, isDetail: Bool = false) -> JSONTape? {
    if object.isEmpty { return nil }
    input.count = 0
    input.put(object)
    return isDetail
      ? detailParser.parse(input.bytes, hasRoom: true) : parser.parse(input.bytes, hasRoom: true)
  }

  private func value(_ name: StaticString, _ detail: JSONTape?) -> Bytes? {
    detail.flatMap { member(name, $0, $0.root) }
  }

  private func member(_ name: StaticString, _ tape: JSONTape, _ object: Int) -> Bytes? {
    for (key, value) in JSONMembers(tape, object) where key.equals(name) { return tape.text(value) }
    return nil
  }

  private mutating func put(_ words: String) {
    input.count = 0
    input.put(words)
    text.putString(input.bytes)
  }
}
