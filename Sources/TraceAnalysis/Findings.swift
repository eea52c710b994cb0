public import TraceModel

/// Everything an investigation found, as plain data: the one model behind HTML, Markdown, JSON and the terminal.
///
/// Times are ns since the epoch (`…_ns` with "start", "end", "first", "last" in the name), lengths are ns, shares are
/// fractions in 0…1. Lists are sorted by what matters and cut where stated, with the full count beside. All names are
/// raw text of the input: renderers escape and mask. No value depends on file names, load order or number of workers,
/// but for `input.sources` and `reproduce`.
public struct Findings: Sendable, Codable, Equatable {
  /// Stands for the input in the commands of `verdict.nextSteps`; the use case that knows the input replaces it.
  package static let inputPlaceholder = "@INPUT@"

  /// Version of this model, raised when a field changes its meaning or goes.
  public static let currentSchemaVersion = 1

  /// Version of this model.
  public var schemaVersion = Findings.currentSchemaVersion
  /// What was read.
  public var input = InputSummary()
  /// What broke, in three lines.
  public var verdict = Verdict()
  /// Whom it hurt.
  public var impact = Impact()
  /// What is suspected, strongest first; at most 10.
  public var causes: [Cause] = []
  /// Requests over time; 12 to 60 bins of equal width, empty where there is no request.
  public var timeline: [TimeBin] = []
  /// Where the time went: all requests, then the slow ones.
  public var timeSpent: [TimeSelection] = []
  /// Groups of error origins, worst first; at most 50.
  public var errors: [ErrorGroup] = []
  /// How many groups there are in all.
  public var errorGroupCount = 0
  /// Errors in code, from spans, log records and error trackers together, new ones first; at most 50.
  public var exceptions: [ExceptionGroup] = []
  /// How many there are in all.
  public var exceptionGroupCount = 0
  /// Items of error trackers that are none of these errors; at most 20.
  public var otherItems: [TrackedItem] = []
  /// What a back end says of the same traces; nil where it says nothing.
  public var backEnd: BackEndComparison?
  /// Services and calls between them.
  public var map = ServiceMap()
  /// Latency by operation, by total time, at most 100.
  public var latency: [LatencyRow] = []
  /// How many operations there are in all.
  public var operationCount = 0
  /// What platforms report of functions (AWS Lambda), by time spent.
  public var invocations: [InvocationRow] = []
  /// What metrics show; nil where none were read.
  public var metrics: MetricFindings?
  /// Traces to look at, each for a reason; at most 6.
  public var exemplars: [ExemplarTrace] = []
  /// What is wrong with the data and what that costs.
  public var quality = DataQuality()
  /// How numbers were made: one sentence a method.
  public var method: [String] = []
  /// Commands that give the figures again.
  public var reproduce: [ReproduceStep] = []

  /// Findings of nothing.
  public init() {}
}

extension Findings {
  /// What was read and what it held.
  public struct InputSummary: Sendable, Codable, Equatable {
    /// Files and streams, by name.
    public var sources: [Source] = []
    /// Traces in the window.
    public var traces = 0
    /// Spans of these traces after duplicates were removed.
    public var spans = 0
    /// Log records stored.
    public var logs = 0
    /// Metrics read.
    public var metrics = 0
    /// Distinct services.
    public var services = 0
    /// Earliest start of a primary root; nil where there is no trace.
    public var firstNs: Int64?
    /// Latest end of a primary root.
    public var lastNs: Int64?
    /// The window asked for; nil: all of the data.
    public var windowStartNs: Int64?
    /// End of the window asked for.
    public var windowEndNs: Int64?
    /// Traces outside the window asked for.
    public var tracesOutside = 0

    /// A summary of nothing.
    public init() {}
  }

  /// One file or stream.
  public struct Source: Sendable, Codable, Equatable {
    /// As it was named.
    public var name: String
    /// `OTLP JSON`, …; empty for a skipped file.
    public var format: String
    /// `none`, `gzip`, `zstd`.
    public var compression: String
    /// Decompressed bytes read.
    public var bytes: Int64
    /// Spans stored.
    public var spans: Int
    /// Log records stored.
    public var logs: Int
    /// Why nothing or not all was read; empty where all was.
    public var remark: String

