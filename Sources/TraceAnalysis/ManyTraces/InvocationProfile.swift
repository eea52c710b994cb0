public import TraceModel

/// What functions cost and how they ended, by function: sums, maxima and lengths that are merged in any order.
public struct InvocationProfile: Sendable {
  private struct Sum: Sendable {
    var count = 0
    var durations: [Nanoseconds] = []
    var initializations: [Nanoseconds] = []
    var timeouts = 0
    var failures = 0
    var nearLimit = 0
    var used = 0
    var size = 0
    /// Of the slowest, the smallest id among equals.
    var worst: (length: Nanoseconds, trace: TraceID)?
  }

  private var sums: [Symbol: Sum] = [:]

  /// No invocations.
  public init() {}

  /// Adds an invocation.
  public mutating func add(_ invocation: Invocation) {
    var sum = sums[invocation.service] ?? Sum()
    sum.count += 1
    if let length = invocation.duration {
      sum.durations.append(length)
      if !invocation.trace.isAbsent {
        sum.worst = Self.worse(sum.worst, (length, invocation.trace))
      }
    }
    if let start = invocation.initialization { sum.initializations.append(start) }
    if invocation.timedOut { sum.timeouts += 1 }
    if invocation.failed { sum.failures += 1 }
    if invocation.isOutOfMemory { sum.nearLimit += 1 }
    sum.used = max(sum.used, invocation.usedMB ?? 0)
    sum.size = max(sum.size, invocation.memoryMB ?? 0)
    sums[invocation.service] = sum
  }

  /// Takes in other invocations of the same store.
  public mutating func merge(_ other: InvocationProfile) {
    for (service, theirs) in other.sums {
      var sum = sums[service] ?? Sum()
      sum.count += theirs.count
      sum.durations += theirs.durations
      sum.initializations += theirs.initializations
      sum.timeouts += theirs.timeouts
      sum.failures += theirs.failures
      sum.nearLimit += theirs.nearLimit
      sum.used = max(sum.used, theirs.used)
      sum.size = max(sum.size, theirs.size)
      if let worst = theirs.worst { sum.worst = Self.worse(sum.worst, worst) }
      sums[service] = sum
    }
  }

  private static func worse(
    _ a: (length: Nanoseconds, trace: TraceID)?, _ b: (length: Nanoseconds, trace: TraceID)
  ) -> (length: Nanoseconds, trace: TraceID) {
    guard let a else { return b }
    if a.length != b.length { return a.length > b.length ? a : b }
    return a.trace < b.trace ? a : b
  }

  /// A row a function: most time first, then by name.
  public func rows(_ symbols: SymbolTable) -> [Findings.InvocationRow] {
    sums.map { service, sum in
      func percentile(_ percent: Int, of values: [Nanoseconds]) -> Int64? {
        guard values.count >= minimumTraces(percent: percent) else { return nil }
        return values.sorted()[nearestRank(percent: percent, of: values.count) - 1]
      }
      return Findings.InvocationRow(
        function: symbols[service], invocations: sum.count, coldStarts: sum.initializations.count,
        p50Ns: percentile(50, of: sum.durations), p95Ns: percentile(95, of: sum.durations),
        maxNs: sum.durations.max(), totalNs: sum.durations.reduce(0, saturatingSum),
        coldStartMaxNs: sum.initializations.max(), memoryMB: sum.size, usedMB: sum.used,
        nearLimit: sum.nearLimit, timeouts: sum.timeouts, failures: sum.failures,
        exemplar: sum.worst?.trace.description ?? "")
    }.sorted { ($1.totalNs, $0.function) < ($0.totalNs, $1.function) }
  }
}

extension Findings {
  /// How often a function ran, what it cost and how it ended, by what the platform reports.
  public struct InvocationRow: Sendable, Codable, Equatable {
    /// The function's service.
    public var function: String
    /// Invocations reported.
    public var invocations: Int
    /// Of these, started cold.
    public var coldStarts: Int
    /// Median length, ns; nil from fewer than 6 invocations.
    public var p50Ns: Int64?
    /// 95th percentile of the length, ns; nil from fewer than 72 invocations.
    public var p95Ns: Int64?
    /// Longest, ns.
    public var maxNs: Int64?
    /// Sum of the lengths, ns.
    public var totalNs: Int64
    /// Longest cold start, ns; nil where there was none.
    public var coldStartMaxNs: Int64?
    /// Memory that it may use, MB; 0 where unknown.
    public var memoryMB: Int
    /// Memory that it used at most, MB; 0 where unknown.
    public var usedMB: Int
    /// Invocations that used 98 % of their memory or more.
    public var nearLimit: Int
    /// Invocations that ran out of time.
    public var timeouts: Int
    /// Invocations that the platform says failed, time apart.
    public var failures: Int
    /// Trace of the longest; empty where none is named.
    public var exemplar: String

    /// A row of its parts.
    public init(
      function: String, invocations: Int, coldStarts: Int, p50Ns: Int64?, p95Ns: Int64?,
      maxNs: Int64?, totalNs: Int64, coldStartMaxNs: Int64?, memoryMB: Int, usedMB: Int,
      nearLimit: Int, timeouts: Int, failures: Int, exemplar: String
    ) {
      self.function = function
      self.invocations = invocations
      self.coldStarts = coldStarts
      self.p50Ns = p50Ns
      self.p95Ns = p95Ns
      self.maxNs = maxNs
      self.totalNs = totalNs
      self.coldStartMaxNs = coldStartMaxNs
      self.memoryMB = memoryMB
      self.usedMB = usedMB
      self.nearLimit = nearLimit
      self.timeouts = timeouts
      self.failures = failures
      self.exemplar = exemplar
    }

    /// What ended its invocations before their time, one phrase; empty where nothing did.
    public var trouble: String {
      var parts: [String] = []
      if timeouts > 0 { parts.append("\(timeouts) of \(invocations) invocations timed out") }
      if failures > 0 {
        parts.append("\(failures) of \(invocations) ended with an error of the runtime")
      }
      if nearLimit > 0 {
        parts.append("\(nearLimit) used all of their \(memoryMB) MB of memory")
      }
      return parts.joined(separator: ", ")
    }
  }

  /// Puts what the platform reports of a cause's function beside the cause.
  package mutating func addInvocationEvidence() {
    for index in causes.indices {
      guard let row = invocations.first(where: { $0.function == causes[index].operation.service }),
        !row.trouble.isEmpty
      else { continue }
      causes[index].evidenceFor.append(
        Evidence(
          sentence: "of the function \(row.function) the platform reports: \(row.trouble)",
          traces: row.exemplar.isEmpty ? [] : [row.exemplar]))
    }
  }
}
