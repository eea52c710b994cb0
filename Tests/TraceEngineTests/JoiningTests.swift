import Foundation
import Testing
import TraceAnalysis
import TraceEngine
import TraceModel
import TraceReport
import TraceSimulator

/// Log records whose ids were taken away: how many find their trace again, and is what is stated of it true?
struct JoiningTests {
  /// Which records lose their ids.
  enum Loss: String, CaseIterable, Sendable {
    /// Every second record, by chance.
    case half
    /// All records of every second service.
    case services
    /// All records.
    case all
  }

  /// What joining gave, against the truth that the test took away.
  struct Score {
    var taken = 0
    var joined = 0
    var right = 0
    /// Joined though written outside any request.
    var strangers = 0
    /// By tenth of the stated confidence: records, their stated sum, right ones.
    var bands = Array(repeating: (count: 0, stated: 0.0, right: 0), count: 10)

    mutating func add(stated: Double, isRight: Bool, wasOutside: Bool) {
      joined += 1
      if isRight { right += 1 }
      if wasOutside { strangers += 1 }
      let band = min(9, Int(stated * 10))
      bands[band].count += 1
      bands[band].stated += stated
      if isRight { bands[band].right += 1 }
    }

    mutating func merge(_ other: Score) {
      taken += other.taken
      joined += other.joined
      right += other.right
      strangers += other.strangers
      for band in bands.indices {
        bands[band].count += other.bands[band].count
        bands[band].stated += other.bands[band].stated
        bands[band].right += other.bands[band].right
      }
    }

    var precision: Double { joined == 0 ? 1 : Double(right) / Double(joined) }
    var recall: Double { taken == 0 ? 1 : Double(right) / Double(taken) }
  }

  /// A file of log records with the ids of some replaced by zeros of the same length, so that places stay.
  private func stripped(_ text: String, _ loss: Loss) -> String {
    let pattern = #/"traceId":"(?<trace>[0-9a-f]{32})","spanId":"(?<span>[0-9a-f]{16})"/#
    // Resources stand before their records in these files.
    let service = #/"service.name","value":\{"stringValue":"(?<name>[^"]*)"/#
    var result = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let services = line.matches(of: service).map { ($0.range.lowerBound, String($0.output.name)) }
      var place = line.startIndex
      for match in line.matches(of: pattern) {
        let name = services.last { $0.0 < match.range.lowerBound }?.1 ?? ""
        let isTaken =
          switch loss {
          case .half: stableHash(match.output.span.utf8, seed: 5) % 2 == 0
          case .services: stableHash(name.utf8, seed: 3) % 2 == 0
          case .all: true
          }
        result += line[place..<match.range.lowerBound]
        result +=
          isTaken
          ? "\"traceId\":\"\(String(repeating: "0", count: 32))\",\"spanId\":\"\(String(repeating: "0", count: 16))\""
          : String(line[match.range])
        place = match.range.upperBound
      }
      result += line[place...] + "\n"
    }
    return String(result.dropLast())
  }

  private func rows(_ store: OpenedStore, _ sql: String) throws -> [[Table.Cell]] {
    try query(store, sql: sql).rows
  }

  private func text(_ cell: Table.Cell) -> String {
    switch cell {
    case .text(let text): text
    case .integer(let number): String(number)
    case .decimal(let number): String(number)
    default: ""
    }
  }

  private func score(_ files: [Incident.File], _ loss: Loss) async throws -> Score {
    let bench = try Workbench()
    let whole = try bench.write(files, to: "whole")
    let fewer = try bench.write(files, to: "fewer")
    let logs = try #require(files.first { $0.name == "logs.jsonl" })
    try Data(stripped(String(decoding: logs.bytes, as: UTF8.self), loss).utf8)
      .write(to: URL(filePath: fewer + "/logs.jsonl"))
    func load(_ input: String, _ name: String) async throws -> OpenedStore {
      let path = bench.folder.appending(path: name).path
      _ = try await ingest(IngestRequest(inputs: [input], store: path, format: nil, workers: 2))
      return try await OpenedStore.open([path], format: nil, workers: 1, progress: nil)
    }
    let truth = try rows(
      try await load(whole, "whole.db"),
      #"select "offset", trace_id from logs where source like '%logs.jsonl' order by "offset""#)
    let found = try rows(
      try await load(fewer, "fewer.db"),
      #"""
      select "offset", trace_id, joined_trace_id, confidence from logs
      where source like '%logs.jsonl' order by "offset"
      """#)
    try #require(truth.count == found.count)
    var score = Score()
    for (a, b) in zip(truth, found) {
      try #require(text(a[0]) == text(b[0]))
      if !text(b[1]).isEmpty { continue }
      let wanted = text(a[1])
      if !wanted.isEmpty { score.taken += 1 }
      if text(b[2]).isEmpty { continue }
      score.add(
        stated: Double(text(b[3])) ?? -1, isRight: text(b[2]) == wanted, wasOutside: wanted.isEmpty)
    }
    return score
  }

  @Test(arguments: Loss.allCases)
  func `joins without ids are as sure as they say`(loss: Loss) async throws {
    var sum = Score()
    for seed in isProof ? 1...12 : 1...3 as ClosedRange<UInt64> {
      let incident = Incident(.random(seed: seed, requests: seed % 2 == 0 ? 600 : 2000))
      sum.merge(try await score(incident.files, loss))
    }
    let percent = { (share: Double) in
      "\(Int((share * 1000).rounded()) / 10).\(Int((share * 1000).rounded()) % 10) %"
    }
    print(
      "joined without ids (\(loss.rawValue)): \(sum.taken) records lost their ids, \(sum.joined) were joined,",
      "precision \(percent(sum.precision)), recall \(percent(sum.recall)), \(sum.strangers) belong to no request"
    )
    for (tenth, band) in sum.bands.enumerated() where band.count > 0 {
      let stated = band.stated / Double(band.count)
      let measured = Double(band.right) / Double(band.count)
      print(
        "  stated \(percent(stated)), measured \(percent(measured)), n \(band.count), band \(tenth)"
      )
      // Below fifty records chance alone moves the share by more.
      guard band.count >= 50 else { continue }
      // Where no record names its trace there is nothing to measure on: then less is stated than holds, never more.
      #expect(
        stated - measured <= 0.1 && (loss == .all || measured - stated <= 0.1), "band \(tenth)")
    }
    #expect(sum.taken > 300)
  }

  @Test(arguments: [Loss.half, .all])
  func `a real test runner's records find their traces again`(loss: Loss) async throws {
    let corpus = CorpusTests.corpus.appending(path: "otlp")
    let names = ["robotframework__otel-logs.json", "robotframework__otel-traces.json"]
    let bytes = names.compactMap { try? Data(contentsOf: corpus.appending(path: $0)) }
    guard bytes.count == 2 else { return print("not run: the corpus is not at \(corpus.path)") }
    let score = try await score(
      [
        .init(name: "logs.jsonl", bytes: Array(bytes[0])),
        .init(name: "traces.jsonl", bytes: Array(bytes[1])),
      ], loss)
    print(
      "real records without ids (\(loss.rawValue)): \(score.taken) lost them, \(score.joined) were joined, \(score.right) right"
    )
    #expect(score.taken >= 30 && score.precision > 0.95 && score.recall > 0.9)
  }
}
