import ArgumentParser
import TraceEngine
import TraceReport

/// `culprit logs`: log records by time, or counted by time.
struct Logs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists log records by time, or counts them by time and severity.",
    discussion: """
      A trace with '~' and a percentage is one that the record does not name: it was joined by request id, or by service, host and time, \
      and is right so often.

        culprit logs incident.db --severity error --since 10:07
        culprit logs incident.db --grep timeout --by-time
      """)

  @OptionGroup var input: InputOptions

  @Option(help: "Only records of this service; may be given several times.")
  var service: [String] = []

  @Option(
    help: "Only records at least so severe: trace, debug, info, warn, error, fatal, or 1 to 24.")
  var severity: String?

  @Option(
    help:
      "Only records that hold this text in message, attributes or exception: plain text and no pattern, letters A to Z in any case."
  )
  var grep = ""

  @Option(help: "Only records of this trace: its id, or its first digits.")
  var trace: String?

  @Option(help: "Only records of this span: its id.")
  var span: String?

  @Flag(help: "Count records by time and severity instead of listing them.")
  var byTime = false

  @Option(help: "Length of a bin, such as 1m; counts by time. A fitting one by default.")
  var bin: String?

  @OptionGroup var output: TableOptions

  func run() async throws {
    let store = try await input.open()
    var request = LogListRequest(store: store, window: input.window.option, limit: output.limit)
    request.services = service
    request.severity = severity
    request.text = grep
    request.trace = trace
    request.span = span
    request.isForPeople = output.format == .table || output.format == .markdown
    try output.write(
      byTime || bin != nil ? countLogs(request, width: bin) : listLogs(request))
    try input.reading.settle(lost: store.hasLosses)
  }
}
