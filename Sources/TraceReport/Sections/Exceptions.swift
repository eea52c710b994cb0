public import TraceAnalysis
import TraceModel

extension Section {
  /// Errors in code, as spans, logs and error trackers tell them together: what an error tracker lists.
  static let exceptions = Section(id: "exceptions", title: "Errors in code and logs") { context in
    let groups = context.findings.exceptions
    if groups.isEmpty {
      return context.nothing(
        context.isBlind && context.findings.input.logs == 0
          ? "Nothing was read that could tell of an error."
          : "No exception and no error record was told by spans, logs or error trackers.")
        + items(context)
    }
    var blocks: [Block] = groups.prefix(5).map { .card(card($0, context)) }
    if groups.count > 5 {
      blocks.append(
        .table(
          Table(
            columns: exceptionColumns, rows: groups.dropFirst(5).map(exceptionCells),
            total: context.findings.exceptionGroupCount - 5,
            rest: context.options.command(
              "errors --code", rows: context.findings.exceptionGroupCount)),
          htmlRows: 45))
    }
    return blocks + items(context)
  }

  private static func card(_ group: Findings.ExceptionGroup, _ context: SectionContext) -> Card {
    let clock = context.clock
    var badges: [(text: String, tone: Tone)] = []
    if group.isNew { badges.append(("new", .bad)) }
    badges.append((group.count == 1 ? "once" : "\(countText(group.count)) times", .plain))
    if group.failedRequests > 0 {
      badges.append((counted(group.failedRequests, "failed request"), .bad))
    }
    if group.people > 0 { badges.append((counted(group.people, "person", "people"), .warn)) }
    var blocks: [Block] = []
    if !group.message.isEmpty { blocks.append(.prose([.code(group.message)])) }
    if !group.blame.isEmpty {
      blocks.append(.prose([.text("The frame to blame: "), .code(group.blame)]))
    }
    blocks.append(.prose([.text(facts(group, clock))]))
    for item in group.items {
      blocks.append(.prose([.text(sentence(item, clock))]))
    }
    if !group.related.isEmpty {
      blocks.append(
        .prose([
          .quiet(
            "\(counted(group.related.count, "other group says", "other groups say")) the same from other frames."
          )
        ]))
    }
    if !group.exemplars.isEmpty {
      blocks.append(
        .prose(
          [.quiet("For example")] + group.exemplars.flatMap { [.text(" "), .trace($0.trace)] }))
    }
    let title = group.type.isEmpty ? cutTitle(group.template) : group.type
    return Card(
      title: [.strong(title.isEmpty ? "Error without words" : title)], badges: badges,
      spark: group.sparkline, blocks: blocks)
  }

  /// Where, in which versions and when it was seen, and who tells of it.
  private static func facts(_ group: Findings.ExceptionGroup, _ clock: Clock) -> String {
    var facts: [String] = []
    let isNamed = group.services.contains { !["", "unknown_service"].contains($0.name) }
    if isNamed { facts.append("in \(named(group.services, "service"))") }
    if group.versions.count == 1, group.versions[0].count == group.count {
      facts.append("all in version \(group.versions[0].name)")
    } else if !group.versions.isEmpty {
      facts.append(named(group.versions, "version"))
    }
    if !group.hosts.isEmpty, group.hosts.count <= 3 {
      facts.append(
        "\(group.hosts.count == 1 ? "host" : "hosts") \(group.hosts.joined(separator: ", "))")
    } else if !group.hosts.isEmpty {
      facts.append("on \(countText(group.hosts.count)) hosts")
    }
    var text = facts.joined(separator: "; ")
    if let first = group.firstNs, let last = group.lastNs {
      text +=
        (text.isEmpty ? "" : "; ")
        + (group.count == 1
          ? "at \(clock.text(first))" : "first \(clock.text(first)), last \(clock.text(last))")
    }
    text = text.prefix(1).uppercased() + text.dropFirst()
    let sources = group.sources.map(sourceWord)
    let told =
      sources.count > 1
      ? sources.dropLast().joined(separator: ", ") + " and " + (sources.last ?? "")
      : sources.first ?? "nobody"
    return (text.isEmpty ? "" : text + ". ") + "Told by \(told)."
  }

