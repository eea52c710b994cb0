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
      let read = try await collect(path: path)
      #expect(read.addsUp, "\(name)")
      let parsed = try await collect(path: path, usesTapes: true)
      #expect(read.spans == parsed.spans, "spans of \(name), read from their text")
      #expect(read.summary.defects == parsed.summary.defects, "defects of \(name)")
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

  @Test(arguments: [100, 5_000, 4 << 20])
  func `the collector's protobuf file gives the rows of the JSON that it was made from`(
    chunkBytes: Int
  ) async throws {
    guard let corpus = Self.corpus else { return }
    let json = try Data(contentsOf: corpus.appending(path: "otlp/otel-tui__test_data.json"))
    // The file was made from the lines that hold traces.
    let lines = json.split(separator: 0x0a).filter { $0.starts(with: #"{"resourceSpans"#.utf8) }
    let wanted = try await collect(bytes: [UInt8](lines.joined(separator: [0x0a])))
    let path = corpus.appending(path: "generated/otel-demo.file-exporter.proto").path
    let read = try await collect(path: path, chunkBytes: chunkBytes)
    #expect(read.summary.formatName == "otlp-protobuf" && read.spans.count == 547)
    expectSameRows(read, wanted)
    #expect(read.summary.defects.entries.keys == wanted.summary.defects.entries.keys)
  }

  @Test(arguments: ["legacy", "native"], [100, 4 << 20])
  func `the collector's packed files give the rows of the JSON that they were made from`(
    layout: String, chunkBytes: Int
  ) async throws {
    guard let corpus = Self.corpus else { return }
    let json = try Data(contentsOf: corpus.appending(path: "otlp/otel-tui__test_data.json"))
    let lines = json.split(separator: 0x0a).filter { $0.starts(with: #"{"resourceSpans"#.utf8) }
    let wanted = try await collect(bytes: [UInt8](lines.prefix(6).joined(separator: [0x0a])))
    let name = "generated/otel-demo.file-exporter-\(layout)-zstd.json"
    let read = try await collect(
      path: corpus.appending(path: name).path, chunkBytes: chunkBytes)
    #expect(read.summary.formatName == "otlp" && read.spans.count == 59)
    expectSameRows(read, wanted)
  }

  @Test(arguments: [(7, "100000001"), (8, "100000038"), (9, "100000075")])
  func `the collector's S3 objects give the rows of the JSON that they were made from`(
    line: Int, name: String
  ) async throws {
    guard let corpus = Self.corpus else { return }
    let json = try Data(contentsOf: corpus.appending(path: "otlp/otel-tui__test_data.json"))
    let lines = json.split(separator: 0x0a).filter { $0.starts(with: #"{"resourceSpans"#.utf8) }
    let wanted = try await collect(bytes: [UInt8](lines[line - 1]))
    let folder = "generated/s3/year=2024/month=10/day=30/hour=12/minute=24"
    let read = try await collect(
      path: corpus.appending(path: "\(folder)/traces_\(name).json.gz").path)
    #expect(!read.spans.isEmpty)
    expectSameRows(read, wanted)
  }

  @Test func `Python's console says of its spans what its file of OTLP JSON says`() async throws {
    guard let corpus = Self.corpus else { return }
    let folder = corpus.appending(path: "generated")
    let console = try await collect(path: folder.appending(path: "python-console-spans.txt").path)
    let file = try await collect(
      path: folder.appending(path: "python-otlp-json-file.traces.jsonl").path)
    let wanted = Dictionary(uniqueKeysWithValues: file.spans.map { ($0.row.id, $0) })
    #expect(console.spans.count == 12 && wanted.count == 12)
    for span in console.spans {
      var span = span
      var other = try #require(wanted[span.row.id])
      let (told, wantedTold) = try (plain(span.detail), plain(other.detail))
      #expect(told.object == wantedTold.object && !other.scope.isEmpty)
      #expect(try plain(span.resource).object == plain(other.resource).object)
      // The console has microseconds, made of binary floats, and knows no scope and no flags.
      let times = told.times + [span.row.start, span.row.end]
      let wantedTimes = wantedTold.times + [other.row.start, other.row.end]
      #expect(times.count == wantedTimes.count)
      #expect(zip(times, wantedTimes).allSatisfy { abs($0 - $1) <= 1000 })
      other.row.facts[.remoteParent] = span.row.facts[.remoteParent]
      (span.row.start, span.row.end) = (other.row.start, other.row.end)
      (span.row.offset, span.scope) = (other.row.offset, other.scope)
      span.row.flags = other.row.flags
      (span.detail, span.resource) = (other.detail, other.resource)
      #expect(span == other)
    }
  }

  /// A stored object without what the console does not write, and its times.
  private func plain(_ object: String) throws -> (object: NSDictionary, times: [Int64]) {
    var times: [Int64] = []
    func cut(_ value: Any) -> Any {
      switch value {
      case let list as [Any]: return list.map(cut)
      case var members as [String: Any]:
        members["trace_state"] = nil
        members["flags"] = nil
        if let time = members.removeValue(forKey: "time_ns") as? NSNumber {
          times.append(time.int64Value)
        }
        return members.mapValues(cut)
      default: return value
      }
    }
    let parsed = try JSONSerialization.jsonObject(
      with: Data((object.isEmpty ? "{}" : object).utf8))
    return (cut(parsed) as? NSDictionary ?? [:], times)
  }

  @Test func `the runtime logs of aws-spans are as many records as the table counts`() async throws
  {
    guard let corpus = Self.corpus else { return }
    let name = "aws-spans/agentcore__raw_otel_strands_bedrock_runtime_logs.json"
    let read = try await collect(path: corpus.appending(path: name).path)
    #expect(read.addsUp && read.logs.count == 50)
    // 49 as OpenTelemetry writes them, one as the agent's own logger does, with a request id alone.
    #expect(read.logs.count { !$0.row.trace.isAbsent && !$0.row.span.isAbsent } == 49)
    #expect(read.logs.allSatisfy { $0.row.time != 0 && $0.row.severity == 9 })
  }

  /// Log records of Elastic's files: errors, which the table counts as nothing.
  private static let elasticErrors = ["elastic/apm-data__errors.ndjson": 5]

  @Test
  func
    `every Datadog and Elastic file gives the traces, spans, services and errors that are in it`()
    async throws
  {
    guard let corpus = Self.corpus else { return }
    let table = try String(contentsOf: corpus.appending(path: "PROVENANCE.tsv"), encoding: .utf8)
    var files = 0
    for line in table.split(separator: "\n").dropFirst() {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let name = columns[0]
      guard name.hasPrefix("datadog/") || name.hasPrefix("elastic/") else { continue }
      files += 1
      let read = try await collect(path: corpus.appending(path: name).path)
      #expect(read.addsUp && read.count(.brokenRecord) + read.count(.unknownRecord) == 0, "\(name)")
      // The table counts a Datadog file as one document, of which each span is a record here.
      let records = name.hasPrefix("datadog/") ? columns[9] : columns[6]
      #expect(read.summary.records == Int(records) ?? -1, "documents of \(name)")
      #expect(Set(read.spans.map(\.row.trace)).count == Int(columns[8]) ?? -1, "traces of \(name)")
      #expect(read.spans.count == Int(columns[9]) ?? -1, "spans of \(name)")
      #expect(
        Set(read.spans.map(\.service)).count == Int(columns[10]) ?? -1, "services of \(name)")
      let errors = read.spans.count { $0.row.facts.status == .error }
      #expect(errors == Int(columns[11]) ?? -1, "error spans of \(name)")
      #expect(read.logs.count == Self.elasticErrors[name] ?? 0, "log records of \(name)")
    }
    #expect(files == 8)
  }

  @Test
  func `every Jaeger and Zipkin file gives the traces, spans, services and errors that are in it`()
    async throws
  {
    guard let corpus = Self.corpus else { return }
    let table = try String(contentsOf: corpus.appending(path: "PROVENANCE.tsv"), encoding: .utf8)
    var files = 0
    for line in table.split(separator: "\n").dropFirst() {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let name = columns[0]
      guard name.hasPrefix("jaeger/") || name.hasPrefix("zipkin/") else { continue }
      files += 1
      let read = try await collect(path: corpus.appending(path: name).path)
      #expect(read.addsUp && read.count(.brokenRecord) + read.count(.unknownRecord) == 0, "\(name)")
      // The table counts an array of spans as one document, of which each span is a record here.
      let isList = name.hasPrefix("zipkin/") || name.hasSuffix("jaeger__trace_success.json")
      let records =
        isList
        ? read.summary.records == read.spans.count || read.summary.records == Int(columns[6])
        : read.summary.records == Int(columns[6])
      #expect(records, "documents of \(name)")
      #expect(Set(read.spans.map(\.row.trace)).count == Int(columns[8]) ?? -1, "traces of \(name)")
      #expect(read.spans.count == Int(columns[9]) ?? -1, "spans of \(name)")
      #expect(
        Set(read.spans.map(\.service)).count == Int(columns[10]) ?? -1, "services of \(name)")
      // The table counts a tag `error` that is true; of Zipkin any. Errors in words and in logs are more.
      let errors = read.spans.count {
        name.hasPrefix("zipkin/")
          ? $0.row.facts[.errorTag] : $0.attributes.contains(#""error":true"#)
      }
      #expect(errors == Int(columns[11]) ?? -1, "error spans of \(name)")
    }
    #expect(files > 110)
  }

  /// One span as the slow, obvious way reads it: Foundation's JSON, line by line.
  private struct Expected {
    var trace: String
    var span: String
    var parent: String
    var start: String
    var end: String
    var name: String
    var service: String
    var attributes: NSDictionary
    var events: Int
  }

  private func plain(_ value: Any?) -> Any {
    guard let value = value as? [String: Any] else { return NSNull() }
    if let text = value["stringValue"] { return text }
    if let flag = value["boolValue"] { return flag }
    if let number = value["intValue"] {
      return NSNumber(value: Int64("\(number)") ?? 0)
    }
    if let number = value["doubleValue"] { return number }
    if let array = value["arrayValue"] as? [String: Any] {
      return ((array["values"] as? [Any]) ?? []).map { plain($0) }
    }
    if let list = value["kvlistValue"] as? [String: Any] { return dictionary(list["values"]) }
    return value["bytesValue"] ?? NSNull()
  }

  private func dictionary(_ list: Any?) -> NSDictionary {
    let result = NSMutableDictionary()
    for case let pair as [String: Any] in (list as? [Any]) ?? [] {
      result[(pair["key"] as? String) ?? ""] = plain(pair["value"])
    }
    return result
  }

  private func expected(_ url: URL) throws -> [Expected] {
    var spans: [Expected] = []
    for line in try Data(contentsOf: url).split(separator: 0x0a) {
      let document = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
      for case let group as [String: Any] in (document?["resourceSpans"] as? [Any]) ?? [] {
        let resource = dictionary((group["resource"] as? [String: Any])?["attributes"])
        for case let scope as [String: Any] in (group["scopeSpans"] as? [Any]) ?? [] {
          for case let span as [String: Any] in (scope["spans"] as? [Any]) ?? [] {
            func text(_ key: String) -> String { span[key].map { "\($0)" } ?? "" }
            spans.append(
              Expected(
                trace: text("traceId"), span: text("spanId"), parent: text("parentSpanId"),
                start: text("startTimeUnixNano"), end: text("endTimeUnixNano"), name: text("name"),
                service: (resource["service.name"] as? String) ?? "unknown_service",
                attributes: dictionary(span["attributes"]),
                events: (span["events"] as? [Any])?.count ?? 0))
          }
        }
      }
    }
    return spans
  }

  @Test(arguments: [
    "otlp/otel-tui__test_data.json", "otlp/robotframework__otel-traces.json",
    "generated/python-otlp-json-file.traces.jsonl",
  ])
  func `every span says what Foundation's reader finds in it`(name: String) async throws {
    guard let corpus = Self.corpus else { return }
    let expected = try expected(corpus.appending(path: name))
    let read = try await collect(path: corpus.appending(path: name).path, chunkBytes: 100_000)
    try #require(read.spans.count == expected.count)
    for (span, wanted) in zip(read.spans, expected) {
      #expect(span.row.trace.description == wanted.trace.lowercased())
      #expect(span.row.id.description == wanted.span.lowercased())
      #expect(
        span.row.parent.isAbsent
          ? wanted.parent.isEmpty : span.row.parent.description == wanted.parent)
      #expect(String(span.row.start) == wanted.start && String(span.row.end) == wanted.end)
      #expect(span.service == wanted.service)
      let attributes = try JSONSerialization.jsonObject(
        with: Data((span.attributes.isEmpty ? "{}" : span.attributes).utf8))
      #expect(
        (attributes as? NSDictionary)?.isEqual(to: wanted.attributes as? [AnyHashable: Any] ?? [:])
          == true)
      let detail =
        try JSONSerialization.jsonObject(
          with: Data((span.detail.isEmpty ? "{}" : span.detail).utf8)) as? [String: Any]
      #expect((detail?["name"] as? String ?? span.operation) == wanted.name)
      #expect(((detail?["events"] as? [Any])?.count ?? 0) == wanted.events)
    }
  }
}
