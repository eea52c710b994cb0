import Foundation
import Testing
import TraceIngest
import TraceModel

/// Real samples of logs, beside them what each line's parts are (../shared/loghub).
@Suite struct LoghubTests {
  /// How a data set's own columns are compared with our rows.
  struct DataSet: Sendable, CustomTestStringConvertible {
    var name: String
    var format: String
    /// First and last time as `date -u` writes them; without a year where the file names none.
    var first: String
    var last: String
    /// Messages that must be the table's, in a thousand. The Mac's own loggers put headers of their own behind syslog's, which
    /// the table leaves in the message.
    var bodies = 980
    var testDescription: String { name }
  }

  private static let sets = [
    DataSet(
      name: "Apache", format: "access-log", first: "2005-12-04T04:47:44",
      last: "2005-12-05T19:15:57"),
    DataSet(
      name: "HDFS", format: "logs", first: "2008-11-09T20:36:15", last: "2008-11-11T10:20:17"),
    DataSet(
      name: "Hadoop", format: "logs", first: "2015-10-18T18:01:47", last: "2015-10-18T18:10:55"),
    DataSet(
      name: "HealthApp", format: "logs", first: "2017-12-23T22:15:29", last: "2017-12-24T01:02:35"),
    DataSet(
      name: "Mac", format: "syslog", first: "-07-01T09:00:55", last: "-07-08T08:10:46",
      bodies: 900),
    DataSet(
      name: "OpenSSH", format: "syslog", first: "-12-10T06:55:46", last: "-12-10T11:04:45"),
    DataSet(
      name: "OpenStack", format: "logs", first: "2017-05-16T00:00:00", last: "2017-05-16T00:14:47"),
    DataSet(
      name: "Windows", format: "logs", first: "2016-09-28T04:30:30", last: "2016-09-29T02:04:40"),
  ]

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../../../shared/loghub").standardizedFileURL

  @Test(arguments: sets)
  func `each line is a record with the time, level and message that the sample's table names`(
    set: DataSet
  ) async throws {
    let path = Self.folder.appending(path: "\(set.name)_2k.log").path
    guard FileManager.default.fileExists(atPath: path) else {
      print("not run: \(path) is absent")
      return
    }
    let table = try csv(Self.folder.appending(path: "\(set.name)_2k.log_structured.csv"))
    let read = try await collect(path: path)
    #expect(read.summary.formatName == set.format)
    #expect(read.logs.count == table.count && read.addsUp)
    let rows = read.logs
    var bodies = 0
    var levels = 0
    var misses: [String] = []
    for (row, truth) in zip(rows, table) {
      let content = truth["Content", default: ""].trimmingCharacters(in: .whitespaces)
      if row.body.trimmingCharacters(in: .whitespaces) == content {
        bodies += 1
      } else if misses.count < 12 {
        misses.append("'\(row.body.prefix(90))' for '\(content.prefix(90))'")
      }
      if truth["Level"] == nil || severityNumber(truth["Level"]) == Int(row.row.severity) {
        levels += 1
      }
    }
    func share(_ count: Int) -> String { "\(count * 1000 / max(1, table.count))‰" }
    print(
      "loghub \(set.name): \(rows.count) records, body \(share(bodies)), level \(share(levels)) \(misses)"
    )
    #expect(bodies * 1000 >= table.count * set.bodies)
    #expect(levels * 100 >= table.count * 99)
    let times = rows.map { text(ofTime: $0.row.time) }
    #expect(times.first?.hasSuffix(set.first) == true, "\(times.first ?? "")")
    #expect(times.last?.hasSuffix(set.last) == true, "\(times.last ?? "")")
  }

  private func text(ofTime ns: Int64) -> String {
    let formatter = ISO8601DateFormatter()
    return String(
      formatter.string(from: Date(timeIntervalSince1970: Double(ns / 1_000_000_000))).dropLast())
  }

  private func severityNumber(_ level: String?) -> Int {
    switch level?.lowercased() {
    case "info": 9
    case "notice": 10
    case "warn", "warning": 13
    case "error": 17
    case "fatal": 21
    default: 0
    }
  }

  /// The rows of a table of comma-separated values, quoted where they hold commas or quotes.
  private func csv(_ file: URL) throws -> [[String: String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    let bytes = [UInt8](try Data(contentsOf: file))
    var i = 0
    while i < bytes.count {
      let c = bytes[i]
      if isQuoted {
        if c == 0x22, i + 1 < bytes.count, bytes[i + 1] == 0x22 {
          field.append(c)
          i += 1
        } else if c == 0x22 {
          isQuoted = false
        } else {
          field.append(c)
        }
      } else if c == 0x22 {
        isQuoted = true
      } else if c == 0x2c || c == 0x0a {
        row.append(String(decoding: field, as: UTF8.self))
        field = []
        if c == 0x0a {
          rows.append(row)
          row = []
        }
      } else if c != 0x0d {
        field.append(c)
      }
      i += 1
    }
    if !field.isEmpty || !row.isEmpty {
      rows.append(row + [String(decoding: field, as: UTF8.self)])
    }
    guard let head = rows.first else { return [] }
    return rows.dropFirst().map { Dictionary(zip(head, $0)) { $1 } }
  }
}