    /// A source of its parts.
    public init(
      name: String, format: String, compression: String, bytes: Int64, spans: Int, logs: Int,
      remark: String
    ) {
      self.name = name
      self.format = format
      self.compression = compression
      self.bytes = bytes
      self.spans = spans
      self.logs = logs
      self.remark = remark
    }
  }

  /// The answer, first.
  public struct Verdict: Sendable, Codable, Equatable {
    /// What sort of answer it is.
    public enum Kind: String, Sendable, Codable {
      /// Failing requests, with an origin.
      case errors
      /// No failing requests worth naming; slow ones, with what dominates their critical path.
      case latency
      /// Neither.
      case quiet
      /// Too little data to say.
      case notEnough = "not_enough_data"
    }
    /// What sort of answer it is.
    public var kind = Kind.notEnough
    /// One sentence: what broke.
    public var headline = ""
    /// Up to four sentences: what it says and where it comes from, since when, whom it hurt, how sure.
    public var lines: [String] = []
    /// The first cause, where there is one.
    public var operation: Operation?
    /// When it began: start of the first request that it failed or slowed; nil where unknown.
    public var sinceNs: Int64?
    /// What to do next, most useful first, with commands where one helps.
    public var nextSteps: [NextStep] = []

    /// No verdict.
    public init() {}
  }

  /// What to do next. The command holds no name of the input but trace ids and names that a shell reads as they stand.
  public struct NextStep: Sendable, Codable, Equatable {
    /// What to do, or what the command shows.
    public var sentence: String
    /// The command; empty where there is none.
    public var command: String

    /// A step of its parts.
    public init(_ sentence: String, command: String = "") {
      self.sentence = sentence
      self.command = command
    }
  }

  /// One checkable sentence for or against a cause.
  public struct Evidence: Sendable, Codable, Equatable {
    /// The sentence, with its numbers.
    public var sentence: String
    /// Trace ids that show it, at most 3.
    public var traces: [String]

    /// Evidence of its parts.
    public init(sentence: String, traces: [String] = []) {
      self.sentence = sentence
      self.traces = traces
    }
  }

  /// What is suspected.
  public struct Cause: Sendable, Codable, Equatable {
    /// `errors` or `latency`.
    public var kind: Verdict.Kind
    /// Where it begins.
    public var operation: Operation
    /// One line: what is suspected.
    public var title: String
    /// Share of the failed (errors) or slow (latency) requests that it explains.
    public var share: Double
    /// Requests that it explains.
    public var requests: Int
    /// What speaks for it.
    public var evidenceFor: [Evidence]
    /// What speaks against it, or what is not known.
    public var evidenceAgainst: [Evidence]

    /// A cause of its parts.
    public init(
      kind: Verdict.Kind, operation: Operation, title: String, share: Double, requests: Int,
      evidenceFor: [Evidence], evidenceAgainst: [Evidence]
    ) {
      self.kind = kind
      self.operation = operation
      self.title = title
      self.share = share
      self.requests = requests
      self.evidenceFor = evidenceFor
      self.evidenceAgainst = evidenceAgainst
    }
  }

  /// A share with its 95 % interval.
  public struct Share: Sendable, Codable, Equatable {
    /// How many have it.
    public var count: Int
    /// Out of how many.
    public var total: Int
    /// Lower end of the Wilson interval; 0 where total is 0.
    public var low: Double
    /// Upper end of the Wilson interval.
    public var high: Double

    /// A share of its parts.
    public init(count: Int = 0, total: Int = 0, low: Double = 0, high: Double = 0) {
      self.count = count
      self.total = total
      self.low = low
      self.high = high
    }

    /// The share itself; 0 where total is 0.
    public var value: Double { total == 0 ? 0 : Double(count) / Double(total) }
  }

