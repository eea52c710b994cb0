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
    var isOTLP: Bool
    var traces: Int
    var spans: Int
    var logs: Int
    var testDescription: String { file }
  }

  /// The rows of PROVENANCE.tsv; none, with a word about it, where the corpus is absent.
  private static let rows: [Row] = {
    let table = corpus.appending(path: "PROVENANCE.tsv")
    guard let text = try? String(contentsOf: table, encoding: .utf8) else {
      print("not run: the corpus is not at \(corpus.path)")
      return []
    }
    return text.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      let file = String(fields[0])
      return Row(
        file: file, isOTLP: fields[5] == "otlp", traces: Int(fields[8]) ?? 0,
        spans: Int(fields[9]) ?? 0, logs: Int(fields[12]) ?? 0)
    }
  }()

  /// Where the log records are others than PROVENANCE.tsv counts; everything else is equal.
  private static let differences = [
    // Errors of agents and their services, which the table counts as neither spans nor logs, are log records here.
    "elastic/apm-data__errors.ndjson": 5,
    "logs/rollbar-gem__sample.trace.json": 1,
    "logs/rollbar-gem__message.json": 1,
  ]

  @Test(.enabled(if: !rows.isEmpty, "the corpus is absent"), arguments: rows)
  func `every file is read as the table counts it, or refused with a reason`(row: Row)
    async throws
  {
    let bench = try Workbench()
    let store = bench.folder.appending(path: "c.db").path
    var found = [0, 0, 0]
    do {
      let result = try await ingest(
        IngestRequest(
          inputs: [Self.corpus.appending(path: row.file).path], store: store, format: nil,
          workers: 1))
      let opened = try await OpenedStore.open([store], format: nil, workers: 1, progress: nil)
      let traces = try query(opened, sql: "select trace_id from traces").rows.count
      found = [traces, result.spans, result.logs]
    } catch let error as EngineError {
      #expect(error.code == .input && !error.sentence.isEmpty)
    }
    #expect(found == [row.traces, row.spans, Self.differences[row.file] ?? row.logs])
  }

  @Test(.enabled(if: !rows.isEmpty, "the corpus is absent"), arguments: rows.filter(\.isOTLP))
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
