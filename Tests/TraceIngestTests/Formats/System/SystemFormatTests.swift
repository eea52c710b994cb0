import Foundation
import Testing
import TraceIngest
import TraceModel

/// What one record says, worked out by hand.
private struct Expected {
  /// ISO 8601; empty: none.
  var time: String
  var severity: UInt8
  var service: String
  var host: String
  var body: String
  var trace: String

  init(
    _ time: String, _ severity: UInt8, _ service: String, _ body: String, host: String = "",
    trace: String = ""
  ) {
    (self.time, self.severity, self.service, self.body) = (time, severity, service, body)
    (self.host, self.trace) = (host, trace)
  }
}

/// Nanoseconds of an ISO time with a zone, read by Foundation but for the fraction.
private func ns(_ text: String) throws -> Int64 {
  if text.isEmpty { return 0 }
  var whole = text
  var fraction = ""
  if let dot = text.firstIndex(of: ".") {
    let digits = text[text.index(after: dot)...].prefix { $0.isNumber }
    fraction = String(digits)
    whole = String(text[..<dot] + text[digits.endIndex...])
  }
  let seconds = Int64(
    try #require(ISO8601DateFormatter().date(from: whole)).timeIntervalSince1970)
  return seconds * 1_000_000_000
    + (Int64(fraction.padding(toLength: 9, withPad: "0", startingAt: 0)) ?? 0)
}

private let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
private let none = "unknown_service"

/// One file for each shape; those of journald, util-linux' logger, Python's SysLogHandler and nginx were written by these.
@Suite struct SystemFormatTests {
  private static let google = [
    Expected(
      "2026-01-05T10:00:00.123456Z", 17, "checkout", "card refused", trace: trace),
    Expected("2026-01-05T10:00:02Z", 13, "payments", "slow"),
    Expected("2026-01-05T10:00:03Z", 13, none, "GET https://shop/x?q=1"),
    Expected(
      "2026-01-05T10:00:04Z", 10, none, #"{"@type":"t","methodName":"v1.insert"}"#, host: "77"),
  ]
  private static let apple = [
    Expected("2026-01-05T09:00:00.123456Z", 17, "Shop", "upload failed"),
    Expected("2026-01-05T09:00:01Z", 9, "locationd", "ok"),
  ]
  private static let journal = [
    Expected(
      "2026-11-25T03:25:21.322380Z", 9, "checkout",
      "order placed trace_id=\(trace) span_id=00f067aa0ba902b7", host: "vm", trace: trace),
    Expected(
      "2026-11-25T03:25:21.328668Z", 17, "checkout", "two\nlines\nand a third", host: "vm"),
    Expected(
      "2026-11-25T03:25:21.348105Z", 13, "checkout", "\u{fffd}\u{fffd} raw \u{1}", host: "vm"),
    Expected("2026-11-25T03:25:21.348121Z", 17, "payments", "card refused", host: "vm"),
    Expected("2026-11-25T03:25:21.348164Z", 5, "payments", "", host: "vm"),
    Expected("2026-11-25T03:25:21.348178Z", 10, "ten", "0123456789", host: "vm"),
  ]
  private static let octets = [
    Expected("2026-11-25T03:35:35.324619Z", 17, "shop", "card refused", host: "vm"),
    Expected("2026-11-25T03:35:35.336151Z", 10, "shop", "two\nlines", host: "vm"),
    Expected("2026-11-25T03:35:35.339547Z", 13, "shop", "last", host: "vm"),
  ]
  private static let files: [(String, String, [Expected])] = [
    (
      "docker-json-file.log", "docker",
      [
        Expected("2026-01-05T10:00:00.123456789Z", 0, "checkout", "starting"),
        Expected(
          "2026-01-05T10:00:01.000000001Z", 0, "checkout",
          String(repeating: "A", count: 16384) + "tail"),
        Expected("2026-01-05T10:00:01.000000002Z", 0, "checkout", "oops"),
        Expected("2026-01-05T10:00:02Z", 17, "checkout", "card refused", trace: trace),
        Expected("2026-01-05T10:00:03Z", 0, "checkout", "last words"),
        Expected("2026-01-05T10:09:00Z", 0, "checkout", "after restart"),
      ]
    ),
    (
      "docker-logs-t.log", "timestamped-logs",
      [
        Expected("2026-01-05T10:00:00.123456789Z", 0, none, "order placed"),
        Expected("2026-01-05T10:00:00.223456789Z", 0, none, "order shipped"),
        Expected("2026-01-05T10:00:01Z", 17, none, "card refused"),
      ]
    ),
    (
      "kubectl-timestamps.log", "timestamped-logs",
      [
        Expected("2026-01-05T10:00:00.123456789Z", 0, none, "order placed"),
        Expected("2026-01-05T10:00:00.2234567Z", 0, none, "shipped"),
        Expected("2026-01-05T10:00:01.00000001Z", 0, none, "done"),
      ]
    ),
    (
      "cri.log", "cri",
      [
        Expected("2026-01-05T10:00:00.1Z", 0, none, "card refused by bank"),
        Expected("2026-01-05T10:00:00.10005Z", 0, none, "order placed"),
        Expected("2026-01-05T10:00:01Z", 13, none, "slow"),
        Expected("2026-01-05T10:00:02Z", 0, none, "-"),
        Expected("2026-01-05T10:00:03Z", 0, none, "never ends"),
      ]
    ),
    (
      "compose.log", "compose-logs",
      [
        Expected("", 0, "checkout", "order placed"), Expected("", 17, "payments", "card refused"),
        Expected("", 0, "checkout", "done"),
      ]
    ),
    (
      "compose-times.log", "compose-logs",
      [
        Expected("2026-01-05T10:00:00.123456789Z", 0, "web", "order placed"),
        Expected("2026-01-05T10:00:00.223456789Z", 0, "shop-db", "ready"),
      ]
    ),
    (
      "kubectl-prefix.log", "pod-logs",
      [
        Expected("", 0, "checkout", "order placed"),
        Expected("2026-01-05T10:00:00.5Z", 0, "checkout", "ready"), Expected("", 0, "db", "up"),
      ]
    ),
    (
      "stern.log", "pod-logs",
      [Expected("", 0, "checkout", "order placed"), Expected("", 0, "db", "up")]
    ),
    ("journal-json.json", "journald", journal), ("journal-json-pretty.json", "journald", journal),
    ("journal-json-seq.json", "journald", journal),
    ("journal-json-sse.log", "journald-export", journal),
    ("syslog-octets.log", "syslog", octets),
    (
      "syslog-5424.log", "syslog",
      [
        Expected(
          "2003-10-11T22:14:15.003Z", 10, "evntslog", "An application event",
          host: "mymachine.example.com"),
        Expected(
          "2003-10-11T22:14:15.003Z", 21, "su", "su root failed", host: "mymachine.example.com"),
        Expected("", 17, "shop", "no time"),
        Expected("2026-01-05T09:00:00.000001Z", 9, "shop", "paid", host: "web-1", trace: trace),
      ]
    ),
    (
      "syslog-rsyslog.log", "syslog",
      [
        Expected(
          "2026-01-05T09:00:00.123456Z", 0, "shop",
          "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: bad",
          host: "web-1"),
        Expected("2026-01-05T09:00:01Z", 0, "sshd", "session opened", host: "web-1"),
        Expected("2026-01-05T09:00:02Z", 0, "kernel", "eth0 up", host: "web-1"),
      ]
    ),
    (
      "syslog-python-udp.log", "syslog",
      [
        Expected("", 9, "shop", "order placed"), Expected("", 17, "shop", "card refused"),
        Expected("", 17, "shop", "json inside", trace: trace),
      ]
    ),
    ("gcp-array.json", "google-cloud", google), ("gcp-lines.json", "google-cloud", google),
    ("gcp-single.json", "google-cloud", [google[0]]), ("apple.ndjson", "apple-log", apple),
    ("apple-array.json", "apple-log", apple),
  ]

  @Test(arguments: files.indices)
  func `each shape gives its records with time, severity, sender and text`(number: Int) async throws
  {
    let (name, format, expected) = Self.files[number]
    let read = try await collect(path: fixturePath("System/" + name))
    #expect(read.summary.formatName == format, "\(name)")
    #expect(read.addsUp)
    try #require(read.logs.count == expected.count, "\(name): \(read.logs.map(\.body))")
    for (log, hand) in zip(read.logs, expected) {
      #expect(try log.row.time == ns(hand.time), "\(name): \(log.body)")
      #expect(log.row.severity == hand.severity, "\(name): \(log.body)")
      #expect(log.service == hand.service, "\(name): \(log.body)")
      #expect(log.host == hand.host, "\(name): \(log.body)")
      #expect(log.body == hand.body, "\(name)")
      #expect(log.row.trace == TraceID(text: hand.trace), "\(name): \(log.body)")
    }
  }

  @Test func `journald's export holds binary values of any bytes, and the long ones`() async throws
  {
    let read = try await collect(path: fixturePath("System/journal-export.log"))
    let json = try await collect(path: fixturePath("System/journal-json.json"))
    #expect(read.summary.formatName == "journald-export")
    var expected = json.logs.map(\.body)
    // JSON leaves out what passes 4096 bytes, and says so.
    #expect(json.count(.droppedAtSource) == 1)
    expected[4] = String(repeating: "x", count: 5000)
    #expect(read.logs.map(\.body) == expected)
    // The same event has one identity in whatever form.
    #expect(read.logs.map(\.row.identity) == json.logs.map(\.row.identity))
    #expect(Set(read.logs.map(\.row.identity)).count == 6)
    // Its length is ten, which is a line break among the eight bytes of the length.
    #expect(read.logs[5].attributes.contains(#""NOTE":"ten bytes\n""#))
    #expect(read.logs[3].attributes.contains(#""TAG":["a","b"]"#))
    // One message is no UTF-8.
    #expect(read.summary.defects.sorted.map(\.kind) == [.repairedText])
  }

  @Test func `journald's default text keeps times, senders and every line`() async throws {
    for name in ["journal-short.log", "journal-short-iso.log"] {
      let read = try await collect(path: fixturePath("System/" + name))
      #expect(read.summary.formatName == "syslog")
      let first = try #require(read.logs.first)
      #expect(first.service == "checkout")
      #expect(first.host == "vm")
      #expect(first.body.hasPrefix("order placed"))
      if name.contains("iso") { #expect(try first.row.time == ns("2026-11-25T03:25:21Z")) }
      for word in ["two", "lines", "and a third", "blob data", "card refused", "0123456789"] {
        #expect(read.logs.contains { $0.body.contains(word) }, "\(name): \(word)")
      }
    }
  }

  @Test func `pieces that have no end are kept and counted`() async throws {
    let read = try await collect(path: fixturePath("System/cri.log"))
    #expect(read.count(.unfinishedLine) == 1)
    #expect(read.summary.records == 7)
  }

  @Test func `structured data becomes attributes without its escapes`() async throws {
    let read = try await collect(path: fixturePath("System/syslog-octets.log"))
    #expect(
      read.logs[0].attributes
        == #"{"process.pid":42,"log.syslog.msgid":"PAY","log.syslog.facility.code":16,"timeQuality.tzKnown":"1","#
        + #""timeQuality.isSynced":"0","exampleSDID@32473.path":"C:\\tmp]","exampleSDID@32473.iut":"3"}"#
    )
    let other = try await collect(path: fixturePath("System/syslog-5424.log"))
    #expect(other.logs[0].attributes.contains(#""exampleSDID@32473.eventSource":"App\"lication""#))
  }

  @Test func `an entry of Google Cloud keeps request, place and labels, and its insertId tells it`()
    async throws
  {
    let read = try await collect(path: fixturePath("System/gcp-array.json"))
    let lines = try await collect(path: fixturePath("System/gcp-lines.json"))
    #expect(read.logs[0].attributes == #"{"instanceId":"i-1"}"#)
    #expect(
      read.logs[1].attributes
        == #"{"ms":900,"code.file.path":"a.py","code.line.number":12,"code.function.name":"f"}"#)
    #expect(
      read.logs[2].attributes
        == #"{"http.request.method":"GET","url.full":"https://shop/x?q=1","http.response.status_code":404,"#
        + #""http.server.request.duration":0.123,"client.address":"1.2.3.4","http.response.size":17}"#
    )
    #expect(read.logs.map(\.row.identity) == lines.logs.map(\.row.identity))
    #expect(Set(read.logs.map(\.row.identity)).count == 4)
    #expect(read.logs[0].version == "checkout-00012-abc")
  }

  @Test func `a trace id of Apple's log is no trace`() async throws {
    let read = try await collect(path: fixturePath("System/apple.ndjson"))
    #expect(read.logs.allSatisfy { $0.row.trace.isAbsent })
    #expect(read.logs[0].attributes.contains(#""apple.trace_id":11960222732787716"#))
  }

  @Test(arguments: [
    ("S3 export", "2026-01-05T10:00:00.123Z one\n2026-01-05T10:00:00.124Z two\n"),
    (
      "Rust",
      "2026-01-05T10:00:00.123456Z  INFO shop: paid\n2026-01-05T10:00:01.123456Z ERROR shop: no\n"
    ),
    ("Python", "2026-01-05 10:00:00,123 - shop - INFO - paid\n"),
    ("loguru", "2026-01-05 10:00:00.123 | INFO     | a:b:1 - paid\n"),
    ("prose", "key = value is how it is written\nand a = b too\n"),
    ("code", "x=1\ny=2\n"),
    ("Go", "2026-01-05T10:00:00Z INFO server[1]: up\n2026-01-05T10:00:00Z WARN server[1]: up\n"),
  ])
  func `text that only looks like it is none of ours`(text: (String, String)) async throws {
    let ours: Set<String> = [
      "cri", "timestamped-logs", "syslog", "compose-logs", "pod-logs", "access-log", "logfmt",
    ]
    let read = try? await collect(bytes: Array(text.1.utf8), name: "a.log")
    #expect(!ours.contains(read?.summary.formatName ?? ""), "\(text.0)")
  }
}
