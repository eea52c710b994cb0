/// The stretch of bins in which marked requests crowd most, beyond their even share.
///
/// Every run of bins has an excess: its marked requests less its requests times the share of marked ones in all bins. The
/// run with the largest excess is the stretch (the shortest, earliest of equals). If the marks were spread by chance, the
/// excess over the root of their number would follow Kuiper's statistic, which passes 2.001 once in a hundred: from there
/// on the crowd is called a rise.
///
/// - Source: Kuiper, "Tests concerning random points on a circle" (1960); the run is found as in Bentley, "Programming
///   Pearls", column 8.
package struct Stretch: Sendable, Equatable {
  /// The bins of the stretch.
  package var bins: Range<Int>
  /// Marked requests in it beyond an even spread.
  package var excess: Int
  /// Whether chance is an unlikely reason.
  package var isRise: Bool

  /// The stretch of `marked` requests among `requests`, both by bin; nil where nothing is marked.
  ///
  /// - Complexity: O(bins), integers only.
  package init?(marked: [Int], requests: [Int]) {
    let allMarked = marked.reduce(0, +)
    let all = requests.reduce(0, +)
    guard allMarked > 0, all > 0 else { return nil }
    var best = 0
    var bestBins = 0..<marked.count
    var sum = 0
    var start = 0
    for bin in marked.indices {
      if sum <= 0 {
        sum = 0
        start = bin
      }
      sum &+= marked[bin] &* all &- requests[bin] &* allMarked
      if sum > best {
        best = sum
        bestBins = start..<bin + 1
      }
    }
    bins = bestBins
    excess = best / all
    let ratio = Double(best) / Double(all)
    isRise = allMarked >= 5 && ratio * ratio >= 2.001 * 2.001 * Double(allMarked)
  }
}
