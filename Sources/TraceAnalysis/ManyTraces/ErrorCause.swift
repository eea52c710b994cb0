import TraceModel

/// Where failed requests begin: groups of origins with the same operation and peer, and the requests that they failed.
///
/// A call that gave up is laid at the door of the operation that kept it waiting, if one stands out in at least half of its
/// cases. Only primary origins of requests that failed count here, so what was handled or retried away is no cause.
struct ErrorCause {
  /// Where it begins, as text.
  var operation: Operation
  /// The un-instrumented other end; empty where there is none.
  var peer: String
  /// Of `requests`, those in which it answered too late, and a call that gave up on it failed.
  var lateRequests: Int
  /// Its groups of origins, by name.
  var groups: [Int]
  /// The requests that it failed: places in the list of requests, ascending.
  var requests: [Int]
  /// When these crowd; nil where the timeline is empty.
  var stretch: Stretch?

  /// Whether its failed requests crowd in one stretch of the data, more than chance explains.
  var isRise: Bool { stretch?.isRise ?? false }

  /// Whether it is named for answering too late rather than for failing.
  var answersTooLate: Bool { lateRequests * 2 > requests.count }

  /// How much it matters, tenfold: what rose counts by the requests in excess of an even spread, what was there all the time
  /// by a tenth of its requests. So a fault that began within the data beats noise that was there before, unless the noise
  /// is ten times larger than it.
  var weight: Int { max(isRise ? (stretch?.excess ?? 0) * 10 : 0, requests.count) }

  /// Causes by weight, then requests, then name.
  static func ranked(
    _ profile: ErrorProfile, symbols: SymbolTable, operations: [Operation], requests: [Request],
    timeline: Timeline, requestsByBin: [Int]
  ) -> [ErrorCause] {
    var places: [Int: [Int]] = [:]
    for (place, request) in requests.enumerated() where request.cause >= 0 {
      places[Int(request.cause), default: []].append(place)
    }
    var causes: [Identity: ErrorCause] = [:]
    let names = profile.keys.map { GroupName($0, operations, symbols) }
    for number in places.keys.sorted(by: { names[$0] < names[$1] }) {
      let late = tooLate(profile.groups[number], operations)
      let identity = Identity(
        operation: late ?? operations[profile.keys[number].operation],
        peer: late == nil ? names[number].peer : "")
      var cause =
        causes[identity]
        ?? ErrorCause(
          operation: identity.operation, peer: identity.peer, lateRequests: 0, groups: [],
          requests: [], stretch: nil)
      cause.groups.append(number)
      cause.requests += places[number] ?? []
      if late != nil { cause.lateRequests += places[number]?.count ?? 0 }
      causes[identity] = cause
    }
    return causes.values.map { cause in
      var cause = cause
      cause.requests.sort()
      cause.stretch = Stretch(
        marked: Evaluation.bins(timeline, requests, cause.requests), requests: requestsByBin)
      return cause
    }.sorted(by: precedes)
  }

  private struct Identity: Hashable {
    var operation: Operation
    var peer: String
  }

  private static func precedes(_ a: ErrorCause, _ b: ErrorCause) -> Bool {
    if a.weight != b.weight { return a.weight > b.weight }
    if a.requests.count != b.requests.count { return a.requests.count > b.requests.count }
    if a.operation != b.operation { return a.operation < b.operation }
    return a.peer < b.peer
  }

  /// The operation that most calls of a group waited for, where it is at least half of them.
  private static func tooLate(_ group: ErrorProfile.Group, _ operations: [Operation]) -> Operation?
  {
    let most = group.waitedFor.max { a, b in
      a.value != b.value ? a.value < b.value : operations[b.key] < operations[a.key]
    }
    guard let most, most.value * 2 >= group.starts.count else { return nil }
    return operations[most.key]
  }
}
