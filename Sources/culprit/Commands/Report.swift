import ArgumentParser
import Foundation
import TraceAnalysis
import TraceEngine
import TraceReport

/// `culprit report`: everything, one shot.
struct Report: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what broke, and writes the report.",
    discussion: """
      Without -o it prints the verdict on a terminal, and Markdown into a pipe.

        culprit report dumps/ -o incident.html -o incident.md
      """)

  @OptionGroup var input: InputOptions

  @Option(
    name: .shortAndLong,
    help: "Write the report here; the kind is that of the name: .html, .md, .json.")
  var output: [String] = []

  @OptionGroup var colors: ColorOptions

  @Flag(help: "Print secrets as they stand instead of masking them.")
  var showSecrets = false

  func validate() throws {
    for path in output where ReportKind(path: path) == nil {
      throw ValidationError(
        "cannot tell the kind of '-o \(path)'; end its name with .html, .md or .json")
    }
  }

  func run() async throws {
    try refuseOverwriting(output, inputs: input.inputs)
    let store = try await input.open()
    let findings = try await input.investigate(store)
    let options = RenderOptions(
      showSecrets: showSecrets, inputs: input.inputs.count > 3 ? [] : input.inputs)
    for path in output {
      guard let kind = ReportKind(path: path) else { continue }
      try writeWhole(kind.render(findings, options: options), to: path)
    }
    if output.isEmpty {
      try Console.write(
        Console.resultsAreSeen
          ? renderVerdict(
            findings, width: Console.width, color: colors.isColored, options: options)
          : renderMarkdown(findings, options: options))
    } else if !input.reading.quiet {
      Console.say(findings.verdict.headline)
      Console.say("written: " + output.joined(separator: ", "))
    }
    try input.reading.settle(lost: store.hasLosses)
  }
}

/// What a report is written as.
enum ReportKind {
  case html
  case markdown
  case json

  init?(path: String) {
    switch URL(filePath: path).pathExtension.lowercased() {
    case "html", "htm": self = .html
    case "md", "markdown": self = .markdown
    case "json": self = .json
    default: return nil
    }
  }

  func render(_ findings: Findings, options: RenderOptions) -> String {
    switch self {
    case .html: renderHTML(findings, options: options)
    case .markdown: renderMarkdown(findings, options: options)
    case .json: renderJSON(findings, options: options)
    }
  }
}
