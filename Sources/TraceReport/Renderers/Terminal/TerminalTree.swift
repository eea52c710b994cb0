public import TraceAnalysis
import TraceModel

/// One trace as a tree for a terminal: bars to scale with the critical path marked, lengths, self time, errors with
/// their message, and log lines below their span.
///
///     checkout POST /pay           |-====-------====| 1.20 s  self 310 ms
///       ledger post entry (client) |     =======    | 480 ms  self 480 ms  ERROR
///         ! TimeoutError: no answer within 480 ms
///
/// `=` (`━`) is the critical path, `-` (`─`) the rest of the span. Deep spans are drawn at the deepest indentation that
/// leaves room for names, with their depth written before them.
///
/// - Parameters:
///   - exemplar: the trace.
///   - width: columns of the terminal, at least 40; bars are left out below 72, self time below 64.
///   - color: whether colors and box characters may be used; without it, ASCII decoration alone.
///   - showLogs: whether log lines are drawn.
///   - options: whether secrets are shown.
/// - Returns: lines, each ended by a line feed.
/// - Complexity: linear in spans, log lines and width.
public func renderTree(
  _ exemplar: Findings.ExemplarTrace, width: Int, color: Bool, showLogs: Bool,
  options: RenderOptions = RenderOptions()
) -> String {
  var whole = Findings()
  whole.exemplars = [exemplar]
  let (shown, masked) = whole.prepared(showSecrets: options.showSecrets)
  let style = TreeStyle(width: max(40, width), color: color, glyphs: color ? .boxes : .ascii)
  let terminal = TerminalStyle(color: color)
  var lines: [String] = []
  for exemplar in shown.exemplars {
    let state = exemplar.failed ? "failed" : "succeeded"
    lines.append(terminal.draw("trace \(shortened(exemplar.id, to: 64))", .bold))
    lines += wrapped(
      "\(shortened(operationText(exemplar.endpoint), to: 200)) \(state) after \(durationText(exemplar.totalNs)); "
        + "\(isKnown(exemplar.startNs) ? "started \(shownMoment(exemplar.startNs).text())" : "start unknown"); \(counted(exemplar.spanCount, "span"))",
      to: style.width)
    if !exemplar.reason.isEmpty {
      lines += wrapped(shortened(exemplar.reason, to: 400), to: style.width)
    }
    lines.append("")
    lines += treeLines(exemplar, style: style, showLogs: showLogs, rowLimit: exemplar.rows.count)
  }
  if masked > 0 {
    let words = "\(counted(masked, "value")) masked; --show-secrets prints them"
    lines += wrapped(words, to: style.width).map { terminal.draw($0, .dim) }
  }
  return lines.joined(separator: "\n") + "\n"
}

/// How a tree is drawn.
struct TreeStyle {
  /// What bars are made of.
  struct Glyphs {
    var bar: Character
    var critical: Character
    var frame: Character
    var error: String
    var log: String
    var cut: Character

    static let ascii = Glyphs(
      bar: "-", critical: "=", frame: "|", error: "!", log: ".", cut: "~")
    static let boxes = Glyphs(
      bar: "─", critical: "━", frame: "│", error: "✗", log: "·", cut: "…")
  }
  var width: Int
  var color: Bool
  var glyphs: Glyphs

  /// Whether there is room for self time beside the length.
  var showsSelf: Bool { width >= 64 }
}

/// The rows of a tree, without its heading.
///
/// - Parameter rowLimit: rows to draw at most; a line says how many were left out.
func treeLines(
  _ exemplar: Findings.ExemplarTrace, style: TreeStyle, showLogs: Bool, rowLimit: Int
) -> [String] {
  let drawing = TreeDrawing(exemplar, style: style)
  let news = exemplar.news
  var lines: [String] = []
  for (row, news) in zip(exemplar.rows, news).prefix(rowLimit) {
    lines.append(drawing.line(row))
    if let oddity = drawing.oddity(row, marksClock: news.clock) {
      lines += drawing.note(row, "~", oddity, .yellow)
    }
    if news.error {
      lines += drawing.note(row, style.glyphs.error, row.errorText, .red)
    }
    guard showLogs else { continue }
    for line in row.logs {
      lines += drawing.note(
        row, style.glyphs.log, logText(line, clock: drawing.clock, limit: 300),
        line.severity == "ERROR" || line.severity == "FATAL" ? .red : .dim)
    }
  }
  let left = exemplar.spanCount - min(rowLimit, exemplar.rows.count)
  if left > 0 { lines.append("and \(counted(left, "more span"))") }
  if showLogs, !exemplar.looseLogs.isEmpty {
    let isCut = rowLimit < exemplar.rows.count
    lines += wrapped(
      (isCut ? Findings.ExemplarTrace.hiddenLogWords : exemplar.looseLogWords) + ":",
      to: style.width)
    for line in exemplar.looseLogs {
      lines += wrapped(
        logText(line, clock: drawing.clock, limit: 300), to: style.width, indent: "  ")
    }
  }
  return lines
}

private struct TreeDrawing {
  let style: TreeStyle
  let clock: Clock
  let terminal: TerminalStyle
  let first: Int64
  let length: Double
  let labelWidth: Int
  let barWidth: Int

