public import TraceModel

/// What an investigation looks at.
public struct InvestigationSettings: Sendable {
  /// Traces whose primary root starts inside; nil: all.
  public var window: TimeWindow?
  /// Whether health checks and probes count as requests.
  public var includeProbes: Bool
  /// Whether lists are given whole; a report has only so much room for each.
  public var wantsWholeLists: Bool

  /// Settings of their parts; as they stand: all of the data, without probes.
  public init(
    window: TimeWindow? = nil, includeProbes: Bool = false, wantsWholeLists: Bool = false
  ) {
    self.window = window
    self.includeProbes = includeProbes
    self.wantsWholeLists = wantsWholeLists
  }
}

/// All that is counted over many traces: what `Findings` are made of.
///
/// Traces are added one by one, parts are merged; both are sums, maxima and lists that are sorted later, so any split of
/// the traces and any order give the same findings. Everything is kept by symbol and becomes text at the end.
///
/// A request is a complete trace, seen at its primary root. A trace whose primary head is an orphan is no request: its
/// spans count, for latency, errors and the map, its client is not known. Probes count nowhere unless asked for.
///
/// - Assumes: a trace is added once, and to one part; all parts have the resources and symbols of one store.
/// - Complexity: O(spans) time a trace; about 20 bytes of memory a span.
public struct Investigation: Sendable {
  /// What is looked at.
  public let settings: InvestigationSettings
  package private(set) var traces = 0
  package private(set) var spans = 0
  package private(set) var outside = 0
  package private(set) var incomplete = 0
  package private(set) var probes = 0
  package private(set) var first: Timestamp?
  package private(set) var last: Timestamp?
  package private(set) var largestIncomplete = LargestSpan()
  package private(set) var operations: OperationIndex
  package private(set) var ledger = RequestLedger()
  package private(set) var latency = LatencyProfile()
  package private(set) var path: PathProfile
  package private(set) var errors = ErrorProfile()
  package private(set) var graph: ServiceGraph
  package private(set) var quality: TraceQuality
  package private(set) var senders: SenderProfile
  /// The resources of the store.
  package let resources: [Resource]
  private var scan = TraceScan()

  /// An investigation of no traces.
  ///
  /// - Parameters:
  ///   - settings: what is looked at.
  ///   - resources: the resources of the store; spans refer to them by place.
  public init(settings: InvestigationSettings = InvestigationSettings(), resources: [Resource]) {
    self.settings = settings
    let services = ServiceNumbers(resources)
    operations = OperationIndex(services: services)
    path = PathProfile(services: services)
    graph = ServiceGraph(services: services)
    quality = TraceQuality(resources)
    senders = SenderProfile(resources: resources.count)
    self.resources = resources
  }

  /// Adds one trace. A trace without spans is not counted.
  ///
  /// - Complexity: O(spans), no text.
  public mutating func add(_ measures: borrowing TraceMeasures) {
    let primary = Int(measures.trace.primary)
    guard primary >= 0, primary < measures.trace.spans.count else { return }
    let start = measures.trace.start[primary]
    if let window = settings.window, !window.contains(start) {
      outside += 1
      return
    }
    traces += 1
    spans += measures.trace.spans.count
    // A root without any time stands nowhere: its spans count, the request does not.
    let isTimeless =
      measures.trace.spans[primary].facts[.unknownStart] && start.nanoseconds <= 0
    if isTimeless {
      quality.add(measures)
      incomplete += 1
      return
    }
    first = first.map { min($0, start) } ?? start
    let end = measures.trace.end[primary]
    last = last.map { max($0, end) } ?? end
    quality.add(measures)
    if measures.trace.spans[primary].facts[.probe] {
      probes += 1
      if !settings.includeProbes { return }
    }
    scan.read(measures, index: &operations)
    senders.add(measures, scan)
    graph.add(measures, scan)
    latency.add(measures, scan, count: operations.count)
    let cause = measures.origins.isEmpty ? nil : errors.add(measures, scan)
    if measures.trace.edge[primary] == .orphan {
      incomplete += 1
      largestIncomplete.add(Int64(measures.trace.spans.count), measures.trace, primary)
    } else {
      ledger.add(measures, endpoint: scan.operations[primary], cause: cause)
      path.add(measures)
    }
  }

  /// Takes in other traces of the same store.
  public mutating func merge(_ other: consuming Investigation) {
    traces += other.traces
    spans += other.spans
    outside += other.outside
    incomplete += other.incomplete
    probes += other.probes
    if let theirs = other.first { first = first.map { min($0, theirs) } ?? theirs }
    if let theirs = other.last { last = last.map { max($0, theirs) } ?? theirs }
    largestIncomplete.merge(other.largestIncomplete)
    let map = operations.merge(other.operations)
    senders.merge(other.senders, map: map)
    let groups = errors.merge(other.errors, map: map)
    ledger.merge(other.ledger, operations: map, groups: groups)
    latency.merge(other.latency, map: map)
    path.merge(other.path)
    graph.merge(other.graph)
    quality.merge(other.quality)
  }

  /// The traces of the slow requests, to be read a second time and added to a `PathProfile`: requests at or above the 95th
  /// percentile of their endpoint, of endpoints with at least 72 requests.
  ///
  /// - Returns: at most 20,000 ids, ascending; of more, those whose ids hash lowest.
  public func slowTraces() -> [TraceID] {
    let requests = ledger.requests.sorted(by: Request.precedes)
    return SlowSelection(requests, operations: operations.count).traces(requests)
  }

  /// All that was found, but for what needs texts of spans and logs: `input.sources`, `input.logs`, `errors[].message`,
  /// `errors[].logs`, `exemplars`, the quality of reading and `reproduce` are left empty.
  ///
  /// In commands `Findings.inputPlaceholder` stands for the input.
  ///
  /// - Parameters:
  ///   - symbols: the names of the store.
  ///   - slow: the critical paths of `slowTraces()`.
  public func findings(symbols: SymbolTable, slow: PathProfile) -> Findings {
    Evaluation(self, symbols: symbols, slow: slow).findings
  }

  /// Traces worth showing, each once, at most 6, with the reason.
  ///
  /// - Parameters:
  ///   - symbols: the names of the store.
  ///   - slow: the critical paths of `slowTraces()`.
  public func exemplarChoices(
    symbols: SymbolTable, slow: PathProfile
  ) -> [(trace: TraceID, reason: String)] {
    Evaluation(self, symbols: symbols, slow: slow).exemplars
  }
}
