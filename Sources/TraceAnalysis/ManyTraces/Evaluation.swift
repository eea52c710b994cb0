import TraceModel

/// An investigation at its end: names instead of numbers, requests in order, causes ranked. Findings are read off it.
struct Evaluation {
  let investigation: Investigation
  let symbols: SymbolTable
  /// Requests by start, then by trace.
  let requests: [Request]
  /// Operations as text, by number.
  let operations: [Operation]
  let timeline: Timeline
  /// Requests by bin.
  let requestsByBin: [Int]
  let slow: SlowSelection
  let slowPath: PathProfile
  /// How many requests failed.
  let failedCount: Int
  let causes: [ErrorCause]
  let latencyCauses: [LatencyCause]

  init(_ investigation: Investigation, symbols: SymbolTable, slow slowPath: PathProfile) {
    self.investigation = investigation
    self.symbols = symbols
    self.slowPath = slowPath
    requests = investigation.ledger.requests.sorted(by: Request.precedes)
    failedCount = requests.count { $0.outcome == .failed }
    operations = investigation.operations.texts(symbols)
    timeline = Timeline(requests)
    requestsByBin = Evaluation.bins(timeline, requests, requests.indices)
    slow = SlowSelection(requests, operations: operations.count)
    causes = ErrorCause.ranked(
      investigation.errors, symbols: symbols, operations: operations, requests: requests,
      timeline: timeline, requestsByBin: requestsByBin)
    latencyCauses = LatencyCause.ranked(
      all: investigation.path, slow: slowPath, symbols: symbols)
  }

  /// How many of the requests at `places` start in each bin.
  static func bins(
    _ timeline: Timeline, _ requests: [Request], _ places: some Sequence<Int>
  ) -> [Int] {
    var bins = Array(repeating: 0, count: timeline.count)
    for place in places { bins[timeline.bin(of: requests[place].start)] += 1 }
    return bins
  }

  var findings: Findings {
    var findings = Findings()
    findings.input = input
    findings.impact = impact
    findings.timeline = timeline.bins(requests)
    findings.timeSpent = timeSpent
    findings.errorGroupCount = investigation.errors.groups.count
    findings.errors = errorGroups
    findings.map = investigation.graph.map(symbols, nodes: most(200), edges: most(600))
    let latency = investigation.latency.rows(operations, limit: most(100))
    findings.latency = latency.rows
    findings.operationCount = latency.count
    findings.quality.defects = investigation.quality.defectRows
    findings.quality.clocks = investigation.quality.clockRows(symbols)
    findings.quality.incompleteTraces = investigation.quality.incomplete
    findings.quality.grades = investigation.quality.grades.rows
    findings.quality.orphans = investigation.quality.services(with: .missingParent, symbols)
    findings.quality.unfinished = investigation.quality.services(with: .unfinishedSpan, symbols)
    findings.causes = causeList
    findings.verdict = verdict
    findings.method = methods
    return findings
  }

  /// How many rows a list may have.
  func most(_ count: Int) -> Int { investigation.settings.wantsWholeLists ? .max : count }

  private var input: Findings.InputSummary {
    var input = Findings.InputSummary()
    input.traces = investigation.traces
    input.spans = investigation.spans
    input.services = investigation.graph.serviceCount
    input.firstNs = investigation.first?.nanoseconds
    input.lastNs = investigation.last?.nanoseconds
    input.windowStartNs = investigation.settings.window?.start.nanoseconds
    input.windowEndNs = investigation.settings.window?.end.nanoseconds
    input.tracesOutside = investigation.outside
    return input
  }

  private var timeSpent: [Findings.TimeSelection] {
    if requests.isEmpty { return [] }
    var selections = [
      investigation.path.selection(
        name: "all", description: "every request, whatever its length", symbols: symbols,
        limit: most(30))
    ]
    if slowPath.traces > 0 {
      let sample =
        slowPath.traces < slow.requests.count
        ? "; a sample of \(slowPath.traces) of \(slow.requests.count), by hash of the trace id" : ""
      selections.append(
        slowPath.selection(
          name: "slow",
          description: "requests at or above their endpoint's 95th percentile "
            + "(\(counted(slow.endpoints, "endpoint")) with at least 72 requests)" + sample,
          symbols: symbols, limit: most(30)))
    }
    return selections
  }
}
