import ArgumentParser
import Foundation
import TraceAnalysis
import TraceEngine

/// What is read, and which part of it.
struct InputOptions: ParsableArguments {
  @Argument(help: "Files, folders, globs, '-', or a store.")
  var inputs: [String]

  @OptionGroup var window: WindowOptions

  @OptionGroup var reading: ReadingOptions

  /// Opens the store named, or reads the inputs into a temporary one.
  func open() async throws -> OpenedStore { try await reading.open(inputs) }

  /// Investigates what was opened.
  ///
  /// - Parameter wantsWholeLists: whether lists are wanted whole and not as a report has room for them.
  func investigate(_ store: OpenedStore, wantsWholeLists: Bool = false) async throws -> Findings {
    let findings = try await TraceEngine.investigate(
      InvestigateRequest(
        store: store, window: window.option, includeProbes: window.includeProbes,
        wantsWholeLists: wantsWholeLists, workers: reading.workerCount, inputs: inputs))
    if findings.input.traces == 0, findings.input.tracesOutside > 0, !reading.quiet {
      Console.say(
        "warning: none of \(findings.input.tracesOutside) traces starts in the window asked for")
    }
    return findings
  }
}

/// A window of time.
struct WindowOptions: ParsableArguments {
  @Option(help: "Look at requests from this moment on, or this long before the end of the data.")
  var since: String?

  @Option(help: "Look at requests before this moment.")
  var until: String?

  @Option(help: "Look around a moment: '10:07±5m'.")
  var around: String?

  @Option(name: .customLong("tz"), help: "Time zone of moments without one.")
  var zone = "UTC"

  @Flag(help: "Count health checks and probes as requests.")
  var includeProbes = false

  var option: WindowOption {
    WindowOption(since: since, until: until, around: around, zone: zone)
  }
}

/// How it is read.
struct ReadingOptions: ParsableArguments {
  @Option(
    help:
      "Take the input for this format instead of recognising it: otlp, xray, cloudwatch, logs, …")
  var inputFormat: String?

  @Option(
    help: "The year of log times without one; that of the other data by default, else of the file.")
  var logYear: Int?

  @Option(help: "The zone of log times without one, as '+02:00'; UTC by default.")
  var logZone: String?

  @Option(help: "Largest span or log record, MiB; a larger one is skipped and counted.")
  var maxRecord = ReadingLimits().recordMiB

  @Option(
    help:
      "How many times its size a compressed file may unpack to, beyond 256 MiB; the rest is counted."
  )
  var maxRatio = ReadingLimits().ratio

  @Option(
    help:
      "How many objects and lists may stand in each other; a deeper record is skipped and counted.")
  var maxDepth = ReadingLimits().depth

  @Option(help: .init("Worker tasks; as many as there are cores by default.", visibility: .hidden))
  var workers: Int?

  @Flag(help: "End with 3 if any record was rejected.")
  var strict = false

  @Flag(name: .shortAndLong, help: "No progress and no remarks.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say more about what was read.")
  var verbose = false

  func validate() throws {
    if let logYear, !(1970...2261).contains(logYear) {
      throw ValidationError(
        "'--log-year \(logYear)' is out of range; write a year from 1970 to 2261")
    }
    if let logZone, LogTimes.zone(named: logZone) == nil {
      throw ValidationError(
        "'--log-zone \(logZone)' is no zone; write UTC or an offset such as +02:00")
    }
    if !(1...1024).contains(maxRecord) {
      throw ValidationError(
        "'--max-record \(maxRecord)' is out of range; write MiB from 1 to 1024")
    }
    if !(1...1_000_000_000).contains(maxRatio) {
      throw ValidationError(
        "'--max-ratio \(maxRatio)' is out of range; write a number from 1 to 1000000000")
    }
    if !(1024...100_000).contains(maxDepth) {
      throw ValidationError(
        "'--max-depth \(maxDepth)' is out of range; write a number from 1024 to 100000")
    }
    if let workers, !(1...256).contains(workers) {
      throw ValidationError("'--workers \(workers)' is out of range; write a number from 1 to 256")
    }
  }

  /// What bounds memory and disk.
  var limits: ReadingLimits {
    var limits = ReadingLimits()
    limits.recordMiB = maxRecord
    limits.ratio = maxRatio
    limits.depth = maxDepth
    return limits
  }

  var workerCount: Int { workers ?? max(1, ProcessInfo.processInfo.activeProcessorCount) }

  /// What log times mean that leave the year or the zone out.
  var logTimes: LogTimes {
    var times = LogTimes()
    times.year = logYear
    times.zone = logZone.flatMap { LogTimes.zone(named: $0) }
    return times
  }

  /// Opens the store named, or reads the inputs into a temporary one.
  func open(_ inputs: [String]) async throws -> OpenedStore {
    let bar = ProgressBar(isShown: !quiet && Console.sentencesAreSeen)
    defer { bar.finish() }
    let store = try await OpenedStore.open(
      inputs, format: inputFormat, workers: workerCount, logTimes: logTimes, limits: limits,
      progress: bar.handler)
    bar.finish()
    remark(on: store.remarks)
    return store
  }

  /// Says what was skipped or lost.
  func remark(on remarks: [String]) {
    if quiet { return }
    for remark in remarks.prefix(verbose ? .max : 6) { Console.say(remark) }
    if !verbose, remarks.count > 6 {
      Console.say("… and \(remarks.count - 6) more; -v names them all")
    }
  }

  /// After the results: ends with 3 where part of the input was lost and that was asked for.
  func settle(lost: Bool) throws {
    if strict, lost {
      Console.say("error: part of the input was rejected, and --strict was given")
      throw ExitCode(3)
    }
  }
}
