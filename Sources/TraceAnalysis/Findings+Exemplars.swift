import TraceModel

extension Evaluation {
  /// Traces worth showing, each once, at most 6.
  var exemplars: [(trace: TraceID, reason: String)] {
    var choices: [(trace: TraceID, reason: String)] = []
    func choose(_ trace: TraceID?, _ reason: String) {
      guard let trace, choices.count < 6, !choices.contains(where: { $0.trace == trace }) else {
        return
      }
      choices.append((trace, reason))
    }
    var endpoint = requests.first?.endpoint
    if let cause = causes.first {
      let worst = longest(cause.requests)
      endpoint = worst?.endpoint
      choose(worst?.trace, "The longest of the requests that failed because \(title(cause)).")
      let first = cause.requests.first.map { requests[$0] }
      choose(first?.trace, "The first request that failed for this reason.")
    }
    let saved = requests.first { $0.wasRetried } ?? requests.first { $0.outcome == .saved }
    choose(
      saved?.trace,
      saved?.wasRetried == true
        ? "A request that met an error and was saved by a retry."
        : "A request in which an error was handled and did not reach the client.")
    if let cause = latencyCauses.first, let trace = slowTrace(cause) {
      choose(
        trace.trace,
        "A slow request: it waits for \(cause.row.operation.sentenceName) longer than any other.")
      if causes.isEmpty { endpoint = trace.endpoint }
    }
    let healthy = requests.filter { $0.outcome == .fine && $0.endpoint == endpoint }
    choose(typical(healthy)?.trace, "An ordinary request to the same endpoint, for comparison.")
    if let incomplete = investigation.largestIncomplete.place {
      choose(
        incomplete.trace,
        "The largest trace whose request cannot be seen: its first span is missing.")
    }
    return choices
  }

  private func longest(_ places: [Int]) -> Request? {
    places.map { requests[$0] }.max { a, b in
      a.length != b.length ? a.length < b.length : b.trace < a.trace
    }
  }

  private func typical(_ requests: [Request]) -> Request? {
    let sorted = requests.sorted {
      $0.length != $1.length ? $0.length < $1.length : $0.trace < $1.trace
    }
    return sorted.isEmpty ? nil : sorted[nearestRank(percent: 50, of: sorted.count) - 1]
  }

  /// The slow request with the longest stretch of the operation.
  private func slowTrace(_ cause: LatencyCause) -> Request? {
    let text = cause.row.exemplar.trace
    let place = slow.requests.first { requests[$0].trace.description == text }
    return place.map { requests[$0] }
  }
}
