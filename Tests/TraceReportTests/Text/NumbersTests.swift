import Testing
import TraceReport

struct NumbersTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (1_000_006, "1,000,006"), (-1234, "-1,234"),
    (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func `a count has commas`(_ count: Int, _ text: String) { #expect(countText(count) == text) }

  @Test(arguments: [
    (0.0, "0 %"), (0.0396, "3.96 %"), (0.1, "10.0 %"), (0.5, "50.0 %"), (1.0, "100 %"),
    (0.999999, "over 99.9 %"), (0.00001, "below 0.01 %"), (0.00014, "0.01 %"), (2.5, "250 %"),
    (-1.0, "0 %"), (.nan, "0 %"), (.infinity, "0 %"), (1.0 / 3, "33.3 %"), (0.0999, "9.99 %"),
  ])
  func `a share has three digits`(_ share: Double, _ text: String) {
    #expect(percentText(share) == text)
  }

  @Test(arguments: [
    (Int64(0), "0 B"), (812, "812 B"), (4_310, "4.3 kB"), (682_000_000, "682 MB"),
    (.max, "9223 PB"),
    (-5, "0 B"),
  ])
  func `bytes have a unit`(_ bytes: Int64, _ text: String) { #expect(bytesText(bytes) == text) }

  @Test func `the day is written only where the data spans days`() {
    let day: Int64 = 86_400_000_000_000
    let one = Clock(first: Incident.start, last: Incident.start + 5)
    #expect(one.text(Incident.since) == "10:07:03")
    #expect(one.text(Incident.since + day) == "03-02 10:07:03")
    #expect(one.text(nil) == "unknown" && one.text(0) == "unknown" && one.text(.max) == "unknown")
    let two = Clock(first: Incident.start, last: Incident.start + day)
    #expect(two.text(Incident.since) == "03-01 10:07:03")
    #expect(dateText(Incident.start) == "1 March 2026")
    let years = Clock(first: Incident.start, last: Incident.start + 400 * day)
    #expect(years.text(Incident.since) == "2026-03-01 10:07:03")
    #expect(Clock(first: 0, last: Incident.start).text(Incident.since) == "10:07:03")
    #expect(!one.text(.min).isEmpty)
  }

  @Test func `ticks are round, inside and few`() {
    let minute: Int64 = 60_000_000_000
    let ticks = tickMoments(Incident.start, Incident.start + 30 * minute, most: 6)
    #expect(ticks == [0, 10, 20, 30].map { Incident.start + $0 * minute })
    for (first, end) in [(Int64.min, Int64.max), (0, 1), (5, 5), (Int64.max - 3, Int64.max)] {
      let ticks = tickMoments(first, end, most: 6)
      #expect(ticks.count <= 7 && ticks.allSatisfy { first <= $0 && $0 <= end })
    }
  }

  @Test func `a logarithmic axis is linear in powers of ten`() {
    let scale = LogScale(low: 1_000, high: 1_000_000_000)
    #expect(scale.fraction(1_000) == 0 && scale.fraction(1_000_000_000) == 1)
    #expect(abs(scale.fraction(1_000_000) - 0.5) < 1e-12)
    #expect(scale.fraction(.min) == 0 && scale.fraction(.max) == 1)
    #expect(
      scale.decades == [1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000])
  }

  @Test func `a word is quoted as a shell wants it`() {
    #expect(shellWord("samples/a.db") == "samples/a.db")
    #expect(shellWord("a b") == "'a b'")
    #expect(shellWord("it's $HOME") == #"'it'\''s $HOME'"#)
    #expect(shellWord("") == "''")
  }
}
