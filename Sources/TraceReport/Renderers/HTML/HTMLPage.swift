public import TraceAnalysis
import TraceModel

/// Findings as one HTML file that needs nothing else: no request of any kind, readable and complete with scripts off.
///
/// The content security policy allows the one style sheet and the one script in it, by hash. Tables and pictures are
/// drawn here; the script adds search, sorting, themes, keys and copying. The size is bounded: rows are limited, and a
/// waterfall that has taken its room leaves out details first, then spans, and says so.
///
/// - Parameters:
///   - findings: what was found.
///   - options: title, input that commands name, and whether secrets are shown.
/// - Returns: a document below 2 MB.
public func renderHTML(_ findings: Findings, options: RenderOptions) -> String {
  let (shown, masked) = findings.prepared(showSecrets: options.showSecrets)
  let document = Document(shown, masked: masked, options: options)
  var page = HTMLPage(findings: shown, options: options)
  page.write(document)
  return page.out.text
}

/// Draws a document as a page.
struct HTMLPage {
  /// Bytes that one waterfall may take before its spans lose their details, and before no more spans are drawn.
  static let detailRoom = 110_000
  static let waterfallRoom = 150_000

  let clock: Clock
  let options: RenderOptions
  /// Where a trace is shown on this page, by its id.
  let anchors: [String: String]
  /// Hue of each service, 0 to 9, by name.
  let hues: [String: Int]
  /// The service that the verdict names; empty where it names none.
  let culprit: String
  /// The markup so far.
  var out = HTML()

  init(findings: Findings, options: RenderOptions) {
    self.options = options
    clock = Clock(first: findings.input.firstNs, last: findings.input.lastNs)
    var anchors: [String: String] = [:]
    for (index, exemplar) in findings.exemplars.enumerated() where anchors[exemplar.id] == nil {
      let isPlain = exemplar.id.utf8.allSatisfy {
        (48...57).contains($0) || (97...102).contains($0)
      }
      anchors[exemplar.id] =
        isPlain && exemplar.id.utf8.count <= 32 && !exemplar.id.isEmpty
        ? "trace-\(exemplar.id)" : "trace-number-\(index + 1)"
    }
    self.anchors = anchors
    let services = Set(
      findings.map.nodes.map(\.name)
        + findings.exemplars.flatMap { $0.rows.map(\.operation.service) })
    var hues: [String: Int] = [:]
    for (index, name) in services.sorted().enumerated() { hues[name] = index % 10 }
    self.hues = hues
    culprit = findings.verdict.operation?.service ?? ""
  }

  mutating func write(_ document: Document) {
    let style = String(decoding: PackageResources.report_css, as: UTF8.self)
    let script = String(decoding: PackageResources.report_js, as: UTF8.self)
    let policy =
      "default-src 'none'; style-src 'sha256-\(sha256Base64(Array(style.utf8)))'; "
      + "script-src 'sha256-\(sha256Base64(Array(script.utf8)))'; base-uri 'none'; form-action 'none'"
    out += "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    out += "<meta http-equiv=\"Content-Security-Policy\" content=\"\(HTML(trusted: policy))\">\n"
    out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    out += "<meta name=\"color-scheme\" content=\"light dark\">\n"
    out += "<meta name=\"referrer\" content=\"no-referrer\">\n"
    out +=
      "<title>\(shortened(document.title, to: 80)): \(shortened(document.headline, to: 160))</title>\n"
    out += "<style>\(HTML(trusted: style))</style>\n</head>\n"
    out += "<body class=\"kind-\(document.kind.rawValue)\">\n"
    out += "<a class=\"skip\" href=\"#verdict\">To the verdict</a>\n"
    writeBar(document)
    out += "<div class=\"frame\">\n"
    writeContents(document)
    out += "<main>\n"
    for chapter in document.chapters { write(chapter, of: document) }
    out += "<footer><p>Written by Culprit from exported files alone. "
    out +=
      "All times are UTC; every figure comes with the command that gives it again.</p></footer>\n"
    out += "</main>\n</div>\n<script>\(HTML(trusted: script))</script>\n</body>\n</html>\n"
  }

