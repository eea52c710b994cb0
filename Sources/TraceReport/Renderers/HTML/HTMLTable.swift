import TraceAnalysis
import TraceModel

extension HTMLPage {
  /// A table in a box that scrolls where it is too wide.
  mutating func write(_ table: Table, limit: Int) {
    let scale = histogramScale(table)
    // Rows of many numbers about one operation become cards where the page is narrow.
    let first = table.columns.first
    let isCards =
      table.columns.count >= 6 && (first?.kind == .operation || first?.key == "caller")
    let faces: [HTML] = (isCards ? ["cards"] : []) + (table.columns.count > 9 ? ["tight"] : [])
    var face = HTML()
    if !faces.isEmpty { face = " class=\"\(joined(faces))\"" }
    out += "<div class=\"scroll\" tabindex=\"0\"><table\(face)><thead><tr>"
    for column in table.columns {
      out += "<th class=\"\(self.face(column.kind))\" scope=\"col\">\(column.title)"
      if column.kind == .picture, let scale { out += axis(scale) }
      out += "</th>"
    }
    out += "</tr></thead><tbody>\n"
    for row in table.rows.prefix(limit) {
      out += "<tr>"
      for (column, cell) in zip(table.columns, row) {
        var label = HTML()
        if isCards, column.kind != .operation { label = " data-label=\"\(column.title)\"" }
        out +=
          "<td class=\"\(self.face(column.kind))\(mood(column, cell))\"\(label)\(sortKey(cell))>\(draw(cell, scale))</td>"
      }
      out += "</tr>\n"
    }
    out += "</tbody></table></div>\n"
    let shown = min(limit, table.rows.count)
    if table.total > shown {
      out += "<p class=\"rest\">\(countText(shown)) of \(countText(table.total))"
      if !table.rest.isEmpty {
        out += "; all of them: <code>\(HTML(cut: table.rest, to: 300))</code>"
      }
      out += "</p>\n"
    }
  }

  private func joined(_ names: [HTML]) -> HTML {
    var result = HTML()
    for (index, name) in names.enumerated() { result += index == 0 ? name : " \(name)" }
    return result
  }

  private func face(_ kind: Table.Kind) -> HTML {
    switch kind {
    case .text: "t"
    case .operation: "o"
    case .trace: "i"
    case .picture: "p"
    case .share: "n s"
    case .count, .length, .percentile, .moment: "n"
    }
  }

  /// Nothing is quiet, damage is red, and a long word may be broken anywhere.
  private func mood(_ column: Table.Column, _ cell: Table.Cell) -> HTML {
    switch cell {
    case .count(0), .share(0): return " zero"
    case .share: return column.key.contains("failed") || column.key.contains("error") ? " bad" : ""
    case .missing: return " few"
    case .text(let text):
      let longest = text.split(separator: " ").map(\.utf8.count).max() ?? 0
      return longest > 22 ? " long" : ""
    case .word, .operation, .count, .length, .percentile, .integer, .decimal, .moment, .trace,
      .sparkline,
      .histogram:
      return ""
    }
  }

  /// What the script sorts by; text is sorted as it stands.
  private func sortKey(_ cell: Table.Cell) -> HTML {
    switch cell {
    case .count(let count): " data-k=\"\(count)\""
    case .length(let value?), .moment(let value?), .percentile(let value, _, _),
      .integer(let value):
      " data-k=\"\(Int(value))\""
    case .length, .moment, .missing: " data-k=\"-1\""
    case .share(let share): " data-k=\"\(Int((min(1, max(0, share)) * 1_000_000).rounded()))\""
    case .text, .word, .operation, .trace, .sparkline, .histogram, .decimal: ""
    }
  }

  private func draw(_ cell: Table.Cell, _ scale: LogScale?) -> HTML {
    switch cell {
    case .text(let text), .word(_, let text): return HTML(breakable: text, to: 240)
    case .operation(let operation): return self.operation(operation)
    case .share(let share):
      return share > 0 ? "\(percentText(share))\(meter(share))" : "0 %"
    case .missing(let traces):
      return "<span class=\"quiet\">needs&nbsp;\(countText(traces)) more</span>"
    case .trace(let reference):
      if let anchor = anchors[reference.trace] {
        return
          "<a class=\"trace\" href=\"#\(anchor)\" title=\"\(shortened(reference.trace, to: 80))\">\(shortened(reference.trace, to: 13))</a>"
      }
      return
        "<code class=\"trace\" title=\"\(shortened(reference.trace, to: 80))\">\(shortened(reference.trace, to: 13))</code>"
    case .sparkline(let values): return sparkline(values)
    case .histogram(let bins, let median):
      guard let scale else { return HTML() }
      return histogram(bins, median: median, scale: scale)
    case .percentile(let value, let low, let high):
      return low == nil && high == nil
        ? "\(durationText(value))"
        : "\(durationText(value))<small class=\"interval\">\(intervalText(low, high))</small>"
    case .count, .length, .moment, .integer, .decimal: return "\(Table.text(cell, clock))"
    }
  }

  /// One axis for all distributions of a table; nil where there is none. It begins where all but a hundredth of each
  /// distribution lies, so that a few spans without a length do not squeeze the rest; these are drawn at its beginning.
  private func histogramScale(_ table: Table) -> LogScale? {
    var low: Int64?
    var high: Int64?
    for row in table.rows {
      for case .histogram(let bins, _) in row {
        let total = bins.reduce(0) { $0 &+ $1.count }
        var sum = 0
        let first = bins.first { bin in
          sum &+= bin.count
          return sum > total / 100
        }
        if let first { low = min(low ?? first.lowNs, first.lowNs) }
        if let last = bins.last { high = max(high ?? last.highNs, last.highNs) }
      }
    }
    guard let low, let high else { return nil }
    return LogScale(low: low, high: high)
  }
}
