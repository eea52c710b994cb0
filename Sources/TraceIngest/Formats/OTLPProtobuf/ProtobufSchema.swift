import TraceModel

/// A message of OTLP's protobuf.
enum ProtobufMessage: UInt8, CaseIterable {
  case resourceSpans, resourceLogs, resourceMetrics
  case scopeSpans, scopeLogs, scopeMetrics, oldSpans, oldLogs, oldMetrics
  case resource, scope, keyValue, anyValue, arrayValue, keyValueList
  case span, event, link, status, logRecord
  case metric, gauge, sum, histogram, exponentialHistogram, summary
  case numberPoint, histogramPoint, exponentialPoint, buckets, summaryPoint, quantile, exemplar

  /// The message that holds one resource's elements of a kind.
  static func resource(of kind: ListKind) -> ProtobufMessage {
    switch kind {
    case .span: .resourceSpans
    case .log: .resourceLogs
    case .metric: .resourceMetrics
    }
  }

  /// The message of one element of a kind.
  static func element(of kind: ListKind) -> ProtobufMessage {
    switch kind {
    case .span: .span
    case .log: .logRecord
    case .metric: .metric
    }
  }
}

/// A field of a message: how it lies on the wire, and what it is called in OTLP JSON.
struct ProtobufField {
  /// What a field's bytes are.
  enum Shape: UInt8 {
    /// None of the message's fields.
    case unknown
    case string
    /// Bytes that JSON writes as hex digits.
    case id
    /// Bytes that JSON writes in base64.
    case bytes
    /// A varint, with or without sign, or an enumeration's number.
    case integer
    /// A varint whose lowest bit is the sign.
    case zigzag
    case bool
    case fixed64, signed64, double, fixed32
    case message
    /// Numbers that may be packed into one field.
    case fixed64s, doubles, integers

    /// The wire type that the shape has; numbers in lists may have that of one number instead.
    var wire: UInt8 {
      switch self {
      case .unknown: 7
      case .integer, .zigzag, .bool: ProtobufWire.varint
      case .fixed64, .signed64, .double: ProtobufWire.fixed64
      case .fixed32: ProtobufWire.fixed32
      case .string, .id, .bytes, .message, .fixed64s, .doubles, .integers: ProtobufWire.length
      }
    }
  }

  var shape = Shape.unknown
  var isRepeated = false
  /// What a message field holds.
  var message = ProtobufMessage.resource
  /// Field number.
  var number = 0
  /// Its key in OTLP JSON.
  var key: StaticString = ""
}

/// The fields of OTLP's messages, by message and number.
///
/// - Source: opentelemetry-proto 1.7, `trace.proto`, `logs.proto`, `metrics.proto`, `common.proto`, `resource.proto`; field 1000
///   from 0.15.
enum ProtobufSchema {
  /// Places of a message in the table; number 0 is none, the last one is field 1000.
  static let slots = 32
  /// What scopes were called before OTLP 0.15, in messages written since.
  static let oldScopes = 1000

  /// The place of a field among those of its message; 0, where none is, for numbers beyond them.
  @inline(__always) static func slot(_ number: UInt64) -> Int {
    if number < UInt64(slots - 1) { return Int(number) }
    return number == UInt64(oldScopes) ? slots - 1 : 0
  }

