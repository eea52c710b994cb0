import ArgumentParser
import TraceEngine
import TraceReport

/// `culprit query`: SQL over the store's views.
struct Query: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Asks the store in SQL.",
    discussion: """
      Views: spans, logs, metrics, errors, traces, exemplars, answers, resources, scopes, sources, defects. The store is opened for reading only.

        culprit query incident.db "select service, operation, count(*) from spans group by 1, 2"
      """)

  @Argument(help: "A store, or files to read first; then the SQL, in quotes.")
  var inputs: [String]

  @OptionGroup var output: TableOptions
  @OptionGroup var reading: ReadingOptions

  func validate() throws {
    if inputs.count < 2 { throw ValidationError("write an input and then the SQL") }
  }

  func run() async throws {
    let store = try await reading.open(Array(inputs.dropLast()))
    try output.write(TraceEngine.query(store, sql: inputs[inputs.count - 1]))
    try reading.settle(lost: store.hasLosses)
  }
}
