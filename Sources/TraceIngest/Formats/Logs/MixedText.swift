import TraceModel

/// Lines of text among lines of JSON: tracebacks and banners that a process printed between its records.
///
/// A line is JSON where it begins with `{` and a quote or its end, or with a bracket of an array around records. If such a line
/// cannot be read, it is a broken record, cut off where the source ends in it. Any other line is text, but for one: a line that
/// ends with `}` and closes more braces than it opens, which is the rest of a record whose beginning is missing, and broken too.
///
///     {"level":"info","msg":"a"}      a record
///     {"level":"info","ms             broken
///     vel":"info","msg":"a"}          broken
///     Traceback (most recent …        text
///     api | {"level":"info", …}       a record; `api | ` is kept as its header
///     {"level":"info", …} (slow)      a record, and text
enum MixedText {
  /// Whether a line begins as JSON does.
  static func isJSON(_ line: Bytes) -> Bool {
    guard line.count > 0 else { return false }
    switch line[0] {
    case 0x7b:
      let next = JSONScan.skipBlanks(line, 1)
      return next < line.count && (line[next] == 0x22 || line[next] == 0x7d)
    case 0x5b:
      let next = JSONScan.skipBlanks(line, 1)
      return next >= line.count || [0x7b, 0x5b, 0x5d].contains(line[next])
    case 0x5d, 0x2c:
      let next = JSONScan.skipBlanks(line, 1)
      return next >= line.count || [0x7b, 0x5d, 0x2c].contains(line[next])
    case 0x1e: return true
    default: return false
    }
  }

  /// Whether a line is the end of a JSON record.
  static func isRest(_ line: Bytes) -> Bool {
    guard line.count > 4, line[line.count - 1] == 0x7d, line[0] > 0x20 else { return false }
    var depth = 0
    var sawKey = false
    for i in 0..<line.count {
      switch line[i] {
      case 0x7b: depth += 1
      case 0x7d: depth -= 1
      case 0x3a where i > 0 && line[i - 1] == 0x22: sawKey = true
      default: continue
      }
    }
    return sawKey && depth < 0
  }
}

extension Decoder {
  /// A line of text in a source of JSON records.
  mutating func textBetween(_ bytes: Bytes, offset: Int64) {
    var end = bytes.count
    while end > 0, bytes[end - 1] == 0x0d || bytes[end - 1] == 0x0a { end -= 1 }
    let line = bytes.slice(0, end)
    if MixedText.isRest(line) {
      endOpenRecord(0)
      return batch.defects.count(.brokenRecord, at: offset)
    }
    var envelope = Envelope()
    envelope.offset = offset
    if line.count > 0 { batch.records += 1 }
    line.count > 0 ? payload(line, envelope) : textPayload(line, envelope)
  }

  /// A line of a text file that no transport wraps: JSON where it begins so, else text.
  mutating func plainLine(_ bytes: Bytes, _ envelope: Envelope) {
    guard bytes.count > 0, bytes[0] == 0x7b, MixedText.isJSON(bytes) else {
      return payload(bytes, envelope)
    }
    recordOffset = envelope.offset
    var inner = envelope
    inner.depth = 1
    func isKnown(_ bytes: Bytes, _ decoder: inout Decoder) -> Bool {
      decoder.withPayload(bytes, repairs: true) { $0.json($1, $1.root, inner) } ?? false
    }
    if isKnown(bytes, &self) { return }
    if case .at(let end) = JSONScan.endOfValue(bytes, 0, isLast: true, breaks: .ignored),
      end < bytes.count, isKnown(bytes.slice(0, end), &self)
    {
      var rest = envelope
      rest.offset += Int64(end)
      return textPayload(bytes.slice(JSONScan.skipBlanks(bytes, end), bytes.count), rest)
    }
    endOpenRecord(0)
    batch.defects.count(.brokenRecord, at: envelope.offset)
  }
}
