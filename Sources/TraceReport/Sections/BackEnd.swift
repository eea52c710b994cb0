import TraceAnalysis
import TraceModel

extension Section {
  /// What a back end says of the same traces: how often it agrees, and where it does not. Nothing where it says nothing.
  static func backEnd(_ context: SectionContext) -> [Block] {
    guard let theirs = context.findings.backEnd else { return [] }
    var sentences = [
      "X-Ray sums up \(counted(theirs.summaries, "trace")); "
        + (theirs.requests == 0
          ? "the spans of none were read, so there is nothing to compare."
          : "\(countText(theirs.requests)) of them \(theirs.requests == 1 ? "is a request" : "are requests") whose spans were read.")
    ]
    func add(_ agreement: Findings.Agreement, _ question: String) {
      if agreement.of > 0 {
        sentences.append(
          "\(question): \(countText(agreement.agree)) of \(countText(agreement.of)) agree.")
      }
    }
    add(theirs.failures, "Whether they failed")
    add(theirs.causes, "In which service the failure began")
    add(theirs.times, "How long they took")
    if theirs.users > 0 { sentences.append("It names \(counted(theirs.users, "user")).") }
    if !theirs.annotations.isEmpty {
      let keys = theirs.annotations.map { "\($0.name) (\(countText($0.count)))" }
      sentences.append("Annotations, by traces: \(keys.joined(separator: ", ")).")
    }
    var blocks: [Block] = [
      .heading("What X-Ray says of the same traces"),
      .prose([.text(sentences.joined(separator: " "))]),
    ]
    if theirs.disagreements.isEmpty { return blocks }
    blocks.append(
      .table(
        Table(
          columns: [
            .init("Trace", key: "trace", kind: .trace),
            .init("About", key: "subject", kind: .text),
            .init("X-Ray says", key: "theirs", kind: .text),
            .init("The spans say", key: "ours", kind: .text),
          ],
          rows: theirs.disagreements.map {
            [
              .trace(Findings.SpanReference(trace: $0.trace, span: "")), .text(word($0.subject)),
              .text(words($0.theirs, $0.subject)), .text(words($0.ours, $0.subject)),
            ]
          },
          total: [theirs.failures, theirs.causes, theirs.times].reduce(0) { $0 + $1.of - $1.agree },
          rest: context.options.command(
            "query", "select * from answers where kind = 'trace_summary'")), htmlRows: 10))
    return blocks
  }

  private static func word(_ subject: Findings.Disagreement.Subject) -> String {
    switch subject {
    case .failure: "whether it failed"
    case .cause: "where it began"
    case .time: "how long it took"
    }
  }

  private static func words(_ text: String, _ subject: Findings.Disagreement.Subject) -> String {
    subject == .time ? Int64(text).map { durationText($0) } ?? text : text
  }
}
