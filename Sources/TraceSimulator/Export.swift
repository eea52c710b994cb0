/// Puts telemetry on lines as a collector's file exporter does, lets go wrong what shall, and counts.
struct Export {
  /// What a sender handed over at once.
  struct Line {
    var bytes: [UInt8]
    /// The spans in it.
    var spans: [SimulatedSpan] = []
    /// False for a line that stops in the middle, without its end.
    var isWhole = true
    /// True end of its last span, ns since the epoch.
    var time: Int64 = 0
  }

  /// Spans on one line at most.
  static let spansPerLine = 256
  /// A line holds what ended within so long, ns.
  static let lineLength: Int64 = 2_000_000_000

  let scenario: Scenario
  let telemetry: SimulatedTelemetry
  /// What arrives.
  let spans: [SimulatedSpan]
  private(set) var truth: GroundTruth
  private var encoder: OTLPEncoder
  private var chance: Randomness

  init(_ telemetry: SimulatedTelemetry, of scenario: Scenario) {
    self.scenario = scenario
    self.telemetry = telemetry
    truth = telemetry.truth
    encoder = OTLPEncoder(shapes: telemetry.shapes, resources: telemetry.resources)
    chance = Randomness(seed: mixed(scenario.seed) ^ 0x6578_706f_7274)
    spans = telemetry.spans.filter { span in
      !scenario.telemetry.losses.contains {
        $0.instance == telemetry.resources[span.resource].instance
          && scenario.start + $0.from <= span.end && span.end < scenario.start + $0.until
      }
    }
    truth.spansLost = telemetry.spans.count - spans.count
  }

  /// Spans on lines: what ended within two seconds, at most 256, some lines twice.
  mutating func traceLines(of spans: [SimulatedSpan]) -> [Line] {
    var lines: [Line] = []
    var first = 0
    while first < spans.count {
      var end = first
      while end < spans.count, end - first < Export.spansPerLine,
        spans[end].end - spans[first].end < Export.lineLength
      { end += 1 }
      lines.append(line(of: spans[first..<end]))
      if chance.happens(permille: scenario.telemetry.repeatedLinesPermille) {
        lines.append(lines[lines.count - 1])
      }
      first = end
    }
    return lines
  }

  /// One request of a sender: the spans by resource, in the order of their first appearance.
  mutating func line(of spans: ArraySlice<SimulatedSpan>) -> Line {
    encoder.bytes.removeAll(keepingCapacity: true)
    encoder.bytes.append("{\"resourceSpans\":[")
    for (index, group) in grouped(spans, by: \.resource).enumerated() {
      if index > 0 { encoder.bytes.append(",") }
      encoder.bytes.append("{")
      encoder.append(resource: group[0].resource)
      encoder.bytes.append(",\"scopeSpans\":[{")
      encoder.append(scopeOf: group[0].resource)
      encoder.bytes.append(",\"spans\":[")
      for (place, span) in group.enumerated() {
        if place > 0 { encoder.bytes.append(",") }
        encoder.append(span, isUnfinished: isUnfinished(span))
      }
      encoder.bytes.append("]}]}")
    }
    encoder.bytes.append("]}")
    return Line(bytes: encoder.bytes, spans: Array(spans), time: spans.last?.end ?? 0)
  }

  /// Whether the span is written without its end; hangs on its id, so that a repeated line says the same.
  private func isUnfinished(_ span: SimulatedSpan) -> Bool {
    telemetry.shapes[span.shape].kind == 1 && !span.isError
      && mixed(span.id ^ scenario.seed) % 1000 < UInt64(scenario.telemetry.unfinishedPermille)
  }

