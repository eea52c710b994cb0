import Foundation
import Testing
import TraceIngest
import TraceModel

/// A span as a person sees it: names and texts in place of symbols and ranges, late resources settled.
struct ReadSpan: Hashable {
  var row: SpanRow
  var operation: String
  var peer: String
  var errorType: String
  var service: String
  var host: String
  var instance: String
  var version: String
  var resource: String
  var scope: String
  var attributes: String
  var detail: String
}

/// A log record as a person sees it.
struct ReadLog: Hashable {
  var row: LogRow
  var severityText: String
  var service: String
  var host: String
  var version: String
  var body: String
  var attributes: String
  var detail: String
}

/// A data point with its texts in place of symbols and ranges.
struct ReadPoint: Hashable {
  var row: PointRow
  var name: String
  var unit: String
  var service: String
  var attributes: String
  var detail: String
}

/// All that one source gave.
struct Collected {
  var summary: SourceSummary
  /// In the order of the input.
  var spans: [ReadSpan] = []
  var logs: [ReadLog] = []
  var points: [ReadPoint] = []
  var batches = 0
  /// Resources of all batches.
  var resourceRows = 0
  var isSortedByTrace = true

  /// How often a defect was counted.
  func count(_ kind: Defect.Kind) -> Int { summary.defects.entries[kind]?.count ?? 0 }

  /// Whether every span and log that was met is stored, or dropped under a defect that costs data or a type.
  var addsUp: Bool {
    summary.spansSeen == spans.count + summary.spansDropped
      && summary.logsSeen == logs.count + summary.logsDropped
  }
}

private struct ReadResource: Hashable {
  var service = ""
  var host = ""
  var instance = ""
  var version = ""
  var text = ""
}

