public import TraceAnalysis
import TraceModel

/// The short answer for a terminal: verdict, the three strongest causes, and the command for the whole report.
///
/// - Parameters:
///   - findings: what was found.
///   - width: columns of the terminal; lines are wrapped to it, at least 40.
///   - color: whether colors may be used; without it, text alone.
///   - options: input that commands name, and whether secrets are shown.
/// - Returns: lines, each ended by a line feed.
public func renderVerdict(
  _ findings: Findings, width: Int, color: Bool, options: RenderOptions = RenderOptions()
) -> String {
  let (shown, masked) = findings.prepared(showSecrets: options.showSecrets)
  let document = Document(shown, masked: masked, options: options)
  let style = TerminalStyle(color: color)
  let width = max(40, width)
  var lines: [String] = []
  func say(_ text: String, indent: String = "", _ face: TerminalStyle.Face? = nil) {
    for line in wrapped(shortened(text, to: 900), to: width, indent: indent) {
      lines.append(face.map { style.draw(line, $0) } ?? line)
    }
  }
  let face: TerminalStyle.Face =
    switch document.kind {
    case .errors: .boldRed
    case .latency, .notEnough: .yellow
    case .quiet: .green
    }
  say(document.headline, face)
  for line in shown.verdict.lines.prefix(4) { say(line, indent: "  ") }
  if !shown.causes.isEmpty {
    lines.append("")
    for (index, cause) in shown.causes.prefix(3).enumerated() {
      say("\(index + 1). \(cause.title)", .bold)
      let noun = cause.kind == .errors ? "failed" : "slow"
      say(
        "explains \(percentText(cause.share)) of \(noun) requests (\(countText(cause.requests)))",
        indent: "   ")
      if let first = cause.evidenceFor.first { say("for: \(first.sentence)", indent: "   ") }
      if let first = cause.evidenceAgainst.first {
        say("against: \(first.sentence)", indent: "   ")
      }
    }
  }
  lines.append("")
  if let loss = shown.quality.defects.first(where: { $0.severity == "loss" }) {
    say("data: \(counted(loss.count, "time")) \(loss.kind): \(loss.explanation)", .yellow)
  }
  if masked > 0 { say("\(counted(masked, "value")) masked; --show-secrets prints them", .dim) }
  lines.append(style.draw(document.subtitle, .dim))
  lines.append("whole report: " + visible(options.command("report")) + " -o incident.html")
  return lines.joined(separator: "\n") + "\n"
}
