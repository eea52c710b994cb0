import Foundation
public import TraceAnalysis
import TraceModel
import TraceStore

/// What to look at.
public struct InvestigateRequest: Sendable {
  /// The store.
  public var store: OpenedStore
  /// Which part of it.
  public var window: WindowOption
  /// Whether health checks and probes count as requests.
  public var includeProbes: Bool
  /// Whether lists are given whole; a report has only so much room for each.
  public var wantsWholeLists: Bool
  /// Tasks that read traces.
  public var workers: Int
  /// The inputs as the user named them, for commands that give figures again.
  public var inputs: [String]

  /// A request of its parts.
  public init(
    store: OpenedStore, window: WindowOption, includeProbes: Bool = false,
    wantsWholeLists: Bool = false, workers: Int, inputs: [String]
  ) {
    self.store = store
    self.window = window
    self.includeProbes = includeProbes
    self.wantsWholeLists = wantsWholeLists
    self.workers = workers
    self.inputs = inputs
  }
}

/// Reads all traces of a store, measures them, and says what was found.
///
/// - Throws: `EngineError`.
/// - Complexity: linear in spans, and in the slow requests once more; memory of the sums and one trace a worker.
public func investigate(_ request: InvestigateRequest) async throws -> Findings {
  do {
    return try await findings(request)
  } catch let error as StoreError {
    throw EngineError(error)
  }
}

private func findings(_ request: InvestigateRequest) async throws -> Findings {
  let reader = try TraceReader(path: request.store.path)
  let catalog = reader.catalog
  var settings = InvestigationSettings()
  settings.includeProbes = request.includeProbes
  settings.wantsWholeLists = request.wantsWholeLists
  settings.window = try window(request.window, in: request.store)
  let (investigation, joins) = try await investigation(
    catalog, settings: settings, workers: request.workers)
  let slow = try await slowPaths(investigation.slowTraces(), catalog, workers: request.workers)
  var findings = investigation.findings(symbols: catalog.symbols, slow: slow)
  try addMessagesAndLogs(to: &findings, catalog)
  try investigation.addExceptions(
    exceptions(reader, window: settings.window), to: &findings, symbols: catalog.symbols,
    logTimes: findings.timeline.isEmpty ? logTimes(reader, window: settings.window) : nil)
  try addInvocations(to: &findings, reader, window: settings.window)
  findings.metrics = try metrics(reader, beside: findings)
  findings.backEnd = try comparison(investigation, reader)
  let choices = investigation.exemplarChoices(symbols: catalog.symbols, slow: slow)
  for choice in choices {
    if let exemplar = try exemplar(choice.trace, reason: choice.reason, limit: 200, catalog) {
      findings.exemplars.append(exemplar)
    }
  }
  findings.addSources(
    catalog, joins: joins, window: settings.window,
    logs: try settings.window.map { try logCount(in: $0, store: catalog.path) }
      ?? catalog.counts.logs)
  findings.addReproduction(request)
  return findings
}

/// Adds up all traces, each worker with a reader of its own; parts are merged in their order.
private func investigation(
  _ catalog: StoreCatalog, settings: InvestigationSettings, workers: Int
) async throws -> (Investigation, DefectTally) {
  let parts = catalog.partitions(workers)
  return try await withThrowingTaskGroup(of: (Int, Investigation, DefectTally).self) { group in
    for (number, part) in parts.enumerated() {
      group.addTask {
        var reader = try TraceReader(sharing: catalog)
        var investigation = Investigation(settings: settings, resources: catalog.resources)
        var scratch = TraceScratch()
        let joins = try reader.forEachTrace(in: part) { raw in
          investigation.add(measure(raw, resources: catalog.resources, scratch: &scratch))
        }
        return (number, investigation, joins)
      }
    }
    var results: [(Int, Investigation, DefectTally)] = []
    for try await result in group { results.append(result) }
    var whole = Investigation(settings: settings, resources: catalog.resources)
    var joins = DefectTally()
    for (_, part, partJoins) in results.sorted(by: { $0.0 < $1.0 }) {
      whole.merge(part)
      joins.merge(partJoins)
    }
    return (whole, joins)
  }
}

/// Adds up the critical paths of some traces.
private func slowPaths(
  _ ids: [TraceID], _ catalog: StoreCatalog, workers: Int
) async throws -> PathProfile {
  let share = max(1, (ids.count + workers - 1) / workers)
  return try await withThrowingTaskGroup(of: PathProfile.self) { group in
    for start in stride(from: 0, to: ids.count, by: share) {
      let part = ids[start..<min(ids.count, start + share)]
      group.addTask {
        var reader = try TraceReader(sharing: catalog)
        var profile = PathProfile(resources: catalog.resources)
        var scratch = TraceScratch()
        for id in part {
          if let raw = try reader.trace(id) {
            profile.add(measure(raw, resources: catalog.resources, scratch: &scratch))
          }
        }
        return profile
      }
    }
    var whole = PathProfile(resources: catalog.resources)
    for try await part in group { whole.merge(part) }
    return whole
  }
}

/// One trace as it is drawn, nil where it is not in the store.
func exemplar(
  _ id: TraceID, reason: String, limit: Int, _ catalog: StoreCatalog
) throws -> Findings.ExemplarTrace? {
  var reader = try TraceReader(sharing: catalog)
  guard let raw = try reader.trace(id) else { return nil }
  let measures = measure(raw, resources: catalog.resources)
  let logs = try reader.logs(trace: raw.id, limit: 2000)
  func drawn(_ texts: [Int32: SpanDisplayText]) -> Findings.ExemplarTrace {
    waterfall(
      measures, symbols: catalog.symbols, resources: catalog.resources, reason: reason,
      limit: limit, texts: texts, logs: logs)
  }
  // Which spans are drawn does not hang on their texts, so texts are fetched for those alone.
  let shown = Set(drawn([:]).rows.map(\.span))
  let indexes = measures.trace.spans.indices.filter { shown.contains(measures.trace.idText($0)) }
  var texts = try displayTexts(of: measures.trace, spans: indexes, reader: reader)
  texts.addInvocations(logs, of: measures.trace)
  return drawn(texts)
}

