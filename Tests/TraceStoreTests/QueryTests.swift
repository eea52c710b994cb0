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
        sql: "select 1 as a, 'x' || char(0) || 'y' as b; select 1.5, null, x'00ff' as c -- end"
      ) { columns, values in rows[columns, default: []].append(values) }
      #expect(
        rows == [
          ["a", "b"]: [[.int(1), .text("x\0y")]],
          ["1.5", "null", "c"]: [[.double(1.5), .null, .blob([0, 255])]],
        ])
    }
  }

  @Test func `a mistake is a sentence, and what came before it was delivered`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      try makeStore(path, [PlainSpan(1, 1)])
      var seen = 0
      var message = ""
      do {
        try runQuery(path: path, sql: "select 1; select servce from spans") { _, _ in seen += 1 }
      } catch { message = "\(error)" }
      #expect(seen == 1)
      #expect(message == "the query on '\(path)' failed (SQLite 1: no such column: servce)")
    }
  }

  @Test(arguments: [
    "delete from span", "drop view spans", "create table t (a)", "pragma user_version = 9",
  ])
  func `nothing can be written`(sql: String) throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      try makeStore(path, [PlainSpan(1, 1)])
      #expect(throws: StoreError.self) { try runQuery(path: path, sql: sql) { _, _ in } }
      #expect(try query(path, "select count(*) from spans") == ["1"])
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
