import TraceModel

extension Evaluation {
  /// Whom it hurt: all requests, then endpoints by failed requests, requests and name.
  var impact: Findings.Impact {
    var impact = Findings.Impact()
    impact.failed = Findings.Share(wilson: failedCount, of: requests.count)
    impact.saved = Findings.Share(
      wilson: requests.count { $0.outcome == .saved }, of: requests.count)
    impact.incomplete = investigation.incomplete
    impact.probes = investigation.probes
    let rows = endpoints
    impact.endpointCount = rows.count
    impact.endpoints = Array(rows.prefix(20))
    return impact
  }

  private var endpoints: [Findings.EndpointImpact] {
    var lengths: [[Nanoseconds]] = Array(repeating: [], count: operations.count)
    var failed = lengths
    for request in requests {
      lengths[Int(request.endpoint)].append(request.length)
      if request.outcome == .failed { failed[Int(request.endpoint)].append(request.length) }
    }
    let rows = operations.indices.filter { !lengths[$0].isEmpty }.map { number in
      let sorted = lengths[number].sorted()
      return Findings.EndpointImpact(
        operation: operations[number],
        failed: Findings.Share(wilson: failed[number].count, of: sorted.count),
        p50Ns: shownPercentile(50, of: sorted), p95Ns: shownPercentile(95, of: sorted),
        failedP50Ns: shownPercentile(50, of: failed[number].sorted()))
    }
    return rows.sorted { a, b in
      if a.failed.count != b.failed.count { return a.failed.count > b.failed.count }
      if a.failed.total != b.failed.total { return a.failed.total > b.failed.total }
      return a.operation < b.operation
    }
  }
}

/// The nearest-rank percentile of ascending lengths, one a trace; nil where they are too few to show it.
func shownPercentile(_ percent: Int, of sorted: [Nanoseconds]) -> Nanoseconds? {
  sorted.count < minimumTraces(percent: percent)
    ? nil : sorted[nearestRank(percent: percent, of: sorted.count) - 1]
}
