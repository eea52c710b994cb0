// Hot, and the only importer of SQLite's C interface: binds and reads columns on the handle of a GRDB statement.
//
// Why the unsafe calls hold: the handle lives as long as `owner`, which this value holds; text handed to SQLite as
// SQLITE_STATIC outlives the step, since the caller binds, steps and unbinds inside one `withUnsafeBytes`; what SQLite
// hands out is used before the next step; the authorizer's names live until it returns.
import Foundation
import GRDB
import GRDBSQLite
import TraceModel

/// A prepared statement of one owner.
@safe struct RawStatement: ~Copyable {
  private let owner: Statement
  private let handle: OpaquePointer
  /// The first code of a failed binding; reported by the next step.
  private var bindingFault: Int32 = 0

  init(_ statement: Statement) {
    owner = statement
    unsafe handle = statement.sqliteStatement
  }

  /// Binds an integer; parameters count from 1.
  mutating func bind(_ value: Int64, at index: Int32) {
    let code = unsafe sqlite3_bind_int64(handle, index, value)
    if code != SQLITE_OK { bindingFault = code }
  }

  /// Binds a number.
  mutating func bind(_ value: Double, at index: Int32) {
    let code = unsafe sqlite3_bind_double(handle, index, value)
    if code != SQLITE_OK { bindingFault = code }
  }

  /// Binds NULL.
  mutating func bindNull(at index: Int32) {
    let code = unsafe sqlite3_bind_null(handle, index)
    if code != SQLITE_OK { bindingFault = code }
  }

  /// Binds an integer, or NULL where it is 0.
  mutating func bindUnlessZero(_ value: Int64, at index: Int32) {
    if value == 0 { bindNull(at: index) } else { bind(value, at: index) }
  }

  /// Binds text that stays where it is until `clear`, or NULL where it has no bytes.
  ///
  /// - Parameter text: UTF-8 that outlives the step.
  @unsafe mutating func bindStatic(_ text: UnsafeRawBufferPointer, at index: Int32) {
    guard text.count > 0, let base = text.baseAddress else { return bindNull(at: index) }
    let code = unsafe sqlite3_bind_text64(
      handle, index, base.assumingMemoryBound(to: CChar.self), UInt64(text.count), nil,
      UInt8(SQLITE_UTF8))
    if code != SQLITE_OK { bindingFault = code }
  }

