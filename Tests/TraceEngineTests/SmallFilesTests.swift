import Foundation
import Testing
import TraceEngine
import TraceReport
import TraceSimulator
import TraceTestSupport

/// Small files are read many at a time, and that changes nothing.
struct SmallFilesTests {
  /// Real exports, each followed by a copy that was cut and one with a few wrong bits.
  private static func writeExports(to bench: borrowing Workbench) throws -> [String] {
    guard let paths = FileManager.default.subpaths(atPath: CorpusTests.corpus.path) else {
      print("not run: the corpus is not at \(CorpusTests.corpus.path)")
      return []
    }
    let folder = bench.folder.appending(path: "dump")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var random = SeededGenerator(seed: 5)
    var files: [String] = []
    func write(_ data: Data, _ tag: String, _ name: String) throws {
      let file = folder.appending(path: "\(name.split(separator: ".")[0]).\(tag).\(name)")
      try data.write(to: file)
      files.append(file.path)
    }
    for path in paths.sorted() where path != "PROVENANCE.tsv" {
      let file = CorpusTests.corpus.appending(path: path)
      guard let data = try? Data(contentsOf: file), (1...100_000).contains(data.count) else {
        continue
      }
      let name = path.replacing("/", with: "_")
      try write(data, "a", name)
      try write(data.prefix(Int.random(in: 1...data.count, using: &random)), "b", name)
      var broken = data
      for _ in 0..<3 {
        broken[Int.random(in: 0..<data.count, using: &random)] ^= 1 << UInt8.random(in: 0...7)
      }
      try write(broken, "c", name)
      if Int.random(in: 0..<10, using: &random) == 0 { try write(data, "d", name) }
    }
    return files
  }

  private func pack(_ folder: String, in bench: borrowing Workbench) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["tar", "--sort=name", "-cf", "\(folder).tar", folder]
    process.currentDirectoryURL = bench.folder
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  @Test func `a folder and its archive give the rows that its files give one by one`() async throws
  {
    let bench = try Workbench()
    let files = try Self.writeExports(to: bench)
    if files.isEmpty { return }
    var times = LogTimes()
    times.year = 2026
    func load(_ inputs: [String], _ store: String) async -> Bool {
      let request = IngestRequest(
        inputs: inputs, store: bench.folder.appending(path: store).path, format: nil, workers: 2,
        logTimes: times)
      return (try? await ingest(request)) != nil
    }
    #expect(await load([bench.folder.appending(path: "dump").path], "folder.db"))
    try pack("dump", in: bench)
    #expect(await load([bench.folder.appending(path: "dump.tar").path], "archive.db"))
    var refused = 0
    for file in files where !(await load([file], "single.db")) { refused += 1 }
    #expect(refused < files.count / 2)
    for view in ["spans", "logs", "metrics", "answers", "defects", "sources"] {
      let from =
        view == "sources" ? "loaded = 1" : "source in (select name from sources where loaded = 1)"
      var rows: [Set<String>] = []
      for name in ["folder.db", "single.db", "archive.db"] {
        let store = try await OpenedStore.open(
          [bench.folder.appending(path: name).path], format: nil, workers: 1, progress: nil)
        let table = try query(store, sql: "select * from \(view) where \(from)")
        let kept = table.columns.indices.filter { table.columns[$0].key != "row" }
        let places = ["dump/", "dump.tar!dump/"].map { "\(bench.folder.path)/\($0)" }
        rows.append(
          Set(
            table.rows.map { row in
              places.reduce(kept.map { "\(row[$0])" }.joined(separator: "|")) {
                $0.replacing($1, with: "")
              }
            }))
        #expect(table.rows.count >= 10, "\(view)")
      }
      for other in rows.dropFirst() {
        let differing = rows[0].symmetricDifference(other)
        #expect(differing.isEmpty, "\(view): \(differing.sorted().first?.prefix(500) ?? "")")
      }
    }
  }

  @Test func `files that are alike, empty, unknown or packed among others are each told of`()
    async throws
  {
    func line(_ number: Int) -> [UInt8] {
      let number = String(format: "%05d", number)
      return Array(
        (#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"#
          + #""scopeSpans":[{"scope":{"name":"lib"},"spans":[{"traceId":"5b8efff798038103d269b63381\#(number)a","spanId":"eee19b7ec3\#(number)a","#
          + #""name":"GET /","kind":2,"startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000100000000"}]}]}]}"#
          + "\n").utf8)
    }
    let bench = try Workbench()
    let place = try bench.write(
      [
        .init(name: "a.json", bytes: line(1)), .init(name: "b.json", bytes: line(1)),
        .init(name: "c.json", bytes: []), .init(name: "d.json", bytes: Array("what is this".utf8)),
        .init(name: "e.json", bytes: line(2)),
        .init(name: "f.log", bytes: Array("Nov  3 11:02:03 node-1 app: it failed\n".utf8)),
        .init(name: "g.json", bytes: line(3)), .init(name: "h.json", bytes: line(2)),
        // More than a small file may have, and behind it one that is broken off.
        .init(name: "i.json", bytes: (10..<5010).flatMap(line)),
        .init(name: "j.json", bytes: line(4) + line(5).dropLast(40)),
      ], to: "dump")
    try pack("dump", in: bench)
    let store = bench.folder.appending(path: "s.db").path
    for (input, output) in [(place, store), (place + ".tar", store + "2")] {
      let result = try await ingest(
        IngestRequest(inputs: [input], store: output, format: nil, workers: 2))
      #expect(result.spans == 5004 && result.logs == 1)
      #expect(result.filesRead == 6 && result.filesKnown == 2 && result.filesSkipped == 2)
    }
    // The same again adds nothing, and what stands beside it only what is its own.
    let tables = ["name", "resource", "scope", "series", "span", "run", "log", "defect"]
    func counts() async throws -> [Int] {
      let opened = try await OpenedStore.open([store], format: nil, workers: 1, progress: nil)
      return try tables.map { try query(opened, sql: "select 1 from \($0)").rows.count }
    }
    func added() async throws -> [Int] {
      let before = try await counts()
      _ = try await ingest(
        IngestRequest(inputs: [place], store: store, format: nil, workers: 2))
      return zip(try await counts(), before).map { $0 - $1 }
    }
    #expect(try await added() == [0, 0, 0, 0, 0, 0, 0, 0])
    try Data(line(9999)).write(to: URL(filePath: place + "/a2.json"))
    #expect(try await added() == [0, 1, 1, 1, 1, 1, 0, 0])
    try FileManager.default.removeItem(atPath: place + "/a2.json")
    let opened = try await OpenedStore.open([store], format: nil, workers: 1, progress: nil)
    func column(_ sql: String) throws -> [String] {
      try query(opened, sql: sql).rows.map { row in
        row.map { if case .text(let text) = $0 { text } else { "\($0)" } }.joined(separator: "|")
      }
    }
    #expect(
      try column(
        "select distinct replace(source, rtrim(source, replace(source, '/', '')), '') from spans order by 1"
      )
        == ["a.json", "a2.json", "e.json", "g.json", "i.json", "j.json"])
    // The year of the others.
    #expect(try column("select substr(time, 1, 10) from logs") == ["2023-11-03"])
  }
}
