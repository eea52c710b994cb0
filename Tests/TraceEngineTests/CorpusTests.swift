import Foundation
import Testing
import TraceAnalysis
import TraceEngine
import TraceReport

/// Real exports through the whole route: what is in the store is what their provenance counts.
struct CorpusTests {
  static let corpus = root.deletingLastPathComponent().appending(path: "shared/corpus")

  struct Row: Sendable, CustomTestStringConvertible {
    var file: String
    var traces: Int
    var spans: Int
    var logs: Int
    var testDescription: String { file }
  }

  /// The rows of OTLP JSON in PROVENANCE.tsv; none, with a word about it, where the corpus is absent.
  static let rows: [Row] = {
    let table = corpus.appending(path: "PROVENANCE.tsv")
    guard let text = try? String(contentsOf: table, encoding: .utf8) else {
      print("not run: the corpus is not at \(corpus.path)")
      return []
    }
    // Length-framed files are refused with a sentence; TraceIngest's own tests hold that.
    let refused = ["file-exporter.proto", "legacy-zstd"]
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      let file = String(fields[0])
      guard fields[5] == "otlp", !refused.contains(where: file.contains) else { return nil }
      return Row(
        file: file, traces: Int(fields[8]) ?? -1, spans: Int(fields[9]) ?? -1,
        logs: Int(fields[12]) ?? -1)
    }
  }()

  @Test(.enabled(if: !rows.isEmpty, "the corpus is absent"), arguments: rows)
  func `the store and the report hold what is counted`(row: Row) async throws {
    let bench = try Workbench()
    let findings = try await bench.findings(of: [Self.corpus.appending(path: row.file).path])
    #expect(findings.quality.spansStored == row.spans)
    #expect(findings.quality.spansSeen == row.spans + findings.quality.spansDropped)
    #expect(findings.input.logs == row.logs)
    #expect(findings.input.traces == row.traces)
    #expect(renderHTML(findings, options: RenderOptions()).utf8.count > 5000)
    #expect(renderMarkdown(findings, options: RenderOptions()).contains("## 1 Verdict"))
  }
}
