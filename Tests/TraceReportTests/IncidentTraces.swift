import TraceAnalysis
import TraceModel

/// The exemplar traces of the incident.
enum IncidentTraces {
  private static let ms = Incident.ms

  private static func row(
    _ depth: Int, _ operation: Operation, _ start: Int64, _ length: Int64, own: Int64 = 1,
    critical: [[Int64]] = [], error: String = "", class errorClass: String = "none",
    edge: String = "sync", shift: Int64 = 0, peer: String = "", logs: [Findings.LogLine] = [],
    attributes: [[String]] = []
  ) -> Findings.WaterfallRow {
    let number =
      UInt64(bitPattern: start &* 131 &+ Int64(depth) &* 7 &+ length) &* 0x9e37_79b9_7f4a_7c15
    let text = String(number, radix: 16)
    return Findings.WaterfallRow(
      span: String(repeating: "0", count: 16 - text.count) + text, depth: depth,
      operation: operation, edge: depth == 0 && edge == "sync" ? "root" : edge,
      startNs: start * ms, durationNs: length * ms, selfNs: own * ms, shiftNs: shift * ms,
      isError: !error.isEmpty, errorClass: errorClass, errorText: error, peer: peer,
      critical: critical.map { $0.map { $0 * ms } }, logs: logs, attributes: attributes)
  }

  static func failed() -> Findings.ExemplarTrace {
    let op = Incident.op
    let start = Incident.since
    func log(_ at: Int64, _ severity: String, _ service: String, _ text: String) -> Findings.LogLine
    {
      Incident.log(start + at * ms, severity, service, text, "00f067aa0ba902b7")
    }
    /// A record that names no trace and tells of an exception.
    func inferred(_ at: Int64, _ service: String, _ text: String) -> Findings.LogLine {
      Findings.LogLine(
        timeNs: start + at * ms, severity: "ERROR", service: service, text: text,
        span: Findings.SpanReference(trace: Incident.id(1), span: "00f067aa0ba902b7"),
        joinedBy: "host", confidence: 0.874,
        exception: LogException(
          type: "PoolTimeoutError", message: "no connection within 5000 ms",
          blame: "ledger/pool.py:88 in acquire"))
    }
    let rpc = "UNAVAILABLE: ledger: no connection within 5000 ms"
    let http = [
      ["http.request.method", "POST"], ["http.route", "/api/checkout"],
      ["http.response.status_code", "502"],
      ["url.full", "https://shop.example/api/checkout?step=3"],
      [
        "http.request.header.authorization",
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.abcDEF123",
      ],
      ["user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/137.0"],
    ]
    let rows = [
      row(
        0, op("gateway", "POST /api/checkout", "server"), 0, 5_214, own: 9,
        critical: [[0, 4], [5_209, 5_214]], error: "HTTP 502", class: "propagated", attributes: http
      ),
      row(1, op("gateway", "verify session", "internal"), 2, 2, own: 2, critical: [[2, 4]]),
      row(
        1, op("gateway", "POST /api/checkout", "client"), 4, 5_205, own: 3,
        critical: [[4, 6], [5_208, 5_209]], error: "HTTP 502", class: "propagated"),
      row(
        2, op("checkout", "POST /checkout", "server"), 6, 5_202, own: 22,
        critical: [[6, 14], [98, 104], [5_198, 5_208]], error: rpc, class: "propagated",
        logs: [log(5_201, "ERROR", "checkout", "order 81232 failed: payment unavailable")]),
      row(
        3, op("checkout", "cart.Carts/Get", "client"), 14, 11, own: 2,
        critical: [[14, 15], [24, 25]]),
      row(
        4, op("cart", "cart.Carts/Get", "server"), 15, 9, own: 4, critical: [[15, 17], [22, 24]]),
      row(5, op("cart", "HGETALL", "client"), 17, 5, own: 5, critical: [[17, 22]], peer: "redis"),
      row(
        3, op("checkout", "inventory.Stock/Reserve", "client"), 25, 73, own: 3,
        critical: [[25, 27], [97, 98]]),
      row(
        4, op("inventory", "inventory.Stock/Reserve", "server"), 27, 70, own: 20,
        critical: [[27, 41], [90, 97]]),
      row(5, op("inventory", "SELECT stock", "client"), 31, 22, own: 22, peer: "postgres"),
      row(
        5, op("inventory", "catalog.Products/Get", "client"), 41, 49, own: 2,
        critical: [[41, 42], [89, 90]]),
      row(
        6, op("catalog", "catalog.Products/Get", "server"), 42, 47, own: 11,
        critical: [[42, 50], [86, 89]]),
      row(
        7, op("catalog", "SELECT products", "client"), 50, 36, own: 36, critical: [[50, 86]],
        peer: "postgres",
        attributes: [
          ["db.system.name", "postgresql"],
          ["db.query.text", "SELECT id, name, price FROM products WHERE id = ANY($1)"],
        ]),
      row(
        3, op("checkout", "payment.Charges/Create", "client"), 104, 5_094, own: 4,
        critical: [[104, 106], [5_196, 5_198]], error: rpc, class: "propagated"),
      row(
        4, op("payment", "payment.Charges/Create", "server"), 106, 5_090, own: 18,
        critical: [[106, 118], [181, 184], [5_192, 5_196]], error: rpc, class: "propagated",
        shift: 400,
        logs: [log(108, "INFO", "payment", "charge 5519 for order 81232: 48.20 EUR")]),
      row(5, op("payment", "SELECT card", "client"), 109, 4, own: 4, shift: 400, peer: "postgres"),
      row(
        5, op("payment", "POST /v1/authorise", "client"), 118, 63, own: 63, critical: [[118, 181]],
        shift: 400, peer: "fraud-check"),
      row(
        5, op("payment", "ledger.Entries/Post", "client"), 184, 5_008, own: 2,
        critical: [[184, 185], [5_191, 5_192]], error: rpc, class: "propagated", shift: 400),
      row(
        6, op("ledger", "ledger.Entries/Post", "server"), 185, 5_006, own: 4,
        critical: [[185, 187], [5_189, 5_191]],
        error: "no connection within 5000 ms (20 of 20 in use, 131 waiting)",
        class: "propagated"),
      row(7, op("ledger", "validate entry", "internal"), 186, 1, own: 1),
      row(
        7, op("ledger", "pool acquire", "internal"), 187, 5_002, own: 5_002,
        critical: [[187, 5_189]],
        error: "PoolTimeoutError: no connection within 5000 ms (20 of 20 in use, 131 waiting)",
        class: "self",
        logs: [
          log(189, "WARN", "ledger", "pool exhausted: 20 of 20 in use, 131 waiting"),
          inferred(190, "ledger", "cannot post entry 81232\nTraceback (most recent call last):"),
          log(2_190, "WARN", "ledger", "still waiting for a connection after 2000 ms"),
          log(4_190, "WARN", "ledger", "still waiting for a connection after 4000 ms"),
          log(
            5_189, "ERROR", "ledger",
            "acquire gave up after 5000 ms\n  at Pool.acquire (pool.ts:211)\n  at Ledger.post (ledger.ts:88)"
          ),
        ],
        attributes: [
          ["pool.size", "20"], ["pool.waiting", "131"], ["host.name", "ledger-5d8c-1"],
          ["service.version", "4.12.0"],
        ]),
      row(4, op("payment", "release authorisation", "internal"), 5_193, 2, own: 2, shift: 400),
      row(3, op("checkout", "compensate order", "internal"), 5_199, 4, own: 1),
      row(4, op("checkout", "inventory.Stock/Release", "client"), 5_199, 3, own: 1),
      row(5, op("inventory", "inventory.Stock/Release", "server"), 5_200, 2, own: 1),
      row(3, op("checkout", "orders.failed publish", "producer"), 5_204, 1, own: 1),
      row(
        4, op("mailer", "orders.failed process", "consumer"), 5_310, 41, own: 12,
        edge: "detached:messaging"),
      row(5, op("mailer", "POST /send", "client"), 5_318, 29, own: 29, peer: "smtp-relay"),
      row(0, op("fraud-audit", "audit record", "server"), 140, 12, own: 12, edge: "orphan"),
    ]
    return .init(
      id: Incident.id(1),
      reason: "a failed request that goes the most frequent way of the first cause",
      endpoint: op("gateway", "POST /api/checkout", "server"), startNs: start, totalNs: 5_214 * ms,
      failed: true, rows: rows, spanCount: 29,
      looseLogs: [
        Incident.log(
          start + 12 * ms, "INFO", "edge-proxy", "203.0.113.9 POST /api/checkout 502 5.216s")
      ])
  }