  init(_ exemplar: Findings.ExemplarTrace, style: TreeStyle) {
    self.style = style
    terminal = TerminalStyle(color: style.color)
    clock = Clock(
      first: exemplar.startNs,
      last: (Timestamp(exemplar.startNs) + exemplar.totalNs).nanoseconds)
    let range = exemplar.timeRange
    first = range.lowerBound
    length = max(1, Double(range.upperBound) - Double(range.lowerBound))
    // Length, self time where there is room for it, and the word ERROR stand on the right.
    let room = style.width - (style.showsSelf ? 34 : 18)
    barWidth = style.width >= 72 ? min(60, room * 2 / 5) : 0
    labelWidth = max(12, room - (barWidth > 0 ? barWidth + 3 : 0))
  }

  private func indent(_ depth: Int) -> String {
    let deepest = max(1, labelWidth / 4)
    if depth <= deepest { return String(repeating: "  ", count: max(0, depth)) }
    let mark = "[\(depth)] "
    return String(repeating: " ", count: max(0, deepest * 2 - mark.count)) + mark
  }

  func line(_ row: Findings.WaterfallRow) -> String {
    let name = shortened(operationText(row.operation), to: 160)
    let label = fitted(indent(row.depth) + name, to: labelWidth, mark: style.glyphs.cut)
    var line = terminal.draw(label, row.isError ? .red : .bold)
    if !row.isError, row.critical.isEmpty { line = label }
    if barWidth > 0 {
      line += " \(style.glyphs.frame)\(bar(row))\(style.glyphs.frame)"
    }
    line += " " + fitted(durationText(row.durationNs), to: 9, right: true)
    if style.showsSelf {
      line += terminal.draw("  self " + fitted(durationText(row.selfNs), to: 9, right: true), .dim)
    }
    if row.isError { line += terminal.draw("  ERROR", .boldRed) }
    return line
  }

  /// What is odd about a span: how it hangs, and by how much its clock was corrected.
  func oddity(_ row: Findings.WaterfallRow, marksClock: Bool) -> String? {
    var words: [String] = []
    if row.edge != "sync", row.edge != "root" { words.append(shortened(row.edge, to: 40)) }
    if marksClock { words.append("clock corrected by \(signedDurationText(row.shiftNs))") }
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }

  private func column(_ time: Int64) -> Double {
    min(1, max(0, (Double(time) - Double(first)) / length)) * Double(barWidth)
  }

  private func bar(_ row: Findings.WaterfallRow) -> String {
    var cells = Array(repeating: Character(" "), count: barWidth)
    func fill(_ from: Int64, _ to: Int64, _ glyph: Character) {
      let start = min(barWidth - 1, Int(column(from)))
      let end = max(start + 1, min(barWidth, Int(column(to).rounded(.up))))
      for place in start..<end { cells[place] = glyph }
    }
    fill(row.startNs, row.startNs &+ row.durationNs, style.glyphs.bar)
    for segment in row.critical where segment.count == 2 {
      fill(segment[0], segment[1], style.glyphs.critical)
    }
    return terminal.draw(String(cells), row.isError ? .red : .blue)
  }

  func note(
    _ row: Findings.WaterfallRow, _ mark: String, _ text: String, _ face: TerminalStyle.Face
  ) -> [String] {
    let indent = String(repeating: " ", count: min(columnCount(self.indent(row.depth)) + 2, 40))
    let lines = wrapped(
      shortened(text, to: 400), to: style.width, indent: indent + "  ")
    return lines.enumerated().map { index, line in
      let body = index == 0 ? indent + mark + " " + line.dropFirst(indent.count + 2) : line
      return terminal.draw(body, face)
    }
  }
}

extension Findings.ExemplarTrace {
  /// What the log lines are that stand below no row: those of spans that are not shown are among them.
  var looseLogWords: String {
    rows.count < spanCount
      ? Findings.ExemplarTrace.hiddenLogWords
      : "Log lines of this trace that name none of these spans"
  }

  static let hiddenLogWords = "Log lines of this trace, of spans that are not shown or of none"

  /// For each row whether its clock correction differs from its parent's, and whether its error text from the one before.
  var news: [(clock: Bool, error: Bool)] {
    var shifts: [Int64] = []
    var said = ""
    return rows.map { row in
      let depth = min(max(0, row.depth), 100_000)
      shifts.removeLast(max(0, shifts.count - depth))
      let inherited = shifts.last ?? 0
      while shifts.count < depth { shifts.append(inherited) }
      shifts.append(row.shiftNs)
      let isNews = row.isError && !row.errorText.isEmpty && row.errorText != said
      if isNews { said = row.errorText }
      return (row.shiftNs != 0 && row.shiftNs != inherited, isNews)
    }
  }

  /// From the earliest start to the latest end of what is drawn, ns after the primary root's start.
  var timeRange: Range<Int64> {
    var first: Int64 = 0
    var last = max(1, totalNs)
    for row in rows {
      first = min(first, row.startNs)
      let (end, overflow) = row.startNs.addingReportingOverflow(max(0, row.durationNs))
      last = max(last, overflow ? .max : end)
    }
    return first..<max(last, first &+ 1)
  }
}
