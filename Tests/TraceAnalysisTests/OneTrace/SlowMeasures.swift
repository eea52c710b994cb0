import TraceAnalysis
import TraceModel
import TraceTestSupport

/// Obvious, slow and recursive readings of traces-semantics.md 4 to 6, to compare the real ones with.
struct SlowMeasures {
  let trace: Trace
  let resources: [Resource]

  func children(_ s: Int) -> [Int] { trace.spans.indices.filter { Int(trace.parent[$0]) == s } }

  func syncChildren(_ s: Int) -> [Int] { children(s).filter { trace.edge[$0] == .sync } }

  // MARK: 4

  /// Counts the steps of a span in which no sync child runs.
  func selfTime(_ s: Int) -> Nanoseconds {
    let kids = syncChildren(s)
    var total: Nanoseconds = 0
    var now = trace.start[s]
    while now < trace.end[s] {
      let next = now + TraceGenerator.step
      if !kids.contains(where: { trace.start[$0] <= now && next <= trace.end[$0] }) {
        total += TraceGenerator.step
      }
      now = next
    }
    return total
  }

  // MARK: 5

  /// Path(s, a, b) as the specification writes it; segments by time.
  func path(_ s: Int, _ a: Timestamp, _ b: Timestamp) -> [PathSegment] {
    struct Kid {
      var id: Int
      var x: Timestamp
      var y: Timestamp
    }
    let kids = syncChildren(s).map {
      Kid(id: $0, x: max(trace.start[$0], a), y: min(trace.end[$0], b))
    }.filter { $0.x < $0.y }
    let tol = min((trace.end[s] - trace.start[s]) / 100, 10_000_000)
    var cur = b
    var segments: [PathSegment] = []
    while cur > a {
      let candidates = kids.filter { $0.y <= cur + tol && $0.x < cur }
      let best = candidates.min { p, q in
        let (endP, endQ) = (min(p.y, cur), min(q.y, cur))
        if endP != endQ { return endP > endQ }
        if p.x != q.x { return p.x < q.x }
        return Array(trace.idText(p.id).utf8).lexicographicallyPrecedes(
          Array(trace.idText(q.id).utf8))
      }
      guard let best else {
        segments.append(PathSegment(span: Int32(s), start: a, end: cur))
        break
      }
      let top = min(best.y, cur)
      if top < cur { segments.append(PathSegment(span: Int32(s), start: top, end: cur)) }
      segments += path(best.id, best.x, top)
      cur = best.x
    }
    return segments.sorted { $0.start < $1.start }
  }

  /// Paths of all units: the primary first, the others by input order.
  func paths() -> [PathSegment] {
    let heads = trace.spans.indices.filter { trace.edge[$0].startsUnit }.sorted {
      ($0 == 0 ? -1 : trace.inputRank[$0]) < ($1 == 0 ? -1 : trace.inputRank[$1])
    }
    return heads.flatMap { path($0, trace.start[$0], trace.end[$0]) }
  }

  // MARK: 6

  func service(_ s: Int) -> Symbol { resources[Int(trace.spans[s].resource)].service }

  func isError(_ s: Int) -> Bool { trace.spans[s].isError }

  func isTransparent(_ s: Int) -> Bool {
    let facts = trace.spans[s].facts
    return !isError(s) && facts.status == .unset
      && (facts.kind == .internal || facts.kind == .unknown || isSilentCall(s))
      && trace.edge[s] == .sync && service(s) == service(Int(trace.parent[s]))
  }

  /// A CLIENT that says nothing of its outcome above a failed SERVER.
  func isSilentCall(_ s: Int) -> Bool {
    let facts = trace.spans[s].facts
    return facts.kind == .client && facts.httpStatus == 0 && facts.grpcCode == nil
      && syncChildren(s).contains { trace.spans[$0].facts.kind == .server && isError($0) }
  }

  /// Failed children, seen through transparent ones.
  func errorChildren(_ s: Int) -> [Int] {
    syncChildren(s).flatMap { isError($0) ? [$0] : isTransparent($0) ? errorChildren($0) : [] }
  }

  func errorClass(_ s: Int) -> ErrorClass {
    if isError(s) { return errorChildren(s).isEmpty ? .origin : .propagated }
    if isTransparent(s) { return .transparent }
    return errorChildren(s).isEmpty ? .none : .handled
  }

  func cause(_ s: Int) -> Int? {
    errorChildren(s).min { p, q in
      let (cancelledP, cancelledQ) = (trace.spans[p].isCancelled, trace.spans[q].isCancelled)
      if cancelledP != cancelledQ { return cancelledQ }
      let (endP, endQ) = (min(trace.end[p], trace.end[s]), min(trace.end[q], trace.end[s]))
      if endP != endQ { return endP > endQ }
      if trace.start[p] != trace.start[q] { return trace.start[p] < trace.start[q] }
      return trace.idText(p) < trace.idText(q)
    }
  }

  /// The way of an error up, as `originTexts` writes it.
  func originText(_ origin: Int) -> String {
    var failed = origin
    var here = origin
    var reach: String?
    while reach == nil {
      guard trace.edge[here] == .sync else {
        reach = "to \(trace.idText(failed))"
        break
      }
      here = Int(trace.parent[here])
      if isError(here) {
        failed = here
      } else if !isTransparent(here) {
        reach = "handled by \(trace.idText(here))"
        let retry = children(Int(trace.parent[failed])).first {
          !isError($0) && trace.start[$0] >= trace.end[failed] && service($0) == service(failed)
            && trace.spans[$0].operation == trace.spans[failed].operation
            && trace.spans[$0].facts.kind == trace.spans[failed].facts.kind
        }
        if let retry { reach? += " retried by \(trace.idText(retry))" }
      }
    }
    var primary = Int(trace.unit[origin])
    var isPrimary = isError(primary)
    while isPrimary, let next = cause(primary) { primary = next }
    isPrimary = isPrimary && primary == origin
    return "\(trace.idText(origin)) \(blame(origin)) \(reach ?? "")\(isPrimary ? " primary" : "")"
  }

  func blame(_ s: Int) -> String {
    if trace.spans[s].facts.kind != .client { return "local" }
    if children(s).isEmpty { return "remote" }
    let servers = children(s).filter { trace.spans[$0].facts.kind == .server && !isError($0) }
    if servers.isEmpty { return "local" }
    return servers.contains { trace.end[$0] > trace.end[s] } ? "timeout" : "transport"
  }
}