  /// Whom it hurt. A request is a trace, seen at its primary root; probes and incomplete traces are counted apart.
  public struct Impact: Sendable, Codable, Equatable {
    /// Requests whose primary root failed, of all requests.
    public var failed = Share()
    /// Requests in which an error was handled or retried away and the root did not fail.
    public var saved = Share()
    /// Requests per endpoint, worst first, at most 20.
    public var endpoints: [EndpointImpact] = []
    /// How many endpoints there are in all.
    public var endpointCount = 0
    /// Traces whose primary head is an orphan: no request can be seen.
    public var incomplete = 0
    /// Health checks and probes, left out.
    public var probes = 0

    /// No impact.
    public init() {}
  }

  /// One endpoint's share of the damage.
  public struct EndpointImpact: Sendable, Codable, Equatable {
    /// The operation of the primary root.
    public var operation: Operation
    /// Failed requests of all its requests.
    public var failed: Share
    /// Median length of all its requests, ns; nil from fewer than 6.
    public var p50Ns: Int64?
    /// 95th percentile, ns; nil from fewer than 72.
    public var p95Ns: Int64?
    /// Median length of its failed requests, ns; nil from fewer than 6.
    public var failedP50Ns: Int64?

    /// An endpoint of its parts.
    public init(
      operation: Operation, failed: Share, p50Ns: Int64?, p95Ns: Int64?, failedP50Ns: Int64?
    ) {
      self.operation = operation
      self.failed = failed
      self.p50Ns = p50Ns
      self.p95Ns = p95Ns
      self.failedP50Ns = failedP50Ns
    }
  }

  /// Requests that started within one bin.
  public struct TimeBin: Sendable, Codable, Equatable {
    /// Start of the bin.
    public var startNs: Int64
    /// Width.
    public var widthNs: Int64
    /// Requests.
    public var requests: Int
    /// Of these, failed.
    public var failed: Int
    /// Of these, saved: an error inside, the root did not fail.
    public var saved: Int
    /// Nearest-rank median of their lengths; nil where the bin is empty.
    public var p50Ns: Int64?
    /// Longest of their lengths.
    public var maxNs: Int64?

    /// A bin of its parts.
    public init(
      startNs: Int64, widthNs: Int64, requests: Int, failed: Int, saved: Int, p50Ns: Int64?,
      maxNs: Int64?
    ) {
      self.startNs = startNs
      self.widthNs = widthNs
      self.requests = requests
      self.failed = failed
      self.saved = saved
      self.p50Ns = p50Ns
      self.maxNs = maxNs
    }
  }

  /// Critical-path time of a selection of requests, by operation (traces-semantics.md 7).
  public struct TimeSelection: Sendable, Codable, Equatable {
    /// `all` or `slow`.
    public var name: String
    /// Which requests these are, in words.
    public var description: String
    /// How many.
    public var traces: Int
    /// Sum of their totals, ns.
    public var totalNs: Int64
    /// Rows by critical-path time, at most 30; their shares sum to 1 with the rest.
    public var rows: [PathRow]
    /// How many operations there are in all.
    public var rowCount: Int

    /// A selection of its parts.
    public init(
      name: String, description: String, traces: Int, totalNs: Int64, rows: [PathRow],
      rowCount: Int
    ) {
      self.name = name
      self.description = description
      self.traces = traces
      self.totalNs = totalNs
      self.rows = rows
      self.rowCount = rowCount
    }
  }

  /// One operation's part of the critical paths of a selection; sums over the primary units.
  public struct PathRow: Sendable, Codable, Equatable {
    /// Which operation.
    public var operation: Operation
    /// Its critical-path time over the selection's total.
    public var share: Double
    /// Time on the critical path, ns.
    public var criticalPathNs: Int64
    /// Time on the path with what it waits for, ns.
    public var inclusiveNs: Int64
    /// Self time, on the path or not, ns.
    public var selfNs: Int64
    /// Traces in whose paths it occurs.
    public var traces: Int
    /// Spans of it on these paths.
    public var spans: Int
    /// Trace with its longest stretch on the path.
    public var exemplar: SpanReference

