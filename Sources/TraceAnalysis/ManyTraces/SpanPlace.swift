package import TraceModel

/// A span that can be found again: ids, and the written form of the span's id where that is not plain hex.
package struct SpanPlace: Sendable, Hashable, Comparable {
  /// Its trace.
  package var trace: TraceID
  /// Its id.
  package var span: SpanID
  /// The written form of its id; nil where it is plain hex.
  package var written: String?

  /// The place of a span.
  package init(_ trace: Trace, _ index: Int) {
    self.trace = trace.id
    span = trace.spans[index].id
    written = trace.writtenIDs.isEmpty ? nil : trace.writtenIDs[Int32(index)]
  }

  /// By trace, then by span.
  package static func < (a: SpanPlace, b: SpanPlace) -> Bool {
    if a.trace != b.trace { return a.trace < b.trace }
    if a.span != b.span { return a.span < b.span }
    return (a.written ?? "") < (b.written ?? "")
  }

  /// As it stands in findings.
  package var reference: Findings.SpanReference {
    Findings.SpanReference(trace: trace.description, span: written ?? span.description)
  }
}

/// The span with the largest value; of equal values the one with the smaller ids, so that the order of traces is no matter.
package struct LargestSpan: Sendable {
  /// Its value; -1 where there is none.
  package private(set) var value: Int64 = -1
  /// Where it is.
  package private(set) var place: SpanPlace?

  /// No span.
  package init() {}

  /// Takes the span if its value is larger.
  package mutating func add(_ value: Int64, _ trace: Trace, _ index: Int) {
    if value < self.value { return }
    merge(value, SpanPlace(trace, index))
  }

  /// Takes in another largest span.
  package mutating func merge(_ other: LargestSpan) {
    if let place = other.place { merge(other.value, place) }
  }

  private mutating func merge(_ value: Int64, _ candidate: SpanPlace) {
    if let known = place, value < self.value || value == self.value && known <= candidate { return }
    self.value = value
    place = candidate
  }

  /// As it stands in findings; empty where there is none.
  package var reference: Findings.SpanReference {
    place?.reference ?? Findings.SpanReference(trace: "", span: "")
  }
}

/// The sum of two lengths that are not negative, never above the largest number: so sums do not hang on their order.
package func saturatingSum(_ a: Int64, _ b: Int64) -> Int64 {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? .max : sum
}
