public import TraceAnalysis
import TraceModel
import TraceStore

/// Examines the data of a store: what is wrong with it, and what that costs the findings.
///
/// - Throws: `EngineError`.
/// - Complexity: that of an investigation, and one pass over spans and log records.
public func examine(_ request: InvestigateRequest) async throws -> Checkup {
  let findings = try await investigate(request)
  do throws(StoreError) {
    return Checkup(findings, links: try TraceReader(path: request.store.path).links())
  } catch {
    throw EngineError(error)
  }
}
