import Foundation
import Testing

/// Credentials planted in every format that is read, against every command that prints (design.md 10).
struct SecretsEverywhereTests {
  /// What must not be printed: each holds the word.
  private static let mark = "PLANTED"
  private static let bearer = "Bearer PLANTEDbearer0001token"
  private static let cookie = "sid=PLANTEDcookie0002; theme=dark"
  private static let awsKey = "AKIAPLANTEDKEY000003"
  private static let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.PLANTEDsignature0004"
  private static let url = "postgres://app:PLANTEDpassword0005@db.example:5432/shop"
  private static let sql = "ALTER USER app WITH PASSWORD 'PLANTEDsql0006'"
  private static let allInOne =
    "Authorization: \(bearer) | Cookie: \(cookie) | key \(awsKey) | token \(jwt) | \(url) | \(sql)"

  private static func json(_ value: Any) throws -> String {
    String(
      decoding: try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys]),
      as: UTF8.self)
  }

  private static func pairs(_ values: [String: String]) -> [[String: Any]] {
    values.sorted { $0.key < $1.key }.map { ["key": $0.key, "value": ["stringValue": $0.value]] }
  }

  private static let trace = "69a55fc3e29a680ba1f41bc8ae00b1e3"
  private static let second: Int64 = 1_772_445_635

  /// Spans with credentials in attributes, names, events and status; a log record beside them.
  private static func otlp() throws -> String {
    let attributes = pairs([
      "http.request.header.authorization": bearer, "http.request.header.cookie": cookie,
      "url.full": "https://ann:PLANTEDpassword0007@shop.example/pay?token=PLANTEDquery0008",
      "db.query.text": sql, "aws.key": awsKey, "jwt": jwt, "db.connection_string": url,
    ])
    let event: [String: Any] = [
      "name": "exception", "timeUnixNano": "\(second)100000000",
      "attributes": pairs([
        "exception.type": "LoginError", "exception.message": allInOne,
        "exception.stacktrace":
          "Traceback (most recent call last):\n  File \"/app/pay.py\", line 3, in pay\n    raise\nLoginError: \(allInOne)",
      ]),
    ]
    let span: [String: Any] = [
      "traceId": trace, "spanId": "b392eb446b1ab2ef", "name": "GET /pay?token=PLANTEDname0009",
      "kind": 2, "startTimeUnixNano": "\(second)000000000", "endTimeUnixNano": "\(second)200000000",
      "status": ["code": 2, "message": allInOne], "attributes": attributes, "events": [event],
    ]
    let log: [String: Any] = [
      "timeUnixNano": "\(second)150000000", "severityNumber": 17, "traceId": trace,
      "spanId": "b392eb446b1ab2ef", "body": ["stringValue": allInOne], "attributes": attributes,
    ]
    let resource = ["attributes": pairs(["service.name": "shop"])]
    return try json([
      "resourceSpans": [["resource": resource, "scopeSpans": [["spans": [span]]]]]
    ]) + "\n"
      + json(["resourceLogs": [["resource": resource, "scopeLogs": [["logRecords": [log]]]]]])
      + "\n"
  }

  private static func xray() throws -> String {
    try json([
      "trace_id": "1-69a55fc3-e29a680ba1f41bc8ae00b1e3", "id": "1111eb446b1ab2ef", "name": "pay",
      "parent_id": "b392eb446b1ab2ef", "start_time": 1_772_445_635.01, "end_time": 1_772_445_635.11,
      "fault": true, "user": "ann",
      "http": [
        "request": [
          "method": "GET",
          "url": "https://ann:PLANTEDpassword0010@pay.example/?token=PLANTEDquery0011",
        ],
        "response": ["status": 500],
      ],
      "cause": [
        "exceptions": [["id": "2222eb446b1ab2ef", "type": "LoginError", "message": allInOne]]
      ],
      "annotations": ["authorization": bearer],
      "metadata": ["default": ["cookie": cookie, "jwt": jwt]],
      "subsegments": [
        [
          "id": "3333eb446b1ab2ef", "name": "db", "namespace": "remote",
          "start_time": 1_772_445_635.02,
          "end_time": 1_772_445_635.03, "sql": ["url": url, "sanitized_query": sql],
        ]
      ],
    ]) + "\n"
  }

  private static func files() throws -> [String: String] {
    let message = "\(allInOne)\n"
    let iso = "2026-03-02T10:00:35.120Z"
    return [
      "traces.jsonl": try otlp(), "xray.json": try xray(),
      "cloudwatch.json": try json([
        "events": [
          [
            "timestamp": second * 1000 + 130, "message": message,
            "ingestionTime": second * 1000 + 500,
          ]
        ]
      ]),
      "docker-json.log": try json([
        "log": "\(iso) ERROR \(message)", "stream": "stderr", "time": iso,
      ]) + "\n",
      "app.jsonl": try (0..<3).map { number in
        try json([
          "time": iso, "level": "error", "msg": "\(number) \(allInOne)", "trace_id": trace,
          "headers": ["authorization": bearer, "cookie": cookie], "password": "PLANTEDfield0012",
        ])
      }.joined(separator: "\n") + "\n",
      "app.logfmt": (0..<3).map {
        "time=\(iso) level=error msg=\"\($0) \(allInOne)\" password=PLANTEDfield0013 trace_id=\(trace)"
      }.joined(separator: "\n") + "\n",
      "access.log": (0..<3).map {
        "10.0.0.\($0) - ann [02/Mar/2026:10:00:35 +0000] \"GET /pay?token=PLANTEDquery0014 HTTP/1.1\" 500 12 \"https://ann:PLANTEDpassword0015@h/\" \"curl/8\""
      }.joined(separator: "\n") + "\n",
      "server.log": (0..<3).map { "2026-03-02 10:00:35,12\($0) ERROR pay \(allInOne)" }
        .joined(separator: "\n") + "\n",
      "rollbar.json": try json([
        "access_token": "PLANTEDrollbar0016",
        "data": [
          "environment": "production", "level": "error", "timestamp": second,
          "body": [
            "trace": [
              "frames": [["filename": "/app/pay.py", "lineno": 3, "method": "pay"]],
              "exception": ["class": "LoginError", "message": allInOne],
            ]
          ],
          "request": [
            "url": "https://ann:PLANTEDpassword0017@shop.example/?token=PLANTEDquery0018",
            "headers": ["Authorization": bearer, "Cookie": cookie],
          ], "uuid": "d4c7acef55bf4c9ea95e4fe9428a8287",
        ],
      ]),
      "metrics.json": try json([
        "resourceMetrics": [
          [
            "resource": ["attributes": []],
            "scopeMetrics": [
              [
                "metrics": [
                  [
                    "name": "calls",
                    "gauge": [
                      "dataPoints": (0..<6).map { number -> [String: Any] in
                        [
                          "timeUnixNano": "\(1_767_607_200_000_000_000 + number * 10_000_000_000)",
                          "asInt": "\(number * number)",
                          "attributes": [
                            ["key": "authorization", "value": ["stringValue": bearer]]
                          ],
                        ]
                      }
                    ],
                  ]
                ]
              ]
            ],
          ]
        ]
      ]),
      "sentry.json": try json([
        "event_id": "fc6d8c0c43fc4630ad850ee518f1b9d0", "timestamp": iso, "platform": "python",
        "level": "error",
        "contexts": ["trace": ["trace_id": trace, "span_id": "b392eb446b1ab2ef"]],
        "request": [
          "url": "https://shop.example/", "headers": ["Authorization": bearer, "Cookie": cookie],
        ],
        "exception": ["values": [["type": "LoginError", "value": allInOne]]],
      ]),
    ]
  }

  @Test func `planted credentials are in no output, and how many were masked is shown`() throws {
    try inNewFolder { folder in
      let dumps = folder.appending(path: "dumps")
      try FileManager.default.createDirectory(at: dumps, withIntermediateDirectories: true)
      for (name, text) in try Self.files() {
        try Data(text.utf8).write(to: dumps.appending(path: name))
      }
      let ingested = try culprit(["ingest", "dumps", "--store", "s.db"], in: folder)
      #expect(ingested.code == 0, "\(ingested.sentences)")
      #expect(!ingested.sentences.contains("skipped"), "\(ingested.sentences)")
      let commands: [[String]] = [
        ["report", "dumps", "-o", "r.html", "-o", "r.md", "-o", "r.json"], ["report", "s.db"],
        ["traces", "s.db"], ["trace", Self.trace, "s.db"],
        ["trace", Self.trace, "s.db", "--format", "json"], ["latency", "s.db"], ["path", "s.db"],
        ["errors", "s.db"], ["errors", "s.db", "--format", "json"], ["map", "s.db"],
        ["logs", "s.db"], ["logs", "s.db", "--format", "json"],
        ["logs", "s.db", "--format", "csv"],
        ["doctor", "s.db"], ["doctor", "s.db", "--format", "json"],
        ["export", "s.db", "--format", "spans"], ["export", "s.db", "--format", "otlp"],
        ["export", "s.db", "--format", "jaeger"],
        ["query", "s.db", "select * from spans", "-n", "99"],
        ["query", "s.db", "select * from logs", "-n", "99"],
        ["query", "s.db", "select * from metrics", "-n", "99"],
        ["query", "s.db", "select * from errors", "--format", "json"],
      ]
      for command in commands {
        let result = try culprit(command, in: folder)
        #expect(result.code == 0, "\(command): \(result.sentences)")
        let printed = result.output + result.sentences
        #expect(!printed.contains(Self.mark), "\(command): \(Self.around(printed))")
      }
      for name in ["r.html", "r.md", "r.json"] {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        #expect(!text.contains(Self.mark), "\(name): \(Self.around(text))")
      }
      let markdown = try String(contentsOf: folder.appending(path: "r.md"), encoding: .utf8)
      let count = try #require(markdown.firstMatch(of: /(\d+) values? masked/))
      #expect((Int(count.1) ?? 0) > 5)
      // The store holds the data as they came, and they are printed where somebody asks for it.
      let open = try culprit(
        ["query", "s.db", "select body from logs", "--show-secrets", "--format", "json"], in: folder
      )
      #expect(open.output.contains(Self.mark))
    }
  }

  /// The neighbourhood of what should not be there.
  private static func around(_ text: String) -> String {
    guard let range = text.range(of: mark) else { return "" }
    let start =
      text.index(range.lowerBound, offsetBy: -80, limitedBy: text.startIndex) ?? text.startIndex
    let end = text.index(range.upperBound, offsetBy: 40, limitedBy: text.endIndex) ?? text.endIndex
    return String(text[start..<end])
  }
}
