import ArgumentParser
import TraceEngine
import TraceReport

/// `culprit trace`: one trace as a tree.
struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Draws one trace as a tree: bars, critical path, self time, errors, logs.",
    discussion: """
      ID is a trace id in any written form, or the first digits of one.

        culprit trace 4bf92f35 incident.db
      """)

  @Argument(help: "The trace's id, or its first digits.")
  var id: String

  @Argument(help: "Files, folders, globs, '-', or a store.")
  var inputs: [String]

  @Option(help: "Form of the result: tree or json.")
  var format: Form = .tree

  @Option(name: [.customShort("n"), .long], help: "Spans shown.")
  var limit = 1000

  @Flag(inversion: .prefixedNo, help: "Log lines below their spans.")
  var logs = true

  @Flag(help: "Print secrets as they stand instead of masking them.")
  var showSecrets = false

  @OptionGroup var colors: ColorOptions
  @OptionGroup var reading: ReadingOptions

  /// In which form a trace is printed.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case tree
    case json
  }

  func run() async throws {
    let store = try await reading.open(inputs)
    let trace = try inspectTrace(id, in: store, limit: limit)
    let options = RenderOptions(showSecrets: showSecrets)
    switch format {
    case .tree:
      try Console.write(
        renderTree(
          trace, width: Console.width, color: colors.isColored, showLogs: logs, options: options))
    case .json:
      try Console.write(renderJSON(trace, options: options))
    }
    try reading.settle(lost: store.hasLosses)
  }
}
