import GRDB

/// A value of a query's row.
package enum QueryValue: Sendable, Hashable {
  case null
  case int(Int64)
  case double(Double)
  case text(String)
  case blob([UInt8])
}

/// Runs one statement of a user on a store; whatever would do more than read is refused.
///
/// - Parameter row: called for each row with the names and values of its columns; what it throws ends the query.
/// - Throws: `StoreError`, or what `row` throws.
package func runQuery(
  path: String, sql: String,
  row: (_ columns: [String], _ values: [QueryValue]) throws -> Void
) throws {
  let connection = try TraceReader.open(path)
  var thrownByRow: (any Error)?
  do throws(SQLiteFault) {
    try connection.using { database in
      database.allowOnlyReading()
      var statement = RawStatement(try onlyStatement(of: sql, database))
      let columns = (0..<statement.columnCount).map { statement.name($0) }
      while try statement.step() {
        let values = (0..<statement.columnCount).map { statement.value($0) }
        do {
          try row(columns, values)
        } catch {
          thrownByRow = error
          throw error
        }
      }
      statement.reset()
    }
  } catch {
    if let thrownByRow { throw thrownByRow }
    let isStoresFault = [10, 11, 26].contains(error.primaryCode)  // IOERR, CORRUPT, NOTADB
    if isStoresFault { throw StoreError(fault: error, path: path, doing: "while querying it") }
    let isRefused = error.primaryCode == 23  // AUTH
    throw StoreError(
      .query, path,
      fault: isRefused
        ? SQLiteFault(code: 0, words: "only statements that read the store are run") : error)
  }
}

/// The statement of a text that holds one.
private func onlyStatement(of sql: String, _ database: Database) throws -> Statement {
  let statements = try database.allStatements(sql: sql)
  guard let first = try statements.next() else {
    throw SQLiteFault(code: 0, words: "the SQL is empty")
  }
  var count = 1
  while try statements.next() != nil { count += 1 }
  guard count == 1 else {
    throw SQLiteFault(code: 0, words: "one SQL statement is expected, \(count) were given")
  }
  return first
}
