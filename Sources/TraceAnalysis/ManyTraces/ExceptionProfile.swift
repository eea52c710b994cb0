public import TraceModel

/// What went wrong in code, grouped as an error tracker groups it, from spans, log records and trackers together.
///
/// A group is what shares the *strict* fingerprint: the types of the chain and the application's frames. What has no
/// frames is grouped by the *loose* one, type and message template, and joins a strict group where exactly one has it.
/// One failure that several sources tell of, by trace, span and type, counts once; so does an exception that goes up from span to span
/// within a service and is told by each.
///
/// Events are kept and grouped at the end, so parts may be merged in any order.
///
/// - Source: Rollbar's documentation, "Grouping Algorithm" (frames and class, no line numbers, no message); what is done where there are
///   no frames, and the joining of sources, are ours.
/// - Complexity: O(*n* log *n*) for *n* events; their texts are kept once a fingerprint.
public struct ExceptionProfile: Sendable {
  /// An event without its texts.
  private struct Entry: Sendable {
    var event: Compact
    var strict: UInt64
    var loose: UInt64
  }

  private struct Compact: Sendable {
    var source: ErrorEvent.Sources
    var time: Int64?
    var service: Symbol
    var version: Symbol
    var host: Symbol
    var trace: TraceID
    var span: SpanID
    var parent: SpanID
    var said: UInt64
    var person: UInt64
    var item: UInt64
    var place: Place
  }

  /// What an event of a fingerprint said.
  private struct Words: Sendable {
    var type: String
    var message: String
    var blame: String
    var time: Int64
    var place: Place
  }

  private var entries: [Entry] = []
  private var words: [UInt64: Words] = [:]
  private var items: Set<TrackedItem> = []

  /// No events.
  public init() {}

  /// How many events were told, each source's apart.
  public var count: Int { entries.count }

  /// Adds an event.
  public mutating func add(_ event: ErrorEvent) {
    let loose = event.loose
    entries.append(
      Entry(
        event: Compact(
          source: event.source, time: event.time?.nanoseconds, service: event.service,
          version: event.version, host: event.host, trace: event.trace, span: event.span,
          parent: event.parent, said: event.said, person: event.person, item: event.item,
          place: event.place), strict: event.strict, loose: loose))
    let said = Words(
      type: event.type, message: cutText(event.message, 300), blame: event.blame,
      time: event.time?.nanoseconds ?? .max, place: event.place)
    for key in event.strict == 0 ? [loose] : [event.strict, loose] { note(said, key) }
  }

  /// Adds what a tracker counts as one error.
  public mutating func add(_ item: TrackedItem) { items.insert(item) }

  /// Takes in other events of the same store.
  public mutating func merge(_ other: ExceptionProfile) {
    entries += other.entries
    items.formUnion(other.items)
    for (key, said) in other.words { note(said, key) }
  }

  /// The earliest event's words stay; those with a frame to blame before those without.
  private mutating func note(_ new: Words, _ key: UInt64) {
    guard let old = words[key] else {
      words[key] = new
      return
    }
    let isBetter =
      old.blame.isEmpty != new.blame.isEmpty
      ? old.blame.isEmpty
      : (new.time, new.place.sourceRank, new.place.offset) < (
        old.time, old.place.sourceRank, old.place.offset
      )
    if isBetter { words[key] = new }
  }

  // MARK: Groups

  /// One group while it is added up.
  private struct Group {
    var count = 0
    var times: [Int64] = []
    var sources: ErrorEvent.Sources = []
    var traces: Set<TraceID> = []
    var people: Set<UInt64> = []
    var services: [Symbol: Int] = [:]
    var versions: [Symbol: Int] = [:]
    var hosts: Set<Symbol> = []
    var exemplars: [Findings.SpanReference] = []
    var looseIDs: Set<UInt64> = []
    var items: Set<UInt64> = []
  }

