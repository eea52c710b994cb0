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
    ] + functions(context)
  }

  /// What the platform reports of functions; nothing where there is no report.
  private static func functions(_ context: SectionContext) -> [Block] {
    let rows = context.findings.invocations
    if rows.isEmpty { return [] }
    return [
      .heading("Functions, by what the platform reports"),
      .table(
        Table(
          columns: [
            .init("Function", key: "function", kind: .text),
            .init("Invocations", key: "invocations", kind: .count),
            .init("Cold starts", key: "cold_starts", kind: .count),
            .init("Longest start", key: "cold_start_max_ns", kind: .length),
            .init("p50", key: "p50_ns", kind: .length), .init("p95", key: "p95_ns", kind: .length),
            .init("Longest", key: "max_ns", kind: .length),
            .init("Memory", key: "memory", kind: .text),
            .init("Timeouts", key: "timeouts", kind: .count),
            .init("Failures", key: "failures", kind: .count),
          ],
          rows: rows.map {
            [
              .text($0.function), .count($0.invocations), .count($0.coldStarts),
              .length($0.coldStartMaxNs), .length($0.p50Ns), .length($0.p95Ns), .length($0.maxNs),
              .text($0.memoryMB == 0 ? "–" : "\($0.usedMB) of \($0.memoryMB) MB"),
              .count($0.timeouts), .count($0.failures),
            ]
          }, rest: context.options.command("logs")), htmlRows: 30),
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
