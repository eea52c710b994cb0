package import TraceModel

/// One request: a complete trace, seen at its primary root.
package struct Request: Sendable {
  /// Its trace.
  package var trace: TraceID
  /// Corrected start of the primary root.
  package var start: Timestamp
  /// Length of the primary root.
  package var length: Nanoseconds
  /// Number of the primary root's operation.
  package var endpoint: Int32
  /// Number of the group of its primary origin; -1 where there is none.
  package var cause: Int32
  /// What became of it.
  package var outcome: Outcome
  /// Whether a retry made an error good.
  package var wasRetried: Bool

  /// A request of its parts.
  package init(
    trace: TraceID, start: Timestamp, length: Nanoseconds, endpoint: Int32, cause: Int32,
    outcome: Outcome, wasRetried: Bool
  ) {
    self.trace = trace
    self.start = start
    self.length = length
    self.endpoint = endpoint
    self.cause = cause
    self.outcome = outcome
    self.wasRetried = wasRetried
  }

  /// What became of a request.
  package enum Outcome: UInt8, Sendable {
    /// No error that should have been felt.
    case fine
    /// Its primary root failed.
    case failed
    /// An error was handled or retried away, the root did not fail.
    case saved
  }

  /// By start, then by trace.
  package static func precedes(_ a: Request, _ b: Request) -> Bool {
    a.start != b.start ? a.start < b.start : a.trace < b.trace
  }
}

/// All requests, in no order: about 48 bytes each.
package struct RequestLedger: Sendable {
  /// The requests.
  package private(set) var requests: [Request] = []

  /// No requests.
  package init() {}

  /// Adds a request.
  ///
  /// - Parameters:
  ///   - measures: its trace.
  ///   - endpoint: number of the primary root's operation.
  ///   - cause: number of the group of its primary origin.
  package mutating func add(_ measures: borrowing TraceMeasures, endpoint: Int, cause: Int?) {
    let primary = Int(measures.trace.primary)
    var outcome = Request.Outcome.fine
    var wasRetried = false
    if measures.errorClass[primary].isError {
      outcome = .failed
    } else {
      for origin in measures.origins {
        guard case .handledBy = origin.reach else { continue }
        outcome = .saved
        if origin.retriedBy >= 0 { wasRetried = true }
      }
    }
    requests.append(
      Request(
        trace: measures.trace.id, start: measures.trace.start[primary],
        length: measures.trace.duration(primary), endpoint: Int32(endpoint),
        cause: outcome == .failed ? Int32(cause ?? -1) : -1, outcome: outcome,
        wasRetried: wasRetried))
  }

  /// Takes in other requests, whose endpoints and causes have the numbers given.
  package mutating func merge(_ other: RequestLedger, operations: [Int], groups: [Int]) {
    requests.reserveCapacity(requests.count + other.requests.count)
    for var request in other.requests {
      request.endpoint = Int32(operations[Int(request.endpoint)])
      if request.cause >= 0 { request.cause = Int32(groups[Int(request.cause)]) }
      requests.append(request)
    }
  }
}
