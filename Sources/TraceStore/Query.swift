import GRDB

/// A value of a query's row.
package enum QueryValue: Sendable, Hashable {
  case null
  case int(Int64)
  case double(Double)
  case text(String)
  case blob([UInt8])
}

/// Runs the SQL of a user on a store, read-only, statement by statement.
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
      let statements = try database.allStatements(sql: sql)
      while let prepared = try statements.next() {
        var statement = RawStatement(prepared)
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
    }
  } catch {
    if let thrownByRow { throw thrownByRow }
    let isStoresFault = [10, 11, 26].contains(error.primaryCode)  // IOERR, CORRUPT, NOTADB
    if isStoresFault { throw StoreError(fault: error, path: path, doing: "while querying it") }
    throw StoreError(.query, path, fault: error)
  }
}
