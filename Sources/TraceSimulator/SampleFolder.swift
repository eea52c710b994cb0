extension Incident {
  /// The files of `samples/checkout-outage`, as people on call have them: a trace file that the collector had already
  /// put aside and compressed, the one it was writing, log records, what X-Ray and CloudWatch say of the two services that run on
  /// AWS (a Lambda function and a container), the logs of two more containers as Docker keeps them, a picture, and somebody's notes.
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
    let isDocker = telemetry.resources.map { $0.service == "recommendation" }
    telemetry.logs = logs.filter { !isAWS[$0.resource] && !isDocker[$0.resource] }
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
    var truthOutside = (lines(of: aws[0]) + container).count { $0.span == nil }
    var files = [
      File(
        name: "traces-2026-03-02T10-11-00.000.jsonl.gz",
        bytes: gzip(joined(traces.filter { $0.time < rotation }))),
      File(name: "traces.jsonl", bytes: joined(traces.filter { $0.time >= rotation })),
      File(name: "logs.jsonl.gz", bytes: gzip(joined(logLines))),
      File(name: "xray-traces.json.gz", bytes: gzip(encoder.batchGetTraces())),
      File(name: "cloudwatch/aws-lambda-notification.json", bytes: invocations.bytes),
      File(
        name:
          "cloudwatch/exportedlogs/0b7c6c1e-7d8e-4a54-9f3e-2f1f6a3c9d10/fraud-66b5-1/000000.gz",
        bytes: gzip(encoder.exportedLines(container))),
      File(name: "dashboard.png", bytes: picture),
      File(name: "notes.txt", bytes: Array(notes.utf8)),
    ]
    let docker = DockerEncoder(telemetry: telemetry)
    var contained = 0
    for resource in telemetry.resources.indices where isDocker[resource] {
      let records = logs.filter { $0.resource == resource }
      let id = docker.containerID(resource)
      files.append(File(name: "docker/\(id)/\(id)-json.log", bytes: docker.jsonFile(records)))
      contained += records.count
      truthOutside += records.count { $0.span == nil }
    }
    var truth = export.settledTruth(traces + [Export.Line(bytes: [], spans: xraySpans)])
    truth.logs += invocations.events + container.count + contained
    truth.logsOutsideSpans += truthOutside
    return Incident(files: files, truth: truth)
  }

  /// A picture of a dashboard, one grey pixel: what lies in such folders and is not ours to read.
  private static let picture: [UInt8] = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b,
    0x55, 0x00, 0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x68, 0x00, 0x00, 0x00,
    0x82, 0x00, 0x81, 0xda, 0x45, 0x08, 0x3b, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae,
    0x42, 0x60, 0x82,
  ]

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
