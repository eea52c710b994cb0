/// How the spans and log records of a store hang together, and what says that something was left out on purpose.
public struct DataLinks: Sendable, Hashable {
  /// How many of something there are, and one of them.
  public struct Sum: Sendable, Hashable {
    /// How many.
    public var count: Int
    /// One of them: a trace id, the smallest where the order of the data may not matter; empty where there is none.
    public var example: String

    /// A sum of its parts.
    public init(count: Int = 0, example: String = "") {
      self.count = count
      self.example = example
    }
  }

  /// Spans and log records of one service.
  public struct Service: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Spans stored.
    public var spans: Int
    /// Log records stored.
    public var logs: Int

    /// A service of its parts.
    public init(name: String, spans: Int, logs: Int) {
      self.name = name
      self.spans = spans
      self.logs = logs
    }
  }

  /// Services by name.
  public var services: [Service] = []
  /// Log records.
  public var logs = 0
  /// Log records that name no trace.
  public var logsWithoutTrace = 0
  /// Of these, joined to a trace all the same: by request id, or by service, host and time.
  public var logsJoined = 0
  /// Log records that name a trace of which no span is there.
  public var logsOfMissingTraces = Sum()
  /// Trace ids of 64 bits.
  public var shortTraceIDs = Sum()
  /// Spans whose trace state holds a sampling threshold (`ot=th:…`) below "all".
  public var thresholdSampled = Sum()
  /// Spans with an attribute that names a sampler, its rate or its rule.
  public var samplerNamed = Sum()

  /// Nothing is known.
  public init() {}
}
