/// A piece of a batch's text: an offset into `SpanBatch.text` and a length in bytes; empty where there is none.
public struct TextRange: Sendable, Hashable {
  /// Offset in the batch's text.
  public var start: UInt32
  /// Bytes.
  public var count: UInt32

  /// A range of its parts.
  public init(start: UInt32 = 0, count: UInt32 = 0) {
    self.start = start
    self.count = count
  }
}

/// What ingest hands to the store: rows of spans and logs on their way in, with the names and texts that they refer to.
///
/// Symbols, resources and scopes are local to the batch; the writer maps them to the store's once a batch.
/// A batch is filled, delivered, emptied and filled again, so it keeps its room.
///
/// It holds rows of one source, or of several small ones that are numbered from 0: then the number stands above an offset's bits.
///
/// - Invariant: `spansSeen == spans.count + spansDropped`, likewise for logs; each drop stands in `defects`, or in those of its source
///   where there are several.
public struct SpanBatch: Sendable {
  /// Bits of a row's `offset` that hold the byte offset; those above hold the number of its source.
  public static let offsetBits: Int64 = 40

  /// Names, local to this batch.
  public var symbols = SymbolTable()
  /// JSON texts and bodies, one behind the other.
  public var text: [UInt8] = []
  /// Who sent the rows.
  public var resources: [ResourceRow] = []
  /// Instrumentation scopes; index 0 is "none".
  public var scopes: [ScopeRow] = [ScopeRow()]
  /// Spans, sorted by trace id (high, then low) when delivered; the order within one trace is that of the input.
  public var spans: [SpanRow] = []
  /// Log records; when delivered, those of one trace follow each other, in the order of the input.
  public var logs: [LogRow] = []
  /// What a back end says of its own accord: summaries, service graphs, groups.
  public var answers: [AnswerRow] = []
  /// Data points of metrics.
  public var points: [PointRow] = []
  /// What could not be kept, or was repaired.
  public var defects = DefectTally()
  /// Whole records read (lines, documents).
  public var records = 0
  /// Spans met in the input, kept or not.
  public var spansSeen = 0
  /// Log records met in the input, kept or not.
  public var logsSeen = 0
  /// Metrics met in the input; each gives a row a data point.
  public var metricsSeen = 0

  /// An empty batch.
  public init() {}

  /// Keeps the rows of some sources, numbered anew in their order, and the resources and scopes that these name.
  ///
  /// - Parameter kept: numbers of the sources, ascending.
  public mutating func keepRows(ofSources kept: [Int]) {
    var numbers: [Int64: Int64] = [:]
    for (new, old) in kept.enumerated() { numbers[Int64(old)] = Int64(new) }
    func keep<Row>(
      _ rows: inout [Row], _ offset: WritableKeyPath<Row, Int64>, _ settle: (inout Row) -> Void
    ) {
      rows = rows.compactMap { row in
        guard let number = numbers[row[keyPath: offset] >> Self.offsetBits] else { return nil }
        var row = row
        row[keyPath: offset] &= 1 << Self.offsetBits - 1
        row[keyPath: offset] |= number << Self.offsetBits
        settle(&row)
        return row
      }
    }
    var keptResources = KeptRows(of: resources, always: 0)
    var keptScopes = KeptRows(of: scopes, always: 1)
    keep(&spans, \.offset) {
      $0.resource = keptResources.place($0.resource)
      $0.scope = keptScopes.place($0.scope)
    }
    keep(&logs, \.offset) {
      $0.resource = keptResources.place($0.resource)
      $0.scope = keptScopes.place($0.scope)
    }
    keep(&points, \.offset) {
      $0.resource = keptResources.place($0.resource)
      $0.scope = keptScopes.place($0.scope)
    }
    keep(&answers, \.offset) { _ in }
    resources = keptResources.kept
    scopes = keptScopes.kept
  }

  /// Empties the batch and keeps its room.
  public mutating func removeAll() {
    symbols.removeAll()
    text.removeAll(keepingCapacity: true)
    resources.removeAll(keepingCapacity: true)
    scopes.removeAll(keepingCapacity: true)
    scopes.append(ScopeRow())
    spans.removeAll(keepingCapacity: true)
    logs.removeAll(keepingCapacity: true)
    answers.removeAll(keepingCapacity: true)
    points.removeAll(keepingCapacity: true)
    defects = DefectTally()
    records = 0
    spansSeen = 0
    logsSeen = 0
    metricsSeen = 0
  }
}

