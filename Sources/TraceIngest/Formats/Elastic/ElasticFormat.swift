extension Format {
  /// Events as Elastic's agents send them to the APM server ("intake v2"): a line of metadata, which holds for the lines behind it, then
  /// a transaction, span, error or set of metrics a line; and transactions and spans as Elasticsearch keeps them.
  static let elastic = Format(
    name: "elastic", contents: "Elastic APM events", framing: .json(isOrdered: true)
  ) {
    $0.outline.has("metadata.service")
      || $0.outline.has("transaction.trace_id") || $0.outline.has("span.transaction_id")
      || $0.outline.has("trace.id")
        && ($0.outline.has("span.duration.us") || $0.outline.has("transaction.duration.us"))
  }
}

/// What an Elastic agent says of itself before its events.
struct ElasticSender {
  var service = ""
  var version = ""
  var node = ""
  var environment = ""
  var host = ""
  var language = ""
}
