import Foundation
import Testing
import TraceSimulator

struct IncidentTests {
  /// What a file of spans holds, read by Foundation.
  private struct Content {
    var spans: [[String: Any]] = []
    var hosts: [String] = []
    var logs: [[String: Any]] = []
    var broken = 0
  }

  private func read(_ file: Incident.File) throws -> Content {
    var content = Content()
    let isLines = file.name.hasSuffix("jsonl")
    let pieces = isLines ? file.bytes.split(separator: 10) : [file.bytes[...]]
    for piece in pieces {
      guard let object = try? JSONSerialization.jsonObject(with: Data(piece)) as? [String: Any]
      else {
        content.broken += 1
        continue
      }
      for resource in object["resourceSpans"] as? [[String: Any]] ?? [] {
        let spans = try items(of: resource, "scopeSpans", "spans")
        content.spans += spans
        let host = try host(of: resource)
        content.hosts += spans.map { _ in host }
      }
      for resource in object["resourceLogs"] as? [[String: Any]] ?? [] {
        content.logs += try items(of: resource, "scopeLogs", "logRecords")
      }
    }
    return content
  }

  private func items(of resource: [String: Any], _ scopes: String, _ key: String) throws
    -> [[String: Any]]
  {
    try #require(resource[scopes] as? [[String: Any]]).flatMap { $0[key] as? [[String: Any]] ?? [] }
  }

  private func host(of resource: [String: Any]) throws -> String {
    let inner = try #require(resource["resource"] as? [String: Any])
    let attributes = try #require(inner["attributes"] as? [[String: Any]])
    let host = attributes.first { $0["key"] as? String == "host.name" }
    return try #require((host?["value"] as? [String: Any])?["stringValue"] as? String)
  }

  @Test(arguments: Incident.Layout.allCases, [UInt64(4), 11])
  func `the truth counts what the files hold`(layout: Incident.Layout, seed: UInt64) throws {
    let incident = Incident(.random(seed: seed, requests: 120), layout: layout)
    let truth = incident.truth
    var spans: [[String: Any]] = []
    var logs = 0
    var brokenTraceLines = 0
    var brokenLogLines = 0
    for file in incident.files {
      let content = try read(file)
      spans += content.spans
      logs += content.logs.count
      if file.name.hasPrefix("logs") {
        brokenLogLines += content.broken
      } else {
        brokenTraceLines += content.broken
      }
    }
    let ids = Set(spans.compactMap { $0["spanId"] as? String })
    var seen: Set<String> = []
    let firsts = spans.filter { seen.insert($0["spanId"] as? String ?? "").inserted }
    #expect(spans.count == truth.spansWritten)
    #expect(ids.count == truth.spans)
    #expect(spans.count - ids.count == truth.repeatedSpans)
    #expect(Set(spans.compactMap { $0["traceId"] as? String }).count == truth.traces)
    #expect(firsts.count { $0["endTimeUnixNano"] == nil } == truth.unfinishedSpans)
    let orphans = firsts.count {
      let parent = $0["parentSpanId"] as? String ?? ""
      return !parent.isEmpty && !ids.contains(parent)
    }
    #expect(orphans == truth.orphans)
    #expect(logs == truth.logs)
    #expect(brokenTraceLines == truth.brokenTraceLines)
    #expect(brokenLogLines == truth.brokenLogLines)
  }

  @Test func `the clock offset is on exactly that host's spans`() throws {
    let scenario = Scenario.random(seed: 8, requests: 80)
    let telemetry = Simulation.run(scenario)
    var trueStart: [String: Int64] = [:]
    for span in telemetry.spans {
      let digits = String(span.id, radix: 16)
      trueStart[String(repeating: "0", count: 16 - digits.count) + digits] = span.start
    }
    let clock = try #require(telemetry.truth.wrongClocks.first)
    #expect(telemetry.truth.wrongClocks.count == 1)
    let content = try read(Incident(scenario).files[0])
    var shifted = 0
    for (span, host) in zip(content.spans, content.hosts) {
      let written = try #require(Int64(span["startTimeUnixNano"] as? String ?? ""))
      let truly = try #require(trueStart[span["spanId"] as? String ?? ""])
      #expect(written - truly == (host == clock.host ? clock.offsetNs : 0))
      if host == clock.host { shifted += 1 }
    }
    #expect(shifted > 0)
  }

  @Test func `the same seed gives the same bytes`() {
    let first = Incident(.random(seed: 6, requests: 60))
    let second = Incident(.random(seed: 6, requests: 60))
    #expect(first.files == second.files)
    #expect(first.truth == second.truth)
  }

  @Test func `error logs carry ids of spans that exist and chatter carries none`() throws {
    let incident = Incident.checkoutOutageScenarioForTests
    let ids = Set(try read(incident.files[0]).spans.compactMap { $0["spanId"] as? String })
    let logs = try read(incident.files[1]).logs
    let outside = logs.filter { ($0["traceId"] as? String ?? "").isEmpty }
    #expect(outside.count == incident.truth.logsOutsideSpans)
    #expect(outside.count > 50)
    let errors = logs.filter { $0["severityNumber"] as? Int == 17 }
    #expect(errors.count > 100)
    // Some of their spans were lost on the way, hence not all.
    let known = errors.count { ids.contains($0["spanId"] as? String ?? "") }
    #expect(known * 100 >= errors.count * 98)
  }
}

extension Incident {
  fileprivate static let checkoutOutageScenarioForTests = Incident(.checkoutOutage())
}
