import TraceModel

/// How far a trace can be trusted; the worst thing about it decides.
///
/// - Source: traces-semantics.md 1 and 2 for what is settled, joined and moved; the grades themselves are ours.
public enum TraceGrade: Int, Sendable, Codable, CaseIterable {
  /// Whole: one root, every parent there, and nothing had to be assumed. Exact repetitions of a span cost nothing.
  case a
  /// Repaired: all spans hang together, but a time, an end, an id or a clock was corrected or assumed.
  case b
  /// Torn: parents are missing below the root, or it has several roots; paths and origins end where it is torn.
  case c
  /// Headless: its first span has no root, so no request can be seen in it.
  case d

  /// The letter: `A` to `D`.
  public var letter: String { ["A", "B", "C", "D"][rawValue] }

  /// What the letter means, one line.
  public var meaning: String {
    switch self {
    case .a: "whole: one root, every parent is there, nothing had to be repaired"
    case .b:
      "repaired: it hangs together, but a clock, an end, a time or an id was corrected or assumed"
    case .c: "torn: a parent is missing below the root, or it has several roots"
    case .d: "headless: its root is missing, so that no request can be seen in it"
    }
  }

  /// What is repaired or assumed in a trace that hangs together.
  private static let repairs: [Defect.Kind] = [
    .emptySpanID, .conflictingSpan, .spanIDCollision, .cycle, .selfParent, .unknownStart,
    .unfinishedSpan, .negativeDuration, .skewAdjusted, .skewTooLarge, .ambiguous64BitTraceID,
  ]

  /// The grade of a built trace that holds a span.
  init(_ trace: borrowing Trace) {
    guard trace.edge[Int(trace.primary)] == .root else {
      self = .d
      return
    }
    if trace.edge.count(where: \.isHead) > 1 {
      self = .c
      return
    }
    let defects = trace.defects.entries
    self = Self.repairs.contains { defects[$0] != nil } ? .b : .a
  }
}

/// How many traces have which grade, and what tears them: sums that are merged in any order.
struct GradeProfile: Sendable {
  /// Traces by grade, and the smallest id of each.
  private(set) var counts = Array(repeating: 0, count: TraceGrade.allCases.count)
  private var firsts: [TraceID?] = Array(repeating: nil, count: TraceGrade.allCases.count)
  /// Spans by what is wrong with them and their resource.
  private var wrong: [Wrong: Sum] = [:]

  /// What a span of a service suffers from.
  private struct Wrong: Hashable, Sendable {
    var kind: Defect.Kind
    var resource: Int32
  }

  /// How often, and the smallest trace id of these.
  private struct Sum: Sendable {
    var count: Int
    var first: TraceID
  }

  /// Adds a trace that holds a span.
  mutating func add(_ trace: borrowing Trace) {
    let id = trace.id
    let grade = TraceGrade(trace).rawValue
    counts[grade] += 1
    firsts[grade] = firsts[grade].map { min($0, id) } ?? id
    if grade == 0 { return }
    for index in trace.spans.indices {
      let span = trace.spans[index]
      if trace.edge[index] == .orphan {
        add(.missingParent, span.resource, Sum(count: 1, first: id))
      }
      if span.facts[.unknownEnd] {
        add(.unfinishedSpan, span.resource, Sum(count: 1, first: id))
      }
    }
  }

  private mutating func add(_ kind: Defect.Kind, _ resource: Int32, _ sum: Sum) {
    let key = Wrong(kind: kind, resource: resource)
    guard let known = wrong[key] else {
      wrong[key] = sum
      return
    }
    wrong[key] = Sum(count: known.count + sum.count, first: min(known.first, sum.first))
  }

  /// Takes in other traces of the same store.
  mutating func merge(_ other: GradeProfile) {
    for grade in counts.indices {
      counts[grade] += other.counts[grade]
      guard let theirs = other.firsts[grade] else { continue }
      firsts[grade] = firsts[grade].map { min($0, theirs) } ?? theirs
    }
    for (key, sum) in other.wrong { add(key.kind, key.resource, sum) }
  }

  /// A row a grade, best first, those without a trace too; empty where there is no trace.
  var rows: [Findings.GradeRow] {
    if counts.allSatisfy({ $0 == 0 }) { return [] }
    return TraceGrade.allCases.map {
      Findings.GradeRow(
        grade: $0.letter, meaning: $0.meaning, traces: counts[$0.rawValue],
        example: firsts[$0.rawValue]?.description ?? "")
    }
  }

  /// Services by how many of their spans suffer from a defect: most first, then by name.
  func services(
    with kind: Defect.Kind, _ resources: [Resource], _ symbols: SymbolTable
  ) -> [Findings.ServiceCount] {
    var sums: [String: Sum] = [:]
    for (key, sum) in wrong where key.kind == kind {
      guard key.resource >= 0, Int(key.resource) < resources.count else { continue }
      let service = symbols[resources[Int(key.resource)].service]
      let known = sums[service]
      sums[service] = Sum(
        count: sum.count + (known?.count ?? 0),
        first: known.map { min($0.first, sum.first) } ?? sum.first)
    }
    let order = sums.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    return order.map {
      Findings.ServiceCount(
        service: $0.key, count: $0.value.count, example: $0.value.first.description)
    }
  }
}

extension Findings {
  /// How many traces have a grade.
  public struct GradeRow: Sendable, Codable, Equatable {
    /// `A` to `D`, see `TraceGrade`.
    public var grade: String
    /// What the letter means.
    public var meaning: String
    /// Traces.
    public var traces: Int
    /// The one of them with the smallest id; empty where there is none.
    public var example: String

    /// A row of its parts.
    public init(grade: String, meaning: String, traces: Int, example: String) {
      self.grade = grade
      self.meaning = meaning
      self.traces = traces
      self.example = example
    }
  }

  /// Spans of a service that suffer from one thing.
  public struct ServiceCount: Sendable, Codable, Equatable {
    /// The service.
    public var service: String
    /// Its spans.
    public var count: Int
    /// The trace with the smallest id that has one.
    public var example: String

    /// A count of its parts.
    public init(service: String, count: Int, example: String) {
      self.service = service
      self.count = count
      self.example = example
    }
  }
}
