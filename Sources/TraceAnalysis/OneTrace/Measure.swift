public import TraceModel

/// The room in which traces are measured: a loop keeps one and passes it on, so that little is allocated per trace.
public struct TraceScratch: Sendable {
  var builder = TraceBuilder()
  var paths = PathRoom()
  var errors = ErrorRoom()

  /// An empty room.
  public init() {}
}

/// Builds a trace and measures all there is to measure of it.
///
/// - Parameters:
///   - raw: all stored spans of one trace id, in any order.
///   - resources: what `Span.resource` points into; an index outside of it means a resource that says nothing.
///   - knobs: choices in which tools differ.
/// - Complexity: O(*n* log *n*) time, O(*n*) memory for *n* spans of whatever shape, no recursion.
/// - Source: traces-semantics.md 1 to 6.
public func measure(
  _ raw: RawTrace, resources: [Resource], knobs: Knobs = Knobs()
) -> TraceMeasures {
  var scratch = TraceScratch()
  return measure(raw, resources: resources, knobs: knobs, scratch: &scratch)
}

/// As `measure(_:resources:knobs:)`, for loops over many traces.
///
/// - Parameter scratch: any room; it says nothing about the result.
public func measure(
  _ raw: RawTrace, resources: [Resource], knobs: Knobs = Knobs(), scratch: inout TraceScratch
) -> TraceMeasures {
  var trace = scratch.builder.build(raw, resources: resources)
  correctClocks(&trace, resources: resources, knobs: knobs)
  settleEdges(&trace, resources: resources, knobs: knobs)
  let paths = criticalPaths(trace, knobs: knobs, room: &scratch.paths)
  let errors = errorOutcomes(trace, resources: resources, room: &scratch.errors)
  return TraceMeasures(
    trace: trace, selfTime: selfTimes(trace), criticalPath: paths.exclusive,
    inclusive: paths.inclusive,
    segments: paths.segments, primarySegmentCount: paths.primaryCount,
    errorClass: errors.classes, origins: errors.origins)
}
