import Testing
import TraceModel

struct TimeTests {
  @Test(arguments: [
    (Int64.min, "1677-09-21T00:12:43.145224192Z"), (.min + 1, "1677-09-21T00:12:43.145224193Z"),
    (-86_400_000_000_001, "1969-12-30T23:59:59.999999999Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
    (0, "1970-01-01T00:00:00.000000000Z"),
    (951_782_400_000_000_000, "2000-02-29T00:00:00.000000000Z"),
    (.max - 1, "2262-04-11T23:47:16.854775806Z"), (.max, "2262-04-11T23:47:16.854775807Z"),
  ])
  func `a moment is written as a date, up to the ends of its range`(
    _ worked: (nanoseconds: Int64, text: String)
  ) {
    let moment = Timestamp(worked.nanoseconds)
    #expect(moment.text(digits: 9) == worked.text)
    #expect(moment.text() == worked.text.prefix(23) + "Z")
    #expect(moment.text(digits: 0) == worked.text.prefix(19) + "Z")
    #expect(moment.text(digits: 99) == worked.text && moment.text(digits: -1).count == 20)
    #expect(moment.clockText() == worked.text.dropFirst(11).prefix(8))
    #expect(moment.clockText(digits: 9) == worked.text.dropFirst(11).dropLast())
  }

  @Test func `each day of the range has the date that counting days gives`() {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    // 1678-01-01, the first whole year: 292 years before 1970, 70 of them leap years.
    var day = -(292 * 365 + 70)
    for year in 1678...2261 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for month in 1...12 {
        for date in 1...(lengths[month - 1] + (isLeap && month == 2 ? 1 : 0)) {
          let text = Timestamp(Int64(day) * 86_400_000_000_000).text(digits: 0)
          let expected = "\(year)-\(two(month))-\(two(date))T00:00:00Z"
          if text != expected { Issue.record("\(text) instead of \(expected)") }
          day += 1
        }
      }
    }
  }

  @Test func `sums and differences end at the ends of the range`() {
    let ends: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
    for a in ends {
      for b in ends {
        let difference = Int128(a) - Int128(b)
        let sum = Int128(a) + Int128(b)
        #expect(Timestamp(a) - Timestamp(b) == Int64(clamping: difference))
        #expect(Timestamp(a) + b == Timestamp(Int64(clamping: sum)))
      }
    }
  }

  @Test(arguments: [
    (0, "0"), (1, "1 ns"), (999, "999 ns"), (1000, "1.00 µs"), (9994, "9.99 µs"),
    (9995, "10.0 µs"), (99_949, "99.9 µs"), (99_950, "100 µs"), (999_499, "999 µs"),
    (999_500, "1.00 ms"), (12_345_678, "12.3 ms"), (999_499_999, "999 ms"),
    (999_500_000, "1.00 s"), (59_999_999_999, "60.0 s"), (60_000_000_000, "1 m 00 s"),
    (3_599_999_999_999, "59 m 59 s"), (3_600_000_000_000, "1 h 00 m"),
    (Int64.max - 1, "2562047 h 47 m"), (.max, "2562047 h 47 m"),
  ])
  func `a length has three digits and a unit, and a sign where it is reversed`(
    _ worked: (length: Nanoseconds, text: String)
  ) {
    #expect(durationText(worked.length) == worked.text)
    if worked.length > 0 { #expect(durationText(-worked.length) == "-" + worked.text) }
  }

  @Test func `the longest reversed length has no positive counterpart, and a text`() {
    #expect(durationText(.min) == "-2562047 h 47 m")
    #expect(durationText(.min + 1) == "-2562047 h 47 m")
  }
}
