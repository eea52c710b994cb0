/// What really happened in a scenario, and what was written of it: the key to its exercise.
public struct GroundTruth: Sendable, Equatable {
  /// Who does what: service, kind (`server`, `client`, …), span name.
  public struct Operation: Sendable, Hashable {
    /// Service name.
    public var service: String
    /// Kind as a lower-case word.
    public var kind: String
    /// Span name.
    public var name: String

    /// An operation of its parts.
    public init(service: String, kind: String, name: String) {
      self.service = service
      self.kind = kind
      self.name = name
    }
  }

  /// A host whose clock is wrong.
  public struct WrongClock: Sendable, Equatable {
    /// `host.name`.
    public var host: String
    /// What it shows beyond the true time, ns; negative: it is late.
    public var offsetNs: Int64
  }

  /// Name of the scenario.
  public var scenario = ""
  /// Kind of the first fault as `Scenario.Fault.kindName`; empty where nothing was broken.
  public var faultKind = ""
  /// Service that was broken.
  public var faultService = ""
  /// Span name of the operation or call that was broken; empty where the whole service was.
  public var faultSpot = ""
  /// Version that is broken; empty where all are.
  public var faultVersion = ""
  /// Since when, ns since the epoch.
  public var sinceNs: Int64 = 0
  /// Where most of the requests that failed since then began to fail: the deepest failing span of the chain that
  /// reached the client. Nil where no request failed.
  public var origin: Operation?
  /// What is to blame by traces-semantics 6.6: `local`, `remote`, `timeout`, `transport`.
  public var blame = ""
  /// The failing operations from the origin to the client, both included; for the origin's most frequent way.
  public var path: [Operation] = []
  /// The endpoint at its end.
  public var endpoint: Operation?
  /// Requests of clients, probes left out.
  public var requests = 0
  /// Requests whose root failed.
  public var failedRequests = 0
  /// Requests whose root failed since the fault began, and by this origin.
  public var failedByOrigin = 0
  /// Requests in which something failed, yet the root did not.
  public var savedRequests = 0
  /// Requests that were saved by a further attempt of a call.
  public var savedByRetry = 0
  /// Health probes.
  public var probes = 0
  /// Hosts whose clocks are wrong.
  public var wrongClocks: [WrongClock] = []
  /// Traces of which at least one span was written.
  public var traces = 0
  /// Spans written, repeated ones included.
  public var spansWritten = 0
  /// Spans written, each counted once.
  public var spans = 0
  /// Spans that never arrived.
  public var spansLost = 0
  /// Written spans whose parent was not written.
  public var orphans = 0
  /// Spans written a second time.
  public var repeatedSpans = 0
  /// Written spans without an end.
  public var unfinishedSpans = 0
  /// Spans of the line that was cut in the middle; not among the written ones.
  public var spansInCutLine = 0
  /// Log records written.
  public var logs = 0
  /// Log records written outside any span.
  public var logsOutsideSpans = 0
  /// Lines in the trace files that are no JSON, the one that was cut included.
  public var brokenTraceLines = 0
  /// Lines in the log files that are no JSON.
  public var brokenLogLines = 0

  /// The truth of nothing.
  public init() {}
}

extension GroundTruth {
  /// The truth as JSON, a line a field, the same bytes each time.
  public var json: String {
    func text(_ value: String) -> String {
      var bytes: [UInt8] = []
      bytes.append(jsonText: value)
      return String(decoding: bytes, as: UTF8.self)
    }
    func object(_ operation: Operation?) -> String {
      guard let operation else { return "null" }
      return "{\"service\": \(text(operation.service)), \"kind\": \(text(operation.kind)), "
        + "\"name\": \(text(operation.name))}"
    }
    let clocks = wrongClocks.map {
      "{\"host\": \(text($0.host)), \"offset_ns\": \($0.offsetNs)}"
    }
    let fields: [(String, String)] = [
      ("scenario", text(scenario)), ("fault_kind", text(faultKind)),
      ("fault_service", text(faultService)), ("fault_spot", text(faultSpot)),
      ("fault_version", text(faultVersion)), ("since_ns", "\(sinceNs)"),
      ("origin", object(origin)), ("blame", text(blame)),
      ("path", "[\n    " + path.map { object($0) }.joined(separator: ",\n    ") + "\n  ]"),
      ("endpoint", object(endpoint)), ("requests", "\(requests)"),
      ("failed_requests", "\(failedRequests)"), ("failed_by_origin", "\(failedByOrigin)"),
      ("saved_requests", "\(savedRequests)"), ("saved_by_retry", "\(savedByRetry)"),
      ("probes", "\(probes)"), ("wrong_clocks", "[" + clocks.joined(separator: ", ") + "]"),
      ("traces", "\(traces)"), ("spans_written", "\(spansWritten)"), ("spans", "\(spans)"),
      ("spans_lost", "\(spansLost)"), ("orphans", "\(orphans)"),
      ("repeated_spans", "\(repeatedSpans)"), ("unfinished_spans", "\(unfinishedSpans)"),
      ("spans_in_cut_line", "\(spansInCutLine)"), ("logs", "\(logs)"),
      ("logs_outside_spans", "\(logsOutsideSpans)"),
      ("broken_trace_lines", "\(brokenTraceLines)"), ("broken_log_lines", "\(brokenLogLines)"),
    ]
    return "{\n" + fields.map { "  \"\($0)\": \($1)" }.joined(separator: ",\n") + "\n}\n"
  }
}
