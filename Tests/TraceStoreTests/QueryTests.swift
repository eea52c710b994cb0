import Foundation
import Testing
import TraceModel
import TraceStore

struct QueryTests {
  @Test func `rows come with their columns, values as they are stored`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      try makeStore(path, [PlainSpan(1, 1)])
      var rows: [[String]: [[QueryValue]]] = [:]
      try runQuery(
        path: path,
        sql: "select 1 as a, 'x' || char(0) || 'y' as b, 1.5, null, x'00ff' as c; -- end"
      ) { columns, values in rows[columns, default: []].append(values) }
      #expect(
        rows == [
          ["a", "b", "1.5", "null", "c"]: [
            [.int(1), .text("x\0y"), .double(1.5), .null, .blob([0, 255])]
          ]
        ])
    }
  }

  /// What a query on a small store throws, as a sentence after the store's name.
  private func refusal(_ sql: String) throws -> String {
    var message = "nothing was thrown"
    try withFolder { folder in
      let path = folder + "/s.db"
      try makeStore(path, [PlainSpan(1, 1)])
      do {
        try runQuery(path: path, sql: sql) { _, _ in }
      } catch {
        let start = "the query on '\(path)' failed"
        #expect("\(error)".hasPrefix(start))
        message = String("\(error)".dropFirst(start.count))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["s.db"])
      #expect(try query(path, "select count(*) from spans") == ["1"])
    }
    return message
  }

  @Test func `a mistake is a sentence`() throws {
    #expect(
      try refusal("select servce from spans") == " (SQLite 1: no such column: servce)")
  }

  @Test(arguments: ["", " \n", "-- nothing", ";", "/* a */ ;; "])
  func `nothing is no query`(sql: String) throws {
    #expect(try refusal(sql) == ": the SQL is empty")
  }

  @Test func `one statement is asked for, and none is run where there are more`() throws {
    #expect(
      try refusal("select 1; select 2") == ": one SQL statement is expected, 2 were given")
    #expect(
      try refusal(";select 1;;select 2; select 3; -- end")
        == ": one SQL statement is expected, 3 were given")
  }

  @Test(arguments: [
    "delete from span", "insert into name values (7, 'x')", "update span set id = 1",
    "drop view spans", "create table t (a)", "create temp table t (a)",
    "create temp view v as select 1", "create virtual table temp.t using fts5(a)",
    "pragma user_version = 9", "pragma journal_mode = wal", "pragma journal_mode(delete)",
    "pragma wal_checkpoint", "pragma optimize", "pragma writable_schema = 1",
    "pragma temp_store_directory = '/'", "pragma query_only = 0", "begin", "begin immediate",
    "commit", "rollback", "savepoint a", "release a", "attach 'other.db' as o",
    "attach ':memory:' as o", "detach main", "vacuum", "reindex", "analyze",
    "alter table span rename to s",
  ])
  func `nothing but reading is allowed`(sql: String) throws {
    #expect(try refusal(sql) == ": only statements that read the store are run")
  }

  @Test func `the schema cannot be changed`() throws {
    #expect(
      try refusal("update sqlite_master set sql = 'x'")
        == " (SQLite 1: table sqlite_master may not be modified)")
  }

  @Test func `a copy of the store is not written anywhere`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      try makeStore(path, [PlainSpan(1, 1)])
      var message = ""
      do {
        try runQuery(path: path, sql: "vacuum into '\(folder)/copy.db'") { _, _ in }
      } catch { message = "\(error)" }
      #expect(
        message == "the query on '\(path)' failed: only statements that read the store are run")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["s.db"])
    }
  }

  @Test func `all that reads is allowed`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      try makeStore(path, [PlainSpan(1, 1), PlainSpan(1, 2)])
      #expect(try query(path, "pragma user_version") == ["6"])
      #expect(try query(path, "pragma integrity_check") == ["ok"])
      #expect(try query(path, "pragma table_info(name)").count == 2)
      #expect(try query(path, "select name from pragma_table_info('name')") == ["id", "text"])
      #expect(try query(path, "select value from json_each('[1,2]')") == ["1", "2"])
      #expect(
        try query(
          path,
          """
          with recursive n(i) as (select 1 union all select i + 1 from n where i < 3)
          select max(i), (select count(*) from traces) from n
          """) == ["3|1"])
      #expect(try query(path, "explain query plan select * from spans").isEmpty == false)
      #expect(try query(path, "values (1), (2)") == ["1", "2"])
    }
  }

  @Test func `what the receiver throws ends the query and comes out`() throws {
    struct Enough: Error {}
    try withFolder { folder in
      let path = folder + "/s.db"
      try makeStore(path, [PlainSpan(1, 1), PlainSpan(1, 2)])
      var seen = 0
      #expect(throws: Enough.self) {
        try runQuery(path: path, sql: "select * from spans") { _, _ in
          seen += 1
          throw Enough()
        }
      }
      #expect(seen == 1)
    }
  }
}
