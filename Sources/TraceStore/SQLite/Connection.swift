import GRDB

/// One connection to one file, owned by one writer or one reader.
struct Connection: ~Copyable {
  private let queue: DatabaseQueue

  /// Opens the file.
  ///
  /// - Parameter wait: seconds to wait for other processes' locks.
  init(path: String, readOnly: Bool, wait: Double) throws(SQLiteFault) {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.foreignKeysEnabled = false
    configuration.allowsUnsafeTransactions = true
    configuration.busyMode = .timeout(wait)
    // Some paths mean other things to SQLite: `:memory:`, and the empty one.
    let name = path.hasPrefix(":") || path.isEmpty ? "./" + path : path
    do {
      queue = try DatabaseQueue(path: name, configuration: configuration)
    } catch {
      throw SQLiteFault(error)
    }
  }

  /// Runs statements that return nothing.
  func run(_ sql: String, _ arguments: StatementArguments = []) throws(SQLiteFault) {
    try using { try $0.execute(sql: sql, arguments: arguments) }
  }

  /// The first column of the first row, 0 where there is none.
  func int(_ sql: String, _ arguments: StatementArguments = []) throws(SQLiteFault) -> Int64 {
    try using { try Int64.fetchOne($0, sql: sql, arguments: arguments) ?? 0 }
  }

  /// All rows; for small tables.
  func rows(_ sql: String, _ arguments: StatementArguments = []) throws(SQLiteFault) -> [Row] {
    try using { try Row.fetchAll($0, sql: sql, arguments: arguments) }
  }

  /// A statement for a hot loop.
  func prepare(_ sql: String) throws(SQLiteFault) -> RawStatement {
    RawStatement(try using { try $0.makeStatement(sql: sql) })
  }

  /// Calls `body` with GRDB's connection.
  func using<R>(_ body: (Database) throws -> R) throws(SQLiteFault) -> R {
    do {
      return try queue.inDatabase(body)
    } catch {
      throw SQLiteFault(error)
    }
  }
}

extension SQLiteFault {
  /// What GRDB threw, without the statement's arguments.
  init(_ error: any Error) {
    if let fault = error as? SQLiteFault {
      self = fault
    } else if let error = error as? DatabaseError {
      self.init(
        code: error.extendedResultCode.rawValue, words: error.message ?? "no words from SQLite")
    } else {
      self.init(code: 1, words: "\(error)")
    }
  }
}

extension Connection {
  /// Whether a transaction is open.
  func isInTransaction() throws(SQLiteFault) -> Bool { try using { $0.isInsideTransaction } }
}
