import ArgumentParser
import TraceEngine
import TraceReport

/// `culprit errors`: groups of error origins, worst first.
struct Errors: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows where errors begin, how far they went, and which were handled.")

  @OptionGroup var input: InputOptions
  @OptionGroup var output: TableOptions

  func run() async throws {
    let store = try await input.open()
    try output.write(.errors(await input.investigate(store, wantsWholeLists: true)))
    try input.reading.settle(lost: store.hasLosses)
  }
}
