import TraceAnalysis
import TraceModel

extension Section {
  /// What broke, since when, whom it hurt; and how it got from its origin to the client.
  static let verdict = Section(id: "verdict", title: "Verdict") { context in
    let findings = context.findings
    var blocks: [Block] = []
    if !findings.verdict.lines.isEmpty {
      blocks.append(.list(findings.verdict.lines.prefix(4).map { [.text($0)] }, .plain))
    }
    let figures = figures(context)
    if !figures.isEmpty { blocks.append(.figures(figures)) }
    if findings.verdict.kind == .errors, let group = leadingGroup(findings), group.path.count > 1 {
      blocks.append(.path(group.path))
    }
    return blocks
  }

  /// The group of errors that the verdict speaks of.
  static func leadingGroup(_ findings: Findings) -> Findings.ErrorGroup? {
    findings.errors.first {
      $0.reachedClient > 0 && $0.operation == findings.verdict.operation
    } ?? findings.errors.first { $0.reachedClient > 0 }
  }

  private static func figures(_ context: SectionContext) -> [Figure] {
    let findings = context.findings
    let impact = findings.impact
    var figures: [Figure] = []
    if impact.failed.total > 0 {
      figures.append(
        Figure(
          label: "Failed requests", value: percentText(impact.failed.value),
          note: "\(countText(impact.failed.count)) of \(countText(impact.failed.total))",
          tone: impact.failed.count > 0 ? .bad : .good, spark: findings.timeline.map(\.failed)))
      figures.append(
        Figure(
          label: "Saved requests", value: percentText(impact.saved.value),
          note: "\(countText(impact.saved.count)): an error inside, the client saw none",
          tone: impact.saved.count > 0 ? .warn : .plain, spark: findings.timeline.map(\.saved)))
    }
    if let since = findings.verdict.sinceNs {
      var note = "UTC"
      if let last = leadingGroup(findings)?.lastNs, last >= since,
        findings.verdict.kind == .errors
      {
        let length = Timestamp(last) - Timestamp(since)
        note = "last seen \(context.clock.text(last)), \(durationText(length)) later"
      }
      figures.append(Figure(label: "Since", value: context.clock.text(since), note: note))
    }
    if let slow = findings.timeSpent.first(where: { $0.name == "slow" }), let top = slow.rows.first,
      findings.verdict.kind == .latency
    {
      figures.append(
        Figure(
          label: "Of the slow requests' time", value: percentText(top.share),
          note: "\(top.operation.service) \(top.operation.name)", tone: .warn))
    }
    if let worst = impact.endpoints.first, let p95 = worst.p95Ns ?? worst.p50Ns {
      figures.append(
        Figure(
          label: worst.p95Ns == nil ? "Median length" : "p95 length", value: durationText(p95),
          note: "\(worst.operation.name), \(counted(worst.failed.total, "request"))"))
    }
    return figures
  }
}
