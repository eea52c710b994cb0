import TraceModel

/// Joins log records that name no trace to spans of their service by time, host and what they say.
///
/// A record may belong to each span of its service that runs at its moment (on its host, where both are known). Each
/// of these gets a weight:
///
/// - inner spans more than those around them;
/// - by message: of what operation's spans records of this template are, learnt from records that name their span;
/// - by place: of records that name their span it is learnt where in its life they are written (`PositionProfile`);
/// - by outcome: a failure is told by a failed span, best one with the same exception type.
///
/// The best trace's part of all weight is the raw probability. It is *calibrated*: the same is done with records that name
/// their trace as if they did not, and what they show, by raw probability in tenths, is what is stated. It is multiplied
/// with the probability that a record of this template was written inside a request at all, which is estimated from how much more often
/// than by chance such records meet a running span.
///
/// - Source: calibration by binning: Zadrozny, Elkan, "Obtaining calibrated probability estimates from decision trees and naive Bayesian
///   classifiers" (2001). The weights are ours; they need not be right, since what is stated is measured.
/// - Complexity: O(*n* log *n*) and O(spans that run at once) for each record.
struct TimeJoiner {
  /// More traces at one moment tell nothing.
  static let maxTraces = 256

  /// What was learnt of templates of one service.
  private struct Template {
    /// Records that name their span, by its operation.
    var operations: [Symbol: Int] = [:]
    /// Their number.
    var named = 0
    /// Records that name no trace, and how many of them meet a running span.
    var bare = 0
    var covered = 0
  }

  /// A span that may be meant.
  struct Candidate {
    var index: Int
    var weight: Double
  }

  /// The best trace for a record.
  struct Guess {
    /// Place in `spans`.
    var span: Int
    /// Part of all weight, 0…1.
    var raw: Double
    /// Host or instance told spans apart.
    var byHost: Bool
  }

  private let spans: [JoinSpan]
  private let positions: PositionProfile
  /// Records by time, then row.
  let logs: [JoinLog]
  private let hosts: Set<Symbol>
  private let instances: Set<Symbol>
  private var templates: [UInt64: Template] = [:]
  /// Part of the time in which a span runs, by host.
  private var busy: [Symbol: Double] = [:]
  /// For each record the best guess, span -1 where no span runs: few bytes, since there may be millions.
  private var guesses: [PackedGuess] = []

  private struct PackedGuess {
    var span: Int32 = -1
    var raw: Float = 0
    var byHost = false
  }

  init(_ service: consuming JoinService, _ positions: PositionProfile) {
    self.positions = positions
    // Sorted where they lie: the caller has given them away.
    var spans = service.spans
    service.spans = []
    spans.sort {
      ($0.start, $0.end, $0.trace.high, $0.trace.low, $0.id.rawValue)
        < ($1.start, $1.end, $1.trace.high, $1.trace.low, $1.id.rawValue)
    }
    var logs = service.logs
    service.logs = []
    logs.sort { ($0.time, $0.row) < ($1.time, $1.row) }
    self.spans = spans
    self.logs = logs
    hosts = Set(spans.map(\.host)).subtracting([.empty])
    instances = Set(spans.map(\.instance)).subtracting([.empty])
    learnOperations()
    measureBusyTime()
    guess()
  }

  /// The best guess for a record of `logs`; nil where no span runs.
  func guess(_ index: Int) -> Guess? {
    let packed = guesses[index]
    return packed.span < 0
      ? nil : Guess(span: Int(packed.span), raw: Double(packed.raw), byHost: packed.byHost)
  }

  /// A span of `spans`.
  func span(_ index: Int) -> JoinSpan { spans[index] }

  // MARK: Learning

  private mutating func learnOperations() {
    let named = JoinService(spans: spans, logs: logs).spansNamed()
    for log in logs where !log.trace.isAbsent {
      guard let place = named[log.span] else { continue }
      templates[log.template, default: Template()].operations[spans[place].operation, default: 0] +=
        1
      templates[log.template, default: Template()].named += 1
    }
  }

  /// How much of the time between the first and the last record some span runs: what a record meets by chance.
  private mutating func measureBusyTime() {
    guard let first = logs.first?.time, let last = logs.last?.time, last > first else { return }
    var ends: [Symbol: Int64] = [:]
    var sums: [Symbol: Int64] = [:]
    for span in spans {
      // Once for its host, once for the service as a whole.
      for host in span.host.isEmpty ? [Symbol.empty] : [.empty, span.host] {
        let from = max(span.start, first, ends[host] ?? .min)
        let to = min(span.end, last)
        if to > from { sums[host, default: 0] &+= to - from }
        ends[host] = max(ends[host] ?? .min, min(span.end, last))
      }
    }
    let length = Double(last - first)
    for (host, sum) in sums { busy[host] = min(1, Double(sum) / length) }
  }

  // MARK: Guessing

