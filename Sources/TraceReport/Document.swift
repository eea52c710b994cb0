import TraceAnalysis
import TraceModel

/// A report before it is drawn: what stands in it and in which order, and nothing about how it looks.
struct Document {
  /// Name of the report.
  var title: String
  /// What was read and when it happened, one line.
  var subtitle: String
  /// What broke, one sentence.
  var headline: String
  /// What sort of answer it is.
  var kind: Findings.Verdict.Kind
  /// The chapters in a reader's order of need.
  var chapters: [Chapter]
}

/// One chapter.
struct Chapter {
  /// Its anchor, a word.
  var id: String
  /// Its heading.
  var title: String
  /// What stands in it.
  var blocks: [Block]
}

/// One thing that a renderer knows how to draw.
enum Block {
  /// A heading below the chapter's.
  case heading(String)
  /// A paragraph.
  case prose([Inline])
  /// A list.
  case list([[Inline]], Tone)
  /// A few numbers to be seen at once.
  case figures([Figure])
  /// The way of an error: where it began first.
  case path([Operation])
  /// A table, drawn with at most so many rows in HTML.
  case table(Table, htmlRows: Int)
  /// Requests over time.
  case timeline(Timeline)
  /// Who calls whom.
  case map(Findings.ServiceMap)
  /// Log lines.
  case logs([Findings.LogLine])
  /// One trace.
  case waterfall(Findings.ExemplarTrace, folded: Bool)
  /// A command to type, and what it shows.
  case command(String, purpose: String)
  /// A thing with a name, and what belongs to it.
  case card(Card)
}

/// A piece of a line.
enum Inline {
  /// A sentence; may hold names of the input.
  case text(String)
  /// The same, to be seen first.
  case strong(String)
  /// The same, to be seen last.
  case quiet(String)
  /// A name or a value of the input, as it stands.
  case code(String)
  /// An operation.
  case operation(Operation)
  /// A trace, by id.
  case trace(String)
}

/// How a thing is meant.
enum Tone: String {
  /// A fact.
  case plain
  /// Damage.
  case bad
  /// Damage that was averted, or doubt.
  case warn
  /// For the better.
  case good
}

/// One number to be seen at once.
struct Figure {
  /// What it is.
  var label: String
  /// The number with its unit.
  var value: String
  /// Out of how many, and how sure.
  var note: String
  /// How it is meant.
  var tone = Tone.plain
  /// The number over time; empty where there is none.
  var spark: [Int] = []
}

/// A thing with a name, and what belongs to it.
struct Card {
  /// Its place in an order; empty where there is none.
  var number = ""
  /// Its name.
  var title: [Inline]
  /// Facts beside the name.
  var badges: [(text: String, tone: Tone)] = []
  /// A share that it explains; nil where it explains none.
  var share: Double?
  /// Its number over time; empty where there is none.
  var spark: [Int] = []
  /// What belongs to it.
  var blocks: [Block]
}

/// Requests over time, and when the trouble began.
struct Timeline {
  /// The bins.
  var bins: [Findings.TimeBin]
  /// When the trouble began; nil where unknown.
  var sinceNs: Int64?
}

extension Document {
  /// The document of findings that are prepared for showing.
  ///
  /// - Parameter masked: how many values were masked in them.
  init(_ findings: Findings, masked: Int, options: RenderOptions) {
    let context = SectionContext(findings: findings, masked: masked, options: options)
    title = options.shownTitle
    subtitle = Document.subtitle(findings)
    headline =
      findings.verdict.headline.isEmpty
      ? "There is not enough data to say anything." : findings.verdict.headline
    kind = findings.verdict.kind
    chapters = Section.all.map {
      Chapter(id: $0.id, title: $0.title, blocks: $0.blocks(context))
    }
  }

  private static func subtitle(_ findings: Findings) -> String {
    let input = findings.input
    var parts: [String] = []
    if let first = input.firstNs {
      let last = input.lastNs ?? first
      func day(_ moment: Int64) -> String { isKnown(moment) ? dateText(moment) : "" }
      func whole(_ moment: Int64) -> String {
        isKnown(moment) ? "\(dateText(moment)) \(Clock.clockText(moment))" : "unknown"
      }
      let to = day(first) == day(last) && isKnown(last) ? Clock.clockText(last) : whole(last)
      parts.append("\(whole(first)) to \(to) UTC")
    }
    parts.append(counted(input.traces, "trace"))
    parts.append(counted(input.spans, "span"))
    parts.append(counted(input.services, "service"))
    if input.logs > 0 { parts.append(counted(input.logs, "log record")) }
    if input.metrics > 0 { parts.append(counted(input.metrics, "metric")) }
    return parts.joined(separator: " · ")
  }
}
