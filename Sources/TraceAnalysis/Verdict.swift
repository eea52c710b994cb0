import TraceModel

/// The answer, by rules that can be told in a minute:
///
/// 1. No request: not enough data.
/// 2. Failed requests are named if they are at least 2 % of all, or if their first cause rose within the data. The cause
///    with the largest weight (`ErrorCause.weight`) is the headline. Errors that were handled are never it.
/// 3. Else, slow requests are named if one operation makes out at least a quarter of what they take longer, and they take
///    four times the ordinary time, or 1.5 times and crowd in one stretch of the data.
/// 4. Else, failed requests are named if they are at least 0.5 % of all.
/// 5. Else, fewer than 36 requests are not enough to call it quiet, and more are quiet.
extension Evaluation {
  /// Stands for the input in commands until the engine, which knows it, puts it there; no command holds it otherwise.
  static let place = Findings.inputPlaceholder

  var verdict: Findings.Verdict {
    if requests.isEmpty { return nothingToJudge }
    let failed = failedCount
    if failed > 0, failed * 50 >= requests.count || (causes.first?.isRise ?? false) {
      return failureVerdict
    }
    if hasLatencyFault, let cause = latencyCauses.first { return verdict(cause) }
    if failed > 0, failed * 200 >= requests.count { return failureVerdict }
    return requests.count < minimumTraces(percent: 90) ? tooFew : quiet
  }

  /// Whether the slow requests are worth naming, by rule 3.
  var hasLatencyFault: Bool {
    guard let cause = latencyCauses.first, cause.share >= 0.25 else { return false }
    return slow.slowdown >= 4 || slow.slowdown >= 1.5 && (slowStretch?.isRise ?? false)
  }

  /// When slow requests crowd.
  private var slowStretch: Stretch? {
    Stretch(
      marked: Evaluation.bins(timeline, requests, slow.requests), requests: requestsByBin)
  }

  /// The first request at or after the beginning of a stretch, else the first of all.
  private func since(_ places: [Int], _ stretch: Stretch?) -> Request? {
    var bin = 0
    if let stretch, stretch.isRise { bin = stretch.bins.lowerBound }
    let place = places.first { timeline.bin(of: requests[$0].start) >= bin } ?? places.first
    return place.map { requests[$0] }
  }

  // MARK: Failed requests

  private var failureVerdict: Findings.Verdict { causes.first.map(verdict) ?? unknownOrigin }

  private func verdict(_ cause: ErrorCause) -> Findings.Verdict {
    var verdict = Findings.Verdict()
    verdict.kind = .errors
    verdict.operation = cause.operation
    let first = since(cause.requests, cause.stretch)
    // Errors that are there all the time have no beginning in the data.
    verdict.sinceNs = cause.isRise ? first?.start.nanoseconds : nil
    let title = title(cause)
    let opening =
      title.hasPrefix(cause.operation.sentenceName)
      ? title : title.prefix(1).uppercased() + title.dropFirst()
    verdict.headline =
      "\(opening): \(cause.requests.count) of \(counted(failedCount, "failed request")) "
      + "\(cause.requests.count == 1 ? "begins" : "begin") there."
    verdict.lines = [sinceLine(cause, first), whomLine(cause), sureLine(cause)]
    if let sender = senders(cause).first?.sentence {
      verdict.lines.insert(sender.prefix(1).uppercased() + sender.dropFirst() + ".", at: 0)
    }
    verdict.nextSteps = nextSteps(cause, first)
    return verdict
  }

  private func sinceLine(_ cause: ErrorCause, _ first: Request?) -> String {
    let moment = first.map { timeText($0.start) } ?? "an unknown time"
    let last = cause.requests.last.map { requests[$0].start }
    if let stretch = cause.stretch, stretch.isRise { return riseLine(cause, stretch, moment, last) }
    return "Seen from \(moment) to \(last.map { timeText($0) } ?? moment) without a beginning that "
      + "stands out: it may have begun before the data, or the failed requests are too few to tell."
  }

