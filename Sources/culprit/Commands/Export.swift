import ArgumentParser
import TraceEngine

/// `culprit export`: every span, with what was measured of it or in a format that others read.
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes every span: with what was measured of it, or as OTLP or Jaeger JSON.",
    discussion: """
      spans: a JSON line a span, with raw times, trace and span id, self time, time on the critical path, edge, unit, clock shift, error class.
      otlp: every span as it was received, a request a line; it loads again to the same spans.
      jaeger: the same as one document of Jaeger's UI; what it cannot say stands in tags 'culprit'.

        culprit export incident.db --format spans > spans.jsonl
        culprit export incident.db --format otlp > traces.otlp.jsonl
      """)

  @Argument(help: "Files, folders, globs, '-', or a store.")
  var inputs: [String]

  @Option(help: "What is written: spans, otlp or jaeger.")
  var format: Form = .spans

  @Flag(help: "Print secrets as they stand instead of masking them.")
  var showSecrets = false

  @OptionGroup var reading: ReadingOptions

  /// What can be written.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case spans, otlp, jaeger
  }

  func run() async throws {
    let store = try await reading.open(inputs)
    switch format {
    case .spans:
      try exportSpans(from: store, showSecrets: showSecrets) { lines in try Console.write(lines) }
    case .otlp: try write(store, .otlp)
    case .jaeger: try write(store, .jaeger)
    }
    try reading.settle(lost: store.hasLosses)
  }

  private func write(_ store: OpenedStore, _ format: ExportFormat) throws {
    let losses = try exportSpans(from: store, as: format, showSecrets: showSecrets) { text in
      try Console.write(text)
    }
    if losses.masked > 0 {
      Console.say("note: masked values: \(losses.masked); to keep them: --show-secrets")
    }
    if losses.quarantined > 0 {
      Console.say(
        "note: \(losses.quarantined) spans without a trace id are not in the export: Jaeger has no place for them"
      )
    }
    if losses.links > 0 {
      Console.say(
        "note: \(losses.links) links stand in tags 'culprit' alone: Jaeger would take them for parents"
      )
    }
  }
}
