/// How the time in a line's header is written (formats/logs.md 7.1).
enum TimeForm: UInt8, Sendable {
  /// `2026-01-05T10:00:00.123Z`, also with blanks, slashes, commas.
  case iso
  /// `17/06/09 20:10:40`: year, month, day.
  case shortYear
  /// `081109 203615`: year, month, day, time.
  case compact
  /// `03-17 16:13:38.811`: no year.
  case monthDay
  /// `20171223-22:15:29:606`.
  case joined
  /// `Sun Dec 04 04:47:44 2005`, `Mon, 05 Jan 2026 10:00:00 GMT`.
  case weekday
  /// `Jun 14 15:16:01`: no year; perhaps with one behind the day.
  case monthName
  /// `05 Jan 2026 10:00:00`, `05-Jan-2026 10:00:00`, `05/Jan/2026:10:00:00 +0000`.
  case dayMonthYear
  /// `01/05/2026 10:00:00 AM`: month, day, year.
  case american
  /// `E0105 10:00:00.123456` of glog and klog: no year; the letter is the level.
  case glog
  /// `10:00:00.123`: no date.
  case clock
  /// Seconds, ms, µs or ns since the epoch.
  case epoch
}

/// The time that a line's header names.
struct HeaderTime: Sendable {
  var form: TimeForm
  /// The byte behind it.
  var end: Int
  /// Since the epoch, as if in UTC where no zone is named; since midnight where no year is named.
  var ns: Int64
  var hasZone = false
  /// 1 to 12 where no year is named; 0 where one is, and where there is no date at all.
  var month = 0
  /// Of the month, where no year is named.
  var day = 0
}

/// The time that begins at an index of a line; nil where none does.
///
/// - Complexity: a few comparisons where there is none.
func headerTime(_ line: Bytes, _ at: Int) -> HeaderTime? {
  guard at + 8 <= line.count else { return nil }
  let first = line[at]
  if first &- 0x30 < 10 { return numericTime(line, at) }
  guard first &- 0x41 < 26 else { return nil }
  return glogTime(line, at) ?? weekdayTime(line, at) ?? monthNameTime(line, at)
}

/// The number of digits at an index, at most 20.
private func digitRun(_ line: Bytes, _ at: Int) -> Int {
  var end = at
  while end < line.count, end - at < 20, line[end] &- 0x30 < 10 { end += 1 }
  return end - at
}

private func numericTime(_ line: Bytes, _ at: Int) -> HeaderTime? {
  let run = digitRun(line, at)
  let next = at + run < line.count ? line[at + run] : 0
  switch (run, next) {
  case (4, 0x2d), (4, 0x2f): return isoHeaderTime(line, at)
  case (2, 0x3a): return clockHeaderTime(line, at)
  case (2, 0x2f), (1, 0x2f):
    return dayMonthYearTime(line, at, run) ?? shortYearTime(line, at) ?? americanTime(line, at)
  case (2, 0x2d): return monthDayTime(line, at) ?? dayMonthYearTime(line, at, run)
  case (2, 0x20), (1, 0x20): return dayMonthYearTime(line, at, run)
  case (6, 0x20): return compactTime(line, at)
  case (8, 0x2d), (8, 0x20), (8, 0x54), (8, 0x5f): return joinedTime(line, at)
  case (10, _), (13, _), (16, _), (19, _): return epochHeaderTime(line, at, run)
  default: return nil
  }
}

/// The moment of a date and a time of day; nil where there is no such date.
private func moment(_ year: Int, _ month: Int, _ day: Int, _ ns: Int64) -> Int64? {
  YearlessTime(month: month, day: day, ns: ns).ns(in: year)
}

/// Takes the zone behind a time, where one stands there.
private func takeZone(_ line: Bytes, _ time: inout HeaderTime) {
  guard let zone = zone(line, time.end) else { return }
  time.end = zone.end
  time.hasZone = true
  time.ns -= Int64(zone.seconds) * 1_000_000_000
}

