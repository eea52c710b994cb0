import Foundation
import Testing

/// The repository's root, from this file's place in it.
let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// What a run of the program gave.
struct CommandResult: Sendable {
  var code: Int32
  var output: String
  var sentences: String
}

/// The built program: `CULPRIT_BINARY`, else the debug build beside the tests.
let binary =
  ProcessInfo.processInfo.environment["CULPRIT_BINARY"]
  ?? root.appending(path: ".build/debug/culprit").path

/// Runs the program in `folder` and waits for it.
///
/// Output goes through files, so that neither pipe can fill up and no reader has to run beside.
func culprit(
  _ arguments: [String], in folder: URL, input: Data? = nil, environment: [String: String] = [:]
) throws -> CommandResult {
  let process = Process()
  process.executableURL = URL(filePath: binary)
  process.arguments = arguments
  process.currentDirectoryURL = folder
  process.environment = ProcessInfo.processInfo.environment
    .merging(["TMPDIR": folder.path, "NO_COLOR": "1"]) { $1 }.merging(environment) { $1 }
  let unique = UUID().uuidString
  let place = FileManager.default.temporaryDirectory
  let files = ["out", "err", "in"].map { place.appending(path: "\(unique).\($0)") }
  defer { for file in files { try? FileManager.default.removeItem(at: file) } }
  for file in files { try Data().write(to: file) }
  if let input { try input.write(to: files[2]) }
  process.standardOutput = try FileHandle(forWritingTo: files[0])
  process.standardError = try FileHandle(forWritingTo: files[1])
  process.standardInput = try FileHandle(forReadingFrom: files[2])
  try process.run()
  process.waitUntilExit()
  return CommandResult(
    code: process.terminationStatus,
    output: String(decoding: try Data(contentsOf: files[0]), as: UTF8.self),
    sentences: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self))
}

/// A new folder for one test, removed when `body` is done.
func inNewFolder<R>(_ body: (URL) throws -> R) throws -> R {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "culprit-test-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