  /// What became of the endpoint that it hurt most, from the beginning on and before, and whether it goes on.
  private func riseLine(
    _ cause: ErrorCause, _ stretch: Stretch, _ moment: String, _ last: Timestamp?
  ) -> String {
    let (endpoint, _) = hurtEndpoints(cause)[0]
    let begin = timeline.start(of: stretch.bins.lowerBound)
    let hit = Set(cause.requests)
    var counts = (hitBefore: 0, before: 0, hitSince: 0, since: 0)
    for (place, request) in requests.enumerated() where request.endpoint == endpoint {
      let isHit = hit.contains(place) ? 1 : 0
      if request.start < begin {
        counts.before += 1
        counts.hitBefore += isHit
      } else {
        counts.since += 1
        counts.hitSince += isHit
      }
    }
    let before =
      counts.before == 0
      ? "" : "; before, \(grouped(counts.hitBefore)) of \(grouped(counts.before))"
    // An end within the last two bins is the end of the data, not of the fault.
    var goesOn = ""
    if let last, let end = investigation.last {
      goesOn =
        end - last <= 2 * timeline.width
        ? ". It goes on to the end of the data" : ". The last one was at \(timeText(last))"
    }
    return "Since \(moment), \(percentText(counts.hitSince, of: counts.since)) of "
      + "\(operations[Int(endpoint)].sentenceName) fail (\(grouped(counts.hitSince)) of "
      + "\(grouped(counts.since)))\(before)\(goesOn)."
  }

  /// The endpoints whose requests it failed, with how many, the worst first.
  private func hurtEndpoints(_ cause: ErrorCause) -> [(endpoint: Int32, count: Int)] {
    var counts: [Int32: Int] = [:]
    for place in cause.requests { counts[requests[place].endpoint, default: 0] += 1 }
    return counts.sorted {
      $0.value != $1.value
        ? $0.value > $1.value : operations[Int($0.key)] < operations[Int($1.key)]
    }.map { ($0.key, $0.value) }
  }

  private func whomLine(_ cause: ErrorCause) -> String {
    let share = Findings.Share(wilson: cause.requests.count, of: requests.count)
    var totals: [Int32: Int] = [:]
    for request in requests { totals[request.endpoint, default: 0] += 1 }
    let hurt = hurtEndpoints(cause)
    let named = hurt.prefix(2).map { endpoint, count in
      "\(operations[Int(endpoint)].sentenceName) (\(grouped(count)) of \(grouped(totals[endpoint] ?? count)))"
    }
    let more = hurt.count > 2 ? " and \(counted(hurt.count - 2, "more endpoint"))" : ""
    return
      "In all it failed \(share.sentenceText) requests: \(named.joined(separator: ", "))\(more)."
  }

  private func sureLine(_ cause: ErrorCause) -> String {
    let count = cause.requests.count
    let share = percentText(count, of: failedCount)
    let word =
      if count < 5 {
        "Weak: \(counted(count, "failed request")) cannot carry much"
      } else if count * 10 >= failedCount * 8, count >= 20 {
        "Strong: \(share) of the failed requests begin there"
      } else if count * 2 >= failedCount {
        "Likely: \(share) of the failed requests begin there"
      } else {
        "One of several: \(share) of the failed requests begin there"
      }
    let saved = requests.count { $0.outcome == .saved }
    let rescued =
      saved > 0
      ? " \(counted(saved, "request")) met errors that were handled or retried; they count as "
        + "saved, not as failed." : ""
    return "\(word); what speaks against it stands with the cause.\(rescued)"
  }

  private func nextSteps(_ cause: ErrorCause, _ first: Request?) -> [Findings.NextStep] {
    var steps: [Findings.NextStep] = []
    if let first {
      steps.append(
        .init(
          "Look at the first request that it failed",
          command: "culprit trace \(first.trace) \(Evaluation.place)"))
    }
    let sender = senders(cause).first?.name
    if let sender {
      steps.append(
        .init(
          "Take \(sender) of \(shortName(cause.operation.service)) out of service, or roll it back: "
            + "these errors come from there."))
    } else if cause.isRise, let first {
      steps.append(
        .init(
          "Ask what changed in \(shortName(cause.operation.service)) shortly before "
            + "\(timeText(first.start)): deploy, configuration, load."))
    }
    if commonBlame(cause) == .remote, !cause.answersTooLate {
      let peer = cause.peer.isEmpty ? "the other end of the call" : shortName(cause.peer)
      steps.append(.init("Look at \(peer) itself, its logs and metrics: it sends no spans."))
    }
    steps.append(
      .init(
        "See all errors by where they begin, with their messages",
        command: "culprit errors \(Evaluation.place)"))
    if sender == nil, let query = hostQuery(cause.operation) {
      steps.append(.init("See whether one host or version stands out", command: query))
    }
    return steps
  }

