// Hot: SQLite asks here for every column of every span.
//
// Why the unsafe calls hold: `batch` is allocated once and lives as long as the connection, which frees it (`xDestroy`); its
// pointers are set for the one statement that reads the table, inside the calls that lend them. Table and cursor are allocated
// and freed by the pairs of calls of SQLite's interface.
import GRDB
import GRDBSQLite
import TraceModel

/// The spans of a batch as a table that a statement reads, so that one step inserts them all: no value is bound, and nothing is run for
/// each row but the insert. It takes a seventh less of a core than bound values do.
///
/// - Source: SQLite, "The Virtual Table Mechanism of SQLite", 2.1.2, eponymous-only tables.
@safe struct SpanTable: ~Copyable {
  /// Its name in statements.
  static let name = "span_batch"

  private let batch: UnsafeMutablePointer<LentBatch>
  private var insert: RawStatement

  /// Makes the table known to a connection.
  init(_ connection: borrowing Connection) throws(SQLiteFault) {
    let batch = UnsafeMutablePointer<LentBatch>.allocate(capacity: 1)
    unsafe batch.initialize(to: LentBatch())
    // Where this fails, SQLite frees the batch as well.
    let code = try connection.using { database in
      unsafe sqlite3_create_module_v2(
        database.sqliteConnection, SpanTable.name, spanModule, batch, { unsafe $0?.deallocate() })
    }
    guard code == SQLITE_OK else {
      throw SQLiteFault(code: code, words: "a table of spans is not possible here")
    }
    insert = try connection.prepare(
      // In the order of the table and without the row's id: else each value is copied once more, from one register to another,
      // or it is checked for each row whether its id is new.
      """
      insert into span (id, parent, series, start_ns, duration_ns, place, attributes, detail)
      select * from \(SpanTable.name)
      """)
    unsafe self.batch = batch
  }

  /// Inserts spans.
  ///
  /// - Parameters:
  ///   - rows: the spans.
  ///   - series: the row id of each one's series.
  ///   - text: what their texts are pieces of.
  ///   - place: the source, where a place begins.
  @unsafe mutating func append(
    _ rows: [SpanRow], _ series: [Int64], _ text: UnsafeRawBufferPointer, _ place: Int64
  ) throws(SQLiteFault) {
    if rows.isEmpty { return }
    let batch = unsafe self.batch
    defer { unsafe batch.pointee = LentBatch() }
    var result: Result<Void, SQLiteFault> = .success(())
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe series.withUnsafeBufferPointer { series in
        unsafe batch.pointee = LentBatch(rows: rows, series: series, text: text, place: place)
        do throws(SQLiteFault) {
          try insert.execute()
        } catch {
          result = .failure(error)
        }
      }
    }
    try result.get()
  }
}

/// What the table holds while its statement runs.
@unsafe private struct LentBatch {
  var rows = unsafe UnsafeBufferPointer<SpanRow>(start: nil, count: 0)
  var series = unsafe UnsafeBufferPointer<Int64>(start: nil, count: 0)
  var text = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
  var place: Int64 = 0
}

/// The table as SQLite holds it: its own part first.
@unsafe private struct Table {
  var base = unsafe sqlite3_vtab()
  var batch: UnsafeMutablePointer<LentBatch>
}

/// A reading of the table: SQLite's own part first.
@unsafe private struct Cursor {
  var base = unsafe sqlite3_vtab_cursor()
  var batch: UnsafeMutablePointer<LentBatch>
  /// The row at hand with its series, and where the rows end.
  var row: UnsafePointer<SpanRow>?
  var series: UnsafePointer<Int64>?
  var end: UnsafePointer<SpanRow>?
}

