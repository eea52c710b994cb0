import Foundation
import Testing
import TraceIngest
import TraceModel

struct RollbarTests {
  @Test func `payloads of Rollbar's Python library are occurrences`() async throws {
    let (logs, all) = try await trackerLogs("rollbar-python.jsonl")
    #expect(logs.count == 3)
    #expect(all.addsUp)
    let chained = logs[0]
    #expect(chained.types == ["OrderRefused", "JSONDecodeError"])
    #expect(chained.functions(0) == ["checkout", "<module>"])
    #expect(chained.functions(1).first == "raw_decode")
    #expect(chained.exception["blame"] as? String == "read (/srv/shop/shop.py:9)")
    #expect(chained.exception["language"] as? String == "python")
    #expect(chained.log.row.severity == 17)
    #expect(chained.log.severityText == "error")
    #expect(chained.log.row.time == 1_795_578_295_000_000_000)
    #expect(chained.log.host == "web-1")
    #expect(chained.log.version == "1.4.2")
    #expect(chained.log.body == "OrderRefused: order 10258 cannot be read")
    #expect(chained.log.row.trace == TraceID(text: "4bf92f3577b34da6a3ce929d0e0e4736"))
    #expect(chained.report["kind"] as? String == "occurrence")
    #expect(chained.report["id"] as? String == "10e2dfb9-c447-44b3-b548-b184dfdefc25")
    #expect(chained.report["environment"] as? String == "production")
    #expect((chained.report["person"] as? [String: Any])?["username"] as? String == "ada")
    #expect(chained.attributes["url.full"] as? String == "https://shop.acme.example/orders/10258")
    let headers = (chained.attributes["request"] as? [String: Any])?["headers"] as? [String: Any]
    #expect(headers?["Cookie"] as? String == "session=1")

    #expect(logs[1].types == ["KeyError"])
    #expect(logs[1].log.row.severity == 21)
    #expect(logs[2].types.isEmpty)
    #expect(logs[2].log.body == "stock is low")
    #expect(logs[2].log.row.severity == 13)
  }

  @Test func `items are records at their last occurrence, levels are names or numbers`()
    async throws
  {
    let (logs, all) = try await trackerLogs("rollbar-items.json")
    #expect(logs.map(\.log.body) == ["KeyError: 'sku'", "stock is low"])
    #expect(logs.map(\.log.row.severity) == [17, 13])
    #expect(logs[0].log.row.time == 1_767_607_200_000_000_000)
    let report = logs[0].report
    #expect(report["kind"] as? String == "item")
    #expect(report["counter"] as? Int == 12)
    #expect(report["count"] as? Int == 41)
    #expect(report["users"] as? Int == 7)
    #expect(report["status"] as? String == "active")
    #expect(report["fingerprint"] as? String == "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567")
    #expect(report["first_seen_ns"] as? Int == 1_767_600_000_000_000_000)
    #expect(logs[1].report["level"] as? String == "warning")
    #expect(logs[1].report["status"] as? String == "active")
    #expect(logs[1].report["users"] == nil)
    #expect(all.logs[0].row.offset != all.logs[1].row.offset)
  }

  @Test func `instances are occurrences, frames of libraries are not blamed`() async throws {
    let (logs, _) = try await trackerLogs("rollbar-instances.json")
    #expect(logs.count == 2)
    #expect(logs[0].exception["language"] as? String == "node")
    #expect(logs[0].functions(0) == ["plus", "Cart.total", "render"])
    #expect(
      logs[0].exception["blame"] as? String
        == "Cart.total (https://shop.acme.example/main.3f9a1c7e.js:1)")
    #expect(logs[0].report["id"] as? Int == 990_001)
    #expect(logs[0].log.row.time == 1_767_607_200_000_000_000)
    #expect(logs[1].log.body == "stock is low")
  }

  @Test func `an occurrence is one event in every export that holds it`() async throws {
    let listed = try await trackerLogs("rollbar-instances.json").logs[0]
    let told = try await trackerLogs("rollbar-webhooks.jsonl").logs[1]
    #expect(told.report["kind"] as? String == "occurrence")
    #expect(listed.log.row.identity == told.log.row.identity)
    #expect(listed.log.row.identity != 0)
  }

  @Test func `a notification gives its item, its occurrence and its deploy`() async throws {
    let (logs, all) = try await trackerLogs("rollbar-webhooks.jsonl")
    #expect(logs.map { $0.report["kind"] as? String } == ["item", "occurrence", "deploy"])
    #expect(logs[0].report["event"] as? String == "new_item")
    #expect(logs[0].log.row.severity == 17)
    #expect(logs[2].log.body == "deploy of 9f8e7d6c to production: succeeded")
    #expect(logs[2].log.row.time == 1_767_599_060_000_000_000)
    #expect(Set(all.logs.map(\.row.offset)).count == 3)
  }

  @Test func `deploys and versions are records, a refusal is counted`() async throws {
    let deploys = try await trackerLogs("rollbar-deploys.json").logs
    #expect(deploys.map { $0.report["code_version"] as? String } == ["9f8e7d6c", "1a2b3c4d"])
    #expect(deploys.map { $0.report["status"] as? String } == ["succeeded", "failed"])
    #expect(deploys[0].report["person"] as? String == "ci")
    let version = try await trackerLogs("rollbar-version.json").logs
    #expect(version.map(\.log.body) == ["version 1.4.2 in production"])
    let refused = try await trackerLogs("rollbar-refused.json")
    #expect(refused.logs.isEmpty)
    #expect(refused.all.count(.controlMessage) == 1)
    #expect(refused.all.count(.unknownRecord) == 0)
  }

  @Test func `a crash report has the trace of the request's headers`() async throws {
    let log = try #require(try await trackerLogs("rollbar-crash-report.json").logs.first)
    #expect(log.log.body == "Exception Type:  EXC_CRASH (SIGABRT)")
    #expect(log.log.row.time == 1_767_607_200_250_000_000)
    #expect(log.log.row.trace == TraceID(text: "4bf92f3577b34da6a3ce929d0e0e4736"))
    #expect(log.log.row.span == SpanID(text: "00f067aa0ba902b7"))
    #expect(log.log.attributes.contains("kept-as-it-came"))
  }

  @Test(arguments: [
    "rollbar-python.jsonl", "rollbar-crash-report.json", "rollbar-instances.json",
    "rollbar-webhooks.jsonl",
  ])
  func `a project's token is kept nowhere`(name: String) async throws {
    let (logs, _) = try await trackerLogs(name)
    #expect(!logs.isEmpty)
    for log in logs {
      let all = log.log.body + log.log.attributes + log.log.detail
      #expect(!all.contains("0123456789abcdef0123456789abcdef"))
      #expect(!all.contains("feedface"))
      #expect(
        !all.lowercased().contains("access_token") && !all.lowercased().contains("accesstoken"))
    }
  }
}
