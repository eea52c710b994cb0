import TraceAnalysis
import TraceModel
import TraceReport
import TraceStore

extension Findings {
  /// Fills in what was read and what was wrong with it.
  ///
  /// - Parameters:
  ///   - catalog: what the store holds.
  ///   - joins: 64-bit trace ids that were joined, or could not be.
  ///   - window: the window asked for.
  ///   - logs: log records in the window.
  mutating func addSources(
    _ catalog: StoreCatalog, joins: DefectTally, window: TimeWindow?, logs: Int
  ) {
    for source in catalog.sources {
      let record = source.record
      input.sources.append(
        Source(
          name: record.name, format: record.format,
          compression: record.compression.isEmpty ? "none" : record.compression,
          bytes: record.bytes, spans: source.spansStored, logs: source.logsStored,
          remark: record.remark))
      input.metrics += record.metricsSeen
      quality.spansSeen += record.spansSeen
      quality.spansDropped += record.spansDropped
      quality.spansStored += source.spansStored
      quality.spansQuarantined += source.spansQuarantined
    }
    input.sources.sort { $0.name < $1.name }
    input.logs = logs
    input.windowStartNs = window?.start.nanoseconds
    input.windowEndNs = window?.end.nanoseconds
    addDefects(of: catalog.sources, joins: joins, copies: catalog.counts.logCopies)
    if input.traces == 0 { sayWhatWasReadInstead() }
  }

  /// Without a trace there is nothing to judge; what was read all the same is told.
  private mutating func sayWhatWasReadInstead() {
    if input.tracesOutside > 0 {
      verdict.lines.append("All \(input.tracesOutside) traces lie outside the window asked for.")
    }
    if input.logs > 0 {
      verdict.lines.append(
        "\(input.logs) log records were read; they stand in the store's view logs.")
    }
    if input.metrics > 0 {
      verdict.lines.append("\(input.metrics) metrics were read; they stand under Metrics.")
    }
  }

  private mutating func addDefects(
    of sources: [StoredSource], joins: DefectTally, copies: Int
  ) {
    var rows: [Defect.Kind: DefectRow] = [:]
    for source in sources {
      for defect in source.record.defects.entries.values {
        let place = defect.firstOffset.map { "\(source.record.name) byte \($0)" }
        add(defect, place: place ?? source.record.name, to: &rows)
      }
    }
    if copies > 0 { add(Defect(kind: .duplicateLog, count: copies), place: "", to: &rows) }
    for defect in joins.entries.values { add(defect, place: "", to: &rows) }
    quality.defects = (quality.defects + rows.values).sorted {
      let a = (Defect.Severity(rawValue: $0.severity)?.rank ?? 3, -$0.count, $0.kind)
      return a < (Defect.Severity(rawValue: $1.severity)?.rank ?? 3, -$1.count, $1.kind)
    }
  }

  /// Sources come by content hash, so the first place of a kind is that of the first source that has it.
  private func add(_ defect: Defect, place: String, to rows: inout [Defect.Kind: DefectRow]) {
    let kind = defect.kind
    var row =
      rows[kind]
      ?? DefectRow(
        kind: kind.rawValue, severity: kind.severity.rawValue, count: 0, firstPlace: place,
        example: defect.example, explanation: kind.explanation, remedy: kind.remedy)
    row.count += defect.count
    rows[kind] = row
  }

  /// Fills in the commands that give figures again, and puts the input's name where sentences say STORE.
  mutating func addReproduction(_ request: InvestigateRequest) {
    let isTemporary = request.store.path != request.store.shownName
    let store = isTemporary ? "incident.db" : shellWord(request.store.shownName)
    let window = request.window.arguments
    let inputs = request.inputs.map(shellWord).joined(separator: " ")
    if isTemporary {
      reproduce.append(
        ReproduceStep(
          purpose: "keep the data in a store, so that the commands below answer at once",
          command: "culprit ingest \(inputs) --store \(store)"))
    }
    reproduce += [
      ReproduceStep(
        purpose: "this report", command: "culprit report \(store)\(window) -o incident.html"),
      ReproduceStep(purpose: "error origins", command: "culprit errors \(store)\(window)"),
      ReproduceStep(
        purpose: "where the time of the slow requests went",
        command: "culprit path \(store)\(window) --selection slow"),
      ReproduceStep(purpose: "percentiles", command: "culprit latency \(store)\(window)"),
      ReproduceStep(
        purpose: "error spans by operation, in SQL",
        command:
          "culprit query \(store) \"select service, operation, count(*) from errors group by 1, 2 order by 3 desc\""
      ),
    ]
    let place = request.inputs.count > 3 ? store : inputs
    for index in verdict.nextSteps.indices {
      verdict.nextSteps[index].command.replace(Findings.inputPlaceholder, with: place)
    }
  }
}
