extension Incident {
  /// The files of `samples/checkout-outage`, as people on call have them: a trace file that the collector had already
  /// put aside and compressed, the one it was writing, log records, what X-Ray and CloudWatch say of the two services that run on
  /// AWS (a Lambda function and a container), and somebody's notes.
  ///
  /// - Parameter seed: what chance is drawn from.
  /// - Returns: the files, and the truth about them.
  public static func checkoutOutageFolder(seed: UInt64 = 2) -> Incident {
    let scenario = Scenario.checkoutOutage(seed: seed)
    var telemetry = Simulation.run(scenario)
    telemetry.beginTraceIDsWithTheirSecond()
    let aws = ["notification", "fraud"]
    let isAWS = telemetry.resources.map { aws.contains($0.service) }
    let logs = telemetry.logs
    telemetry.logs = logs.filter { !isAWS[$0.resource] }
    var export = Export(telemetry, of: scenario)
    var traces = export.traceLines(of: export.spans.filter { !isAWS[$0.resource] })
    export.damage(&traces)
    let logLines = export.logLines()
    // The collector began a new file at 10:11.
    let rotation = scenario.start + 11 * 60_000_000_000
    let xraySpans = export.spans.filter { isAWS[$0.resource] }
    let encoder = AWSEncoder(telemetry, spans: xraySpans)
    func lines(of service: String) -> [SimulatedLog] {
      logs.filter { telemetry.resources[$0.resource].service == service }
    }
    let lambda = AWSEncoder(
      telemetry, spans: xraySpans.filter { telemetry.resources[$0.resource].service == aws[0] })
    let invocations = lambda.filterLogEvents(lines(of: aws[0]))
    let container = lines(of: aws[1])
    let files = [
      File(
        name: "traces-2026-03-02T10-11-00.000.jsonl.gz",
        bytes: gzip(joined(traces.filter { $0.time < rotation }))),
      File(name: "traces.jsonl", bytes: joined(traces.filter { $0.time >= rotation })),
      File(name: "logs.jsonl.gz", bytes: gzip(joined(logLines))),
      File(name: "xray-traces.json", bytes: encoder.batchGetTraces()),
      File(name: "cloudwatch/aws-lambda-notification.json", bytes: invocations.bytes),
      File(
        name:
          "cloudwatch/exportedlogs/0b7c6c1e-7d8e-4a54-9f3e-2f1f6a3c9d10/fraud-66b5-1/000000.gz",
        bytes: gzip(encoder.exportedLines(container))),
      File(name: "notes.txt", bytes: Array(notes.utf8)),
    ]
    var truth = export.settledTruth(traces + [Export.Line(bytes: [], spans: xraySpans)])
    truth.logs += invocations.events + container.count
    truth.logsOutsideSpans += (lines(of: aws[0]) + container).count { $0.span == nil }
    return Incident(files: files, truth: truth)
  }

  private static let notes = """
    10:09  first call from support: customers cannot place orders, the page says "something went wrong"
    10:10  it is not everybody, second or third try often works
    10:12  copied the collector's files from the gateway and turned checkout off
    """
}

extension SimulatedTelemetry {
  /// Gives each trace id the form that X-Ray asks for: its first 32 bits are the second in which the trace began.
  fileprivate mutating func beginTraceIDsWithTheirSecond() {
    var seconds: [UInt64: Int64] = [:]
    for span in spans {
      seconds[span.traceLow] = min(seconds[span.traceLow] ?? .max, span.start / 1_000_000_000)
    }
    func high(_ old: UInt64, _ low: UInt64) -> UInt64 {
      guard let second = seconds[low] else { return old }
      return UInt64(second) << 32 | old & 0xffff_ffff
    }
    for index in spans.indices {
      spans[index].traceHigh = high(spans[index].traceHigh, spans[index].traceLow)
    }
    for index in logs.indices {
      if let span = logs[index].span {
        logs[index].span?.traceHigh = high(span.traceHigh, span.traceLow)
      }
    }
  }
}
