import TraceAnalysis
import TraceModel

extension Section {
  /// Where the time went: critical-path time by operation.
  static let timeSpent = Section(id: "time", title: "Where the time went") { context in
    let selections = context.findings.timeSpent.filter { !$0.rows.isEmpty }
    if selections.isEmpty {
      return context.nothing("No request is whole enough for a critical path.")
    }
    var blocks: [Block] = [
      .prose([
        .text(
          "Time on the critical path: the stretches that, shortened, shorten the request. Shares are of the time of the whole selection."
        )
      ])
    ]
    for selection in selections {
      let title = selection.name == "slow" ? "Slow requests" : "All requests"
      blocks.append(.heading(title))
      let average = selection.traces > 0 ? selection.totalNs / Int64(selection.traces) : 0
      blocks.append(
        .prose([
          .quiet(
            "\(sentence(selection.description)) \(counted(selection.traces, "request")), \(durationText(average)) on average."
          )
        ]))
      blocks.append(
        .table(
          Table(
            columns: pathColumns,
            rows: selection.rows.map(pathCells), total: selection.rowCount,
            rest: context.options.command(
              "path", rows: selection.rowCount, selection: selection.name)), htmlRows: 12))
    }
    return blocks
  }

  static let pathColumns: [Table.Column] = [
    .init("Operation", key: "operation", kind: .operation),
    .init("Share", key: "share", kind: .share),
    .init("On the path", key: "critical_path_ns", kind: .length),
    .init("With its waits", key: "inclusive_ns", kind: .length),
    .init("Self time", key: "self_ns", kind: .length),
    .init("Traces", key: "traces", kind: .count),
    .init("Longest in", key: "exemplar", kind: .trace),
  ]

  static func pathCells(_ row: Findings.PathRow) -> [Table.Cell] {
    [
      .operation(row.operation), .share(row.share), .length(row.criticalPathNs),
      .length(row.inclusiveNs), .length(row.selfNs), .count(row.traces), .trace(row.exemplar),
    ]
  }

  /// Words as a sentence: a capital first, a full stop last.
  static func sentence(_ words: String) -> String {
    guard let first = words.first else { return "" }
    let text = first.uppercased() + words.dropFirst()
    return text.hasSuffix(".") ? text : text + "."
  }
}
