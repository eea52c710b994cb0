import Foundation
import Testing
import TraceAnalysis
import TraceReport

struct JSONTests {
  @Test func `the incident's JSON is as it was`() throws {
    try expectGolden(renderJSON(Incident.findings), "incident.json")
  }

  @Test func `keys are snake case, sorted, and the schema's version is there`() throws {
    let text = renderJSON(Incident.findings)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["schema_version"] as? Int == Findings.currentSchemaVersion)
    #expect(text.contains("\"failed_p50_ns\"") && text.contains("\"time_spent\""))
    let top = text.split(separator: "\n").filter { $0.hasPrefix("  \"") }.compactMap {
      $0.split(separator: "\"").dropFirst().first
    }
    #expect(top == top.sorted() && top.count == object.count)
  }

  @Test func `all but the masked values can be read back`() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    var options = RenderOptions()
    options.showSecrets = true
    let back = try decoder.decode(
      Findings.self, from: Data(renderJSON(Incident.findings, options: options).utf8))
    #expect(back.exemplars == Incident.findings.exemplars)
    #expect(back.errors == Incident.findings.errors)
    #expect(back.latency == Incident.findings.latency)
  }

  @Test func `hostile findings give valid JSON without control characters`() throws {
    let text = renderJSON(Hostile.findings)
    _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let raw = text.unicodeScalars.filter {
      $0.value < 0x20 && $0 != "\n" || (0x7f...0x9f).contains($0.value)
        || (0x202a...0x202e).contains($0.value) || (0x2066...0x2069).contains($0.value)
    }
    #expect(raw.isEmpty)
    #expect(!text.contains("nan") && !text.contains("inf\""))
  }
}
