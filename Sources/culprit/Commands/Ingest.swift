import ArgumentParser
import TraceEngine

/// `culprit ingest`: build or extend a store.
struct Ingest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Builds or extends a store.",
    discussion: """
      A store is one SQLite file. The same content loaded again changes nothing, whatever its name.

        culprit ingest dumps/ --store incident.db
      """)

  @Argument(help: "Files, folders, globs, or '-'.")
  var inputs: [String]

  @Option(help: "The store: made where it does not exist, extended where it does.")
  var store: String

  @OptionGroup var reading: ReadingOptions

  func run() async throws {
    let bar = ProgressBar(isShown: !reading.quiet && Console.sentencesAreSeen)
    defer { bar.finish() }
    let result = try await TraceEngine.ingest(
      IngestRequest(
        inputs: inputs, store: store, format: reading.inputFormat, workers: reading.workerCount,
        logTimes: reading.logTimes, limits: reading.limits),
      progress: bar.handler)
    bar.finish()
    if !reading.quiet { Console.say(result.summary) }
    reading.remark(on: result.remarks)
    try reading.settle(lost: result.hasLosses)
  }
}
