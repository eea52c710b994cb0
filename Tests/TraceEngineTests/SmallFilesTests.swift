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

  @Test func `a folder gives the rows that its files give one by one`() async throws {
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
    var refused = 0
    for file in files where !(await load([file], "single.db")) { refused += 1 }
    #expect(refused < files.count / 2)
    for view in ["spans", "logs", "metrics", "answers", "defects", "sources"] {
      let from =
        view == "sources" ? "loaded = 1" : "source in (select name from sources where loaded = 1)"
      var rows: [Set<String>] = []
      for name in ["folder.db", "single.db"] {
        let store = try await OpenedStore.open(
          [bench.folder.appending(path: name).path], format: nil, workers: 1, progress: nil)
        let table = try query(store, sql: "select * from \(view) where \(from)")
        let kept = table.columns.indices.filter { table.columns[$0].key != "row" }
        rows.append(Set(table.rows.map { row in kept.map { "\(row[$0])" }.joined(separator: "|") }))
        #expect(table.rows.count >= 10, "\(view)")
      }
      let differing = rows[0].symmetricDifference(rows[1])
      #expect(differing.isEmpty, "\(view): \(differing.sorted().first?.prefix(500) ?? "")")
    }
  }

  @Test func `files that are alike, empty, unknown or packed among others are each told of`()
    async throws
  {
    func line(_ digit: Int) -> [UInt8] {
      Array(
        (#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"#
          + #""scopeSpans":[{"scope":{"name":"lib"},"spans":[{"traceId":"5b8efff798038103d269b633813fc60\#(digit)","spanId":"eee19b7ec3c1b17\#(digit)","#
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
      ], to: "dump")
    let store = bench.folder.appending(path: "s.db").path
    let result = try await ingest(
      IngestRequest(inputs: [place], store: store, format: nil, workers: 2))
    #expect(result.spans == 3 && result.logs == 1)
    #expect(result.filesRead == 4 && result.filesKnown == 2 && result.filesSkipped == 2)
    let opened = try await OpenedStore.open([store], format: nil, workers: 1, progress: nil)
    func column(_ sql: String) throws -> [String] {
      try query(opened, sql: sql).rows.map { row in
        row.map { if case .text(let text) = $0 { text } else { "\($0)" } }.joined(separator: "|")
      }
    }
    #expect(
      try column(
        "select replace(source, rtrim(source, replace(source, '/', '')), '') from spans order by 1")
        == ["a.json", "e.json", "g.json"])
    // The year of the others.
    #expect(try column("select substr(time, 1, 10) from logs") == ["2023-11-03"])
  }
}