private func isoHeaderTime(_ line: Bytes, _ at: Int) -> HeaderTime? {
  if let time = isoTime(line.slice(at, line.count)) {
    return HeaderTime(
      form: .iso, end: at + time.length, ns: time.ns, hasZone: time.hasZone)
  }
  // `2026-01-05-10.00.00.123456`, `2026-01-05_10:00:00`.
  guard at + 19 <= line.count, line[at + 7] == line[at + 4],
    line[at + 10] == 0x2d || line[at + 10] == 0x5f, let year = digits(line, at, at + 4),
    let month = digits(line, at + 5, at + 7), let day = digits(line, at + 8, at + 10),
    let hour = digits(line, at + 11, at + 13), let minute = digits(line, at + 14, at + 16),
    let second = digits(line, at + 17, at + 19), hour < 24, minute < 60, second <= 60,
    line[at + 13] == line[at + 16], line[at + 13] == 0x3a || line[at + 13] == 0x2e,
    let ns = moment(
      year, month, day, Int64(hour * 3600 + minute * 60 + second) * 1_000_000_000)
  else { return nil }
  var time = HeaderTime(form: .iso, end: at + 19, ns: ns)
  takeFraction(line, &time, separators: 0x2e, 0x2c)
  return time
}

/// Takes a fraction of a second behind a time.
private func takeFraction(
  _ line: Bytes, _ time: inout HeaderTime, separators first: UInt8, _ second: UInt8
) {
  guard time.end + 1 < line.count, line[time.end] == first || line[time.end] == second,
    line[time.end + 1] &- 0x30 < 10
  else { return }
  var unit: Int64 = 100_000_000
  time.end += 1
  while time.end < line.count, line[time.end] &- 0x30 < 10 {
    time.ns += Int64(line[time.end] &- 0x30) * unit
    unit /= 10
    time.end += 1
  }
}

private func clockHeaderTime(_ line: Bytes, _ at: Int) -> HeaderTime? {
  guard let clock = clockTime(line, at), ends(line, clock.end) else { return nil }
  return HeaderTime(form: .clock, end: clock.end, ns: clock.ns)
}

/// Whether a time may end here: not inside a word.
private func ends(_ line: Bytes, _ at: Int) -> Bool {
  at >= line.count || [0x20, 0x09, 0x5d, 0x29, 0x2c, 0x3a, 0x7c, 0x2d, 0x3b].contains(line[at])
}

private func shortYearTime(_ line: Bytes, _ at: Int) -> HeaderTime? {
  guard at + 17 <= line.count, line[at + 5] == 0x2f, line[at + 8] == 0x20,
    let year = digits(line, at, at + 2), let month = digits(line, at + 3, at + 5),
    let day = digits(line, at + 6, at + 8), let clock = clockTime(line, at + 9),
    let ns = moment(2000 + year, month, day, clock.ns)
  else { return nil }
  return HeaderTime(form: .shortYear, end: clock.end, ns: ns)
}

private func compactTime(_ line: Bytes, _ at: Int) -> HeaderTime? {
  guard at + 13 <= line.count, let year = digits(line, at, at + 2),
    let month = digits(line, at + 2, at + 4), let day = digits(line, at + 4, at + 6)
  else { return nil }
  let clock: (ns: Int64, end: Int)
  if digitRun(line, at + 7) == 6, let value = joinedClock(line, at + 7), ends(line, at + 13) {
    clock = (value, at + 13)
  } else if let value = clockTime(line, at + 7) {
    clock = value
  } else {
    return nil
  }
  guard let ns = moment(2000 + year, month, day, clock.ns) else { return nil }
  return HeaderTime(form: .compact, end: clock.end, ns: ns)
}

/// The six digits of a time of day without colons.
private func joinedClock(_ line: Bytes, _ at: Int) -> Int64? {
  guard let hour = digits(line, at, at + 2), let minute = digits(line, at + 2, at + 4),
    let second = digits(line, at + 4, at + 6), hour < 24, minute < 60, second <= 60
  else { return nil }
  return Int64(hour * 3600 + minute * 60 + second) * 1_000_000_000
}

private func monthDayTime(_ line: Bytes, _ at: Int) -> HeaderTime? {
  guard at + 14 <= line.count, line[at + 5] == 0x20, let month = digits(line, at, at + 2),
    let day = digits(line, at + 3, at + 5), let clock = clockTime(line, at + 6),
    (1...12).contains(month), (1...31).contains(day)
  else { return nil }
  return HeaderTime(form: .monthDay, end: clock.end, ns: clock.ns, month: month, day: day)
}

