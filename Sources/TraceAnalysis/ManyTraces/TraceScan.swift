package import TraceModel

/// What several profiles want to know of each span of a trace, found once: a room that is kept from trace to trace.
package struct TraceScan: Sendable {
  /// Number of the operation.
  package private(set) var operations: [Int] = []
  /// Number of the service.
  package private(set) var services: [Int] = []
  /// Corrected length, ns.
  package private(set) var lengths: [Nanoseconds] = []
  /// Whether the span itself failed.
  package private(set) var isError: [Bool] = []
  /// Whether the span enters its service: SERVER, CONSUMER, with no parent in it, or one that the sender calls remote. A SERVER
  /// right below a SERVER of its service is the same request, seen a second time: Lambda's own segment and its function's.
  package private(set) var isEntry: [Bool] = []
  /// A number for this trace, not 0, that the trace before did not have.
  package private(set) var ordinal: UInt32 = 0

  /// An empty room.
  package init() {}

  /// Looks at a trace.
  package mutating func read(_ measures: borrowing TraceMeasures, index: inout OperationIndex) {
    ordinal = ordinal == .max ? 1 : ordinal + 1
    operations.removeAll(keepingCapacity: true)
    services.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    isError.removeAll(keepingCapacity: true)
    isEntry.removeAll(keepingCapacity: true)
    let spans = measures.trace.spans
    let start = measures.trace.start
    let end = measures.trace.end
    let parents = measures.trace.parent
    let classes = measures.errorClass
    for span in spans.indices {
      let service = index.services.number(resource: spans[span].resource)
      services.append(service)
      operations.append(index.number(of: spans[span], service: service))
      lengths.append(end[span] - start[span])
      isError.append(classes[span].isError)
      let kind = spans[span].facts.kind
      let parent = Int(parents[span])
      let isSeenAgain =
        kind == .server && parent >= 0 && spans[parent].facts.kind == .server
        && services[parent] == service
      isEntry.append(
        kind == .server && !isSeenAgain || kind == .consumer || parent < 0
          || services[parent] != service
          || spans[span].facts[.remoteParent])
    }
  }
}
