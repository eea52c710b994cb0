import TraceModel

/// What is wrong with a store's data, each thing as one complaint: the rules and their sentences.
struct Complaints {
  let findings: Findings
  let links: DataLinks

  /// All of them: losses, warnings, notes, each by count, then by name.
  var all: [Checkup.Complaint] {
    let parts =
      defects + clocks + sampling + shortIDs + logsWithoutTrace + logsOfMissingTraces
      + servicesWithoutLogs + servicesWithoutSpans
    func rank(_ severity: String) -> Int { Defect.Severity(rawValue: severity)?.rank ?? 3 }
    return parts.sorted {
      (rank($0.severity), -$0.count, $0.id) < (rank($1.severity), -$1.count, $1.id)
    }
  }

  private var traces: Int { findings.input.traces }

  static func counted(_ count: Int, _ one: String, _ many: String) -> String {
    "\(count) \(count == 1 ? one : many)"
  }

  // MARK: Defects that were counted while reading and building

  private var defects: [Checkup.Complaint] {
    findings.quality.defects.compactMap { row in
      guard let kind = Defect.Kind(rawValue: row.kind), kind != .skewAdjusted else { return nil }
      return Checkup.Complaint(
        id: row.kind, severity: kind.severity, finding: sentence(row), count: row.count,
        places: places(kind), example: row.firstPlace, cost: cost(of: kind, count: row.count),
        remedy: row.remedy)
    }
  }

  /// `12 × a span has no end; it was taken from its children`.
  private func sentence(_ row: Findings.DefectRow) -> String {
    row.count == 1 ? "once: \(row.explanation)" : "\(row.count) times: \(row.explanation)"
  }

  private func places(_ kind: Defect.Kind) -> [String] {
    switch kind {
    case .missingParent: services(findings.quality.orphans)
    case .unfinishedSpan: services(findings.quality.unfinished)
    case .unknownFile, .unreadableFile, .emptyFile:
      // The remark names the file.
      Array(findings.input.sources.filter { $0.format.isEmpty }.map(\.remark).prefix(5))
    default: []
    }
  }

  private func services(_ counts: [Findings.ServiceCount]) -> [String] {
    counts.prefix(5).map { "\($0.service): \(Self.counted($0.count, "span", "spans"))" }
  }

  private func cost(of kind: Defect.Kind, count: Int) -> String {
    let headless = findings.quality.grades.last?.traces ?? 0
    switch kind {
    case .missingParent:
      let requests = Self.counted(findings.impact.incomplete, "trace is", "traces are")
      return headless == 0
        ? "paths and the way of errors end at the gap; every request is still seen"
        : "\(requests) left out of requests, percentiles and shares, since nobody saw the client's side"
    case .severalRoots:
      return
        "the first root counts as the request; what stands under the others is in no path and no share of it"
    case .unfinishedSpan:
      return "its length is a lower bound; percentiles of its operation may be too low"
    case .duplicateSpan, .sameContent, .duplicateLog, .sharedSpanID:
      return "nothing: each counts once"
    case .conflictingSpan:
      return "the version that ended later is used; the other's length is ignored"
    case .skewTooLarge:
      return "spans of that host stand outside their callers; their time counts for nobody's path"
    case .negativeDuration: return "its time is missing from its operation's percentiles and paths"
    case .unknownStart: return "its length is a guess"
    case .missingTraceID, .quotedSubsegment: return "it stands in no trace and in no figure"
    case .emptySpanID: return "nothing can be its child; calls below it hang loose"
    case .missingService: return "services that do not name themselves are one, unknown_service"
    case .partialAnswer, .droppedAtSource: return "what is missing cannot be seen, nor counted"
    case .logWithoutTime: return "it stands on no time axis and joins no span by time"
    case .assumedYear: return "these records may stand in the wrong year, and join no span"
    case .assumedZone: return "these records may be hours off if their zone is another"
    case .metricsNotRead: return "no finding uses metrics"
    case .unknownFile, .unreadableFile: return "what it holds is in no figure"
    case .emptyFile: return "nothing, unless something was expected in it"
    default: break
    }
    switch kind.severity {
    case .loss: return "what was lost is in no figure"
    case .warning: return "figures that rest on it may be off"
    case .note: return "nothing"
    }
  }

  // MARK: Clocks

