package import TraceModel

/// Error origins, grouped by operation, blame, peer and type, with how far they went and which way.
package struct ErrorProfile: Sendable {
  /// What makes origins alike.
  package struct Key: Sendable, Hashable {
    /// Number of the origin's operation.
    package var operation: Int
    /// Where the fault lies.
    package var blame: ErrorOrigin.Blame
    /// The other end of the call; empty where none is named.
    package var peer: Symbol
    /// What it says of its sort.
    package var type: ErrorType
  }

  /// An origin to look at.
  package struct Exemplar: Sendable, Hashable, Comparable {
    /// Whether it reached the client.
    package var reachedClient: Bool
    /// Its start.
    package var start: Timestamp
    /// Where it is.
    package var place: SpanPlace

    /// Those that reached the client first, then the earliest, then by ids.
    package static func < (a: Exemplar, b: Exemplar) -> Bool {
      if a.reachedClient != b.reachedClient { return a.reachedClient }
      if a.start != b.start { return a.start < b.start }
      return a.place < b.place
    }
  }

  /// What origins that are alike add up to.
  package struct Group: Sendable {
    /// Start of each, in no order.
    package var starts: [Timestamp] = []
    /// Traces that hold one.
    package var traces = 0
    /// Traces in which one reaches the primary root.
    package var reachedClient = 0
    /// Those that reached the head of another unit.
    package var reachedBackground = 0
    /// Those that were handled, retries included.
    package var handled = 0
    /// Those that a later sibling made good.
    package var retried = 0
    /// Cancelled calls.
    package var cancelled = 0
    /// How many took each way up, as numbers of operations, at most `longestPath` of them.
    package var paths: [[Int]: Int] = [:]
    /// The same of those that reached the client.
    package var clientPaths: [[Int]: Int] = [:]
    /// For calls that gave up: how often an operation below was the one they waited for.
    package var waitedFor: [Int: Int] = [:]
    /// How many each resource sent.
    package var senders: [Int32: Int] = [:]
    /// The best three.
    package var exemplars: [Exemplar] = []
    private var lastTrace: UInt32 = 0
    private var lastClientTrace: UInt32 = 0

    mutating func count(trace: UInt32, reachesClient: Bool) {
      if trace != lastTrace {
        lastTrace = trace
        traces += 1
      }
      if reachesClient, trace != lastClientTrace {
        lastClientTrace = trace
        reachedClient += 1
      }
    }

    mutating func take(_ exemplar: Exemplar) {
      if exemplars.count == 3, !(exemplar < exemplars[2]) { return }
      exemplars.append(exemplar)
      exemplars.sort()
      exemplars = Array(exemplars.prefix(3))
    }

    mutating func merge(_ other: Group, map: [Int]) {
      starts.append(contentsOf: other.starts)
      traces += other.traces
      reachedClient += other.reachedClient
      reachedBackground += other.reachedBackground
      handled += other.handled
      retried += other.retried
      cancelled += other.cancelled
      for (path, count) in other.paths { paths[path.map { map[$0] }, default: 0] += count }
      for (path, count) in other.clientPaths {
        clientPaths[path.map { map[$0] }, default: 0] += count
      }
      for (number, count) in other.waitedFor { waitedFor[map[number], default: 0] += count }
      for (resource, count) in other.senders { senders[resource, default: 0] += count }
      for exemplar in other.exemplars { take(exemplar) }
    }
  }

  /// The longest way up that is kept: what lies above is left out.
  package static let longestPath = 32

  private var numbers: [Key: Int] = [:]
  /// Key of each group.
  package private(set) var keys: [Key] = []
  /// The groups.
  package private(set) var groups: [Group] = []

  /// No origins.
  package init() {}

  /// Adds the origins of one trace.
  ///
  /// Where the primary head is an orphan nothing is known of the client: an origin that reaches it has reached neither the
  /// client nor a background unit's head.
  ///
  /// - Parameters:
  ///   - measures: the trace.
  ///   - scan: what was found of its spans.
  /// - Returns: the group of the primary unit's primary origin; nil where its head did not fail.
  package mutating func add(
    _ measures: borrowing TraceMeasures, _ scan: borrowing TraceScan
  ) -> Int? {
    let operations = scan.operations
    let primary = measures.trace.primary
    let isComplete = measures.trace.edge[Int(primary)] != .orphan
    var cause: Int?
    for joined in joinedOrigins(measures) {
      let origin = joined.origin
      let index = Int(origin.span)
      let span = measures.trace.spans[index]
      let number = groupNumber(
        Key(
          operation: operations[index], blame: ErrorProfile.blame(origin, span), peer: span.peer,
          type: ErrorType(span))
      )
      if origin.isPrimary, joined.unit == primary { cause = number }
      var reachesClient = false
      switch origin.reach {
      case .reaches(let head):
        reachesClient = head == primary && isComplete
        if head != primary { groups[number].reachedBackground += 1 }
      case .handledBy:
        groups[number].handled += 1
        if origin.retriedBy >= 0 { groups[number].retried += 1 }
      }
      groups[number].senders[span.resource, default: 0] += 1
      if origin.isCancelled { groups[number].cancelled += 1 }
      groups[number].starts.append(measures.trace.start[index])
      groups[number].count(trace: scan.ordinal, reachesClient: reachesClient)
      let path = origin.propagation.prefix(ErrorProfile.longestPath).map { operations[Int($0)] }
      groups[number].paths[path, default: 0] += 1
      if reachesClient { groups[number].clientPaths[path, default: 0] += 1 }
      if let slow = ErrorProfile.waitedFor(measures, origin) {
        groups[number].waitedFor[operations[slow], default: 0] += 1
      }
      groups[number].take(
        Exemplar(
          reachedClient: reachesClient, start: measures.trace.start[index],
          place: SpanPlace(measures.trace, index)))
    }
    return cause
  }

  /// Where the fault lies: as the origin says, but a caller that holds an answer has not given up. Its callee seems to end
  /// later because one of the two clocks is wrong, and a failed call is not moved (traces-semantics.md 2.4).
  static func blame(_ origin: ErrorOrigin, _ span: TraceModel.Span) -> ErrorOrigin.Blame {
    let status = span.facts.httpStatus
    let isAnswered = status >= 400 && status != 408 && status != 499 && status != 504
    return origin.blame == .timeout && isAnswered ? .transport : origin.blame
  }

  private mutating func groupNumber(_ key: Key) -> Int {
    if let known = numbers[key] { return known }
    numbers[key] = keys.count
    keys.append(key)
    groups.append(Group())
    return keys.count - 1
  }

  /// The span below a call that gave up which kept it waiting: from the callee down, the longest sync child, as long as it
  /// fills at least half of the span above it; at most 64 levels. Nil for other origins.
  static func waitedFor(_ measures: borrowing TraceMeasures, _ origin: ErrorOrigin) -> Int? {
    let call = Int(origin.span)
    var slow: Int?
    var current = call
    if origin.blame != .transport, let callee = disjointCallee(measures, call) {
      slow = callee
      current = callee
    } else if blame(origin, measures.trace.spans[call]) != .timeout {
      return nil
    }
    for _ in 0..<64 {
      var longest: Int?
      var child = current + 1
      while child < Int(measures.trace.subtreeEnd[current]) {
        if measures.trace.edge[child] == .sync,
          longest.map({ measures.trace.duration($0) < measures.trace.duration(child) }) ?? true
        {
          longest = child
        }
        child = max(child + 1, Int(measures.trace.subtreeEnd[child]))
      }
      guard let longest,
        measures.trace.duration(longest) >= measures.trace.duration(current) / 2
      else { break }
      slow = longest
      current = longest
    }
    return slow
  }

  /// Takes in the origins of other traces of the same store, whose operations have the numbers `map`.
  ///
  /// - Returns: the number here of each group there.
  package mutating func merge(_ other: ErrorProfile, map: [Int]) -> [Int] {
    other.keys.indices.map { theirs in
      var key = other.keys[theirs]
      key.operation = map[key.operation]
      let number = groupNumber(key)
      groups[number].merge(other.groups[theirs], map: map)
      return number
    }
  }
}
