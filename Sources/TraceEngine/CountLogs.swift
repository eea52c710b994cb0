import TraceModel
public import TraceReport
import TraceStore

/// Counts log records by time and severity: one row a bin, from the first to the last record; bins begin at multiples of their
/// width since 1970-01-01T00:00Z. Records without a time are counted in a last row.
///
/// Records far off the others, the work of a wrong clock, have bins of their own, without the empty ones between.
///
/// - Parameter width: length of a bin as text (`1m`); nil: the shortest usual one that needs at most `limit` bins.
/// - Throws: `EngineError`.
/// - Complexity: linear in log records; 8 bytes for each that fits.
public func countLogs(_ request: LogListRequest, width: String?) throws -> Table {
  let reader = try openReader(request.store.path)
  do {
    let filter = try logFilter(request, reader)
    var records: [(time: Int64, level: UInt8)] = []
    var counts = LogBins()
    try reader.forEachLogTime(filter) { time, severity in
      let level = LogBins.level(severity)
      if let time {
        records.append((time, UInt8(level)))
      } else {
        counts.timeless[level] += 1
      }
    }
    records.sort { ($0.time, $0.level) < ($1.time, $1.level) }
    let near =
      TimeWindow(around: records.map { Timestamp($0.time) })
      ?? TimeWindow(start: Timestamp(0), end: Timestamp(0))
    let inside = records.filter { near.contains(Timestamp($0.time)) }
    let first = inside.first?.time ?? 0
    let last = inside.last?.time ?? 0
    counts.width = try binWidth(width, first, last, limit: request.limit)
    counts.add(records)
    counts.fill(from: first, to: last)
    return counts.table
  } catch let error as StoreError {
    throw EngineError(error)
  }
}

/// Widths that people like, ns.
private let usualWidths: [Int64] = {
  let ms: [Int64] = [1, 2, 5, 10, 20, 50, 100, 200, 500]
  let seconds: [Int64] = [1, 2, 5, 10, 15, 30]
  let minutes: [Int64] = [1, 2, 5, 10, 15, 30]
  let hours: [Int64] = [1, 2, 3, 6, 12, 24, 168]
  return ms.map { $0 * 1_000_000 } + seconds.map { $0 * 1_000_000_000 }
    + minutes.map { $0 * 60_000_000_000 } + hours.map { $0 * 3_600_000_000_000 }
}()

private func binWidth(
  _ text: String?, _ first: Int64, _ last: Int64, limit: Int
) throws(EngineError) -> Int64 {
  func bins(_ width: Int64) -> Int64 { floored(last, width) - floored(first, width) + 1 }
  guard let text else {
    return usualWidths.first { bins($0) <= Int64(limit) } ?? usualWidths[usualWidths.count - 1]
  }
  guard let width = MomentReader.length(text[...]), width > 0 else {
    throw EngineError(.usage, "'--bin \(text)' is not a duration; write '10s', '1m' or '1h'")
  }
  guard bins(width) <= 100_000 else {
    throw EngineError(
      .usage,
      "'--bin \(text)' makes \(bins(width)) bins; write a longer one, or choose a part of the time")
  }
  return width
}

/// The number of the bin in which a moment lies; bins before 1970 have negative ones.
private func floored(_ time: Int64, _ width: Int64) -> Int64 {
  time / width - (time % width < 0 ? 1 : 0)
}

/// Counts by bin and severity.
private struct LogBins {
  static let levels = ["FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE", "-"]

  var width: Int64 = 1
  var timeless = Array(repeating: 0, count: levels.count)
  private var counts: [Int64: [Int]] = [:]

  static func level(_ severity: Int) -> Int {
    levels.firstIndex(of: LogRecord.word(for: severity)) ?? levels.count - 1
  }

  mutating func add(_ records: [(time: Int64, level: UInt8)]) {
    for record in records {
      counts[floored(record.time, width), default: Self.none][Int(record.level)] += 1
    }
  }

  /// Adds the empty bins between two moments.
  mutating func fill(from first: Int64, to last: Int64) {
    if counts.isEmpty { return }
    for bin in floored(first, width)...floored(last, width) where counts[bin] == nil {
      counts[bin] = Self.none
    }
  }

  private static let none = Array(repeating: 0, count: levels.count)

  var table: Table {
    var sums = timeless
    for bin in counts.values {
      for level in sums.indices { sums[level] += bin[level] }
    }
    let shown = sums.indices.filter { sums[$0] > 0 }
    func cells(_ time: Int64?, _ bin: [Int]) -> [Table.Cell] {
      [.moment(time), .count(bin.reduce(0, +))] + shown.map { .count(bin[$0]) }
    }
    var rows = counts.sorted { $0.key < $1.key }.map { cells($0.key &* width, $0.value) }
    if timeless != Self.none { rows.append(cells(nil, timeless)) }
    let columns: [Table.Column] =
      [
        .init("From", key: "from_ns", kind: .moment),
        .init("Records", key: "records_count", kind: .count),
      ]
      + shown.map { level in
        let word = Self.levels[level]
        let key = word == "-" ? "unknown" : word.lowercased()
        return .init(
          word == "-" ? "Unknown" : word.prefix(1) + word.dropFirst().lowercased(),
          key: "\(key)_count", kind: .count)
      }
    var table = Table(columns: columns, rows: rows)
    table.momentDigits = width % 1_000_000_000 == 0 ? 0 : 3
    return table
  }
}
