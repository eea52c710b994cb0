import Foundation
import Testing
import TraceIngest
import TraceModel

/// Metrics of OTLP JSON → data points: one of each kind by hand, real exports against Foundation's walk.
struct OTLPMetricTests {
  private static let minute: Int64 = 60_000_000_000
  private static let start: Int64 = 1_767_607_200_000_000_000

  @Test func `each kind gives a row a data point, exact to the last digit`() async throws {
    let read = try await collect(path: fixturePath("metrics.json"), workers: 1)
    #expect(read.summary.metricsSeen == 6 && read.points.count == 9)
    #expect(read.points.allSatisfy { $0.service == "shop" })
    let sums = read.points.filter { $0.name == "requests" }
    #expect(sums.allSatisfy { $0.row.kind == .sum && $0.row.isMonotonic && $0.unit == "1" })
    #expect(sums.map(\.row.temporality) == [2, 2, 2])
    // No double holds this number.
    #expect(sums[0].row.whole == 9_007_199_254_740_993 && sums[0].row.number == nil)
    #expect(sums[0].row.time == Self.start + Self.minute && sums[0].row.start == Self.start)
    #expect(sums[0].attributes == #"{"route":"/"}"#)
    #expect(sums[1].row.number == 2.5)
    #expect(
      sums[1].detail
        == #"{"exemplars":[{"time_ns":1767607310000000000,"value":0.5,"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","attributes":{"k":1}}]}"#
    )
    #expect(sums[2].row.hasNoValue && sums[2].row.whole == nil && sums[2].row.number == nil)
    let gauges = read.points.filter { $0.row.kind == .gauge }
    // What is left out is 0; what is no number is a gap.
    #expect(gauges.map(\.row.whole) == [7, nil, 0])
    #expect(gauges.map(\.row.hasNoValue) == [false, true, false])
    #expect(read.count(.oddNumber) == 1)
    let histogram = try #require(read.points.first { $0.row.kind == .histogram })
    #expect(histogram.row.count == 6 && histogram.row.sum == 33.5 && histogram.row.temporality == 1)
    #expect(histogram.row.least == 1 && histogram.row.most == 20)
    #expect(histogram.detail == #"{"counts":[1,2,3],"bounds":[2.5,10.0]}"#)
    let exponential = try #require(read.points.first { $0.row.kind == .exponentialHistogram })
    #expect(
      exponential.detail
        == #"{"scale":3,"zero_count":1.0,"zero_threshold":0.5,"positive":{"offset":-2,"counts":[1,2]},"negative":{"offset":0,"counts":[]}}"#
    )
    let summary = try #require(read.points.first { $0.row.kind == .summary })
    #expect(summary.row.count == 10 && summary.detail.contains(#"{"quantile":1.0,"value":0.9}"#))
    // A metric without data.
    #expect(read.count(.wrongType) == 1)
  }

  @Test(arguments: [
    "otlp/otel-tui__test_data.json", "otlp/highlight__highlight-metrics.json",
    "otlp/skywalking__data-1.json", "otlp/splunk__expected.json",
    "generated/python-otlp-json-file.metrics.jsonl",
  ])
  func `real exports give as many points as Foundation finds`(name: String) async throws {
    let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../../../../shared/corpus")
    let file = corpus.appending(path: name)
    guard FileManager.default.fileExists(atPath: file.path) else {
      print("OTLPMetricTests: not run, there is no ../shared/corpus")
      return
    }
    var points = 0
    var sum = 0.0
    func walk(_ value: Any) {
      if let list = value as? [Any] { list.forEach(walk) }
      guard let object = value as? [String: Any] else { return }
      for (key, value) in object {
        if key == "dataPoints", let list = value as? [[String: Any]] {
          points += list.count
          for point in list {
            sum += (point["asDouble"] as? NSNumber)?.doubleValue ?? 0
            sum += (point["asInt"] as? String).flatMap { Double($0) } ?? 0
          }
        } else {
          walk(value)
        }
      }
    }
    let text = try String(contentsOf: file, encoding: .utf8)
    if let whole = try? JSONSerialization.jsonObject(with: Data(text.utf8)) {
      walk(whole)
    } else {
      for line in text.split(separator: "\n") {
        if let value = try? JSONSerialization.jsonObject(with: Data(line.utf8)) { walk(value) }
      }
    }
    let read = try await collect(path: file.path)
    #expect(points > 0 && read.points.count == points)
    let own = read.points.reduce(0.0) {
      $0 + ($1.row.number ?? $1.row.whole.map { Double($0) } ?? 0)
    }
    #expect(abs(own - sum) <= abs(sum) * 1e-9)
  }
}