  /// The fields of a message.
  static func fields(_ message: ProtobufMessage) -> [ProtobufField] {
    switch message {
    case .resourceSpans:
      resource("scopeSpans", .scopeSpans, "instrumentationLibrarySpans", .oldSpans)
    case .resourceLogs: resource("scopeLogs", .scopeLogs, "instrumentationLibraryLogs", .oldLogs)
    case .resourceMetrics:
      resource("scopeMetrics", .scopeMetrics, "instrumentationLibraryMetrics", .oldMetrics)
    case .scopeSpans: scoped("scope", "spans", .span)
    case .scopeLogs: scoped("scope", "logRecords", .logRecord)
    case .scopeMetrics: scoped("scope", "metrics", .metric)
    case .oldSpans: scoped("instrumentationLibrary", "spans", .span)
    case .oldLogs: scoped("instrumentationLibrary", "logRecords", .logRecord)
    case .oldMetrics: scoped("instrumentationLibrary", "metrics", .metric)
    case .resource: [attributes(1), .integer(2, "droppedAttributesCount")]
    case .scope:
      [
        .string(1, "name"), .string(2, "version"), attributes(3),
        .integer(4, "droppedAttributesCount"),
      ]
    case .keyValue: [.string(1, "key"), .message(2, "value", .anyValue)]
    case .anyValue:
      [
        .string(1, "stringValue"), .init(.bool, 2, "boolValue"), .integer(3, "intValue"),
        .init(.double, 4, "doubleValue"), .message(5, "arrayValue", .arrayValue),
        .message(6, "kvlistValue", .keyValueList), .init(.bytes, 7, "bytesValue"),
      ]
    case .arrayValue: [.list(1, "values", .anyValue)]
    case .keyValueList: [.list(1, "values", .keyValue)]
    case .span, .event, .link, .status, .logRecord: signal(message)
    default: metric(message)
    }
  }

  private static func signal(_ message: ProtobufMessage) -> [ProtobufField] {
    switch message {
    case .span:
      [
        .init(.id, 1, "traceId"), .init(.id, 2, "spanId"), .string(3, "traceState"),
        .init(.id, 4, "parentSpanId"), .string(5, "name"), .integer(6, "kind"),
        .init(.fixed64, 7, "startTimeUnixNano"), .init(.fixed64, 8, "endTimeUnixNano"),
        attributes(9), .integer(10, "droppedAttributesCount"), .list(11, "events", .event),
        .integer(12, "droppedEventsCount"), .list(13, "links", .link),
        .integer(14, "droppedLinksCount"), .message(15, "status", .status),
        .init(.fixed32, 16, "flags"),
      ]
    case .event:
      [
        .init(.fixed64, 1, "timeUnixNano"), .string(2, "name"), attributes(3),
        .integer(4, "droppedAttributesCount"),
      ]
    case .link:
      [
        .init(.id, 1, "traceId"), .init(.id, 2, "spanId"), .string(3, "traceState"), attributes(4),
        .integer(5, "droppedAttributesCount"), .init(.fixed32, 6, "flags"),
      ]
    case .status: [.string(2, "message"), .integer(3, "code")]
    default:
      [
        .init(.fixed64, 1, "timeUnixNano"), .integer(2, "severityNumber"),
        .string(3, "severityText"), .message(5, "body", .anyValue), attributes(6),
        .integer(7, "droppedAttributesCount"), .init(.fixed32, 8, "flags"),
        .init(.id, 9, "traceId"), .init(.id, 10, "spanId"),
        .init(.fixed64, 11, "observedTimeUnixNano"), .string(12, "eventName"),
      ]
    }
  }

  private static func metric(_ message: ProtobufMessage) -> [ProtobufField] {
    switch message {
    case .metric:
      [
        .string(1, "name"), .string(2, "description"), .string(3, "unit"),
        .message(5, "gauge", .gauge), .message(7, "sum", .sum),
        .message(9, "histogram", .histogram),
        .message(10, "exponentialHistogram", .exponentialHistogram),
        .message(11, "summary", .summary), .list(12, "metadata", .keyValue),
      ]
    case .gauge: [.list(1, "dataPoints", .numberPoint)]
    case .sum:
      [
        .list(1, "dataPoints", .numberPoint), .integer(2, "aggregationTemporality"),
        .init(.bool, 3, "isMonotonic"),
      ]
    case .histogram:
      [.list(1, "dataPoints", .histogramPoint), .integer(2, "aggregationTemporality")]
    case .exponentialHistogram:
      [.list(1, "dataPoints", .exponentialPoint), .integer(2, "aggregationTemporality")]
    case .summary: [.list(1, "dataPoints", .summaryPoint)]
    case .quantile: [.init(.double, 1, "quantile"), .init(.double, 2, "value")]
    case .buckets: [.init(.zigzag, 1, "offset"), .init(.integers, 2, "bucketCounts")]
    default: point(message)
    }
  }

