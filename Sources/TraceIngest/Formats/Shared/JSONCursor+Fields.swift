import TraceModel

/// Ids and times, in the one form that nearly all have.
extension JSONCursor {
  /// 32 hex digits in quotes, or 16; `last` are those of the span before, most often the same.
  @inline(__always) mutating func traceID(
    _ last: inout (digits: SIMD4<UInt64>, id: TraceID)
  ) -> TraceID? {
    guard next == 0x22, bytes[at &+ 33] == 0x22 else { return shortTraceID() }
    let digits = SIMD4(
      bytes.word(at &+ 1), bytes.word(at &+ 9), bytes.word(at &+ 17), bytes.word(at &+ 25))
    if digits == last.digits {
      at &+= 34
      return last.id
    }
    guard
      let a = eightHexDigits(digits[0]), let b = eightHexDigits(digits[1]),
      let c = eightHexDigits(digits[2]), let d = eightHexDigits(digits[3])
    else { return shortTraceID() }
    at &+= 34
    last = (digits, TraceID(high: a << 32 | b, low: c << 32 | d))
    return last.id
  }

  @inline(never) private mutating func shortTraceID() -> TraceID? {
    spanID().map { TraceID(high: 0, low: $0.rawValue) }
  }

  /// 16 hex digits in quotes.
  @inline(__always) mutating func spanID() -> SpanID? {
    guard next == 0x22, bytes[at &+ 17] == 0x22,
      let a = eightHexDigits(bytes.word(at &+ 1)), let b = eightHexDigits(bytes.word(at &+ 9))
    else { return nil }
    at &+= 18
    return SpanID(a << 32 | b)
  }

  /// Nanoseconds in decimal digits, in quotes.
  @inline(__always) mutating func quotedNanoseconds() -> Int64? {
    if next == 0x22, bytes[at &+ 20] == 0x22, let high = eightDigits(bytes.word(at &+ 1)),
      let low = eightDigits(bytes.word(at &+ 9))
    {
      // 19 digits, as from 2001 to 2262.
      let (a, b, c) = (bytes[at &+ 17] &- 0x30, bytes[at &+ 18] &- 0x30, bytes[at &+ 19] &- 0x30)
      let rest = UInt64(a) &* 100 &+ UInt64(b) &* 10 &+ UInt64(c)
      let value = (high &* 100_000_000 &+ low) &* 1000 &+ rest
      guard a < 10, b < 10, c < 10, value <= Int64.max else { return nil }
      at &+= 21
      return Int64(value)
    }
    guard let text = string(), let value = decimal(text), value <= Int64.max else { return nil }
    return Int64(value)
  }

  /// Whole microseconds as nanoseconds.
  mutating func microseconds() -> Int64? {
    guard let micros = wholeNumber(), micros <= Int64.max / 1000 else { return nil }
    return micros * 1000
  }
}
