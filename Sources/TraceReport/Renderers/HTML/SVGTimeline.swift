import TraceAnalysis
import TraceModel

/// Requests, failures and lengths over time: three panels above one time axis, all coordinates in percent, so that the
/// picture fits any width while its letters keep their size.
func timelineChart(_ timeline: Timeline, clock: Clock) -> HTML {
  let bins = timeline.bins
  guard let first = bins.first, let last = bins.last else { return HTML() }
  let end = last.startNs &+ last.widthNs
  let length = max(1, Double(end) - Double(first.startNs))
  func x(_ moment: Int64) -> Double { (Double(moment) - Double(first.startNs)) / length }
  let width = plainDurationText(first.widthNs)

  var chart: HTML = "<figure class=\"timeline\">"
  let requests = bins.map(\.requests)
  chart += panelTitle("Requests per \(width)", peak(requests, bins, clock))
  chart += panel(timeline, x: x, height: 64) { bin, place in
    let top = Double(max(1, requests.max() ?? 1))
    return bar(place, count: bin.requests, top: top, height: 64, name: "all")
  }
  let failed = bins.map { $0.failed &+ $0.saved }
  chart += panelTitle(
    "Failed (red) and, on top, saved (amber)",
    failed.contains { $0 > 0 } ? peak(failed, bins, clock, " of both") : "none of either")
  chart += panel(timeline, x: x, height: 64) { bin, place in
    let top = Double(max(1, failed.max() ?? 1))
    var bars = bar(place, count: bin.failed &+ bin.saved, top: top, height: 64, name: "warn")
    bars += bar(place, count: bin.failed, top: top, height: 64, name: "bad")
    return bars
  }
  let lengths = bins.compactMap(\.p50Ns) + bins.compactMap(\.maxNs)
  if let low = lengths.min(), let high = lengths.max() {
    let scale = LogScale(low: low / 2 &+ low / 4, high: high)
    chart += panelTitle(
      "Length: median and longest, logarithmic", "\(durationText(low)) to \(durationText(high))")
    chart += panel(timeline, x: x, height: 64) { bin, place in
      lengthMark(bin, place, scale, height: 64)
    }
  }
  chart += timeAxis(timeline, x: x, clock: clock)
  chart += "</figure>\n"
  return chart
}

/// The largest of the values that are drawn, and when it was.
private func peak(
  _ values: [Int], _ bins: [Findings.TimeBin], _ clock: Clock, _ words: String = ""
) -> String {
  guard let top = values.max(), top > 0, let place = values.firstIndex(of: top) else {
    return "none"
  }
  return "most \(countText(top))\(words), from \(clock.text(bins[place].startNs))"
}

private func panelTitle(_ left: String, _ right: String) -> HTML {
  "<figcaption><span>\(left)</span> <span>\(right)</span></figcaption>"
}

/// One panel: what `draw` gives for each bin, and above it a place to point at that tells the bin's numbers.
private func panel(
  _ timeline: Timeline, x: (Int64) -> Double, height: Int,
  _ draw: (Findings.TimeBin, (left: Double, width: Double)) -> HTML
) -> HTML {
  var picture: HTML =
    "<svg width=\"100%\" height=\"\(height)\" aria-hidden=\"true\"><line class=\"base\" x1=\"0\" x2=\"100%\" y1=\"\(height)\" y2=\"\(height)\"/>"
  for bin in timeline.bins {
    let left = x(bin.startNs)
    picture += draw(bin, (left, x(bin.startNs &+ bin.widthNs) - left))
  }
  if let since = timeline.sinceNs, (0...1).contains(x(since)) {
    picture +=
      "<line class=\"since\" x1=\"\(Percent(x(since)))\" x2=\"\(Percent(x(since)))\" y1=\"0\" y2=\"\(height)\"/>"
  }
  for bin in timeline.bins {
    let left = x(bin.startNs)
    let lengths =
      bin.p50Ns.map { ", median \(durationText($0)), longest \(durationText(bin.maxNs ?? $0))" }
      ?? ""
    let words =
      "\(shownMoment(bin.startNs).clockText()): \(counted(bin.requests, "request")), \(countText(bin.failed)) failed, \(countText(bin.saved)) saved\(lengths)"
    picture +=
      "<rect class=\"hit\" x=\"\(Percent(left))\" width=\"\(Percent(x(bin.startNs &+ bin.widthNs) - left))\" height=\"\(height)\"><title>\(words)</title></rect>"
  }
  picture += "</svg>"
  return picture
}

