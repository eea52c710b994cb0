import TraceModel

/// A table in columns of a terminal: no line is wider than it.
///
/// Names keep 32 columns, 24 where nothing else is left to give way, and are cut in their middle: the service and the
/// end of the name stay. What does not fit beside them is left out from the right, and a last line says so.
func terminalTable(_ table: Table, width: Int, color: Bool, clock: Clock) -> String {
  let drawing = TerminalTable(table, width: max(40, width), color: color, clock: clock)
  var lines = [TerminalStyle(color: color).draw(drawing.heading, .bold)]
  lines += drawing.rows
  if table.total > table.rows.count {
    lines += wrapped(visible(table.restWords), to: max(40, width))
  }
  if !drawing.leftOut.isEmpty {
    let names = drawing.leftOut.map { shortened(table.columns[$0].title, to: 40) }
    lines += wrapped(
      "left out: \(names.joined(separator: ", ")); widen the terminal or use --format csv",
      to: max(40, width))
  }
  return lines.joined(separator: "\n") + "\n"
}

extension Table {
  /// How many rows stand here of how many, and how to see all of them.
  var restWords: String {
    let shown = "\(countText(rows.count)) of \(countText(total))"
    if let kept, kept < total {
      return rows.count < kept
        ? "\(shown); the first \(kept): -n \(kept)" : "\(shown); no more are kept"
    }
    let all = rest.isEmpty ? "-n \(total)" : rest
    return "\(shown); all of them: \(all)"
  }
}

extension Table.Kind {
  /// Whether values stand to the right.
  var isRight: Bool {
    switch self {
    case .count, .length, .percentile, .moment, .share: true
    case .text, .operation, .trace, .picture: false
    }
  }
}

/// Which columns are drawn, and how wide each is.
private struct TerminalTable {
  private let table: Table
  private var columns: [Int]
  private var widths: [Int]
  private let texts: [[String]]
  /// Columns that did not fit, in their order.
  private(set) var leftOut: [Int] = []

  init(_ table: Table, width: Int, color: Bool, clock: Clock) {
    self.table = table
    let columns = table.columns.indices.filter { color || table.columns[$0].kind != .picture }
    let texts = table.rows.map { row in
      table.columns.indices.map {
        $0 < row.count ? shortened(Table.text(row[$0], clock, isBrief: true), to: 300) : ""
      }
    }
    self.texts = texts
    self.columns = columns
    widths = table.columns.indices.map { column in
      max(
        columnCount(table.columns[column].title), texts.map { columnCount($0[column]) }.max() ?? 0)
    }
    fit(width)
  }

  private var total: Int {
    columns.map { widths[$0] }.reduce(0, +) + 2 * max(0, columns.count - 1)
  }

  /// How narrow a column may become before another one is left out.
  private func least(_ column: Int) -> Int {
    let kind = table.columns[column].kind
    let title = columnCount(table.columns[column].title)
    switch kind {
    case .operation: return max(title, 32)
    case .text where column == columns.first: return max(title, 32)
    case .text: return max(title, 18)
    case .count, .length, .percentile, .moment, .share, .trace, .picture: return widths[column]
    }
  }

  private mutating func fit(_ width: Int) {
    func leastTotal() -> Int {
      columns.map { min(widths[$0], least($0)) }.reduce(0, +) + 2 * max(0, columns.count - 1)
    }
    while columns.count > 1, leastTotal() > width {
      // Pictures first, then from the right.
      let place = columns.lastIndex { table.columns[$0].kind == .picture } ?? columns.count - 1
      // A single column more fits where names take 24 of its place.
      if columns.count == 2, narrowed(width) { break }
      leftOut.append(columns.remove(at: place))
    }
    leftOut.sort()
    while total > width {
      let soft = columns.filter { widths[$0] > min(widths[$0], least($0)) }
      let any = soft.isEmpty ? columns : soft
      guard let widest = any.max(by: { (widths[$0], $1) < (widths[$1], $0) }), widths[widest] > 1
      else { break }
      widths[widest] -= 1
    }
  }

  /// Whether both of two columns fit where the first one takes 24 or less.
  private func narrowed(_ width: Int) -> Bool {
    columns.count == 2 && min(24, widths[columns[0]]) + 2 + widths[columns[1]] <= width
  }

  var heading: String { line(table.columns.map { visible($0.title) }) }

  var rows: [String] { texts.map(line) }

  private func line(_ cells: [String]) -> String {
    var parts: [String] = []
    for (place, column) in columns.enumerated() {
      let kind = table.columns[column].kind
      let text = cells[column]
      let isLast = place == columns.count - 1 && !kind.isRight
      if isLast, columnCount(text) <= widths[column] {
        parts.append(text)
      } else if kind == .operation || (kind == .text && place == 0) {
        parts.append(fittedInMiddle(text, to: widths[column]))
      } else {
        parts.append(fitted(text, to: widths[column], right: kind.isRight))
      }
    }
    return parts.joined(separator: "  ")
  }
}
