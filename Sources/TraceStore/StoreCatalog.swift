package import TraceModel

/// What all readers of one store share: names, resources, sources, counts, and where to cut.
///
/// Names and resources are canonical: equal text has one symbol, whatever rows it has in the file. The numbering is the
/// same in all readers that share a catalogue, and hangs on the order in which files were loaded: never sort by it.
package struct StoreCatalog: Sendable {
  /// The store's path.
  package let path: String
  /// All names.
  package private(set) var symbols = SymbolTable()
  /// Who sent spans and logs; `Span.resource` is an index into it.
  package private(set) var resources: [Resource] = []
  /// Sources by content hash; the index is the rank in `Place`. Those that were skipped come last, by name.
  package private(set) var sources: [StoredSource] = []
  /// How much there is.
  package private(set) var counts = Counts()

  /// Symbols by row id of `name`.
  private(set) var names: [Symbol] = []
  /// Indexes into `resources` by row id of `resource`; entry 0 stands for "none".
  private(set) var resourceIndexes: [Int32] = []
  /// What spans have in common, by row id of `series`; entry 0 stands for none.
  private(set) var series: [SeriesEntry] = []
  /// Ranks by row id of `source`.
  private(set) var ranks: [Int32] = []
  /// Low halves of trace ids at which the spans fall into about equal parts, ascending.
  private(set) var cuts: [Int64] = []

  /// Spans that a file of this size can hold at most, so that no number in it makes us reserve more.
  private(set) var rowLimit: Int64 = 0

  /// Bytes of a span's row: 16 in its head alone, and 4 around it.
  private static let smallestRow: Int64 = 20
  /// What a source can count at most: its bytes fit into a place.
  private static let highestCount: Int64 = 1 << Schema.offsetBits

  /// Sums over a store.
  package struct Counts: Sendable, Hashable {
    /// Traces, 64-bit ids joined with their 128-bit twins.
    package var traces = 0
    /// Spans stored.
    package var spans = 0
    /// Of these, spans without a trace id: they are in no trace.
    package var quarantined = 0
    /// Log records stored, each event once.
    package var logs = 0
    /// Records that repeat an event of another one, beside these.
    package var logCopies = 0
  }

  /// A row of `series`.
  struct SeriesEntry: Sendable {
    /// Index into `resources`.
    var resource: Int32 = 0
    var operation = Symbol.empty
    var peer = Symbol.empty
    var errorType = Symbol.empty
    var facts = SpanFacts()
  }

  init(_ connection: borrowing Connection, path: String) throws(StoreError) {
    self.path = path
    var doing = "while reading its names"
    do {
      try loadNames(connection)
      doing = "while reading its resources"
      try loadResources(connection)
      doing = "while reading its series"
      try loadSeries(connection)
      doing = "while reading its sources"
      try loadSources(connection)
      doing = "while reading its list of traces"
      try loadRuns(connection)
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(fault: SQLiteFault(error), path: path, doing: doing)
    }
  }

  /// The name of a row id, as a number that comes from the file.
  func symbol(_ id: Int64) -> Symbol? {
    id >= 0 && id < Int64(names.count) ? names[Int(id)] : nil
  }

  /// The index of a resource's row id.
  func resourceIndex(_ id: Int64) -> Int32? {
    id >= 0 && id < Int64(resourceIndexes.count) ? resourceIndexes[Int(id)] : nil
  }

  /// The place of a stored number.
  func place(_ stored: Int64) -> Place? {
    let source = stored >> Schema.offsetBits
    guard source > 0, source < Int64(ranks.count) else { return nil }
    return Place(sourceRank: ranks[Int(source)], offset: stored & Schema.offsetMask)
  }

  private mutating func loadNames(_ connection: borrowing Connection) throws {
    var rows = try connection.prepare("select id, text from name order by id")
    while try rows.step() {
      guard rows.int(0) == Int64(names.count) else {
        throw StoreError.damaged("a name is missing from its names", path: path)
      }
      names.append(rows.symbol(1, in: &symbols))
    }
    if names.first != .empty { throw StoreError.damaged("its names are gone", path: path) }
  }

  private mutating func loadResources(_ connection: borrowing Connection) throws {
    var known: [Resource: Int32] = [:]
    func index(_ resource: Resource) -> Int32 {
      if let index = known[resource] { return index }
      let index = Int32(resources.count)
      resources.append(resource)
      known[resource] = index
      return index
    }
    resourceIndexes = [index(Resource(service: .empty))]
    var rows = try connection.prepare(
      "select id, service, host, instance, version from resource order by id")
    while try rows.step() {
      guard rows.int(0) == Int64(resourceIndexes.count) else {
        throw StoreError.damaged("a resource is missing from its resources", path: path)
      }
      let service = rows.symbol(1, in: &symbols)
      let host = rows.symbol(2, in: &symbols)
      let instance = rows.symbol(3, in: &symbols)
      let version = rows.symbol(4, in: &symbols)
      var resource = Resource(service: service, host: host, instance: instance, version: version)
      resource.isElsewhere = symbols[service] == Resource.elsewhere
      resourceIndexes.append(index(resource))
    }
  }

  private mutating func loadSeries(_ connection: borrowing Connection) throws {
    series = [SeriesEntry()]
    var rows = try connection.prepare(
      "select id, resource, operation, peer, error_type, facts from series order by id")
    while try rows.step() {
      guard rows.int(0) == Int64(series.count), let resource = resourceIndex(rows.int(1)),
        let operation = symbol(rows.int(2)), let peer = symbol(rows.int(3)),
        let errorType = symbol(rows.int(4))
      else {
        throw StoreError.damaged(
          "a series is missing, or names what is not there", path: path)
      }
      series.append(
        SeriesEntry(
          resource: resource, operation: operation, peer: peer, errorType: errorType,
          facts: SpanFacts(rawValue: UInt64(bitPattern: rows.int(5)))))
    }
  }

  private mutating func loadSources(_ connection: borrowing Connection) throws {
    let tallies = try defects(connection)
    var stored: [(id: Int64, source: StoredSource)] = []
    var rows = try connection.prepare(
      """
      select id, name, format, compression, bytes, content_hash, records, spans_seen, spans_dropped,
      logs_seen, logs_dropped, metrics_seen, remark, loaded, spans_stored, spans_quarantined,
      logs_stored from source order by id
      """)
    while try rows.step() {
      let id = rows.int(0)
      guard id == Int64(stored.count) + 1 else {
        throw StoreError.damaged("a source is missing from its sources", path: path)
      }
      let counts = [4, 6, 7, 8, 9, 10, 11, 14, 15, 16].map { rows.int($0) }
      guard counts.allSatisfy({ (0...StoreCatalog.highestCount).contains($0) }) else {
        throw StoreError.damaged("a source counts what cannot be", path: path)
      }
      let record = SourceRecord(
        name: rows.text(1), format: rows.text(2), compression: rows.text(3), bytes: rows.int(4),
        contentHash: rows.text(5), records: Int(rows.int(6)), spansSeen: Int(rows.int(7)),
        spansDropped: Int(rows.int(8)), logsSeen: Int(rows.int(9)), logsDropped: Int(rows.int(10)),
        metricsSeen: Int(rows.int(11)), defects: tallies[id] ?? DefectTally(), remark: rows.text(12)
      )
      stored.append(
        (
          id,
          StoredSource(
            record: record, isLoaded: rows.int(13) == 1, spansStored: Int(rows.int(14)),
            spansQuarantined: Int(rows.int(15)), logsStored: Int(rows.int(16)))
        ))
    }
    stored.sort { $0.source.precedes($1.source) }
    ranks = Array(repeating: 0, count: stored.count + 1)
    for (rank, entry) in stored.enumerated() { ranks[Int(entry.id)] = Int32(rank) }
    sources = stored.map(\.source)
    for source in sources {
      counts.spans &+= source.spansStored
      counts.quarantined &+= source.spansQuarantined
      counts.logs &+= source.logsStored
    }
    counts.logCopies = Int(clamping: try connection.int("select count(*) from log_copy"))
    counts.logs = max(0, counts.logs - counts.logCopies)
  }

  private func defects(_ connection: borrowing Connection) throws -> [Int64: DefectTally] {
    var tallies: [Int64: DefectTally] = [:]
    var rows = try connection.prepare(
      "select source, kind, count, first_offset, example from defect")
    while try rows.step() {
      guard let kind = Defect.Kind(rawValue: rows.text(1)) else {
        throw StoreError.damaged("it counts a defect that this program does not know", path: path)
      }
      guard (0...StoreCatalog.highestCount).contains(rows.int(2)) else {
        throw StoreError.damaged("a defect counts what cannot be", path: path)
      }
      tallies[rows.int(0), default: DefectTally()].add(
        Defect(
          kind: kind, count: Int(rows.int(2)), firstOffset: rows.isNull(3) ? nil : rows.int(3),
          example: rows.text(4)))
    }
    return tallies
  }

  /// One pass over the index of runs: counts traces and finds where to cut.
  private mutating func loadRuns(_ connection: borrowing Connection) throws {
    let bytes = try connection.int("pragma page_count") * connection.int("pragma page_size")
    rowLimit = bytes / StoreCatalog.smallestRow
    let share = max(1, (counts.spans &- counts.quarantined) / TracePartition.finest)
    var group = IDGroup()
    var inPart = 0
    var rows = try connection.prepare(
      "select trace_lo, trace_hi, count from run where trace_lo is not null order by trace_lo, trace_hi"
    )
    while try rows.step() {
      let low = rows.int(0)
      let high = rows.int(1)
      if group.low != low {
        counts.traces += group.traces
        if inPart >= share, low > cuts.last ?? Int64.min {
          cuts.append(low)
          inPart = 0
        }
        group = IDGroup(low: low)
      }
      group.note(high: high)
      guard (0...rowLimit).contains(rows.int(2)) else {
        throw StoreError.damaged("its list of traces contradicts itself", path: path)
      }
      inPart += Int(rows.int(2))
    }
    counts.traces += group.traces
  }
}