  /// The groups, new ones first, then by failed requests, events and title.
  ///
  /// - Parameters:
  ///   - symbols: the names of the store.
  ///   - failedTraces: traces whose request failed.
  ///   - bins: start and width of the timeline's bins, and how many there are; none: 24 bins over all events.
  ///   - logTimes: when the first and the last log record were written, where there are no bins.
  ///   - limit: the most groups.
  /// - Returns: the groups, how many there are in all, and items of trackers that fit none.
  func groups(
    _ symbols: SymbolTable, failedTraces: Set<TraceID>, bins: Timeline,
    logTimes: TimeWindow?, limit: Int
  ) -> (groups: [Findings.ExceptionGroup], count: Int, others: [TrackedItem]) {
    let strictOfLoose = soleStrictGroups()
    let strictOfTrace = strictGroupsOfTraces()
    var groups: [UInt64: Group] = [:]
    var ledger = FailureLedger(ways())
    for entry in ordered() {
      let event = entry.event
      let id =
        entry.strict != 0
        ? entry.strict
        : strictOfTrace[way(event)] ?? strictOfLoose[entry.loose] ?? entry.loose
      let known = ledger.add(
        source: event.source, service: event.service, trace: event.trace, span: event.span,
        type: words[id]?.type ?? "", said: event.said, group: id)
      switch known {
      case .new: add(entry, to: &groups[id, default: Group()])
      case .told(let group):
        groups[group]?.sources.formUnion(event.source)
        if event.person != 0 { groups[group]?.people.insert(event.person) }
        if event.item != 0 { groups[group]?.items.insert(event.item) }
      }
    }
    let moments = entries.compactMap(\.event.time)
    let first = [logTimes?.start.nanoseconds, moments.min()].compactMap { $0 }.min()
    let last = [logTimes?.end.nanoseconds, moments.max()].compactMap { $0 }.max()
    let window = Window(first: first ?? 0, last: last ?? 0, bins: bins)
    var others = items
    var rows = groups.map { id, group in
      row(id, group, symbols, failedTraces, window, &others)
    }
    rows.sort(by: Findings.ExceptionGroup.precedes)
    relate(&rows, groups)
    let rest = others.sorted {
      ($0.tracker, $0.number, $0.title) < ($1.tracker, $1.number, $1.title)
    }
    return (Array(rows.prefix(limit)), rows.count, rest)
  }

  /// Which exceptions a span has from the span below it.
  private func ways() -> [FailureLedger.Way: SpanID] {
    var ways: [FailureLedger.Way: SpanID] = [:]
    for event in entries.lazy.map(\.event) where event.source == .span && !event.parent.isAbsent {
      let way = FailureLedger.Way(
        trace: event.trace, span: event.parent, service: event.service, said: event.said)
      ways[way] = ways[way].map { min($0, event.span) } ?? event.span
    }
    return ways
  }

  private func way(_ event: Compact) -> FailureLedger.Way {
    FailureLedger.Way(trace: event.trace, span: .absent, service: .empty, said: event.said)
  }

  /// The frames that one source knows of what another tells in the same trace and words; of several the least.
  private func strictGroupsOfTraces() -> [FailureLedger.Way: UInt64] {
    var strict: [FailureLedger.Way: UInt64] = [:]
    for entry in entries where entry.strict != 0 && !entry.event.trace.isAbsent {
      let way = way(entry.event)
      strict[way] = min(strict[way] ?? .max, entry.strict)
    }
    return strict
  }

  /// Loose fingerprints that exactly one strict one has.
  private func soleStrictGroups() -> [UInt64: UInt64] {
    var strict: [UInt64: Set<UInt64>] = [:]
    for entry in entries where entry.strict != 0 {
      strict[entry.loose, default: []].insert(entry.strict)
    }
    return strict.compactMapValues { $0.count == 1 ? $0.first : nil }
  }

  /// Events in an order that does not hang on how they were added: by source, those with frames first, then by time and place. A span's
  /// that was exported twice comes once; of log records the store knows which are copies.
  private func ordered() -> [Entry] {
    func key(_ entry: Entry) -> (UInt8, UInt8, Int64, Int32, Int64, UInt64) {
      (
        entry.event.source.rawValue, entry.strict != 0 ? 0 : 1, entry.event.time ?? .max,
        entry.event.place.sourceRank, entry.event.place.offset, entry.event.said
      )
    }
    struct Copy: Hashable {
      var time: Int64?
      var trace: TraceID
      var span: SpanID
      var loose: UInt64
    }
    var met: Set<Copy> = []
    return entries.sorted { key($0) < key($1) }.filter { entry in
      guard entry.event.source == .span, !entry.event.span.isAbsent else { return true }
      return met.insert(
        Copy(
          time: entry.event.time, trace: entry.event.trace, span: entry.event.span,
          loose: entry.loose)
      ).inserted
    }
  }

