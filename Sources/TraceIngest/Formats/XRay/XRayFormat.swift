/// X-Ray and CloudWatch's aws/spans, and CloudWatch's log events.
extension Format {
  static let awsFormats = [xray, awsSpans] + cloudWatchFormats

  static let xray = Format(name: "xray", contents: "X-Ray traces", framing: .json(isOrdered: false))
  { first in
    let keys: [String] = [
      "Traces[].Segments", "Traces[].Spans[].Document", "Traces[].Spans[].Id",
      "Segments[].Document", "Spans[].Document", "TraceSegmentDocuments", "RetrievalStatus",
      "TraceSummaries", "Services[].ReferenceId", "Services[].EntityPath",
      "UnprocessedTraceSegments", "UnprocessedTraceIds", "Groups[].GroupARN", "Group.GroupARN",
      "GroupARN", "InsightSummaries", "Insight.InsightId", "InsightEvents", "InsightId",
    ]
    if keys.contains(where: { first.outline.has($0) }) { return true }
    let outline = first.outline
    if outline.has("id"), outline.has("name"), outline.has("start_time") {
      return outline.has("trace_id") || outline.has("end_time") || outline.has("subsegments")
    }
    // The daemon's header alone, summaries and nodes as `--query` prints them, a map of traces.
    return outline.has("format") && outline.has("version")
      || (outline.has("HasFault") || outline.has("Document")) && outline.has("Id")
      || outline.has("ReferenceId") && outline.has("SummaryStatistics")
      || outline.hasKey(where: isXRayTraceIDText)
  }

  static let awsSpans = Format(
    name: "aws-spans", contents: "spans of CloudWatch's aws/spans", framing: .json(isOrdered: false)
  ) {
    $0.outline.has("spanId") && $0.outline.has("startTimeUnixNano")
      || $0.outline.has("raw_otel_json")
  }

  private static func isXRayTraceIDText(_ key: String) -> Bool {
    key.utf8.count == 35 && key.hasPrefix("1-") && key.dropFirst(10).hasPrefix("-")
      && key.allSatisfy { $0 == "-" || $0.isHexDigit }
  }
}
