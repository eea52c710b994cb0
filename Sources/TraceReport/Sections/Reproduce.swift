import TraceAnalysis

extension Section {
  /// Commands that give the figures again.
  static let reproduce = Section(id: "reproduce", title: "How to reproduce") { context in
    let steps = context.findings.reproduce
    if steps.isEmpty { return context.nothing("There is no figure to give again.") }
    return steps.map { .command($0.command, purpose: $0.purpose) }
  }
}
