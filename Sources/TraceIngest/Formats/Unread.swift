/// Formats that are told and not read.
extension Format {
  static let unreadFormats = [jaeger, jaegerStorage, zipkin]

  static let jaeger = Format(name: "jaeger", contents: "Jaeger JSON", framing: nil) {
    $0.outline.has("data[].spans") && $0.outline.has("data[].processes")
      || $0.outline.has("spans") && $0.outline.has("processes")
  }
  static let jaegerStorage = Format(
    name: "jaeger-storage", contents: "documents of Jaeger's storage", framing: nil
  ) { $0.outline.has("hits.hits[]._source") || $0.outline.has("spanID") }
  static let zipkin = Format(name: "zipkin", contents: "Zipkin spans", framing: nil) {
    $0.outline.has("traceId") && $0.outline.has("id")
  }
}
