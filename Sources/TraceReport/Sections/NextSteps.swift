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
      // A step may end with a command to type, after a colon.
      guard let colon = step.firstRange(of: ": culprit ") else { return .prose([.text(step)]) }
      let command = step[step.index(colon.lowerBound, offsetBy: 2)...]
      return .command(String(command), purpose: String(step[..<colon.lowerBound]))
    }
  }
}
