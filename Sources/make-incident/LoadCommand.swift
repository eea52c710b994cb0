public import ArgumentParser
import Foundation
public import TraceSimulator

/// `make-incident load`: many spans in one file, to measure with.
struct LoadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Write many spans of a dull world into one file, to measure with.",
    discussion:
      "Every trace has 26 spans, a span about 650 bytes; the number is rounded up to whole traces.")

  @Option(help: "How many spans.")
  var spans = 1_000_000

  @Option(
    help: "How they lie: \(Load.Shape.allCases.map(\.rawValue).joined(separator: ", ")).")
  var shape = Load.Shape.lines

  @Flag(help: "Spread the spans of a trace over 80 lines (with --shape lines).")
  var spread = false

  @Option(help: "What chance is drawn from.")
  var seed: UInt64 = 1

  @Option(name: .shortAndLong, help: "File to write, - for standard output.")
  var output: String

  @Option(help: "File for the truth: what was written, as JSON.")
  var truth: String?

  func validate() throws {
    if !(1...1_000_000_000).contains(spans) {
      throw ValidationError("--spans \(spans) is not in 1...1000000000")
    }
    if spread, shape != .lines {
      throw ValidationError("--spread needs --shape lines; a document has one line")
    }
  }

  func run() throws {
    if output != "-", !FileManager.default.createFile(atPath: output, contents: nil) {
      throw ValidationError("cannot write '\(output)'")
    }
    guard
      let file = output == "-" ? FileHandle.standardOutput : FileHandle(forWritingAtPath: output)
    else { throw ValidationError("cannot write '\(output)'") }
    var failure: (any Error)?
    let written = Load(spans: spans, shape: shape, isSpread: spread, seed: seed).write { bytes in
      if failure != nil { return }
      do { try file.write(contentsOf: Data(bytes)) } catch { failure = error }
    }
    if let failure { throw failure }
    if let truth { try Data(written.json.utf8).write(to: URL(fileURLWithPath: truth)) }
  }
}

extension Load.Shape: ExpressibleByArgument {}
