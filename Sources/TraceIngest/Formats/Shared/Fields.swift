import TraceModel

/// Ids, times and enumerations of OTLP in every written form of formats/traces.md 1.1 and 1.6.
extension Decoder {
  /// A trace id, and whether it is a hash of text that is not hex.
  @inline(__always) mutating func traceID(
    _ tape: JSONTape, _ index: Int, _ offset: Int64
  ) -> (id: TraceID, isOpaque: Bool) {
    if let text = tape.text(index), text.count == 32, let a = eightHexDigits(text.word(0)),
      let b = eightHexDigits(text.word(8)), let c = eightHexDigits(text.word(16)),
      let d = eightHexDigits(text.word(24))
    {
      return (TraceID(high: a << 32 | b, low: c << 32 | d), false)
    }
    return oddTraceID(tape, index, offset)
  }

  /// A span id, and whether it is a hash of text that is not hex.
  @inline(__always) mutating func spanID(
    _ tape: JSONTape, _ index: Int, _ offset: Int64
  ) -> (id: SpanID, isOpaque: Bool) {
    if let text = tape.text(index), text.count == 16, let a = eightHexDigits(text.word(0)),
      let b = eightHexDigits(text.word(8))
    {
      return (SpanID(a << 32 | b), false)
    }
    return oddSpanID(tape, index, offset)
  }

  @inline(never) private mutating func oddTraceID(
    _ tape: JSONTape, _ index: Int, _ offset: Int64
  ) -> (id: TraceID, isOpaque: Bool) {
    if let bytes = binary(tape, index, 16, offset) {
      let halves = stride(from: 0, to: 16, by: 8).map { start in
        bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      }
      return (TraceID(high: halves[0], low: halves[1]), false)
    }
    guard let text = tape.text(index), text.count > 0 else { return (.absent, false) }
    let form = hexForm(text)
    if form.isHex, text.count <= 32 {
      let id = TraceID(text: text.string)
      if text.count != 16, !id.isAbsent { batch.defects.count(.oddID, at: offset, "traceId") }
      return (id, false)
    }
    if form.isXRay { return (TraceID(text: text.string), false) }
    batch.defects.count(.opaqueID, at: offset, "traceId")
    return (unsafe TraceID(opaque: text.raw), true)
  }