  private static func cutTitle(_ text: String) -> String { shortened(text, to: 100) }

  /// `service checkout (155) and 2 more`.
  private static func named(_ counts: [Findings.NamedCount], _ noun: String) -> String {
    let shown = counts.prefix(3).map { "\($0.name) (\(countText($0.count)))" }.joined(
      separator: ", ")
    let rest = counts.count > 3 ? " and \(counts.count - 3) more" : ""
    return "\(counts.count == 1 ? noun : noun + "s") \(shown)\(rest)"
  }

  private static func sourceWord(_ source: String) -> String {
    switch source {
    case "span": "spans"
    case "log": "logs"
    default: "an error tracker"
    }
  }

  /// `Rollbar item 12 (active, production): 41 occurrences since …`.
  private static func sentence(_ item: TrackedItem, _ clock: Clock) -> String {
    let name = item.tracker.prefix(1).uppercased() + item.tracker.dropFirst()
    let facts = [item.status, item.environment].filter { !$0.isEmpty }.joined(separator: ", ")
    var text = "\(name) \(item.tracker == "sentry" ? "issue" : "item") \(item.number)"
    if !facts.isEmpty { text += " (\(facts))" }
    if let count = item.count { text += ": \(counted(count, "occurrence"))" }
    if let first = item.firstNs { text += ", first \(clock.text(first))" }
    return text + "."
  }

  /// Items of error trackers that nothing else tells of.
  private static func items(_ context: SectionContext) -> [Block] {
    let items = context.findings.otherItems
    if items.isEmpty { return [] }
    return [
      .heading("In error trackers alone"),
      .table(
        Table(
          columns: [
            .init("Title", key: "title", kind: .text), .init("Item", key: "item", kind: .text),
            .init("Status", key: "status", kind: .text),
            .init("Where", key: "environment", kind: .text),
            .init("Occurrences", key: "count", kind: .text),
            .init("First", key: "first_ns", kind: .moment),
            .init("Last", key: "last_ns", kind: .moment),
          ],
          rows: items.map {
            [
              .text($0.title), .text("\($0.tracker) \($0.number)"), .text($0.status),
              .text($0.environment), .text($0.count.map { countText($0) } ?? "–"),
              .moment($0.firstNs), .moment($0.lastNs),
            ]
          }), htmlRows: 20),
    ]
  }

  static let exceptionColumns: [Table.Column] = [
    .init("Error", key: "title", kind: .text), .init("Times", key: "count", kind: .count),
    .init("Over time", key: "sparkline", kind: .picture),
    .init("Failed requests", key: "failed_requests", kind: .count),
    .init("New", key: "is_new", kind: .text), .init("Services", key: "services", kind: .text),
    .init("Versions", key: "versions", kind: .text),
    .init("Frame to blame", key: "blame", kind: .text),
    .init("First", key: "first_ns", kind: .moment), .init("Last", key: "last_ns", kind: .moment),
    .init("Told by", key: "sources", kind: .text),
    .init("Group", key: "id", kind: .text),
  ]

  static func exceptionCells(_ group: Findings.ExceptionGroup) -> [Table.Cell] {
    [
      .text(group.title), .count(group.count), .sparkline(group.sparkline),
      .count(group.failedRequests),
      .word(group.isNew ? "true" : "false", shown: group.isNew ? "new" : "–"),
      .text(group.services.map(\.name).joined(separator: ", ")),
      .text(group.versions.map(\.name).joined(separator: ", ")), .text(group.blame),
      .moment(group.firstNs), .moment(group.lastNs), .text(group.sources.joined(separator: ", ")),
      .text(group.id),
    ]
  }
}

extension Table {
  /// Errors in code, as `culprit errors --code` shows them.
  public static func exceptions(_ findings: Findings) -> Table {
    Table(
      columns: Section.exceptionColumns, rows: findings.exceptions.map(Section.exceptionCells),
      total: findings.exceptionGroupCount
    ).whole
  }
}
