import TraceAnalysis
import TraceModel

extension Section {
  /// What is wrong with the data, what that costs, and how numbers were made.
  static let quality = Section(id: "quality", title: "Data quality and method") { context in
    let findings = context.findings
    let quality = findings.quality
    var blocks: [Block] = [.prose([.text(spans(findings))])]
    if quality.incompleteTraces > 0 {
      blocks.append(
        .prose([
          .text(
            "\(counted(quality.incompleteTraces, "trace is", "traces are")) incomplete: a parent is missing, or the root."
          )
        ]))
    }
    if let grades = grades(quality) { blocks.append(.prose([.text(grades)])) }
    if context.masked > 0 {
      blocks.append(
        .prose([
          .text("\(counted(context.masked, "value")) masked; "), .code("--show-secrets"),
          .text(" prints them."),
        ]))
    }
    blocks += defects(context)
    blocks += clocks(context)
    blocks += backEnd(context)
    blocks += sources(context)
    blocks.append(.heading("How numbers were made"))
    if findings.method.isEmpty {
      blocks.append(.prose([.quiet("No number was made.")]))
    } else {
      blocks.append(.list(findings.method.map { [.text($0)] }, .plain))
    }
    return blocks
  }

  /// How many traces have which grade, one sentence; nil where all are whole.
  private static func grades(_ quality: Findings.DataQuality) -> String? {
    let torn = quality.grades.dropFirst().filter { $0.traces > 0 }
    guard let whole = quality.grades.first, !torn.isEmpty else { return nil }
    let rest = torn.map {
      "\(countText($0.traces)) \($0.grade) (\($0.meaning.prefix { $0 != ":" }))"
    }
    return "Graded by what can be trusted: \(countText(whole.traces)) A (whole), "
      + rest.joined(separator: ", ") + "."
  }

  /// What became of the spans that were read, and what could not be read, in one breath.
  static func spans(_ findings: Findings) -> String {
    let quality = findings.quality
    var parts: [String] = []
    if quality.spansSeen == 0 {
      parts.append("No span was seen in the input")
    } else {
      let repeated = count(of: ["duplicate_span", "conflicting_span"], in: quality)
      let read = "\(counted(quality.spansSeen, "span")) read"
      if repeated > 0, quality.spansStored == findings.input.spans &+ repeated {
        // Nothing was left out by a window: what is no span of a trace is a repeated one.
        var words =
          "\(read): \(countText(findings.input.spans)) used, \(countText(repeated)) repeated"
        if quality.spansDropped > 0 { words += ", \(countText(quality.spansDropped)) dropped" }
        parts.append(words)
      } else if quality.spansDropped > 0 || quality.spansStored != quality.spansSeen {
        parts.append(
          "\(read), \(countText(quality.spansStored)) stored, \(countText(quality.spansDropped)) dropped"
        )
      } else {
        parts.append("\(read) and stored")
      }
    }
    let records = count(
      of: ["broken_record", "cut_off_record", "unknown_record", "too_deep", "too_large"],
      in: quality)
    if records > 0 { parts.append("\(counted(records, "record")) could not be read") }
    let files = count(of: ["unknown_file", "unreadable_file", "corrupt_compression"], in: quality)
    if files > 0 { parts.append("\(counted(files, "file")) could not be read to the end") }
    if quality.spansQuarantined > 0 {
      parts.append("\(countText(quality.spansQuarantined)) of the stored ones have no trace id")
    }
    return parts.joined(separator: "; ") + "."
  }

  private static func count(of kinds: Set<String>, in quality: Findings.DataQuality) -> Int {
    quality.defects.filter { kinds.contains($0.kind) }.reduce(0) { $0 &+ $1.count }
  }

  private static func defects(_ context: SectionContext) -> [Block] {
    let defects = context.findings.quality.defects
    if defects.isEmpty {
      return context.findings.quality.spansSeen == 0
        ? [] : context.nothing("No defect was found in the data.")
    }
    return [
      .heading("Defects"),
      .table(
        Table(
          columns: [
            .init("Defect", key: "kind", kind: .text), .init("Cost", key: "severity", kind: .text),
            .init("Count", key: "count", kind: .count),
            .init("What it means", key: "explanation", kind: .text),
            .init("First at", key: "first_place", kind: .text),
            .init("Example", key: "example", kind: .text),
            .init("Remedy", key: "remedy", kind: .text),
          ],
          rows: defects.map {
            [
              .text($0.kind), .text($0.severity), .count($0.count), .text($0.explanation),
              .text($0.firstPlace), .text($0.example == $0.firstPlace ? "" : $0.example),
              .text($0.remedy),
            ]
          }, rest: context.options.command("query", "select * from defects")), htmlRows: 40),
    ]
  }

  private static func clocks(_ context: SectionContext) -> [Block] {
    let clocks = context.findings.quality.clocks
    if clocks.isEmpty { return [] }
    return [
      .heading("Clocks that were corrected"),
      .table(
        Table(
          columns: [
            .init("Services", key: "services", kind: .text),
            .init("Host", key: "host", kind: .text),
            .init("Spans moved", key: "spans", kind: .count),
            .init("Median correction", key: "median_shift_ns", kind: .length),
            .init("Its clock", key: "direction", kind: .text),
          ],
          rows: clocks.map {
            [
              .text($0.services.joined(separator: ", ")), .text($0.host.isEmpty ? "–" : $0.host),
              .count($0.spans), .length($0.medianShiftNs),
              .text($0.medianShiftNs > 0 ? "is behind" : "is ahead"),
            ]
          }, rest: context.options.command("query", "select * from defects")), htmlRows: 20),
    ]
  }

  private static func sources(_ context: SectionContext) -> [Block] {
    let sources = context.findings.input.sources
    if sources.isEmpty { return [] }
    return [
      .heading("What was read"),
      .table(
        Table(
          columns: [
            .init("Source", key: "name", kind: .text), .init("Format", key: "format", kind: .text),
            .init("Packed", key: "compression", kind: .text),
            .init("Size", key: "bytes", kind: .text), .init("Spans", key: "spans", kind: .count),
            .init("Logs", key: "logs", kind: .count), .init("Remark", key: "remark", kind: .text),
          ],
          rows: sources.map {
            [
              .text($0.name), .text($0.format.isEmpty ? "skipped" : $0.format),
              .text($0.compression == "none" ? "–" : $0.compression), .text(bytesText($0.bytes)),
              .count($0.spans), .count($0.logs), .text($0.remark),
            ]
          }, rest: context.options.command("query", "select * from sources")), htmlRows: 30),
    ]
  }
}
