import TraceAnalysis
import TraceModel

extension Section {
  /// Requests, failures and lengths over time.
  static let timeline = Section(id: "timeline", title: "Timeline") { context in
    let bins = context.findings.timeline
    if bins.isEmpty { return context.nothing("There is no request to place in time.") }
    return [.timeline(Timeline(bins: bins, sinceNs: context.findings.verdict.sinceNs))]
  }
}
