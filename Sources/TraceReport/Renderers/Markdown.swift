public import TraceAnalysis
import TraceModel

/// Findings as Markdown (GitHub's dialect), in a reader's order of need; tables of at most 10 rows.
///
/// Names of the input stand in code spans or are escaped: none of them can form a link, HTML, a heading or a table.
///
/// - Parameters:
///   - findings: what was found.
///   - options: title, input that commands name, and whether secrets are shown.
/// - Complexity: linear in what is shown.
public func renderMarkdown(_ findings: Findings, options: RenderOptions) -> String {
  let (shown, masked) = findings.prepared(showSecrets: options.showSecrets)
  let document = Document(shown, masked: masked, options: options)
  var writer = MarkdownWriter(
    clock: Clock(first: shown.input.firstNs, last: shown.input.lastNs), options: options)
  writer.line("# \(markdownProse(document.title, 200))")
  writer.line(markdownProse(document.subtitle, 400))
  for (index, chapter) in document.chapters.enumerated() {
    writer.line("## \(index + 1) \(chapter.title)")
    if chapter.id == "verdict" { writer.line("**\(markdownProse(document.headline, 600))**") }
    for block in chapter.blocks { writer.write(block) }
  }
  return writer.text
}

/// Draws blocks as Markdown, an empty line between them.
struct MarkdownWriter {
  static let rowLimit = 10
  let clock: Clock
  let options: RenderOptions
  private(set) var text = ""

  init(clock: Clock, options: RenderOptions) {
    self.clock = clock
    self.options = options
  }

  /// One paragraph, heading or list.
  mutating func line(_ line: String) {
    if !text.isEmpty { text += "\n" }
    text += line + "\n"
  }

  mutating func write(_ block: Block) {
    switch block {
    case .heading(let words): line("**\(markdownProse(words, 200))**")
    case .prose(let pieces): line(inline(pieces))
    case .list(let items, _): line(items.map { "- " + inline($0) }.joined(separator: "\n"))
    case .figures(let figures):
      line(
        figures.map {
          "- \($0.label): **\(markdownProse($0.value, 80))** (\(markdownProse($0.note, 200)))"
        }.joined(separator: "\n"))
    case .path(let path): write(path: path)
    case .table(let table, _): write(table)
    case .timeline(let timeline): write(timeline)
    case .map: break  // the table of calls says the same
    case .logs(let lines): write(lines)
    case .waterfall(let exemplar, _): write(exemplar)
    case .command(let command, let purpose):
      if !purpose.isEmpty { line(markdownProse(purpose, 300)) }
      line(fenced(visible(command), "sh"))
    case .card(let card): write(card)
    }
  }

  private mutating func write(_ card: Card) {
    let number = card.number.isEmpty ? "" : "\(card.number). "
    line(
      "### \(number)\(inline(card.title.map { if case .strong(let t) = $0 { .text(t) } else { $0 } }))"
    )
    if !card.badges.isEmpty {
      line(card.badges.map { markdownProse($0.text, 200) }.joined(separator: " · "))
    }
    for block in card.blocks { write(block) }
  }

  private mutating func write(path: [Operation]) {
    let steps = path.map { "`\(codeBody(shortened(operationText($0), to: 160)))`" }
    line("The way of the error, origin first: " + steps.joined(separator: " → "))
  }

  /// At most 10 rows, then how many there are and the command for the rest.
  private mutating func write(_ table: Table) {
    line(markdownTable(table, limit: MarkdownWriter.rowLimit, clock: clock))
    let shown = min(table.rows.count, MarkdownWriter.rowLimit)
    if table.total > shown {
      let rest = table.rest.isEmpty ? "" : "; all of them: " + markdownCode(table.rest, 400)
      line("\(countText(shown)) of \(countText(table.total))\(rest)")
    }
  }

  private mutating func write(_ timeline: Timeline) {
    let bins = timeline.bins
    guard let first = bins.first, let last = bins.last else { return }
    let width = plainDurationText(first.widthNs)
    let end = last.startNs &+ last.widthNs
    func row(_ name: String, _ values: [Int]) -> String {
      let top = values.max() ?? 0
      return
        "\(fitted(name, to: 9))|\(fitted(sparklineText(values, columns: 60), to: values.count))| "
        + "up to \(countText(top)) in \(width)"
    }
    var lines = [
      row("requests", bins.map(\.requests)), row("failed", bins.map(\.failed)),
      row("saved", bins.map(\.saved)),
      "from \(clock.text(first.startNs)) to \(clock.text(end))",
    ]
    if let since = timeline.sinceNs { lines.append("the trouble began at \(clock.text(since))") }
    line(fenced(lines.joined(separator: "\n"), "text"))
  }

  private mutating func write(_ lines: [Findings.LogLine]) {
    line(
      fenced(
        lines.map { logText($0, clock: clock, limit: 300) }.joined(separator: "\n"), "text"))
  }

