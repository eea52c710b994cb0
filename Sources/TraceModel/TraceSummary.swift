/// What a back end says of one trace of its own accord: a summary of AWS X-Ray.
public struct TraceSummary: Sendable, Hashable {
  /// The trace.
  public var trace: TraceID
  /// Whether it says that the server failed.
  public var hasFault: Bool
  /// Whether it says that the request was wrong or one too many.
  public var hasError: Bool
  /// How long the request took, ns; nil where it does not say.
  public var responseTime: Nanoseconds?
  /// The service in which a fault began; empty where it names none.
  public var rootCause: String

  /// A summary of its parts.
  public init(
    trace: TraceID, hasFault: Bool, hasError: Bool, responseTime: Nanoseconds? = nil,
    rootCause: String = ""
  ) {
    self.trace = trace
    self.hasFault = hasFault
    self.hasError = hasError
    self.responseTime = responseTime
    self.rootCause = rootCause
  }

  /// Whether it stays where a trace was summed up several times, at different moments: the one that says most, then by its words.
  public func outdoes(_ other: TraceSummary) -> Bool {
    if hasFault != other.hasFault { return hasFault }
    if hasError != other.hasError { return hasError }
    if responseTime != other.responseTime {
      return (responseTime ?? -1) > (other.responseTime ?? -1)
    }
    return rootCause > other.rootCause
  }
}
