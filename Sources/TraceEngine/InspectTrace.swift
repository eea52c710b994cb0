public import TraceAnalysis
import TraceModel
import TraceReport
import TraceStore

/// One trace as it is drawn.
///
/// - Parameters:
///   - id: the trace's id in any written form, or the first digits of one.
///   - store: where to look.
///   - limit: the most spans.
/// - Throws: `EngineError` with code `input` where there is no such trace, or `usage` where several begin so.
public func inspectTrace(
  _ id: String, in store: OpenedStore, limit: Int
) throws -> Findings.ExemplarTrace {
  let reader = try openReader(store.path)
  do {
    if let trace = try exemplar(TraceID(text: id), reason: "", limit: limit, reader.catalog) {
      return trace
    }
    let found = try reader.traceIDs(prefix: id.lowercased(), limit: 4)
    if found.count > 1 {
      throw EngineError(
        .usage,
        "'\(id)' is the beginning of several traces: \(found.map(\.description).joined(separator: ", "))"
      )
    }
    if let only = found.first,
      let trace = try exemplar(only, reason: "", limit: limit, reader.catalog)
    {
      return trace
    }
  } catch let error as StoreError {
    throw EngineError(error)
  }
  throw EngineError(
    .input,
    "no trace '\(id)' in '\(store.shownName.isEmpty ? "the input" : store.shownName)'; it holds \(reader.counts.traces) traces",
    hint: "culprit traces \(store.shownName.isEmpty ? "FILES" : shellWord(store.shownName))")
}