  @inline(never) private mutating func oddSpanID(
    _ tape: JSONTape, _ index: Int, _ offset: Int64
  ) -> (id: SpanID, isOpaque: Bool) {
    if let bytes = binary(tape, index, 8, offset) {
      return (SpanID(bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }), false)
    }
    guard let text = tape.text(index), text.count > 0 else { return (.absent, false) }
    if hexForm(text).isHex, text.count <= 16 {
      let id = SpanID(text: text.string)
      if !id.isAbsent { batch.defects.count(.oddID, at: offset, "spanId") }
      return (id, false)
    }
    batch.defects.count(.opaqueID, at: offset, "spanId")
    return (unsafe SpanID(opaque: text.raw), true)
  }

  private func hexForm(_ text: Bytes) -> (isHex: Bool, isXRay: Bool) {
    var isHex = true
    var isXRay = text.count == 35 && text.starts(with: "1-")
    for i in 0..<text.count {
      let isDigit = Character(Unicode.Scalar(text[i])).isHexDigit && text[i] < 0x80
      if !isDigit { isHex = false }
      if isXRay, i >= 2, i == 10 ? text[i] != 0x2d : !isDigit { isXRay = false }
    }
    return (isHex, isXRay)
  }

  /// An id of so many bytes that was written in base64 or as an array of numbers.
  private mutating func binary(
    _ tape: JSONTape, _ index: Int, _ length: Int, _ offset: Int64
  ) -> [UInt8]? {
    switch tape.tag(index) {
    case JSONTape.Tag.string: return tape.text(index).flatMap { base64($0, length) }
    case JSONTape.Tag.null, 0, UInt8(ascii: "r"): return nil
    case JSONTape.Tag.array:
      var bytes: [UInt8] = []
      var (i, end) = tape.inside(index)
      if i == end { return nil }
      while i < end, bytes.count <= length {
        guard tape.tag(i) == JSONTape.Tag.int, let byte = UInt8(exactly: tape.number(i)) else {
          break
        }
        bytes.append(byte)
        i = tape.after(i)
      }
      if bytes.count == length, i == end { return bytes }
    default: break
    }
    countUnheld(.wrongType, index, offset, "id")
    return nil
  }

  /// The bytes of base64 text, either alphabet, padded or not; nil unless there are as many as asked for.
  private func base64(_ text: Bytes, _ length: Int) -> [UInt8]? {
    let digits = (length * 8 + 5) / 6
    guard text.count >= digits, text.count <= digits + 2 else { return nil }
    var bytes: [UInt8] = []
    var bits = 0
    var value: UInt32 = 0
    for i in 0..<text.count {
      if i >= digits {
        guard text[i] == 0x3d else { return nil }
        continue
      }
      let digit: UInt32
      switch text[i] {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = UInt32(text[i]) - 65
      case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = UInt32(text[i]) - 71
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt32(text[i]) + 4
      case UInt8(ascii: "+"), UInt8(ascii: "-"): digit = 62
      case UInt8(ascii: "/"), UInt8(ascii: "_"): digit = 63
      default: return nil
      }
      value = value << 6 | digit
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(bits)))
      }
    }
    return bytes.count == length ? bytes : nil
  }

  // MARK: Times

  /// Nanoseconds since the epoch; 0 where there are none or they are odd.
  @inline(__always) mutating func time(
    _ tape: JSONTape, _ index: Int, _ offset: Int64, _ name: StaticString
  ) -> Int64 {
    if let text = tape.text(index), let value = decimal(text), value <= Int64.max {
      return Int64(value)
    }
    return oddTime(tape, index, offset, name)
  }

  @inline(never) private mutating func oddTime(
    _ tape: JSONTape, _ index: Int, _ offset: Int64, _ name: StaticString
  ) -> Int64 {
    switch tape.tag(index) {
    case JSONTape.Tag.int:
      let value = Int64(bitPattern: tape.number(index))
      if value >= 0 { return value }
    case JSONTape.Tag.double:
      // 1.7e18 is a whole number too, if a coarse one.
      if let value = Int64(exactly: Double(bitPattern: tape.number(index))), value >= 0 {
        return value
      }
    case JSONTape.Tag.string: if tape.text(index)?.count == 0 { return 0 }
    case JSONTape.Tag.uint: break
    case JSONTape.Tag.null, 0, UInt8(ascii: "r"): return 0
    default:
      countUnheld(.wrongType, index, offset, "\(name)")
      return 0
    }
    countUnheld(.oddTime, index, offset, "\(name)")
    return 0
  }

  // MARK: Numbers and enumerations

  /// A whole number of a field, 0 where there is none.
  @inline(__always) mutating func count(_ tape: JSONTape, _ index: Int, _ offset: Int64) -> Int64 {
    if index == 0 { return 0 }
    if tape.tag(index) == JSONTape.Tag.int { return Int64(bitPattern: tape.number(index)) }
    return oddCount(tape, index, offset)
  }

  @inline(never) private mutating func oddCount(
    _ tape: JSONTape, _ index: Int, _ offset: Int64
  ) -> Int64 {
    if let value = wholeNumber(tape, index) { return value }
    if tape.tag(index) != JSONTape.Tag.null { countUnheld(.wrongType, index, offset) }
    return 0
  }

  /// The number of an enumeration that is written as a number or by name.
  ///
  /// - Parameters:
  ///   - prefix: what the names start with, in lower case; may be missing.
  ///   - names: the names in lower case, by number.
  @inline(__always) mutating func enumeration(
    _ tape: JSONTape, _ index: Int, _ prefix: StaticString, _ names: [StaticString],
    _ offset: Int64
  ) -> UInt8 {
    if index == 0 { return 0 }
    if tape.tag(index) == JSONTape.Tag.int {
      let value = tape.number(index)
      if value < UInt64(names.count) { return UInt8(value) }
    }
    return namedEnumeration(tape, index, prefix, names, offset)
  }

  @inline(never) private mutating func namedEnumeration(
    _ tape: JSONTape, _ index: Int, _ prefix: StaticString, _ names: [StaticString],
    _ offset: Int64
  ) -> UInt8 {
    if tape.tag(index) == JSONTape.Tag.null { return 0 }
    if let text = tape.text(index) {
      if text.count == 0 { return 0 }
      let width = prefix.utf8CodeUnitCount
      let hasPrefix = text.count > width && text.slice(0, width).equalsIgnoringCase(prefix)
      let name = hasPrefix ? text.slice(width, text.count) : text
      for (number, known) in names.enumerated() where name.equalsIgnoringCase(known) {
        return UInt8(number)
      }
      if let value = signedDecimal(text), value >= 0, value < Int64(names.count) {
        return UInt8(value)
      }
    }
    countUnheld(.unknownEnum, index, offset)
    return 0
  }

  /// Counts a value that no column can hold; a span keeps it raw.
  mutating func countUnheld(
    _ kind: Defect.Kind, _ index: Int, _ offset: Int64, _ example: String = ""
  ) {
    batch.defects.count(kind, at: offset, example)
    unheld.append(index)
  }

  static let kindNames: [StaticString] = [
    "unspecified", "internal", "server", "client", "producer", "consumer",
  ]
  static let statusNames: [StaticString] = ["unset", "ok", "error"]
  static let severityNames: [StaticString] = [
    "unspecified", "trace", "trace2", "trace3", "trace4", "debug", "debug2", "debug3", "debug4",
    "info", "info2", "info3", "info4", "warn", "warn2", "warn3", "warn4", "error", "error2",
    "error3", "error4", "fatal", "fatal2", "fatal3", "fatal4",
  ]
}
