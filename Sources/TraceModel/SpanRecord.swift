/// A span as it lies in the store, with its texts: what an export in another format is written from.
public struct SpanRecord: Sendable, Hashable {
  /// Absent for a span without one.
  public var trace = TraceID.absent
  /// The span's id, parent, times and facts, as they were received.
  public var span: Span
  /// Display name of the operation; the span's own name stands in `detail` where it differs.
  public var operation = ""
  /// The other end of a call; empty where none is named.
  public var peer = ""
  /// Exception type, else `error.type`, else empty.
  public var errorType = ""
  /// Number of the resource in the store.
  public var resource: Int64 = 0
  /// Number of the scope in the store; 0 is none.
  public var scope: Int64 = 0
  /// See `SpanRow.flags`.
  public var flags: Int64 = 0
  /// All attributes as a JSON object; empty where there are none.
  public var attributes = ""
  /// What is rare, as a JSON object (see `SpanRow.detail`); empty where there is nothing.
  public var detail = ""
  /// Whether its source is of another format than OTLP, so that OTLP's attributes alone do not say all that was read.
  public var isForeign = false

  /// A record of a span, its texts still empty.
  public init(span: Span) { self.span = span }
}

/// Who sent spans, with all that was said of it.
public struct ResourceRecord: Sendable, Hashable {
  /// The service's name.
  public var service = ""
  /// See `Resource.host`.
  public var host = ""
  /// See `Resource.instance`.
  public var instance = ""
  /// See `Resource.version`.
  public var version = ""
  /// All attributes as a JSON object; empty where there are none.
  public var attributes = ""
  /// What no column holds, as a JSON object: `dropped_attributes`, `unknown`; empty where there is nothing.
  public var detail = ""

  /// A resource of which nothing is known.
  public init() {}
}

/// An instrumentation scope.
public struct ScopeRecord: Sendable, Hashable {
  /// The library's name; empty where there is none.
  public var name = ""
  /// The library's version; empty where there is none.
  public var version = ""
  /// See `ResourceRecord.attributes`.
  public var attributes = ""
  /// See `ResourceRecord.detail`.
  public var detail = ""

  /// A scope of its parts.
  public init(name: String = "", version: String = "") {
    self.name = name
    self.version = version
  }
}
