/// One run of a function, as the platform accounts for it in the last line of its log (AWS Lambda's REPORT).
public struct Invocation: Sendable, Hashable {
  /// Who: the function's service.
  public var service: Symbol
  /// When it was reported; nil where unknown.
  public var time: Timestamp?
  /// The trace; absent where the report names none.
  public var trace: TraceID
  /// The span of the invocation; absent where the report names none.
  public var span: SpanID
  /// How long it ran, ns; nil where unknown.
  public var duration: Nanoseconds?
  /// How long its start took before, ns; nil where it did not start cold.
  public var initialization: Nanoseconds?
  /// Memory that it may use, MB; nil where unknown.
  public var memoryMB: Int?
  /// Memory that it used at most, MB; nil where unknown.
  public var usedMB: Int?
  /// What the platform says of its end (`timeout`, `error`, …); empty where all went well.
  public var status: String
  /// Type of the platform's error (`Runtime.ExitError`); empty where there is none.
  public var errorType: String

  /// An invocation of its parts.
  public init(
    service: Symbol, time: Timestamp? = nil, trace: TraceID = .absent, span: SpanID = .absent,
    duration: Nanoseconds? = nil, initialization: Nanoseconds? = nil, memoryMB: Int? = nil,
    usedMB: Int? = nil, status: String = "", errorType: String = ""
  ) {
    self.service = service
    self.time = time
    self.trace = trace
    self.span = span
    self.duration = duration
    self.initialization = initialization
    self.memoryMB = memoryMB
    self.usedMB = usedMB
    self.status = status
    self.errorType = errorType
  }

  /// Whether it ran out of time.
  public var timedOut: Bool { status.lowercased() == "timeout" }
  /// Whether the platform says that it failed, time apart.
  public var failed: Bool {
    !timedOut && (!errorType.isEmpty || ["error", "failure"].contains(status.lowercased()))
  }
  /// Whether it used all of its memory, but for two parts in a hundred.
  public var isOutOfMemory: Bool {
    guard let memoryMB, let usedMB, memoryMB > 0 else { return false }
    return usedMB * 100 >= memoryMB * 98
  }
}