  /// A query for failed spans of an operation by host and version; nil where its names would need quoting.
  private func hostQuery(_ operation: Operation) -> String? {
    func isPlain(_ name: String) -> Bool {
      name.utf8.count <= 120
        && name.utf8.allSatisfy {
          $0 >= 0x30 && $0 <= 0x3a || $0 >= 0x41 && $0 <= 0x5a || $0 >= 0x61 && $0 <= 0x7a
            || [0x20, 0x2d, 0x2e, 0x2f, 0x5f, 0x7b, 0x7d].contains($0)
        }
    }
    guard isPlain(operation.service), isPlain(operation.name) else { return nil }
    return
      "culprit query \(Evaluation.place) \"select host, version, count(*), sum(is_error) from spans "
      + "where service = '\(operation.service)' and operation = '\(operation.name)' "
      + "group by 1, 2 order by 4 desc\""
  }

  private var unknownOrigin: Findings.Verdict {
    var verdict = Findings.Verdict()
    verdict.kind = .errors
    let share = Findings.Share(wilson: failedCount, of: requests.count)
    verdict.headline = "\(counted(failedCount, "request")) failed, and no origin could be found."
    verdict.lines = ["Failed: \(share.sentenceText) requests."]
    let first = requests.first { $0.outcome == .failed }
    verdict.sinceNs = first?.start.nanoseconds
    if let first {
      verdict.nextSteps = [
        .init(
          "Look at the first failed request",
          command: "culprit trace \(first.trace) \(Evaluation.place)")
      ]
    }
    return verdict
  }

  // MARK: Slow requests

  private func verdict(_ cause: LatencyCause) -> Findings.Verdict {
    var verdict = Findings.Verdict()
    verdict.kind = .latency
    verdict.operation = cause.row.operation
    let stretch = slowStretch
    let first = since(slow.requests, stretch)
    verdict.sinceNs = stretch?.isRise == true ? first?.start.nanoseconds : nil
    let name = cause.row.operation.sentenceName
    verdict.headline =
      "Slow requests wait for \(name): \(percentText(cause.share)) of their extra time is spent there."
    verdict.lines = [slowSinceLine(first, stretch), slowWhomLine, slowSureLine(cause)]
    verdict.nextSteps = [
      .init(
        "Look at the request that waits longest for it",
        command: "culprit trace \(cause.row.exemplar.trace) \(Evaluation.place)"),
      .init(
        "See the critical paths of the slow requests by operation",
        command: "culprit path \(Evaluation.place) --selection slow"),
      .init(
        "See how long each operation takes, and the spread",
        command: "culprit latency \(Evaluation.place)"),
    ]
    return verdict
  }

  private func slowSinceLine(_ first: Request?, _ stretch: Stretch?) -> String {
    guard let stretch, stretch.isRise else {
      return "Slow requests are spread over all of the data: no beginning stands out."
    }
    let inside = requestsByBin[stretch.bins].reduce(0, +)
    let hit = slow.requests.count { stretch.bins.contains(timeline.bin(of: requests[$0].start)) }
    return "Since \(first.map { timeText($0.start) } ?? "an unknown time"): "
      + "\(hit) of \(counted(slow.requests.count, "slow request")) start between "
      + "\(timeText(timeline.start(of: stretch.bins.lowerBound))) and "
      + "\(timeText(timeline.start(of: stretch.bins.upperBound))), among "
      + "\(percentText(inside, of: requests.count)) of all requests."
  }

