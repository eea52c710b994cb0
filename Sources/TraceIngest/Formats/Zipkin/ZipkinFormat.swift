extension Format {
  /// Zipkin's spans, v1 and v2: arrays, arrays of arrays, lines, single objects.
  static let zipkin = Format(
    name: "zipkin", contents: "Zipkin spans", framing: .json(isOrdered: false)
  ) {
    $0.outline.has("traceId") && $0.outline.has("id") && !$0.outline.has("spanId")
      && !$0.outline.has("message") && !$0.outline.has("msg")
      && [
        "localEndpoint", "remoteEndpoint", "annotations", "binaryAnnotations", "tags", "kind",
        "duration", "timestamp", "name",
      ].contains(where: $0.outline.has)
  }
}
