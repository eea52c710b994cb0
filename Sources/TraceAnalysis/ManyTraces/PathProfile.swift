public import TraceModel

/// What the critical paths of a selection of requests are made of, by operation; primary units only.
///
/// Adding and merging are sums and maxima, so neither order nor split of the traces matters.
///
/// - Source: traces-semantics.md 7.
public struct PathProfile: Sendable {
  /// What one operation's spans add up to.
  struct Totals: Sendable {
    var critical: Nanoseconds = 0
    var inclusive: Nanoseconds = 0
    var selfTime: Nanoseconds = 0
    var traces = 0
    var spans = 0
    var lastTrace = 0
    var longest = LargestSpan()

    mutating func add(
      selfTime own: Nanoseconds, window: Nanoseconds, critical length: Nanoseconds, trace: Int
    ) {
      selfTime = saturatingSum(selfTime, own)
      if window <= 0 { return }
      critical = saturatingSum(critical, length)
      inclusive = saturatingSum(inclusive, window)
      spans += 1
      traces += trace == lastTrace ? 0 : 1
      lastTrace = trace
    }
  }

  /// Requests.
  public private(set) var traces = 0
  /// Sum of their totals, ns; stays at the largest number if it does not fit.
  public private(set) var total: Nanoseconds = 0
  private(set) var operations: OperationIndex
  private(set) var totals: [Totals] = []

  /// No requests of a store with these resources.
  public init(resources: [Resource]) {
    self.init(services: ServiceNumbers(resources))
  }

  init(services: ServiceNumbers) { operations = OperationIndex(services: services) }

  /// Adds a request: the primary unit of its trace.
  ///
  /// - Complexity: O(spans).
  public mutating func add(_ measures: borrowing TraceMeasures) {
    let primary = measures.trace.primary
    guard primary >= 0, Int(primary) < measures.trace.spans.count else { return }
    traces += 1
    total = saturatingSum(total, measures.trace.total)
    let spans = measures.trace.spans
    let units = measures.trace.unit
    let selfTimes = measures.selfTime
    let windows = measures.inclusive
    let criticals = measures.criticalPath
    for span in spans.indices where units[span] == primary {
      let number = operations.number(of: spans[span])
      if number == totals.count { totals.append(Totals()) }
      totals[number].add(
        selfTime: selfTimes[span], window: windows[span], critical: criticals[span], trace: traces)
      if windows[span] > 0, criticals[span] >= totals[number].longest.value {
        totals[number].longest.add(criticals[span], measures.trace, span)
      }
    }
  }

  /// Takes in other requests of the same store.
  public mutating func merge(_ other: consuming PathProfile) {
    traces += other.traces
    total = saturatingSum(total, other.total)
    let map = operations.merge(other.operations)
    while totals.count < operations.count { totals.append(Totals()) }
    for number in totals.indices { totals[number].lastTrace = 0 }
    for (number, theirs) in other.totals.enumerated() {
      let here = map[number]
      totals[here].critical = saturatingSum(totals[here].critical, theirs.critical)
      totals[here].inclusive = saturatingSum(totals[here].inclusive, theirs.inclusive)
      totals[here].selfTime = saturatingSum(totals[here].selfTime, theirs.selfTime)
      totals[here].traces += theirs.traces
      totals[here].spans += theirs.spans
      totals[here].longest.merge(theirs.longest)
    }
  }

  /// The selection as it stands in findings: operations on the path by their time on it, then by name.
  public func selection(
    name: String, description: String, symbols: SymbolTable, limit: Int = 30
  ) -> Findings.TimeSelection {
    let texts = operations.texts(symbols)
    let used = totals.indices.filter { totals[$0].spans > 0 }
    let order = used.sorted {
      if totals[$0].critical != totals[$1].critical {
        return totals[$0].critical > totals[$1].critical
      }
      return texts[$0] < texts[$1]
    }
    let rows = order.prefix(limit).map { number in
      let all = totals[number]
      return Findings.PathRow(
        operation: texts[number],
        share: total == 0 ? 0 : Double(all.critical) / Double(total),
        criticalPathNs: all.critical, inclusiveNs: all.inclusive, selfNs: all.selfTime,
        traces: all.traces, spans: all.spans, exemplar: all.longest.reference)
    }
    return Findings.TimeSelection(
      name: name, description: description, traces: traces, totalNs: total, rows: rows,
      rowCount: used.count)
  }
}
