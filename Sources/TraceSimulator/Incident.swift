/// The files that a scenario leaves behind, and the truth about them.
public struct Incident: Sendable {
  /// A file by name.
  public struct File: Sendable, Equatable {
    /// Name, with folders below the incident's where it lies in some.
    public var name: String
    /// Content.
    public var bytes: [UInt8]

    /// A file of its parts.
    public init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// How the telemetry lies in files.
  public enum Layout: String, Sendable, CaseIterable {
    /// `traces.jsonl` and `logs.jsonl`: a line a request of the senders, several resources in each, by time.
    case lines
    /// `traces.json` and `logs.json`: one compact object each.
    case document
    /// The same, with line breaks and indentation.
    case prettyDocument
    /// `traces-<service>.jsonl` for each service, and `logs.jsonl`.
    case perService
  }

  /// The files.
  public var files: [File]
  /// The truth, all counts filled.
  public var truth: GroundTruth

  init(files: [File], truth: GroundTruth) {
    self.files = files
    self.truth = truth
  }

  /// Simulates a scenario and writes it.
  ///
  /// Broken and cut lines occur in the layouts of lines only.
  ///
  /// - Complexity: all telemetry is in memory.
  public init(_ scenario: Scenario, layout: Layout = .lines) {
    var export = Export(Simulation.run(scenario), of: scenario)
    var traces: [Export.Line] = []
    switch layout {
    case .lines:
      traces = export.traceLines(of: export.spans)
      export.damage(&traces)
      files = [
        File(name: "traces.jsonl", bytes: joined(traces)),
        File(name: "logs.jsonl", bytes: joined(export.logLines())),
      ]
    case .document, .prettyDocument:
      traces = [export.line(of: export.spans[...])]
      let logs = export.logLine(of: export.telemetry.logs[...])
      let isPretty = layout == .prettyDocument
      files = [
        File(name: "traces.json", bytes: isPretty ? prettyJSON(traces[0].bytes) : traces[0].bytes),
        File(name: "logs.json", bytes: isPretty ? prettyJSON(logs) : logs),
      ]
    case .perService:
      files = []
      for service in scenario.services {
        var lines = export.traceLines(
          of: export.spans.filter {
            export.telemetry.resources[$0.resource].service == service.name
          })
        if service.name == scenario.services.last?.name { export.damage(&lines) }
        files.append(File(name: "traces-\(service.name).jsonl", bytes: joined(lines)))
        traces += lines
      }
      files.append(File(name: "logs.jsonl", bytes: joined(export.logLines())))
    }
    truth = export.settledTruth(traces)
  }
}

/// Lines with their ends.
func joined(_ lines: [Export.Line]) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(lines.reduce(0) { $0 + $1.bytes.count + 1 })
  for line in lines {
    bytes.append(contentsOf: line.bytes)
    if line.isWhole { bytes.append(10) }
  }
  return bytes
}