extension StoredSource {
  /// Loaded ones first, by content; then the others, by name.
  fileprivate func precedes(_ other: StoredSource) -> Bool {
    if isLoaded != other.isLoaded { return isLoaded }
    if isLoaded { return record.contentHash < other.record.contentHash }
    return (record.name, record.contentHash, record.remark)
      < (other.record.name, other.record.contentHash, other.record.remark)
  }
}

/// Trace ids that share their low half, met in the order of the high half.
///
/// A 64-bit id belongs to the one 128-bit id of equal low half; to none where there are several.
///
/// - Source: traces-semantics.md 1.2.
struct IDGroup {
  /// The low half, nil before the first.
  private(set) var low: Int64?
  /// Whether the 64-bit id itself occurs.
  private(set) var hasShort = false
  /// How many 128-bit ids there are.
  private(set) var longIDs = 0
  /// The last of them.
  private(set) var lastLong: Int64 = 0

  init() {}

  init(low: Int64) { self.low = low }

  /// Takes note of an id; equal ones follow each other.
  mutating func note(high: Int64) {
    if high == 0 {
      // A low half of 0 alone means "no id".
      hasShort = hasShort || low != 0
    } else if longIDs == 0 || lastLong != high {
      longIDs += 1
      lastLong = high
    }
  }

