/// A counted fault in the data: not an error of the program. Nothing is dropped without one.
public struct Defect: Sendable, Hashable {
  /// What is wrong.
  public var kind: Kind
  /// How often it was seen in one source or one analysis.
  public var count: Int
  /// Byte offset of the first occurrence in the decompressed bytes of its source; nil where it has no place.
  public var firstOffset: Int64?
  /// A short example for people: a key, an id, a number; never an attribute's value.
  public var example: String

  /// A defect of its parts.
  public init(kind: Kind, count: Int = 1, firstOffset: Int64? = nil, example: String = "") {
    self.kind = kind
    self.count = count
    self.firstOffset = firstOffset
    self.example = example
  }

  /// What a defect costs.
  public enum Severity: String, Sendable, Codable, CaseIterable {
    /// Worth knowing, costs the findings nothing.
    case note
    /// Something was repaired or assumed; findings may be off.
    case warning
    /// Data was not kept.
    case loss
  }
}

/// Defects of one source or one analysis, one entry a kind: counts add up, the earliest place and its example stay.
public struct DefectTally: Sendable, Hashable {
  /// One entry a kind that occurred.
  public private(set) var entries: [Defect.Kind: Defect] = [:]

  /// An empty tally.
  public init() {}

  /// Whether nothing was counted.
  public var isEmpty: Bool { entries.isEmpty }

  /// Counts a defect.
  public mutating func add(_ defect: Defect) {
    guard var known = entries[defect.kind] else {
      entries[defect.kind] = defect
      return
    }
    known.count += defect.count
    let isEarlier =
      switch (defect.firstOffset, known.firstOffset) {
      case (let a?, let b?): a < b || (a == b && defect.example < known.example)
      case (_?, nil): true
      case (nil, nil): defect.example < known.example
      case (nil, _?): false
      }
    if isEarlier {
      known.firstOffset = defect.firstOffset
      known.example = defect.example
    }
    entries[defect.kind] = known
  }

  /// Counts one occurrence.
  public mutating func count(_ kind: Defect.Kind, at offset: Int64? = nil, _ example: String = "") {
    add(Defect(kind: kind, firstOffset: offset, example: example))
  }

  /// Adds all that another tally holds; the order of merging does not matter.
  public mutating func merge(_ other: DefectTally) {
    for defect in other.entries.values { add(defect) }
  }

  /// Entries by severity, then by count, then by name.
  public var sorted: [Defect] {
    entries.values.sorted {
      let a = ($0.kind.severity.rank, -$0.count, $0.kind.rawValue)
      return a < ($1.kind.severity.rank, -$1.count, $1.kind.rawValue)
    }
  }
}

extension Defect.Severity {
  /// Worst first.
  public var rank: Int {
    switch self {
    case .loss: 0
    case .warning: 1
    case .note: 2
    }
  }
}

extension Defect {
  /// The catalogue: every fault that we count, by name. The raw value is what the store and JSON output hold.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    // While reading
    case brokenRecord = "broken_record"
    case cutOffRecord = "cut_off_record"
    case unknownRecord = "unknown_record"
    case tooDeep = "too_deep"
    case tooLarge = "too_large"
    case corruptCompression = "corrupt_compression"
    /// Compressed data unpacks to far more than any export does.
    case tooDense = "too_dense"
    case wrongType = "wrong_type"
    case repairedText = "repaired_text"
    case oddNumber = "odd_number"
    case oddTime = "odd_time"
    case oddID = "odd_id"
    case opaqueID = "opaque_id"
    case unknownEnum = "unknown_enum"
    case missingTraceID = "missing_trace_id"
    case missingService = "missing_service"
    case repeatedKey = "repeated_key"
    case droppedAtSource = "dropped_at_source"
    case partialAnswer = "partial_answer"
    case metricsNotRead = "metrics_not_read"
    case searchSummary = "search_summary"
    case logWithoutTime = "log_without_time"
    case assumedYear = "assumed_year"
    case assumedZone = "assumed_zone"
    case longRecord = "long_record"
    case unfinishedLine = "unfinished_line"
    case duplicateLog = "duplicate_log"
    case controlMessage = "control_message"
    case tableNotLog = "table_not_log"
    case backEndAnswer = "back_end_answer"
    case quotedSubsegment = "quoted_subsegment"
    case inferredSegment = "inferred_segment"
    // Whole sources
    case unknownFile = "unknown_file"
    case emptyFile = "empty_file"
    case unreadableFile = "unreadable_file"
    case sameContent = "same_content"
    // While traces are built (traces-semantics.md 1 and 2)
    case emptySpanID = "empty_span_id"
    case joined64BitTraceID = "trace_id_64bit_joined"
    case ambiguous64BitTraceID = "trace_id_64bit_ambiguous"
    case duplicateSpan = "duplicate_span"
    case conflictingSpan = "conflicting_span"
    case sharedSpanID = "shared_span_id"
    case spanIDCollision = "span_id_collision"
    case selfParent = "self_parent"
    case missingParent = "missing_parent"
    /// A trace has several spans without a parent id.
    case severalRoots = "several_roots"
    case cycle
    case unknownStart = "unknown_start"
    case unfinishedSpan = "unfinished_span"
    case negativeDuration = "negative_duration"
    case skewAdjusted = "skew_adjusted"
    case skewTooLarge = "skew_too_large"