/// What went wrong in code, as spans, log records and error trackers tell it.
private func exceptions(
  _ reader: borrowing TraceReader, window: TimeWindow?
) throws(StoreError) -> ExceptionProfile {
  var profile = ExceptionProfile()
  try reader.forEachErrorEvent { event in
    if let window {
      guard let time = event.time, window.contains(time) else { return }
    }
    profile.add(event)
  }
  try reader.forEachTrackedItem { profile.add($0) }
  return profile
}

/// From the first log record to the last, those of an absurd clock left out; nil where there is none with a time.
private func logTimes(
  _ reader: borrowing TraceReader, window: TimeWindow?
) throws(StoreError) -> TimeWindow? {
  var times: [Timestamp] = []
  try reader.forEachLogTime(LogFilter()) { time, _ in
    guard let time = time.map({ Timestamp($0) }), window?.contains(time) ?? true else { return }
    times.append(time)
  }
  times.sort()
  guard let near = TimeWindow(around: times), let first = times.first(where: near.contains),
    let last = times.last(where: near.contains)
  else { return nil }
  return TimeWindow(start: first, end: last)
}

/// What a back end says of the same traces; nil where it says nothing.
private func comparison(
  _ investigation: Investigation, _ reader: borrowing TraceReader
) throws(StoreError) -> Findings.BackEndComparison? {
  var summaries: [TraceSummary] = []
  try reader.forEachTraceSummary { summaries.append($0) }
  guard
    var result = investigation.comparison(with: summaries, symbols: reader.catalog.symbols)
  else { return nil }
  result.users = try reader.summarizedUsers()
  result.annotations = try reader.summarizedAnnotations().map {
    Findings.NamedCount(name: $0.key, count: $0.traces)
  }
  return result
}

/// What metrics show on the report's time axis; nil where there are none.
private func metrics(
  _ reader: borrowing TraceReader, beside findings: Findings
) throws(StoreError) -> Findings.MetricFindings? {
  guard try reader.hasMetrics(), let times = try reader.metricTimes() else { return nil }
  let timeline =
    Timeline(findings.timeline)
    ?? Timeline(
      from: Timestamp(times.lowerBound), to: Timestamp(times.upperBound), most: 30)
  var profile = MetricProfile(timeline, since: findings.verdict.sinceNs)
  try reader.forEachSeries { profile.add($0, $1) }
  return profile.findings
}

/// Adds up what platforms report of functions.
private func addInvocations(
  to findings: inout Findings, _ reader: borrowing TraceReader, window: TimeWindow?
) throws(StoreError) {
  var profile = InvocationProfile()
  try reader.forEachInvocation { invocation in
    if let window {
      guard let time = invocation.time, window.contains(time) else { return }
    }
    profile.add(invocation)
  }
  findings.invocations = profile.rows(reader.symbols)
  findings.addInvocationEvidence()
}

/// Fills in what each group of errors says: the message of its first exemplar, and log lines of the exemplars' spans.
private func addMessagesAndLogs(to findings: inout Findings, _ catalog: StoreCatalog) throws {
  var reader = try TraceReader(sharing: catalog)
  for group in findings.errors.indices {
    var logs: [LogRecord] = []
    for (number, exemplar) in findings.errors[group].exemplars.enumerated() {
      guard let raw = try reader.trace(TraceID(text: exemplar.trace)) else { continue }
      let trace = measure(raw, resources: catalog.resources).trace
      guard let index = trace.spans.indices.first(where: { trace.idText($0) == exemplar.span })
      else { continue }
      if number == 0 {
        let texts = try displayTexts(of: trace, spans: [index], reader: reader)
        findings.errors[group].message = String((texts[Int32(index)]?.message ?? "").prefix(300))
      }
      logs += try reader.logs(trace: raw.id, limit: 2000)
        .filter { $0.span == trace.spans[index].id }
        .map { log in
          var log = log
          log.time = log.time.map { $0 + trace.shift[index] }
          return log
        }
    }
    // `logs` of one trace come by time; a stable sort by severity keeps that order within each.
    let worst = logs.enumerated().sorted {
      ($0.element.severity, $1.offset) > ($1.element.severity, $0.offset)
    }
    findings.errors[group].logs = worst.prefix(5).map { Findings.LogLine($0.element) }
  }
  findings.quoteMessages()
}

extension Findings {
  /// Puts what the first errors of a cause say beside the cause, and into the verdict.
  fileprivate mutating func quoteMessages() {
    for index in causes.indices where causes[index].kind == .errors {
      guard let group = errors.first(where: { $0.operation == causes[index].operation }),
        !group.message.isEmpty
      else { continue }
      let quoted = "“\(group.message.prefix(160))\(group.message.count > 160 ? "…" : "")”"
      let evidence = Evidence(
        sentence: "the first of these errors says \(quoted)",
        traces: group.exemplars.prefix(1).map(\.trace))
      causes[index].evidenceFor.insert(evidence, at: min(1, causes[index].evidenceFor.count))
      if index == 0, verdict.kind == .errors, verdict.operation == group.operation {
        // Beside it stands which version or host it comes from, where one stands out.
        if verdict.lines.count > 3 {
          verdict.lines[0] = "It says \(quoted). \(verdict.lines[0])"
        } else {
          verdict.lines.insert("It says \(quoted).", at: 0)
        }
      }
    }
  }
}
