import TraceAnalysis
import TraceModel

/// One believable incident as findings: ledger's connection pool runs dry at 10:07:03, payment and checkout fail with
/// it, a retry saves some requests, a recommendation's error is handled, and one host's clock is 400 ms behind.
enum Incident {
  static let start: Int64 = 1_772_359_200_000_000_000  // 2026-03-01T10:00:00Z
  static let second: Int64 = 1_000_000_000
  static let ms: Int64 = 1_000_000
  static let since = start + 423 * second

  static func op(_ service: String, _ name: String, _ kind: String = "server") -> Operation {
    Operation(service: service, kind: kind, name: name)
  }

  static let pay = op("checkout", "POST /checkout")
  static let postEntry = op("ledger", "ledger.Entries/Post")
  static let acquire = op("ledger", "pool acquire", "internal")

  static let path = [
    acquire, postEntry, op("payment", "ledger.Entries/Post", "client"),
    op("payment", "payment.Charges/Create"), op("checkout", "payment.Charges/Create", "client"),
    pay, op("gateway", "POST /api/checkout", "client"), op("gateway", "POST /api/checkout"),
  ]

  static func id(_ number: Int) -> String {
    let text = String(UInt64(number) &* 0x9e37_79b9_7f4a_7c15 ^ 0x5bf0_3635, radix: 16)
    let half = String(repeating: "0", count: 16 - text.count) + text
    return String(half.reversed()) + half
  }

  /// A repeatable number in 0..<`limit`.
  static func dice(_ seed: Int, _ limit: Int) -> Int {
    Int((UInt64(seed &+ 77) &* 6_364_136_223_846_793_005 >> 33) % UInt64(limit))
  }

  static func share(_ count: Int, _ total: Int, _ low: Double, _ high: Double) -> Findings.Share {
    Findings.Share(count: count, total: total, low: low, high: high)
  }

  static let findings: Findings = {
    var f = Findings()
    f.input = input()
    f.verdict = verdict()
    f.impact = impact()
    f.causes = causes()
    f.timeline = timeline()
    f.timeSpent = timeSpent()
    f.errors = errors()
    f.errorGroupCount = 14
    f.exceptions = IncidentExceptions.groups
    f.exceptionGroupCount = 2
    f.otherItems = IncidentExceptions.otherItems
    f.backEnd = IncidentExceptions.backEnd
    f.map = map()
    f.latency = latency()
    f.operationCount = 41
    f.exemplars = [
      IncidentTraces.failed(), IncidentTraces.saved(), IncidentTraces.background(),
    ]
    f.quality = quality()
    f.method = [
      "A request is a trace, seen at its primary root; percentiles are nearest-rank on exact lengths.",
      "Intervals of shares are Wilson's at 95 %; intervals of percentiles resample traces, not spans.",
      "An error begins at a failed span without failed children; its way up ends where a span did not fail.",
      "Clocks are corrected per host, so that a callee lies within its caller; raw times are kept.",
    ]
    f.reproduce = [
      .init(purpose: "This report", command: "culprit report samples/ -o incident.html"),
      .init(purpose: "The ledger of errors", command: "culprit errors samples/"),
      .init(
        purpose: "The slowest requests of checkout",
        command:
          "culprit query incident.db \"select trace_id, duration_ns from spans where service = 'checkout' order by 2 desc limit 10\""
      ),
    ]
    return f
  }()

  private static func input() -> Findings.InputSummary {
    var input = Findings.InputSummary()
    input.sources = [
      .init(
        name: "samples/traces-1.jsonl.gz", format: "OTLP JSON", compression: "gzip",
        bytes: 48_200_311, spans: 70_112, logs: 0, remark: ""),
      .init(
        name: "samples/traces-2.jsonl", format: "OTLP JSON", compression: "none",
        bytes: 31_004_118, spans: 42_310, logs: 0, remark: "3 records skipped"),
      .init(
        name: "samples/logs.jsonl", format: "OTLP JSON", compression: "none", bytes: 6_118_004,
        spans: 0, logs: 9_204, remark: ""),
      .init(
        name: "samples/notes.txt", format: "", compression: "none", bytes: 812, spans: 0, logs: 0,
        remark: "no known format"),
    ]
    input.traces = 10_412
    input.spans = 112_422
    input.logs = 9_204
    input.services = 8
    input.firstNs = start
    input.lastNs = start + 1800 * second
    return input
  }

