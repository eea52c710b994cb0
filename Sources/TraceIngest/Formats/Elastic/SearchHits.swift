import TraceModel

extension Format {
  /// What Elasticsearch and OpenSearch answer to a search, or a hit a line as dumps have it: documents of any kind that we know.
  static let searchHits = Format(
    name: "search-hits", contents: "hits of a search", framing: .json(isOrdered: false)
  ) {
    $0.outline.has("hits.hits[]._source")
      || $0.outline.has("_source") && ($0.outline.has("_index") || $0.outline.has("_id"))
  }
}

/// Hits of a search → what their documents are.
extension Decoder {
  /// The documents of an answer or of one hit; false where it has none that is known.
  mutating func searchHits(_ tape: JSONTape, _ keys: RecordKeys, _ envelope: Envelope) -> Bool {
    guard keys.has(.hits) || keys.has(.hitSource), envelope.depth < Self.maxUnwraps else {
      return false
    }
    if keys.has(.hitSource) {
      var inner = envelope
      inner.depth += 1
      return json(tape, keys[.hitSource], inner)
    }
    var isKnown = false
    for hit in JSONElements(tape, member(tape, keys[.hits]) { $0.equals("hits") }) {
      var inner = envelope
      inner.depth += 1
      inner.offset = nextOffset()
      if json(tape, member(tape, hit) { $0.equals("_source") }, inner) { isKnown = true }
    }
    return isKnown
  }
}
