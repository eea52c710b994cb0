import ArgumentParser

@main
struct MakeIncident: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make-incident",
    abstract: "Write telemetry of simulated services: samples, benchmark input, exercises.",
    subcommands: [Sample.self, LoadCommand.self])
}
