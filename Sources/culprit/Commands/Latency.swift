import ArgumentParser
import TraceEngine
import TraceReport

/// `culprit latency`: percentiles of each operation, with intervals.
struct Latency: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Shows percentiles of each operation.")

  @OptionGroup var input: InputOptions
  @OptionGroup var output: TableOptions

  func run() async throws {
    let store = try await input.open()
    try output.write(.latency(await input.investigate(store, wantsWholeLists: true)))
    try input.reading.settle(lost: store.hasLosses)
  }
}
