package import TraceModel

/// What was wrong with the traces: defects of building them, clocks that were moved, parts that are missing.
package struct TraceQuality: Sendable {
  private struct Count: Sendable {
    var count: Int
    var first: TraceID
    var example: String
  }

  private let resources: [Resource]
  private var defects: [Defect.Kind: Count] = [:]
  private var shifts: [Int32: [Nanoseconds]] = [:]
  /// Traces with a missing parent, several heads or no root.
  package private(set) var incomplete = 0
  /// How far the traces can be trusted.
  private(set) var grades = GradeProfile()

  /// No traces of a store with these resources.
  package init(_ resources: [Resource]) { self.resources = resources }

  /// Adds a trace. A shift of up to 1 ms is a rounding error and not counted.
  package mutating func add(_ measures: borrowing TraceMeasures) {
    var heads = 0
    var roots = 0
    let edges = measures.trace.edge
    let moved = measures.trace.shift
    for span in edges.indices {
      if edges[span].isHead { heads += 1 }
      if edges[span] == .root { roots += 1 }
      let shift = moved[span]
      if shift != 0, shift.magnitude > 1_000_000 {
        shifts[measures.trace.spans[span].resource, default: []].append(shift)
      }
    }
    if heads != 1 || edges[Int(measures.trace.primary)] != .root { incomplete += 1 }
    grades.add(measures.trace)
    if roots > 1 {
      add(.severalRoots, Count(count: 1, first: measures.trace.id, example: ""))
    }
    if measures.trace.defects.isEmpty { return }
    for defect in measures.trace.defects.entries.values {
      add(
        defect.kind,
        Count(count: defect.count, first: measures.trace.id, example: defect.example))
    }
  }

  private mutating func add(_ kind: Defect.Kind, _ new: Count) {
    guard var known = defects[kind] else {
      defects[kind] = new
      return
    }
    known.count += new.count
    if new.first < known.first {
      known.first = new.first
      known.example = new.example
    }
    defects[kind] = known
  }

  /// Takes in other traces of the same store.
  package mutating func merge(_ other: TraceQuality) {
    incomplete += other.incomplete
    grades.merge(other.grades)
    for (kind, count) in other.defects { add(kind, count) }
    for (resource, moved) in other.shifts {
      shifts[resource, default: []].append(contentsOf: moved)
    }
  }

  /// How often a defect was met.
  package func count(of kind: Defect.Kind) -> Int { defects[kind]?.count ?? 0 }

  /// The defects as they stand in findings: by severity, count and name.
  package var defectRows: [Findings.DefectRow] {
    let order = defects.sorted {
      let a = ($0.key.severity.rank, -$0.value.count, $0.key.rawValue)
      return a < ($1.key.severity.rank, -$1.value.count, $1.key.rawValue)
    }
    return order.map { kind, count in
      Findings.DefectRow(
        kind: kind.rawValue, severity: kind.severity.rawValue, count: count.count,
        firstPlace: count.first.description, example: count.example, explanation: kind.explanation,
        remedy: kind.remedy)
    }
  }

  /// Services by their spans that suffer from a defect, most first.
  func services(with kind: Defect.Kind, _ symbols: SymbolTable) -> [Findings.ServiceCount] {
    grades.services(with: kind, resources, symbols)
  }

  /// Hosts whose spans were moved, by size of the median; hosts without a name are told apart by service. At most 20.
  package func clockRows(_ symbols: SymbolTable) -> [Findings.ClockRow] {
    struct Host: Hashable {
      var host: String
      var service: String
    }
    var moved: [Host: [Nanoseconds]] = [:]
    var services: [Host: Set<String>] = [:]
    for (number, shifts) in shifts {
      guard number >= 0, Int(number) < resources.count else { continue }
      let resource = resources[Int(number)]
      let name = symbols[resource.host]
      let service = symbols[resource.service]
      let host = Host(host: name, service: name.isEmpty ? service : "")
      moved[host, default: []].append(contentsOf: shifts)
      services[host, default: []].insert(service)
    }
    let rows = moved.map { host, shifts in
      Findings.ClockRow(
        services: (services[host] ?? []).sorted(), host: host.host, spans: shifts.count,
        medianShiftNs: shifts.sorted()[nearestRank(percent: 50, of: shifts.count) - 1])
    }
    let order = rows.sorted { a, b in
      if a.medianShiftNs.magnitude != b.medianShiftNs.magnitude {
        return a.medianShiftNs.magnitude > b.medianShiftNs.magnitude
      }
      if a.spans != b.spans { return a.spans > b.spans }
      return (a.host, a.services.first ?? "") < (b.host, b.services.first ?? "")
    }
    return Array(order.prefix(20))
  }
}