/// The table's calls; one for all connections, for good.
nonisolated(unsafe) private let spanModule: UnsafeMutablePointer<sqlite3_module> = {
  let module = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
  unsafe module.initialize(to: sqlite3_module())
  unsafe module.pointee.xConnect = { database, batch, _, _, table, _ in
    guard let batch = unsafe batch else { return SQLITE_ERROR }
    let code = unsafe sqlite3_declare_vtab(
      database,
      "create table x (id, parent, series, start_ns, duration_ns, place, attributes, detail)"
    )
    if code != SQLITE_OK { return code }
    let made = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    unsafe made.initialize(to: Table(batch: batch.assumingMemoryBound(to: LentBatch.self)))
    unsafe table?.pointee = UnsafeMutableRawPointer(made).assumingMemoryBound(to: sqlite3_vtab.self)
    return SQLITE_OK
  }
  unsafe module.pointee.xDisconnect = { table in
    unsafe UnsafeMutableRawPointer(table)?.deallocate()
    return SQLITE_OK
  }
  unsafe module.pointee.xBestIndex = { _, _ in SQLITE_OK }
  unsafe module.pointee.xOpen = { table, cursor in
    guard let table = unsafe table.map({ UnsafeMutableRawPointer($0) }) else {
      return SQLITE_ERROR
    }
    let batch = unsafe table.assumingMemoryBound(to: Table.self).pointee.batch
    let made = UnsafeMutablePointer<Cursor>.allocate(capacity: 1)
    unsafe made.initialize(to: Cursor(batch: batch))
    unsafe cursor?.pointee = UnsafeMutableRawPointer(made).assumingMemoryBound(
      to: sqlite3_vtab_cursor.self)
    return SQLITE_OK
  }
  unsafe module.pointee.xClose = { cursor in
    unsafe UnsafeMutableRawPointer(cursor)?.deallocate()
    return SQLITE_OK
  }
  unsafe module.pointee.xFilter = { cursor, _, _, _, _ in
    let cursor = unsafe own(cursor)
    let rows = unsafe cursor.pointee.batch.pointee.rows
    unsafe cursor.pointee.row = rows.baseAddress
    unsafe cursor.pointee.series = cursor.pointee.batch.pointee.series.baseAddress
    unsafe cursor.pointee.end = rows.baseAddress.map { unsafe $0 + rows.count }
    return SQLITE_OK
  }
  unsafe module.pointee.xNext = { cursor in
    let cursor = unsafe own(cursor)
    unsafe cursor.pointee.row = cursor.pointee.row.unsafelyUnwrapped + 1
    unsafe cursor.pointee.series = cursor.pointee.series.unsafelyUnwrapped + 1
    return SQLITE_OK
  }
  unsafe module.pointee.xEof = { cursor in
    let cursor = unsafe own(cursor)
    return unsafe cursor.pointee.row == cursor.pointee.end ? 1 : 0
  }
  unsafe module.pointee.xRowid = { cursor, row in
    let cursor = unsafe own(cursor)
    let rows = unsafe cursor.pointee.batch.pointee.rows
    unsafe row?.pointee = Int64(
      cursor.pointee.row.unsafelyUnwrapped - rows.baseAddress.unsafelyUnwrapped)
    return SQLITE_OK
  }
  unsafe module.pointee.xColumn = { cursor, context, column in
    let cursor = unsafe own(cursor)
    unsafe put(column, of: cursor, context)
    return SQLITE_OK
  }
  return unsafe module
}()

private func own(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> UnsafeMutablePointer<
  Cursor
> {
  unsafe UnsafeMutableRawPointer(cursor.unsafelyUnwrapped).assumingMemoryBound(to: Cursor.self)
}

/// Gives SQLite a column of the span at hand; NULL where nothing is given.
@inline(__always) private func put(
  _ column: Int32, of cursor: UnsafeMutablePointer<Cursor>, _ context: OpaquePointer?
) {
  let batch = unsafe cursor.pointee.batch
  let row = unsafe cursor.pointee.row.unsafelyUnwrapped
  @inline(__always) func put(_ value: Int64) { unsafe sqlite3_result_int64(context, value) }
  @inline(__always) func putUnlessZero(_ value: Int64) { if value != 0 { put(value) } }
  @inline(__always) func put(_ range: TextRange) {
    guard range.count > 0 else { return }
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: batch.pointee.text[range.bytes])
    unsafe sqlite3_result_text64(
      context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), UInt64(bytes.count), nil,
      UInt8(SQLITE_UTF8))
  }
  switch column {
  case 0: unsafe putUnlessZero(Int64(bitPattern: row.pointee.id.rawValue))
  case 1: unsafe putUnlessZero(Int64(bitPattern: row.pointee.parent.rawValue))
  case 2: unsafe put(cursor.pointee.series.unsafelyUnwrapped.pointee)
  case 3: unsafe put(row.pointee.start)
  case 4: unsafe put(row.pointee.end &- row.pointee.start)
  case 5: unsafe put(batch.pointee.place &+ row.pointee.offset)
  case 6: unsafe put(row.pointee.attributes)
  default: unsafe put(row.pointee.detail)
  }
}
