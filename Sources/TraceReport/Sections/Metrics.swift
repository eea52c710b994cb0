import Foundation
import TraceAnalysis
import TraceModel

extension Section {
  /// Metrics on the report's time axis: what moved when the trouble began.
  static let metrics = Section(id: "metrics", title: "Metrics") { context in
    guard let found = context.findings.metrics else {
      return context.nothing(
        context.findings.input.metrics > 0
          ? "\(counted(context.findings.input.metrics, "metric")) were counted; none has a data point with a time."
          : "No metrics were read.")
    }
    let isCompared = found.sinceNs != nil
    let whole =
      "\(counted(found.series, "series", "series")) with \(counted(found.points, "data point"))"
    guard !found.rows.isEmpty else {
      return context.nothing(
        isCompared
          ? "None of \(whole) moved by a fifth when the trouble began, or has two points on either side of it."
          : "None of \(whole) varies, or has points in three bins.")
    }
    let intro =
      isCompared
      ? "Of \(whole), those that moved most from before \(context.clock.text(found.sinceNs ?? 0)) to after it. That they moved together proves no cause."
      : "Of \(whole), those that vary most; nothing is known to have begun."
    return [
      .prose([
        .text(
          intro
            + " Counters are given as gain a second, gauges as means, histograms as a 95th percentile that is estimated within its bucket, each the mean over the points."
        )
      ]),
      .table(metricsTable(found, context), htmlRows: 10),
    ]
  }

  private static func metricsTable(
    _ found: Findings.MetricFindings, _ context: SectionContext
  ) -> Table {
    let isCompared = found.sinceNs != nil
    var columns: [Table.Column] = [
      .init("Metric", key: "name", kind: .text), .init("Sender", key: "service", kind: .text),
      .init("Attributes", key: "attributes", kind: .text),
      .init("Figure", key: "figure", kind: .text),
    ]
    if isCompared { columns.append(.init("Before", key: "before", kind: .text)) }
    columns += [
      .init(isCompared ? "Since" : "Mean", key: "after", kind: .text),
      .init("Over time", key: "bins", kind: .picture),
      .init("Points", key: "points", kind: .count),
    ]
    let rows = found.rows.map { row -> [Table.Cell] in
      var cells: [Table.Cell] = [
        .text(row.name), .text(sender(row)), .text(shortened(attributes(row.attributes), to: 120)),
        .text(figure(row)),
      ]
      if isCompared { cells.append(.text(value(row.before, row))) }
      return cells + [
        .text(value(row.after, row)), .sparkline(heights(row.bins)), .count(row.points),
      ]
    }
    return Table(
      columns: columns, rows: rows, total: found.series,
      rest: context.options.command(
        "query", "select time, service, name, value, count, sum, attributes from metrics"))
  }

  /// The service and its host; of a sender that names no service what it is otherwise called.
  private static func sender(_ row: Findings.MetricRow) -> String {
    var name = row.service
    if name.isEmpty || name == "unknown_service" {
      let said = object(row.resource)
      let names = ["container.name", "k8s.pod.name", "process.executable.name", "db.system"]
      name = names.lazy.compactMap { said[$0] as? String }.first ?? name
    }
    return [name, row.host].filter { !$0.isEmpty }.joined(separator: " on ")
  }

  private static func object(_ json: String) -> [String: Any] {
    let value = try? JSONSerialization.jsonObject(with: Data(json.utf8))
    return value as? [String: Any] ?? [:]
  }

  /// `route=/, method=GET`.
  private static func attributes(_ json: String) -> String {
    object(json).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ", ")
  }

  private static func figure(_ row: Findings.MetricRow) -> String {
    switch row.figure {
    case .rate: "gain a second"
    case .mean: "mean"
    case .p95: "p95, estimated"
    case .quantile: "quantile"
    }
  }

  /// A value with its unit.
  private static func value(_ value: Double?, _ row: Findings.MetricRow) -> String {
    guard let value else { return "–" }
    let rate = row.figure == .rate ? "/s" : ""
    if row.unit == "By", value >= 0, value < 9e18 { return bytesText(Int64(value)) + rate }
    let lengths = ["ns": 1.0, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9]
    if rate.isEmpty, let scale = lengths[row.unit], (value * scale).magnitude < 9e18 {
      return durationText(Int64((value * scale).rounded()))
    }
    // `{request}` and `1` are what people call nothing.
    let unit = row.unit == "1" || row.unit.hasPrefix("{") ? "" : row.unit
    let words = [numberText(value), unit].filter { !$0.isEmpty }.joined(separator: " ")
    return words + (rate.isEmpty ? "" : unit.isEmpty ? " \(rate)" : rate)
  }

  /// A number with four digits that count.
  private static func numberText(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    let size = value.magnitude
    if size >= 10_000, size < 9e15 { return countText(Int(value.rounded())) }
    if size < 0.001 || size >= 9e15 { return String(format: "%.3g", value) }
    let digits = max(0, 3 - Int(log10(size).rounded(.down)))
    let text = String(format: "%.\(digits)f", value)
    return text.contains(".")
      ? String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed()) : text
  }

  /// Bins as heights of a picture: from zero, or from the lowest where some are below.
  private static func heights(_ bins: [Double?]) -> [Int] {
    let values = bins.compactMap { $0 }
    let low = min(0, values.min() ?? 0)
    let high = max(0, values.max() ?? 0)
    guard high > low else { return bins.map { _ in 0 } }
    return bins.map { $0.map { Int((($0 - low) / (high - low) * 1000).rounded()) } ?? 0 }
  }
}