  private static func verdict() -> Findings.Verdict {
    var verdict = Findings.Verdict()
    verdict.kind = .errors
    verdict.headline =
      "ledger could not get a database connection, and checkout failed for one request in nine."
    verdict.lines = [
      "Since 10:07:03: before, 0 of 2,431 requests failed; after, 412 of 7,981.",
      "It hurt POST /api/checkout (11.4 % failed) and POST /api/refund (4.02 %); browsing was not touched.",
      "387 of the 412 failed requests go back to PoolTimeoutError in ledger; no other origin explains more than 19.",
    ]
    verdict.operation = acquire
    verdict.sinceNs = since
    verdict.nextSteps = [
      .init(
        "Look at ledger's connection pool: 20 connections, all in use from 10:07:01 (log line 'pool exhausted', 1,204 times)."
      ),
      .init("See who holds them", command: "culprit trace \(id(1)) samples/"),
      .init(
        "Give payment's call to ledger a retry with a delay: all 96 calls that were retried after 200 ms were made good."
      ),
    ]
    return verdict
  }

  private static func impact() -> Findings.Impact {
    var impact = Findings.Impact()
    impact.failed = share(412, 10_412, 0.0360, 0.0435)
    impact.saved = share(96, 10_412, 0.0076, 0.0112)
    impact.endpoints = [
      .init(
        operation: op("gateway", "POST /api/checkout"), failed: share(387, 3_395, 0.1037, 0.1251),
        p50Ns: 312 * ms, p95Ns: 5_120 * ms, failedP50Ns: 5_031 * ms),
      .init(
        operation: op("gateway", "POST /api/refund"), failed: share(25, 622, 0.0274, 0.0586),
        p50Ns: 280 * ms, p95Ns: 4_870 * ms, failedP50Ns: 5_018 * ms),
      .init(
        operation: op("gateway", "GET /api/products/{id}"), failed: share(0, 6_340, 0, 0.0006),
        p50Ns: 41 * ms, p95Ns: 118 * ms, failedP50Ns: nil),
      .init(
        operation: op("gateway", "GET /api/orders/{id}/invoice.pdf"),
        failed: share(0, 55, 0, 0.0653), p50Ns: 903 * ms, p95Ns: nil, failedP50Ns: nil),
    ]
    impact.endpointCount = 4
    impact.incomplete = 37
    impact.probes = 360
    return impact
  }

  private static func causes() -> [Findings.Cause] {
    [
      .init(
        kind: .errors, operation: acquire, title: "ledger runs out of database connections",
        share: 0.9393, requests: 387,
        evidenceFor: [
          .init(
            sentence: "387 of 412 failed requests begin with PoolTimeoutError in 'pool acquire'.",
            traces: [id(1), id(11)]),
          .init(sentence: "None of these errors occurs before 10:07:03, in 2,431 requests."),
          .init(
            sentence:
              "ledger logs 'pool exhausted: 20 of 20 in use' 1,204 times, first at 10:07:01.",
            traces: [id(12)]),
        ],
        evidenceAgainst: [
          .init(
            sentence:
              "Why the connections are held cannot be seen: postgres sends no spans of its own.")
        ]),
      .init(
        kind: .errors, operation: op("payment", "POST /v1/authorise", "client"),
        title: "fraud-check answers 503", share: 0.0461, requests: 19,
        evidenceFor: [
          .init(
            sentence: "19 failed requests begin with HTTP 503 from fraud-check.", traces: [id(21)])
        ],
        evidenceAgainst: [
          .init(sentence: "Such answers occur before 10:07:03 as well (7 in 2,431 requests)."),
          .init(sentence: "115 more were retried, and 96 of these made good."),
        ]),
      .init(
        kind: .latency, operation: op("catalog", "SELECT products", "client"),
        title: "catalog waits longer for postgres", share: 0.21, requests: 109,
        evidenceFor: [
          .init(
            sentence: "It holds 21.0 % of the critical path of the slow requests, 3.1 % of all.")
        ],
        evidenceAgainst: []),
    ]
  }

