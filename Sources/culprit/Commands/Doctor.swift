public import ArgumentParser
import TraceEngine
public import TraceReport

/// `culprit doctor`: what is wrong with the data.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Says what is wrong with the data, what that costs the findings, and what to change at the source.",
    discussion: """
      Traces are graded: A whole, B repaired, C torn, D headless. All traces are looked at, probes included.

        culprit doctor incident.db
      """)

  @Argument(help: "Files, folders, globs, '-', or a store.")
  var inputs: [String]

  @Option(help: "Form of the result: text, markdown or json.")
  var format: CheckupFormat = .text

  @Flag(help: "Print secrets as they stand instead of masking them.")
  var showSecrets = false

  @OptionGroup var colors: ColorOptions
  @OptionGroup var reading: ReadingOptions

  func run() async throws {
    let store = try await reading.open(inputs)
    let checkup = try await examine(
      InvestigateRequest(
        store: store, window: WindowOption(since: nil, until: nil, around: nil),
        includeProbes: true, workers: reading.workerCount, inputs: inputs))
    try Console.write(
      renderCheckup(
        checkup, format: format, width: Console.resultsAreSeen ? Console.width : 100,
        color: colors.isColored,
        options: RenderOptions(showSecrets: showSecrets, inputs: inputs.count > 3 ? [] : inputs)))
    try reading.settle(lost: store.hasLosses)
  }
}

extension CheckupFormat: ExpressibleByArgument {}
