import Foundation
import Testing
import TraceIngest
import TraceModel

/// Exports made by others, against the counts in `PROVENANCE.tsv`, which were taken by another program.
@Suite struct CorpusTests {
  /// The corpus lies beside the repository; nil where there is none.
  private static let corpus: URL? = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    for shared in ["../shared", "../../shared"] {
      let folder = root.appending(path: shared + "/corpus")
      if FileManager.default.fileExists(atPath: folder.appending(path: "PROVENANCE.tsv").path) {
        return folder
      }
    }
    print("CorpusTests: not run, there is no ../shared/corpus")
    return nil
  }()

  /// Files that are refused, with the words that say what they are.
  private static let refused = [
    "generated/python-console-spans.txt": "console exporter",
    "generated/otel-demo.file-exporter.proto": "protobuf",
    "generated/otel-demo.file-exporter-legacy-zstd.json": "zstd messages with their lengths",
  ]

  @Test func `every OTLP and Tempo file gives the traces, spans, logs and metrics that are in it`()
    async throws
  {
    guard let corpus = Self.corpus else { return }
    let table = try String(contentsOf: corpus.appending(path: "PROVENANCE.tsv"), encoding: .utf8)
    var files = 0
    for line in table.split(separator: "\n").dropFirst() {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let name = columns[0]
      guard ["otlp/", "tempo/", "generated/"].contains(where: { name.hasPrefix($0) }) else {
        continue
      }
      files += 1
      let path = corpus.appending(path: name).path
      if let words = Self.refused[name] {
        let error = await #expect(throws: IngestError.self) { try await collect(path: path) }
        #expect(error?.code == .unreadFormat && error?.detail.contains(words) == true, "\(name)")
        continue
      }
      let read = try await collect(path: path)
      #expect(read.addsUp, "\(name)")
      #expect(read.summary.records == (Int(columns[6]) ?? -1), "documents of \(name)")
      #expect(read.count(.brokenRecord) == (Int(columns[7]) ?? -1), "malformed in \(name)")
      let traces = Set(read.spans.map(\.row.trace).filter { !$0.isAbsent })
      #expect(traces.count == (Int(columns[8]) ?? -1), "traces of \(name)")
      #expect(read.spans.count == (Int(columns[9]) ?? -1), "spans of \(name)")
      let errors = read.spans.count { $0.row.facts.status == .error }
      #expect(errors == (Int(columns[11]) ?? -1), "error spans of \(name)")
      #expect(read.logs.count == (Int(columns[12]) ?? -1), "log records of \(name)")
      #expect(read.summary.metricsSeen == (Int(columns[13]) ?? -1), "metrics of \(name)")
    }
    #expect(files > 35)
  }

  @Test(arguments: ["jaeger", "zipkin", "xray", "aws-spans", "datadog", "elastic"])
  func `files of other formats are refused by name or as unknown`(folder: String) async throws {
    guard let corpus = Self.corpus else { return }
    var named = 0
    var files = 0
    for file in try expandInputs([corpus.appending(path: folder).path]).prefix(60) {
      files += 1
      let error = await #expect(throws: IngestError.self, "\(file.path)") {
        try await collect(path: file.path)
      }
      if error?.code == .unreadFormat { named += 1 }
    }
    #expect(named * 2 >= files, "\(named) of \(files) named")
  }
}
