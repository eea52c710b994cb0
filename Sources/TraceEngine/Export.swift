import TraceAnalysis
import TraceIngest
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

/// What an export is written in, beside our own lines.
public enum ExportFormat: String, Sendable, CaseIterable {
  /// OTLP JSON, a request a line.
  case otlp
  /// Jaeger's UI JSON, one document.
  case jaeger
}

/// What an export could not say in its format.
public struct ExportLosses: Sendable, Hashable {
  /// Spans without a trace id, which the format cannot hold.
  public var quarantined = 0
  /// Links that the format would take for a parent, which stand in a tag of our own alone.
  public var links = 0
  /// Texts in which credentials were masked.
  public var masked = 0

  /// Nothing was lost.
  public init() {}
}

/// Writes every stored span as it was received, in a format that others read, and that loads again to the same spans.
///
/// OTLP holds all of it. Jaeger's times have microseconds and its attributes no lists: what it cannot say stands in a tag of our own; a
/// span must have a trace id.
///
/// - Parameters:
///   - store: what to export.
///   - format: how it is written.
///   - showSecrets: whether credentials are left as they stand; they are masked otherwise.
///   - emit: called with some hundred spans at a time.
/// - Returns: what could not be said.
/// - Complexity: linear in spans; memory of the largest trace.
public func exportSpans(
  from store: OpenedStore, as format: ExportFormat, showSecrets: Bool = false,
  emit: (String) throws -> Void
) throws -> ExportLosses {
  do {
    return try exportRecords(store, format, showSecrets, emit)
  } catch let error as StoreError {
    throw EngineError(error)
  }
}

private func exportRecords(
  _ store: OpenedStore, _ format: ExportFormat, _ showSecrets: Bool, _ emit: (String) throws -> Void
) throws -> ExportLosses {
  let list = try openReader(store.path)
  var reader = try TraceReader(sharing: list.catalog)
  var resources = try list.resourceRecords()
  var scopes = try list.scopeRecords()
  var losses = ExportLosses()
  if !showSecrets {
    for number in resources.keys { losses.masked += resources[number]?.mask() ?? 0 }
    for number in scopes.keys { losses.masked += scopes[number]?.mask() ?? 0 }
  }
  func shown(_ records: [SpanRecord]) -> [SpanRecord] {
    if showSecrets { return records }
    var records = records
    for index in records.indices { losses.masked += records[index].mask() }
    return records
  }
  func words(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
  switch format {
  case .otlp:
    var writer = OTLPWriter(resources: resources, scopes: scopes)
    var waiting: [SpanRecord] = []
    for partition in list.partitions(1) {
      _ = try reader.forEachTrace(in: partition) { raw in
        waiting += shown(try list.records(of: raw.spans))
        if waiting.count >= 500 {
          try emit(words(writer.request(waiting)))
          waiting.removeAll(keepingCapacity: true)
        }
      }
    }
    if !waiting.isEmpty { try emit(words(writer.request(waiting))) }
    var last: Int64 = 0
    while case let found = try list.quarantined(after: last, limit: 500), let end = found.last {
      try emit(words(writer.request(shown(found))))
      last = end.span.row
    }
  case .jaeger:
    var writer = JaegerWriter(resources: resources, scopes: scopes)
    try emit(words(writer.start))
    for partition in list.partitions(1) {
      _ = try reader.forEachTrace(in: partition) { raw in
        try emit(words(writer.trace(raw.id, shown(try list.records(of: raw.spans)))))
      }
    }
    try emit(words(writer.end))
    losses.quarantined = list.counts.quarantined
    losses.links = writer.lostLinks
  }
  return losses
}

extension SpanRecord {
  /// Masks credentials; how many.
  fileprivate mutating func mask() -> Int {
    masked(&operation, maskedText) + masked(&peer, maskedText) + masked(&attributes, maskedJSON)
      + masked(&detail, maskedJSON)
  }
}

extension ResourceRecord {
  /// Masks credentials; how many.
  fileprivate mutating func mask() -> Int {
    masked(&attributes, maskedJSON) + masked(&detail, maskedJSON) + masked(&host, maskedText)
      + masked(&instance, maskedText)
  }
}

extension ScopeRecord {
  /// Masks credentials; how many.
  fileprivate mutating func mask() -> Int {
    masked(&attributes, maskedJSON) + masked(&detail, maskedJSON)
  }
}

private func masked(
  _ text: inout String, _ mask: (String) -> (text: String, count: Int)
) -> Int {
  if text.isEmpty { return 0 }
  let shown = mask(text)
  if shown.count > 0 { text = shown.text }
  return shown.count
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
