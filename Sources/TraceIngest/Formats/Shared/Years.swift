import TraceModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A date and time of day that name no year, as syslog and glog write them.
struct YearlessTime {
  /// 1 to 12.
  var month: Int
  /// 1 to 31.
  var day: Int
  /// Since midnight.
  var ns: Int64

  /// The moment in a year, as if in UTC; nil where the year lacks the day.
  func ns(in year: Int) -> Int64? {
    guard (1..<13).contains(month), day >= 1, day <= daysOfMonth(month, of: year),
      (1678..<2262).contains(year)
    else { return nil }
    return days(year: year, month: month, day: day) * 86_400_000_000_000 + ns
  }
}

/// How many days a month has.
func daysOfMonth(_ month: Int, of year: Int) -> Int {
  if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
  return [4, 6, 9, 11].contains(month) ? 30 : 31
}

/// The year of a moment.
func calendarYear(of ns: Int64) -> Int {
  var year = 1970 + Int(ns / 31_556_952_000_000_000)
  while year > 1678, days(year: year, month: 1, day: 1) * 86_400_000_000_000 > ns { year -= 1 }
  while year < 2261, days(year: year + 1, month: 1, day: 1) * 86_400_000_000_000 <= ns {
    year += 1
  }
  return year
}

/// The month of `Jan` … `Dec`; nil for other text.
func monthNumber(_ text: Bytes, _ at: Int) -> Int? {
  guard at + 3 <= text.count else { return nil }
  let word = text.slice(at, at + 3)
  return monthNames.firstIndex { word.equals($0) }.map { $0 + 1 }
}

private let monthNames: [StaticString] = [
  "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]

/// The years of a source's times that name none: they follow from the time before.
struct Years {
  /// Lines may stand behind later ones by so much.
  static let disorder: Int64 = 7 * 86_400_000_000_000
  private static let day: Int64 = 86_400_000_000_000

  /// The last moment that was told or worked out, ns; nil before the first.
  private var last: Int64?

  /// Notes a moment whose year is written.
  mutating func note(_ ns: Int64) { last = ns }

  /// The moment that a time without year means.
  ///
  /// After another one: the first such moment that is not more than a week earlier, so that a source steps over New Year in
  /// either direction. Before any: in the year that is named, else the last such moment before the file was written. What
  /// would lie after the file's last change lies a year earlier.
  ///
  /// - Parameters:
  ///   - year: the option's, nil where there is none.
  ///   - fileTime: when the source was last written, ns; 0 unknown, which is taken for now.
  mutating func settle(_ time: YearlessTime, year named: Int?, fileTime: Int64) -> Int64? {
    let written = fileTime > 0 ? fileTime : named == nil ? now() : Int64.max - Self.day
    let limit = written + Self.day
    var found: Int64?
    if let last {
      let first = calendarYear(of: last) - 1
      for year in first...first + 5 {
        if let ns = time.ns(in: year), ns >= last - Self.disorder {
          found = ns
          break
        }
      }
      // The file was not written before its lines: then they are only out of order.
      if let ns = found, ns > limit, last <= limit {
        found = latest(time, from: calendarYear(of: ns) - 1) ?? ns
      }
    } else if let named {
      found = time.ns(in: named) ?? latest(time, from: named)
      if let ns = found, ns > limit, calendarYear(of: written) >= named {
        found = latest(time, from: named - 1) ?? ns
      }
    } else {
      let year = calendarYear(of: written)
      found = latest(time, from: year + 1, notAfter: limit)
    }
    if let found { last = found }
    return found
  }

  /// The last such moment in a year or one before it.
  private func latest(
    _ time: YearlessTime, from year: Int, notAfter limit: Int64 = .max
  ) -> Int64? {
    for year in stride(from: year, to: year - 9, by: -1) {
      if let ns = time.ns(in: year), ns <= limit { return ns }
    }
    return nil
  }

  private func now() -> Int64 { Int64(time(nil)) * 1_000_000_000 }
}

extension Decoder {
  /// The moment that a time without year, and without zone unless one is given, means; 0 where there is no such day. Both
  /// assumptions are counted.
  mutating func settled(_ time: YearlessTime, _ offset: Int64) -> Int64 {
    guard let ns = kept.years.settle(time, year: context.year, fileTime: context.fileTime) else {
      batch.defects.count(.oddTime, at: offset)
      return 0
    }
    batch.defects.count(.assumedYear, at: offset)
    return settled(WrittenTime(ns: ns, length: 0, hasZone: false), offset)
  }
}
