import Foundation
import TraceAnalysis
import TraceEngine
import TraceReport
import TraceSimulator

/// A folder of one test, removed with it.
struct Workbench: ~Copyable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Writes an incident's files into a folder of their own.
  func write(_ files: [Incident.File], to name: String) throws -> String {
    let place = folder.appending(path: name)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    for file in files {
      let target = place.appending(path: file.name)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(file.bytes).write(to: target)
    }
    return place.path
  }

  /// Loads inputs into a new store and investigates it.
  func findings(of inputs: [String], workers: Int = 2, store name: String = "s.db") async throws
    -> Findings
  {
    let path = folder.appending(path: name).path
    try? FileManager.default.removeItem(atPath: path)
    _ = try await ingest(IngestRequest(inputs: inputs, store: path, format: nil, workers: workers))
    let store = try await OpenedStore.open([path], format: nil, workers: 1, progress: nil)
    return try await investigate(
      InvestigateRequest(
        store: store, window: WindowOption(since: nil, until: nil, around: nil), workers: workers,
        inputs: inputs))
  }
}

/// Whether figures are wanted at full size.
let isProof = ProcessInfo.processInfo.environment["CULPRIT_PROOF"] == "1"

/// The repository's root, from this file's place in it.
let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

extension Findings {
  /// The findings without what may name files, places and commands.
  var withoutPlaces: Findings {
    var copy = self
    copy.input.sources = []
    copy.reproduce = []
    copy.verdict.nextSteps = []
    for index in copy.quality.defects.indices { copy.quality.defects[index].firstPlace = "" }
    return copy
  }
}

/// The first lines of JSON in which two findings differ; empty where they are the same.
func differences(_ a: Findings, _ b: Findings) -> [String] {
  if a == b { return [] }
  let left = renderJSON(a).split(separator: "\n")
  let right = renderJSON(b).split(separator: "\n")
  let pairs = zip(left, right).filter { $0 != $1 }.prefix(6).map { "\($0) | \($1)" }
  return pairs + ["\(left.count) lines | \(right.count) lines"]
}
