import TraceModel

/// A count with commas: `1,000,006`.
package func countText(_ count: Int) -> String {
  let digits = String(count.magnitude)
  var text = count < 0 ? "-" : ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text += "," }
    text.append(digit)
  }
  return text
}

/// A count with its noun: `1 trace`, `12,040 traces`.
package func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
  "\(countText(count)) \(count == 1 ? one : many ?? one + "s")"
}

/// A share in percent with three significant digits: `3.96 %`, `0 %`, `below 0.01 %`.
package func percentText(_ share: Double) -> String {
  guard share.isFinite, share > 0 else { return "0 %" }
  let hundredths = (min(share, 1_000_000) * 10_000 + 0.000_001).rounded()
  if hundredths < 1 { return "below 0.01 %" }
  if share >= 0.999_95, share < 1 { return "over 99.9 %" }
  if share >= 1 { return "\(countText(Int((share * 100).rounded()))) %" }
  if hundredths >= 1000 {
    let tenths = Int((share * 1000 + 0.000_001).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
  }
  let whole = Int(hundredths)
  return "\(whole / 100).\(whole % 100 / 10)\(whole % 10) %"
}

/// A number of bytes: `812 B`, `4.3 kB`, `682 MB`.
package func bytesText(_ bytes: Int64) -> String {
  let units = ["B", "kB", "MB", "GB", "TB", "PB"]
  var value = max(0, bytes)
  var rest: Int64 = 0
  var unit = 0
  while value >= 1000, unit < units.count - 1 {
    rest = value % 1000 / 100
    value /= 1000
    unit += 1
  }
  return unit > 0 && value < 100 ? "\(value).\(rest) \(units[unit])" : "\(value) \(units[unit])"
}

/// A length with its sign: `+400 ms`, `-2.10 s`.
func signedDurationText(_ length: Nanoseconds) -> String {
  length > 0 ? "+" + durationText(length) : durationText(length)
}

/// A length without decimals that say nothing: `30 s`, `1.5 s`.
func plainDurationText(_ length: Nanoseconds) -> String {
  durationText(length).replacing(".00 ", with: " ").replacing(".0 ", with: " ")
}

/// A moment that has a text form: the first second of the 64-bit range has none.
func shownMoment(_ moment: Int64) -> Timestamp { Timestamp(max(moment, .min + 1_000_000_000)) }

/// Whether a moment says when something was: 0 is what senders write who do not know, and nothing happened more than
/// 146 years from 1970.
func isKnown(_ moment: Int64) -> Bool {
  moment != 0 && moment.magnitude <= 4_607_000_000_000_000_000
}

/// Writes moments of one report: the clock alone while all lies within a day, with month and day otherwise, and with the
/// year where it spans years.
package struct Clock {
  /// Whether moments bear month and day.
  package let showsDay: Bool
  private let day: String
  private let showsYear: Bool
  /// Decimals of a second, where nothing else is asked for.
  package var digits = 0

  /// A clock for data that lies between two moments; either may be unknown.
  package init(first: Int64?, last: Int64?) {
    func date(_ moment: Int64?) -> Substring? {
      moment.flatMap { isKnown($0) ? shownMoment($0).text(digits: 0).prefix { $0 != "T" } : nil }
    }
    let a = date(first) ?? date(last) ?? ""
    let b = date(last) ?? a
    showsDay = a != b
    showsYear = a.dropLast(6) != b.dropLast(6)
    day = String(a)
  }

  /// The clock part of a moment, whatever the day.
  static func clockText(_ moment: Int64) -> String { shownMoment(moment).clockText() }

  /// A moment: `10:07:03`, `03-01 10:07:03` where the data spans days, `2026-03-01 10:07:03` where it spans years, or
  /// `unknown`.
  package func text(_ moment: Int64?, digits: Int? = nil) -> String {
    guard let moment, isKnown(moment) else { return "unknown" }
    let digits = digits ?? self.digits
    let text = shownMoment(moment).text(digits: digits)
    let clock = shownMoment(moment).clockText(digits: digits)
    if !showsDay, text.hasPrefix(day) { return clock }
    if showsYear { return "\(text.prefix { $0 != "T" }) \(clock)" }
    return "\(text.drop { $0 != "-" }.dropFirst().prefix { $0 != "T" }) \(clock)"
  }
}

/// `1 March 2026` of a moment, in UTC.
package func dateText(_ moment: Int64) -> String {
  let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  let date = shownMoment(moment).text(digits: 0).prefix { $0 != "T" }.split(separator: "-")
  guard date.count == 3, let month = Int(date[1]), let day = Int(date[2]),
    months.indices.contains(month - 1)
  else { return shownMoment(moment).text(digits: 0) }
  return "\(day) \(months[month - 1]) \(date[0])"
}