  static func timeline() -> [Findings.TimeBin] {
    (0..<60).map { index in
      let requests = 150 + dice(index, 40) + (index % 12 == 0 ? 14 : 0)
      let isAfter = index >= 14 && index < 46
      let failed = isAfter ? 6 + dice(index + 100, 14) - (index > 40 ? 4 : 0) : 0
      let saved = isAfter ? dice(index + 200, 6) : dice(index + 200, 9) / 8
      return Findings.TimeBin(
        startNs: start + Int64(index) * 30 * second, widthNs: 30 * second, requests: requests,
        failed: failed, saved: saved,
        p50Ns: Int64(48 + dice(index + 300, 14) + (isAfter ? 30 : 0)) * ms,
        maxNs: Int64(isAfter ? 4_900 + dice(index, 700) : 640 + dice(index, 420)) * ms)
    }
  }

  private static func timeSpent() -> [Findings.TimeSelection] {
    func rows(_ parts: [(Operation, Double)], _ total: Int64, _ traces: Int) -> [Findings.PathRow] {
      parts.enumerated().map { index, part in
        let time = Int64(Double(total) * part.1)
        return Findings.PathRow(
          operation: part.0, share: part.1, criticalPathNs: time, inclusiveNs: time * 5 / 3,
          selfNs: time * 6 / 5, traces: traces - index * 31, spans: traces * 2 - index * 17,
          exemplar: .init(
            trace: id(index % 3 == 0 ? 1 : index + 30), span: "00f067aa0ba902b\(index % 10)"))
      }
    }
    return [
      .init(
        name: "all", description: "all requests whose root is in the data", traces: 10_375,
        totalNs: 1_904 * second,
        rows: rows(
          [
            (acquire, 0.412), (op("catalog", "SELECT products", "client"), 0.131),
            (op("gateway", "GET /api/products/{id}"), 0.112), (pay, 0.084),
            (op("payment", "POST /v1/authorise", "client"), 0.071),
            (op("catalog", "catalog.Products/Get"), 0.052), (postEntry, 0.038),
            (op("inventory", "inventory.Stock/Reserve"), 0.031),
            (op("cart", "cart.Carts/Get"), 0.022), (op("gateway", "POST /api/checkout"), 0.016),
            (op("payment", "payment.Charges/Create"), 0.011),
          ], 1_904 * second, 10_375), rowCount: 31),
      .init(
        name: "slow", description: "requests longer than their endpoint's 95th percentile",
        traces: 519, totalNs: 1_071 * second,
        rows: rows(
          [
            (acquire, 0.704), (op("catalog", "SELECT products", "client"), 0.102),
            (op("payment", "POST /v1/authorise", "client"), 0.061), (pay, 0.033),
            (postEntry, 0.028),
            (op("gateway", "POST /api/checkout"), 0.012),
          ], 1_071 * second, 519), rowCount: 22),
    ]
  }

  static func log(
    _ at: Int64, _ severity: String, _ service: String, _ text: String, _ span: String? = nil
  ) -> Findings.LogLine {
    Findings.LogLine(
      timeNs: at, severity: severity, service: service, text: text,
      span: span.map { Findings.SpanReference(trace: id(1), span: $0) })
  }

