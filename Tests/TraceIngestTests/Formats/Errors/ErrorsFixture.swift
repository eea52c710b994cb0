import Foundation
import TraceIngest

/// A tracker's record as its test reads it: the row and its detail as JSON.
struct TrackerLog {
  let log: ReadLog
  let exception: [String: Any]
  let report: [String: Any]
  let attributes: [String: Any]

  init(_ log: ReadLog) throws {
    self.log = log
    func object(_ text: String) throws -> [String: Any] {
      let value = try JSONSerialization.jsonObject(with: Data((text.isEmpty ? "{}" : text).utf8))
      return value as? [String: Any] ?? [:]
    }
    let detail = try object(log.detail)
    exception = detail["exception"] as? [String: Any] ?? [:]
    report = detail["report"] as? [String: Any] ?? [:]
    attributes = try object(log.attributes)
  }

  /// Types of the chain, outermost first; those beside it in brackets.
  var types: [String] {
    (exception["parts"] as? [[String: Any]] ?? []).map { part in
      let type = part["type"] as? String ?? ""
      return part["aside"] as? Bool == true ? "(\(type))" : type
    }
  }

  /// Functions of one exception, newest first.
  func functions(_ part: Int) -> [String] {
    let parts = exception["parts"] as? [[String: Any]] ?? []
    guard part < parts.count else { return [] }
    return (parts[part]["frames"] as? [[String: Any]] ?? []).compactMap {
      $0["function"] as? String
    }
  }
}

/// What a fixture of an error tracker gives.
func trackerLogs(_ name: String) async throws -> (logs: [TrackerLog], all: Collected) {
  let all = try await collect(path: fixturePath("Errors/\(name)"))
  return (try all.logs.map { try TrackerLog($0) }, all)
}
