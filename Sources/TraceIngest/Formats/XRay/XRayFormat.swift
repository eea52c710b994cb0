/// X-Ray and CloudWatch's aws/spans, and CloudWatch's log events.
extension Format {
  static let awsFormats = [xray, awsSpans, cloudWatch]

  static let xray = Format(name: "xray", contents: "X-Ray traces", framing: .json(isOrdered: false))
  {
    $0.outline.has("Traces[].Segments") || $0.outline.has("Segments[].Document")
      || $0.outline.has("TraceSummaries")
      || $0.outline.has("Services[].ReferenceId") || $0.outline.has("TraceSegmentDocuments")
      || $0.outline.has("trace_id") && $0.outline.has("start_time") && $0.outline.has("id")
      || $0.outline.has("format") && $0.outline.has("version")
  }
  static let awsSpans = Format(
    name: "aws-spans", contents: "spans of CloudWatch's aws/spans", framing: .json(isOrdered: false)
  ) {
    $0.outline.has("spanId") && $0.outline.has("startTimeUnixNano")
      || $0.outline.has("raw_otel_json")
  }
}
