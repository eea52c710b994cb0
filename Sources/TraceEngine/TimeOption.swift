import Foundation
public import TraceModel

/// A window as people type it: `--since`, `--until`, `--around`, in a time zone.
///
/// A moment is ISO 8601 (`2026-03-01T10:07:00Z`, with an offset, or without one in `zone`), a date, seconds since the epoch
/// with `@` before them, or a time of day (`10:07`, `10:07:30`), which means that time on the day on which the data ends.
/// A length (`90s`, `10m`, `2h30m`, `1d`) after `--since` counts back from the end of the data.
public struct WindowOption: Sendable {
  /// Text of `--since`.
  public var since: String?
  /// Text of `--until`.
  public var until: String?
  /// Text of `--around`: a moment, `±` or `+-`, a length (5 minutes where it is left out).
  public var around: String?
  /// Name of the zone for moments without an offset.
  public var zone: String

  /// A window of its texts.
  public init(since: String?, until: String?, around: String?, zone: String = "UTC") {
    self.since = since
    self.until = until
    self.around = around
    self.zone = zone
  }

  /// Whether no window was asked for.
  public var isEmpty: Bool { since == nil && until == nil && around == nil }

  /// The window over data that lie between `first` and `last`; nil where none was asked for.
  ///
  /// - Throws: `EngineError` with code `usage` and a sentence that quotes the text.
  public func window(first: Timestamp, last: Timestamp) throws(EngineError) -> TimeWindow? {
    if isEmpty { return nil }
    guard let timeZone = TimeZone(identifier: zone) else {
      throw EngineError(.usage, "'--tz \(zone)' is not a time zone; write 'UTC' or 'Europe/Berlin'")
    }
    let reader = MomentReader(zone: timeZone, last: last)
    if let around {
      guard since == nil, until == nil else {
        throw EngineError(.usage, "'--around' cannot stand beside '--since' or '--until'")
      }
      let parts = around.replacing("+-", with: "±")
        .split(separator: "±", maxSplits: 1, omittingEmptySubsequences: false)
      let length = parts.count == 2 ? MomentReader.length(parts[1]) : 300_000_000_000
      guard let text = parts.first, let middle = reader.moment(text), let length else {
        throw EngineError(
          .usage, "'--around \(around)' is not a moment with a length; write '10:07±5m'")
      }
      return TimeWindow(start: middle + -length, end: middle + length)
    }
    var window = TimeWindow(start: first, end: last + 1)
    if let since {
      if let length = MomentReader.length(since[...]) {
        window.start = last + -length
      } else if let moment = reader.moment(since[...]) {
        window.start = moment
      } else {
        throw MomentReader.notAMoment("--since", since)
      }
    }
    if let until {
      if let length = MomentReader.length(until[...]) {
        window.end = last + -length
      } else if let moment = reader.moment(until[...]) {
        window.end = moment
      } else {
        throw MomentReader.notAMoment("--until", until)
      }
    }
    let ends = "\(first.text(digits: 0)) to \(last.text(digits: 0))"
    if window.start > last || window.end <= first {
      throw EngineError(.usage, "the window lies outside the data, which reach from \(ends)")
    }
    guard window.start < window.end else {
      throw EngineError(
        .usage,
        "the window ends before it starts: \(window.start.text(digits: 0)) to \(window.end.text(digits: 0))"
      )
    }
    return window
  }
}

/// Reads moments and lengths.
struct MomentReader {
  var zone: TimeZone
  var last: Timestamp

  static func notAMoment(_ option: String, _ text: String) -> EngineError {
    EngineError(
      .usage,
      "'\(option) \(text)' is not a duration; write '10m', '2h30m' or a time such as 2026-03-01T10:00:00Z"
    )
  }

