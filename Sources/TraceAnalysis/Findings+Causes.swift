import TraceModel

extension Evaluation {
  /// What is suspected: causes of failed requests, then of slow ones; at most 10.
  var causeList: [Findings.Cause] {
    let slow = hasLatencyFault ? latencyCauses.prefix(3).map(latencyCause) : []
    return causes.prefix(10 - slow.count).map(errorCause) + slow
  }

  private func errorCause(_ cause: ErrorCause) -> Findings.Cause {
    Findings.Cause(
      kind: .errors, operation: cause.operation, title: title(cause),
      share: Double(cause.requests.count) / Double(max(failedCount, 1)),
      requests: cause.requests.count, evidenceFor: evidenceFor(cause),
      evidenceAgainst: evidenceAgainst(cause))
  }

  /// Ids of the first three of these requests.
  private func firstTraces(_ places: [Int]) -> [String] {
    places.prefix(3).map { requests[$0].trace.description }
  }

  // MARK: Sentences on failed requests

  /// What went wrong, as a clause: `payment 'POST /charge' fails with CardError`.
  func title(_ cause: ErrorCause) -> String {
    let name = cause.operation.sentenceName
    if cause.answersTooLate { return "\(name) answers too late, its caller gives up" }
    let peer = shortName(cause.peer)
    switch commonBlame(cause) {
    case .remote:
      return peer.isEmpty
        ? "the call \(name) fails at its other end\(typeText(cause))"
        : "the call \(name) to \(peer) fails\(typeText(cause))"
    case .timeout: return "the call \(name) gives up before it is answered\(typeText(cause))"
    case .transport:
      return "the call \(name) fails on its way, the callee saw no error\(typeText(cause))"
    case .local:
      return (cause.operation.kind == SpanKind.client.name ? "the call " : "")
        + "\(name) fails\(typeText(cause))"
    }
  }

  /// The blame of most of its origins.
  func commonBlame(_ cause: ErrorCause) -> ErrorOrigin.Blame {
    var counts: [ErrorOrigin.Blame: Int] = [:]
    for group in cause.groups {
      counts[investigation.errors.keys[group].blame, default: 0] += originCount(group)
    }
    let most = counts.max { a, b in
      a.value != b.value ? a.value < b.value : a.key.rawValue > b.key.rawValue
    }
    return most?.key ?? .local
  }

  private func originCount(_ group: Int) -> Int { investigation.errors.groups[group].starts.count }

  /// ` with CardError`, from the type of most origins; empty where none is said.
  private func typeText(_ cause: ErrorCause) -> String {
    var counts: [String: Int] = [:]
    for group in cause.groups {
      counts[investigation.errors.keys[group].type.text(symbols), default: 0] += originCount(group)
    }
    let most = counts.max { a, b in a.value != b.value ? a.value < b.value : a.key > b.key }
    guard let type = most?.key, !type.isEmpty else { return "" }
    let more = counts.count - 1
    return " with \(shortName(type))" + (more > 0 ? " and \(counted(more, "other type"))" : "")
  }

  private func evidenceFor(_ cause: ErrorCause) -> [Findings.Evidence] {
    let count = cause.requests.count
    var evidence = [
      Findings.Evidence(
        sentence: "\(count) of \(counted(failedCount, "failed request")) "
          + "(\(percentText(count, of: failedCount))) have their first failing span here",
        traces: firstTraces(cause.requests))
    ]
    if let rise = riseSentence(cause) {
      evidence.append(Findings.Evidence(sentence: rise, traces: []))
    }
    evidence += senders(cause).map { Findings.Evidence(sentence: $0.sentence) }
    let groups = cause.groups.map { investigation.errors.groups[$0] }
    let way = mostFrequentPath(groups)
    let origins = groups.reduce(0) { $0 + $1.starts.count }
    if way.path.count > 1 {
      let hops = way.path.prefix(8).map(\.sentenceName).joined(separator: " → ")
      evidence.append(
        Findings.Evidence(
          sentence: "the error climbs \(hops)\(way.path.count > 8 ? " → …" : "") in "
            + "\(way.count) of \(counted(origins, "case"))",
          traces: groups.flatMap(\.exemplars).sorted().prefix(1).map(\.place.reference.trace)))
    }
    if cause.lateRequests > 0 {
      let waited = groups.reduce(0) { $0 + ($1.waitedFor.values.max() ?? 0) }
      evidence.append(
        Findings.Evidence(
          sentence: "\(counted(waited, "call")) gave up while this span ran on without an error "
            + "of its own"))
    }
    return evidence
  }

  /// When it crowds, against the rest of the data; nil where it does not.
  func riseSentence(_ cause: ErrorCause) -> String? {
    guard let stretch = cause.stretch, stretch.isRise else { return nil }
    let from = timeline.start(of: stretch.bins.lowerBound)
    let to = timeline.start(of: stretch.bins.upperBound)
    let inside = requestsByBin[stretch.bins].reduce(0, +)
    let hit = cause.requests.count {
      stretch.bins.contains(timeline.bin(of: requests[$0].start))
    }
    let outside = requests.count - inside
    let rest =
      outside == 0
      ? "" : ", and \(percentText(cause.requests.count - hit, of: outside)) of \(outside) outside"
    return "from \(timeText(from)) to \(timeText(to)) it failed "
      + "\(percentText(hit, of: inside)) of \(counted(inside, "request"))\(rest)"
  }

