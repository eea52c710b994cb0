/// A number of nanoseconds: a length of time.
public typealias Nanoseconds = Int64

/// A moment: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Nanoseconds since the Unix epoch.
  public var nanoseconds: Int64

  /// A moment of its nanoseconds.
  public init(_ nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Earlier first.
  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }

  /// The length from `b` to `a`; saturates instead of overflowing.
  public static func - (a: Timestamp, b: Timestamp) -> Nanoseconds {
    let (value, overflow) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
    return overflow ? (a.nanoseconds < 0 ? Int64.min : Int64.max) : value
  }

  /// The moment `b` later; saturates instead of overflowing.
  public static func + (a: Timestamp, b: Nanoseconds) -> Timestamp {
    let (value, overflow) = a.nanoseconds.addingReportingOverflow(b)
    return Timestamp(overflow ? (b < 0 ? Int64.min : Int64.max) : value)
  }
}

/// A half-open stretch of time: `start` belongs to it, `end` does not.
public struct TimeWindow: Hashable, Sendable {
  /// The first moment inside.
  public var start: Timestamp
  /// The first moment after it.
  public var end: Timestamp

  /// A window of its ends.
  public init(start: Timestamp, end: Timestamp) {
    self.start = start
    self.end = end
  }

  /// Whether a moment lies inside.
  public func contains(_ moment: Timestamp) -> Bool { start <= moment && moment < end }
}

extension Timestamp {
  /// The parts of a UTC date, from days since the epoch.
  ///
  /// - Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
  private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let doe = z - era * 146_097
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
    let mp = (5 * doy + 2) / 153
    let month = mp < 10 ? mp + 3 : mp - 9
    return (yoe + era * 400 + (month <= 2 ? 1 : 0), month, doy - (153 * mp + 2) / 5 + 1)
  }

  /// ISO 8601 in UTC with `digits` decimals of a second (0 to 9, cut and not rounded): `2026-03-01T10:07:03.120Z`.
  public func text(digits: Int = 3) -> String {
    let billion: Int64 = 1_000_000_000
    let seconds = nanoseconds / billion - (nanoseconds % billion < 0 ? 1 : 0)
    let fraction = nanoseconds &- seconds &* billion
    let days = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
    let inDay = seconds - days * 86_400
    let date = Timestamp.civil(days)
    var text =
      "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T"
      + "\(padded(inDay / 3600, 2)):\(padded(inDay / 60 % 60, 2)):\(padded(inDay % 60, 2))"
    if digits > 0 { text += "." + padded(fraction, 9).prefix(digits) }
    return text + "Z"
  }

  /// The clock part alone, `10:07:03`, with `digits` decimals of a second.
  public func clockText(digits: Int = 0) -> String {
    String(text(digits: digits).drop { $0 != "T" }.dropFirst().dropLast())
  }
}

/// A length of time for people, three significant digits with a unit: `0`, `812 ns`, `4.31 µs`, `12.3 ms`, `1.50 s`, `2 m 05 s`, `3 h 20 m`;
/// minutes and hours are cut and not rounded.
public func durationText(_ length: Nanoseconds) -> String {
  if length < 0 { return "-" + durationText(length == .min ? .max : -length) }
  func scaled(_ unit: Int64, _ name: String) -> String {
    // Three significant digits in integers, so that no rounding hangs on binary fractions.
    let whole = length / unit
    if whole >= 100 { return "\((length + unit / 2) / unit) \(name)" }
    if whole >= 10 {
      let tenths = (length + unit / 20) / (unit / 10)
      return tenths >= 1000 ? "\(tenths / 10) \(name)" : "\(tenths / 10).\(tenths % 10) \(name)"
    }
    let hundredths = (length + unit / 200) / (unit / 100)
    return hundredths >= 1000
      ? "\(hundredths / 100).\(hundredths / 10 % 10) \(name)"
      : "\(hundredths / 100).\(padded(hundredths % 100, 2)) \(name)"
  }
  switch length {
  case 0: return "0"
  case ..<1000: return "\(length) ns"
  case ..<999_500: return scaled(1000, "µs")
  case ..<999_500_000: return scaled(1_000_000, "ms")
  case ..<60_000_000_000: return scaled(1_000_000_000, "s")
  case ..<3_600_000_000_000:
    let seconds = length / 1_000_000_000
    return "\(seconds / 60) m \(padded(seconds % 60, 2)) s"
  default:
    let minutes = length / 60_000_000_000
    return "\(minutes / 60) h \(padded(minutes % 60, 2)) m"
  }
}

private func padded(_ value: Int64, _ width: Int) -> String {
  let text = String(value.magnitude)
  let zeros = String(repeating: "0", count: max(0, width - text.count))
  return (value < 0 ? "-" : "") + zeros + text
}

extension TimeWindow {
  /// Where moments belong together: fifty times the spread of their middle half, and at least a day, on either side of it.
  /// Nil for no moments. What lies outside is the work of a wrong clock.
  ///
  /// - Parameter moments: ascending.
  /// - Source: Tukey, "Exploratory Data Analysis" (1977), fences, with a factor that only the absurd exceeds.
  public init?(around moments: [Timestamp]) {
    guard let lower = moments.isEmpty ? nil : moments[moments.count / 4] else { return nil }
    let upper = moments[moments.count / 4 * 3]
    let (spread, overflow) = (upper - lower).multipliedReportingOverflow(by: 50)
    let reach = overflow ? Int64.max / 4 : max(spread, 86_400_000_000_000)
    self.init(start: lower + -reach, end: upper + reach)
  }
}
