import Foundation
import Testing
import TraceAnalysis
import TraceEngine
import TraceReport
import TraceSimulator

/// The same data gives the same findings, however it is cut, ordered, compressed and worked on.
struct SamenessTests {
  static let incident = Incident(.random(seed: 11, requests: isProof ? 600 : 150))

  @Test func `workers, cuts and order change nothing`() async throws {
    let bench = try Workbench()
    let files = Self.incident.files
    let whole = try await bench.findings(of: [try bench.write(files, to: "whole")], workers: 1)
    #expect(whole.input.traces > 100)
    for workers in [2, 5] {
      let other = try await bench.findings(
        of: [bench.folder.appending(path: "whole").path], workers: workers)
      #expect(differences(other, whole) == [], "\(workers) workers")
    }
    // Cut at line ends into five pieces, named so that they come in another order.
    var pieces: [Incident.File] = []
    for file in files {
      let lines = file.bytes.split(separator: 10, omittingEmptySubsequences: false)
      let share = max(1, lines.count / 5)
      for (number, start) in stride(from: 0, to: lines.count, by: share).enumerated() {
        let part = lines[start..<min(lines.count, start + share)].joined(separator: [10])
        if Array(part).isEmpty { continue }
        pieces.append(.init(name: "\(9 - number % 10)-\(file.name)", bytes: Array(part)))
      }
    }
    let cut = try await bench.findings(of: [try bench.write(pieces, to: "cut")], workers: 2)
    #expect(differences(cut.withoutPlaces, whole.withoutPlaces) == [])
    let names = try FileManager.default.contentsOfDirectory(
      atPath: bench.folder.appending(path: "cut").path)
    let reversed = names.sorted(by: >).map { bench.folder.appending(path: "cut/\($0)").path }
    let turned = try await bench.findings(of: reversed, workers: 5)
    #expect(differences(turned.withoutPlaces, cut.withoutPlaces) == [])
  }

  @Test(arguments: [Incident.Layout.document, .prettyDocument, .perService])
  func `one document, a pretty one and a file a service say the same as lines`(
    layout: Incident.Layout
  ) async throws {
    var scenario = Scenario.random(seed: 3, requests: 120)
    scenario.telemetry.brokenTraceLines = 0
    scenario.telemetry.brokenLogLines = 0
    scenario.telemetry.repeatedLinesPermille = 0
    scenario.telemetry.cutsLastTraceLine = false
    let bench = try Workbench()
    let lines = try await bench.findings(
      of: [try bench.write(Incident(scenario).files, to: "lines")])
    let other = try await bench.findings(
      of: [try bench.write(Incident(scenario, layout: layout).files, to: "other")])
    #expect(differences(other.withoutPlaces, lines.withoutPlaces) == [])
  }

  @Test func `two reports are the same bytes, and adding in two loads is the same as in one`()
    async throws
  {
    let bench = try Workbench()
    let place = try bench.write(Self.incident.files, to: "dump")
    let a = try await bench.findings(of: [place], workers: 2, store: "a.db")
    let b = try await bench.findings(of: [place], workers: 2, store: "a.db")
    let options = RenderOptions()
    #expect(renderHTML(a, options: options) == renderHTML(b, options: options))
    #expect(renderMarkdown(a, options: options) == renderMarkdown(b, options: options))
    #expect(renderJSON(a) == renderJSON(b))

    let store = bench.folder.appending(path: "two.db").path
    for name in try FileManager.default.contentsOfDirectory(atPath: place).sorted() {
      _ = try await ingest(
        IngestRequest(inputs: ["\(place)/\(name)"], store: store, format: nil, workers: 2))
    }
    let opened = try await OpenedStore.open([store], format: nil, workers: 1, progress: nil)
    let extended = try await investigate(
      InvestigateRequest(
        store: opened, window: WindowOption(since: nil, until: nil, around: nil), workers: 2,
        inputs: [store]))
    #expect(differences(extended.withoutPlaces, a.withoutPlaces) == [])
  }

  @Test(arguments: [ExportFormat.otlp, .jaeger])
  func `exports that overlap change no figure`(format: ExportFormat) async throws {
    let bench = try Workbench()
    let place = try bench.write(Self.incident.files, to: "dump")
    let once = try await bench.findings(of: [place], workers: 2, store: "once.db")
    let store = try await OpenedStore.open(
      [bench.folder.appending(path: "once.db").path], format: nil, workers: 1, progress: nil)
    var text = ""
    _ = try exportSpans(from: store, as: format, showSecrets: true) { text += $0 }
    let copy = bench.folder.appending(path: "copy.json")
    try Data(text.utf8).write(to: copy)
    let twice = try await bench.findings(of: [place, copy.path], workers: 2)
    #expect(twice.quality.spansStored > once.quality.spansStored + 1000)
    func figures(_ findings: Findings) -> Findings {
      var copy = findings.withoutPlaces
      copy.quality = once.quality
      return copy
    }
    #expect(differences(figures(twice), figures(once)) == [])
  }

  @Test func `names that are canonically equal are one service`() async throws {
    func line(_ service: String, _ digit: Int) -> String {
      #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\#(service)"}}]},"#
        + #""scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60\#(digit)","spanId":"eee19b7ec3c1b17\#(digit)","#
        + #""name":"GET /","kind":2,"startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000100000000"}]}]}]}"#
        + "\n"
    }
    let bench = try Workbench()
    let bytes = Array((line("caf\u{e9}", 1) + line("cafe\u{301}", 2)).utf8)
    let findings = try await bench.findings(
      of: [try bench.write([.init(name: "a.jsonl", bytes: bytes)], to: "dump")])
    #expect(findings.input.services == 1 && findings.latency.map(\.spans) == [2])
  }
}