  /// The tree as on a terminal: what is on the critical path or failed comes before the rest where rows are many.
  private mutating func write(_ exemplar: Findings.ExemplarTrace) {
    line("### Trace \(markdownCode(exemplar.id, 64))")
    let state = exemplar.failed ? "failed" : "succeeded"
    line(
      "\(markdownProse(Section.sentence(exemplar.reason), 400)) "
        + "\(markdownCode(operationText(exemplar.endpoint), 200)) \(state) after \(durationText(exemplar.totalNs))."
    )
    let tree = treeLines(
      exemplar, style: TreeStyle(width: 110, color: false, glyphs: .boxes), showLogs: true,
      rowLimit: 40)
    line(fenced(tree.joined(separator: "\n"), "text"))
  }

  private func inline(_ pieces: [Inline]) -> String {
    var line = ""
    for piece in pieces {
      switch piece {
      case .text(let text), .quiet(let text): line += markdownProse(text, 1200)
      case .strong(let text): line += "**\(markdownProse(text, 600))**"
      case .code(let text): line += markdownCode(text, 400)
      case .operation(let operation): line += markdownCode(operationText(operation), 200)
      case .trace(let id): line += markdownCode(id, 64)
      }
    }
    return line
  }
}

/// A log line: time, severity, service, text; a stack trace folded; for one that was joined how, and how sure that is.
func logText(_ line: Findings.LogLine, clock: Clock, limit: Int) -> String {
  let time = line.timeNs.map { clock.text($0, digits: 3) } ?? "–"
  let severity = fitted(shortened(line.severity, to: 5), to: 5)
  let join = line.joinMark.map { " [\($0), \(line.joinWords ?? "joined")]" } ?? ""
  return
    "\(time) \(severity) \(shortened(line.service, to: 40)): \(shortened(line.foldedText, to: limit))\(join)"
}

/// A pipe table.
///
/// - Parameter limit: rows to write at most.
func markdownTable(_ table: Table, limit: Int, clock: Clock) -> String {
  var lines = [
    "| " + table.columns.map { markdownProse($0.title, 60) }.joined(separator: " | ") + " |"
  ]
  let marks = table.columns.map { column -> String in
    switch column.kind {
    case .text, .operation, .trace, .picture: "---"
    case .count, .length, .percentile, .moment, .share: "--:"
    }
  }
  lines.append("| " + marks.joined(separator: " | ") + " |")
  for row in table.rows.prefix(limit) {
    let cells = row.map { cell -> String in
      let text = Table.text(cell, clock)
      return switch cell {
      case .text, .word, .count, .length, .percentile, .integer, .decimal, .missing, .moment,
        .share:
        markdownProse(text, 300)
      case .operation, .trace: markdownCode(text, 200)
      case .sparkline, .histogram: text
      }
    }
    lines.append("| " + cells.joined(separator: " | ") + " |")
  }
  return lines.joined(separator: "\n")
}

/// Text as Markdown prose: whatever could start markup is escaped, and what would become a link of itself is broken.
package func markdownProse(_ text: String, _ limit: Int) -> String {
  let shown = Array(shortened(text, to: limit).unicodeScalars)
  var result = ""
  for (index, scalar) in shown.enumerated() {
    let next = index + 1 < shown.count ? shown[index + 1] : " "
    switch scalar {
    case "\\", "`", "*", "[", "]", "<", ">", "|", "~", "$": result += "\\"
    case "_":
      let before = index > 0 ? shown[index - 1] : " "
      if !isWordLike(before) || !isWordLike(next) { result += "\\" }
    case "&" where isWordLike(next) || next == "#": result += "\\"
    case ":" where next == "/": result += "\\"
    case "@": result += "\\"
    case "."
    where index >= 3
      && String(String.UnicodeScalarView(shown[index - 3..<index])).lowercased() == "www":
      result += "\\"
    case "#", "+", "-", "=":
      if index == 0 { result += "\\" }
    case ".", ")":
      // `1.` at the start of a line would number a list.
      if shown[..<index].allSatisfy({ ("0"..."9").contains($0) }), index > 0, next == " " {
        result += "\\"
      }
    default: break
    }
    result.unicodeScalars.append(scalar)
  }
  return result
}

/// Text as a code span that holds in a table too.
package func markdownCode(_ text: String, _ limit: Int) -> String {
  let shown = shortened(text, to: limit)
  if shown.isEmpty { return "–" }
  return "`\(codeBody(shown))`"
}

/// What may stand between two backticks: backticks become `ˋ` and pipes `¦`, which look alike and mean nothing.
private func codeBody(_ text: String) -> String {
  var body = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "`": body += "ˋ"
    case "|": body += "¦"
    default: body.unicodeScalars.append(scalar)
    }
  }
  return body
}

/// Text in a fence longer than any in it.
private func fenced(_ text: String, _ language: String) -> String {
  var longest = 2
  var run = 0
  for character in text {
    run = character == "`" ? run + 1 : 0
    longest = max(longest, run)
  }
  let fence = String(repeating: "`", count: longest + 1)
  return "\(fence)\(language)\n\(text)\n\(fence)"
}

private func isWordLike(_ scalar: Unicode.Scalar) -> Bool {
  scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
}