  /// Sweeps over spans and records by time; spans that run stand in `active`.
  private mutating func guess() {
    var active: [Int] = []
    var next = 0
    guesses.reserveCapacity(logs.count)
    for log in logs {
      let latest = log.time &+ log.grain
      while next < spans.count, spans[next].start < latest {
        active.append(next)
        next += 1
      }
      active.removeAll { spans[$0].end < log.time }
      let isHostKnown = hosts.contains(log.host)
      let isInstanceKnown = instances.contains(log.instance)
      let meant = active.filter { index in
        let span = spans[index]
        if isInstanceKnown, !span.instance.isEmpty, span.instance != log.instance { return false }
        if log.isOfRequest, span.trace.low != log.trace.low { return false }
        return !(isHostKnown && !span.host.isEmpty && span.host != log.host)
      }
      if log.trace.isAbsent {
        templates[log.template, default: Template()].bare += 1
        if !meant.isEmpty { templates[log.template, default: Template()].covered += 1 }
      }
      let best = best(of: meant, for: log, byHost: isHostKnown || isInstanceKnown)
      guesses.append(
        best.map {
          PackedGuess(span: Int32($0.span), raw: Float($0.raw), byHost: $0.byHost)
        } ?? PackedGuess())
    }
  }

  private func best(of candidates: [Int], for log: JoinLog, byHost: Bool) -> Guess? {
    // In the order of the spans, so that sums do not hang on the order of a dictionary.
    var traces: [Candidate] = []
    // A few are found faster by looking at each.
    var places: [TraceID: Int] = [:]
    let areMany = candidates.count > 16
    // A record that teaches must not be asked what it taught.
    let own =
      log.span.isAbsent
      ? nil : candidates.first { spans[$0].id == log.span }.map { spans[$0].operation }
    for index in candidates {
      let weight = weight(of: spans[index], for: log, own: own)
      let trace = spans[index].trace
      let known =
        areMany ? places[trace] : traces.firstIndex { spans[$0.index].trace == trace }
      guard let place = known else {
        if traces.count == Self.maxTraces { return nil }
        if areMany { places[trace] = traces.count }
        traces.append(Candidate(index: index, weight: weight))
        continue
      }
      // What starts later stands further in.
      let isDeeper = spans[traces[place].index].start < spans[index].start
      if weight * (isDeeper ? 1.5 : 1) > traces[place].weight {
        traces[place] = Candidate(index: index, weight: max(weight, traces[place].weight))
      }
    }
    guard var best = traces.first else { return nil }
    var total = 0.0
    for candidate in traces {
      total += candidate.weight
      if candidate.weight > best.weight { best = candidate }
    }
    return Guess(span: best.index, raw: best.weight / total, byHost: byHost)
  }

  /// - Parameter own: operation of the span that the record names, whose part in what was learnt is left out.
  private func weight(of span: JoinSpan, for log: JoinLog, own: Symbol?) -> Double {
    var weight = positions.density(log, in: span)
    let taught = own == nil ? 0 : 1
    if let template = templates[log.template], template.named > taught {
      let there = (template.operations[span.operation] ?? 0) - (own == span.operation ? 1 : 0)
      // Laplace's rule over the operations that were seen, and one that was not.
      weight *=
        (Double(there) + 0.2)
        / (Double(template.named - taught) + 0.2 * Double(template.operations.count + 1))
    }
    if log.severity >= 17 || !log.errorType.isEmpty {
      if span.isError { weight *= 6 }
      if !log.errorType.isEmpty, log.errorType == span.errorType { weight *= 12 }
    }
    return weight
  }

  // MARK: Inside a request at all

  /// Records that name their trace, and those that do not though others of this service do.
  var namedAndBare: (named: Int, bare: Int) {
    let named = logs.count { !$0.trace.isAbsent && !$0.isOfRequest }
    return (named, named == 0 ? 0 : logs.count { $0.trace.isAbsent })
  }

  /// How likely a record was written inside a request.
  ///
  /// Two things may be true of a template: its records are written inside requests, and meet a running span but for one in a hundred; or
  /// they are not, and meet one as often as chance has it. Which of them holds is weighed by Bayes' rule over all its records.
  ///
  /// - Parameter prior: the share of records that are written inside requests, before anything was seen of the template.
  func insideProbability(_ log: JoinLog, prior: Double) -> Double {
    guard let template = templates[log.template] else { return prior }
    let chance = min(0.995, max(0.005, busy[hosts.contains(log.host) ? log.host : .empty] ?? 1))
    // A hundred records say as much as more of them would, and stay within what a number can hold.
    let total = max(template.bare, 1)
    let weight = min(total, 100)
    let missed = ((template.bare - template.covered) * weight + total / 2) / total
    let odds =
      prior / (1 - prior) * power(0.99 / chance, min(weight, template.bare) - missed)
      * power(0.01 / (1 - chance), missed)
    let inside = odds / (1 + odds)
    // Of a template that names its traces as a rule, the others were inside too.
    let named = Double(template.named)
    return (named + 2 * inside) / (named + 2)
  }
}

/// A number multiplied with itself so many times; the same on every machine.
private func power(_ base: Double, _ times: Int) -> Double {
  var result = 1.0
  for _ in 0..<max(0, times) { result *= base }
  return result
}