    /// A row of its parts.
    public init(
      operation: Operation, share: Double, criticalPathNs: Int64, inclusiveNs: Int64,
      selfNs: Int64, traces: Int, spans: Int, exemplar: SpanReference
    ) {
      self.operation = operation
      self.share = share
      self.criticalPathNs = criticalPathNs
      self.inclusiveNs = inclusiveNs
      self.selfNs = selfNs
      self.traces = traces
      self.spans = spans
      self.exemplar = exemplar
    }
  }

  /// A span that can be looked up.
  public struct SpanReference: Sendable, Codable, Hashable {
    /// 32 hex digits, or the written form.
    public var trace: String
    /// 16 hex digits, or the written form.
    public var span: String

    /// A reference of its parts.
    public init(trace: String, span: String) {
      self.trace = trace
      self.span = span
    }
  }

  /// Error origins that are alike: same operation, blame, type and peer.
  public struct ErrorGroup: Sendable, Codable, Equatable {
    /// Where the errors begin.
    public var operation: Operation
    /// `local`, `remote`, `timeout`, `transport`.
    public var blame: ErrorOrigin.Blame
    /// The other end, where the origin is a call; empty otherwise.
    public var peer: String
    /// Exception type, error type, `HTTP 503`, `gRPC 14` or empty.
    public var type: String
    /// Message of the first exemplar, cut at 300 characters.
    public var message: String
    /// Origins.
    public var count: Int
    /// Traces that hold one.
    public var traces: Int
    /// Traces in which one reaches the primary root.
    public var reachedClient: Int
    /// Origins that reached the head of a unit that no client waits for.
    public var reachedBackground: Int
    /// Origins that were handled on the way, retries included.
    public var handled: Int
    /// Origins that a later sibling made good.
    public var retried: Int
    /// Origins that are cancelled calls.
    public var cancelled: Int
    /// The most frequent way up from the origin, origin first: of those that reached the client, if any did.
    public var path: [Operation]
    /// How many origins took this way.
    public var pathCount: Int
    /// Start of the first origin.
    public var firstNs: Int64
    /// Start of the last origin.
    public var lastNs: Int64
    /// Origins per bin of `timeline`.
    public var sparkline: [Int]
    /// Up to 3 origins: reaching the client first, then earliest.
    public var exemplars: [SpanReference]
    /// Up to 5 log lines of the exemplars' spans, worst severity first.
    public var logs: [LogLine]

    /// A group of its parts.
    public init(
      operation: Operation, blame: ErrorOrigin.Blame, peer: String, type: String, message: String,
      count: Int, traces: Int, reachedClient: Int, reachedBackground: Int, handled: Int,
      retried: Int, cancelled: Int, path: [Operation], pathCount: Int, firstNs: Int64,
      lastNs: Int64, sparkline: [Int], exemplars: [SpanReference], logs: [LogLine]
    ) {
      self.operation = operation
      self.blame = blame
      self.peer = peer
      self.type = type
      self.message = message
      self.count = count
      self.traces = traces
      self.reachedClient = reachedClient
      self.reachedBackground = reachedBackground
      self.handled = handled
      self.retried = retried
      self.cancelled = cancelled
      self.path = path
      self.pathCount = pathCount
      self.firstNs = firstNs
      self.lastNs = lastNs
      self.sparkline = sparkline
      self.exemplars = exemplars
      self.logs = logs
    }
  }

  /// A log record as it is shown.
  public struct LogLine: Sendable, Codable, Equatable {
    /// When; nil where unknown.
    public var timeNs: Int64?
    /// `ERROR`, `WARN`, …
    public var severity: String
    /// Who.
    public var service: String
    /// The text, cut at 500 characters.
    public var text: String
    /// The span that it belongs to; nil where it names none.
    public var span: SpanReference?
    /// How it came to its trace where it does not name it itself: `request_id`, `host` (and time) or `service` (and time); else nil.
    public var joinedBy: String?
    /// How likely that trace is right, 0…1; nil where it names the trace itself, or none.
    public var confidence: Double?
    /// The exception that it tells of; nil where it tells of none.
    public var exception: LogException?

