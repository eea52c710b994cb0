public import TraceReport
import TraceStore

/// Asks the store in SQL, read-only.
///
/// - Returns: all rows; numbers as they are, blobs as hex.
/// - Throws: `EngineError` with code `usage` where SQLite refuses the statement.
public func query(_ store: OpenedStore, sql: String) throws -> Table {
  var table = Table(columns: [], rows: [])
  do {
    try runQuery(path: store.path, sql: sql) { columns, values in
      if table.columns.isEmpty {
        var seen: [String: Int] = [:]
        table.columns = zip(columns, values).map { name, value in
          seen[name, default: 0] += 1
          let times = seen[name] ?? 1
          let key = times == 1 ? name : "\(name)_\(times)"
          return Table.Column(name, key: key, kind: value.isNumber ? .count : .text)
        }
      }
      table.rows.append(values.map(\.cell))
    }
  } catch let error as StoreError {
    var error = error
    if !store.shownName.isEmpty { error.path = store.shownName }
    throw EngineError(error)
  }
  table.total = table.rows.count
  return table
}

extension QueryValue {
  fileprivate var isNumber: Bool {
    switch self {
    case .int, .double: true
    default: false
    }
  }

  fileprivate var cell: Table.Cell {
    switch self {
    case .null: .text("")
    case .int(let number): .integer(number)
    case .double(let number): .decimal(number)
    case .text(let text): .text(text)
    case .blob(let bytes):
      .text(
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
  }
}