  /// Nanoseconds of `1d2h30m10s500ms`, nil where the text is something else.
  static func length(_ text: Substring) -> Nanoseconds? {
    let units: [String: Int64] = [
      "d": 86_400_000_000_000, "h": 3_600_000_000_000, "m": 60_000_000_000, "s": 1_000_000_000,
      "ms": 1_000_000, "us": 1000, "µs": 1000, "ns": 1,
    ]
    var rest = text
    var total: Int64 = 0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      let letters = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(letters.count)
      guard let count = Int64(digits), let unit = units[String(letters)] else { return nil }
      let (product, tooLarge) = count.multipliedReportingOverflow(by: unit)
      let (sum, overflow) = total.addingReportingOverflow(product)
      if tooLarge || overflow { return nil }
      total = sum
    }
    return total
  }

  /// A moment, nil where the text is none.
  func moment(_ text: Substring) -> Timestamp? {
    if text.hasPrefix("@") {
      guard let seconds = Int64(text.dropFirst()), seconds.magnitude < 9_000_000_000 else {
        return nil
      }
      return Timestamp(seconds * 1_000_000_000)
    }
    let clock = text.split(separator: ":", omittingEmptySubsequences: false)
    if clock.count == 2 || clock.count == 3, !text.contains("-"), !text.contains("T") {
      var calendar = Calendar(identifier: .gregorian)
      calendar.timeZone = zone
      let day = calendar.startOfDay(
        for: Date(timeIntervalSince1970: Double(last.nanoseconds / 1_000_000_000)))
      guard let hour = Int64(clock[0]), let minute = Int64(clock[1]), hour < 24, minute < 60,
        hour >= 0, minute >= 0, let second = clock.count == 3 ? seconds(clock[2]) : 0
      else { return nil }
      let start = Int64(day.timeIntervalSince1970.rounded()) * 1_000_000_000
      return Timestamp(start + (hour * 60 + minute) * 60_000_000_000 + second)
    }
    return isoMoment(text)
  }

  /// Nanoseconds of `07` or `07.25`.
  private func seconds(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = Int64(parts[0]), (0..<61).contains(whole) else { return nil }
    var fraction: Int64 = 0
    if parts.count == 2 {
      guard !parts[1].isEmpty, parts[1].count <= 9,
        let value = Int64(parts[1] + String(repeating: "0", count: 9 - parts[1].count)),
        value >= 0
      else { return nil }
      fraction = value
    }
    return whole * 1_000_000_000 + fraction
  }

  /// `YYYY-MM-DD`, optionally with `T` or a blank and a time, optionally with `Z` or an offset.
  private func isoMoment(_ text: Substring) -> Timestamp? {
    let pattern =
      /(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d{1,9})?))?)?(Z|[+-]\d\d:?\d\d)?/
    guard let match = try? pattern.wholeMatch(in: text), let year = Int(match.1),
      let month = Int(match.2), let day = Int(match.3)
    else { return nil }
    let hour = match.4.flatMap { Int($0) } ?? 0
    let minute = match.5.flatMap { Int($0) } ?? 0
    guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
      let second = match.6.map({ seconds($0) }) ?? 0
    else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = match.7.flatMap { offset($0) } ?? zone
    let parts = DateComponents(year: year, month: month, day: day, hour: hour, minute: minute)
    // A calendar would read 30 February as 2 March.
    guard parts.isValidDate(in: calendar), let date = calendar.date(from: parts),
      abs(date.timeIntervalSince1970) < 9e9
    else {
      return nil
    }
    return Timestamp(Int64(date.timeIntervalSince1970.rounded()) * 1_000_000_000 + second)
  }

  private func offset(_ text: Substring) -> TimeZone? {
    if text == "Z" { return TimeZone(secondsFromGMT: 0) }
    let digits = text.dropFirst().filter { $0 != ":" }
    guard let hours = Int(digits.prefix(2)), let minutes = Int(digits.suffix(2)) else { return nil }
    return TimeZone(secondsFromGMT: (text.hasPrefix("-") ? -1 : 1) * (hours * 60 + minutes) * 60)
  }
}
