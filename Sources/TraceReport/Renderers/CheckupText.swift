public import TraceAnalysis
import TraceModel

/// How a checkup is written.
public enum CheckupFormat: String, Sendable, CaseIterable {
  /// Lines for a terminal.
  case text
  /// GitHub's Markdown.
  case markdown
  /// One JSON object, snake_case keys, `schema_version`.
  case json
}

/// A checkup for a terminal, as Markdown or as JSON.
///
/// - Parameters:
///   - checkup: what is wrong with the data.
///   - format: how it is written.
///   - width: columns of the terminal; lines are wrapped to it, at least 40.
///   - color: whether colors may be used.
///   - options: input that commands name, and whether secrets are shown.
/// - Returns: text that ends with a line feed.
public func renderCheckup(
  _ checkup: Checkup, format: CheckupFormat, width: Int, color: Bool,
  options: RenderOptions = RenderOptions()
) -> String {
  var shown = checkup
  var secrets = Secrets()
  if !options.showSecrets { shown.mask(&secrets) }
  switch format {
  case .text:
    return CheckupLines(
      checkup: shown, style: TerminalStyle(color: color), width: max(40, width), options: options
    )
    .text
  case .markdown: return markdown(shown, options)
  case .json: return jsonText(shown)
  }
}

extension Checkup {
  /// Masks credentials in the names that it holds.
  fileprivate mutating func mask(_ secrets: inout Secrets) {
    for index in complaints.indices {
      complaints[index].places = complaints[index].places.map { secrets.masked($0) }
      complaints[index].example = secrets.masked(complaints[index].example)
    }
    for index in input.sources.indices {
      input.sources[index].name = secrets.masked(input.sources[index].name)
      input.sources[index].remark = secrets.masked(input.sources[index].remark)
    }
  }

  /// What was read, one line.
  fileprivate var readLine: String {
    let read = input.sources.count { !$0.format.isEmpty }
    let skipped = input.sources.count - read
    var parts = [
      "\(counted(read, "file")) read" + (skipped > 0 ? ", \(countText(skipped)) skipped" : ""),
      counted(input.traces, "trace"), counted(input.spans, "span"),
      counted(input.logs, "log record"), counted(input.services, "service"),
    ]
    if input.metrics > 0 { parts.append(counted(input.metrics, "metric")) }
    return parts.joined(separator: " · ")
  }
}

/// The command that shows an example; empty where it is no trace.
private func command(for example: String, _ options: RenderOptions) -> String {
  let isTrace = example.utf8.count == 32 && example.allSatisfy(\.isHexDigit)
  return isTrace ? options.command("trace \(example)") : ""
}

/// The lines for a terminal.
private struct CheckupLines {
  let checkup: Checkup
  let style: TerminalStyle
  let width: Int
  let options: RenderOptions

  var text: String {
    var lines: [String] = []
    func say(_ text: String, indent: String = "", _ face: TerminalStyle.Face? = nil) {
      for line in wrapped(shortened(text, to: 900), to: width, indent: indent) {
        lines.append(face.map { style.draw(line, $0) } ?? line)
      }
    }
    say(
      checkup.grade == "-" ? checkup.headline : "grade \(checkup.grade): \(checkup.headline)",
      gradeFace)
    for reason in checkup.reasons { say(reason, indent: "  ") }
    say(checkup.readLine, indent: "  ", .dim)
    if !checkup.grades.isEmpty {
      lines.append("")
      for row in checkup.grades {
        let count = fitted(countText(row.traces), to: 10, right: true)
        for (number, line) in wrapped(row.meaning, to: width - 16).enumerated() {
          lines.append(
            (number == 0 ? "  \(row.grade) \(count)  " : String(repeating: " ", count: 16)) + line)
        }
      }
    }
    if checkup.complaints.isEmpty {
      lines.append("")
      say("Nothing is wrong with this data.", .green)
    }
    for complaint in checkup.complaints {
      lines.append("")
      say("\(complaint.severity) · \(complaint.id)", face(complaint.severity))
      say(complaint.finding, indent: "  ")
      for place in complaint.places { say("· \(place)", indent: "    ") }
      say("costs: \(complaint.cost)", indent: "  ")
      if !complaint.remedy.isEmpty { say("mend: \(complaint.remedy)", indent: "  ") }
      let command = command(for: complaint.example, options)
      if !command.isEmpty {
        say("see: \(command)", indent: "  ", .dim)
      } else if !complaint.example.isEmpty {
        say("first: \(complaint.example)", indent: "  ", .dim)
      }
    }
    if !checkup.clean.isEmpty {
      lines.append("")
      say("In order: " + checkup.clean.joined(separator: "; ") + ".", .green)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var gradeFace: TerminalStyle.Face {
    switch checkup.grade {
    case "A": .green
    case "B", "-": .yellow
    default: .boldRed
    }
  }

  private func face(_ severity: String) -> TerminalStyle.Face {
    switch Defect.Severity(rawValue: severity) {
    case .loss: .boldRed
    case .warning: .yellow
    case .note, nil: .bold
    }
  }
}

private func markdown(_ checkup: Checkup, _ options: RenderOptions) -> String {
  var writer = MarkdownWriter(clock: Clock(first: nil, last: nil), options: options)
  let grade = checkup.grade == "-" ? "" : "Grade \(checkup.grade). "
  writer.line("# What is wrong with this data")
  writer.line("**\(grade)\(markdownProse(checkup.headline, 400))**")
  for reason in checkup.reasons { writer.line(markdownProse(reason, 400)) }
  writer.line(markdownProse(checkup.readLine, 400))
  if !checkup.grades.isEmpty {
    writer.write(
      .table(
        Table(
          columns: [
            .init("Grade", key: "grade", kind: .text), .init("Traces", key: "traces", kind: .count),
            .init("Meaning", key: "meaning", kind: .text),
            .init("One of them", key: "example", kind: .text),
          ],
          rows: checkup.grades.map {
            [.text($0.grade), .count($0.traces), .text($0.meaning), .text($0.example)]
          }), htmlRows: 10))
  }
  if checkup.complaints.isEmpty { writer.line("Nothing is wrong with this data.") }
  for complaint in checkup.complaints {
    writer.line("## \(complaint.severity): \(markdownCode(complaint.id, 80))")
    writer.line(markdownProse(complaint.finding, 900))
    if !complaint.places.isEmpty {
      writer.line(complaint.places.map { "- " + markdownProse($0, 300) }.joined(separator: "\n"))
    }
    var facts = ["- costs: \(markdownProse(complaint.cost, 400))"]
    if !complaint.remedy.isEmpty { facts.append("- mend: \(markdownProse(complaint.remedy, 400))") }
    let command = command(for: complaint.example, options)
    if !command.isEmpty {
      facts.append("- see: \(markdownCode(command, 400))")
    } else if !complaint.example.isEmpty {
      facts.append("- first: \(markdownProse(complaint.example, 300))")
    }
    writer.line(facts.joined(separator: "\n"))
  }
  if !checkup.clean.isEmpty {
    writer.line("In order: \(markdownProse(checkup.clean.joined(separator: "; "), 1200)).")
  }
  return writer.text
}