/// `20171223-22:15:29:606`, whose parts of the time may have one digit, and `20171223T221529`.
private func joinedTime(_ line: Bytes, _ at: Int) -> HeaderTime? {
  guard let year = digits(line, at, at + 4), let month = digits(line, at + 4, at + 6),
    let day = digits(line, at + 6, at + 8)
  else { return nil }
  var i = at + 9
  if digitRun(line, i) == 6 {
    guard let clock = joinedClock(line, i), let ns = moment(year, month, day, clock) else {
      return nil
    }
    var time = HeaderTime(form: .joined, end: i + 6, ns: ns)
    takeFraction(line, &time, separators: 0x2e, 0x2c)
    takeZone(line, &time)
    return time
  }
  var parts: [Int] = []
  while parts.count < 3 {
    let run = digitRun(line, i)
    guard (1...2).contains(run), let value = digits(line, i, i + run) else { return nil }
    parts.append(value)
    i += run
    if parts.count < 3 {
      guard i < line.count, line[i] == 0x3a else { return nil }
      i += 1
    }
  }
  guard parts[0] < 24, parts[1] < 60, parts[2] <= 60,
    let ns = moment(
      year, month, day, Int64(parts[0] * 3600 + parts[1] * 60 + parts[2]) * 1_000_000_000)
  else { return nil }
  var time = HeaderTime(form: .joined, end: i, ns: ns)
  if i < line.count, line[i] == 0x3a, (1...3).contains(digitRun(line, i + 1)),
    let milliseconds = digits(line, i + 1, i + 1 + digitRun(line, i + 1))
  {
    time.end = i + 1 + digitRun(line, i + 1)
    time.ns += Int64(milliseconds) * 1_000_000
  } else {
    takeFraction(line, &time, separators: 0x2e, 0x2c)
  }
  return time
}

/// `05 Jan 2026 10:00:00`, `05-Jan-2026 10:00:00`, `05/Jan/2026:10:00:00 +0000`.
private func dayMonthYearTime(_ line: Bytes, _ at: Int, _ run: Int) -> HeaderTime? {
  let month = at + run + 1
  guard month + 17 <= line.count, let day = digits(line, at, at + run),
    let number = monthNumber(line, month), line[month + 3] == line[month - 1],
    let year = digits(line, month + 4, month + 8),
    line[month + 8] == 0x20 || line[month + 8] == 0x3a,
    let clock = clockTime(line, month + 9), let ns = moment(year, number, day, clock.ns)
  else { return nil }
  var time = HeaderTime(form: .dayMonthYear, end: clock.end, ns: ns)
  takeZone(line, &time)
  return time
}

/// `1/5/2026 10:00:00 AM`: only with AM or PM, else the order of day and month cannot be told.
private func americanTime(_ line: Bytes, _ at: Int) -> HeaderTime? {
  let first = digitRun(line, at)
  let second = digitRun(line, at + first + 1)
  let yearStart = at + first + second + 2
  guard (1...2).contains(second), yearStart + 15 <= line.count, line[yearStart - 1] == 0x2f,
    let month = digits(line, at, at + first),
    let day = digits(line, at + first + 1, yearStart - 1),
    let year = digits(line, yearStart, yearStart + 4), line[yearStart + 4] == 0x20
  else { return nil }
  let hours = digitRun(line, yearStart + 5)
  let colon = yearStart + 5 + hours
  guard (1...2).contains(hours), colon + 9 <= line.count, line[colon] == 0x3a,
    line[colon + 3] == 0x3a, line[colon + 6] == 0x20,
    line[colon + 7] == 0x41 || line[colon + 7] == 0x50, line[colon + 8] == 0x4d,
    let hour = digits(line, yearStart + 5, colon), (1...12).contains(hour),
    let minute = digits(line, colon + 1, colon + 3), minute < 60,
    let seconds = digits(line, colon + 4, colon + 6), seconds <= 60
  else { return nil }
  let hourOfDay = hour % 12 + (line[colon + 7] == 0x50 ? 12 : 0)
  let clock = Int64(hourOfDay * 3600 + minute * 60 + seconds) * 1_000_000_000
  guard let ns = moment(year, month, day, clock) else { return nil }
  return HeaderTime(form: .american, end: colon + 9, ns: ns)
}

