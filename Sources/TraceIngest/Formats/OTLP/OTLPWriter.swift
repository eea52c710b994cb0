package import TraceModel

/// Spans of a store → OTLP JSON, as the collector's file exporter writes it: one request a line.
///
/// Everything that was received is written, duplicates and raw times included. What a span of another format says beyond OTLP (that it
/// is a stand-in, that its parent is one of FOLLOWS_FROM, how it is shown) stands under the key `culprit`, which OTLP's readers pass over
/// and ours takes back.
///
/// - Source: opentelemetry-proto, docs/specification.md, "JSON Protobuf Encoding"; unknown keys must be ignored.
package struct OTLPWriter: ~Copyable {
  private let resources: [Int64: ResourceRecord]
  private let scopes: [Int64: ScopeRecord]
  private let parser = JSONParser()
  private let detailParser = JSONParser()
  private var input = ByteBuffer(capacity: 1 << 12)
  private var text = JSONText()

  /// A writer for the spans of a store.
  package init(resources: [Int64: ResourceRecord], scopes: [Int64: ScopeRecord]) {
    self.resources = resources
    self.scopes = scopes
  }

  /// One request with some spans, grouped by resource and scope, each group in the order given; ends with a line feed.
  package mutating func request(_ spans: [SpanRecord]) -> [UInt8] {
    text.buffer.count = 0
    text.put("{\"resourceSpans\":[")
    var groups: [Int64: [Int64: [Int]]] = [:]
    for (index, span) in spans.enumerated() {
      groups[span.resource, default: [:]][span.scope, default: []].append(index)
    }
    for (number, resource) in groups.keys.sorted().enumerated() {
      if number > 0 { text.put(0x2c) }
      let scopes = groups[resource] ?? [:]
      let isForeign = scopes.values.contains { $0.contains { spans[$0].isForeign } }
      put(resources[resource] ?? ResourceRecord(), isForeign: isForeign)
      text.put(",\"scopeSpans\":[")
      for (number, scope) in scopes.keys.sorted().enumerated() {
        if number > 0 { text.put(0x2c) }
        put(self.scopes[scope] ?? ScopeRecord())
        text.put("\"spans\":[")
        for (number, index) in (scopes[scope] ?? []).enumerated() {
          if number > 0 { text.put(0x2c) }
          put(spans[index])
        }
        text.put("]}")
      }
      text.put("]}")
    }
    text.put("]}\n")
    return unsafe Array(text.buffer.bytes.raw)
  }

  // MARK: Around the spans

  private mutating func put(_ resource: ResourceRecord, isForeign: Bool) {
    text.put("{\"resource\":{")
    let start = text.count
    putAttributes(resource.attributes, from: start)
    if isForeign {
      separate(from: start)
      text.put("\"culprit\":{\"service\":")
      put(resource.service)
      text.put(",\"host\":")
      put(resource.host)
      text.put(",\"instance\":")
      put(resource.instance)
      text.put(",\"version\":")
      put(resource.version)
      text.put(0x7d)
    }
    putRest(resource.detail, from: start)
    text.put(0x7d)
  }

  private mutating func put(_ scope: ScopeRecord) {
    text.put(0x7b)
    if scope == ScopeRecord() { return }
    text.put("\"scope\":{")
    let start = text.count
    if !scope.name.isEmpty {
      key("name", start)
      put(scope.name)
    }
    if !scope.version.isEmpty {
      key("version", start)
      put(scope.version)
    }
    if !scope.attributes.isEmpty { putAttributes(scope.attributes, from: start) }
    putRest(scope.detail, from: start)
    text.put("},")
  }

  /// What a resource or a scope says beside its columns.
  private mutating func putRest(_ detail: String, from start: Int) {
    guard let tape = parsed(detail) else { return }
    for (name, value) in JSONMembers(tape, tape.root) {
      if name.equals("dropped_attributes") {
        putRaw("droppedAttributesCount", tape, value, start)
      } else {
        putMembers(tape, value, start)
      }
    }
  }

  /// The members of an object, as they stand.
  private mutating func putMembers(_ tape: JSONTape, _ object: Int, _ start: Int) {
    for (name, value) in JSONMembers(tape, object) {
      separate(from: start)
      text.putString(name)
      text.put(0x3a)
      text.putRaw(tape, value)
    }
  }

  // MARK: A span

  private mutating func put(_ record: SpanRecord) {
    let span = record.span
    text.put(0x7b)
    let start = text.count
    let detail = parsed(record.detail, isDetail: true)
    putID(
      "traceId", detail, "trace_id", record.trace.isAbsent ? "" : record.trace.description, start)
    putID("spanId", detail, "span_id", span.id.isAbsent ? "" : span.id.description, start)
    putID(
      "parentSpanId", detail, "parent_id", span.parent.isAbsent ? "" : span.parent.description,
      start)
    key("name", start)
    if let name = value("name", detail) {
      text.putString(name)
    } else {
      put(record.operation)
    }
    if span.facts.kind != .unknown {
      key("kind", start)
      text.putInt(Int64(span.facts.kind.rawValue))
    }
    if !span.facts[.unknownStart] { putTime("startTimeUnixNano", span.start.nanoseconds, start) }
    if !span.facts[.unknownEnd] { putTime("endTimeUnixNano", span.end.nanoseconds, start) }
    if record.flags != 0 {
      key("flags", start)
      text.putInt(record.flags)
    }
    putDetail(detail, span.facts.status, start)
    if record.isForeign {
      key("culprit", start)
      text.putExported(record)
    }
    putAttributes(record.attributes, from: start)
    text.put(0x7d)
  }

  private mutating func putTime(_ name: StaticString, _ time: Int64, _ start: Int) {
    key(name, start)
    text.put(0x22)
    text.putInt(time)
    text.put(0x22)
  }

  /// An id in its written form where that is kept, else in hex; nothing where there is none.
  private mutating func putID(
    _ name: StaticString, _ detail: JSONTape?, _ member: StaticString, _ hex: String, _ start: Int
  ) {
    let written = value(member, detail)
    if written == nil, hex.isEmpty { return }
    key(name, start)
    if let written { text.putString(written) } else { put(hex) }
  }

  /// Status and what is rare.
  private mutating func putDetail(_ detail: JSONTape?, _ status: SpanStatus, _ start: Int) {
    let message = value("status_message", detail)
    if status != .unset || message != nil, !isRaw("status", detail) {
      key("status", start)
      text.put(0x7b)
      let inside = text.count
      if status != .unset {
        key("code", inside)
        text.putInt(Int64(status.rawValue))
      }
      if let message {
        key("message", inside)
        text.putString(message)
      }
      text.put(0x7d)
    }
    guard let detail else { return }
    for (name, value) in JSONMembers(detail, detail.root) {
      if name.equals("trace_state") {
        putRaw("traceState", detail, value, start)
      } else if name.equals("flags") {
        putRaw("flags", detail, value, start)
      } else if name.equals("dropped_attributes") {
        putRaw("droppedAttributesCount", detail, value, start)
      } else if name.equals("dropped_events") {
        putRaw("droppedEventsCount", detail, value, start)
      } else if name.equals("dropped_links") {
        putRaw("droppedLinksCount", detail, value, start)
      } else if name.equals("events"), !isRaw("events", detail) {
        key("events", start)
        putList(detail, value) { writer, element in writer.putEvent(detail, element) }
      } else if name.equals("links"), !isRaw("links", detail) {
        key("links", start)
        putList(detail, value) { writer, element in writer.putLink(detail, element) }
      } else if name.equals("unknown") {
        // Fields that no column could hold, as they stood.
        putMembers(detail, value, start)
      }
    }
  }

  /// Whether a field of a span stands among those that no column could hold, whole; it is written once.
  private func isRaw(_ field: StaticString, _ detail: JSONTape?) -> Bool {
    guard let detail else { return false }
    for (name, value) in JSONMembers(detail, detail.root) where name.equals("unknown") {
      for (name, _) in JSONMembers(detail, value) where name.equals(field) { return true }
    }
    return false
  }

  private mutating func putRaw(_ name: StaticString, _ tape: JSONTape, _ value: Int, _ start: Int) {
    key(name, start)
    text.putRaw(tape, value)
  }

  private mutating func putList(
    _ tape: JSONTape, _ list: Int, _ body: (inout OTLPWriter, Int) -> Void
  ) {
    text.put(0x5b)
    let start = text.count
    for element in JSONElements(tape, list) {
      separate(from: start)
      body(&self, element)
    }
    text.put(0x5d)
  }

  private mutating func putEvent(_ tape: JSONTape, _ event: Int) {
    text.put(0x7b)
    let start = text.count
    for (name, value) in JSONMembers(tape, event) {
      if name.equals("name") {
        putRaw("name", tape, value, start)
      } else if name.equals("time_ns") {
        key("timeUnixNano", start)
        text.put(0x22)
        text.putRaw(tape, value)
        text.put(0x22)
      } else if name.equals("dropped_attributes") {
        putRaw("droppedAttributesCount", tape, value, start)
      } else if name.equals("attributes") {
        putAttributes(tape, value, from: start)
      } else if name.equals("unknown") {
        putMembers(tape, value, start)
      } else if name.equals("frames") {
        key("culprit", start)
        text.put("{\"frames\":")
        text.putRaw(tape, value)
        text.put(0x7d)
      }
    }
    text.put(0x7d)
  }

  private mutating func putLink(_ tape: JSONTape, _ link: Int) {
    text.put(0x7b)
    let start = text.count
    for (name, value) in JSONMembers(tape, link) {
      if name.equals("trace_id") {
        putRaw("traceId", tape, value, start)
      } else if name.equals("span_id") {
        putRaw("spanId", tape, value, start)
      } else if name.equals("trace_state") {
        putRaw("traceState", tape, value, start)
      } else if name.equals("flags") {
        putRaw("flags", tape, value, start)
      } else if name.equals("dropped_attributes") {
        putRaw("droppedAttributesCount", tape, value, start)
      } else if name.equals("attributes") {
        putAttributes(tape, value, from: start)
      } else if name.equals("unknown") {
        putMembers(tape, value, start)
      }
    }
    text.put(0x7d)
  }

  // MARK: Attributes

  /// A stored JSON object as OTLP's list of keys and values.
  private mutating func putAttributes(_ object: String, from start: Int) {
    guard let tape = parsed(object) else { return }
    putAttributes(tape, tape.root, from: start)
  }

  private mutating func putAttributes(_ tape: JSONTape, _ object: Int, from start: Int) {
    key("attributes", start)
    putPairs(tape, object)
  }

  private mutating func putPairs(_ tape: JSONTape, _ object: Int) {
    text.put(0x5b)
    let start = text.count
    for (name, value) in JSONMembers(tape, object) {
      separate(from: start)
      text.put("{\"key\":")
      text.putString(name)
      text.put(",\"value\":")
      putAnyValue(tape, value)
      text.put(0x7d)
    }
    text.put(0x5d)
  }

  /// A value as OTLP's AnyValue. The depth is that of stored attributes, which the decoder limits.
  private mutating func putAnyValue(_ tape: JSONTape, _ value: Int) {
    switch tape.tag(value) {
    case JSONTape.Tag.string:
      text.put("{\"stringValue\":")
      text.putRaw(tape, value)
    case JSONTape.Tag.int, JSONTape.Tag.uint:
      text.put("{\"intValue\":\"")
      text.putRaw(tape, value)
      text.put(0x22)
    case JSONTape.Tag.double:
      text.put("{\"doubleValue\":")
      text.putRaw(tape, value)
    case JSONTape.Tag.yes: text.put("{\"boolValue\":true")
    case JSONTape.Tag.no: text.put("{\"boolValue\":false")
    case JSONTape.Tag.array:
      text.put("{\"arrayValue\":{\"values\":")
      putList(tape, value) { writer, element in writer.putAnyValue(tape, element) }
      text.put(0x7d)
    case JSONTape.Tag.object:
      text.put("{\"kvlistValue\":{\"values\":")
      putPairs(tape, value)
      text.put(0x7d)
    default: text.put(0x7b)
    }
    text.put(0x7d)
  }

  // MARK: Texts

  /// The tape of a stored object; it holds until the next of its kind is parsed.
  private mutating func parsed(_ object: String, isDetail: Bool = false) -> JSONTape? {
    if object.isEmpty { return nil }
    input.count = 0
    input.put(object)
    return isDetail
      ? detailParser.parse(input.bytes, hasRoom: true) : parser.parse(input.bytes, hasRoom: true)
  }

  /// The text of a member of the detail, if it has it.
  private func value(_ name: StaticString, _ detail: JSONTape?) -> Bytes? {
    guard let detail else { return nil }
    for (key, value) in JSONMembers(detail, detail.root) where key.equals(name) {
      return detail.text(value)
    }
    return nil
  }

  private mutating func put(_ words: String) {
    input.count = 0
    input.put(words)
    text.putString(input.bytes)
  }

  private mutating func separate(from start: Int) {
    if text.count > start { text.put(0x2c) }
  }

  private mutating func key(_ name: StaticString, _ start: Int) {
    separate(from: start)
    text.put(0x22)
    text.put(name)
    text.put("\":")
  }
}
