import Foundation
import Testing

/// What the program says when it cannot do what was asked, and the number it leaves.
struct SentenceTests {
  static let span =
    #"{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"GET /","kind":2,"startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000100000000"}"#
  static let line =
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":["#
    + span + "]}]}]}\n"

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var files: [String: String] = [:]
    var arguments: [String]
    var code: Int32
    var says: String
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "a path that does not exist", arguments: ["report", "nothing.json"], code: 3,
      says: "'nothing.json'"),
    Case(
      name: "an empty file", files: ["empty.json": ""], arguments: ["report", "empty.json"],
      code: 3, says: "empty"),
    Case(
      name: "a file of no known format", files: ["dump.json": #"{"hello":"world"}"#],
      arguments: ["report", "dump.json"], code: 3, says: "cannot tell the format of 'dump.json'"),
    Case(
      name: "a folder without a known format", files: ["dumps/a.txt": "hello\n"],
      arguments: ["report", "dumps"], code: 3, says: "'dumps'"),
    Case(
      name: "a report of an unknown kind", files: ["a.json": line],
      arguments: ["report", "a.json", "-o", "x.pdf"], code: 2,
      says: "cannot tell the kind of '-o x.pdf'"),
    Case(
      name: "a moment that is none", files: ["a.json": line],
      arguments: ["report", "a.json", "--since", "10min"], code: 2,
      says: "'--since 10min' is not a duration"),
    Case(
      name: "a zone that is none", files: ["a.json": line],
      arguments: ["report", "a.json", "--log-zone", "Mars"], code: 2,
      says: "'--log-zone Mars' is no zone; write UTC or an offset such as +02:00"),
    Case(
      name: "a year that is none", files: ["a.json": line],
      arguments: ["report", "a.json", "--log-year", "26"], code: 2,
      says: "'--log-year 26' is out of range"),
    Case(
      name: "a day that is none", files: ["a.json": line],
      arguments: ["traces", "a.json", "--since", "2023-02-30"], code: 2,
      says: "'--since 2023-02-30' is not a duration"),
    Case(
      name: "a window after the data", files: ["a.json": line],
      arguments: ["traces", "a.json", "--since", "2030-01-01"], code: 2,
      says: "the window lies outside the data, which reach from 2023-11-14T22:13:20Z"),
    Case(
      name: "a report over its own input", files: ["a.json": line],
      arguments: ["report", ".", "-o", "./a.json"], code: 2,
      says: "'-o ./a.json' is one of the inputs"),
    Case(
      name: "a document that holds nothing", files: ["a.json": #"{"resourceSpans":[]}"#],
      arguments: ["ingest", "a.json", "--store", "s.db"], code: 3,
      says: "'a.json' holds no span, no log record and no metric"),
    Case(
      name: "an answer without a span",
      files: ["a.json": #"{"Groups":[{"GroupName":"a","GroupARN":"b"}]}"#],
      arguments: ["ingest", "a.json", "--store", "s.db"], code: 0,
      says: "note: 'a.json' holds findings of a back end (1) and no spans"),
    Case(
      name: "a store without a name", files: ["a.json": line],
      arguments: ["ingest", "a.json", "--store", ""], code: 2, says: "'--store' is empty"),
    Case(
      name: "a zone that is none", files: ["a.json": line],
      arguments: ["report", "a.json", "--since", "1h", "--tz", "Mars"], code: 2,
      says: "'--tz Mars' is not a time zone"),
    Case(
      name: "a format that is none", files: ["a.json": line],
      arguments: ["report", "a.json", "--input-format", "cobol"], code: 2,
      says: "'--input-format cobol'"),
    Case(
      name: "an option that is none", arguments: ["report", "a.json", "--colour"], code: 2,
      says: "--colour"),
    Case(
      name: "a store that is no SQLite", files: ["s.db": "hello", "a.json": line],
      arguments: ["ingest", "a.json", "--store", "s.db"], code: 3, says: "'s.db'"),
    Case(
      name: "a trace that is not there", files: ["a.json": line],
      arguments: ["trace", "ffffffffffffffffffffffffffffffff", "a.json"], code: 3,
      says: "ffffffffffffffffffffffffffffffff"),
    Case(
      name: "SQL that is none", files: ["a.json": line],
      arguments: ["query", "a.json", "selct 1"], code: 2, says: "selct"),
    Case(
      name: "a broken line with --strict", files: ["a.json": line + "{broken\n" + line],
      arguments: ["report", "a.json", "--strict"], code: 3, says: "--strict"),
  ]

  @Test(arguments: cases)
  func `says what is wrong`(example: Case) throws {
    try inNewFolder { folder in
      for (name, text) in example.files {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
      }
      let result = try culprit(example.arguments, in: folder)
      #expect(result.code == example.code, "\(result.sentences)")
      #expect(result.sentences.contains(example.says), "\(result.sentences)")
      #expect(!result.sentences.contains("Fatal"))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(!left.contains { $0.hasPrefix("culprit-") }, "left behind: \(left)")
    }
  }

  @Test func `with --strict the results are written all the same`() throws {
    try inNewFolder { folder in
      let text = Self.line + "{broken\n"
      try text.write(to: folder.appending(path: "a.json"), atomically: true, encoding: .utf8)
      let result = try culprit(["report", "a.json", "--strict", "-o", "r.md"], in: folder)
      #expect(result.code == 3)
      let report = try String(contentsOf: folder.appending(path: "r.md"), encoding: .utf8)
      #expect(report.contains("broken"))
      let dump = try String(contentsOf: folder.appending(path: "a.json"), encoding: .utf8)
      #expect(dump == text)
    }
  }

  @Test func `a window counts back from the end of the data`() throws {
    try inNewFolder { folder in
      let late = Self.line.replacing("17000000", with: "17000036")
        .replacing("0af7651916cd43dd8448eb211c80319c", with: "1af7651916cd43dd8448eb211c80319c")
      try (Self.line + late).write(
        to: folder.appending(path: "a.json"), atomically: true, encoding: .utf8)
      func traces(_ arguments: [String]) throws -> Int {
        let result = try culprit(["traces", "a.json", "--format", "csv"] + arguments, in: folder)
        return result.output.split(separator: "\n").count - 1
      }
      #expect(try traces([]) == 2)
      #expect(try traces(["--since", "10m"]) == 1)
      #expect(try traces(["--until", "10m"]) == 1)
      #expect(try traces(["--since", "22:13", "--until", "22:14"]) == 1)
      #expect(try traces(["--since", "00:10", "--tz", "Europe/Berlin", "--until", "00:20"]) == 1)
      #expect(try traces(["--around", "2023-11-14T22:13:20Z±1s"]) == 1)
    }
  }

  @Test func `a query gives one statement's rows and writes nothing`() throws {
    try inNewFolder { folder in
      try Self.line.write(to: folder.appending(path: "a.json"), atomically: true, encoding: .utf8)
      let twice = try culprit(
        ["query", "a.json", "select 1 as a, 2 as a", "--format", "json"], in: folder)
      #expect(twice.output.contains("\"a\" : 1") && twice.output.contains("\"a_2\" : 2"))
      let write = try culprit(["query", "a.json", "delete from span"], in: folder)
      #expect(write.code == 2)
    }
  }

  @Test func `reads standard input`() throws {
    try inNewFolder { folder in
      let result = try culprit(["report", "-"], in: folder, input: Data(Self.line.utf8))
      #expect(result.code == 0, "\(result.sentences)")
      #expect(result.output.contains("shop"))
    }
  }

  @Test func `a broken line is counted and its neighbours are kept`() throws {
    try inNewFolder { folder in
      let text =
        Self.line + "{broken\n" + Self.line.replacing("b7ad6b7169203331", with: "b7ad6b7169203332")
      try text.write(
        to: folder.appending(path: "a.json"), atomically: true, encoding: .utf8)
      let stored = try culprit(["ingest", "a.json", "--store", "s.db"], in: folder)
      #expect(stored.code == 0, "\(stored.sentences)")
      let spans = try culprit(
        ["query", "s.db", "select count(*) as n from spans", "--format", "csv"], in: folder)
      #expect(spans.output == "n\n2\n")
      let defects = try culprit(
        ["query", "s.db", "select kind, count from defects", "--format", "csv"], in: folder)
      #expect(defects.output.contains("broken_record,1"))
    }
  }

  @Test func `the same content under another name changes nothing`() throws {
    try inNewFolder { folder in
      for name in ["a.json", "b.json"] {
        try Self.line.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
      }
      _ = try culprit(["ingest", "a.json", "--store", "s.db"], in: folder)
      let again = try culprit(["ingest", "b.json", "--store", "s.db"], in: folder)
      #expect(again.code == 0)
      let spans = try culprit(
        ["query", "s.db", "select count(*) as n from spans", "--format", "csv"], in: folder)
      #expect(spans.output == "n\n1\n")
    }
  }

  @Test func `help names only what works and the version is told`() throws {
    try inNewFolder { folder in
      let help = try culprit(["--help"], in: folder)
      #expect(help.code == 0)
      let verbs = help.output.matches(of: /(?m)^  ([a-z]+)  +\S/).map { String($0.1) }
      #expect(verbs.contains("report") && verbs.count >= 10)
      for verb in verbs where verb != "help" {
        let result = try culprit([verb, "--help"], in: folder)
        #expect(result.code == 0 && result.output.contains("USAGE: culprit \(verb)"))
      }
      #expect(try culprit(["--version"], in: folder).code == 0)
    }
  }
}
