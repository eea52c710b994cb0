package import TraceModel

extension Findings {
  /// What a back end (AWS X-Ray) says of traces, beside what was found in their spans.
  public struct BackEndComparison: Sendable, Codable, Equatable {
    /// Traces that it sums up.
    public var summaries = 0
    /// Of these, requests whose spans were read.
    public var requests = 0
    /// Whether the request failed: how many agree, of those where it is told. What the back end holds for the client's mistake alone
    /// (4xx) is left out: whether that is a failure is a matter of taste.
    public var failures = Agreement()
    /// How long the request took, to one part in a hundred and a millisecond.
    public var times = Agreement()
    /// In which service its failure began.
    public var causes = Agreement()
    /// Where the two differ: failures first, then causes, then times; at most 10.
    public var disagreements: [Disagreement] = []
    /// Different users that it names.
    public var users = 0
    /// Keys of its annotations with the number of traces, most first; at most 10.
    public var annotations: [NamedCount] = []

    /// A comparison of nothing.
    public init() {}
  }

  /// How many of those that can be compared agree.
  public struct Agreement: Sendable, Codable, Equatable {
    /// That agree.
    public var agree: Int
    /// That can be compared.
    public var of: Int

    /// An agreement of its parts.
    public init(agree: Int = 0, of: Int = 0) {
      self.agree = agree
      self.of = of
    }

    mutating func count(_ isAgreed: Bool) {
      of += 1
      if isAgreed { agree += 1 }
    }
  }

  /// One trace of which a back end says something else.
  public struct Disagreement: Sendable, Codable, Equatable {
    /// What it is about.
    public enum Subject: String, Sendable, Codable, CaseIterable {
      /// Whether it failed.
      case failure
      /// Where the failure began.
      case cause
      /// How long it took.
      case time
    }
    /// The trace.
    public var trace: String
    /// What it is about.
    public var subject: Subject
    /// What the back end says: `failed`, `did not fail`, a service, or nanoseconds.
    public var theirs: String
    /// What the spans say.
    public var ours: String

    /// A disagreement of its parts.
    public init(trace: String, subject: Subject, theirs: String, ours: String) {
      self.trace = trace
      self.subject = subject
      self.theirs = theirs
      self.ours = ours
    }
  }
}

extension Investigation {
  /// Compares what a back end says of traces with what was found of the same requests.
  ///
  /// - Parameters:
  ///   - summaries: what it says; of several for one trace the one that says most counts.
  ///   - symbols: the names of the store.
  /// - Returns: nil where it says nothing.
  package func comparison(
    with summaries: [TraceSummary], symbols: SymbolTable
  ) -> Findings.BackEndComparison? {
    if summaries.isEmpty { return nil }
    var said: [TraceID: TraceSummary] = [:]
    for summary in summaries where said[summary.trace].map(summary.outdoes) ?? true {
      said[summary.trace] = summary
    }
    let names = operations.texts(symbols)
    var result = Findings.BackEndComparison()
    result.summaries = said.count
    var found: [Findings.Disagreement] = []
    for request in ledger.requests {
      guard let summary = said[request.trace] else { continue }
      result.requests += 1
      func differ(_ subject: Findings.Disagreement.Subject, _ theirs: String, _ ours: String) {
        found.append(
          Findings.Disagreement(
            trace: request.trace.description, subject: subject, theirs: theirs, ours: ours))
      }
      let hasFailed = request.outcome == .failed
      if summary.hasFault || !summary.hasError {
        result.failures.count(summary.hasFault == hasFailed)
        if summary.hasFault != hasFailed {
          differ(.failure, Self.words(summary.hasFault), Self.words(hasFailed))
        }
      }
      if let time = summary.responseTime {
        let agrees = (request.length &- time).magnitude <= UInt64(time / 100 + 1_000_000)
        result.times.count(agrees)
        if !agrees { differ(.time, String(time), String(request.length)) }
      }
      if !summary.rootCause.isEmpty, request.cause >= 0 {
        let key = errors.keys[Int(request.cause)]
        let service = names[key.operation].service
        let agrees = [service, symbols[key.peer]].contains(summary.rootCause)
        result.causes.count(agrees)
        if !agrees { differ(.cause, summary.rootCause, service) }
      }
    }
    let order = Findings.Disagreement.Subject.allCases
    func rank(_ one: Findings.Disagreement) -> Int { order.firstIndex(of: one.subject) ?? 0 }
    found.sort { (rank($0), $0.trace) < (rank($1), $1.trace) }
    result.disagreements = Array(found.prefix(10))
    return result
  }

  private static func words(_ hasFailed: Bool) -> String { hasFailed ? "failed" : "did not fail" }
}
