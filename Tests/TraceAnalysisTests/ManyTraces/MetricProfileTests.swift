import Testing
import TraceAnalysis
import TraceModel

/// Metrics over time, on series whose figures are worked out by hand.
struct MetricProfileTests {
  private static let second: Int64 = 1_000_000_000
  private static let t0: Int64 = 1_767_607_200_000_000_000
  /// Twelve bins of ten seconds.
  private static let timeline = Timeline(
    from: Timestamp(t0), to: Timestamp(t0 + 119 * second), most: 12)

  private func series(_ kind: PointRow.Kind, cumulative: Bool = false, monotonic: Bool = false)
    -> MetricPoint.Series
  {
    var series = MetricPoint.Series()
    (series.name, series.service, series.kind) = ("m", "shop", kind)
    (series.isCumulative, series.isMonotonic) = (cumulative, monotonic)
    return series
  }

  private func point(
    _ at: Int64, _ value: Double? = nil, since start: Int64 = 0, buckets: [MetricPoint.Bucket] = []
  ) -> MetricPoint {
    var point = MetricPoint()
    point.time = Self.t0 + at * Self.second
    point.start = Self.t0 + start * Self.second
    point.value = value
    point.buckets = buckets
    point.count = buckets.reduce(0) { $0 + $1.count }
    return point
  }

  private func row(
    _ series: MetricPoint.Series, _ points: [MetricPoint], since: Int64? = 60
  ) -> Findings.MetricRow? {
    var profile = MetricProfile(Self.timeline, since: since.map { Self.t0 + $0 * Self.second })
    profile.add(series, points)
    return profile.findings?.rows.first
  }

  @Test func `a counter is its gain a second, and begins anew after a reset`() throws {
    // 10 a second for 30 s; 40 a second; then a restart at 85 s: 150 in 15 s.
    let found = try #require(
      row(
        series(.sum, cumulative: true, monotonic: true),
        [
          point(0, 1000), point(10, 1100), point(20, 1200), point(50, 1500), point(70, 2300),
          point(80, 2700), point(100, 150, since: 85), point(110, 550, since: 85),
        ]))
    #expect(found.figure == .rate && found.before == 10)
    // 40, 40, 150 in 15 s, 40.
    #expect(found.after == 32.5 && found.points == 7)
    #expect(found.bins[1] == 10 && found.bins[7] == 40 && found.bins[10] == 10)
    #expect(found.bins[3] == nil)
  }

  @Test func `a delta counter counts each stretch from its own start`() throws {
    let found = try #require(
      row(
        series(.sum, monotonic: true),
        [
          point(10, 50, since: 0), point(20, 50, since: 10), point(70, 500, since: 60),
          point(80, 500, since: 70),
        ]))
    #expect(found.before == 5 && found.after == 50)
  }

  @Test func `a gauge is its mean, a gap is no zero, and little change is no news`() throws {
    let found = try #require(
      row(series(.gauge), [point(10, 4), point(20), point(30, 6), point(70, 20), point(80, 30)]))
    #expect(found.figure == .mean && found.before == 5 && found.after == 25 && found.points == 4)
    #expect(
      row(series(.gauge), [point(10, 5), point(20, 5), point(70, 5.5), point(80, 5.5)]) == nil)
    // One point on a side is not enough.
    #expect(row(series(.gauge), [point(10, 5), point(70, 50), point(80, 50)]) == nil)
  }

  @Test func `a histogram's percentile is estimated within its bucket, of what was added alone`()
    throws
  {
    func buckets(_ counts: [Double]) -> [MetricPoint.Bucket] {
      let bounds = [0.0, 10, 20, 40]
      return counts.enumerated().map {
        MetricPoint.Bucket(
          lower: $0.offset == 0 ? -.infinity : bounds[$0.offset - 1],
          upper: $0.offset == 4 ? .infinity : bounds[$0.offset], count: $0.element)
      }
    }
    let found = try #require(
      row(
        series(.histogram, cumulative: true),
        [
          point(0, buckets: buckets([0, 1000, 0, 0, 0])),
          // 100 more up to 10: the 95th of them lies at 9.5.
          point(20, buckets: buckets([0, 1100, 0, 0, 0])),
          point(40, buckets: buckets([0, 1200, 0, 0, 0])),
          // 90 up to 10 and 10 between 20 and 40: the 95th is the fifth of these ten, at 30.
          point(80, buckets: buckets([0, 1290, 0, 10, 0])),
          point(100, buckets: buckets([0, 1380, 0, 20, 0])),
        ]))
    #expect(found.figure == .p95 && found.before == 9.5 && found.after == 30)
  }

  @Test func `the ten that moved most stay, in one order whatever comes first`() throws {
    func profile(_ order: some Sequence<Int>) -> [String] {
      var profile = MetricProfile(Self.timeline, since: Self.t0 + 60 * Self.second)
      for number in order {
        var series = series(.gauge)
        series.name = "m\(number)"
        let to = number % 2 == 0 ? 100.0 : 10 + Double(number)
        profile.add(series, [point(1, 10), point(2, 10), point(70, to), point(80, to)])
      }
      #expect(profile.findings?.series == 30 && profile.findings?.points == 120)
      return profile.findings?.rows.map(\.name) ?? []
    }
    let names = profile(0..<30)
    #expect(names == profile((0..<30).reversed()) && names.count == 10)
    #expect(names.prefix(3) == ["m0", "m10", "m12"])
  }

  @Test func `where nothing began, those that vary most are shown`() throws {
    let flat = row(series(.gauge), [point(1, 5), point(15, 5), point(25, 5)], since: nil)
    #expect(flat == nil)
    let found = try #require(
      row(series(.gauge), [point(1, 5), point(15, 10), point(25, 15)], since: nil))
    #expect(found.before == nil && found.after == 10)
  }
}
