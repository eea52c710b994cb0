import ArgumentParser
import TraceEngine
import TraceReport

/// `culprit map`: services and the calls between them.
struct Map: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows who calls whom, how often, how slowly.")

  @OptionGroup var input: InputOptions
  @OptionGroup var output: TableOptions

  func run() async throws {
    let store = try await input.open()
    try output.write(.map(await input.investigate(store, wantsWholeLists: true)))
    try input.reading.settle(lost: store.hasLosses)
  }
}