  /// Whether the 64-bit id is joined with the 128-bit one.
  var isJoined: Bool { hasShort && longIDs == 1 }
  /// Whether the 64-bit id fits several.
  var isAmbiguous: Bool { hasShort && longIDs > 1 }
  /// How many traces these ids are.
  var traces: Int { longIDs + (hasShort && !isJoined ? 1 : 0) }
}

/// A part of a store's traces: those whose low half of the id lies in a range.
package struct TracePartition: Sendable, Hashable {
  /// Lowest and highest low half, as SQLite orders them: signed.
  let range: ClosedRange<Int64>

  /// Into how many parts a store is cut at most.
  static let finest = 256
}

extension StoreCatalog {
  /// Cuts the traces into at most `count` parts of about equal numbers of spans; together they hold each trace once.
  ///
  /// - Complexity: O(`count`).
  package func partitions(_ count: Int) -> [TracePartition] {
    let parts = min(max(count, 1), cuts.count + 1)
    var result: [TracePartition] = []
    var lowest = Int64.min
    for part in 1..<max(parts, 1) {
      let cut = cuts[part * (cuts.count + 1) / parts - 1]
      result.append(TracePartition(range: lowest...(cut - 1)))
      lowest = cut
    }
    result.append(TracePartition(range: lowest...Int64.max))
    return result
  }
}