  private var slowWhomLine: String {
    let failed =
      failedCount == 0 ? "no request failed" : "\(counted(failedCount, "request")) failed"
    return "The slowest \(slow.requests.count) of \(counted(requests.count, "request")) take "
      + "\(factorText(slow.slowdown)) times the median of their endpoint; \(failed)."
  }

  private func slowSureLine(_ cause: LatencyCause) -> String {
    let word = cause.share >= 0.5 ? "Likely" : "One of several"
    return "\(word): its share of the critical path is \(percentText(cause.row.share)) in slow "
      + "requests, \(percentText(cause.shareOfAll)) in all; whether it is the reason or itself "
      + "starved is not told by spans."
  }

  // MARK: Nothing to name

  private var quiet: Findings.Verdict {
    var verdict = Findings.Verdict()
    verdict.kind = .quiet
    verdict.headline =
      "Nothing stands out: \(failedCount) of \(counted(requests.count, "request")) failed, "
      + "and no operation makes requests unusually slow."
    let share = Findings.Share(wilson: failedCount, of: requests.count)
    verdict.lines = [
      "With so many requests, a share of failures up to \(percentText(share.high)) could still "
        + "have gone unseen."
    ]
    if !slow.requests.isEmpty {
      verdict.lines.append(
        "The slowest \(counted(slow.requests.count, "request")) take \(factorText(slow.slowdown)) "
          + "times the median of their endpoint.")
    }
    if let doubt = missingSentence { verdict.lines.append(doubt) }
    verdict.nextSteps = [
      .init(
        "If users did complain, check that their requests are in the data",
        command: "culprit traces \(Evaluation.place)"),
      .init("See where the time goes", command: "culprit path \(Evaluation.place)"),
    ]
    return verdict
  }

  private var tooFew: Findings.Verdict {
    var verdict = Findings.Verdict()
    verdict.kind = .notEnough
    let share = Findings.Share(wilson: failedCount, of: requests.count)
    verdict.headline =
      "Not enough data: \(counted(requests.count, "request")), \(failedCount) failed; from 36 on "
      + "a verdict is given without failures."
    verdict.lines = [
      "From so few, the share of failures may be anything up to \(percentText(share.high))."
    ]
    if let doubt = missingSentence { verdict.lines.append(doubt) }
    verdict.nextSteps = [
      .init("Export a longer time, or without sampling, and run this again."),
      .init("See the requests that are there", command: "culprit traces \(Evaluation.place)"),
    ]
    return verdict
  }

  private var nothingToJudge: Findings.Verdict {
    var verdict = Findings.Verdict()
    verdict.kind = .notEnough
    let held =
      investigation.traces == 0
      ? (investigation.outside == 0
        ? "there is no trace"
        : "none of \(counted(investigation.outside, "trace")) starts in the window")
      : "none of \(counted(investigation.traces, "trace")) is a request"
    verdict.headline = "Not enough data: \(held)."
    if let doubt = missingSentence { verdict.lines.append(doubt) }
    if investigation.outside > 0, investigation.traces == 0 {
      verdict.nextSteps.append(
        .init("Widen the window, or leave it out to look at all of the data."))
    }
    if investigation.incomplete > 0 {
      verdict.nextSteps.append(
        .init(
          "Export the service that the requests enter as well: its spans are the missing parents."))
    }
    if investigation.probes > 0, !investigation.settings.includeProbes {
      verdict.nextSteps.append(
        .init(
          "Look at the probes as well",
          command: "culprit report \(Evaluation.place) --include-probes"))
    }
    if verdict.nextSteps.isEmpty {
      verdict.nextSteps = [
        .init(
          "See what was read and what was not",
          command: "culprit query \(Evaluation.place) \"select * from sources\"")
      ]
    }
    return verdict
  }

  /// What was left out; nil where nothing was.
  private var missingSentence: String? {
    var parts: [String] = []
    if investigation.incomplete > 0 {
      parts.append(
        "\(counted(investigation.incomplete, "trace")) without the span that the request entered by"
      )
    }
    if investigation.probes > 0, !investigation.settings.includeProbes {
      parts.append(counted(investigation.probes, "health check"))
    }
    return parts.isEmpty ? nil : "Left out: " + parts.joined(separator: ", ") + "."
  }
}
