import Foundation
import Testing
import TraceSimulator

/// The program killed at any moment while it loads, then the load again.
struct KillTests {
  /// How often each way of loading is killed: enough to be stopped in every stage; many more at full size.
  private static let kills = isProof ? 50 : 8
  private static let isProof = ProcessInfo.processInfo.environment["CULPRIT_PROOF"] == "1"

  /// All that people see of a store, but for the numbers of rows and the order of loading.
  private static let content = [
    "select trace_id, span_id, parent_id, service, operation, start_ns, end_ns, attributes, detail, resource_attributes, source, \"offset\" from spans",
    "select trace_id, span_id, time_ns, body, attributes, detail, joined_trace_id, joined_span_id, join_method, confidence, is_copy, source, \"offset\" from logs",
    "select name, format, bytes, content_hash, records, spans_stored, spans_dropped, logs_stored, logs_dropped from source where loaded",
    "select s.name, d.kind, d.count, d.first_offset from defect d join source s on s.id = d.source",
    "select trace_id, root_service, spans, errors, services from traces",
  ]

  /// The stock shell's answer.
  private func sqlite(_ store: String, _ sql: String, in folder: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["sqlite3", "-readonly", store, sql]
    process.currentDirectoryURL = folder
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "sqlite3 \(store)")
    return String(decoding: data, as: UTF8.self)
  }

  private func content(of store: String, in folder: URL) throws -> [[String]] {
    try Self.content.map {
      try sqlite(store, $0, in: folder).split(separator: "\n").map(String.init).sorted()
    }
  }

  /// Starts a load and kills it after some time; whether it was still at work.
  private func killed(_ arguments: [String], after seconds: Double, in folder: URL) throws -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: binary)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    Thread.sleep(forTimeInterval: seconds)
    let wasRunning = process.isRunning
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return wasRunning
  }

  @Test(arguments: [false, true])
  func `a load that was killed anywhere is completed by the same load`(extends: Bool) throws {
    try inNewFolder { folder in
      let sample = root.appending(path: "samples/checkout-outage")
      try FileManager.default.copyItem(at: sample, to: folder.appending(path: "dumps"))
      var before: [UInt8] = []
      _ = Load(spans: 400, shape: .lines).write { before += $0 }
      try Data(before).write(to: folder.appending(path: "before.jsonl"))
      let first = try culprit(["ingest", "before.jsonl", "--store", "base.db"], in: folder)
      #expect(first.code == 0, "\(first.sentences)")
      let load = ["ingest", "dumps", "--store"]
      func start(_ name: String) throws {
        if extends {
          try FileManager.default.copyItem(
            at: folder.appending(path: "base.db"), to: folder.appending(path: name))
        }
      }
      try start("whole.db")
      let clock = Date()
      #expect(try culprit(load + ["whole.db"], in: folder).code == 0)
      var seconds = -clock.timeIntervalSinceNow
      let expected = try content(of: "whole.db", in: folder)
      #expect(expected[0].count > 20_000 && expected[1].count > 2_000)
      var chance = Randomness(seed: extends ? 2 : 1)
      var stopped = 0
      var number = 0
      while stopped < Self.kills, number < 3 * Self.kills {
        number += 1
        let store = "s\(number).db"
        try start(store)
        let moment = seconds * Double(chance.below(1000)) / 1000
        if try killed(load + [store], after: moment, in: folder) {
          stopped += 1
        } else {
          // It was done by then; a busy machine may have been slow before.
          seconds = min(seconds, moment)
        }
        if extends {
          // What was there before can be read at once, and whole sources alone are there.
          let counts = try sqliteAfterRepair(store, in: folder)
          #expect(counts.seen == counts.stored, "after \(moment) s")
        }
        let again = try culprit(load + [store], in: folder)
        #expect(again.code == 0, "\(again.sentences)")
        #expect(try sqlite(store, "pragma integrity_check", in: folder) == "ok\n")
        let found = try content(of: store, in: folder)
        for (part, whole) in zip(found, expected) {
          #expect(part == whole, "after \(moment) s: \(part.count) and \(whole.count) rows")
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
          .filter { $0.hasPrefix(store) && $0 != store }
        #expect(left == [], "after \(moment) s")
        try FileManager.default.removeItem(at: folder.appending(path: store))
      }
      #expect(stopped == Self.kills)
    }
  }

  /// Spans that the sources say they hold and those that are there, asked by the program, which puts in order what was left.
  private func sqliteAfterRepair(_ store: String, in folder: URL) throws -> (
    seen: String, stored: String
  ) {
    func number(_ sql: String) throws -> String {
      let result = try culprit(["query", store, sql, "--format", "csv"], in: folder)
      #expect(result.code == 0, "\(result.sentences)")
      return result.output.split(separator: "\n").last.map(String.init) ?? ""
    }
    return (
      try number("select sum(spans_stored) from source"), try number("select count(*) from span")
    )
  }

  @Test(arguments: [false, true])
  func `of two loads into one store at once, both succeed or one is refused with a sentence`(
    extends: Bool
  ) throws {
    try inNewFolder { folder in
      for (name, seed) in [("a", UInt64(1)), ("b", 2), ("base", 3)] {
        var bytes: [UInt8] = []
        _ = Load(spans: 3000, shape: .lines, seed: seed).write { bytes += $0 }
        try Data(bytes).write(to: folder.appending(path: "\(name).jsonl"))
      }
      if extends {
        #expect(try culprit(["ingest", "base.jsonl", "--store", "s.db"], in: folder).code == 0)
      }
      let processes = try ["a", "b"].map { name in
        let process = Process()
        process.executableURL = URL(filePath: binary)
        process.arguments = ["ingest", "\(name).jsonl", "--store", "s.db"]
        process.currentDirectoryURL = folder
        let sentences = folder.appending(path: "\(name).err")
        try Data().write(to: sentences)
        process.standardError = try FileHandle(forWritingTo: sentences)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
      }
      for process in processes { process.waitUntilExit() }
      let codes = processes.map(\.terminationStatus)
      let refused = codes.firstIndex { $0 != 0 }
      #expect(codes.contains(0))
      if let refused {
        let file = folder.appending(path: refused == 0 ? "a.err" : "b.err")
        let words = try String(contentsOf: file, encoding: .utf8)
        #expect(words.contains("error: ") && words.contains("s.db"), "\(words)")
      }
      // Whole sources are there: 3,016 spans each, whole traces of 26.
      let there = codes.count { $0 == 0 } + (extends ? 1 : 0)
      #expect(try sqlite("s.db", "select count(*) from span", in: folder) == "\(there * 3016)\n")
      #expect(try sqlite("s.db", "pragma integrity_check", in: folder) == "ok\n")
    }
  }
}
