import TraceAnalysis

/// One chapter of the report: findings in, blocks out.
struct Section: Sendable {
  /// Its anchor, a word.
  var id: String
  /// Its heading.
  var title: String
  /// What stands in it; one honest line where there is nothing to say.
  var blocks: @Sendable (SectionContext) -> [Block]

  /// All chapters, in a reader's order of need.
  static let all = [
    verdict, impact, causes, timeline, timeSpent, errors, exceptions, serviceMap, latency, metrics,
    exemplars,
    nextSteps, quality, reproduce,
  ]
}

/// What sections are made of.
struct SectionContext: Sendable {
  /// The findings, prepared for showing.
  var findings: Findings
  /// How many values were masked in them.
  var masked: Int
  /// What the reader wants.
  var options: RenderOptions

  /// Writes moments.
  var clock: Clock { Clock(first: findings.input.firstNs, last: findings.input.lastNs) }

  /// Whether no span was read: then nothing may look healthy.
  var isBlind: Bool { findings.input.spans == 0 }

  /// One honest line.
  func nothing(_ sentence: String) -> [Block] { [.prose([.quiet(sentence)])] }
}
