package import TraceModel

/// Equal bins over the starts of all requests: 12 to 60 of them, of a width that people count in, at its whole multiples.
package struct Timeline: Sendable, Equatable {
  /// Start of the first bin.
  package var start: Timestamp
  /// Width of every bin.
  package var width: Nanoseconds
  /// How many bins; 0 where there is no request.
  package var count: Int

  /// Bins that cover the requests, given by start.
  ///
  /// The narrowest width that needs at most 60 bins, 30 for fewer than 600 requests. Requests that start absurdly far from
  /// the others, by a wrong clock, do not stretch the bins; they count to the first or the last.
  package init(_ requests: [Request]) {
    let near = TimeWindow(around: requests.map(\.start))
    let inside = requests.filter { near?.contains($0.start) ?? true }
    guard let first = inside.first?.start, let last = inside.last?.start else {
      self.init(start: Timestamp(0), width: 1, count: 0)
      return
    }
    self.init(from: first, to: last, most: requests.count < 600 ? 30 : 60)
  }

  /// At most so many bins, and at least twelve, from one moment to another.
  package init(from first: Timestamp, to last: Timestamp, most: Int) {
    self.init(start: first, width: .max, count: 1)
    for width in Timeline.widths {
      let start = Timeline.multiple(of: width, notAfter: first)
      let bins = UInt64(bitPattern: last.nanoseconds &- start.nanoseconds) / UInt64(width)
      if bins < UInt64(most) {
        self.init(start: start, width: width, count: max(12, Int(bins) + 1))
        return
      }
    }
  }

  /// The bins that findings have; nil where there are none.
  package init?(_ bins: [Findings.TimeBin]) {
    guard let first = bins.first else { return nil }
    self.init(start: Timestamp(first.startNs), width: first.widthNs, count: bins.count)
  }

  private init(start: Timestamp, width: Nanoseconds, count: Int) {
    self.start = start
    self.width = width
    self.count = count
  }

  /// 1, 2 and 5 in every power of ten up to 10 s, then steps of a clock and a calendar.
  private static let widths: [Nanoseconds] = {
    var widths: [Nanoseconds] = []
    var power: Int64 = 1_000_000
    while power < 10_000_000_000 {
      widths += [power, 2 * power, 5 * power]
      power *= 10
    }
    let second: Int64 = 1_000_000_000
    widths += [10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800].map { $0 * second }
    widths += [21_600, 43_200].map { $0 * second }
    var days: Int64 = 1
    while days <= 10_000 {
      widths += [days, 2 * days, 5 * days].map { $0 * 86_400 * second }
      days *= 10
    }
    return widths
  }()

  private static func multiple(of width: Nanoseconds, notAfter time: Timestamp) -> Timestamp {
    let rest = time.nanoseconds % width
    return time + -(rest < 0 ? rest + width : rest)
  }

  /// The bin that holds a moment; moments before the first or after the last bin count to these.
  package func bin(of moment: Timestamp) -> Int {
    if moment < start || count == 0 { return 0 }
    let bins = UInt64(bitPattern: moment.nanoseconds &- start.nanoseconds) / UInt64(width)
    return Int(min(bins, UInt64(count - 1)))
  }

  /// Start of a bin; of the bin after the last: the end of all.
  package func start(of bin: Int) -> Timestamp {
    let (offset, overflow) = Int64(bin).multipliedReportingOverflow(by: width)
    return start + (overflow ? .max : offset)
  }

  /// The bins as they stand in findings.
  package func bins(_ requests: [Request]) -> [Findings.TimeBin] {
    var lengths: [[Nanoseconds]] = Array(repeating: [], count: count)
    var failed = Array(repeating: 0, count: count)
    var saved = failed
    for request in requests {
      let bin = bin(of: request.start)
      lengths[bin].append(request.length)
      failed[bin] += request.outcome == .failed ? 1 : 0
      saved[bin] += request.outcome == .saved ? 1 : 0
    }
    return (0..<count).map { bin in
      let sorted = lengths[bin].sorted()
      return Findings.TimeBin(
        startNs: start(of: bin).nanoseconds, widthNs: width, requests: sorted.count,
        failed: failed[bin], saved: saved[bin],
        p50Ns: sorted.isEmpty ? nil : sorted[nearestRank(percent: 50, of: sorted.count) - 1],
        maxNs: sorted.last)
    }
  }
}
