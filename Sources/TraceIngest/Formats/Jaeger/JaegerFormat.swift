extension Format {
  /// Jaeger's own JSON: what its UI and API give, and documents of its storage.
  static let jaegerFormats = [jaeger, jaegerStorage]

  /// Traces of the UI and the API, alone or under `data`, and the API's other answers.
  static let jaeger = Format(
    name: "jaeger", contents: "Jaeger JSON", framing: .json(isOrdered: false)
  ) {
    let outline = $0.outline
    return ["data[].", "data.", ""].contains { place in
      outline.has(place + "spans")
        && (outline.has(place + "processes") || outline.has(place + "process")
          || ["spanID", "spanId", "span_id"].contains {
            outline.has(place + "spans[]." + $0)
          }
            && ["operationName", "operation_name"].contains {
              outline.has(place + "spans[]." + $0)
            })
    } || outline.has("data") && outline.has("errors") && outline.has("total")
      || ["data[].", ""].contains {
        outline.has($0 + "parent") && outline.has($0 + "child") && outline.has($0 + "callCount")
      }
  }

  /// Spans as a storage keeps them, each with its process; answers of Elasticsearch hold them as hits.
  static let jaegerStorage = Format(
    name: "jaeger-storage", contents: "documents of Jaeger's storage",
    framing: .json(isOrdered: false)
  ) {
    $0.outline.has("hits.hits[]._source.spanID")
      || ["spanID", "span_id", "spanId"].contains(where: $0.outline.has)
        && ["operationName", "operation_name"].contains(where: $0.outline.has)
  }
}