    /// A line of its parts.
    public init(
      timeNs: Int64?, severity: String, service: String, text: String, span: SpanReference?,
      joinedBy: String? = nil, confidence: Double? = nil, exception: LogException? = nil
    ) {
      self.joinedBy = joinedBy
      self.confidence = confidence
      self.exception = exception
      self.timeNs = timeNs
      self.severity = severity
      self.service = service
      self.text = text
      self.span = span
    }
  }

  /// Who calls whom.
  public struct ServiceMap: Sendable, Codable, Equatable {
    /// Services, then un-instrumented peers, each by name; at most 200.
    public var nodes: [ServiceNode] = []
    /// Calls, by caller then callee; at most 600.
    public var edges: [ServiceEdge] = []
    /// All nodes.
    public var nodeCount = 0
    /// All edges.
    public var edgeCount = 0

    /// An empty map.
    public init() {}
  }

  /// A service, or a peer that sends no spans.
  public struct ServiceNode: Sendable, Codable, Equatable {
    /// Its name.
    public var name: String
    /// Whether it sends no spans of its own.
    public var isPeer: Bool
    /// Entry spans (for a peer: calls to it).
    public var requests: Int
    /// Of these, errors.
    public var errors: Int
    /// Error origins that lie in it.
    public var origins: Int
    /// Median length of its entry spans, ns; nil from fewer than 6 traces.
    public var p50Ns: Int64?
    /// 95th percentile, ns; nil from fewer than 72 traces.
    public var p95Ns: Int64?
    /// Sum of its self times, ns.
    public var selfNs: Int64

    /// A node of its parts.
    public init(
      name: String, isPeer: Bool, requests: Int, errors: Int, origins: Int, p50Ns: Int64?,
      p95Ns: Int64?, selfNs: Int64
    ) {
      self.name = name
      self.isPeer = isPeer
      self.requests = requests
      self.errors = errors
      self.origins = origins
      self.p50Ns = p50Ns
      self.p95Ns = p95Ns
      self.selfNs = selfNs
    }
  }

  /// Calls from one service to another.
  public struct ServiceEdge: Sendable, Codable, Equatable {
    /// Who calls.
    public var caller: String
    /// Who is called.
    public var callee: String
    /// Whether the caller does not wait.
    public var isDetached: Bool
    /// Calls.
    public var requests: Int
    /// Of these, errors as the callee (for a peer: the caller) saw them.
    public var errors: Int
    /// Median length of the call as the callee saw it (a peer: the caller), ns; nil from fewer than 6 traces.
    public var p50Ns: Int64?
    /// 95th percentile, ns; nil from fewer than 72 traces.
    public var p95Ns: Int64?

    /// An edge of its parts.
    public init(
      caller: String, callee: String, isDetached: Bool, requests: Int, errors: Int, p50Ns: Int64?,
      p95Ns: Int64?
    ) {
      self.caller = caller
      self.callee = callee
      self.isDetached = isDetached
      self.requests = requests
      self.errors = errors
      self.p50Ns = p50Ns
      self.p95Ns = p95Ns
    }
  }

  /// A percentile with its interval by trace.
  public struct Percentile: Sendable, Codable, Equatable {
    /// In percent: 50, 90, 95, 99.
    public var percent: Int
    /// Nearest-rank value, ns; nil where there are too few traces.
    public var valueNs: Int64?
    /// Lower end of the 95 % interval, ns.
    public var lowNs: Int64?
    /// Upper end of the 95 % interval, ns.
    public var highNs: Int64?
    /// How many more traces it takes; 0 where it is shown.
    public var tracesMissing: Int

    /// A percentile of its parts.
    public init(percent: Int, valueNs: Int64?, lowNs: Int64?, highNs: Int64?, tracesMissing: Int) {
      self.percent = percent
      self.valueNs = valueNs
      self.lowNs = lowNs
      self.highNs = highNs
      self.tracesMissing = tracesMissing
    }
  }

