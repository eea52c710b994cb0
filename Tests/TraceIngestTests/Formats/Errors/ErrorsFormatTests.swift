import Foundation
import Testing
import TraceIngest
import TraceModel

struct ErrorsFormatTests {
  /// The table of the corpus counts no log records for these payloads of Rollbar, which were not read when it was made.
  @Test(arguments: [
    (
      "rollbar-gem__message.json", 1, 9, "Test message",
      "testing-worker-linux-docker-0201352d-3376-linux-15"
    ),
    (
      "rollbar-gem__sample.trace.json", 1, 17, "ArgumentError: invalid %-encoding (8%B)",
      "testing-worker-linux-docker-eeafdf0f-2420-linux-9"
    ),
  ])
  func `payloads of the corpus are one record each`(
    name: String, count: Int, severity: Int, body: String, host: String
  ) async throws {
    let file = URL(filePath: #filePath).pathComponents.prefix { $0 != "Tests" }
    let folder = URL(filePath: "/" + file.dropFirst().joined(separator: "/"))
    let path = folder.appending(path: "../shared/corpus/logs/\(name)").standardized.path
    guard FileManager.default.fileExists(atPath: path) else {
      print("not run: \(name) of the corpus is absent")
      return
    }
    let all = try await collect(path: path)
    #expect(all.logs.count == count)
    let log = try TrackerLog(#require(all.logs.first))
    #expect(Int(log.log.row.severity) == severity)
    #expect(log.log.body == body)
    #expect(log.log.host == host)
    guard name.contains("trace") else { return }
    // Oldest first as it was sent: `main` of the virtual machine is the last of ours.
    #expect(log.functions(0).count == 49)
    #expect(log.functions(0).last == "main")
    #expect(log.exception["language"] as? String == "ruby")
    // Above it are gems and files of the virtual machine.
    let blame = try #require(log.exception["blame"] as? String)
    #expect(blame.hasSuffix("lib/rollbar/middleware/rack/test_session.rb:8)"))
  }

  @Test(arguments: [
    ("rollbar-python.jsonl", "rollbar"), ("rollbar-items.json", "rollbar"),
    ("rollbar-instances.json", "rollbar"), ("rollbar-webhooks.jsonl", "rollbar"),
    ("rollbar-deploys.json", "rollbar"), ("rollbar-version.json", "rollbar"),
    ("rollbar-refused.json", "rollbar"), ("rollbar-crash-report.json", "rollbar"),
    ("sentry-events.json", "sentry"), ("sentry-envelopes.txt", "sentry"),
    ("sentry-web-event.json", "sentry"), ("sentry-issues.json", "sentry"),
  ])
  func `a dump is told from all other formats`(name: String, format: String) async throws {
    #expect(try await trackerLogs(name).all.summary.formatName == format)
  }

  @Test(arguments: [
    #"{"event_id":"1","message":"m","level":"info","time":"2026-01-05T10:00:00Z"}"#,
    #"{"environment":"production","message":"m","level":"info","time":"2026-01-05T10:00:00Z","body":"b"}"#,
    #"{"type":"event","message":"m","level":"info","time":"2026-01-05T10:00:00Z","data":{"body":"x"}}"#,
    #"{"counter":3,"title":"t","message":"m","level":"info","time":"2026-01-05T10:00:00Z"}"#,
    #"{"err":{"message":"x"},"result":1,"msg":"m","level":30,"time":1767607200000}"#,
  ])
  func `records of loggers with such keys stay records of loggers`(line: String) async throws {
    let all = try await collect(bytes: Array((line + "\n" + line).utf8))
    #expect(all.logs.count == 2)
    #expect(all.logs.first?.body == "m")
  }

  @Test(arguments: [
    #"{"err":0,"result":null}"#, #"{"err":0,"result":{"items":[1,"a",null,{}]}}"#,
    #"{"err":0,"result":{"instances":[{"data":{"body":{"trace":5},"level":[]}}]}}"#,
    #"{"environment":1,"body":{"trace":{"frames":{"a":1},"exception":[]}},"level":99,"timestamp":"x"}"#,
    #"{"environment":"e","body":{"trace_chain":[1,[],{"frames":[null,{"lineno":-5},{"lineno":1e300}]}]}}"#,
    #"{"event_name":"new_item","data":{"item":{},"occurrence":{"body":7}}}"#,
    #"{"event_id":"24f0cb1ee5194c41afda2a7f6042ea43","exception":{"values":[1,{"stacktrace":{"frames":7}}]},"tags":[1,[1],["a"]]}"#,
    #"{"eventID":"24f0cb1ee5194c41afda2a7f6042ea43","entries":[{"type":"exception"},{"type":"message"}]}"#,
    #"{"shortId":[],"title":{},"culprit":1,"count":"many","lastSeen":"never"}"#,
  ])
  func `odd values neither trap nor lose a record`(line: String) async throws {
    let head = #"{"err":0,"result":{"items":[]}}"# + "\n"
    let all = try await collect(bytes: Array((head + line).utf8))
    #expect(all.addsUp)
    for log in all.logs { _ = try TrackerLog(log) }
  }

  /// Each dump with bytes taken out, changed or put in, the same ones in every run.
  @Test(arguments: [
    "rollbar-python.jsonl", "rollbar-instances.json", "rollbar-webhooks.jsonl",
    "sentry-web-event.json",
    "sentry-issues.json",
  ])
  func `a damaged dump neither traps nor loses count`(name: String) async throws {
    let whole = try fixture("Errors/\(name)")
    var state: UInt64 = 5
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % max(1, bound)
    }
    for round in 0..<25 {
      var bytes = whole
      for _ in 0...random(4) {
        let place = random(bytes.count)
        switch round % 3 {
        case 0: bytes.removeSubrange(place..<min(bytes.count, place + random(60)))
        case 1: bytes[place] = Array("0\"[]{},:n".utf8)[random(9)]
        default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 90)], at: place)
        }
      }
      let all = try? await collect(bytes: bytes)
      #expect(all?.addsUp ?? true)
    }
  }
}
