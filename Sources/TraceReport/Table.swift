public import TraceAnalysis
public import TraceModel

/// A table of typed cells: the same one is drawn on a terminal, in Markdown, in HTML, and written as JSON or CSV.
public struct Table: Sendable {
  /// What stands in a column, and so how it is aligned and written.
  public enum Kind: Sendable {
    /// Text of the input or our own words, to the left.
    case text
    /// An operation: service, name, kind.
    case operation
    /// A number of things.
    case count
    /// A length of time.
    case length
    /// A percentile with its interval.
    case percentile
    /// A moment.
    case moment
    /// A fraction of one.
    case share
    /// A trace and a span in it.
    case trace
    /// A small picture; left out of JSON and CSV.
    case picture
  }

  /// A column.
  public struct Column: Sendable {
    /// Its heading, for people.
    public var title: String
    /// Its key in JSON and CSV, snake_case with the unit.
    public var key: String
    /// What stands in it.
    public var kind: Kind

    /// A column of its parts.
    public init(_ title: String, key: String, kind: Kind) {
      self.title = title
      self.key = key
      self.kind = kind
    }
  }

  /// What stands in one place.
  public enum Cell: Sendable {
    /// Raw text; renderers make it harmless.
    case text(String)
    /// A word of ours: as JSON and CSV hold it, and as people read it.
    case word(String, shown: String)
    /// An operation.
    case operation(Operation)
    /// A number of things.
    case count(Int)
    /// A length, ns; nil where unknown.
    case length(Int64?)
    /// A percentile, ns, with the ends of its interval where the data hold them.
    case percentile(Int64, low: Int64?, high: Int64?)
    /// A number as it was asked for in SQL, written as it stands.
    case integer(Int64)
    /// A fraction as it was asked for in SQL, written as it stands.
    case decimal(Double)
    /// A percentile that needs so many more traces.
    case missing(traces: Int)
    /// A moment, ns since the epoch; nil where unknown.
    case moment(Int64?)
    /// A fraction in 0…1.
    case share(Double)
    /// A span to look up.
    case trace(Findings.SpanReference)
    /// Counts over time.
    case sparkline([Int])
    /// A distribution of lengths, with its median where known.
    case histogram([Findings.HistogramBin], p50Ns: Int64?)
  }

  /// The columns.
  public var columns: [Column]
  /// Rows, each with one cell a column.
  public var rows: [[Cell]]
  /// How many rows there are in all; `rows` may hold fewer.
  public var total: Int
  /// The command that shows the rest; empty where none does.
  public var rest: String
  /// Decimals of a second with which people see moments.
  public var momentDigits = 0
  /// How many rows were kept at all where that is fewer than there are; nil where any number can be asked for.
  var kept: Int?

  /// A table of its parts.
  public init(columns: [Column], rows: [[Cell]], total: Int? = nil, rest: String = "") {
    self.columns = columns
    self.rows = rows
    self.total = total ?? rows.count
    self.rest = rest
  }
}

/// How a table is written.
public enum TableFormat: String, Sendable, CaseIterable {
  /// Columns for a terminal.
  case table
  /// A pipe table of GitHub's Markdown, all rows.
  case markdown
  /// `{"rows": [...], "total": n}`, raw values, lengths in ns.
  case json
  /// RFC 4180 with a heading line and line feeds, raw values, lengths in ns.
  case csv
}

extension Table {
  /// A cell as people read it, one line.
  ///
  /// - Parameter isBrief: whether room is dear, as on a terminal.
  static func text(_ cell: Cell, _ clock: Clock, isBrief: Bool = false) -> String {
    switch cell {
    case .text(let text), .word(_, let text): text
    case .operation(let operation): operationText(operation)
    case .count(let count): countText(count)
    case .length(let length): length.map { durationText($0) } ?? "–"
    case .percentile(let value, let low, let high):
      isBrief || (low == nil && high == nil)
        ? durationText(value) : "\(durationText(value)) (\(intervalText(low, high)))"
    case .integer(let number): String(number)
    case .decimal(let number): "\(number)"
    case .missing(let traces): "needs \(countText(traces))\(isBrief ? "" : " more")"
    case .moment(let moment): clock.text(moment)
    case .share(let share): percentText(share)
    case .trace(let reference): reference.trace
    case .sparkline(let values): sparklineText(values)
    case .histogram(let bins, _): histogramText(bins)
    }
  }
}

/// The ends of an interval, a common unit once: `112–126 ms`, `980 µs–1.20 ms`, `from 112 ms`.
func intervalText(_ low: Int64?, _ high: Int64?) -> String {
  switch (low, high) {
  case (let low?, let high?):
    let from = durationText(low).split(separator: " ")
    let to = durationText(high).split(separator: " ")
    let sharesUnit = from.count == 2 && to.count == 2 && from[1] == to[1]
    return (sharesUnit ? String(from[0]) : from.joined(separator: " ")) + "–"
      + to.joined(separator: " ")
  case (let low?, nil): return "from \(durationText(low))"
  case (nil, let high?): return "to \(durationText(high))"
  case (nil, nil): return ""
  }
}

/// An operation in one line: `checkout POST /pay (client)`; the kind stands only where it is no server span.
func operationText(_ operation: Operation) -> String {
  let kind = operation.kind == "server" || operation.kind.isEmpty ? "" : " (\(operation.kind))"
  return "\(operation.service) \(operation.name)\(kind)"
}

/// Counts as a row of blocks, `▁▃█ `: a space for 0, the full block for the largest.
func sparklineText(_ values: [Int], columns: Int = 24) -> String {
  let blocks = Array("▁▂▃▄▅▆▇█")
  let merged = merged(values, to: columns)
  let top = merged.max() ?? 0
  guard top > 0 else { return "" }
  return String(
    merged.map { value in
      value <= 0 ? " " : blocks[min(7, Int(Double(value) / Double(top) * 8))]
    })
}

/// Counts added up so that at most `columns` are left.
func merged(_ values: [Int], to columns: Int) -> [Int] {
  guard values.count > columns, columns > 0 else { return values }
  var result = Array(repeating: 0, count: columns)
  for (index, value) in values.enumerated() {
    result[index * columns / values.count] &+= value
  }
  return result
}

/// A distribution of lengths as a row of blocks, from its shortest to its longest on a logarithmic scale.
func histogramText(_ bins: [Findings.HistogramBin], columns: Int = 16) -> String {
  guard let first = bins.first?.lowNs, let last = bins.last?.highNs, last > first else { return "" }
  let scale = LogScale(low: first, high: last)
  var counts = Array(repeating: 0, count: columns)
  for bin in bins {
    let place = scale.fraction(bin.lowNs / 2 &+ bin.highNs / 2)
    counts[min(columns - 1, Int(place * Double(columns)))] &+= bin.count
  }
  return sparklineText(counts, columns: columns)
}