  /// Latency of one operation.
  public struct LatencyRow: Sendable, Codable, Equatable {
    /// Which operation.
    public var operation: Operation
    /// Whether its spans are entry spans of their service (SERVER, CONSUMER, or local root).
    public var isEntry: Bool
    /// Spans.
    public var spans: Int
    /// Traces that hold one.
    public var traces: Int
    /// Of the spans, errors.
    public var errors: Int
    /// Sum of their lengths, ns.
    public var totalNs: Int64
    /// Sum of their self times, ns.
    public var selfNs: Int64
    /// Longest, ns.
    public var maxNs: Int64
    /// p50, p90, p95, p99.
    public var percentiles: [Percentile]
    /// Log-linear histogram of the lengths; only bins that hold something, ascending.
    public var histogram: [HistogramBin]
    /// Span of the longest.
    public var exemplar: SpanReference

    /// A row of its parts.
    public init(
      operation: Operation, isEntry: Bool, spans: Int, traces: Int, errors: Int, totalNs: Int64,
      selfNs: Int64, maxNs: Int64, percentiles: [Percentile], histogram: [HistogramBin],
      exemplar: SpanReference
    ) {
      self.operation = operation
      self.isEntry = isEntry
      self.spans = spans
      self.traces = traces
      self.errors = errors
      self.totalNs = totalNs
      self.selfNs = selfNs
      self.maxNs = maxNs
      self.percentiles = percentiles
      self.histogram = histogram
      self.exemplar = exemplar
    }
  }

  /// One bin of a log-linear histogram: four equal bins for each doubling.
  public struct HistogramBin: Sendable, Codable, Equatable {
    /// Lower end, inside, ns.
    public var lowNs: Int64
    /// Upper end, outside, ns.
    public var highNs: Int64
    /// Spans.
    public var count: Int
    /// Of these, errors.
    public var errors: Int

    /// A bin of its parts.
    public init(lowNs: Int64, highNs: Int64, count: Int, errors: Int) {
      self.lowNs = lowNs
      self.highNs = highNs
      self.count = count
      self.errors = errors
    }
  }

  /// A trace worth looking at.
  public struct ExemplarTrace: Sendable, Codable, Equatable {
    /// 32 hex digits, or the written form.
    public var id: String
    /// Why it is shown, one sentence.
    public var reason: String
    /// Operation of its primary root.
    public var endpoint: Operation
    /// Start of its primary root.
    public var startNs: Int64
    /// Length of its primary root.
    public var totalNs: Int64
    /// Whether its primary root failed.
    public var failed: Bool
    /// Spans in preorder; at most 200, the rest is cut, those on the critical path and errors last.
    public var rows: [WaterfallRow]
    /// All its spans.
    public var spanCount: Int
    /// Log lines that name no span of `rows`, by time; at most 20.
    public var looseLogs: [LogLine]

    /// An exemplar of its parts.
    public init(
      id: String, reason: String, endpoint: Operation, startNs: Int64, totalNs: Int64,
      failed: Bool, rows: [WaterfallRow], spanCount: Int, looseLogs: [LogLine]
    ) {
      self.id = id
      self.reason = reason
      self.endpoint = endpoint
      self.startNs = startNs
      self.totalNs = totalNs
      self.failed = failed
      self.rows = rows
      self.spanCount = spanCount
      self.looseLogs = looseLogs
    }
  }

  /// One span of a waterfall.
  public struct WaterfallRow: Sendable, Codable, Equatable {
    /// The span's id, or its written form.
    public var span: String
    /// Depth below its head: 0 for heads.
    public var depth: Int
    /// Its operation.
    public var operation: Operation
    /// How it hangs: `root`, `sync`, `detached:messaging`, `orphan`, …
    public var edge: String
    /// Corrected start after the trace's primary root's start, ns; may be negative.
    public var startNs: Int64
    /// Corrected length, ns.
    public var durationNs: Int64
    /// Self time, ns.
    public var selfNs: Int64
    /// By how much its clock was corrected, ns.
    public var shiftNs: Int64
    /// Whether it is an error.
    public var isError: Bool
    /// `none`, `transparent`, `self`, `propagated`, `handled`.
    public var errorClass: String
    /// Exception type, error type or status, and message; empty where it is no error.
    public var errorText: String
    /// Peer of a call; empty where none.
    public var peer: String
    /// Its segments on the critical path: start after the primary root's start, end; pairs, ns.
    public var critical: [[Int64]]
    /// Log lines of this span, by time; at most 10.
    public var logs: [LogLine]
    /// Attributes worth showing, key and value; at most 40, each cut at 300 characters.
    public var attributes: [[String]]

