extension Format {
  /// Zipkin's spans, v1 and v2: arrays, arrays of arrays, lines, single objects.
  static let zipkin = Format(
    name: "zipkin", contents: "Zipkin spans", framing: .json(isOrdered: false)
  ) {
    let outline = $0.outline
    guard outline.has("traceId"), outline.has("id"), !outline.has("spanId") else { return false }
    let telling = ["localEndpoint", "remoteEndpoint", "annotations", "binaryAnnotations"]
    if telling.contains(where: outline.has) { return true }
    // Log lines name a trace as well, and have ids.
    let own = [
      "traceId", "id", "parentId", "name", "kind", "timestamp", "duration", "tags", "shared",
      "debug",
    ]
    let hasOthers = outline.hasKey { key in
      !own.contains(String(key.prefix { $0 != "." && $0 != "[" }))
    }
    return !hasOthers
      || outline.has("timestamp") && ["kind", "duration", "tags"].contains(where: outline.has)
        && !["message", "msg", "level", "severity"].contains(where: outline.has)
  }
}
