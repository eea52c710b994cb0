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

  /// What the SDK for JavaScript prints, which is no JSON.
  static let jsConsole = Format(
    name: "js-console", contents: "spans of a JavaScript SDK's console exporter",
    framing: .lines(.jsConsole)
  ) { isJSConsole($0.bytes) }

  /// A line `{`, then bare keys, a trace's id among them.
  private static func isJSConsole(_ bytes: Bytes) -> Bool {
    var isInside = false
    for (from, end) in LineBounds(bytes) {
      let line = bytes.slice(from, end)
      if line.equals("{") || line.starts(with: "{ resource:") {
        isInside = true
      } else if isInside, line.starts(with: "  traceId: '") {
        return true
      } else if line.equals("}") {
        isInside = false
      }
    }
    return false
  }
}
