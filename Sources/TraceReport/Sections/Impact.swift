import TraceAnalysis
import TraceModel

extension Section {
  /// Whom it hurt: requests by endpoint.
  static let impact = Section(id: "impact", title: "Impact") { context in
    let impact = context.findings.impact
    guard impact.failed.total > 0 else {
      return context.nothing(
        "No whole request can be seen: no trace has its root in the data"
          + (impact.incomplete > 0
            ? ", \(counted(impact.incomplete, "trace lacks", "traces lack")) it." : "."))
    }
    var blocks: [Block] = [
      .prose([
        .strong(
          "\(countText(impact.failed.count)) of \(counted(impact.failed.total, "request")) failed"),
        .text(
          " (\(percentText(impact.failed.value)), 95 % interval \(interval(impact.failed))). A further "
        ),
        .text(
          "\(countText(impact.saved.count)) met an error that was handled or retried away before the client saw it."
        ),
      ])
    ]
    if !impact.endpoints.isEmpty {
      blocks.append(.table(impactTable(context), htmlRows: 20))
    }
    var apart: [String] = []
    if impact.incomplete > 0 {
      apart.append("\(counted(impact.incomplete, "trace")) without their root")
    }
    if impact.probes > 0 { apart.append(counted(impact.probes, "health check")) }
    if !apart.isEmpty {
      blocks.append(.prose([.quiet("Counted apart: \(apart.joined(separator: " and ")).")]))
    }
    return blocks
  }

  /// Both ends of a share's interval.
  static func interval(_ share: Findings.Share) -> String {
    "\(percentText(share.low)) to \(percentText(share.high))"
  }

  private static func impactTable(_ context: SectionContext) -> Table {
    let impact = context.findings.impact
    return Table(
      columns: [
        .init("Endpoint", key: "operation", kind: .operation),
        .init("Failed share", key: "failed_share", kind: .share),
        .init("95 % interval", key: "interval", kind: .text),
        .init("Failed", key: "failed", kind: .count),
        .init("Requests", key: "requests", kind: .count),
        .init("p50", key: "p50_ns", kind: .length), .init("p95", key: "p95_ns", kind: .length),
        .init("p50 failed", key: "failed_p50_ns", kind: .length),
      ],
      rows: impact.endpoints.map {
        [
          .operation($0.operation), .share($0.failed.value), .text(interval($0.failed)),
          .count($0.failed.count), .count($0.failed.total),
          percentile($0.p50Ns, needs: 6, has: $0.failed.total),
          percentile($0.p95Ns, needs: 72, has: $0.failed.total),
          $0.failed.count == 0
            ? .length(nil) : percentile($0.failedP50Ns, needs: 6, has: $0.failed.count),
        ]
      },
      total: impact.endpointCount,
      rest: context.options.command("latency", rows: context.findings.operationCount))
  }

  /// A percentile, or how many traces are missing for it.
  static func percentile(_ value: Int64?, needs: Int, has: Int) -> Table.Cell {
    value == nil && has < needs ? .missing(traces: needs - has) : .length(value)
  }
}