  private static func point(_ message: ProtobufMessage) -> [ProtobufField] {
    let times: [ProtobufField] = [
      .init(.fixed64, 2, "startTimeUnixNano"), .init(.fixed64, 3, "timeUnixNano"),
    ]
    switch message {
    case .numberPoint:
      return times + [
        .init(.double, 4, "asDouble"), .list(5, "exemplars", .exemplar),
        .init(.signed64, 6, "asInt"), attributes(7), .integer(8, "flags"),
      ]
    case .histogramPoint:
      return times + [
        .init(.fixed64, 4, "count"), .init(.double, 5, "sum"),
        .init(.fixed64s, 6, "bucketCounts"), .init(.doubles, 7, "explicitBounds"),
        .list(8, "exemplars", .exemplar), attributes(9), .integer(10, "flags"),
        .init(.double, 11, "min"), .init(.double, 12, "max"),
      ]
    case .exponentialPoint:
      return times + [
        attributes(1), .init(.fixed64, 4, "count"), .init(.double, 5, "sum"),
        .init(.zigzag, 6, "scale"), .init(.fixed64, 7, "zeroCount"),
        .message(8, "positive", .buckets), .message(9, "negative", .buckets),
        .integer(10, "flags"), .list(11, "exemplars", .exemplar), .init(.double, 12, "min"),
        .init(.double, 13, "max"), .init(.double, 14, "zeroThreshold"),
      ]
    case .summaryPoint:
      return times + [
        .init(.fixed64, 4, "count"), .init(.double, 5, "sum"),
        .list(6, "quantileValues", .quantile), attributes(7), .integer(8, "flags"),
      ]
    default:
      return [
        .init(.fixed64, 2, "timeUnixNano"), .init(.double, 3, "asDouble"),
        .init(.id, 4, "spanId"), .init(.id, 5, "traceId"), .init(.signed64, 6, "asInt"),
        .list(7, "filteredAttributes", .keyValue),
      ]
    }
  }

  private static func resource(
    _ scopes: StaticString, _ scope: ProtobufMessage, _ oldScopes: StaticString,
    _ old: ProtobufMessage
  ) -> [ProtobufField] {
    [
      .message(1, "resource", .resource), .list(2, scopes, scope), .string(3, "schemaUrl"),
      .list(ProtobufSchema.oldScopes, oldScopes, old),
    ]
  }

  private static func scoped(
    _ scope: StaticString, _ elements: StaticString, _ element: ProtobufMessage
  ) -> [ProtobufField] {
    [.message(1, scope, .scope), .list(2, elements, element), .string(3, "schemaUrl")]
  }

  private static func attributes(_ number: Int) -> ProtobufField {
    .list(number, "attributes", .keyValue)
  }
}

extension ProtobufField {
  init(_ shape: Shape, _ number: Int, _ key: StaticString) {
    self.init(shape: shape, number: number, key: key)
  }

  fileprivate static func string(_ number: Int, _ key: StaticString) -> ProtobufField {
    ProtobufField(.string, number, key)
  }

  fileprivate static func integer(_ number: Int, _ key: StaticString) -> ProtobufField {
    ProtobufField(.integer, number, key)
  }

  fileprivate static func message(
    _ number: Int, _ key: StaticString, _ message: ProtobufMessage
  ) -> ProtobufField {
    ProtobufField(shape: .message, message: message, number: number, key: key)
  }

  fileprivate static func list(
    _ number: Int, _ key: StaticString, _ message: ProtobufMessage
  ) -> ProtobufField {
    ProtobufField(shape: .message, isRepeated: true, message: message, number: number, key: key)
  }
}