  private func add(_ entry: Entry, to group: inout Group) {
    group.count += 1
    group.sources.formUnion(entry.event.source)
    group.looseIDs.insert(entry.loose)
    if let time = entry.event.time { group.times.append(time) }
    if !entry.event.trace.isAbsent {
      if group.traces.insert(entry.event.trace).inserted, group.exemplars.count < 3 {
        group.exemplars.append(
          Findings.SpanReference(
            trace: entry.event.trace.description,
            span: entry.event.span.isAbsent ? "" : entry.event.span.description))
      }
    }
    if entry.event.person != 0 { group.people.insert(entry.event.person) }
    if entry.event.item != 0 { group.items.insert(entry.event.item) }
    group.services[entry.event.service, default: 0] += 1
    if !entry.event.version.isEmpty { group.versions[entry.event.version, default: 0] += 1 }
    if !entry.event.host.isEmpty { group.hosts.insert(entry.event.host) }
  }

  /// Where events lie in time.
  private struct Window {
    var first: Int64
    var last: Int64
    var bins: Timeline

    /// The bin of a moment.
    func bin(_ time: Int64) -> Int {
      if bins.count > 0 { return bins.bin(of: Timestamp(time)) }
      let length = max(1, Timestamp(last) - Timestamp(first))
      return min(23, max(0, Int(Double(Timestamp(time) - Timestamp(first)) / Double(length) * 24)))
    }
    var count: Int { bins.count > 0 ? bins.count : 24 }

    /// Whether what began at a moment was not there before: a tenth of all time lies before it.
    func isNew(_ time: Int64) -> Bool {
      let start = bins.count > 0 ? min(first, bins.start.nanoseconds) : first
      let length = Timestamp(last) - Timestamp(start)
      return length > 0 && Timestamp(time) - Timestamp(start) > length / 10
    }
  }

  private func row(
    _ id: UInt64, _ group: Group, _ symbols: SymbolTable, _ failed: Set<TraceID>, _ window: Window,
    _ items: inout Set<TrackedItem>
  ) -> Findings.ExceptionGroup {
    let said = words[id]
    var sparkline = Array(repeating: 0, count: window.count)
    for time in group.times { sparkline[window.bin(time)] += 1 }
    // The number by which an occurrence names its item is sure; the title says as much where none does.
    let mine = items.filter { item in
      if group.items.contains(item.key) { return true }
      let parts = TrackedTitle(item.title)
      return group.looseIDs.contains(ErrorEvent.loose(type: parts.type, message: parts.message))
    }
    items.subtract(mine)
    func names(_ counts: [Symbol: Int]) -> [Findings.NamedCount] {
      counts.map { Findings.NamedCount(name: symbols[$0.key], count: $0.value) }
        .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }
    let first = group.times.min()
    return Findings.ExceptionGroup(
      id: hexText(id), type: said?.type ?? "", template: messageTemplate(said?.message ?? ""),
      message: said?.message ?? "", blame: said?.blame ?? "", count: group.count,
      traces: group.traces.count, failedRequests: group.traces.count { failed.contains($0) },
      people: group.people.count, firstNs: first, lastNs: group.times.max(),
      isNew: group.count >= 3 && (first.map { window.isNew($0) } ?? false), sparkline: sparkline,
      services: names(group.services), versions: names(group.versions),
      hosts: group.hosts.map { symbols[$0] }.sorted(), sources: group.sources.names,
      exemplars: group.exemplars, related: [],
      items: mine.sorted { ($0.tracker, $0.number, $0.title) < ($1.tracker, $1.number, $1.title) })
  }

  /// Names groups that share type and message template, though their frames differ.
  private func relate(_ rows: inout [Findings.ExceptionGroup], _ groups: [UInt64: Group]) {
    var byLoose: [UInt64: [String]] = [:]
    for (id, group) in groups {
      for loose in group.looseIDs { byLoose[loose, default: []].append(hexText(id)) }
    }
    for index in rows.indices {
      guard let id = UInt64(rows[index].id, radix: 16), let group = groups[id] else { continue }
      let others = Set(group.looseIDs.flatMap { byLoose[$0] ?? [] }).subtracting([rows[index].id])
      rows[index].related = others.sorted()
    }
  }
}

/// The title of a tracker's item taken apart: `KeyError: 'sku'`.
struct TrackedTitle {
  var type = ""
  var message: String

  init(_ title: String) {
    message = title
    guard let colon = title.firstRange(of: ": ") else { return }
    let head = title[..<colon.lowerBound]
    // A type is one word of letters and the signs that join names.
    guard !head.isEmpty, head.allSatisfy({ $0.isLetter || $0.isNumber || "._:$\\".contains($0) })
    else { return }
    type = String(head)
    message = String(title[colon.upperBound...])
  }
}

extension ErrorEvent.Sources {
  /// `span`, `log`, `tracker`, in this order.
  var names: [String] {
    [(Self.span, "span"), (.log, "log"), (.tracker, "tracker")].filter { contains($0.0) }.map(\.1)
  }
}
