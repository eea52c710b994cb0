import TraceAnalysis
import TraceModel

extension Section {
  /// Percentiles by operation, with the distribution beside them.
  static let latency = Section(id: "latency", title: "Latency") { context in
    let rows = context.findings.latency
    if rows.isEmpty { return context.nothing("No span has a length.") }
    return [
      .prose([
        .text(
          "Operations by total time. Percentiles are nearest-rank on exact lengths; where there are too few traces, the table says how many more it takes. Below each, its 95 % interval by trace. Pictures share one logarithmic axis; the mark is the median."
        )
      ]),
      .table(
        latencyTable(
          rows, total: context.findings.operationCount,
          rest: context.options.command("latency", rows: context.findings.operationCount)),
        htmlRows: 30),
    ]
  }

  static func latencyTable(_ rows: [Findings.LatencyRow], total: Int, rest: String) -> Table {
    var columns: [Table.Column] = [
      .init("Operation", key: "operation", kind: .operation),
      .init("Distribution", key: "histogram", kind: .picture),
    ]
    let percents = [50, 90, 95, 99]
    for percent in percents {
      columns.append(.init("p\(percent)", key: "p\(percent)_ns", kind: .percentile))
    }
    columns += [
      .init("Longest", key: "max_ns", kind: .length), .init("Spans", key: "spans", kind: .count),
      .init("Traces", key: "traces", kind: .count), .init("Errors", key: "errors", kind: .count),
      .init("Self time", key: "self_ns", kind: .length),
      .init("Total", key: "total_ns", kind: .length),
    ]
    let cells = rows.map { row -> [Table.Cell] in
      let shown = percents.map { percent -> Table.Cell in
        let found = row.percentiles.first { $0.percent == percent }
        guard let found, let value = found.valueNs else {
          return .missing(traces: found?.tracesMissing ?? 0)
        }
        return .percentile(value, low: found.lowNs, high: found.highNs)
      }
      let median = row.percentiles.first { $0.percent == 50 }?.valueNs
      return [.operation(row.operation), .histogram(row.histogram, p50Ns: median ?? nil)] + shown
        + [
          .length(row.maxNs), .count(row.spans), .count(row.traces), .count(row.errors),
          .length(row.selfNs), .length(row.totalNs),
        ]
    }
    return Table(columns: columns, rows: cells, total: total, rest: rest)
  }
}