  static func saved() -> Findings.ExemplarTrace {
    let op = Incident.op
    let rows = [
      row(
        0, op("gateway", "POST /api/checkout", "server"), 0, 612, own: 8,
        critical: [[0, 6], [608, 612]]),
      row(
        1, op("checkout", "POST /checkout", "server"), 6, 602, own: 30,
        critical: [[6, 40], [596, 608]]),
      row(
        2, op("payment", "payment.Charges/Create", "server"), 40, 556, own: 210,
        critical: [[40, 48], [110, 318], [391, 596]], shift: 400),
      row(
        3, op("payment", "POST /v1/authorise", "client"), 48, 62, own: 62, critical: [[48, 110]],
        error: "HTTP 503: upstream connect error", class: "self", shift: 400, peer: "fraud-check"),
      row(
        3, op("payment", "POST /v1/authorise", "client"), 318, 73, own: 73, critical: [[318, 391]],
        shift: 400, peer: "fraud-check",
        logs: [
          Incident.log(Incident.since + 320 * ms, "INFO", "payment", "authorise: attempt 2 of 3")
        ]),
      row(3, op("ledger", "ledger.Entries/Post", "server"), 402, 31, own: 31, shift: 400),
    ]
    return .init(
      id: Incident.id(2), reason: "a retry made its error good", endpoint: rows[0].operation,
      startNs: Incident.since + 9 * Incident.second, totalNs: 612 * ms, failed: false, rows: rows,
      spanCount: 6, looseLogs: [])
  }

  static func background() -> Findings.ExemplarTrace {
    let rows = [
      row(
        0, Incident.op("mailer", "receipts process", "consumer"), 0, 48, own: 20,
        critical: [[0, 14], [42, 48]], error: "TemplateError: variable 'amount' is missing",
        class: "self"),
      row(
        1, Incident.op("mailer", "SELECT template", "client"), 14, 28, own: 28,
        critical: [[14, 42]], peer: "postgres"),
    ]
    return .init(
      id: Incident.id(3), reason: "an error that no client waits for", endpoint: rows[0].operation,
      startNs: Incident.since + 30 * Incident.second, totalNs: 48 * ms, failed: true, rows: rows,
      spanCount: 2, looseLogs: [])
  }
}
