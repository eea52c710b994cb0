import Foundation
package import TraceModel

extension TraceReader {
  /// Whether there is a data point of a metric.
  package func hasMetrics() throws(StoreError) -> Bool {
    try reading("while looking for metrics") { () throws(SQLiteFault) in
      try connection.int("select exists (select 1 from point)") == 1
    }
  }

  /// Earliest and latest moment of a data point; nil where none has one.
  package func metricTimes() throws(StoreError) -> ClosedRange<Int64>? {
    try reading("while reading metrics") { () throws(SQLiteFault) in
      var rows = try connection.prepare("select min(time_ns), max(time_ns) from point")
      guard try rows.step(), !rows.isNull(0) else { return nil }
      return rows.int(0)...max(rows.int(0), rows.int(1))
    }
  }

  /// Calls `body` with each series and its points by time; a point that stands in several exports comes once.
  ///
  /// Series come by what tells them apart, and not by the order of loading.
  ///
  /// - Complexity: O(*n* log *n*) for *n* points; memory of the largest series.
  package func forEachSeries(
    _ body: (MetricPoint.Series, [MetricPoint]) -> Void
  ) throws(StoreError) {
    try reading("while reading metrics") { () throws(SQLiteFault) in
      var rows = try connection.prepare(
        """
        select n.text, u.text, p.kind, p.temporality, p.monotonic, r.service, r.host, r.instance, p.attributes,
          p.start_ns, p.time_ns, p.value, p.count, p.detail, r.attributes
        from point p left join resource r on r.id = p.resource
          left join name n on n.id = p.name left join name u on u.id = p.unit
        where p.time_ns is not null
        order by n.text, r.service, r.host, r.instance, r.attributes, p.attributes, u.text, p.kind, p.temporality,
          p.time_ns, p.start_ns, p.value, p.count
        """)
      var series: MetricPoint.Series?
      var points: [MetricPoint] = []
      while try rows.step() {
        let next = metricSeries(rows)
        if next != series {
          if let series { body(series, points) }
          series = next
          points.removeAll(keepingCapacity: true)
        }
        let point = metricPoint(rows, kind: next.kind)
        if let last = points.last, last.time == point.time, last.start == point.start { continue }
        points.append(point)
      }
      if let series { body(series, points) }
    }
  }

  private func metricSeries(_ rows: borrowing RawStatement) -> MetricPoint.Series {
    var series = MetricPoint.Series()
    series.name = rows.text(0)
    series.unit = rows.text(1)
    series.kind = PointRow.Kind(rawValue: UInt8(clamping: rows.int(2))) ?? .unknown
    series.isCumulative = rows.int(3) == 2
    series.isMonotonic = rows.int(4) == 1
    series.service = rows.text(5)
    series.host = rows.text(6)
    series.instance = rows.text(7)
    series.attributes = rows.text(8)
    series.resource = rows.text(14)
    return series
  }

  private func metricPoint(
    _ rows: borrowing RawStatement, kind: PointRow.Kind
  ) -> MetricPoint {
    var point = MetricPoint()
    point.start = rows.int(9)
    point.time = rows.int(10)
    if !rows.isNull(11) { point.value = rows.double(11) }
    point.count = max(0, rows.double(12))
    if rows.isNull(13) { return point }
    let detail = PointDetail(rows.text(13))
    point.trace = detail?.exemplars?.last { $0.trace_id != nil }?.trace_id ?? ""
    switch kind {
    case .histogram: point.buckets = detail?.explicitBuckets ?? []
    case .exponentialHistogram: point.buckets = detail?.exponentialBuckets ?? []
    case .summary:
      point.quantiles = (detail?.quantiles ?? []).map {
        MetricPoint.Quantile(quantile: $0.quantile, value: $0.value)
      }
    default: break
    }
    return point
  }
}

/// What stands in a point's detail, as far as it is asked for.
private struct PointDetail: Decodable {
  struct Quantile: Decodable {
    var quantile: Double
    var value: Double
  }
  struct Exemplar: Decodable { var trace_id: String? }
  struct Side: Decodable {
    var offset: Double
    var counts: [Double]
  }

  var bounds: [Double]?
  var counts: [Double]?
  var scale: Double?
  var zero_count: Double?
  var positive: Side?
  var quantiles: [Quantile]?
  var exemplars: [Exemplar]?

  init?(_ text: String) {
    guard let read = try? JSONDecoder().decode(PointDetail.self, from: Data(text.utf8)) else {
      return nil
    }
    self = read
  }

  /// Buckets of which each ends at a bound; none where bounds and counts do not fit each other.
  var explicitBuckets: [MetricPoint.Bucket] {
    let (bounds, counts) = (bounds ?? [], counts ?? [])
    guard counts.count == bounds.count + 1, zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 })
    else { return [] }
    return counts.indices.map { index in
      MetricPoint.Bucket(
        lower: index == 0 ? -.infinity : bounds[index - 1],
        upper: index == bounds.count ? .infinity : bounds[index], count: counts[index])
    }
  }

  /// Buckets between the powers of 2^(2^-scale), and one for zero; negative values are left out.
  var exponentialBuckets: [MetricPoint.Bucket] {
    guard let scale, (-20...20).contains(scale), let positive, positive.counts.count <= 2000,
      positive.offset.magnitude < 1e6
    else { return [] }
    let step = exp2(-scale)
    var buckets: [MetricPoint.Bucket] = []
    if let zeros = zero_count, zeros > 0 {
      buckets.append(MetricPoint.Bucket(lower: 0, upper: 0, count: zeros))
    }
    for (index, count) in positive.counts.enumerated() where count > 0 {
      let power = positive.offset + Double(index)
      buckets.append(
        MetricPoint.Bucket(lower: exp2(power * step), upper: exp2((power + 1) * step), count: count)
      )
    }
    return buckets
  }
}
