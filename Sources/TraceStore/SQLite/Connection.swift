import GRDB

/// One connection to one file, owned by one writer or one reader.
struct Connection: ~Copyable {
  private let queue: DatabaseQueue
  private let keepsLog: Bool

  /// What a connection is for.
  enum Purpose {
    /// Reading; the file and its folder may be read-only.
    case reading
    /// Filling a new file.
    case creating
    /// Adding to a file by way of a write-ahead log, which is folded in at the end.
    case extending
  }

  /// Opens the file.
  ///
  /// - Parameter wait: seconds to wait for other processes' locks.
  init(path: String, for purpose: Purpose, wait: Double) throws(SQLiteFault) {
    var configuration = Configuration()
    configuration.readonly = purpose == .reading
    configuration.foreignKeysEnabled = false
    configuration.allowsUnsafeTransactions = true
    configuration.busyMode = .timeout(wait)
    // Some paths mean other things to SQLite: `:memory:`, and the empty one.
    let name = path.hasPrefix(":") || path.isEmpty ? "./" + path : path
    do {
      queue = try DatabaseQueue(path: name, configuration: configuration)
      keepsLog = purpose == .extending
    } catch {
      throw SQLiteFault(error)
    }
  }

  deinit {
    // However the work ended, a store at rest is one file, which can be read in a folder that cannot be written. Where a
    // reader is at work the log stays, and the next writer folds it in.
    if keepsLog {
      _ = try? queue.inDatabase { database in
        if database.isInsideTransaction { try database.execute(sql: "rollback") }
        // Not `delete`: as with `openLog`, no journal on disk. The file says the same of itself.
        try database.execute(sql: "pragma journal_mode = memory")
      }
    }
  }

  /// Begins to write by way of a write-ahead log.
  ///
  /// SQLite notes the change on the first page, and guards that by a rollback journal: a process killed meanwhile would leave
  /// one that every reader must roll back. A journal in memory leaves nothing: what changes lies within the first 100 bytes
  /// of the file, and one write carries them.
  func openLog() throws(SQLiteFault) {
    try run("pragma journal_mode = memory")
    guard try text("pragma journal_mode = wal") == "wal" else {
      throw SQLiteFault(code: 1, words: "no write-ahead log is possible here")
    }
  }

  /// Runs statements that return nothing.
  func run(_ sql: String) throws(SQLiteFault) {
    try using { try $0.execute(sql: sql) }
  }

  /// Runs one statement that returns nothing; it is kept for the next time.
  func run(kept sql: String, _ arguments: StatementArguments = []) throws(SQLiteFault) {
    try using { try $0.cachedStatement(sql: sql).execute(arguments: arguments) }
  }

  /// The first column of the first row, 0 where there is none, or no number.
  func int(_ sql: String, _ arguments: StatementArguments = []) throws(SQLiteFault) -> Int64 {
    let value = try using {
      try DatabaseValue.fetchOne($0.cachedStatement(sql: sql), arguments: arguments)
    }
    return value.flatMap { Int64.fromDatabaseValue($0) } ?? 0
  }

  /// The first column of the first row, nil where there is no row, empty where it is no text.
  func text(_ sql: String, _ arguments: StatementArguments = []) throws(SQLiteFault) -> String? {
    let row = try using {
      try Row.fetchOne($0.cachedStatement(sql: sql), arguments: arguments)
    }
    return row.map { String.fromDatabaseValue($0[0]) ?? "" }
  }

  /// A statement to step by hand.
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