private func epochHeaderTime(_ line: Bytes, _ at: Int, _ run: Int) -> HeaderTime? {
  var end = at + run
  if run == 10, end + 1 < line.count, line[end] == 0x2e, line[end + 1] &- 0x30 < 10 {
    end += 1
    while end < line.count, end < at + 21, line[end] &- 0x30 < 10 { end += 1 }
  }
  // Not in a table of numbers: those are separated otherwise.
  guard end < line.count, line[end] == 0x20 || line[end] == 0x5d || line[end] == 0x3a,
    let ns = end == at + run
      ? decimal(line.slice(at, end)).flatMap(epochTime) : decimalSeconds(line.slice(at, end)),
    // Between 2000 and 2100: what else has so many digits is seldom a time.
    ns > 946_684_800_000_000_000, ns < 4_102_444_800_000_000_000
  else { return nil }
  return HeaderTime(form: .epoch, end: end, ns: ns, hasZone: true)
}

private func glogTime(_ line: Bytes, _ at: Int) -> HeaderTime? {
  guard at + 14 <= line.count, [0x49, 0x57, 0x45, 0x46].contains(line[at]), line[at + 5] == 0x20,
    let month = digits(line, at + 1, at + 3), let day = digits(line, at + 3, at + 5),
    let clock = clockTime(line, at + 6), (1...12).contains(month), (1...31).contains(day)
  else { return nil }
  return HeaderTime(form: .glog, end: clock.end, ns: clock.ns, month: month, day: day)
}

/// `Sun Dec 04 04:47:44.123456 2005` and `Mon, 05 Jan 2026 10:00:00 GMT`; the zone may stand before the year.
private func weekdayTime(_ line: Bytes, _ at: Int) -> HeaderTime? {
  guard at + 20 <= line.count else { return nil }
  let word = line.slice(at, at + 3)
  let names: [StaticString] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  guard line[at + 3] == 0x20 || line[at + 3] == 0x2c,
    names.contains(where: { word.equals($0) })
  else { return nil }
  if line[at + 3] == 0x2c {
    let run = digitRun(line, at + 5)
    guard (1...2).contains(run) else { return nil }
    return dayMonthYearTime(line, at + 5, run)
  }
  guard let month = monthNumber(line, at + 4) else { return nil }
  var i = at + 8
  if i < line.count, line[i] == 0x20 { i += 1 }
  let run = digitRun(line, i)
  guard line[at + 7] == 0x20, (1...2).contains(run), let day = digits(line, i, i + run),
    let clock = clockTime(line, i + run + 1)
  else { return nil }
  var time = HeaderTime(form: .weekday, end: clock.end, ns: 0)
  var seconds = 0
  if let zone = zone(line, clock.end), zone.end + 5 <= line.count {
    time.hasZone = true
    time.end = zone.end
    seconds = zone.seconds
  }
  guard time.end + 5 <= line.count, let year = digits(line, time.end + 1, time.end + 5),
    let ns = moment(year, month, day, clock.ns)
  else { return nil }
  time.end += 5
  time.ns = ns - Int64(seconds) * 1_000_000_000
  return time
}

/// `Jun 14 15:16:01`, `Jul  1 09:00:55`, `Jan 05 2026 10:00:00`.
private func monthNameTime(_ line: Bytes, _ at: Int) -> HeaderTime? {
  guard at + 14 <= line.count, line[at + 3] == 0x20, let month = monthNumber(line, at) else {
    return nil
  }
  var i = at + 4
  if line[i] == 0x20 { i += 1 }
  let run = digitRun(line, i)
  guard (1...2).contains(run), let day = digits(line, i, i + run), i + run < line.count,
    (1...31).contains(day)
  else { return nil }
  i += run
  if line[i] == 0x2c { i += 1 }
  guard i < line.count, line[i] == 0x20 else { return nil }
  i += 1
  if let year = digits(line, i, i + 4), i + 5 <= line.count, line[i + 4] == 0x20 {
    guard let clock = clockTime(line, i + 5), let ns = moment(year, month, day, clock.ns) else {
      return nil
    }
    var time = HeaderTime(form: .monthName, end: clock.end, ns: ns)
    takeZone(line, &time)
    return time
  }
  guard let clock = clockTime(line, i) else { return nil }
  return HeaderTime(form: .monthName, end: clock.end, ns: clock.ns, month: month, day: day)
}
