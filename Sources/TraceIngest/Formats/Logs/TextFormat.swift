/// Plain text, the last that is tried: lines with a logger's header.
extension Format {
  static let textFormats = [textLogs]

  /// Text lines of any logger, JSON objects among them. What is named so by the user is one, whatever it holds.
  static let textLogs = Format(
    name: "logs", contents: "log lines of text or JSON", framing: .lines(.none)
  ) { isTextLog($0.bytes) }

  /// Record starts that are looked at.
  private static let maxStarts = 200

  /// Whether at least half of the record starts carry a time (formats/logs.md 1): so text, source code and tables are none.
  private static func isTextLog(_ bytes: Bytes) -> Bool {
    var starts = 0
    var dated = 0
    var at = bytes.starts(with: "\u{feff}") ? 3 : 0
    while at < bytes.count, starts < maxStarts {
      let lineBreak = bytes.firstIndex(of: 0x0a, from: at)
      let end = lineBreak ?? bytes.count
      let line = bytes.slice(at, end)
      at = end + 1
      // Of a line that is cut off, only the first one counts.
      if lineBreak == nil, bytes.count == ByteSource.prefixBytes, starts > 0 { break }
      if line.firstIndex(of: 0, from: 0) != nil { return false }
      guard isStart(line) else { continue }
      starts += 1
      if carriesTime(line) { dated += 1 }
    }
    return starts > 0 && dated * 2 >= starts
  }

  /// Whether a line may begin a record.
  private static func isStart(_ line: Bytes) -> Bool {
    guard line.count > 0 else { return false }
    return line[0] > 0x20 && line[0] != 0x7d && line[0] != 0x29
  }

  /// Whether a line has a header with a time, and is no row of a table.
  private static func carriesTime(_ line: Bytes) -> Bool {
    let start = coloursEnd(line, 0)
    var reader = HeaderReader(line.slice(start, line.count))
    guard reader.readStart(), let time = reader.header.time else { return false }
    if reader.at >= reader.line.count { return false }
    let next = reader.byte(time.end)
    // Commas, semicolons and quotes part the fields of tables.
    if next == 0x2c || next == 0x3b, !reader.isBlank(time.end + 1) { return false }
    return next != 0x22
  }
}
