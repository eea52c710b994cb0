import ArgumentParser
import TraceEngine

/// `culprit export`: every span with what was measured of it.
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes every span with what was measured of it, as JSON lines.",
    discussion: """
      Raw times, trace and span id, self time, time on the critical path, edge, unit, clock shift, error class.

        culprit export incident.db --format spans > spans.jsonl
      """)

  @Argument(help: "Files, folders, globs, '-', or a store.")
  var inputs: [String]

  @Option(help: "What is written: spans.")
  var format: Form = .spans

  @Flag(help: "Print secrets as they stand instead of masking them.")
  var showSecrets = false

  @OptionGroup var reading: ReadingOptions

  /// What can be written.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case spans
  }

  func run() async throws {
    let store = try await reading.open(inputs)
    try exportSpans(from: store, showSecrets: showSecrets) { lines in try Console.write(lines) }
    try reading.settle(lost: store.hasLosses)
  }
}
