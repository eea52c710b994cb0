package import TraceModel

/// The slow requests: at or above the 95th percentile of their endpoint, of endpoints with enough requests.
package struct SlowSelection: Sendable {
  /// Places in the list of requests, ascending.
  package var requests: [Int] = []
  /// Endpoints with enough requests to tell.
  package var endpoints = 0
  /// Sum of the slow requests' lengths.
  package var total: Nanoseconds = 0
  /// Sum of their endpoints' medians: how long they would have taken on an ordinary day.
  package var ordinary: Nanoseconds = 0

  /// At most so many traces are read again.
  package static let limit = 20_000

  /// The slow ones of all requests.
  ///
  /// Where more than a tenth of an endpoint's requests lie at or above its p95, which is so if many lengths are equal, those
  /// above it alone count.
  package init(_ requests: [Request], operations: Int) {
    var lengths: [[Nanoseconds]] = Array(repeating: [], count: operations)
    for request in requests { lengths[Int(request.endpoint)].append(request.length) }
    var least: [Nanoseconds] = Array(repeating: .max, count: operations)
    var median = least
    for endpoint in lengths.indices where lengths[endpoint].count >= minimumTraces(percent: 95) {
      lengths[endpoint].sort()
      let sorted = lengths[endpoint]
      endpoints += 1
      median[endpoint] = sorted[nearestRank(percent: 50, of: sorted.count) - 1]
      let p95 = sorted[nearestRank(percent: 95, of: sorted.count) - 1]
      let slow = sorted.count { $0 >= p95 }
      least[endpoint] = slow * 10 > sorted.count ? saturatingSum(p95, 1) : p95
    }
    for (place, request) in requests.enumerated() {
      let endpoint = Int(request.endpoint)
      if median[endpoint] == .max || request.length < least[endpoint] { continue }
      self.requests.append(place)
      total = saturatingSum(total, request.length)
      ordinary = saturatingSum(ordinary, median[endpoint])
    }
  }

  /// The traces to read again, by id: all, or the `limit` whose ids hash lowest, which is a sample that does not hang on
  /// the order of the traces.
  package func traces(_ all: [Request]) -> [TraceID] {
    var ids = requests.map { all[$0].trace }
    if ids.count > SlowSelection.limit {
      ids.sort { (SlowSelection.hash($0), $0) < (SlowSelection.hash($1), $1) }
      ids = Array(ids.prefix(SlowSelection.limit))
    }
    return ids.sorted()
  }

  /// - Source: Appleby, MurmurHash3 `fmix64`.
  private static func hash(_ id: TraceID) -> UInt64 {
    var hash = id.low ^ id.high &* 0x9e37_79b9_7f4a_7c15
    hash ^= hash >> 33
    hash &*= 0xff51_afd7_ed55_8ccd
    hash ^= hash >> 33
    hash &*= 0xc4ce_b9fe_1a85_ec53
    return hash ^ hash >> 33
  }

  /// How many times the ordinary time the slow requests took; 1 where there are none.
  package var slowdown: Double { ordinary == 0 ? 1 : Double(total) / Double(ordinary) }
}
