import Foundation
import Testing
import TraceIngest
import TraceModel

/// X-Ray's documents and CloudWatch's spans as others exported them, against the counts in `PROVENANCE.tsv`, which were taken by
/// another program.
@Suite struct XRayCorpusTests {
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
    print("XRayCorpusTests: not run, there is no ../shared/corpus")
    return nil
  }()

  /// What differs from `PROVENANCE.tsv`, and why. Everything else is equal.
  private struct Difference {
    /// The file is refused as one of no known format.
    var isUnknown = false
    /// Whole records in place of the table's number.
    var records: Int?
    /// Answers of the back end that are kept.
    var answers = 0
    var why: String
  }

  private static let differences: [String: Difference] = [
    "agentcore__raw_otel_strands_bedrock_spans.json": Difference(
      records: 50, why: "an array of fifty records, which the table counts as one document"),
    "agentcore__raw_otel_strands_bedrock_runtime_logs.json": Difference(
      records: 50, why: "an array of fifty records, which the table counts as one document"),
    "awscli-get-groups.json": Difference(answers: 2, why: "two groups"),
    "awscli-get-trace-summaries.json": Difference(
      isUnknown: true, why: "a list of addresses that --query cut out: there is no object in it"),
    "docs-filter-expressions.txt": Difference(isUnknown: true, why: "filter expressions, no data"),
    "docs-getting-01-getservicegraph-output.json": Difference(
      answers: 4, why: "four nodes of a service graph"),
    "docs-getting-02-gettracesummaries-output.json": Difference(
      answers: 2, why: "two trace summaries"),
    "docs-getting-05-reformatted-response-time-root-cause.json": Difference(
      answers: 1, why: "a root cause as a query holds it"),
    "docs-sending-04-put-answer.json": Difference(
      answers: 1, why: "one document that the back end refused"),
    "docs-segment-10-aws-block-with-plugins.json": Difference(
      isUnknown: true, why: "a member without the object around it"),
  ]

  @Test func `every X-Ray file gives the traces, spans, services and errors that are in it`()
    async throws
  {
    guard let corpus = Self.corpus else { return }
    let table = try String(contentsOf: corpus.appending(path: "PROVENANCE.tsv"), encoding: .utf8)
    var files = 0
    for line in table.split(separator: "\n").dropFirst() {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let name = columns[0]
      guard name.hasPrefix("xray/") || name.hasPrefix("aws-spans/") else { continue }
      files += 1
      let file = name.split(separator: "/").last.map(String.init) ?? ""
      let difference = Self.differences[file]
      let path = corpus.appending(path: name).path
      if difference?.isUnknown == true {
        let error = await #expect(throws: IngestError.self, "\(name)") {
          try await collect(path: path)
        }
        #expect(error?.code == .unknownFormat, "\(name)")
        continue
      }
      let read = try await collect(path: path)
      #expect(read.addsUp, "\(name)")
      #expect(
        read.summary.records == difference?.records ?? Int(columns[6]) ?? -1,
        "documents of \(name)")
      #expect(
        read.count(.brokenRecord) + read.count(.cutOffRecord)
          == Int(columns[7]) ?? -1, "malformed in \(name)")
      #expect(read.count(.unknownRecord) == 0, "unknown in \(name)")
      let traces = Set(read.spans.map(\.row.trace).filter { !$0.isAbsent })
      #expect(traces.count == Int(columns[8]) ?? -1, "traces of \(name)")
      #expect(read.spans.count == Int(columns[9]) ?? -1, "spans of \(name)")
      #expect(
        Set(read.spans.map(\.service)).count == Int(columns[10]) ?? -1,
        "services of \(name)")
      let errors = read.spans.count { $0.row.facts.status == .error }
      #expect(errors == Int(columns[11]) ?? -1, "error spans of \(name)")
      #expect(read.logs.count == Int(columns[12]) ?? -1, "log records of \(name)")
      #expect(read.count(.backEndAnswer) == difference?.answers ?? 0, "answers of \(name)")
    }
    #expect(files > 40)
  }

  /// Each document of a file as Foundation reads it, by id: the slow, obvious way.
  private func documents(_ url: URL) throws -> [[String: Any]] {
    let whole = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
    let traces = (whole?["Traces"] as? [[String: Any]]) ?? [whole ?? [:]]
    var documents: [[String: Any]] = []
    for trace in traces {
      for segment in (trace["Segments"] as? [[String: Any]]) ?? [] {
        if let text = segment["Document"] as? String {
          let document = try JSONSerialization.jsonObject(with: Data(text.utf8))
          documents.append((document as? [String: Any]) ?? [:])
        } else {
          documents.append((segment["Document"] as? [String: Any]) ?? [:])
        }
      }
    }
    return documents
  }

  @Test(arguments: [
    "servibench__matrix_app.traces.json", "servibench__matrix_app_same_end_time.trace_web.json",
    "servibench__thumbnail_app_error_fault_throttle.traces.json",
    "servibench__thumbnail_app_in_progress.traces.json",
    "docs-getting-03-batchgettraces-output.json", "servibench__todo_app.traces.json",
  ])
  func `every segment and subsegment says what Foundation's reader finds in it`(name: String)
    async throws
  {
    guard let corpus = Self.corpus else { return }
    let url = corpus.appending(path: "xray/\(name)")
    let read = try await collect(path: url.path)
    let byID = Dictionary(grouping: read.spans, by: { $0.row.id.description })
    var met = 0
    func check(_ part: [String: Any], segment: [String: Any], parent: String?) throws {
      met += 1
      let id = try #require(part["id"] as? String)
      let span = try #require(byID[id]?.first, "\(id)")
      #expect(span.service == segment["name"] as? String)
      #expect(
        span.row.parent.isAbsent
          ? (parent ?? part["parent_id"] as? String) == nil
          : span.row.parent.description == parent ?? part["parent_id"] as? String)
      // A double holds seconds of our days to 240 ns.
      let start = (part["start_time"] as? Double) ?? 0
      #expect(abs(Double(span.row.start) / 1e9 - start) < 1e-6)
      if let end = part["end_time"] as? Double {
        #expect(abs(Double(span.row.end) / 1e9 - end) < 1e-6)
      } else {
        #expect(span.row.facts[.unknownEnd])
      }
      let flags = ["error", "fault", "throttle"].contains { part[$0] as? Bool == true }
      #expect((span.row.facts.status == .error) == flags)
      let http = (part["http"] as? [String: Any])?["response"] as? [String: Any]
      #expect(span.row.facts.httpStatus == http?["status"] as? Int ?? 0)
      #expect(span.row.facts[.inferred] == (segment["inferred"] as? Bool ?? false))
      let attributes =
        try JSONSerialization.jsonObject(
          with: Data((span.attributes.isEmpty ? "{}" : span.attributes).utf8)) as? [String: Any]
      for (key, value) in part["aws"] as? [String: Any] ?? [:] where !(value is NSNull) {
        if let text = value as? String, key != "account_id" || parent != nil {
          #expect(attributes?["aws.\(key)"] as? String == text, "\(id) \(key)")
        }
      }
      for below in part["subsegments"] as? [[String: Any]] ?? [] {
        try check(below, segment: segment, parent: id)
      }
    }
    for document in try documents(url) { try check(document, segment: document, parent: nil) }
    #expect(met == read.spans.count)
    // To the nanosecond: the texts as they stand in the file.
    let text = try String(contentsOf: url, encoding: .utf8)
    let written = text.matches(of: /start_time\\?"\s*:\s*([0-9.E]+)/).compactMap {
      Decimal(string: String($0.1)).map { $0 * 1_000_000_000 }
    }
    #expect(written.sorted() == read.spans.map { Decimal($0.row.start) }.sorted())
  }
}
