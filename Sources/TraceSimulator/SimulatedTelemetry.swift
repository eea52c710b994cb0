/// A span as the simulated service would have sent it, on the true clock.
public struct SimulatedSpan: Sendable {
  /// Ordinal of its trace in the simulation; probes and requests are counted alike.
  public var trace: Int
  /// High half of the trace id.
  public var traceHigh: UInt64
  /// Low half of the trace id.
  public var traceLow: UInt64
  /// The span's id.
  public var id: UInt64
  /// The parent's id, 0 for a root.
  public var parent: UInt64
  /// Index into `SimulatedTelemetry.shapes`: name, kind, service, fixed attributes.
  public var shape: Int
  /// Index into `SimulatedTelemetry.resources`: service, instance, version, host.
  public var resource: Int
  /// True start, ns since the epoch.
  public var start: Int64
  /// True end, ns since the epoch.
  public var end: Int64
  /// Whether its status is ERROR.
  public var isError = false
  /// HTTP status, 0 where there is none.
  public var httpStatus = 0
  /// The failure that it felt, its own or a callee's.
  public var failure: Scenario.Exception?
  /// Whether an exception event is recorded.
  public var recordsException = false
  /// How many attempts were made before this one.
  public var resendCount = 0
}

/// A log record as the simulated service would have written it, on the true clock.
public struct SimulatedLog: Sendable {
  /// True time, ns since the epoch.
  public var time: Int64
  /// Index into `SimulatedTelemetry.resources`.
  public var resource: Int
  /// Severity number of OpenTelemetry: 9 INFO, 13 WARN, 17 ERROR.
  public var severity: Int
  /// The text.
  public var body: String
  /// The span in which it was written; nil: in none.
  public var span: (traceHigh: UInt64, traceLow: UInt64, id: UInt64)?
  /// The failure that it tells of.
  public var failure: Scenario.Exception?
}

/// What all spans of one place in the world have in common.
public struct SpanShape: Sendable {
  /// Index of the service in the scenario.
  public var service: Int
  /// Span name.
  public var name: String
  /// Kind as in OTLP: 1 INTERNAL, 2 SERVER, 3 CLIENT, 4 PRODUCER, 5 CONSUMER.
  public var kind: Int
  /// Attributes that are the same in all its spans, or hang on its ids alone.
  public var attributes: [SimulatedAttribute]
  /// Which attributes tell its outcome.
  public var convention: Convention

  /// How a span tells its outcome.
  public enum Convention: Sendable {
    case plain, http, rpc
  }

  /// Kind as a word.
  public var kindName: String {
    ["unknown", "internal", "server", "client", "producer", "consumer"][kind]
  }
}

/// A name and a value.
public struct SimulatedAttribute: Sendable, Hashable {
  /// The value.
  public enum Value: Sendable, Hashable {
    case text(String)
    case integer(Int)
    /// The text, with a number below the bound after it that hangs on the trace alone.
    case perTrace(String, below: Int)
    /// A number below the bound that hangs on the span.
    case integerPerSpan(below: Int)
  }
  /// The key.
  public var key: String
  /// The value.
  public var value: Value

  /// An attribute of its parts.
  public init(_ key: String, _ value: Value) {
    self.key = key
    self.value = value
  }
}

/// One running copy of a service, as its telemetry names it.
public struct SimulatedResource: Sendable {
  /// `service.name`.
  public var service: String
  /// `service.instance.id`.
  public var instance: String
  /// `service.version`.
  public var version: String
  /// `host.name`.
  public var host: String
  /// What it is written in.
  public var language: Scenario.Language
  /// What its host's clock shows beyond the true time, ns.
  public var clockOffset: Int64
}

/// All that the services of a scenario send, before anything goes wrong with it, and the truth behind it.
public struct SimulatedTelemetry: Sendable {
  /// Spans by true end.
  public var spans: [SimulatedSpan] = []
  /// Log records by true time.
  public var logs: [SimulatedLog] = []
  /// What spans have in common.
  public var shapes: [SpanShape]
  /// Who sent them.
  public var resources: [SimulatedResource]
  /// The truth, its counts of written things not yet filled.
  public var truth: GroundTruth

  /// The operation of a span as Culprit shows it.
  public func operation(of span: SimulatedSpan) -> GroundTruth.Operation {
    let shape = shapes[span.shape]
    return GroundTruth.Operation(
      service: resources[span.resource].service, kind: shape.kindName, name: shape.name)
  }

}
