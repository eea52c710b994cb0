import TraceAnalysis
import TraceModel
import TraceStore

/// Writes every span with what was measured of it, one JSON object a line, in the order of the store.
///
/// Keys: `trace_id`, `span_id`, `parent_id`, `service`, `operation`, `kind`, `status`, `start_ns` and `end_ns` as received
/// (`null` where unknown), `self_ns`, `critical_path_ns`, `inclusive_ns`, `edge`, `unit` (span id of its head), `shift_ns`,
/// `error_class`. Spans without a trace id are in no trace and are left out; the store's view `spans` holds them.
///
/// - Parameter emit: called with some thousand lines at a time.
/// - Complexity: linear in spans; memory of one trace.
public func exportSpans(
  from store: OpenedStore, emit: (String) throws -> Void
) throws {
  do {
    try export(store, emit)
  } catch let error as StoreError {
    throw EngineError(error)
  }
}

private func export(_ store: OpenedStore, _ emit: (String) throws -> Void) throws {
  var reader = try openReader(store.path)
  let symbols = reader.symbols
  let resources = reader.resources
  var scratch = TraceScratch()
  var lines = ""
  for partition in reader.partitions(1) {
    _ = try reader.forEachTrace(in: partition) { raw in
      let measures = measure(raw, resources: resources, scratch: &scratch)
      for index in measures.trace.spans.indices {
        appendSpan(index, of: measures, symbols: symbols, resources: resources, to: &lines)
      }
      if lines.utf8.count > 1 << 18 {
        try emit(lines)
        lines = ""
      }
    }
  }
  try emit(lines)
}

private func appendSpan(
  _ index: Int, of measures: TraceMeasures, symbols: SymbolTable, resources: [Resource],
  to text: inout String
) {
  let trace = measures.trace
  let span = trace.spans[index]
  let parent = Int(trace.parent[index])
  text += "{\"trace_id\":\"\(trace.id)\",\"span_id\":"
  appendJSON(trace.idText(index), to: &text)
  text += ",\"parent_id\":"
  if parent >= 0 {
    appendJSON(trace.idText(parent), to: &text)
  } else if span.parent.isAbsent {
    text += "null"
  } else {
    text += "\"\(span.parent)\""
  }
  text += ",\"service\":"
  appendJSON(symbols[resources[Int(span.resource)].service], to: &text)
  text += ",\"operation\":"
  appendJSON(symbols[span.operation], to: &text)
  text += ",\"kind\":\"\(span.facts.kind.name)\",\"status\":\"\(span.facts.status.name)\""
  text += ",\"start_ns\":\(span.facts[.unknownStart] ? "null" : String(span.start.nanoseconds))"
  text += ",\"end_ns\":\(span.facts[.unknownEnd] ? "null" : String(span.end.nanoseconds))"
  text += ",\"self_ns\":\(measures.selfTime[index])"
  text += ",\"critical_path_ns\":\(measures.criticalPath[index])"
  text += ",\"inclusive_ns\":\(measures.inclusive[index])"
  text += ",\"edge\":\"\(trace.edge[index].name)\",\"unit\":"
  appendJSON(trace.idText(Int(trace.unit[index])), to: &text)
  text += ",\"shift_ns\":\(trace.shift[index])"
  text += ",\"error_class\":\"\(measures.errorClass[index].name)\"}\n"
}

/// Appends a text as a JSON string: quotes, backslashes and control characters escaped, everything else as it stands.
func appendJSON(_ text: String, to output: inout String) {
  output += "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": output += "\\\""
    case "\\": output += "\\\\"
    case "\n": output += "\\n"
    case "\r": output += "\\r"
    case "\t": output += "\\t"
    case "\u{0}"..<"\u{20}", "\u{7f}"..<"\u{a0}":
      let digits = String(scalar.value, radix: 16)
      output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: output.unicodeScalars.append(scalar)
    }
  }
  output += "\""
}
