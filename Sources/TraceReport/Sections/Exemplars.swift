import TraceAnalysis

extension Section {
  /// Traces to look at.
  static let exemplars = Section(id: "traces", title: "Exemplar traces") { context in
    let exemplars = context.findings.exemplars
    if exemplars.isEmpty { return context.nothing("No trace is worth showing.") }
    var blocks: [Block] = []
    for (index, exemplar) in exemplars.enumerated() {
      blocks.append(.waterfall(exemplar, folded: index > 0))
    }
    blocks.append(
      .command(
        context.options.command("trace \(shellWord(exemplars[0].id))"),
        purpose: "The same in the terminal, every span of it:"))
    return blocks
  }
}
