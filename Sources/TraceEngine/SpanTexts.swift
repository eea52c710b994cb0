import Foundation
import TraceAnalysis
import TraceModel
import TraceStore

/// Texts of some of a trace's spans for display, by index: attributes, and the message of the exception or status.
///
/// Attributes and events of versions that were folded into a span are added where the kept one lacks them
/// (traces-semantics.md 1.3).
func displayTexts(
  of trace: Trace, spans wanted: some Sequence<Int>, reader: borrowing TraceReader
) throws(StoreError) -> [Int32: SpanDisplayText] {
  var versions: [Int32: [Int64]] = [:]
  for index in wanted { versions[Int32(index)] = [trace.spans[index].row] }
  for (kept, dropped) in trace.absorbed { versions[kept]?.append(dropped.row) }
  let indexes = versions.keys.sorted()
  let texts = try reader.texts(rows: indexes.flatMap { versions[$0] ?? [] })
  let byRow = Dictionary(texts.map { ($0.row, $0) }) { first, _ in first }
  var result: [Int32: SpanDisplayText] = [:]
  for index in indexes {
    result[index] = SpanDisplayText((versions[index] ?? []).compactMap { byRow[$0] })
  }
  return result
}

extension SpanDisplayText {
  /// Texts of one span from its versions, the kept one first.
  fileprivate init(_ versions: [SpanText]) {
    var attributes: [String: String] = [:]
    var message = ""
    for version in versions {
      for (key, value) in jsonObject(version.attributes) where attributes[key] == nil {
        attributes[key] = shown(value)
      }
      if message.isEmpty { message = failureMessage(jsonObject(version.detail)) }
    }
    let sorted = attributes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    self.init(attributes: sorted.map { [$0.key, $0.value] }, message: message)
  }
}

extension [Int32: SpanDisplayText] {
  /// Adds what the platform reports of an invocation (AWS Lambda's last line of its log) to the invocation's span, as attributes
  /// `invocation.…`: `duration_ms`, `init_ms` where it started cold, `memory_mb`, `used_mb`, `status`, … An attribute that the span has stays.
  mutating func addInvocations(_ logs: [LogRecord], of trace: Trace) {
    for log in logs where log.detail.contains("\"invocation\"") && !log.span.isAbsent {
      guard let facts = jsonObject(log.detail)["invocation"] as? [String: Any],
        let index = trace.spans.indices.first(where: { trace.spans[$0].id == log.span }),
        var text = self[Int32(index)]
      else { continue }
      for (key, value) in facts {
        let name = "invocation.\(key)"
        if !text.attributes.contains(where: { $0.first == name }) {
          text.attributes.append([name, shown(value)])
        }
      }
      text.attributes.sort {
        ($0.first ?? "").utf8.lexicographicallyPrecedes(($1.first ?? "").utf8)
      }
      self[Int32(index)] = text
    }
  }
}

/// Message of the last exception event, else of the status.
private func failureMessage(_ detail: [String: Any]) -> String {
  let events = detail["events"] as? [[String: Any]] ?? []
  for event in events.reversed() {
    let attributes = event["attributes"] as? [String: Any] ?? [:]
    if let message = attributes["exception.message"] ?? attributes["message"] {
      return shown(message)
    }
  }
  return detail["status_message"] as? String ?? ""
}

private func jsonObject(_ text: String) -> [String: Any] {
  let value = text.isEmpty ? nil : try? JSONSerialization.jsonObject(with: Data(text.utf8))
  return value as? [String: Any] ?? [:]
}

private func shown(_ value: Any) -> String {
  switch value {
  case let text as String: return text
  case let number as NSNumber: return "\(number)"
  case is NSNull: return "null"
  default:
    let data = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys])
    return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
