import Foundation
import Testing
import TraceSimulator

struct LoadTests {
  private func written(_ load: Load) -> (bytes: [UInt8], truth: GroundTruth) {
    let file = Collected()
    let truth = load.write { file.bytes += $0 }
    return (file.bytes, truth)
  }

  private final class Collected {
    var bytes: [UInt8] = []
  }

  /// Numbers of lines on which each trace lies, and numbers of its spans.
  private func traces(_ bytes: [UInt8]) throws -> [String: (lines: Set<Int>, spans: Int)] {
    var traces: [String: (lines: Set<Int>, spans: Int)] = [:]
    for (line, text) in bytes.split(separator: 10).enumerated() {
      let object = try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any]
      for resource in try #require(object?["resourceSpans"] as? [[String: Any]]) {
        #expect(resource["resource"] != nil)
        for scope in try #require(resource["scopeSpans"] as? [[String: Any]]) {
          for span in try #require(scope["spans"] as? [[String: Any]]) {
            let id = try #require(span["traceId"] as? String)
            traces[id, default: ([], 0)].lines.insert(line)
            traces[id, default: ([], 0)].spans += 1
          }
        }
      }
    }
    return traces
  }

  @Test(arguments: Load.Shape.allCases)
  func `a load holds whole traces of 26 spans, as many as it says`(shape: Load.Shape) throws {
    let load = written(Load(spans: 1000, shape: shape))
    #expect(load.truth.spans == 1014)
    #expect(load.truth.traces == 39)
    let traces = try traces(load.bytes)
    #expect(traces.count == 39)
    #expect(traces.values.allSatisfy { $0.spans == 26 && $0.lines.count == 1 })
    #expect((500...800).contains(load.bytes.count / 1014))
  }

  @Test func `spread traces lie on many lines`() throws {
    let load = written(Load(spans: 3000, shape: .lines, isSpread: true))
    let traces = try traces(load.bytes)
    #expect(traces.values.allSatisfy { $0.spans == 26 && $0.lines.count > 10 })
    #expect(traces.values.contains { ($0.lines.max() ?? 0) - ($0.lines.min() ?? 0) > 60 })
  }

  @Test func `the resource stands before or after the spans`() throws {
    let before = String(decoding: written(Load(spans: 26, shape: .document)).bytes, as: UTF8.self)
    let after = String(
      decoding: written(Load(spans: 26, shape: .documentLate)).bytes, as: UTF8.self)
    #expect(before.hasPrefix("{\"resourceSpans\":[{\"resource\":"))
    #expect(after.hasPrefix("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{"))
    #expect(after.contains("],\"scope\":{"))
  }
}
