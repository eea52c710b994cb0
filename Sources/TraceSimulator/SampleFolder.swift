extension Incident {
  /// The files of `samples/checkout-outage`, as people on call have them: a trace file that the collector had already
  /// put aside and compressed, the one it was writing, the log records, and somebody's notes.
  ///
  /// - Parameter seed: what chance is drawn from.
  /// - Returns: the files, and the truth about them.
  public static func checkoutOutageFolder(seed: UInt64 = 2) -> Incident {
    let scenario = Scenario.checkoutOutage(seed: seed)
    var export = Export(Simulation.run(scenario), of: scenario)
    var traces = export.traceLines(of: export.spans)
    export.damage(&traces)
    let logs = export.logLines()
    // The collector began a new file at 10:11.
    let rotation = scenario.start + 11 * 60_000_000_000
    let files = [
      File(
        name: "traces-2026-03-02T10-11-00.000.jsonl.gz",
        bytes: gzip(joined(traces.filter { $0.time < rotation }))),
      File(name: "traces.jsonl", bytes: joined(traces.filter { $0.time >= rotation })),
      File(name: "logs.jsonl.gz", bytes: gzip(joined(logs))),
      File(name: "notes.txt", bytes: Array(notes.utf8)),
    ]
    return Incident(files: files, truth: export.settledTruth(traces))
  }

  private static let notes = """
    10:09  first call from support: customers cannot place orders, the page says "something went wrong"
    10:10  it is not everybody, second or third try often works
    10:12  copied the collector's files from the gateway and turned checkout off
    """
}
