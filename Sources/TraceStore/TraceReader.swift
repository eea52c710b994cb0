// Hot: reads the rows of many traces in the order in which they lie in the file.
import GRDB
package import TraceModel

/// Reads traces back from a store; it works in a folder that cannot be written, and never writes but to put in order what an
/// interrupted writer left.
///
/// Assumes: the rows of a trace lie close together, so that a window of traces is read nearly in file order; then a page is
/// read once or twice. Traces that are scattered over the whole file are gathered whole too, at more passes.
///
/// A reader holds a read transaction from opening to its end. It is used by one task at a time; workers open one each,
/// `sharing` the catalogue of the first.
package struct TraceReader: ~Copyable {
  /// Names, resources, sources and counts.
  package let catalog: StoreCatalog
  let connection: Connection
  private var rows: RawStatement
  private var written: RawStatement

  /// All names.
  package var symbols: SymbolTable { catalog.symbols }
  /// Who sent spans and logs.
  package var resources: [Resource] { catalog.resources }
  /// Sources in the order of the input.
  package var sources: [StoredSource] { catalog.sources }
  /// How much there is.
  package var counts: StoreCatalog.Counts { catalog.counts }

  /// Opens a store and reads its catalogue.
  package init(path: String) throws(StoreError) {
    let connection = try TraceReader.open(path)
    try TraceReader.begin(connection, path)
    let catalog = try StoreCatalog(connection, path: path)
    try self.init(connection, catalog)
  }

  /// Opens the store of a catalogue once more; refuses if it was extended meanwhile.
  package init(sharing catalog: StoreCatalog) throws(StoreError) {
    let connection = try TraceReader.openOnce(catalog.path)
    try TraceReader.begin(connection, catalog.path)
    let sources: Int64
    do throws(SQLiteFault) {
      sources = try connection.int("select count(*) from source")
    } catch {
      throw StoreError(fault: error, path: catalog.path, doing: "while reading its sources")
    }
    guard sources == catalog.sources.count else { throw StoreError(.changed, catalog.path) }
    try self.init(connection, catalog)
  }

  private init(
    _ connection: consuming Connection, _ catalog: StoreCatalog
  ) throws(StoreError) {
    do throws(SQLiteFault) {
      let rows = try connection.prepare(
        "select row, id, parent, series, start_ns, duration_ns, place from span where row between ? and ?"
      )
      let written = try connection.prepare(
        """
        select json_extract(detail, '$."span_id"'), json_extract(detail, '$."parent_id"')
        from span where row = ? and json_valid(detail)
        """)
      self.catalog = catalog
      self.connection = connection
      self.rows = rows
      self.written = written
    } catch {
      throw StoreError(fault: error, path: catalog.path, doing: "while opening it")
    }
  }

  /// Opens a store read-only, if it is one of ours; what an interrupted writer left is put in order before.
  static func open(_ path: String) throws(StoreError) -> Connection {
    try StoreFile.check(path)
    var pauses = 40
    while true {
      StoreRemains.tidy(path)
      do throws(StoreError) {
        return try openOnce(path)
      } catch {
        guard error.code == .interrupted else { throw error }
        // Another reader may be tidying up at this moment.
        guard pauses > 0, StoreRemains.canBeTidied(path) else { throw error }
      }
      pauses -= 1
      StoreFile.pause()
    }
  }

  private static func openOnce(_ path: String) throws(StoreError) -> Connection {
    do {
      let connection = try Connection(path: path, for: .reading, wait: 2)
      try connection.run("pragma cache_size = -2000")
      try Schema.check(connection, path: path)
      return connection
    } catch let error as StoreError {
      throw error
    } catch {
      let fault = SQLiteFault(error)
      // READONLY, CANTOPEN
      if [8, 14].contains(fault.primaryCode), StoreRemains.areBeside(path) {
        throw StoreError(.interrupted, path, fault: fault)
      }
      throw StoreError(fault: fault, path: path, doing: "while opening it")
    }
  }

  /// From here to the reader's end the store does not change under it.
  private static func begin(
    _ connection: borrowing Connection, _ path: String
  ) throws(StoreError) {
    do throws(SQLiteFault) {
      try connection.run("begin")
    } catch {
      throw StoreError(fault: error, path: path, doing: "while opening it")
    }
  }

  /// Cuts the traces into at most `count` parts of about equal size; together they hold each trace once.
  package func partitions(_ count: Int) -> [TracePartition] { catalog.partitions(count) }

  /// Calls `body` with each trace of a part, gathered whole, about in the order of the file.
  ///
  /// - Returns: how many 64-bit trace ids were joined, and how many fit several.
  /// - Complexity: O(spans) time; memory is O(runs of the part), and the spans of one window or of the largest trace.
  @discardableResult
  package mutating func forEachTrace(
    in partition: TracePartition, _ body: (borrowing RawTrace) throws -> Void
  ) throws -> DefectTally {
    var list = try runs(
      "trace_lo between ? and ?", [partition.range.lowerBound, partition.range.upperBound])
    list.sortByFile()
    var window = TraceWindow()
    var trace = RawTrace(id: .absent, spans: [])
    var next = 0
    while next < list.traces.count {
      next = window.fill(from: list, at: next)
      try read(&window)
      for index in window.traces.indices {
        trace.id = window.traces[index].id
        trace.spans.removeAll(keepingCapacity: true)
        trace.spans.append(contentsOf: window.spans[window.range(index)])
        trace.writtenIDs = try writtenIDs(of: trace.spans)
        try body(trace)
      }
    }
    return list.defects
  }

  /// One trace, without a look at the others.
  ///
  /// - Parameter id: as it is stored, or its low 64 bits where only one trace ends so.
  /// - Returns: nil where there is no such trace, or where 64 bits fit several.
  /// - Complexity: O(*n* log *N*) for *n* spans among *N*.
  package mutating func trace(_ id: TraceID) throws(StoreError) -> RawTrace? {
    if id.isAbsent { return nil }
    let list = try runs("trace_lo = ?", [Int64(bitPattern: id.low)])
    let exact = list.traces.indices.first {
      list.traces[$0].id == id || list.traces[$0].joinedID == id
    }
    let only = id.is64Bit && list.traces.count == 1 ? list.traces.startIndex : nil
    guard let index = exact ?? only else { return nil }
    var window = TraceWindow()
    window.add(list, index)
    try read(&window)
    return RawTrace(
      id: list.traces[index].id, spans: window.spans,
      writtenIDs: try writtenIDs(of: window.spans))
  }

  /// Reads the spans of a window, in the order of the file.
  private mutating func read(_ window: inout TraceWindow) throws(StoreError) {
    do throws(SQLiteFault) {
      for stretch in window.stretches() {
        rows.bind(stretch.first, at: 1)
        rows.bind(stretch.last, at: 2)
        var expected = stretch.first
        for place in stretch.runs {
          let run = window.runs[place]
          for _ in 0..<run.count {
            guard try rows.step(), rows.int(0) == expected, let span = catalog.span(rows) else {
              rows.reset()
              throw SQLiteFault(code: 11, words: "")
            }
            window.put(span, trace: run.trace)
            expected += 1
          }
        }
        rows.reset()
      }
    } catch {
      if error.words.isEmpty {
        throw .damaged("a span is missing, or names what is not there", path: catalog.path)
      }
      throw StoreError(fault: error, path: catalog.path, doing: "while reading spans")
    }
  }

  /// The written forms of ids that are not hex, by the hash that stands for them.
  private mutating func writtenIDs(of spans: [Span]) throws(StoreError) -> [SpanID: String] {
    var result: [SpanID: String] = [:]
    for span in spans where span.facts[.opaqueID] {
      written.bind(span.row, at: 1)
      do throws(SQLiteFault) {
        if try written.step() {
          if !written.isNull(0) { result[span.id] = written.text(0) }
          if !written.isNull(1) { result[span.parent] = written.text(1) }
        }
        written.reset()
      } catch {
        throw StoreError(fault: error, path: catalog.path, doing: "while reading spans")
      }
    }
    return result
  }

  /// The runs that fit a condition on the index, with 64-bit ids joined.
  private func runs(
    _ condition: String, _ bounds: [Int64]
  ) throws(StoreError) -> RunList {
    var list = RunList(limit: catalog.rowLimit)
    do throws(SQLiteFault) {
      var rows = try connection.prepare(
        """
        select trace_lo, trace_hi, first, count from run where \(condition)
        order by trace_lo, trace_hi, first
        """)
      for (index, bound) in bounds.enumerated() { rows.bind(bound, at: Int32(index + 1)) }
      while try rows.step() {
        list.add(low: rows.int(0), high: rows.int(1), first: rows.int(2), count: rows.int(3))
      }
    } catch {
      throw StoreError(fault: error, path: catalog.path, doing: "while reading its list of traces")
    }
    list.closeGroup()
    guard list.isSound else {
      throw .damaged("its list of traces contradicts itself", path: catalog.path)
    }
    return list
  }
}

extension StoreCatalog {
  /// The span of a row whose columns from one on are those of `TraceReader.rows`; nil where it names what is not there.
  func span(_ row: borrowing RawStatement, from first: Int32 = 0) -> Span? {
    let number = row.int(first + 3)
    guard number > 0, number < Int64(series.count), let place = place(row.int(first + 6)) else {
      return nil
    }
    let series = series[Int(number)]
    let start = row.int(first + 4)
    return Span(
      id: SpanID(UInt64(bitPattern: row.int(first + 1))),
      parent: SpanID(UInt64(bitPattern: row.int(first + 2))), start: Timestamp(start),
      end: Timestamp(start &+ row.int(first + 5)), facts: series.facts, resource: series.resource,
      operation: series.operation, peer: series.peer, errorType: series.errorType, place: place,
      row: row.int(first))
  }
}
