/// What part a span plays in a call, as in OpenTelemetry; `unknown` where the sender did not say.
public enum SpanKind: UInt8, Sendable, CaseIterable, Codable {
  case unknown = 0
  case `internal` = 1
  case server = 2
  case client = 3
  case producer = 4
  case consumer = 5

  /// The word used in tables, views and JSON.
  public var name: String {
    switch self {
    case .unknown: "unknown"
    case .internal: "internal"
    case .server: "server"
    case .client: "client"
    case .producer: "producer"
    case .consumer: "consumer"
    }
  }
}

/// What the sender said of a span's outcome, as in OpenTelemetry.
public enum SpanStatus: UInt8, Sendable, CaseIterable, Codable {
  case unset = 0
  case ok = 1
  case error = 2

  /// The word used in tables, views and JSON.
  public var name: String {
    switch self {
    case .unset: "unset"
    case .ok: "ok"
    case .error: "error"
    }
  }
}

/// What the analysis wants to know of a span beside its times, ids and names, in one 64-bit word.
///
/// Bits 0–2 kind · 3–4 status, 3 meaning unset and `deniesError` · 5–14 HTTP status (0 none) · 15–19 gRPC code, valid with bit 20 · 21–31 flags ·
/// 32–63 hash of the exception's message (0 none). Decoded once, so that no analysis parses attributes.
/// The store keeps the word as it stands; see StoreFormat.
public struct SpanFacts: Hashable, Sendable {
  /// The word.
  public var rawValue: UInt64

  /// Facts of a word.
  public init(rawValue: UInt64 = 0) { self.rawValue = rawValue }

  /// A yes or no about a span.
  public enum Flag: UInt64, Sendable, CaseIterable {
    /// The tag `error` is set and not false, or OpenTracing logged an error (traces-semantics.md 6.1).
    case errorTag = 21
    /// gRPC code 1, or "cancel" in exception type, message, error type or status text (6.2).
    case cancelled = 22
    /// An `exception` event was recorded; alone it makes no error.
    case exception = 23
    /// No usable start time was given (1.7).
    case unknownStart = 24
    /// No end time was given (1.7).
    case unknownEnd = 25
    /// The parent is named by FOLLOWS_FROM (1.5).
    case followsParent = 26
    /// The span id or the parent id is a hash of text that is not hex; the detail holds the written form.
    case opaqueID = 27
    /// The trace id is a hash of text that is not hex; the detail holds the written form.
    case opaqueTraceID = 28
    /// The sender says that the parent lives in another process.
    case remoteParent = 29
    /// A stand-in for the remote end of a call, not a span of its own (1.4).
    case inferred = 30
    /// A known health checker's agent or path.
    case probe = 31
  }

  /// The flag's value.
  public subscript(flag: Flag) -> Bool {
    get { rawValue >> flag.rawValue & 1 == 1 }
    set {
      rawValue = rawValue & ~(1 << flag.rawValue) | (newValue ? 1 : 0) << flag.rawValue
    }
  }

  /// The span's kind.
  public var kind: SpanKind {
    get { SpanKind(rawValue: UInt8(rawValue & 7)) ?? .unknown }
    set { rawValue = rawValue & ~7 | UInt64(newValue.rawValue) }
  }

  /// The status field.
  public var status: SpanStatus {
    get { SpanStatus(rawValue: UInt8(rawValue >> 3 & 3)) ?? .unset }
    set { rawValue = rawValue & ~(3 << 3) | UInt64(newValue.rawValue) << 3 }
  }

  /// Whether the tag `error` is there and says no, so that another version's tag is not taken over (1.3).
  ///
  /// It is kept only where the status is unset, as the tag counts for nothing elsewhere; setting the status forgets it.
  public var deniesError: Bool {
    get { rawValue >> 3 & 3 == 3 }
    set { if status == .unset { rawValue = rawValue & ~(3 << 3) | (newValue ? 3 : 0) << 3 } }
  }

  /// The HTTP status code, 0 where there is none; what does not fit 0–999 is 0.
  public var httpStatus: Int {
    get { Int(rawValue >> 5 & 1023) }
    set {
      let code = (0...999).contains(newValue) ? UInt64(newValue) : 0
      rawValue = rawValue & ~(1023 << 5) | code << 5
    }
  }

  /// The gRPC status code, nil where there is none or it is outside 0–31.
  public var grpcCode: Int? {
    get { rawValue >> 20 & 1 == 1 ? Int(rawValue >> 15 & 31) : nil }
    set {
      rawValue &= ~(63 << 15)
      if let newValue, (0...31).contains(newValue) {
        rawValue |= UInt64(newValue) << 15 | 1 << 20
      }
    }
  }

