public import TraceModel

extension Findings {
  /// A name and how often it occurs.
  public struct NamedCount: Sendable, Codable, Equatable {
    /// The name.
    public var name: String
    /// How often.
    public var count: Int

    /// A count of its parts.
    public init(name: String, count: Int) {
      self.name = name
      self.count = count
    }
  }

  /// Errors of one kind in code, whoever tells of them; see `ExceptionProfile`.
  public struct ExceptionGroup: Sendable, Codable, Equatable {
    /// Fingerprint, 16 hex digits: the same in every run and on every machine.
    public var id: String
    /// Type of the outermost exception; empty where there is none.
    public var type: String
    /// The message with its values replaced.
    public var template: String
    /// The first message, cut at 300 characters.
    public var message: String
    /// The frame to blame; empty where none is known.
    public var blame: String
    /// Failures; one that several sources tell of counts once.
    public var count: Int
    /// Traces that hold one.
    public var traces: Int
    /// Of these, requests that failed.
    public var failedRequests: Int
    /// Different people whom they befell, as far as sources name them.
    public var people: Int
    /// First seen; nil where unknown.
    public var firstNs: Int64?
    /// Last seen; nil where unknown.
    public var lastNs: Int64?
    /// Whether it was not there from the beginning: three or more, none in the first tenth of the time.
    public var isNew: Bool
    /// Failures per bin of `timeline`, or in 24 equal bins where there is none.
    public var sparkline: [Int]
    /// Services, most first.
    public var services: [NamedCount]
    /// Versions, most first.
    public var versions: [NamedCount]
    /// Hosts by name.
    public var hosts: [String]
    /// Who tells of it: `span`, `log`, `tracker`.
    public var sources: [String]
    /// Up to 3 spans of different traces; `span` is empty where only the trace is known.
    public var exemplars: [SpanReference]
    /// Ids of groups with the same type and message template, though other frames.
    public var related: [String]
    /// Items of error trackers that are this error.
    public var items: [TrackedItem]

    /// A group of its parts.
    public init(
      id: String, type: String, template: String, message: String, blame: String, count: Int,
      traces: Int, failedRequests: Int, people: Int, firstNs: Int64?, lastNs: Int64?, isNew: Bool,
      sparkline: [Int], services: [NamedCount], versions: [NamedCount], hosts: [String],
      sources: [String], exemplars: [SpanReference], related: [String], items: [TrackedItem]
    ) {
      self.id = id
      self.type = type
      self.template = template
      self.message = message
      self.blame = blame
      self.count = count
      self.traces = traces
      self.failedRequests = failedRequests
      self.people = people
      self.firstNs = firstNs
      self.lastNs = lastNs
      self.isNew = isNew
      self.sparkline = sparkline
      self.services = services
      self.versions = versions
      self.hosts = hosts
      self.sources = sources
      self.exemplars = exemplars
      self.related = related
      self.items = items
    }

    /// New ones first, then by failed requests, number and words.
    static func precedes(_ a: ExceptionGroup, _ b: ExceptionGroup) -> Bool {
      if a.isNew != b.isNew { return a.isNew }
      if a.failedRequests != b.failedRequests { return a.failedRequests > b.failedRequests }
      if a.count != b.count { return a.count > b.count }
      return (a.type, a.template, a.id) < (b.type, b.template, b.id)
    }

    /// One line: type and message.
    public var title: String {
      type.isEmpty ? template : template.isEmpty ? type : "\(type): \(template)"
    }
  }
}

extension Investigation {
  /// Fills in the groups of errors in code.
  ///
  /// - Parameter logTimes: from the first to the last log record, where there are no requests; what was there from the beginning is told by
  ///   it from what is new.
  package func addExceptions(
    _ profile: ExceptionProfile, to findings: inout Findings, symbols: SymbolTable,
    logTimes: TimeWindow? = nil
  ) {
    let requests = ledger.requests
    let failed = Set(requests.filter { $0.outcome == .failed }.map(\.trace))
    let found = profile.groups(
      symbols, failedTraces: failed, bins: Timeline(requests.sorted(by: Request.precedes)),
      logTimes: logTimes, limit: settings.wantsWholeLists ? .max : 50)
    findings.exceptions = found.groups
    findings.exceptionGroupCount = found.count
    findings.otherItems = Array(found.others.prefix(20))
    findings.judgeByLogs()
  }
}

extension Findings {
  /// Without a trace the verdict rests on what log records and trackers say; it says that nothing is known of requests.
  mutating func judgeByLogs() {
    guard input.traces == 0, let worst = exceptions.first else { return }
    verdict.kind = .errors
    let service = worst.services.first?.name ?? ""
    verdict.headline =
      "\(service.isEmpty || service == "unknown_service" ? "The logs tell" : "\(service) logs"): \(cutText(worst.title, 160)), \(worst.count) \(worst.count == 1 ? "time" : "times")."
    var lines: [String] = []
    if !worst.blame.isEmpty { lines.append("The frame to blame is \(worst.blame).") }
    if let first = worst.firstNs {
      lines.append(
        worst.isNew
          ? "It began at \(Timestamp(first).text(digits: 0)) and was not there before."
          : "It is there since \(Timestamp(first).text(digits: 0)), the beginning of the data or nearly so."
      )
      verdict.sinceNs = first
    }
    lines.append(
      "There are no traces: whom it hurt, and what else failed with it, cannot be said from logs alone."
    )
    verdict.lines = lines
    verdict.nextSteps = [
      NextStep(
        "Look at the log records around it.",
        command: "culprit logs \(Findings.inputPlaceholder) --severity error"),
      NextStep("Export the traces of the same time and run the report over both."),
    ]
  }
}
