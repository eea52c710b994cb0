/// One thing that went wrong, as a span's exception event, a log record or an error tracker tells it.
public struct ErrorEvent: Sendable, Hashable {
  /// Who tells of it.
  public struct Sources: OptionSet, Sendable, Hashable, Codable {
    /// One bit a source.
    public let rawValue: UInt8

    /// Sources of their bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// An exception event of a span.
    public static let span = Sources(rawValue: 1)
    /// A log record.
    public static let log = Sources(rawValue: 2)
    /// An occurrence of an error tracker (Rollbar, Sentry).
    public static let tracker = Sources(rawValue: 4)
  }

  /// Who tells of it; one.
  public var source: Sources
  /// When; nil where unknown.
  public var time: Timestamp?
  /// Its service.
  public var service: Symbol
  /// The service's version; empty where unknown.
  public var version: Symbol
  /// Its host; empty where unknown.
  public var host: Symbol
  /// Its trace; absent where it names none.
  public var trace: TraceID
  /// Its span; absent where it names none.
  public var span: SpanID
  /// The parent of its span, where a span tells of it: an exception goes up from span to span, and each tells of it.
  public var parent: SpanID
  /// Type of the outermost exception; empty where there is none.
  public var type: String
  /// Its message.
  public var message: String
  /// Fingerprint of types and frames; 0 where no frames are known.
  public var strict: UInt64
  /// The frame to blame; empty where none is known.
  public var blame: String
  /// Stands for the person whom it befell; 0 where nobody is named.
  public var person: UInt64
  /// The item of an error tracker that it is counted to, as `TrackedItem.key`; 0 where none is named.
  public var item: UInt64
  /// Where it was read.
  public var place: Place

  /// An event of its parts.
  public init(
    source: Sources, time: Timestamp?, service: Symbol, version: Symbol = .empty,
    host: Symbol = .empty, trace: TraceID = .absent, span: SpanID = .absent,
    parent: SpanID = .absent, type: String, message: String, strict: UInt64 = 0,
    blame: String = "", person: UInt64 = 0, item: UInt64 = 0, place: Place
  ) {
    self.source = source
    self.time = time
    self.service = service
    self.version = version
    self.host = host
    self.trace = trace
    self.span = span
    self.parent = parent
    self.type = type
    self.message = message
    self.strict = strict
    self.blame = blame
    self.person = person
    self.item = item
    self.place = place
  }

  /// Fingerprint of type and message template: what is alike whatever its frames.
  public var loose: UInt64 { ErrorEvent.loose(type: type, message: message) }

  /// Fingerprint of a type and the template of a message; never 0.
  public static func loose(type: String, message: String) -> UInt64 {
    let text = Array(type.utf8) + [0] + messageTemplate(Array(message.utf8.prefix(1000)))
    return max(1, stableHash(text, seed: 11))
  }
}

extension ErrorEvent {
  /// A hash of type and message as they stand: what is the same wherever one exception is told.
  package var said: UInt64 {
    stableHash(Array(type.utf8) + [0] + Array(message.utf8.prefix(1000)), seed: 12)
  }
}

/// An item or issue of an error tracker: what it counts as one error.
public struct TrackedItem: Sendable, Hashable, Codable {
  /// `rollbar` or `sentry`.
  public var tracker: String
  /// Its number there, as people know it; empty where unknown.
  public var number: String
  /// Its title.
  public var title: String
  /// `active`, `resolved`, …; empty where unknown.
  public var status: String
  /// Its level there.
  public var level: String
  /// Where it was seen: `production`, …
  public var environment: String
  /// Occurrences that the tracker counts; nil where unknown.
  public var count: Int?
  /// First occurrence, ns; nil where unknown.
  public var firstNs: Int64?
  /// Last occurrence, ns; nil where unknown.
  public var lastNs: Int64?

  /// An item of its parts.
  public init(
    tracker: String, number: String, title: String, status: String, level: String,
    environment: String, count: Int?, firstNs: Int64?, lastNs: Int64?
  ) {
    self.tracker = tracker
    self.number = number
    self.title = title
    self.status = status
    self.level = level
    self.environment = environment
    self.count = count
    self.firstNs = firstNs
    self.lastNs = lastNs
  }
}

extension TrackedItem {
  /// Stands for the item, by which its occurrences name it; 0 where the number is unknown.
  public var key: UInt64 { TrackedItem.key(tracker: tracker, number: number) }

  /// Stands for an item of a tracker, by its number.
  public static func key(tracker: String, number: String) -> UInt64 {
    number.isEmpty ? 0 : max(1, stableHash("\(tracker) \(number)".utf8, seed: 22))
  }
}
