import TraceModel

/// A moment as it was found in a text.
struct WrittenTime {
  /// Nanoseconds since the epoch; without a zone as if it were UTC.
  var ns: Int64
  /// Bytes that it takes.
  var length: Int
  /// Whether a zone stands behind it.
  var hasZone: Bool
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
///
/// - Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
func days(year: Int, month: Int, day: Int) -> Int64 {
  let y = Int64(month <= 2 ? year - 1 : year)
  let era = (y >= 0 ? y : y - 399) / 400
  let yearOfEra = y - era * 400
  let dayOfYear = (153 * Int64(month + (month > 2 ? -3 : 9)) + 2) / 5 + Int64(day) - 1
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

/// The ISO time that a text begins with: `2026-01-05T10:00:00.123456789Z`, also with a blank for `T`, a comma for the dot, no
/// seconds' fraction, and `Z`, `UTC`, `+hh:mm`, `+hhmm`, `+hh` (perhaps behind a blank) or no zone.
///
/// - Returns: nil where the text begins otherwise, or the date does not exist or lies outside 64 bits of ns.
func isoTime(_ text: Bytes) -> WrittenTime? {
  guard text.count >= 19, text[4] == text[7], text[4] == 0x2d || text[4] == 0x2f, text[13] == 0x3a,
    text[16] == 0x3a, text[10] == 0x54 || text[10] == 0x20 || text[10] == 0x74,
    let year = digits(text, 0, 4), let month = digits(text, 5, 7), let day = digits(text, 8, 10),
    let clock = clockTime(text, 11), year >= 1678, year < 2262
  else { return nil }
  let monthDays = [31, year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28]
  guard (1...12).contains(month), day >= 1,
    day <= (month <= 2 ? monthDays[month - 1] : [4, 6, 9, 11].contains(month) ? 30 : 31)
  else { return nil }
  var result = WrittenTime(
    ns: days(year: year, month: month, day: day) * 86_400_000_000_000 + clock.ns,
    length: clock.end, hasZone: false)
  if let zone = zone(text, clock.end) {
    result.hasZone = true
    result.length = zone.end
    result.ns -= Int64(zone.seconds) * 1_000_000_000
  }
  return result
}

/// The time of day `hh:mm:ss[.,]fraction` at an index, and where it ends; digits of the fraction beyond nine are passed over.
func clockTime(_ text: Bytes, _ start: Int) -> (ns: Int64, end: Int)? {
  guard start + 8 <= text.count, text[start + 2] == 0x3a, text[start + 5] == 0x3a,
    let hour = digits(text, start, start + 2), let minute = digits(text, start + 3, start + 5),
    let second = digits(text, start + 6, start + 8), hour < 24, minute < 60, second <= 60
  else { return nil }
  var ns = Int64(hour * 3600 + minute * 60 + second) * 1_000_000_000
  var i = start + 8
  if i + 1 < text.count, text[i] == 0x2e || text[i] == 0x2c, text[i + 1] &- 0x30 < 10 {
    i += 1
    var unit: Int64 = 100_000_000
    while i < text.count, text[i] &- 0x30 < 10 {
      ns += Int64(text[i] &- 0x30) * unit
      unit /= 10
      i += 1
    }
  }
  return (ns, i)
}

/// The zone at an index, perhaps behind one blank: seconds east of UTC, and where it ends.
func zone(_ text: Bytes, _ start: Int) -> (seconds: Int, end: Int)? {
  var i = start
  if i < text.count, text[i] == 0x20 { i += 1 }
  guard i < text.count else { return nil }
  if text[i] == 0x5a || text[i] == 0x7a, i == start { return (0, i + 1) }
  if i + 3 <= text.count, text.slice(i, i + 3).equals("UTC") || text.slice(i, i + 3).equals("GMT") {
    return (0, i + 3)
  }
  guard text[i] == 0x2b || text[i] == 0x2d, let hours = digits(text, i + 1, i + 3), hours <= 18
  else { return nil }
  let sign = text[i] == 0x2d ? -1 : 1
  let colon = i + 3 < text.count && text[i + 3] == 0x3a ? 1 : 0
  if let minutes = digits(text, i + 3 + colon, i + 5 + colon), minutes < 60 {
    return (sign * (hours * 3600 + minutes * 60), i + 5 + colon)
  }
  // Behind a blank, two digits alone may be anything.
  return i == start && colon == 0 ? (sign * hours * 3600, i + 3) : nil
}

/// The value of the decimal digits between two indexes; nil where there is anything else, or the text ends before.
func digits(_ text: Bytes, _ from: Int, _ to: Int) -> Int? {
  guard to <= text.count else { return nil }
  var value = 0
  for i in from..<to {
    let digit = text[i] &- 0x30
    guard digit < 10 else { return nil }
    value = value * 10 + Int(digit)
  }
  return value
}

/// Nanoseconds of a whole number since the epoch whose unit is told by its size: seconds, ms, µs or ns (formats/logs.md 7.1).
/// Nil for what is no moment after 1973 in any of them that 64 bits of nanoseconds hold, which end in 2262.
func epochTime(_ value: UInt64) -> Int64? {
  switch value {
  case 100_000_000...9_223_372_036: Int64(value) * 1_000_000_000
  case 100_000_000_000...9_223_372_036_854: Int64(value) * 1_000_000
  case 100_000_000_000_000...9_223_372_036_854_775: Int64(value) * 1000
  case 100_000_000_000_000_000...UInt64(Int64.max): Int64(value)
  default: nil
  }
}

/// Nanoseconds of a decimal number of seconds (`1767607200.123456`), read as text so that no binary fraction rounds it; digits
/// beyond the ninth are rounded. An exponent is understood. Nil for anything else, negative numbers among it.
///
/// - Source: traces-semantics.md 1.4.
func decimalSeconds(_ text: Bytes) -> Int64? {
  var value: Int64 = 0
  var scale = 0
  var digitCount = 0
  var sawDot = false
  var i = 0
  while i < text.count {
    let byte = text[i]
    if byte &- 0x30 < 10 {
      // More than eighteen digits say nothing more about a moment.
      if digitCount < 18 {
        value = value * 10 + Int64(byte &- 0x30)
        if value > 0 { digitCount += 1 }
        if sawDot { scale -= 1 }
      } else if !sawDot {
        scale += 1
      }
    } else if byte == 0x2e, !sawDot {
      sawDot = true
    } else {
      break
    }
    i += 1
  }
  if i == 0 || (i == 1 && sawDot) { return nil }
  if i < text.count {
    guard text[i] == 0x65 || text[i] == 0x45,
      let exponent = signedDecimal(text.slice(i + 1, text.count)),
      abs(exponent) <= 40
    else { return nil }
    scale += Int(exponent)
  }
  var power = scale + 9
  while power > 0 {
    let (product, overflow) = value.multipliedReportingOverflow(by: 10)
    if overflow { return nil }
    value = product
    power -= 1
  }
  if power < 0 {
    var rest: Int64 = 0
    while power < 0 {
      rest = value % 10
      value /= 10
      power += 1
    }
    if rest >= 5 { value += 1 }
  }
  return value
}

extension Decoder {
  /// A moment as loggers write it into JSON: ISO text, or a number (also as text) since the epoch whose unit is told by its
  /// size; 0 where it is neither. A time without a zone is moved by the option, else taken for UTC and counted.
  mutating func logTime(_ tape: JSONTape, _ index: Int, _ offset: Int64) -> Int64 {
    switch tape.tag(index) {
    case JSONTape.Tag.string:
      guard let text = tape.text(index) else { return 0 }
      if let time = isoTime(text) { return settled(time, offset) }
      if let whole = decimal(text) { return epochTime(whole) ?? 0 }
      return decimalSeconds(text) ?? 0
    case JSONTape.Tag.int, JSONTape.Tag.uint: return epochTime(tape.number(index)) ?? 0
    case JSONTape.Tag.double:
      // The shortest decimal of the double is what was written, but for more than seventeen digits.
      let value = Double(bitPattern: tape.number(index))
      guard value > 0, value < 1e19 else { return 0 }
      if value >= 1e11 {
        // A fraction of ms, µs or ns.
        let unit = value < 1e14 ? 1_000_000.0 : value < 1e17 ? 1000.0 : 1.0
        return Int64(exactly: (value * unit).rounded()) ?? 0
      }
      var copy = ByteBuffer(capacity: 40)
      copy.put(value.description)
      return decimalSeconds(copy.bytes) ?? 0
    default: return 0
    }
  }

  /// The moment that a written time means: without a zone it is moved by the option, else taken for UTC and counted.
  mutating func settled(_ time: WrittenTime, _ offset: Int64) -> Int64 {
    if time.hasZone { return time.ns }
    if let zone = context.zone { return time.ns - Int64(zone) * 1_000_000_000 }
    batch.defects.count(.assumedZone, at: offset)
    return time.ns
  }
}