private func bar(
  _ place: (left: Double, width: Double), count: Int, top: Double, height: Double, name: HTML
) -> HTML {
  guard count > 0 else { return HTML() }
  let tall = max(2, (height - 2) * Double(count) / top)
  return
    "<rect class=\"\(name)\" x=\"\(Percent(place.left + place.width * 0.08))\" width=\"\(Percent(place.width * 0.84))\" y=\"\(pixels(height - tall))\" height=\"\(pixels(tall))\"/>"
}

private func lengthMark(
  _ bin: Findings.TimeBin, _ place: (left: Double, width: Double), _ scale: LogScale,
  height: Double
) -> HTML {
  guard let median = bin.p50Ns else { return HTML() }
  func y(_ length: Int64) -> Double { height - 3 - scale.fraction(length) * (height - 6) }
  let longest = bin.maxNs ?? median
  let middle = Percent(place.left + place.width / 2)
  var mark: HTML =
    "<line class=\"range\" x1=\"\(middle)\" x2=\"\(middle)\" y1=\"\(pixels(y(median)))\" y2=\"\(pixels(y(longest)))\"/>"
  mark +=
    "<rect class=\"mid\" x=\"\(Percent(place.left + place.width * 0.08))\" width=\"\(Percent(place.width * 0.84))\" y=\"\(pixels(y(median) - 1.5))\" height=\"3\"/>"
  mark += "<circle class=\"top\" cx=\"\(middle)\" cy=\"\(pixels(y(longest)))\" r=\"2.5\"/>"
  return mark
}

/// Clock times below the panels, and a word where the trouble began.
private func timeAxis(_ timeline: Timeline, x: (Int64) -> Double, clock: Clock) -> HTML {
  guard let first = timeline.bins.first, let last = timeline.bins.last else { return HTML() }
  let end = last.startNs &+ last.widthNs
  var picture: HTML = "<svg class=\"ticks\" width=\"100%\" height=\"34\" aria-hidden=\"true\">"
  for moment in tickMoments(first.startNs, end, most: clock.showsDay ? 3 : 6) {
    let place = x(moment)
    let anchor: HTML = place < 0.04 ? "start" : place > 0.96 ? "end" : "middle"
    picture +=
      "<text x=\"\(Percent(place))\" y=\"14\" text-anchor=\"\(anchor)\">\(tickText(moment, clock))</text>"
  }
  if let since = timeline.sinceNs, (0...1).contains(x(since)) {
    let place = x(since)
    let anchor: HTML = place < 0.3 ? "start" : place > 0.7 ? "end" : "middle"
    picture +=
      "<text class=\"since\" x=\"\(Percent(place))\" y=\"30\" text-anchor=\"\(anchor)\">began \(clock.text(since))</text>"
  }
  picture += "</svg>"
  return picture
}

/// Round moments between two others, at most `most` of them.
package func tickMoments(_ first: Int64, _ end: Int64, most: Int) -> [Int64] {
  let second: Int64 = 1_000_000_000
  let steps: [Int64] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    172_800, 604_800, 2_592_000, 31_536_000,
  ]
  let length = max(1, Double(end) - Double(first))
  let step =
    steps.first { length / Double($0 * second) <= Double(most) - 0.5 } ?? 315_360_000
  let width = step * second
  var moments: [Int64] = []
  var next = first / width * width
  while next <= end, moments.count <= most {
    if next >= first { moments.append(next) }
    let (sum, overflow) = next.addingReportingOverflow(width)
    if overflow { break }
    next = sum
  }
  return moments
}

/// A round moment without the seconds that it does not have.
private func tickText(_ moment: Int64, _ clock: Clock) -> String {
  let text = clock.text(moment)
  return text.hasSuffix(":00") ? String(text.dropLast(3)) : text
}