  private static func errors() -> [Findings.ErrorGroup] {
    func spark(_ top: Int, from: Int, to: Int) -> [Int] {
      (0..<60).map { $0 >= from && $0 < to ? 1 + dice($0 + top, top) : 0 }
    }
    return [
      .init(
        operation: acquire, blame: .local, peer: "", type: "PoolTimeoutError",
        message: "no connection within 5000 ms (20 of 20 in use, 131 waiting)", count: 483,
        traces: 483, reachedClient: 387, reachedBackground: 0, handled: 96, retried: 96,
        cancelled: 0, path: path, pathCount: 387, firstNs: since, lastNs: start + 1381 * second,
        sparkline: spark(14, from: 14, to: 46),
        exemplars: [
          .init(trace: id(1), span: "00f067aa0ba902b7"), .init(trace: id(11), span: "a1"),
        ],
        logs: [
          log(
            since - 2 * second, "ERROR", "ledger", "pool exhausted: 20 of 20 in use, 131 waiting"),
          log(since, "WARN", "ledger", "acquire gave up after 5000 ms"),
        ]),
      .init(
        operation: op("payment", "POST /v1/authorise", "client"), blame: .remote,
        peer: "fraud-check", type: "HTTP 503", message: "upstream connect error", count: 134,
        traces: 134, reachedClient: 19, reachedBackground: 0, handled: 115, retried: 115,
        cancelled: 0,
        path: [
          op("payment", "POST /v1/authorise", "client"), op("payment", "payment.Charges/Create"),
          op("checkout", "payment.Charges/Create", "client"), pay,
          op("gateway", "POST /api/checkout"),
        ], pathCount: 19, firstNs: start + 61 * second, lastNs: start + 1744 * second,
        sparkline: spark(4, from: 2, to: 58), exemplars: [.init(trace: id(21), span: "b1")],
        logs: []),
      .init(
        operation: op("checkout", "inventory.Stock/Reserve", "client"), blame: .timeout,
        peer: "inventory", type: "gRPC 4", message: "context deadline exceeded", count: 6,
        traces: 6, reachedClient: 6, reachedBackground: 0, handled: 0, retried: 0, cancelled: 2,
        path: [
          op("checkout", "inventory.Stock/Reserve", "client"), pay,
          op("gateway", "POST /api/checkout"),
        ], pathCount: 6, firstNs: start + 803 * second, lastNs: start + 1190 * second,
        sparkline: spark(1, from: 26, to: 32), exemplars: [.init(trace: id(41), span: "c1")],
        logs: []),
      .init(
        operation: op("mailer", "receipts process", "consumer"), blame: .local, peer: "",
        type: "TemplateError", message: "variable 'amount' is missing", count: 31, traces: 31,
        reachedClient: 0, reachedBackground: 31, handled: 0, retried: 0, cancelled: 0,
        path: [op("mailer", "receipts process", "consumer")], pathCount: 31,
        firstNs: since + 4 * second, lastNs: start + 1400 * second,
        sparkline: spark(2, from: 15, to: 46), exemplars: [.init(trace: id(3), span: "d1")],
        logs: [
          log(
            since + 4 * second, "ERROR", "mailer",
            "cannot render receipt.html: variable 'amount' is missing")
        ]),
      .init(
        operation: op("recommend", "GET model", "client"), blame: .remote, peer: "redis",
        type: "ConnectionResetError", message: "connection reset by peer", count: 212, traces: 201,
        reachedClient: 0, reachedBackground: 0, handled: 212, retried: 0, cancelled: 0,
        path: [op("recommend", "GET model", "client")], pathCount: 212,
        firstNs: start + 12 * second, lastNs: start + 1790 * second,
        sparkline: spark(7, from: 0, to: 60), exemplars: [.init(trace: id(51), span: "e1")],
        logs: []),
    ]
  }

