import TraceModel

/// An operation on which slow requests spend more of their critical path than requests do on the whole.
struct LatencyCause {
  /// Its part of the slow requests' paths.
  var row: Findings.PathRow
  /// Its share of the critical paths of all requests.
  var shareOfAll: Double
  /// Time a slow request spends on it beyond what a request does on the whole, over the same difference of totals.
  var share: Double

  /// The operations that make out at least a tenth of the difference, largest first, at most 10.
  static func ranked(
    all: PathProfile, slow: PathProfile, symbols: SymbolTable
  ) -> [LatencyCause] {
    guard slow.traces > 0, all.traces > 0 else { return [] }
    let every = all.selection(name: "", description: "", symbols: symbols, limit: .max)
    let rows = slow.selection(name: "", description: "", symbols: symbols, limit: .max).rows
    let ordinary = Dictionary(
      every.rows.map { ($0.operation, $0) }, uniquingKeysWith: { a, _ in a })
    func mean(_ sum: Nanoseconds, _ profile: PathProfile) -> Double {
      Double(sum) / Double(profile.traces)
    }
    let difference = mean(slow.total, slow) - mean(all.total, all)
    guard difference > 0 else { return [] }
    let causes = rows.compactMap { row -> LatencyCause? in
      let known = ordinary[row.operation]
      let extra = mean(row.criticalPathNs, slow) - mean(known?.criticalPathNs ?? 0, all)
      let share = (min(extra / difference, 1) * 1e6).rounded() / 1e6
      guard share >= 0.1 else { return nil }
      return LatencyCause(row: row, shareOfAll: known?.share ?? 0, share: share)
    }
    let order = causes.sorted {
      $0.share != $1.share ? $0.share > $1.share : $0.row.operation < $1.row.operation
    }
    return Array(order.prefix(10))
  }
}
