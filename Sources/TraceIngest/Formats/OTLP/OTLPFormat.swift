extension Format {
  /// OTLP JSON in every dialect, Tempo's answers and Jaeger's api/v3 among them.
  static let otlp = Format(name: "otlp", contents: "OTLP JSON", framing: .otlp) { first in
    let keys: [String] = [
      "resourceSpans", "resource_spans", "resourceLogs", "resource_logs", "resourceMetrics",
      "resource_metrics", "batches", "scopeSpans", "scope_spans", "scopeLogs", "scope_logs",
      "scopeMetrics", "scope_metrics", "instrumentationLibrarySpans",
      "instrumentation_library_spans",
      "trace.resourceSpans", "trace.resource_spans", "trace.batches", "result.resourceSpans",
      "traces[].rootTraceName", "traces[].rootServiceName",
    ]
    return keys.contains { first.outline.has($0) }
  }
}
