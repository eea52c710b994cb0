import TraceAnalysis
import TraceModel

extension Section {
  /// Who calls whom, how often and with what result.
  static let serviceMap = Section(id: "map", title: "Service map") { context in
    let map = context.findings.map
    if map.nodes.isEmpty { return context.nothing("No service is known.") }
    var blocks: [Block] = [.map(map)]
    if map.edges.isEmpty {
      blocks.append(.prose([.quiet("No service calls another one.")]))
    } else {
      blocks.append(
        .table(
          mapTable(map, rest: context.options.command("map", rows: map.edgeCount)), htmlRows: 20))
    }
    return blocks
  }

  /// Calls, worst first: by errors, then by requests, then by name.
  static func mapTable(_ map: Findings.ServiceMap, rest: String) -> Table {
    let edges = map.edges.sorted {
      ($1.errors, $1.requests, $0.caller, $0.callee) < (
        $0.errors, $0.requests, $1.caller, $1.callee
      )
    }
    return Table(
      columns: [
        .init("Caller", key: "caller", kind: .text), .init("Callee", key: "callee", kind: .text),
        .init("Waits", key: "waits", kind: .text), .init("Calls", key: "calls", kind: .count),
        .init("Errors", key: "errors", kind: .count),
        .init("Error share", key: "error_share", kind: .share),
        .init("p50", key: "p50_ns", kind: .length), .init("p95", key: "p95_ns", kind: .length),
      ],
      rows: edges.map { edge in
        let share = edge.requests > 0 ? Double(edge.errors) / Double(edge.requests) : 0
        return [
          .text(edge.caller), .text(edge.callee), .text(edge.isDetached ? "no" : "yes"),
          .count(edge.requests), .count(edge.errors), .share(share), .length(edge.p50Ns),
          .length(edge.p95Ns),
        ]
      },
      total: map.edgeCount, rest: rest)
  }
}
