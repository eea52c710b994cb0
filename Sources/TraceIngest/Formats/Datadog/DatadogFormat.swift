extension Format {
  /// Traces as Datadog's tracers send them to the agent in JSON: arrays of arrays of spans. The upper half of a trace's id stands
  /// in one span of the trace alone, so that spans are read one after the other.
  static let datadog = Format(
    name: "datadog", contents: "Datadog traces", framing: .json(isOrdered: true)
  ) {
    $0.outline.has("trace_id") && $0.outline.has("span_id") && $0.outline.has("name")
      && ($0.outline.has("meta") || $0.outline.has("metrics"))
      && ($0.outline.has("resource") || $0.outline.has("service"))
  }
}