  private func evidenceAgainst(_ cause: ErrorCause) -> [Findings.Evidence] {
    var evidence: [Findings.Evidence] = []
    let groups = cause.groups.map { investigation.errors.groups[$0] }
    let origins = groups.reduce(0) { $0 + $1.starts.count }
    let others = causes.filter { $0.operation != cause.operation || $0.peer != cause.peer }
    let elsewhere = others.reduce(0) { $0 + $1.requests.count }
    if elsewhere > 0, let largest = others.first {
      evidence.append(
        Findings.Evidence(
          sentence: "\(percentText(elsewhere, of: failedCount)) of the failed requests begin "
            + "elsewhere, \(largest.requests.count) of them at \(largest.operation.sentenceName)",
          traces: firstTraces(largest.requests)))
    }
    let unknown = failedCount - elsewhere - cause.requests.count
    if unknown > 0 {
      evidence.append(
        Findings.Evidence(
          sentence: "the origin of \(counted(unknown, "failed request")) is unknown"))
    }
    switch commonBlame(cause) {
    case .remote:
      evidence.append(
        Findings.Evidence(
          sentence: "the other end sends no spans: whether it failed or was never reached "
            + "cannot be seen"))
    case .transport:
      evidence.append(
        Findings.Evidence(
          sentence: "caller and callee disagree; a proxy or the network may lie between them"))
    case .timeout, .local: break
    }
    let cancelled = groups.reduce(0) { $0 + $1.cancelled }
    if cancelled > 0 {
      evidence.append(
        Findings.Evidence(
          sentence: "\(cancelled) of \(origins) such errors are cancelled calls: the caller may "
            + "have gone away first"))
    }
    if !cause.isRise {
      evidence.append(
        Findings.Evidence(
          sentence: "it is spread over the data as evenly as chance would: "
            + "no beginning can be seen"))
    }
    let handled = groups.reduce(0) { $0 + $1.handled }
    if handled > 0 {
      let retried = groups.reduce(0) { $0 + $1.retried }
      evidence.append(
        Findings.Evidence(
          sentence: "\(handled) of \(origins) such errors were "
            + "handled on the way (\(retried) by a retry): they do not always hurt"))
    }
    return evidence + generalDoubts
  }

  /// What weakens every cause: parts that are missing, clocks that were moved.
  private var generalDoubts: [Findings.Evidence] {
    var evidence: [Findings.Evidence] = []
    if investigation.quality.incomplete > 0 {
      evidence.append(
        Findings.Evidence(
          sentence: "parts are missing in \(investigation.quality.incomplete) of "
            + "\(counted(investigation.traces, "trace")); an earlier origin may lie there",
          traces: investigation.largestIncomplete.place.map { [$0.trace.description] } ?? []))
    }
    let skewed = investigation.quality.count(of: .skewTooLarge)
    if skewed > 0 {
      evidence.append(
        Findings.Evidence(
          sentence: "\(counted(skewed, "span")) lie more than a minute off their callers; "
            + "their order in time is unsure"))
    }
    return evidence
  }

  // MARK: Sentences on slow requests

  private func latencyCause(_ cause: LatencyCause) -> Findings.Cause {
    let row = cause.row
    let name = row.operation.sentenceName
    let mean = row.traces == 0 ? 0 : row.criticalPathNs / Int64(row.traces)
    var against: [Findings.Evidence] = []
    if cause.share < 0.5 {
      against.append(
        Findings.Evidence(sentence: "most of the difference lies elsewhere"))
    }
    if row.traces < slowPath.traces {
      against.append(
        Findings.Evidence(
          sentence: "\(slowPath.traces - row.traces) of \(slowPath.traces) slow requests do not "
            + "wait for it at all"))
    }
    if row.criticalPathNs * 2 < row.inclusiveNs {
      against.append(
        Findings.Evidence(
          sentence: "it spends most of its time waiting for others; see the rows below it"))
    }
    return Findings.Cause(
      kind: .latency, operation: row.operation,
      title: "\(name) makes requests slow", share: max(0, cause.share), requests: row.traces,
      evidenceFor: [
        Findings.Evidence(
          sentence:
            "it accounts for \(percentText(cause.share)) of the time by which slow requests "
            + "are longer than requests on the whole",
          traces: row.exemplar.trace.isEmpty ? [] : [row.exemplar.trace]),
        Findings.Evidence(
          sentence: "its share of the critical path is \(percentText(row.share)) in slow requests "
            + "and \(percentText(cause.shareOfAll)) in all"),
        Findings.Evidence(
          sentence:
            "it is on the path of \(row.traces) of \(counted(slowPath.traces, "slow request"))"
            + ", for \(durationText(mean)) on average"),
      ], evidenceAgainst: against + generalDoubts)
  }
}
