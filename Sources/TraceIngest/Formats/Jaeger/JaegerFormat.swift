extension Format {
  /// Jaeger's own JSON: what its UI and API give, and documents of its storage.
  static let jaegerFormats = [jaeger, jaegerStorage]

  /// Traces of the UI and the API, alone or under `data`.
  static let jaeger = Format(
    name: "jaeger", contents: "Jaeger JSON", framing: .json(isOrdered: false)
  ) {
    $0.outline.has("data[].spans") && $0.outline.has("data[].processes")
      || $0.outline.has("data.spans") && $0.outline.has("data.processes")
      || $0.outline.has("spans") && ($0.outline.has("processes") || $0.outline.has("process"))
  }

  /// Spans as a storage keeps them, each with its process; answers of Elasticsearch hold them as hits.
  static let jaegerStorage = Format(
    name: "jaeger-storage", contents: "documents of Jaeger's storage",
    framing: .json(isOrdered: false)
  ) {
    $0.outline.has("hits.hits[]._source.spanID")
      || ($0.outline.has("spanID") || $0.outline.has("span_id"))
        && ($0.outline.has("operationName") || $0.outline.has("operation_name"))
  }
}
