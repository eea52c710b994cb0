/// The rank, from 1, of a percentile among `count` ascending values: the smallest rank that at least `percent` % of the
/// values do not exceed. 0 where there are no values.
///
/// Integers only, so that no binary fraction shifts a rank.
///
/// - Source: Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996), definition 1.
public func nearestRank(percent: Int, of count: Int) -> Int {
  if count <= 0 { return 0 }
  let whole = count / 100 * percent
  let rest = (count % 100 * percent + 99) / 100
  return min(max(whole + rest, 1), count)
}

/// The number of traces from which a percentile is shown: p50 6, p90 36, p95 72, p99 368.
///
/// From that size the 95 % order-statistic interval has both ends: the chance that all *n* values lie below the
/// percentile, (percent / 100)ⁿ, is at most 2.5 %, so the largest value can be its upper end. Below, the data hold no
/// upper end, and a number would pretend to know one.
///
/// - Parameter percent: 50, 90, 95 or 99; others are searched for.
/// - Source: David and Nagaraja, "Order Statistics" (3rd ed.), 7.1.
public func minimumTraces(percent: Int) -> Int {
  switch percent {
  case 50: return 6
  case 90: return 36
  case 95: return 72
  case 99: return 368
  default:
    var count = 1
    while count < 100_000 {
      let ranks = orderRanks(percent: percent, count: count)
      if ranks.lower != nil, ranks.upper != nil { return count }
      count += 1
    }
    return count
  }
}