  private mutating func writeBar(_ document: Document) {
    out += "<header class=\"bar\"><span class=\"mark\">Culprit</span>"
    out += "<span class=\"name\">\(HTML(cut: document.title, to: 80))</span>"
    out += "<span class=\"tools\" hidden>"
    out +=
      "<input id=\"search\" type=\"search\" placeholder=\"Search\" aria-label=\"Search this report\">"
    out += "<output id=\"hits\"></output>"
    out +=
      "<button id=\"theme\" type=\"button\" title=\"Change between light and dark (t)\">Theme</button>"
    out += "</span></header>\n"
  }

  private mutating func writeContents(_ document: Document) {
    out += "<nav class=\"contents\" aria-label=\"Contents\"><ol>"
    for chapter in document.chapters {
      out += "<li><a href=\"#\(chapter.id)\">\(chapter.title)</a></li>"
    }
    out +=
      "</ol><p class=\"keys\" hidden><kbd>j</kbd> <kbd>k</kbd> chapters<br><kbd>/</kbd> search<br>"
    out += "<kbd>t</kbd> light or dark<br><kbd>e</kbd> open all</p></nav>\n"
  }

  private mutating func write(_ chapter: Chapter, of document: Document) {
    if chapter.id == "verdict" {
      out +=
        "<section id=\"verdict\" class=\"verdict\">\n<p class=\"when\">\(document.subtitle)</p>\n"
      out += "<h1>\(HTML(cut: document.headline, to: 400))</h1>\n"
    } else {
      out +=
        "<section id=\"\(chapter.id)\">\n<h2><a href=\"#\(chapter.id)\">\(chapter.title)</a></h2>\n"
    }
    for block in chapter.blocks { write(block) }
    out += "</section>\n"
  }

  mutating func write(_ block: Block) {
    switch block {
    case .heading(let words): out += "<h3>\(words)</h3>\n"
    case .prose(let pieces): writeProse(pieces)
    case .list(let items, let tone):
      out += "<ul class=\"\(tone.rawValue)\">"
      for item in items { out += "<li>\(inline(item))</li>" }
      out += "</ul>\n"
    case .figures(let figures): write(figures)
    case .path(let path): write(path: path)
    case .table(let table, let limit): write(table, limit: limit)
    case .timeline(let timeline): out += timelineChart(timeline, clock: clock)
    case .map(let map): out += serviceMapPicture(map, culprit: culprit)
    case .logs(let lines): write(logs: lines, limit: 5)
    case .waterfall(let exemplar, let folded): write(exemplar, folded: folded)
    case .command(let command, let purpose):
      if !purpose.isEmpty { out += "<p class=\"purpose\">\(shortened(purpose, to: 400))</p>" }
      out += "<pre class=\"command\"><code>\(shortened(command, to: 1000))</code></pre>\n"
    case .card(let card): write(card)
    }
  }

  private mutating func writeProse(_ pieces: [Inline]) {
    if pieces.count == 1, case .code(let text) = pieces[0] {
      out += "<p class=\"message\">\(HTML(cut: text, to: 400, keepingLines: true))</p>\n"
    } else if pieces.count == 1, case .quiet(let text) = pieces[0] {
      out += "<p class=\"quiet\">\(HTML(cut: text, to: 600))</p>\n"
    } else {
      out += "<p>\(inline(pieces))</p>\n"
    }
  }

  func inline(_ pieces: [Inline]) -> HTML {
    var line = HTML()
    for piece in pieces {
      switch piece {
      case .text(let text): line += HTML(breakable: text, to: 900)
      case .strong(let text): line += "<strong>\(HTML(breakable: text, to: 300))</strong>"
      case .quiet(let text): line += "<span class=\"quiet\">\(HTML(cut: text, to: 600))</span>"
      case .code(let text): line += "<code>\(HTML(breakable: text, to: 300))</code>"
      case .operation(let operation): line += self.operation(operation)
      case .trace(let id): line += trace(id)
      }
    }
    return line
  }

  /// Service, name and, where it is no server span, kind.
  func operation(_ operation: Operation) -> HTML {
    var kind = HTML()
    if operation.kind != "server", !operation.kind.isEmpty {
      kind = " <span class=\"kind\">\(shortened(operation.kind, to: 20))</span>"
    }
    return
      "<span class=\"op\"><span class=\"svc\">\(HTML(breakable: operation.service, to: 60))</span> <span class=\"opn\">\(HTML(breakable: operation.name, to: 120))</span>\(kind)</span>"
  }