    /// A row of its parts.
    public init(
      span: String, depth: Int, operation: Operation, edge: String, startNs: Int64,
      durationNs: Int64, selfNs: Int64, shiftNs: Int64, isError: Bool, errorClass: String,
      errorText: String, peer: String, critical: [[Int64]], logs: [LogLine],
      attributes: [[String]]
    ) {
      self.span = span
      self.depth = depth
      self.operation = operation
      self.edge = edge
      self.startNs = startNs
      self.durationNs = durationNs
      self.selfNs = selfNs
      self.shiftNs = shiftNs
      self.isError = isError
      self.errorClass = errorClass
      self.errorText = errorText
      self.peer = peer
      self.critical = critical
      self.logs = logs
      self.attributes = attributes
    }
  }

  /// What is wrong with the data.
  public struct DataQuality: Sendable, Codable, Equatable {
    /// Defects of reading and of building traces, worst first.
    public var defects: [DefectRow] = []
    /// Hosts whose clocks differ, by size; at most 20.
    public var clocks: [ClockRow] = []
    /// Spans seen in the input.
    public var spansSeen = 0
    /// Spans stored.
    public var spansStored = 0
    /// Spans dropped; each drop stands in `defects`.
    public var spansDropped = 0
    /// Spans without a trace id, stored and in no trace.
    public var spansQuarantined = 0
    /// Traces with a missing parent, several heads or no root.
    public var incompleteTraces = 0
    /// How many traces can be trusted how far, best first; empty where there is no trace.
    public var grades: [GradeRow] = []
    /// Services by their spans whose parent is missing, most first.
    public var orphans: [ServiceCount] = []
    /// Services by their spans without an end, most first.
    public var unfinished: [ServiceCount] = []

    /// Nothing is known.
    public init() {}
  }

  /// One kind of defect.
  public struct DefectRow: Sendable, Codable, Equatable {
    /// Its name: `broken_record`, …
    public var kind: String
    /// `loss`, `warning`, `note`.
    public var severity: String
    /// How often.
    public var count: Int
    /// Source and byte of the first, or a trace id; empty where it has no place.
    public var firstPlace: String
    /// A key, an id, a number.
    public var example: String
    /// What it means.
    public var explanation: String
    /// What to do about it.
    public var remedy: String

    /// A row of its parts.
    public init(
      kind: String, severity: String, count: Int, firstPlace: String, example: String,
      explanation: String, remedy: String
    ) {
      self.kind = kind
      self.severity = severity
      self.count = count
      self.firstPlace = firstPlace
      self.example = example
      self.explanation = explanation
      self.remedy = remedy
    }
  }

  /// One host whose clock was corrected.
  public struct ClockRow: Sendable, Codable, Equatable {
    /// Services seen on it.
    public var services: [String]
    /// Its host key; empty where unknown.
    public var host: String
    /// Spans that were moved.
    public var spans: Int
    /// Median of the corrections, ns; positive: its clock is behind.
    public var medianShiftNs: Int64

    /// A row of its parts.
    public init(services: [String], host: String, spans: Int, medianShiftNs: Int64) {
      self.services = services
      self.host = host
      self.spans = spans
      self.medianShiftNs = medianShiftNs
    }
  }

  /// A command that gives figures of the report again.
  public struct ReproduceStep: Sendable, Codable, Equatable {
    /// What it shows.
    public var purpose: String
    /// The command.
    public var command: String

    /// A step of its parts.
    public init(purpose: String, command: String) {
      self.purpose = purpose
      self.command = command
    }
  }
}
