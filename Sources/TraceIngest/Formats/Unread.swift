/// Formats that are told and not read.
extension Format {
  static let xray = Format(name: "xray", contents: "X-Ray traces", isRead: false) {
    $0.has("Traces[].Segments") || $0.has("Segments[].Document") || $0.has("TraceSummaries")
      || $0.has("Services[].ReferenceId") || $0.has("TraceSegmentDocuments")
      || $0.has("trace_id") && $0.has("start_time") && $0.has("id")
      || $0.has("format") && $0.has("version")
  }
  static let awsSpans = Format(
    name: "aws-spans", contents: "spans of CloudWatch's aws/spans", isRead: false
  ) {
    $0.has("spanId") && $0.has("startTimeUnixNano") || $0.has("raw_otel_json")
  }
  static let jaeger = Format(name: "jaeger", contents: "Jaeger JSON", isRead: false) {
    $0.has("data[].spans") && $0.has("data[].processes") || $0.has("spans") && $0.has("processes")
  }
  static let jaegerStorage = Format(
    name: "jaeger-storage", contents: "documents of Jaeger's storage", isRead: false
  ) { $0.has("hits.hits[]._source") || $0.has("spanID") }
  static let console = Format(
    name: "console", contents: "spans of an SDK's console exporter", isRead: false
  ) { $0.has("context.trace_id") || $0.has("SpanContext.TraceID") }
  static let datadog = Format(name: "datadog", contents: "Datadog traces", isRead: false) {
    $0.has("trace_id") && $0.has("span_id") && ($0.has("resource") || $0.has("meta"))
  }
  static let elastic = Format(name: "elastic", contents: "Elastic APM events", isRead: false) {
    $0.has("metadata") && ($0.has("transaction") || $0.has("span") || $0.has("error"))
  }
  static let zipkin = Format(name: "zipkin", contents: "Zipkin spans", isRead: false) {
    $0.has("traceId") && $0.has("id")
  }
  static let cloudWatch = Format(name: "logs", contents: "log events", isRead: false) {
    $0.has("events[].message") || $0.has("logEvents") || $0.has("results[].field")
      || $0.has("@timestamp") || $0.has("@message")
  }
}
