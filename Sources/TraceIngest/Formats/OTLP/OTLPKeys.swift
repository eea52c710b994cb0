/// Names of the lists in an OTLP document, in every dialect of formats/traces.md 1.1 and 1.6.
enum OTLPKeys {
  /// A key under which scopes are listed.
  struct Scopes {
    var kind: ListKind
    /// A name from before OTLP 0.15, which counts only if the new list is absent or empty.
    var isLegacy: Bool
  }

  /// Whether a key of a document lists resources.
  static func isResources(_ key: Bytes) -> Bool {
    switch key.count {
    case 7: key.equals("batches")
    case 12: key.equals("resourceLogs")
    case 13: key.equals("resourceSpans") || key.equals("resource_logs")
    case 14: key.equals("resource_spans")
    case 15: key.equals("resourceMetrics")
    case 16: key.equals("resource_metrics")
    default: false
    }
  }

  /// Whether a key of a document holds another document: Tempo's v2 and Jaeger's v3 answers.
  static func isWrapper(_ key: Bytes) -> Bool { key.equals("trace") || key.equals("result") }

  /// What a key of a resource lists.
  static func scopes(_ key: Bytes) -> Scopes? {
    switch key.count {
    case 9: key.equals("scopeLogs") ? Scopes(kind: .log, isLegacy: false) : nil
    case 10:
      if key.equals("scopeSpans") {
        Scopes(kind: .span, isLegacy: false)
      } else {
        key.equals("scope_logs") ? Scopes(kind: .log, isLegacy: false) : nil
      }
    case 11: key.equals("scope_spans") ? Scopes(kind: .span, isLegacy: false) : nil
    case 12: key.equals("scopeMetrics") ? Scopes(kind: .metric, isLegacy: false) : nil
    case 13: key.equals("scope_metrics") ? Scopes(kind: .metric, isLegacy: false) : nil
    default: legacyScopes(key)
    }
  }

  private static func legacyScopes(_ key: Bytes) -> Scopes? {
    guard key.starts(with: "instrumentation") else { return nil }
    if key.equals("instrumentationLibrarySpans") || key.equals("instrumentation_library_spans") {
      return Scopes(kind: .span, isLegacy: true)
    }
    if key.equals("instrumentationLibraryLogs") || key.equals("instrumentation_library_logs") {
      return Scopes(kind: .log, isLegacy: true)
    }
    if key.equals("instrumentationLibraryMetrics") || key.equals("instrumentation_library_metrics")
    {
      return Scopes(kind: .metric, isLegacy: true)
    }
    return nil
  }

  /// Whether a key says how many attributes the sender dropped.
  static func isDroppedAttributes(_ key: Bytes) -> Bool {
    key.equals("droppedAttributesCount") || key.equals("dropped_attributes_count")
  }

  /// Whether an event has a column, or a place in the detail, for a key.
  static func isEventField(_ key: Bytes) -> Bool {
    key.equals("name") || key.equals("timeUnixNano") || key.equals("time_unix_nano")
      || key.equals("attributes") || key.equals("culprit") || isDroppedAttributes(key)
  }

  /// The same of a link.
  static func isLinkField(_ key: Bytes) -> Bool {
    key.equals("traceId") || key.equals("trace_id") || key.equals("spanId")
      || key.equals("span_id") || key.equals("traceState") || key.equals("trace_state")
      || key.equals("attributes") || key.equals("flags") || isDroppedAttributes(key)
  }

  /// What a key of a scope lists.
  static func elements(_ key: Bytes) -> ListKind? {
    switch key.count {
    case 4: key.equals("logs") ? .log : nil
    case 5: key.equals("spans") ? .span : nil
    case 7: key.equals("metrics") ? .metric : nil
    case 10: key.equals("logRecords") ? .log : nil
    case 11: key.equals("log_records") ? .log : nil
    default: nil
    }
  }

  /// Whether a key holds the scope itself.
  static func isScope(_ key: Bytes) -> Bool {
    key.equals("scope") || key.equals("instrumentationLibrary")
      || key.equals("instrumentation_library")
  }
}