    /// What it costs.
    public var severity: Severity { words.0 }
    /// One sentence: what was found and what was done with it.
    public var explanation: String { words.1 }
    /// One sentence: what to change at the source; empty where nothing is to be done.
    public var remedy: String { words.2 }

    private var words: (Severity, String, String) {
      switch self {
      case .brokenRecord:
        (
          .loss, "a record is not valid JSON; it was skipped, its neighbours are kept",
          "look at the byte named; two writers may have mixed their lines"
        )
      case .cutOffRecord:
        (
          .loss, "the source ends inside a record; what was complete is kept",
          "export again; the copy or the exporter was stopped half way"
        )
      case .unknownRecord:
        (.loss, "a valid record of no known shape was skipped", "name its format, or leave it out")
      case .tooDeep:
        (
          .loss, "a record is nested deeper than the limit; it was skipped",
          "look for an attribute that holds itself, or raise --max-depth for a new store"
        )
      case .tooLarge:
        (
          .loss, "a record exceeds the size limit; it was skipped",
          "split it at the source, or raise --max-record for a new store"
        )
      case .tooDense:
        (
          .loss, "the compressed data unpacks to more than the limit; the rest of it was not read",
          "look at what it is, or raise --max-ratio for a new store"
        )
      case .corruptCompression:
        (
          .loss, "the compressed data is damaged; what came before the damage is kept",
          "copy the file again"
        )
      case .wrongType:
        (
          .warning, "a field holds a value of another type than the format says; it was left out",
          "check the exporter's version"
        )
      case .repairedText:
        (
          .warning, "text is not valid UTF-8 or holds a lone surrogate; U+FFFD stands in its place",
          "check the sender's encoding"
        )
      case .oddNumber:
        (
          .warning,
          "a number has no 64-bit form (NaN, infinite, too many digits); it is kept as text",
          "check the sender's instrument"
        )
      case .oddTime:
        (
          .warning, "a time is no whole number of nanoseconds since 1970; it is treated as unknown",
          "check the exporter"
        )
      case .oddID:
        (.note, "an id has not the length that the format says; it is kept, padded or hashed", "")
      case .opaqueID:
        (.note, "an id is not hexadecimal; it is kept as text and linked by it", "")
      case .unknownEnum:
        (
          .warning,
          "a kind, status or severity has an unknown name or number; it is read as unknown",
          "check the exporter's version"
        )
      case .missingTraceID:
        (
          .warning, "a span has no trace id; it is stored but belongs to no trace",
          "check the sender's propagation"
        )
      case .missingService:
        (
          .warning, "a resource has no service.name; the service is called unknown_service",
          "set OTEL_SERVICE_NAME"
        )
      case .repeatedKey:
        (.note, "an attribute key occurs twice on one item; the last value is kept", "")
      case .droppedAtSource:
        (
          .warning, "the sender says that it dropped attributes, events or links",
          "raise the SDK's limits"
        )
      case .partialAnswer:
        (
          .warning, "the back end says that this answer is partial; traces may be incomplete",
          "fetch it again, or with a larger limit"
        )
      case .metricsNotRead:
        (
          .note, "a set of metrics of this format was counted; it is not read",
          "send metrics by OTLP"
        )
      case .searchSummary:
        (
          .loss, "this is the answer of a search: a list of traces without their spans",
          "fetch the traces themselves by their ids"
        )
      case .logWithoutTime:
        (
          .warning, "a log record has no time; it is kept, and shown where its neighbours stand",
          "let the logger write a time with its zone"
        )
      case .assumedYear:
        (
          .warning,
          "a time has no year; it was taken from the option, other data or the file's time",
          "name it with --log-year, or let the logger write it"
        )
      case .assumedZone:
        (
          .note, "a time names no zone; UTC was assumed, or what the option says",
          "name it with --log-zone, or let the logger write it"
        )
      case .longRecord:
        (
          .warning,
          "a record of several lines passes 2,000 lines or 1 MiB; what follows starts a new record",
          "look for a logger that prints whole payloads"
        )
      case .unfinishedLine:
        (
          .warning,
          "a line that the container runtime cut in pieces has no last piece; it is kept as far as it goes",
          "export the log's next file too"
        )
      case .duplicateLog:
        (.note, "the same log event stands in several exports; it counts once", "")
      case .controlMessage:
        (.note, "a control message or probe of the log service was skipped; it holds no event", "")
      case .tableNotLog:
        (
          .note, "the answer of a statistics query holds no log event; it was skipped",
          "export the events with fields @timestamp, @message"
        )
      case .backEndAnswer:
        (
          .note, "a summary, graph or group of the back end was kept beside our own findings",
          "fetch the traces themselves by their ids"
        )
      case .quotedSubsegment:
        (
          .warning, "a segment document has no trace id; it is stored but belongs to no trace",
          "export whole traces"
        )
      case .inferredSegment:
        (
          .note,
          "the back end made a segment up for the other end of a call; it counts for the map alone",
          ""
        )
      case .unknownFile:
        (
          .loss, "the file is of no known format; it was skipped",
          "leave it out, or name its format"
        )
      case .emptyFile: (.note, "the file is empty", "")
      case .unreadableFile: (.loss, "the file cannot be read", "check its permissions")
      case .sameContent:
        (.note, "a source of the same content is in the store; it was not loaded again", "")
      case .emptySpanID:
        (.warning, "a span has no id; it can have no children", "check the sender")
      case .joined64BitTraceID:
        (
          .note, "a 64-bit trace id was joined with the one 128-bit id that ends alike",
          "send 128-bit ids everywhere"
        )
      case .ambiguous64BitTraceID:
        (
          .warning, "a 64-bit trace id fits several 128-bit ids; it was joined with none",
          "send 128-bit ids everywhere"
        )
      case .duplicateSpan:
        (.note, "a span was exported more than once; it counts once", "")
      case .conflictingSpan:
        (
          .warning, "two versions of one span differ; the later end was kept",
          "look for unfinished spans that are exported"
        )
      case .sharedSpanID:
        (.note, "client and server share a span id; they became two spans", "")
      case .spanIDCollision:
        (
          .warning, "two spans of different services have the same id; both are kept",
          "check the id generator"
        )
      case .selfParent:
        (.warning, "a span names itself as its parent; it is treated as a root", "check the sender")
      case .severalRoots:
        (
          .warning, "a trace has several roots; the earliest is taken for the request",
          "let each request have its own trace id, and pass the context on to what it starts"
        )
      case .missingParent:
        (
          .warning, "a span's parent is not in the data; it is the head of a part of its own",
          "export all services, and without sampling between them"
        )
      case .cycle:
        (
          .warning, "spans name each other as parents in a circle; it was cut at the earliest",
          "check the sender"
        )
      case .unknownStart:
        (
          .warning, "a span has no start time; it was taken from its parent or children",
          "check the sender"
        )
      case .unfinishedSpan:
        (
          .warning, "a span has no end; it was taken from its children",
          "the process may have died: look at its logs"
        )
      case .negativeDuration:
        (
          .warning, "a span ends before it starts; its length is taken as 0",
          "check that host's clock"
        )
      case .skewAdjusted:
        (
          .note, "a span lies outside its caller because two clocks differ; it was moved",
          "synchronise the host's clock"
        )
      case .skewTooLarge:
        (
          .warning, "two clocks differ by more than a minute; nothing was moved",
          "synchronise the host's clock"
        )
      }
    }
  }
}
