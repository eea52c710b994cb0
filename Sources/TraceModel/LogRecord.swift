/// What a log record says of an exception, as short as it is shown.
public struct LogException: Sendable, Hashable, Codable {
  /// Type of the outermost exception; empty where it has none (a panic).
  public var type: String
  /// Its message; empty where it has none.
  public var message: String
  /// The frame to blame, as text; empty where none is known.
  public var blame: String

  /// An exception of its parts.
  public init(type: String, message: String = "", blame: String = "") {
    self.type = type
    self.message = message
    self.blame = blame
  }
}

/// A log record as it is shown: beside its span, or alone.
public struct LogRecord: Sendable, Hashable {
  /// Event time, else the time at which it was observed; nil where neither is known.
  public var time: Timestamp?
  /// OpenTelemetry severity number, 0 unknown, 1–4 trace … 21–24 fatal.
  public var severity: Int
  /// The record's service.
  public var service: String
  /// Trace it names; absent where none.
  public var trace: TraceID
  /// Span it names; absent where none.
  public var span: SpanID
  /// The text, or JSON where the body is structured.
  public var body: String
  /// All attributes as JSON text; empty where none.
  public var attributes: String
  /// What is rare, as JSON text (`LogRow.detail`): exception, invocation, request id, header; empty where none.
  public var detail: String
  /// The exception that it tells of; nil where it tells of none.
  public var exception: LogException?
  /// How it came to its trace.
  public var join: Join
  /// How likely `trace` is right, 0…1; 1 where the record names it itself. The span is then the likeliest one of its service.
  public var confidence: Double
  /// Where it was read.
  public var place: Place

  /// How a record came to its trace.
  public enum Join: UInt8, Sendable, Codable, CaseIterable {
    /// It names trace or span itself, or belongs to none.
    case ids = 0
    /// Another record of the same request id names the trace.
    case requestID = 1
    /// Service, host and time fit.
    case host = 2
    /// Service and time fit.
    case service = 3

    /// The word in exports and in the store's view `logs`: `ids`, `request_id`, `host`, `service`.
    public var name: String {
      switch self {
      case .ids: "ids"
      case .requestID: "request_id"
      case .host: "host"
      case .service: "service"
      }
    }
  }

  /// A record of its parts.
  public init(
    time: Timestamp?, severity: Int, service: String, trace: TraceID, span: SpanID, body: String,
    attributes: String, detail: String = "", exception: LogException? = nil, join: Join = .ids,
    confidence: Double = 1, place: Place
  ) {
    self.time = time
    self.severity = severity
    self.service = service
    self.trace = trace
    self.span = span
    self.body = body
    self.attributes = attributes
    self.detail = detail
    self.exception = exception
    self.join = join
    self.confidence = confidence
    self.place = place
  }

  /// The word for a severity number: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL`, or `-` for unknown.
  public static func word(for severity: Int) -> String {
    switch severity {
    case 1...4: "TRACE"
    case 5...8: "DEBUG"
    case 9...12: "INFO"
    case 13...16: "WARN"
    case 17...20: "ERROR"
    case 21...24: "FATAL"
    default: "-"
    }
  }
}
