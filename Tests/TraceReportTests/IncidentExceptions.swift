import TraceAnalysis
import TraceModel

/// What the incident's error groups in code are, with an item of a tracker, and what X-Ray says of its traces.
enum IncidentExceptions {
  static let groups: [Findings.ExceptionGroup] = [
    .init(
      id: "9f3a60c1d2e4b576", type: "PoolTimeoutError",
      template: "no connection within # (# of # in use, # waiting)",
      message: "no connection within 5000 ms (20 of 20 in use, 131 waiting)",
      blame: "ledger.store.Pool.acquire (ledger/store/pool.py:118)", count: 483, traces: 483,
      failedRequests: 387, people: 342, firstNs: Incident.since,
      lastNs: Incident.start + 1381 * Incident.second, isNew: true,
      sparkline: (0..<60).map { $0 >= 14 && $0 < 46 ? 1 + Incident.dice($0, 14) : 0 },
      services: [.init(name: "ledger", count: 483)],
      versions: [.init(name: "3.12.0", count: 480), .init(name: "3.11.4", count: 3)],
      hosts: ["node-a", "node-c"], sources: ["span", "log", "tracker"],
      exemplars: [
        .init(trace: Incident.id(1), span: "00f067aa0ba902b7"),
        .init(trace: Incident.id(11), span: "a1"),
      ], related: ["1b7d"],
      items: [
        .init(
          tracker: "rollbar", number: "4711",
          title: "PoolTimeoutError: no connection within 5000 ms (20 of 20 in use, 12 waiting)",
          status: "active", level: "error", environment: "production", count: 512,
          firstNs: Incident.since - 86_400 * Incident.second,
          lastNs: Incident.start + 1381 * Incident.second)
      ]),
    .init(
      id: "00000000000000a1", type: "", template: "fraud-check said # for card '…'",
      message: "fraud-check said 503 for card 'x'", blame: "", count: 134, traces: 134,
      failedRequests: 19, people: 0, firstNs: Incident.start + 61 * Incident.second,
      lastNs: Incident.start + 1744 * Incident.second, isNew: false,
      sparkline: (0..<60).map { Incident.dice($0, 4) },
      services: [.init(name: "payment", count: 134)], versions: [], hosts: [], sources: ["log"],
      exemplars: [.init(trace: Incident.id(21), span: "b1")], related: [], items: []),
  ]

  static let otherItems: [TrackedItem] = [
    .init(
      tracker: "rollbar", number: "12", title: "TypeError: undefined is not a function",
      status: "resolved", level: "warning", environment: "staging", count: 3, firstNs: nil,
      lastNs: nil)
  ]

  static let backEnd: Findings.BackEndComparison = {
    var theirs = Findings.BackEndComparison()
    theirs.summaries = 120
    theirs.requests = 118
    theirs.failures = .init(agree: 117, of: 118)
    theirs.causes = .init(agree: 40, of: 40)
    theirs.times = .init(agree: 117, of: 118)
    theirs.disagreements = [
      .init(trace: Incident.id(1), subject: .failure, theirs: "did not fail", ours: "failed"),
      .init(trace: Incident.id(11), subject: .time, theirs: "84000000", ours: "91500000"),
    ]
    theirs.users = 2
    theirs.annotations = [.init(name: "UserID", count: 101)]
    return theirs
  }()
}