/// Rows of which those are kept that are asked for.
private struct KeptRows<Row> {
  private(set) var kept: [Row]
  private let all: [Row]
  private var places: [UInt32: UInt32] = [:]

  /// The first rows are kept `always`, so many of them.
  init(of all: [Row], always: Int) {
    self.all = all
    kept = Array(all.prefix(always))
    for index in kept.indices { places[UInt32(index)] = UInt32(index) }
  }

  /// The new place of a row.
  mutating func place(_ old: UInt32) -> UInt32 {
    if let place = places[old] { return place }
    let place = UInt32(kept.count)
    places[old] = place
    kept.append(all[Int(old)])
    return place
  }
}

/// One resource of a batch.
///
/// A document too large for memory is read in pieces, and what its spans belong to may follow them. Then `late` is a
/// number that is unique within the source, rows of several batches refer to it, and the batch that learns the content
/// delivers a row with the same `late` and `isKnown`.
public struct ResourceRow: Sendable, Hashable {
  /// 0, or the number under which several batches refer to one resource.
  public var late: UInt64 = 0
  /// Whether the content stands in this row.
  public var isKnown = true
  /// See `Resource.service`.
  public var service = Symbol.empty
  /// See `Resource.host`.
  public var host = Symbol.empty
  /// See `Resource.instance`.
  public var instance = Symbol.empty
  /// See `Resource.version`.
  public var version = Symbol.empty
  /// All attributes as a JSON object.
  public var attributes = TextRange()
  /// What no column holds, as a JSON object: `dropped_attributes`, `unknown`. Its text stands behind the attributes.
  public var detail = TextRange()

  /// A resource that says nothing.
  public init() {}
}

/// One instrumentation scope of a batch; `late` and `isKnown` as in `ResourceRow`.
public struct ScopeRow: Sendable, Hashable {
  /// 0, or the number under which several batches refer to one scope.
  public var late: UInt64 = 0
  /// Whether the content stands in this row.
  public var isKnown = true
  /// The library's name.
  public var name = Symbol.empty
  /// The library's version.
  public var version = Symbol.empty
  /// See `ResourceRow.attributes`.
  public var attributes = TextRange()
  /// See `ResourceRow.detail`.
  public var detail = TextRange()

  /// A scope that says nothing.
  public init() {}
}

/// One span on its way in.
public struct SpanRow: Sendable, Hashable {
  /// Absent: the span is quarantined.
  public var trace = TraceID.absent
  /// The span's id.
  public var id = SpanID.absent
  /// The parent's id.
  public var parent = SpanID.absent
  /// Raw start, ns.
  public var start: Int64 = 0
  /// Raw end, ns.
  public var end: Int64 = 0
  /// Kind, status, flags.
  public var facts = SpanFacts()
  /// Byte offset of the span in the decompressed bytes of its source; distinct for each span of a source.
  public var offset: Int64 = 0
  /// Display name of the operation.
  public var operation = Symbol.empty
  /// The other end of a call.
  public var peer = Symbol.empty
  /// Exception type, else `error.type`.
  public var errorType = Symbol.empty
  /// Index into the batch's resources.
  public var resource: UInt32 = 0
  /// Index into the batch's scopes.
  public var scope: UInt32 = 0
  /// OTLP's flags: those of the W3C trace context in the lowest eight bits, then whether it is known that the parent is remote, then
  /// whether it is; 0 where none are told.
  public var flags: UInt32 = 0
  /// All attributes as a JSON object; an empty range where there are none.
  public var attributes = TextRange()
  /// A JSON object of what is rare, an empty range where it would be empty. Keys: `name` (the span's own name, where the
  /// operation's display name differs) · `trace_id`, `span_id`, `parent_id` (written forms that are not hex) ·
  /// `status_message` · `trace_state` · `flags` (more than 32 bits) · `events` [{`name`, `time_ns`, `attributes`,
  /// `dropped_attributes`, `unknown`}] · `links` [{`trace_id`, `span_id`, `trace_state`, `attributes`, `flags`, `dropped_attributes`,
  /// `unknown`}] · `dropped_attributes`, `dropped_events`, `dropped_links` · `unknown` (fields kept raw).
  public var detail = TextRange()

  /// A span of which nothing is known.
  public init() {}
}