/// Reads a file and settles what came late.
func collect(
  path: String, workers: Int = 2, chunkBytes: Int = 4 << 20, maxRecordBytes: Int = 64 << 20,
  maxDepth: Int = 1024, format: Format? = nil, usesTapes: Bool = false
) async throws -> Collected {
  var resources: [UInt64: ReadResource] = [:]
  var scopes: [UInt64: String] = [:]
  var spans: [(ReadSpan, resource: UInt64, scope: UInt64)] = []
  var logs: [(ReadLog, resource: UInt64)] = []
  var points: [(ReadPoint, resource: UInt64)] = []
  var batches = 0
  var resourceRows = 0
  var isSorted = true
  var options = IngestOptions(
    workers: workers, format: format, chunkBytes: chunkBytes, maxRecordBytes: maxRecordBytes)
  options.maxDepth = maxDepth
  options.usesTapes = usesTapes
  let summary = try await ingest(InputFile(path: path, isNamed: true), options: options) { batch in
    batches += 1
    resourceRows += batch.resources.count
    let symbols = batch.symbols
    let bytes = batch.text
    func text(_ range: TextRange) -> String {
      String(decoding: bytes[Int(range.start)..<Int(range.start + range.count)], as: UTF8.self)
    }
    var known: [ReadResource] = []
    for row in batch.resources {
      let read = ReadResource(
        service: symbols[row.service], host: symbols[row.host], instance: symbols[row.instance],
        version: symbols[row.version], text: text(row.attributes) + text(row.detail))
      if row.isKnown, row.late != 0 { resources[row.late] = read }
      known.append(read)
    }
    var knownScopes: [String] = []
    for row in batch.scopes {
      let read =
        "\(symbols[row.name])@\(symbols[row.version])" + text(row.attributes) + text(row.detail)
      if row.isKnown, row.late != 0 { scopes[row.late] = read }
      knownScopes.append(read)
    }
    var last = TraceID.absent
    for row in batch.spans {
      if row.trace < last { isSorted = false }
      last = row.trace
      let resource = known[Int(row.resource)]
      var plain = row
      (plain.resource, plain.scope) = (0, 0)
      (plain.attributes, plain.detail) = (TextRange(), TextRange())
      (plain.operation, plain.peer, plain.errorType) = (.empty, .empty, .empty)
      let read = ReadSpan(
        row: plain, operation: symbols[row.operation], peer: symbols[row.peer],
        errorType: symbols[row.errorType], service: resource.service, host: resource.host,
        instance: resource.instance, version: resource.version, resource: resource.text,
        scope: knownScopes[Int(row.scope)], attributes: text(row.attributes),
        detail: text(row.detail))
      spans.append(
        (read, batch.resources[Int(row.resource)].late, batch.scopes[Int(row.scope)].late))
    }
    for row in batch.points {
      var plain = row
      (plain.resource, plain.scope) = (0, 0)
      (plain.attributes, plain.detail) = (TextRange(), TextRange())
      (plain.name, plain.unit, plain.about) = (.empty, .empty, .empty)
      points.append(
        (
          ReadPoint(
            row: plain, name: symbols[row.name], unit: symbols[row.unit],
            service: known[Int(row.resource)].service, attributes: text(row.attributes),
            detail: text(row.detail)),
          batch.resources[Int(row.resource)].late
        ))
    }
    for row in batch.logs {
      var plain = row
      (plain.resource, plain.scope) = (0, 0)
      (plain.body, plain.attributes, plain.severityText) = (TextRange(), TextRange(), .empty)
      plain.detail = TextRange()
      let sender = known[Int(row.resource)]
      logs.append(
        (
          ReadLog(
            row: plain, severityText: symbols[row.severityText],
            service: sender.service, host: sender.host, version: sender.version,
            body: text(row.body), attributes: text(row.attributes), detail: text(row.detail)),
          batch.resources[Int(row.resource)].late
        ))
    }
  }
  var collected = Collected(summary: summary)
  collected.batches = batches
  collected.resourceRows = resourceRows
  collected.isSortedByTrace = isSorted
  for (span, resource, scope) in spans {
    var span = span
    if resource != 0, let known = resources[resource] {
      (span.service, span.host, span.instance) = (known.service, known.host, known.instance)
      (span.version, span.resource) = (known.version, known.text)
    }
    if scope != 0 { span.scope = scopes[scope] ?? "?" }
    collected.spans.append(span)
  }
  for (log, resource) in logs {
    var log = log
    if resource != 0, let known = resources[resource] { log.service = known.service }
    collected.logs.append(log)
  }
  for (point, resource) in points {
    var point = point
    if resource != 0, let known = resources[resource] { point.service = known.service }
    collected.points.append(point)
  }
  collected.spans.sort { $0.row.offset < $1.row.offset }
  // Records of several lines are complete only when their stream goes on.
  collected.logs.sort { $0.row.offset < $1.row.offset }
  collected.logs.sort { $0.row.offset < $1.row.offset }
  return collected
}

/// Reads bytes through a file of their own.
func collect(
  bytes: [UInt8], name: String = "input.json", workers: Int = 1, chunkBytes: Int = 4 << 20,
  maxRecordBytes: Int = 64 << 20, maxDepth: Int = 1024, format: Format? = nil,
  usesTapes: Bool = false
) async throws -> Collected {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appending(path: name)
  try Data(bytes).write(to: file)
  return try await collect(
    path: file.path, workers: workers, chunkBytes: chunkBytes, maxRecordBytes: maxRecordBytes,
    maxDepth: maxDepth, format: format, usesTapes: usesTapes)
}

/// The path of a fixture.
func fixturePath(_ name: String) throws -> String {
  try #require(Bundle.module.resourceURL).appending(path: "Fixtures/\(name)").path
}

/// The bytes of a fixture.
func fixture(_ name: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(filePath: fixturePath(name))))
}

/// Names of all fixtures in a folder of them, sorted; folders inside it have tests of their own.
func fixtureNames(in folder: String = "") throws -> [String] {
  try FileManager.default.contentsOfDirectory(
    at: URL(filePath: fixturePath(folder)), includingPropertiesForKeys: [.isDirectoryKey]
  )
  .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory != true }
  .map(\.lastPathComponent).filter { !$0.hasPrefix(".") }.sorted()
}
