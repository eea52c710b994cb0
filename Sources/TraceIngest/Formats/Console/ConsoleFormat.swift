/// What OpenTelemetry's SDK for Python prints: spans and log records, pretty-printed JSON objects one behind the other.
extension Format {
  static let console = Format(
    name: "console", contents: "spans and logs of a Python SDK's console exporter",
    framing: .json(isOrdered: false)
  ) {
    $0.outline.has("context.trace_id")
      || $0.outline.has("severity_number") && $0.outline.has("trace_flags")
        && $0.outline.has("observed_timestamp")
  }

  /// What the SDK for Go prints.
  static let goConsole = Format(
    name: "go-console", contents: "spans of a Go SDK's console exporter",
    framing: .json(isOrdered: false)
  ) { $0.outline.has("SpanContext.TraceID") }
}
