import Foundation
import Testing
import TraceAnalysis
import TraceEngine
import TraceModel
import TraceReport

/// Telemetry of small programs, captured from real senders: aws-xray-sdk 2.15 over UDP with structlog's JSON lines beside it, Powertools
/// for AWS Lambda with CloudWatch's answer as boto3 gives it and X-Ray's, OpenTelemetry's Python SDK 1.45 with its console and its
/// OTLP JSON file exporters.
struct RealSendersTests {
  private func path(_ name: String) throws -> String {
    try #require(Bundle.module.resourceURL).appending(path: "Fixtures/real-senders/\(name)").path
  }

  /// The value of a query that has one.
  private func number(_ store: OpenedStore, _ sql: String) throws -> Int {
    let table = try query(store, sql: sql)
    guard case .integer(let value)? = table.rows.first?.first else { return -1 }
    return Int(value)
  }

  /// Loads files; how many spans, log records, and log records whose span is there.
  private func load(_ names: [String]) async throws -> (
    spans: Int, logs: Int, joined: Int, defects: [String]
  ) {
    let bench = try Workbench()
    let findings = try await bench.findings(of: names.map(path))
    let store = try await OpenedStore.open(
      [bench.folder.appending(path: "s.db").path], format: nil, workers: 1, progress: nil)
    let joined = try number(
      store,
      "select count(*) from logs l where exists (select 1 from spans s where s.trace_id = l.trace_id and s.span_id = l.span_id)"
    )
    return (
      findings.quality.spansStored, findings.input.logs, joined,
      findings.quality.defects.filter { $0.severity == "loss" }.map(\.kind)
    )
  }

  @Test func `X-Ray's SDK and structlog: four orders, their logs stand at their subsegments`()
    async throws
  {
    // Per order: segment, call of stock, block "## write", query in it. Two log records each, one failure, one line at the end.
    let read = try await load(["xray-daemon.txt", "orders.jsonl"])
    #expect(read.spans == 16 && read.logs == 10)
    #expect(read.joined == 9, "all but the line that was written outside")
    #expect(read.defects.isEmpty)
  }

  @Test func `Powertools in CloudWatch and X-Ray's answer: three invocations`() async throws {
    // Per invocation START, a line, END, REPORT; one failure more.
    let read = try await load(["receipts-batch-get-traces.json", "receipts-filter-log-events.json"])
    #expect(read.spans == 3 && read.logs == 13)
    #expect(read.joined >= 3, "REPORT names its segment")
    #expect(read.defects.isEmpty)
  }

  @Test(arguments: [
    ["console-spans.txt", "console-logs.txt"], ["otlp-spans.jsonl", "otlp-logs.jsonl"],
  ])
  func `OpenTelemetry's SDK for Python: three spans, two of three log records stand at them`(
    files: [String]
  ) async throws {
    let read = try await load(files)
    #expect(read.spans == 3 && read.logs == 3 && read.joined == 2)
    #expect(read.defects.isEmpty)
  }

  @Test func `the failed order says what failed, where, and what was logged`() async throws {
    let bench = try Workbench()
    let findings = try await bench.findings(of: [path("xray-daemon.txt"), path("orders.jsonl")])
    let group = try #require(findings.errors.first)
    #expect(group.operation.service == "orders" && group.type == "KeyError")
    #expect(group.message.contains("sku"))
    #expect(findings.exemplars.first?.failed == true)
    #expect(group.logs.contains { $0.text.contains("order failed") })
  }
}
