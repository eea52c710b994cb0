import TraceAnalysis
import TraceModel

extension Section {
  /// What is suspected, with what speaks for and against it.
  static let causes = Section(id: "causes", title: "Ranked causes") { context in
    let causes = context.findings.causes
    if causes.isEmpty {
      return context.nothing(
        context.isBlind
          ? "No span was read, so nothing can be suspected."
          : "Nothing stands out enough to be suspected.")
    }
    return causes.enumerated().map { index, cause in
      let noun = cause.kind == .errors ? "failed" : "slow"
      var blocks: [Block] = []
      blocks.append(.heading("For"))
      blocks.append(evidence(cause.evidenceFor, .good, empty: "Nothing beyond the ranking."))
      blocks.append(.heading("Against, or not known"))
      blocks.append(evidence(cause.evidenceAgainst, .warn, empty: "Nothing was found against it."))
      return .card(
        Card(
          number: "\(index + 1)", title: [.strong(cause.title)],
          badges: [
            (
              "\(percentText(cause.share)) of \(noun) requests (\(countText(cause.requests)))",
              cause.kind == .errors ? .bad : .warn
            )
          ],
          share: cause.share, blocks: [.prose([.operation(cause.operation)])] + blocks))
    }
  }

  private static func evidence(
    _ evidence: [Findings.Evidence], _ tone: Tone, empty: String
  ) -> Block {
    if evidence.isEmpty { return .prose([.quiet(empty)]) }
    return .list(
      evidence.map { piece in
        [.text(piece.sentence)] + piece.traces.prefix(3).flatMap { [.text(" "), .trace($0)] }
      }, tone)
  }
}
