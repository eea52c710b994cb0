import Foundation
import Testing
import TraceModel
import TraceStore

/// What a killed writer leaves is made by copying the files of a writer, or of the stock shell, at work.
struct StoreRemainsTests {
  private func copy(_ path: String, to other: String, with endings: [String]) throws {
    for ending in [""] + endings {
      try? FileManager.default.removeItem(atPath: other + ending)
      try FileManager.default.copyItem(atPath: path + ending, toPath: other + ending)
    }
  }

  private func files(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func `a log that was not folded in is folded in by the first reader`() throws {
    try withFolder { folder in
      let (path, left) = (folder + "/s.db", folder + "/left.db")
      try makeStore(path, [PlainSpan(1, 1)])
      var writer = try SpanWriter(extending: path)
      _ = try writer.load("b.jsonl", [SpanBatch([PlainSpan(2, 2)])])
      try writer.begin(source: "c.jsonl")
      try writer.append(SpanBatch([PlainSpan(3, 3)]))
      try copy(path, to: left, with: ["-wal", "-shm"])
      try writer.close()
      #expect(
        try TraceReader(path: left).sources.map(\.record.name).sorted()
          == ["a.jsonl", "b.jsonl"])
      #expect(try query(left, "pragma journal_mode") == ["delete"])
      #expect(try query(left, "pragma integrity_check") == ["ok"])
      #expect(try files(folder) == ["left.db", "s.db"])
    }
  }

  @Test func `a writer killed as it switches to the log leaves nothing that stops a reader`() throws
  {
    try withFolder { folder in
      let (path, left) = (folder + "/s.db", folder + "/left.db")
      try makeStore(path, [PlainSpan(1, 1)])
      let writer = try SpanWriter(extending: path)
      #expect(try !files(folder).contains("s.db-journal"))
      // The file says that there is a log, but there is none yet.
      try copy(path, to: left, with: [])
      try writer.close()
      #expect(try query(left, "select count(*) from spans") == ["1"])
      #expect(try TraceReader(path: left).counts.spans == 1)
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3")))
  func `a rollback journal is rolled back by the first reader or query`() throws {
    try withFolder { folder in
      let path = folder + "/s.db"
      try makeStore(path, (1...3000).map { PlainSpan(UInt64($0), UInt64($0)) })
      try copy(path, to: folder + "/whole.db", with: [])
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      // A cache of one page: changed pages reach the file before the journal is done with.
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
      shell.arguments = [
        path, "pragma cache_size = 1; begin; update span set series = 0, attributes = 'x'",
        ".shell cp '\(path)' '\(folder)/left.db'; cp '\(path)-journal' '\(folder)/left.db-journal'",
      ]
      try shell.run()
      shell.waitUntilExit()
      let left = folder + "/left.db"
      #expect(try Data(contentsOf: URL(fileURLWithPath: left)) != whole)
      try copy(left, to: folder + "/left2.db", with: ["-journal"])
      // As SQLite names the files beside a store by what a link leads to, so do we.
      let link = folder + "/link.db"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: left)
      #expect(try TraceReader(path: link).counts.spans == 3000)
      #expect(try query(folder + "/left2.db", "select count(*) from spans") == ["3000"])
      for name in ["left.db", "left2.db"] {
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)) == whole)
      }
      #expect(try files(folder).filter { $0.hasSuffix("-journal") } == [])
    }
  }

  @Test func `what lies beside a store at work, or beside no store of ours, is left alone`() throws
  {
    try withFolder { folder in
      let (path, foreign) = (folder + "/s.db", folder + "/foreign.db")
      try makeStore(path, [PlainSpan(1, 1)])
      var writer = try SpanWriter(extending: path)
      _ = try writer.load("b.jsonl", [SpanBatch([PlainSpan(2, 2)])])
      try copy(path, to: foreign, with: ["-wal"])
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: foreign))
      try file.seek(toOffset: 68)
      try file.write(contentsOf: Data([0, 0, 0, 0]))
      try file.close()
      let before = try Data(contentsOf: URL(fileURLWithPath: foreign))
      let log = try Data(contentsOf: URL(fileURLWithPath: foreign + "-wal"))
      #expect(throws: StoreError.self) { _ = try TraceReader(path: foreign) }
      #expect(throws: StoreError.self) { _ = try SpanWriter(extending: foreign) }
      #expect(try Data(contentsOf: URL(fileURLWithPath: foreign)) == before)
      #expect(try Data(contentsOf: URL(fileURLWithPath: foreign + "-wal")) == log)
      // The writer holds its lock: a reader sees what was finished, and the log stays.
      #expect(try query(path, "select count(*) from spans") == ["2"])
      #expect(try files(folder).contains("s.db-wal"))
      _ = try writer.load("c.jsonl", [SpanBatch([PlainSpan(3, 3)])])
      try writer.close()
      #expect(try query(path, "select count(*) from spans") == ["3"])
    }
  }
}
