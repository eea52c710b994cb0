import ArgumentParser
import TraceEngine
import TraceReport

/// `culprit path`: where the time went.
struct Path: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows which operations decide how long requests take.",
    discussion: """
      Time on the critical path by operation. 'slow' are the requests at or above the 95th percentile of their endpoint.
      """)

  @OptionGroup var input: InputOptions

  @Option(help: "Which requests: all or slow.")
  var selection: Selection = .all

  @OptionGroup var output: TableOptions

  /// Which requests.
  enum Selection: String, ExpressibleByArgument, CaseIterable {
    case all
    case slow
  }

  func run() async throws {
    let store = try await input.open()
    let findings = try await input.investigate(store, wantsWholeLists: true)
    try output.write(.path(findings, selection: selection.rawValue))
    try input.reading.settle(lost: store.hasLosses)
  }
}