  /// Log records on lines: what was written within two seconds.
  mutating func logLines() -> [Line] {
    let logs = telemetry.logs
    var lines: [Line] = []
    var first = 0
    while first < logs.count {
      var end = first
      while end < logs.count, end - first < Export.spansPerLine,
        logs[end].time - logs[first].time < Export.lineLength
      { end += 1 }
      lines.append(Line(bytes: logLine(of: logs[first..<end]), time: logs[end - 1].time))
      first = end
    }
    let broken = min(scenario.telemetry.brokenLogLines, lines.count)
    insertBroken(broken, into: &lines)
    truth.brokenLogLines = broken
    return lines
  }

  /// One request of a sender with log records.
  mutating func logLine(of logs: ArraySlice<SimulatedLog>) -> [UInt8] {
    encoder.bytes.removeAll(keepingCapacity: true)
    encoder.bytes.append("{\"resourceLogs\":[")
    for (index, group) in grouped(logs, by: \.resource).enumerated() {
      if index > 0 { encoder.bytes.append(",") }
      encoder.bytes.append("{")
      encoder.append(resource: group[0].resource)
      encoder.bytes.append(",\"scopeLogs\":[{")
      encoder.append(scopeOf: group[0].resource)
      encoder.bytes.append(",\"logRecords\":[")
      for (place, log) in group.enumerated() {
        if place > 0 { encoder.bytes.append(",") }
        encoder.append(log)
        truth.logs += 1
        if log.span == nil { truth.logsOutsideSpans += 1 }
      }
      encoder.bytes.append("]}]}")
    }
    encoder.bytes.append("]}")
    return encoder.bytes
  }

  /// Breaks lines of a trace file: broken ones come between the others and, where asked for, the last one is cut.
  mutating func damage(_ lines: inout [Line]) {
    if scenario.telemetry.cutsLastTraceLine, let last = lines.indices.last {
      lines[last].bytes.removeLast(max(1, lines[last].bytes.count * 2 / 5))
      lines[last].isWhole = false
      truth.spansInCutLine = lines[last].spans.count
      truth.brokenTraceLines += 1
    }
    let broken = min(scenario.telemetry.brokenTraceLines, lines.count)
    insertBroken(broken, into: &lines)
    truth.brokenTraceLines += broken
  }

  /// Puts lines that are no JSON before some others. Nothing is lost: a line begun too early follows whole.
  private mutating func insertBroken(_ count: Int, into lines: inout [Line]) {
    for number in 0..<count {
      let place = chance.below(lines.count)
      let text: [UInt8]
      switch number % 3 {
      case 0: text = Array(lines[place].bytes.prefix(40 + chance.below(400)))
      case 1: text = Array("fatal: write collector.json: no space left on device".utf8)
      default: text = Array("\"},\"status\":{}}]}]}]}".utf8)
      }
      lines.insert(Line(bytes: text, time: lines[place].time), at: place)
    }
  }

  /// The truth with what these lines, of all files, hold.
  func settledTruth(_ lines: [Line]) -> GroundTruth {
    var truth = truth
    var written: Set<UInt64> = []
    var traces: Set<UInt64> = []
    for line in lines where line.isWhole {
      truth.spansWritten += line.spans.count
      for span in line.spans {
        traces.insert(span.traceLow)
        guard written.insert(span.id).inserted else { continue }
        if isUnfinished(span) { truth.unfinishedSpans += 1 }
      }
    }
    truth.traces = traces.count
    truth.spans = written.count
    truth.repeatedSpans = truth.spansWritten - written.count
    truth.orphans = spans.count {
      written.contains($0.id) && $0.parent != 0 && !written.contains($0.parent)
    }
    return truth
  }

  private func grouped<Item>(_ items: ArraySlice<Item>, by resource: KeyPath<Item, Int>)
    -> [[Item]]
  {
    var groups: [[Item]] = []
    var places: [Int: Int] = [:]
    for item in items {
      if let place = places[item[keyPath: resource]] {
        groups[place].append(item)
      } else {
        places[item[keyPath: resource]] = groups.count
        groups.append([item])
      }
    }
    return groups
  }
}
