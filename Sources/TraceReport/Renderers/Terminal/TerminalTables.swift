public import TraceAnalysis
import Foundation
import TraceModel

/// A table in any of its forms.
///
/// - Parameters:
///   - table: what to draw; names in it are made harmless, credentials masked.
///   - format: for a terminal, Markdown, JSON or CSV.
///   - width: columns of the terminal; no line is wider. Columns of text give way first, then whole columns from the
///     right, and a last line names them. Other forms have no width.
///   - color: whether headings stand out on a terminal.
///   - options: whether secrets are shown.
/// - Returns: text that ends with a line feed. JSON and CSV hold raw values: lengths and moments in ns, shares as
///   fractions, nothing where a value is unknown. A text in CSV that a spreadsheet would run as a formula is preceded by `'`.
public func renderTable(
  _ table: Table, format: TableFormat, width: Int, color: Bool = false,
  options: RenderOptions = RenderOptions()
) -> String {
  let table = options.showSecrets ? table : table.masked()
  let clock = table.clock
  switch format {
  case .table: return terminalTable(table, width: width, color: color, clock: clock)
  case .markdown:
    let body = markdownTable(table, limit: .max, clock: clock) + "\n"
    return table.total > table.rows.count
      ? body + "\n\(table.restWords)\n" : body
  case .json: return jsonText(TableForm(table: table))
  case .csv: return csv(table)
  }
}

extension Table {
  /// Latency by operation, as `culprit latency` shows it.
  public static func latency(_ findings: Findings) -> Table {
    Section.latencyTable(findings.latency, total: findings.operationCount, rest: "").whole
  }

  /// Critical-path time by operation, as `culprit path` shows it.
  ///
  /// - Parameter selection: `all` or `slow`; an empty table where there is no such selection.
  public static func path(_ findings: Findings, selection: String = "all") -> Table {
    let found = findings.timeSpent.first { $0.name == selection }
    return Table(
      columns: Section.pathColumns, rows: (found?.rows ?? []).map(Section.pathCells),
      total: found?.rowCount ?? 0
    ).whole
  }

  /// Groups of error origins, as `culprit errors` shows them.
  public static func errors(_ findings: Findings) -> Table {
    Table(
      columns: Section.errorColumns + [.init("Message", key: "message", kind: .text)],
      rows: findings.errors.map { Section.errorCells($0) + [.text($0.message)] },
      total: findings.errorGroupCount
    ).whole
  }

  /// Calls between services, as `culprit map` shows them.
  public static func map(_ findings: Findings) -> Table {
    Section.mapTable(findings.map, rest: "").whole
  }

  /// The table, knowing that it holds all rows that findings keep.
  var whole: Table {
    var table = self
    table.kept = rows.count
    return table
  }

  /// A clock for the moments in the table.
  var clock: Clock {
    var first: Int64?
    var last: Int64?
    for row in rows {
      for case .moment(let moment?) in row {
        first = min(first ?? moment, moment)
        last = max(last ?? moment, moment)
      }
    }
    var clock = Clock(first: first, last: last)
    clock.digits = momentDigits
    return clock
  }
}

private func csv(_ table: Table) -> String {
  var heading: [String] = []
  for column in table.columns {
    switch column.kind {
    case .picture: break
    case .operation:
      let prefix = column.key == "operation" ? "" : column.key + "_"
      heading += ["\(prefix)service", "\(prefix)kind", "\(prefix)operation"]
    case .trace: heading += ["\(column.key)_trace_id", "\(column.key)_span_id"]
    case .text, .count, .length, .moment, .share: heading.append(column.key)
    case .percentile: heading += ["", "low_", "high_"].map { $0 + column.key }
    }
  }
  var lines = [heading.joined(separator: ",")]
  for row in table.rows {
    var fields: [String] = []
    for (column, cell) in zip(table.columns, row) {
      switch cell {
      case .text(let text), .word(let text, _): fields.append(csvField(text))
      case .operation(let operation):
        fields += [csvField(operation.service), csvField(operation.kind), csvField(operation.name)]
      case .count(let count): fields.append(String(count))
      case .length(let value), .moment(let value): fields.append(value.map { String($0) } ?? "")
      case .percentile(let value, let low, let high):
        fields += [value, low, high].map { $0.map { String($0) } ?? "" }
      case .integer(let number): fields.append(String(number))
      case .decimal(let number): fields.append("\(number)")
      case .missing: fields += column.kind == .percentile ? ["", "", ""] : [""]
      case .share(let share): fields.append(share.isFinite ? String(roundedShare(share)) : "")
      case .trace(let reference): fields += [csvField(reference.trace), csvField(reference.span)]
      case .sparkline, .histogram: break
      }
    }
    lines.append(fields.joined(separator: ","))
  }
  return lines.joined(separator: "\n") + "\n"
}

private func csvField(_ text: String) -> String {
  var shown = visible(text)
  if let first = shown.unicodeScalars.first, "=+-@".unicodeScalars.contains(first) {
    shown = "'" + shown
  }
  let needsQuotes = shown.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
  return needsQuotes ? "\"" + shown.replacing("\"", with: "\"\"") + "\"" : shown
}

private func roundedShare(_ share: Double) -> Double {
  (share * 1_000_000).rounded() / 1_000_000
}

/// A table as JSON: rows are objects with the columns' keys.
private struct TableForm: Encodable {
  var table: Table

  struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(table.total, forKey: Key("total"))
    var rows = container.nestedUnkeyedContainer(forKey: Key("rows"))
    for row in table.rows {
      var object = rows.nestedContainer(keyedBy: Key.self)
      for (column, cell) in zip(table.columns, row) {
        let key = Key(column.key)
        switch cell {
        case .text(let text), .word(let text, _): try object.encode(text, forKey: key)
        case .operation(let operation): try object.encode(operation, forKey: key)
        case .count(let count): try object.encode(count, forKey: key)
        case .length(let value), .moment(let value): try object.encode(value, forKey: key)
        case .percentile(let value, let low, let high):
          try object.encode(value, forKey: key)
          try object.encode(low, forKey: Key("low_" + column.key))
          try object.encode(high, forKey: Key("high_" + column.key))
        case .integer(let number): try object.encode(number, forKey: key)
        case .decimal(let number):
          if number.isFinite {
            try object.encode(number, forKey: key)
          } else {
            try object.encode("\(number)", forKey: key)
          }
        case .missing: try object.encodeNil(forKey: key)
        case .share(let share):
          try object.encode(share.isFinite ? roundedShare(share) : 0, forKey: key)
        case .trace(let reference): try object.encode(reference, forKey: key)
        case .sparkline, .histogram: break
        }
      }
    }
  }
}