  /// A hash of the exception's message, so that equal messages can be told without reading them (6.5); 0 where none.
  public var messageHash: UInt32 {
    get { UInt32(rawValue >> 32) }
    set { rawValue = rawValue & 0xffff_ffff | UInt64(newValue) << 32 }
  }
}

/// Where a record was read: the source's rank by content hash, and the byte offset in its decompressed bytes.
///
/// Comparing places is "input order" of traces-semantics.md: it does not hang on file names or on the order of the files.
public struct Place: Hashable, Comparable, Sendable {
  /// Rank of the source among all sources of the store, ordered by content hash.
  public var sourceRank: Int32
  /// Byte offset of the record that holds the item, plus the item's ordinal where several share a record.
  public var offset: Int64

  /// A place of its parts.
  public init(sourceRank: Int32, offset: Int64) {
    self.sourceRank = sourceRank
    self.offset = offset
  }

  /// Source first, then offset.
  public static func < (a: Place, b: Place) -> Bool {
    a.sourceRank != b.sourceRank ? a.sourceRank < b.sourceRank : a.offset < b.offset
  }
}

/// One timed operation in one process, as it was received: a trivial value, no strings, no references.
///
/// Names are symbols of the store that it was loaded from. Times are raw nanoseconds since the Unix epoch and may be
/// unknown (`facts[.unknownStart]`, `facts[.unknownEnd]`), reversed or skewed; `Trace` settles that beside them.
public struct Span: Sendable, Hashable {
  /// The span's own id; absent ids stay absent here and get a synthetic one when the trace is built.
  public var id: SpanID
  /// The parent's id; absent for a root.
  public var parent: SpanID
  /// Raw start, ns since the epoch; 0 with `unknownStart`.
  public var start: Timestamp
  /// Raw end, ns since the epoch; equal to `start` with `unknownEnd`.
  public var end: Timestamp
  /// Kind, status and flags.
  public var facts: SpanFacts
  /// Index into the resources of the store.
  public var resource: Int32
  /// Display name of the operation (formats/traces.md 1.10).
  public var operation: Symbol
  /// The un-instrumented other end of a call; empty where none is named.
  public var peer: Symbol
  /// Exception type, else `error.type`, else empty.
  public var errorType: Symbol
  /// Where it was read.
  public var place: Place
  /// Row in the store, 0 where the span comes from elsewhere.
  public var row: Int64

  /// A span of its parts; what is left out is absent.
  public init(
    id: SpanID, parent: SpanID = .absent, start: Timestamp, end: Timestamp,
    facts: SpanFacts = SpanFacts(), resource: Int32 = 0, operation: Symbol = .empty,
    peer: Symbol = .empty, errorType: Symbol = .empty,
    place: Place = Place(sourceRank: 0, offset: 0), row: Int64 = 0
  ) {
    self.id = id
    self.parent = parent
    self.start = start
    self.end = end
    self.facts = facts
    self.resource = resource
    self.operation = operation
    self.peer = peer
    self.errorType = errorType
    self.place = place
    self.row = row
  }
}

/// Who sent a span, as far as the analysis needs it; all names are symbols of the same table as the spans' names.
public struct Resource: Sendable, Hashable {
  /// `service.name`, else `aws.local.service`, else `unknown_service`.
  public var service: Symbol
  /// `host.id`, else the first `host.ip` or `ip`, else `host.name` or `hostname`; empty where unknown.
  public var host: Symbol
  /// `service.instance.id`; empty where unknown.
  public var instance: Symbol
  /// `service.version`; empty where unknown.
  public var version: Symbol

  /// Whether it says nothing of a sender of its own, so that spans of it belong to their parents' processes.
  public var isElsewhere = false

  /// The service's name of such a resource: that of an X-Ray subsegment that was sent without its segment.
  public static let elsewhere = "unknown_service:subsegment"

  /// A resource of its parts.
  public init(
    service: Symbol, host: Symbol = .empty, instance: Symbol = .empty, version: Symbol = .empty
  ) {
    self.service = service
    self.host = host
    self.instance = instance
    self.version = version
  }
}

/// The spans of one trace id as they lie in the store, in no order, with what belongs to them.
public struct RawTrace: Sendable {
  /// The trace's id.
  public var id: TraceID
  /// All stored spans of this id, duplicates included.
  public var spans: [Span]
  /// Written span ids that are not hex, by the hash that stands for them.
  public var writtenIDs: [SpanID: String]

  /// A raw trace of its parts.
  public init(id: TraceID, spans: [Span], writtenIDs: [SpanID: String] = [:]) {
    self.id = id
    self.spans = spans
    self.writtenIDs = writtenIDs
  }
}
