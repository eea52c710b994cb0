public import ArgumentParser
import Foundation
public import TraceSimulator

/// `make-incident sample`: an incident's files in a folder, the truth beside them.
struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the files of one incident into a folder, and the truth beside it.",
    discussion: "Without --random it is the checkout outage that samples/ holds.")

  @Argument(help: "Folder for the files; it is made where it is missing.")
  var folder: String

  @Option(help: "What chance is drawn from.")
  var seed: UInt64 = 2

  @Flag(help: "A world of random services with a random fault instead of the checkout outage.")
  var random = false

  @Option(help: "About how many requests come (with --random).")
  var requests = 600

  @Option(
    help:
      "How the files lie (with --random): \(Incident.Layout.allCases.map(\.rawValue).joined(separator: ", "))."
  )
  var layout = Incident.Layout.lines

  @Option(help: "File for the truth; FOLDER.truth.json unless given.")
  var truth: String?

  func validate() throws {
    if !(1...1_000_000).contains(requests) {
      throw ValidationError("--requests \(requests) is not in 1...1000000")
    }
  }

  func run() throws {
    let incident =
      random
      ? Incident(.random(seed: seed, requests: requests), layout: layout)
      : Incident.checkoutOutageFolder(seed: seed)
    let place = URL(fileURLWithPath: folder, isDirectory: true)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    for file in incident.files {
      let url = place.appendingPathComponent(file.name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(file.bytes).write(to: url)
    }
    let truthFile = truth ?? place.standardizedFileURL.path + ".truth.json"
    try Data(incident.truth.json.utf8).write(to: URL(fileURLWithPath: truthFile))
  }
}

extension Incident.Layout: ExpressibleByArgument {}