  private var clocks: [Checkup.Complaint] {
    let rows = findings.quality.clocks
    guard let worst = rows.first else { return [] }
    let spans = rows.reduce(0) { $0 + $1.spans }
    let example = findings.quality.defects.first { $0.kind == Defect.Kind.skewAdjusted.rawValue }
    return [
      Checkup.Complaint(
        id: "skewed_clock", severity: .warning,
        finding:
          "\(Self.counted(rows.count, "host's clock contradicts", "hosts' clocks contradict")) "
          + "those of its callers, by up to \(durationText(Int64(clamping: worst.medianShiftNs.magnitude)))",
        count: spans,
        places: rows.prefix(5).map { row in
          let name = row.host.isEmpty ? row.services.joined(separator: ", ") : row.host
          let direction = row.medianShiftNs > 0 ? "behind" : "ahead"
          let services = row.host.isEmpty ? "" : " (\(row.services.joined(separator: ", ")))"
          return
            "\(name)\(services): \(durationText(Int64(clamping: row.medianShiftNs.magnitude))) \(direction), "
            + Self.counted(row.spans, "span moved", "spans moved")
        },
        example: example?.firstPlace ?? "",
        cost:
          "times across these hosts are right to within the network's delay only; lengths are not touched",
        remedy: "synchronise the host's clock (chrony, ntpd)")
    ]
  }

  // MARK: What was left out on purpose, and ids

  private var sampling: [Checkup.Complaint] {
    let spans = links.thresholdSampled.count + links.samplerNamed.count
    if spans == 0 { return [] }
    let example =
      links.thresholdSampled.count > 0 ? links.thresholdSampled.example : links.samplerNamed.example
    return [
      Checkup.Complaint(
        id: "sampling_seen", severity: .warning,
        finding: "\(Self.counted(spans, "span says", "spans say")) that traces were sampled",
        count: spans, example: example,
        cost:
          "counts and rates are of the traces that were kept, not of all requests; no weights are applied",
        remedy:
          "keep all traces of an incident's window, or export the sampler's counts beside them")
    ]
  }

  private var shortIDs: [Checkup.Complaint] {
    let ids = links.shortTraceIDs
    if ids.count == 0 { return [] }
    return [
      Checkup.Complaint(
        id: "short_trace_ids", severity: .note,
        finding: "\(Self.counted(ids.count, "trace id has", "trace ids have")) 64 bits",
        count: ids.count, example: ids.example,
        cost:
          "nothing here; where two traces' ids end alike they become one",
        remedy: "send 128-bit trace ids everywhere")
    ]
  }

  // MARK: Logs and spans

  private var logsWithoutTrace: [Checkup.Complaint] {
    let bare = links.logsWithoutTrace
    if bare == 0 || traces == 0 { return [] }
    let joined =
      links.logsJoined == 0
      ? "none could be joined to a span"
      : "\(links.logsJoined) were joined by request id, or by service, host and time"
    return [
      Checkup.Complaint(
        id: "logs_without_trace", severity: .note,
        finding:
          "\(bare) of \(Self.counted(links.logs, "log record names", "log records name")) no trace; \(joined)",
        count: bare,
        cost: links.logsJoined == bare
          ? "a join without ids is likely, not certain; each says how sure it is"
            + (bare == links.logs
              ? ", by a guess, since no record names its trace to measure on" : "")
          : "\(bare - links.logsJoined) log records stand beside no request",
        remedy: "let the logger write trace_id and span_id (OpenTelemetry's log correlation)")
    ]
  }

  private var logsOfMissingTraces: [Checkup.Complaint] {
    let logs = links.logsOfMissingTraces
    if logs.count == 0 { return [] }
    return [
      Checkup.Complaint(
        id: "logs_of_missing_traces", severity: traces == 0 ? .note : .warning,
        finding:
          "\(Self.counted(logs.count, "log record names a trace", "log records name traces")) of which no span is here",
        count: logs.count, example: logs.example,
        cost: "what these requests did cannot be seen",
        remedy: "export the traces of the same time, and do not sample them away from their logs")
    ]
  }

  private var servicesWithoutLogs: [Checkup.Complaint] {
    let silent = links.services.filter { $0.spans > 0 && $0.logs == 0 }
    // Without any log there is nothing to miss of one service.
    if links.logs == 0 || silent.isEmpty { return [] }
    return [
      Checkup.Complaint(
        id: "spans_without_logs", severity: .note,
        finding:
          "\(Self.counted(silent.count, "service has", "services have")) spans and no log record",
        count: silent.count,
        places: silent.sorted { ($1.spans, $0.name) < ($0.spans, $1.name) }.prefix(5)
          .map { "\($0.name): \(Self.counted($0.spans, "span", "spans"))" },
        cost: "their errors are known by spans alone",
        remedy: "export their logs too, under the same service.name")
    ]
  }

  private var servicesWithoutSpans: [Checkup.Complaint] {
    let blind = links.services.filter { $0.logs > 0 && $0.spans == 0 }
    if traces == 0 || blind.isEmpty { return [] }
    return [
      Checkup.Complaint(
        id: "logs_without_spans", severity: .note,
        finding:
          "\(Self.counted(blind.count, "sender of logs has", "senders of logs have")) no span",
        count: blind.count,
        places: blind.sorted { ($1.logs, $0.name) < ($0.logs, $1.name) }.prefix(5)
          .map { "\($0.name): \(Self.counted($0.logs, "record", "records"))" },
        cost: "what they do is not on the map, and their logs join no span",
        remedy: "instrument them, or give logs and spans the same service.name")
    ]
  }
}
