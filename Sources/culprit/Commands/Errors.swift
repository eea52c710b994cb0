import ArgumentParser
import TraceEngine
import TraceReport

/// `culprit errors`: groups of error origins, worst first.
struct Errors: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows where errors begin, how far they went, and which were handled.")

  @Flag(
    help:
      "Errors in code instead: exceptions and error records of spans, logs and error trackers, grouped."
  )
  var code = false

  @OptionGroup var input: InputOptions
  @OptionGroup var output: TableOptions

  func run() async throws {
    let store = try await input.open()
    let findings = try await input.investigate(store, wantsWholeLists: true)
    try output.write(code ? .exceptions(findings) : .errors(findings))
    try input.reading.settle(lost: store.hasLosses)
  }
}
