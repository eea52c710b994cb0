extension Scenario {
  /// Something that breaks in one service, from a moment on.
  public struct Fault: Sendable {
    /// Which part of the service.
    public enum Spot: Sendable, Hashable {
      /// The operation with this span name.
      case operation(String)
      /// Its calls whose CLIENT span has this name.
      case call(String)
      /// All of it.
      case service
    }

    /// What happens there.
    public enum Effect: Sendable {
      /// It fails.
      case fail(Failing)
      /// It takes so many percent of its time.
      case slow(percent: Int)
      /// A peer does not answer: the client waits until its timeout.
      case dead
      /// An instance works on so many requests at a time only (spot `service`).
      case slots(Int)
    }

    /// Name of the service.
    public var service: String
    /// Which part of it.
    public var spot: Spot
    /// Only instances of this version; nil: all.
    public var version: String?
    /// What happens.
    public var effect: Effect
    /// Since when, after the start, ns.
    public var from: Int64
    /// Until when, after the start, ns.
    public var until: Int64

    /// A fault of its parts.
    public init(
      _ service: String, _ spot: Spot, _ effect: Effect, version: String? = nil, from: Int64,
      until: Int64 = .max
    ) {
      self.service = service
      self.spot = spot
      self.version = version
      self.effect = effect
      self.from = from
      self.until = until
    }

    /// One word for the kind: `bad_deploy`, `operation_error`, `call_error`, `slow_operation`, `slow_call`,
    /// `dead_dependency`, `saturation`.
    public var kindName: String {
      switch (effect, spot) {
      case (.fail, _) where version != nil: "bad_deploy"
      case (.fail, .call): "call_error"
      case (.fail, _): "operation_error"
      case (.slow, .call): "slow_call"
      case (.slow, _): "slow_operation"
      case (.dead, _): "dead_dependency"
      case (.slots, _): "saturation"
      }
    }
  }

  /// What goes wrong while spans and log records are sent and written. The clocks are with the hosts.
  public struct TelemetryFaults: Sendable {
    /// The spans of one instance are lost for a while.
    public struct Loss: Sendable {
      /// Its `service.instance.id`.
      public var instance: String
      /// From when, after the start, ns.
      public var from: Int64
      /// Until when, after the start, ns.
      public var until: Int64

      /// A loss of its parts.
      public init(instance: String, from: Int64, until: Int64) {
        self.instance = instance
        self.from = from
        self.until = until
      }
    }
    /// Spans that never arrive.
    public var losses: [Loss] = []
    /// Lines that are written twice, in permille: a sender that repeated a request.
    public var repeatedLinesPermille = 0
    /// Spans of kind INTERNAL without an end, in permille of these.
    public var unfinishedPermille = 0
    /// Lines that are no JSON, put between the others of the trace file. Nothing is lost by them.
    public var brokenTraceLines = 0
    /// The same in the log file.
    public var brokenLogLines = 0
    /// Whether the last line of the trace file stops in the middle; its spans are not counted as written.
    public var cutsLastTraceLine = false

    /// No faults.
    public init() {}
  }
}