  /// A trace's id: a link where the trace is on this page, else text to copy.
  func trace(_ id: String) -> HTML {
    let shown = HTML(cut: id, to: 40)
    if let anchor = anchors[id] {
      return "<a class=\"trace\" href=\"#\(anchor)\">\(shown)</a>"
    }
    return "<code class=\"trace\">\(shown)</code>"
  }

  private mutating func write(_ figures: [Figure]) {
    out += "<dl class=\"figures\">"
    for figure in figures {
      out += "<div class=\"\(figure.tone.rawValue)\"><dt>\(HTML(cut: figure.label, to: 60))</dt>"
      out +=
        "<dd><b>\(HTML(cut: figure.value, to: 40))</b><span>\(HTML(cut: figure.note, to: 120))</span>"
      if figure.spark.contains(where: { $0 > 0 }) { out += sparkline(figure.spark) }
      out += "</dd></div>"
    }
    out += "</dl>\n"
  }

  private mutating func write(path: [Operation]) {
    out += "<ol class=\"path\">"
    let shown = path.count > 12 ? Array(path.prefix(8)) + Array(path.suffix(3)) : path
    for (index, step) in shown.enumerated() {
      if path.count > 12, index == 8 {
        out += "<li class=\"gap\">\(path.count - 11) more</li>"
      }
      let role = index == 0 ? "origin" : index == shown.count - 1 ? "end" : "step"
      out += "<li class=\"\(HTML(trusted: role))\">"
      if index == 0 { out += "<small>began here</small>" }
      if index == shown.count - 1 { out += "<small>last to fail</small>" }
      out += "\(operation(step))</li>"
    }
    out += "</ol>\n"
  }

  private mutating func write(_ card: Card) {
    let tone = card.badges.first?.tone ?? .plain
    out += "<article class=\"card \(tone.rawValue)\"><header>"
    if !card.number.isEmpty { out += "<span class=\"rank\">\(card.number)</span>" }
    out +=
      "<h3>\(inline(card.title.map { if case .strong(let t) = $0 { .text(t) } else { $0 } }))</h3>"
    if card.spark.contains(where: { $0 > 0 }) { out += sparkline(card.spark) }
    out += "</header>"
    if !card.badges.isEmpty {
      out += "<p class=\"badges\">"
      for badge in card.badges {
        out += "<span class=\"badge \(badge.tone.rawValue)\">\(badge.text)</span> "
      }
      out += "</p>"
    }
    if let share = card.share { out += meter(share) }
    for block in card.blocks { write(block) }
    out += "</article>\n"
  }

  /// A share as a thin bar.
  func meter(_ share: Double) -> HTML {
    "<svg class=\"meter\" width=\"100%\" height=\"6\" aria-hidden=\"true\"><rect class=\"track\" width=\"100%\" height=\"6\" rx=\"3\"/><rect class=\"fill\" width=\"\(Percent(share))\" height=\"6\" rx=\"3\"/></svg>\n"
  }

  /// Log lines as a block.
  mutating func write(logs: [Findings.LogLine], limit: Int) {
    out += "<ol class=\"logs\">"
    for line in logs.prefix(limit) { out += log(line) }
    out += "</ol>\n"
  }

  /// One log line.
  func log(_ line: Findings.LogLine) -> HTML {
    let face: HTML =
      switch line.severity {
      case "ERROR", "FATAL": "bad"
      case "WARN": "warn"
      default: "plain"
      }
    let time = line.timeNs.map { clock.text($0, digits: 3) } ?? "–"
    let join: HTML =
      line.joinMark.map {
        " <span class=\"badge plain\">\($0), \(line.joinWords ?? "joined")</span>"
      } ?? ""
    return
      "<li class=\"\(face)\"><time>\(time)</time> <b>\(shortened(line.severity, to: 8))</b> <span class=\"svc\">\(HTML(cut: line.service, to: 40))</span> <span class=\"txt\">\(HTML(cut: line.foldedText, to: 300, keepingLines: true))</span>\(join)</li>"
  }
}
