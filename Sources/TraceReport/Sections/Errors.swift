import TraceAnalysis
import TraceModel

extension Section {
  /// Errors by origin: those that a client saw, those in the background, and apart from them those that were made good.
  static let errors = Section(id: "errors", title: "Errors") { context in
    let groups = context.findings.errors
    if groups.isEmpty {
      return context.nothing(
        context.isBlind
          ? "No span was read, so no error can be seen."
          : "None of \(counted(context.findings.input.spans, "span")) failed.")
    }
    let reached = groups.filter { $0.reachedClient > 0 }
    let background = groups.filter { $0.reachedClient == 0 && $0.reachedBackground > 0 }
    let averted = groups.filter { $0.reachedClient == 0 && $0.reachedBackground == 0 }
    var blocks: [Block] = []
    blocks += part("Reached a client", reached, cards: 5, context)
    blocks += part("In the background: no client waits for these", background, cards: 2, context)
    blocks += part("Handled or retried: no client saw these", averted, cards: 4, context)
    if context.findings.errorGroupCount > groups.count {
      blocks.append(
        .command(
          context.options.command("errors", rows: context.findings.errorGroupCount),
          purpose:
            "\(countText(groups.count)) of \(countText(context.findings.errorGroupCount)) groups are listed; all of them:"
        ))
    }
    return blocks
  }

  private static func part(
    _ title: String, _ groups: [Findings.ErrorGroup], cards: Int, _ context: SectionContext
  ) -> [Block] {
    if groups.isEmpty { return [] }
    var blocks: [Block] = [.heading(title)]
    blocks += groups.prefix(cards).map { .card(card($0, context)) }
    if groups.count > cards {
      let rest = Array(groups.dropFirst(cards))
      blocks.append(
        .table(
          Table(
            columns: errorColumns, rows: rest.map(errorCells), total: rest.count,
            rest: context.options.command("errors", rows: context.findings.errorGroupCount)),
          htmlRows: 45))
    }
    return blocks
  }

  private static func card(_ group: Findings.ErrorGroup, _ context: SectionContext) -> Card {
    let clock = context.clock
    var badges: [(text: String, tone: Tone)] = []
    func badge(_ count: Int, _ words: String, _ tone: Tone) {
      if count > 0 { badges.append(("\(countText(count)) \(words)", tone)) }
    }
    badge(group.reachedClient, "reached the client", .bad)
    badge(group.reachedBackground, "ended in the background", .warn)
    badge(group.handled - group.retried, "handled", .good)
    badge(group.retried, "made good by a retry", .good)
    badge(group.cancelled, "cancelled", .plain)
    var blocks: [Block] = [.prose([.operation(group.operation)])]
    if !group.message.isEmpty { blocks.append(.prose([.code(group.message)])) }
    blocks.append(
      .prose([
        .text(
          "\(counted(group.count, "origin")) in \(counted(group.traces, "trace")), "
            + "first \(clock.text(group.firstNs)), last \(clock.text(group.lastNs)). \(blame(group))"
        )
      ]))
    if group.path.count > 1 {
      blocks.append(.path(group.path))
      if group.pathCount < group.count {
        blocks.append(
          .prose([
            .quiet("\(countText(group.pathCount)) of \(countText(group.count)) went this way.")
          ]))
      }
    }
    var seen: Set<String> = []
    let traces = group.exemplars.map(\.trace).filter { seen.insert($0).inserted }
    if !traces.isEmpty {
      blocks.append(
        .prose([.quiet("For example")] + traces.prefix(3).flatMap { [.text(" "), .trace($0)] }))
    }
    if !group.logs.isEmpty { blocks.append(.logs(distinct(group.logs))) }
    return Card(
      title: [.strong(group.type.isEmpty ? "Error without a type" : group.type)], badges: badges,
      spark: group.sparkline, blocks: blocks)
  }

  /// Log lines of different texts, each with how often it stands there; the first of each stays.
  static func distinct(_ lines: [Findings.LogLine]) -> [Findings.LogLine] {
    func key(_ line: Findings.LogLine) -> [String] { [line.severity, line.service, line.text] }
    var counts: [[String]: Int] = [:]
    for line in lines { counts[key(line), default: 0] += 1 }
    return lines.compactMap { line in
      guard let count = counts.removeValue(forKey: key(line)) else { return nil }
      var line = line
      if count > 1 { line.text += " (\(countText(count)) times)" }
      return line
    }
  }

  /// Where the fault lies, as far as the origin tells.
  static func blame(_ group: Findings.ErrorGroup) -> String {
    let peer = group.peer.isEmpty ? "its peer" : group.peer
    return switch group.blame {
    case .local: "It began in \(group.operation.service) itself, as far as the spans tell."
    case .remote:
      "\(possessive(group.operation.service)) call to \(peer) failed; \(peer) sends no spans, so its side is unseen."
    case .timeout: "The caller gave up before \(peer) had ended."
    case .transport: "The caller sees an error where \(peer) reports none."
    }
  }

  private static func possessive(_ name: String) -> String { name.isEmpty ? "The" : name + "'s" }

  /// The same in a word or two, for tables.
  static func blameWord(_ blame: ErrorOrigin.Blame) -> String {
    switch blame {
    case .local: "here"
    case .remote: "in its peer"
    case .timeout: "gave up"
    case .transport: "between"
    }
  }

  static let errorColumns: [Table.Column] = [
    .init("Origin", key: "operation", kind: .operation), .init("Type", key: "type", kind: .text),
    .init("Blame", key: "blame", kind: .text), .init("Origins", key: "count", kind: .count),
    .init("Reached client", key: "reached_client", kind: .count),
    .init("Handled", key: "handled", kind: .count),
    .init("of these retried", key: "retried", kind: .count),
    .init("First", key: "first_ns", kind: .moment), .init("Last", key: "last_ns", kind: .moment),
    .init("Over time", key: "sparkline", kind: .picture),
  ]

  static func errorCells(_ group: Findings.ErrorGroup) -> [Table.Cell] {
    [
      .operation(group.operation), .text(group.type),
      .word(group.blame.rawValue, shown: blameWord(group.blame)),
      .count(group.count), .count(group.reachedClient), .count(group.handled),
      .count(group.retried), .moment(group.firstNs), .moment(group.lastNs),
      .sparkline(group.sparkline),
    ]
  }
}
