import Foundation
import Testing
import TraceIngest
import TraceModel

@Suite struct YearsTests {
  private func read(_ text: String, written: String, year: Int? = nil) async throws -> (
    times: [String], assumed: Int
  ) {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    let date = try #require(ISO8601DateFormatter().date(from: written))
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file.path)
    var rows: [LogRow] = []
    let options = IngestOptions(workers: 1, logYear: year)
    let summary = try await ingest(InputFile(path: file.path, isNamed: true), options: options) {
      rows += $0.logs
    }
    rows.sort { $0.offset < $1.offset }
    let formatter = ISO8601DateFormatter()
    return (
      rows.map {
        formatter.string(from: Date(timeIntervalSince1970: Double($0.time / 1_000_000_000)))
      }, summary.defects.entries[.assumedYear]?.count ?? 0
    )
  }

  @Test func `syslog without years steps over New Year, and a late line back`() async throws {
    let text = String(decoding: try fixture("System/syslog-new-year.log"), as: UTF8.self)
    let read = try await read(text, written: "2026-01-03T00:00:00Z")
    #expect(
      read.times == [
        "2025-12-30T23:59:58Z", "2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z",
        "2025-12-31T23:59:59Z", "2026-01-02T10:00:00Z", "2024-02-29T10:00:00Z",
      ])
    #expect(read.assumed == 6)
  }

  @Test func `a year that is named counts, unless the file was written before`() async throws {
    let text = "Dec 31 10:00:00 web shop[1]: a\nJan  1 10:00:00 web shop[1]: b\n"
    #expect(
      try await read(text, written: "2026-01-02T00:00:00Z", year: 2026).times == [
        "2025-12-31T10:00:00Z", "2026-01-01T10:00:00Z",
      ])
    #expect(
      try await read(text, written: "2030-01-02T00:00:00Z", year: 2019).times == [
        "2019-12-31T10:00:00Z", "2020-01-01T10:00:00Z",
      ])
  }

  @Test func `lines with years tell those without`() async throws {
    let text =
      "2019-06-01T10:00:00.000001+00:00 web shop[1]: a\nJun  1 10:00:01 web shop[1]: b\n"
      + "Aug  1 10:00:01 web shop[1]: c\n"
    #expect(
      try await read(text, written: "2026-01-02T00:00:00Z").times == [
        "2019-06-01T10:00:00Z", "2019-06-01T10:00:01Z", "2019-08-01T10:00:01Z",
      ])
  }
}
