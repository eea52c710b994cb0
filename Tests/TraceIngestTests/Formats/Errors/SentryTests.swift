import Foundation
import Testing
import TraceIngest
import TraceModel

struct SentryTests {
  private func checkPython(_ logs: [TrackerLog]) {
    #expect(logs.count == 3)
    guard logs.count == 3 else { return }
    #expect(logs[0].types == ["OrderRefused", "JSONDecodeError"])
    #expect(logs[0].exception["blame"] as? String == "read (/srv/shop/shop.py:9)")
    #expect(logs[0].functions(0) == ["checkout", "<module>"])
    #expect(
      logs[1].types == [
        "ExceptionGroup", "(OrderRefused)", "(JSONDecodeError)", "OrderRefused", "JSONDecodeError",
      ])
    #expect(logs[2].log.body == "stock is low")
    #expect(logs.map(\.log.row.severity) == [17, 17, 13])
    for log in logs {
      #expect(log.log.service == "shop")
      #expect(log.log.version == "1.4.2")
      #expect(log.log.host == "web-1")
      #expect(log.report["environment"] as? String == "production")
      #expect((log.report["person"] as? [String: Any])?["id"] as? String == "42")
      #expect(log.log.row.trace == TraceID(text: "132a8cf44ad34090b0aea7e755459da2"))
      #expect(log.log.row.span == SpanID(text: "87c22dd8239b7897"))
      #expect(log.log.row.time > 1_795_578_303_000_000_000)
    }
    #expect(logs[0].report["id"] as? String == "24f0cb1ee5194c41afda2a7f6042ea43")
    #expect(logs[0].log.row.time == 1_795_578_303_920_570_000)
    #expect((logs[0].attributes["breadcrumbs"] as? [String: Any]) != nil)
  }

  @Test func `events of Sentry's Python library are read`() async throws {
    let (logs, all) = try await trackerLogs("sentry-events.json")
    checkPython(logs)
    #expect(all.addsUp)
  }

  @Test func `an envelope's lines hold the same events, its transaction is counted`() async throws {
    let (logs, all) = try await trackerLogs("sentry-envelopes.txt")
    checkPython(logs)
    #expect(all.count(.unknownRecord) == 1)
    let listed = try await trackerLogs("sentry-events.json").logs
    #expect(logs.map(\.log.row.identity) == listed.map(\.log.row.identity))
  }

  @Test func `an event of the Web API is read`() async throws {
    let log = try #require(try await trackerLogs("sentry-web-event.json").logs.first)
    #expect(log.types == ["com.acme.OrderRefused", "java.lang.NullPointerException"])
    #expect(
      log.functions(1) == [
        "java.util.Objects.requireNonNull", "com.acme.Stock.take", "com.acme.Shop.main",
      ])
    #expect(log.exception["blame"] as? String == "com.acme.Stock.take (Stock.java:9)")
    #expect(log.log.row.severity == 21)
    #expect(log.log.host == "web-1")
    #expect(log.log.version == "1.4.2")
    #expect(log.log.body == "OrderRefused: order 10258")
    #expect(log.log.row.trace == TraceID(text: "4bf92f3577b34da6a3ce929d0e0e4736"))
    #expect(log.log.row.time == 1_767_607_200_000_000_000)
    #expect(log.report["environment"] as? String == "production")
  }

  @Test func `issues are records at their last event`() async throws {
    let log = try #require(try await trackerLogs("sentry-issues.json").logs.first)
    #expect(log.report["kind"] as? String == "issue")
    #expect(log.report["counter"] as? String == "SHOP-1K")
    #expect(log.report["count"] as? Int == 1234)
    #expect(log.report["users"] as? Int == 56)
    #expect(log.report["status"] as? String == "unresolved")
    #expect(log.report["first_seen_ns"] as? Int == 1_767_603_600_000_000_000)
    #expect(log.log.row.time == 1_767_607_200_500_000_000)
    #expect(log.types == ["OrderRefused"])
  }
}
