import GRDB
import TraceModel

/// What a store is made of; the text of its tables and views stands beside this file.
enum Schema {
  /// The version this program writes, and the highest that it reads; in the file it is `user_version`.
  static let version: Int64 = 6

  /// Marks an SQLite file as ours: "CULP" in the header's `application_id`. It is set last, so that a half-written file
  /// is no store.
  static let applicationID: Int64 = 0x4355_4c50

  /// Bits of `place` that hold the byte offset; the rest is the source.
  static let offsetBits = SpanBatch.offsetBits

  /// Offsets that fit.
  static let offsetMask: Int64 = 1 << offsetBits - 1

  /// Creates tables and views in an empty file.
  static func create(in connection: borrowing Connection) throws(SQLiteFault) {
    try connection.run(tables + views)
    try describeDefects(in: connection)
  }

  /// Brings the words for defects up to this program's.
  static func describeDefects(in connection: borrowing Connection) throws(SQLiteFault) {
    for kind in Defect.Kind.allCases {
      try connection.run(
        kept: "insert or replace into defect_kind values (?, ?, ?, ?)",
        [kind.rawValue, kind.severity.rawValue, kind.explanation, kind.remedy])
    }
  }

  /// Refuses a file that is not a store, or one of another version; changes nothing.
  static func check(_ connection: borrowing Connection, path: String) throws(StoreError) {
    let application: Int64
    let version: Int64
    do throws(SQLiteFault) {
      application = try connection.int("pragma application_id")
      version = try connection.int("pragma user_version")
    } catch {
      throw StoreError(fault: error, path: path, doing: "while opening it")
    }
    guard application == applicationID, version > 0 else { throw StoreError(.notAStore, path) }
    guard version <= self.version else {
      throw StoreError(.newerSchema(found: version, known: self.version), path)
    }
    guard version == self.version else {
      throw StoreError(.olderSchema(found: version, known: self.version), path)
    }
  }
}