  /// Binds text, of which SQLite keeps a copy.
  mutating func bind(_ text: String, at index: Int32) {
    var text = text
    let code = text.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
        unsafe sqlite3_bind_text64(
          handle, index, bytes.baseAddress, UInt64(bytes.count),
          unsafeBitCast(-1, to: sqlite3_destructor_type.self), UInt8(SQLITE_UTF8))
      }
    }
    if code != SQLITE_OK { bindingFault = code }
  }

  /// Lets go of all bound values.
  func clear() { _ = unsafe sqlite3_clear_bindings(handle) }

  /// Goes to the next row.
  ///
  /// - Returns: whether there is one.
  mutating func step() throws(SQLiteFault) -> Bool {
    if bindingFault != SQLITE_OK {
      let code = bindingFault
      bindingFault = SQLITE_OK
      throw unsafe SQLiteFault(code: code, words: String(cString: sqlite3_errstr(code)))
    }
    let code = unsafe sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    if code == SQLITE_DONE { return false }
    let words = unsafe String(cString: sqlite3_errmsg(sqlite3_db_handle(handle)))
    _ = unsafe sqlite3_reset(handle)
    throw SQLiteFault(code: code, words: words)
  }

  /// Makes the statement ready for the next use; bound values stay.
  func reset() { _ = unsafe sqlite3_reset(handle) }

  /// Steps a statement that returns no rows, and resets it.
  mutating func execute() throws(SQLiteFault) {
    _ = try step()
    reset()
  }

  /// The integer of a column of the row, 0 for NULL; columns count from 0.
  func int(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

  /// The number of a column of the row, with its fraction, 0 for NULL.
  func double(_ column: Int32) -> Double { unsafe sqlite3_column_double(handle, column) }

  /// Whether a column of the row is NULL.
  func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }

  /// The text of a column of the row, empty for NULL.
  func text(_ column: Int32) -> String {
    unsafe withText(column) { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// The symbol of a column's text, new or known. Text is composed canonically (Unicode's NFC), so that what Swift takes for
  /// equal is one name.
  func symbol(_ column: Int32, in table: inout SymbolTable) -> Symbol {
    unsafe withText(column) { bytes in
      if unsafe bytes.allSatisfy({ $0 < 0x80 }) { return unsafe table.intern(bytes) }
      let text = unsafe String(decoding: bytes, as: UTF8.self)
      return table.intern(text.precomposedStringWithCanonicalMapping)
    }
  }

  /// Calls `body` with the bytes of a column's text.
  @unsafe func withText<R>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    let base = unsafe sqlite3_column_text(handle, column)
    let count = unsafe sqlite3_column_bytes(handle, column)
    return unsafe body(UnsafeRawBufferPointer(start: base, count: base == nil ? 0 : Int(count)))
  }

  /// How many columns a row has; 0 for a statement that returns none.
  var columnCount: Int32 { unsafe sqlite3_column_count(handle) }

  /// The name of a column.
  func name(_ column: Int32) -> String {
    let name = unsafe sqlite3_column_name(handle, column)
    return unsafe name.map { unsafe String(cString: $0) } ?? ""
  }

  /// A column of the row, whatever it holds.
  func value(_ column: Int32) -> QueryValue {
    switch unsafe sqlite3_column_type(handle, column) {
    case SQLITE_NULL: return .null
    case SQLITE_INTEGER: return .int(int(column))
    case SQLITE_FLOAT: return unsafe .double(sqlite3_column_double(handle, column))
    case SQLITE_BLOB:
      let base = unsafe sqlite3_column_blob(handle, column)
      let count = unsafe base == nil ? 0 : Int(sqlite3_column_bytes(handle, column))
      return unsafe .blob(Array(UnsafeRawBufferPointer(start: base, count: count)))
    default: return .text(text(column))
    }
  }

  /// Row id of the last row inserted by this statement's connection.
  var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(sqlite3_db_handle(handle)) }
}

extension Database {
  /// From here on a statement that would do more than read is refused when it is prepared (SQLite code 23).
  ///
  /// Opening a file read-only is not enough: `attach` and `vacuum into` would write others. (sqlite.org/c3ref/set_authorizer.html)
  func allowOnlyReading() {
    _ = unsafe sqlite3_set_authorizer(
      sqliteConnection,
      { _, action, name, value, _, _ in
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE: return SQLITE_OK
        case SQLITE_UPDATE:
          // Said of a table-valued function like json_each when it is declared; SQLite itself keeps this table from users.
          return unsafe name.map { unsafe String(cString: $0) } == "sqlite_master"
            ? SQLITE_OK : SQLITE_DENY
        case SQLITE_PRAGMA:
          guard let name = unsafe name else { return SQLITE_DENY }
          let pragma = unsafe String(cString: name).lowercased()
          let isPlain = unsafe value == nil
          return Database.askingPragmas.contains(pragma)
            || isPlain && Database.plainPragmas.contains(pragma) ? SQLITE_OK : SQLITE_DENY
        default: return SQLITE_DENY
        }
      }, nil)
  }

  /// Pragmas that only tell, whatever their argument.
  private static let askingPragmas: Set = [
    "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo",
    "foreign_key_list", "integrity_check", "quick_check", "compile_options", "function_list",
    "module_list", "pragma_list", "collation_list", "database_list",
  ]

  /// Pragmas that tell where they have no argument, and else set.
  private static let plainPragmas: Set = [
    "application_id", "user_version", "schema_version", "page_size", "page_count",
    "freelist_count", "encoding", "journal_mode",
  ]
}
