import ArgumentParser
import Foundation
import TraceEngine

/// The program: parses, calls a use case, prints; one verb, one file.
@main
struct Tool: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "culprit",
    abstract: "Says from exported traces and logs what broke, since when, for whom, and why.",
    discussion: """
      IN is any mix of files, folders, globs, .gz, .zst, .tar, .zip, '-' for standard input, or a store that 'culprit ingest' made.
      Results go to standard output, progress and sentences to standard error.

        culprit report dumps/ -o incident.html

      Exit codes: 0 done, 2 usage, 3 input unreadable or empty (or, with --strict, partly rejected), 70 internal, 130 interrupted.
      """,
    version: "0.1.0",
    subcommands: [
      Report.self, Ingest.self, Traces.self, TraceCommand.self, Latency.self, Path.self,
      Errors.self, Logs.self, Map.self, Doctor.self, Query.self, Export.self,
    ])

  static func main() async {
    let watchers = Interruption.watch()
    defer { withExtendedLifetime(watchers) {} }
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      Interruption.cleanUp()
      Foundation.exit(code(for: error))
    }
    Interruption.cleanUp()
  }

  /// Prints what there is to say of an error and gives the shell's number.
  private static func code(for error: any Error) -> Int32 {
    switch error {
    case let error as EngineError:
      Console.say(error.description)
      return error.code.rawValue
    case is Console.ReaderIsGone:
      // Who reads has seen enough.
      return 0
    case let code as ExitCode:
      return code.rawValue
    default:
      let message = fullMessage(for: error)
      let status = exitCode(for: error)
      if status == .success {
        Console.sayResult(message)
        return 0
      }
      Console.say(message.hasPrefix("Error:") ? "error:" + message.dropFirst(6) : message)
      return status == .validationFailure ? 2 : 70
    }
  }
}
