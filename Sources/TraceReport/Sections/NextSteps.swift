import TraceAnalysis

extension Section {
  /// What to do next, most useful first.
  static let nextSteps = Section(id: "next", title: "What to do next") { context in
    let steps = context.findings.verdict.nextSteps
    if steps.isEmpty {
      return context.nothing(
        context.isBlind
          ? "Look at what was read: no span was found in it."
          : "Nothing follows from these findings.")
    }
    return steps.map { step in
      step.command.isEmpty
        ? .prose([.text(step.sentence)]) : .command(step.command, purpose: step.sentence)
    }
  }
}