  private static func map() -> Findings.ServiceMap {
    func node(
      _ name: String, _ requests: Int, _ errors: Int, _ origins: Int, _ p50: Int64?, _ p95: Int64?,
      peer: Bool = false
    ) -> Findings.ServiceNode {
      .init(
        name: name, isPeer: peer, requests: requests, errors: errors, origins: origins,
        p50Ns: p50.map { $0 * ms }, p95Ns: p95.map { $0 * ms }, selfNs: Int64(requests) * 4 * ms)
    }
    func edge(
      _ caller: String, _ callee: String, _ requests: Int, _ errors: Int, _ p50: Int64?,
      _ p95: Int64?, detached: Bool = false
    ) -> Findings.ServiceEdge {
      .init(
        caller: caller, callee: callee, isDetached: detached, requests: requests, errors: errors,
        p50Ns: p50.map { $0 * ms }, p95Ns: p95.map { $0 * ms })
    }
    var map = Findings.ServiceMap()
    map.nodes = [
      node("cart", 3_395, 0, 0, 8, 21), node("catalog", 9_735, 0, 0, 22, 71),
      node("checkout", 4_017, 412, 6, 241, 5_090), node("gateway", 10_412, 412, 0, 62, 1_904),
      node("inventory", 3_395, 0, 0, 19, 64), node("ledger", 4_113, 483, 483, 28, 5_004),
      node("mailer", 3_530, 31, 31, 44, 130), node("payment", 4_017, 406, 0, 120, 5_060),
      node("recommend", 6_340, 0, 212, 14, 39),
      node("fraud-check", 4_132, 134, 0, 61, 190, peer: true),
      node("postgres", 17_800, 0, 0, 4, 31, peer: true),
      node("redis", 12_680, 212, 0, 1, 3, peer: true),
    ]
    map.edges = [
      edge("cart", "redis", 6_340, 0, 1, 3), edge("catalog", "postgres", 9_735, 0, 9, 41),
      edge("checkout", "cart", 3_395, 0, 8, 21), edge("checkout", "inventory", 3_395, 6, 19, 64),
      edge("checkout", "mailer", 3_530, 31, 44, 130, detached: true),
      edge("checkout", "payment", 4_017, 406, 120, 5_060),
      edge("gateway", "catalog", 6_340, 0, 22, 71),
      edge("gateway", "checkout", 4_017, 412, 241, 5_090),
      edge("gateway", "recommend", 6_340, 0, 14, 39),
      edge("inventory", "postgres", 3_395, 0, 4, 12),
      edge("ledger", "postgres", 3_630, 0, 3, 14),
      edge("payment", "fraud-check", 4_132, 134, 61, 190),
      edge("payment", "ledger", 4_113, 483, 28, 5_004),
      edge("recommend", "redis", 6_340, 212, 1, 3),
      edge("inventory", "catalog", 3_395, 0, 12, 30), edge("mailer", "checkout", 55, 0, 40, nil),
    ]
    map.nodeCount = 12
    map.edgeCount = 16
    return map
  }

  static func histogram(_ centre: Int, _ count: Int, tail: Int = 0, errors: Int = 0)
    -> [Findings.HistogramBin]
  {
    var bins: [Findings.HistogramBin] = []
    for step in 0..<56 {
      let octave = step / 4
      let low = Int64(1) << (20 + octave)
      let quarter = low / 4
      let from = low + quarter * Int64(step % 4)
      let distance = abs(step - centre)
      var held = distance < 9 ? count / (1 + distance * distance) : 0
      if tail > 0, step == 49 || step == 50 { held += tail / 2 }
      let failed = step == 49 || step == 50 ? min(held, errors / 2) : 0
      if held > 0 {
        bins.append(.init(lowNs: from, highNs: from + quarter, count: held, errors: failed))
      }
    }
    return bins
  }