/// One log record on its way in.
public struct LogRow: Sendable, Hashable {
  /// Absent where the record names none.
  public var trace = TraceID.absent
  /// Absent where the record names none.
  public var span = SpanID.absent
  /// Event time, ns; 0 where unknown.
  public var time: Int64 = 0
  /// Time at which the record was observed, ns; 0 where unknown.
  public var observed: Int64 = 0
  /// OpenTelemetry severity number, 0 unknown.
  public var severity: UInt8 = 0
  /// Byte offset of the record in the decompressed bytes of its source.
  public var offset: Int64 = 0
  /// The severity as the sender wrote it.
  public var severityText = Symbol.empty
  /// Index into the batch's resources.
  public var resource: UInt32 = 0
  /// Index into the batch's scopes.
  public var scope: UInt32 = 0
  /// The body: text, or JSON where it is structured.
  public var body = TextRange()
  /// All attributes as a JSON object; an empty range where there are none.
  public var attributes = TextRange()
  /// A JSON object of what is rare, an empty range where it would be empty. Keys: `header` (the text before the message, so that
  /// header and body are the record as it was written) · `exception` (see `ExceptionRecord`) · `request_id` · `invocation`
  /// {`request_id`, `duration_ms`, `billed_ms`, `memory_mb`, `used_mb`, `init_ms`, `restore_ms`, `status`, `error_type`} ·
  /// `report` (an error tracker's item or occurrence) · `trace_id`, `span_id` (written forms that are not hex) · `unknown`.
  public var detail = TextRange()
  /// What tells this event from all others in whatever export it stands, hashed; 0 where nothing does.
  public var identity: UInt64 = 0

  /// A record of which nothing is known.
  public init() {}
}

/// A finding of a back end (X-Ray's trace summary, a node of its service graph, a group, an insight), kept beside our own.
public struct AnswerRow: Sendable, Hashable {
  /// `trace_summary`, `service`, `group`, `insight`.
  public var kind = Symbol.empty
  /// The trace that it speaks of; absent where it speaks of none.
  public var trace = TraceID.absent
  /// Byte offset in the decompressed source.
  public var offset: Int64 = 0
  /// The element as JSON, as it was received.
  public var content = TextRange()

  /// An answer of which nothing is known.
  public init() {}
}

/// One data point of a metric on its way in.
public struct PointRow: Sendable, Hashable {
  /// What a metric is, as in OpenTelemetry.
  public enum Kind: UInt8, Sendable, CaseIterable {
    case unknown, gauge, sum, histogram, exponentialHistogram, summary
  }

  /// The metric's name.
  public var name = Symbol.empty
  /// Its unit, as UCUM writes it.
  public var unit = Symbol.empty
  /// What it measures, in words.
  public var about = Symbol.empty
  /// What it is.
  public var kind = Kind.unknown
  /// 0 unknown, 1 of the stretch since the point before, 2 since `start`.
  public var temporality: UInt8 = 0
  /// Whether a sum never falls.
  public var isMonotonic = false
  /// Nothing was recorded: a gap, and not 0.
  public var hasNoValue = false
  /// Index into the batch's resources.
  public var resource: UInt32 = 0
  /// Index into the batch's scopes.
  public var scope: UInt32 = 0
  /// Since when it counts, ns; 0 where unknown.
  public var start: Int64 = 0
  /// When it was measured, ns; 0 where unknown.
  public var time: Int64 = 0
  /// Value of a gauge or a sum, where it is a whole number.
  public var whole: Int64?
  /// The same, where it is not.
  public var number: Double?
  /// How many were measured, of histograms and summaries.
  public var count: Int64?
  /// Their sum.
  public var sum: Double?
  /// The smallest.
  public var least: Double?
  /// The largest.
  public var most: Double?
  /// Byte offset of the metric in the decompressed bytes of its source; its points share it.
  public var offset: Int64 = 0
  /// All attributes as a JSON object; an empty range where there are none.
  public var attributes = TextRange()
  /// A JSON object of the rest, an empty range where it would be empty. Keys: `bounds`, `counts` (of a histogram's buckets), `sample`
  /// (Elastic's, where it says more than a number) · `scale`, `zero_count`, `zero_threshold`, `positive`, `negative` {`offset`, `counts`} ·
  /// `quantiles` [{`quantile`, `value`}] · `exemplars` [{`time_ns`, `value`, `trace_id`, `span_id`, `attributes`}].
  public var detail = TextRange()

  /// A point of which nothing is known.
  public init() {}
}
