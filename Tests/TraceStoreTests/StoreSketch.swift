import Foundation
import TraceModel
import TraceStore

/// Calls `body` with the path of a new folder, and removes it.
func withFolder<R>(_ body: (String) throws -> R) throws -> R {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("store-tests-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(
    atPath: folder, withIntermediateDirectories: false)
  defer {
    try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
    try? FileManager.default.removeItem(atPath: folder)
  }
  return try body(folder)
}

/// A small seeded generator (SplitMix64), so that every run tests the same batches.
struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

/// A span with its names as text: what goes in and must come out.
struct PlainSpan: Hashable {
  var trace = TraceID.absent
  var id = SpanID.absent
  var parent = SpanID.absent
  var start: Int64 = 0
  var end: Int64 = 0
  var facts = SpanFacts()
  var service = "shop"
  var host = ""
  var instance = ""
  var version = ""
  var operation = "GET /"
  var peer = ""
  var errorType = ""
  var flags: UInt32 = 0
  var scope = ""
  var attributes = ""
  var detail = ""
  var resourceAttributes = ""
  var source = ""
  var offset: Int64 = 0

  /// A span of a shop: server, of a length in milliseconds since 2026-03-01T10:00:00Z.
  init(
    _ trace: UInt64, _ id: UInt64, parent: UInt64 = 0, _ from: Int64 = 0, _ to: Int64 = 0,
    kind: SpanKind = .server
  ) {
    self.trace = TraceID(high: trace == 0 ? 0 : 0xa, low: trace)
    self.id = SpanID(id)
    self.parent = SpanID(parent)
    start = 1_772_359_200_000_000_000 + from * 1_000_000
    end = 1_772_359_200_000_000_000 + to * 1_000_000
    facts.kind = kind
  }
}

extension SpanBatch {
  /// A batch of spans, each with a resource and a scope of its own row, sorted as the contract demands.
  init(_ spans: [PlainSpan]) {
    self.init()
    for span in spans.sorted(by: { $0.trace < $1.trace }) { add(span) }
  }

  /// Adds a span behind those of smaller trace ids.
  mutating func add(_ span: PlainSpan) {
    var resource = ResourceRow()
    resource.service = symbols.intern(span.service)
    resource.host = symbols.intern(span.host)
    resource.instance = symbols.intern(span.instance)
    resource.version = symbols.intern(span.version)
    resource.attributes = add(span.resourceAttributes)
    resources.append(resource)
    var scope = ScopeRow()
    scope.name = symbols.intern(span.scope)
    scopes.append(scope)
    var row = SpanRow()
    row.trace = span.trace
    row.id = span.id
    row.parent = span.parent
    row.start = span.start
    row.end = span.end
    row.facts = span.facts
    row.offset = span.offset
    row.operation = symbols.intern(span.operation)
    row.peer = symbols.intern(span.peer)
    row.errorType = symbols.intern(span.errorType)
    row.flags = span.flags
    row.resource = UInt32(resources.count - 1)
    row.scope = UInt32(scopes.count - 1)
    row.attributes = add(span.attributes)
    row.detail = add(span.detail)
    spans.append(row)
    spansSeen += 1
  }

  mutating func add(_ words: String) -> TextRange {
    let start = text.count
    text += Array(words.utf8)
    return TextRange(start: UInt32(start), count: UInt32(text.count - start))
  }
}

/// A hash of 32 digits that stands for a source's content.
func contentHash(_ name: String) -> String {
  TraceID(opaque: Array(name.utf8)).description
}

extension SpanWriter {
  /// Writes one source of whole batches.
  mutating func load(
    _ name: String, _ batches: [SpanBatch], contentHash hash: String? = nil
  ) throws(StoreError) -> FinishedSource {
    try begin(source: name)
    for batch in batches { try append(batch) }
    return try finish(
      SourceRecord(
        name: name, format: "otlp", contentHash: hash ?? contentHash(name),
        spansSeen: batches.reduce(0) { $0 + $1.spans.count },
        logsSeen: batches.reduce(0) { $0 + $1.logs.count }))
  }
}

/// Makes a store of one source with these spans.
func makeStore(_ path: String, _ spans: [PlainSpan]) throws {
  var writer = try SpanWriter(creating: path)
  _ = try writer.load("a.jsonl", [SpanBatch(spans)])
  try writer.close()
}

extension TraceReader {
  /// All traces of all parts, with names as text.
  mutating func everything(parts: Int = 1) throws -> (
    traces: [TraceID: [PlainSpan]], defects: DefectTally
  ) {
    var traces: [TraceID: [PlainSpan]] = [:]
    var defects = DefectTally()
    let catalog = catalog
    for part in partitions(parts) {
      defects.merge(
        try forEachTrace(in: part) { trace in
          if traces[trace.id] != nil { throw Twice() }
          traces[trace.id] = trace.spans.map { catalog.plain($0, in: trace.id) }
        })
    }
    let rows = traces.values.flatMap { $0 }
    var texts: [Int64: SpanText] = [:]
    for text in try self.texts(rows: rows.map(\.offset)) { texts[text.row] = text }
    for id in traces.keys {
      guard let spans = traces[id] else { continue }
      traces[id] = spans.map { $0.with(texts[$0.offset]) }
    }
    return (traces, defects)
  }
}

/// A trace was delivered twice.
struct Twice: Error {}

extension StoreCatalog {
  /// A span with its names as text; its row stands in `offset` until the texts are there.
  func plain(_ span: Span, in trace: TraceID) -> PlainSpan {
    var plain = PlainSpan(0, 0)
    let resource = resources[Int(span.resource)]
    plain.trace = trace
    plain.id = span.id
    plain.parent = span.parent
    plain.start = span.start.nanoseconds
    plain.end = span.end.nanoseconds
    plain.facts = span.facts
    plain.service = symbols[resource.service]
    plain.host = symbols[resource.host]
    plain.instance = symbols[resource.instance]
    plain.version = symbols[resource.version]
    plain.operation = symbols[span.operation]
    plain.peer = symbols[span.peer]
    plain.errorType = symbols[span.errorType]
    plain.source = "\(sources[Int(span.place.sourceRank)].record.name)@\(span.place.offset)"
    plain.offset = span.row
    return plain
  }
}

extension PlainSpan {
  /// With the texts of its row, and its place as one text.
  func with(_ text: SpanText?) -> PlainSpan {
    var span = self
    span.attributes = text?.attributes ?? "not there"
    span.detail = text?.detail ?? "not there"
    span.resourceAttributes = text?.resourceAttributes ?? "not there"
    span.scope = text?.scope ?? "not there"
    span.offset = 0
    return span
  }

  /// As it must come back from a source.
  func stored(in source: String) -> PlainSpan {
    var span = self
    span.source = "\(source)@\(offset)"
    span.offset = 0
    return span
  }
}

/// The rows of a query as text, columns separated by `|`.
func query(_ path: String, _ sql: String) throws -> [String] {
  var rows: [String] = []
  try runQuery(path: path, sql: sql) { _, values in
    rows.append(
      values.map {
        switch $0 {
        case .null: "null"
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        case .text(let text): text
        case .blob(let bytes): "\(bytes)"
        }
      }.joined(separator: "|"))
  }
  return rows
}
