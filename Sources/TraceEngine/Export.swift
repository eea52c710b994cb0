import TraceAnalysis
import TraceModel
import TraceReport
import TraceStore

/// Writes every span with what was measured of it, one JSON object a line, in the order of the store.
///
/// Keys: `trace_id`, `span_id`, `parent_id`, `service`, `operation`, `kind`, `status`, `start_ns` and `end_ns` as received
/// (`null` where unknown), `self_ns`, `critical_path_ns`, `inclusive_ns`, `edge`, `unit` (span id of its head), `shift_ns`,
/// `error_class`. Spans without a trace id are in no trace and are left out; the store's view `spans` holds them.
///
/// - Parameters:
///   - store: what to export.
///   - showSecrets: whether credentials in names are left as they stand; they are masked otherwise.
///   - emit: called with some thousand lines at a time.
/// - Complexity: linear in spans; memory of one trace.
public func exportSpans(
  from store: OpenedStore, showSecrets: Bool = false, emit: (String) throws -> Void
) throws {
  do {
    try export(store, showSecrets, emit)
  } catch let error as StoreError {
    throw EngineError(error)
  }
}

private func export(
  _ store: OpenedStore, _ showSecrets: Bool, _ emit: (String) throws -> Void
) throws {
  var reader = try openReader(store.path)
  var names = NameTexts(symbols: reader.symbols, showSecrets: showSecrets)
  let resources = reader.resources
  var scratch = TraceScratch()
  var lines = ""
  for partition in reader.partitions(1) {
    _ = try reader.forEachTrace(in: partition) { raw in
      let measures = measure(raw, resources: resources, scratch: &scratch)
      for index in measures.trace.spans.indices {
        appendSpan(index, of: measures, names: &names, resources: resources, to: &lines)
      }
      if lines.utf8.count > 1 << 18 {
        try emit(lines)
        lines = ""
      }
    }
  }
  try emit(lines)
}

/// Names as JSON strings, credentials masked, each made once.
private struct NameTexts {
  let symbols: SymbolTable
  let showSecrets: Bool
  private var texts: [Symbol: String] = [:]

  init(symbols: SymbolTable, showSecrets: Bool) {
    self.symbols = symbols
    self.showSecrets = showSecrets
  }

  mutating func json(_ symbol: Symbol) -> String {
    if let known = texts[symbol] { return known }
    var text = ""
    appendJSON(showSecrets ? symbols[symbol] : maskedText(symbols[symbol]).text, to: &text)
    texts[symbol] = text
    return text
  }
}

private func appendSpan(
  _ index: Int, of measures: TraceMeasures, names: inout NameTexts, resources: [Resource],
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
  text += names.json(resources[Int(span.resource)].service)
  text += ",\"operation\":"
  text += names.json(span.operation)
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
