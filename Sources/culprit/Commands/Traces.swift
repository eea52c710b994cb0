public import ArgumentParser
public import TraceEngine

/// `culprit traces`: a list.
struct Traces: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists traces.",
    discussion: """
        culprit traces incident.db --failed --service checkout --sort duration
      """)

  @OptionGroup var input: InputOptions

  @Option(help: "Order: duration (longest first), start, spans or errors (most first).")
  var sort: TraceOrder = .duration

  @Flag(help: "Only traces whose primary root failed.")
  var failed = false

  @Option(help: "Only traces that this service has spans in.")
  var service: String?

  @OptionGroup var output: TableOptions

  func run() async throws {
    let store = try await input.open()
    let table = try await listTraces(
      TraceListRequest(
        store: store, window: input.window.option, order: sort, failedOnly: failed,
        service: service, limit: output.limit, workers: input.reading.workerCount))
    try output.write(table)
    try input.reading.settle(lost: store.hasLosses)
  }
}

extension TraceOrder: ExpressibleByArgument {}