  private static func latency() -> [Findings.LatencyRow] {
    func row(
      _ operation: Operation, _ spans: Int, _ traces: Int, _ errors: Int, _ values: [Int64?],
      _ missing: [Int], _ histogram: [Findings.HistogramBin], entry: Bool = true
    ) -> Findings.LatencyRow {
      let percentiles = zip([50, 90, 95, 99], zip(values, missing)).map {
        Findings.Percentile(
          percent: $0, valueNs: $1.0.map { $0 * ms }, lowNs: $1.0.map { $0 * ms * 9 / 10 },
          highNs: $1.0.map { $0 * ms * 11 / 10 }, tracesMissing: $1.1)
      }
      return .init(
        operation: operation, isEntry: entry, spans: spans, traces: traces, errors: errors,
        totalNs: Int64(spans) * (values[0] ?? 200) * ms, selfNs: Int64(spans) * 3 * ms,
        maxNs: 5_214 * ms, percentiles: percentiles, histogram: histogram,
        exemplar: .init(trace: id(1), span: "00f067aa0ba902b7"))
    }
    let none = [0, 0, 0, 0]
    return [
      row(
        op("gateway", "POST /api/checkout"), 3_395, 3_395, 387, [312, 4_980, 5_120, 5_204], none,
        histogram(33, 900, tail: 400, errors: 387)),
      row(
        pay, 3_395, 3_395, 387, [289, 4_962, 5_090, 5_180], none,
        histogram(32, 910, tail: 400, errors: 387)),
      row(
        op("payment", "payment.Charges/Create"), 4_017, 4_017, 406, [120, 4_921, 5_060, 5_101],
        none,
        histogram(27, 1_200, tail: 420, errors: 406)),
      row(
        postEntry, 4_113, 4_017, 483, [28, 4_890, 5_004, 5_009], none,
        histogram(19, 1_500, tail: 480, errors: 480)),
      row(
        acquire, 4_113, 4_017, 483, [2, 4_880, 5_000, 5_000], none,
        histogram(4, 1_700, tail: 480, errors: 480), entry: false),
      row(
        op("gateway", "GET /api/products/{id}"), 6_340, 6_340, 0, [41, 88, 118, 240], none,
        histogram(21, 2_100)),
      row(
        op("catalog", "SELECT products", "client"), 9_735, 9_735, 0, [9, 30, 41, 160], none,
        histogram(12, 3_000), entry: false),
      row(
        op("mailer", "receipts process", "consumer"), 3_530, 3_530, 31, [44, 101, 130, 190], none,
        histogram(22, 1_100)),
      row(
        op("gateway", "GET /api/orders/{id}/invoice.pdf"), 55, 55, 0, [903, 1_402, nil, nil],
        [0, 0, 17, 313], histogram(39, 17)),
      row(
        op("payment", "nightly settlement of all open authorisations", "internal"), 4, 4, 0,
        [nil, nil, nil, nil], [2, 32, 68, 364], histogram(46, 2)),
    ]
  }

  private static func quality() -> Findings.DataQuality {
    var quality = Findings.DataQuality()
    func defect(_ kind: Defect.Kind, _ count: Int, _ place: String, _ example: String)
      -> Findings.DefectRow
    {
      .init(
        kind: kind.rawValue, severity: kind.severity.rawValue, count: count, firstPlace: place,
        example: example, explanation: kind.explanation, remedy: kind.remedy)
    }
    quality.defects = [
      defect(.brokenRecord, 3, "samples/traces-2.jsonl, byte 1,204,118", "unexpected '}'"),
      defect(.unknownFile, 1, "samples/notes.txt", ""),
      defect(.missingParent, 61, id(61), "9f2c11aa03b7d410"),
      defect(.duplicateSpan, 12, id(62), ""),
      defect(.skewAdjusted, 4_017, id(1), "payment on pay-7c9f-2"),
    ]
    quality.clocks = [
      .init(services: ["payment"], host: "pay-7c9f-2", spans: 4_017, medianShiftNs: 400 * ms),
      .init(services: ["cart", "inventory"], host: "node-3", spans: 211, medianShiftNs: -6 * ms),
    ]
    quality.spansSeen = 112_437
    quality.spansStored = 112_425
    quality.spansDropped = 12
    quality.spansQuarantined = 3
    quality.incompleteTraces = 37
    return quality
  }
}
