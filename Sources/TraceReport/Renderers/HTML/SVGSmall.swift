import TraceAnalysis
import TraceModel

/// Counts over time as small bars.
func sparkline(_ values: [Int]) -> HTML {
  let values = merged(values, to: 60)
  let top = max(1, values.max() ?? 1)
  var picture: HTML = "<svg class=\"spark\" width=\"120\" height=\"22\" aria-hidden=\"true\">"
  let step = 120 / Double(max(1, values.count))
  picture += "<line x1=\"0\" x2=\"120\" y1=\"21.5\" y2=\"21.5\"/><path d=\""
  for (index, value) in values.enumerated() where value > 0 {
    let height = max(1.5, 20 * Double(value) / Double(top))
    let x = Double(index) * step
    let width = max(1, step - 1)
    picture +=
      "M\(pixels(x)) 21v-\(pixels(height))h\(pixels(width))v\(pixels(height))z"
  }
  picture += "\"/></svg>"
  return picture
}

/// A distribution of lengths on a shared logarithmic axis: errors in red at the foot, a line at the median.
func histogram(_ bins: [Findings.HistogramBin], median: Int64?, scale: LogScale) -> HTML {
  let columns = 48
  var counts = Array(repeating: 0, count: columns)
  var errors = Array(repeating: 0, count: columns)
  for bin in bins {
    let from = Int(scale.fraction(bin.lowNs) * Double(columns))
    let to = max(from + 1, Int((scale.fraction(bin.highNs) * Double(columns)).rounded()))
    // A bin wider than a column is spread: what is drawn is a height, not a count.
    for column in from..<min(to, columns) {
      counts[column] = max(counts[column], bin.count)
      errors[column] = max(errors[column], bin.errors)
    }
  }
  let top = Double(max(1, counts.max() ?? 1))
  var picture: HTML = "<svg class=\"hist\" width=\"148\" height=\"30\" aria-hidden=\"true\">"
  for decade in scale.decades {
    let x = pixels(scale.fraction(decade) * 147 + 0.5)
    picture += "<line x1=\"\(x)\" x2=\"\(x)\" y1=\"0\" y2=\"30\"/>"
  }
  picture += bars(counts, top: top, name: "all")
  picture += bars(errors, top: top, name: "err")
  if let median {
    let x = pixels(scale.fraction(median) * 147 + 0.5)
    picture += "<line class=\"med\" x1=\"\(x)\" x2=\"\(x)\" y1=\"0\" y2=\"30\"/>"
  }
  picture += "</svg>"
  return picture
}

/// One path of bars; heights grow with the square root, so that rare slow spans are seen.
private func bars(_ counts: [Int], top: Double, name: HTML) -> HTML {
  guard counts.contains(where: { $0 > 0 }) else { return HTML() }
  let step = 148 / Double(counts.count)
  var path: HTML = "<path class=\"\(name)\" d=\""
  for (column, count) in counts.enumerated() where count > 0 {
    let height = max(1.5, 29 * (Double(count) / top).squareRoot())
    path +=
      "M\(pixels(Double(column) * step)) 30v-\(pixels(height))h\(pixels(step - 0.4))v\(pixels(height))z"
  }
  path += "\"/>"
  return path
}

/// The axis that distributions share: whole powers of ten.
func axis(_ scale: LogScale) -> HTML {
  var picture: HTML = "<svg class=\"axis\" width=\"148\" height=\"14\" aria-hidden=\"true\">"
  var free = -100.0
  for decade in scale.decades {
    let x = scale.fraction(decade) * 147 + 0.5
    let label = decadeText(decade)
    let width = textWidth(label, size: 10)
    let left = min(max(0, x - width / 2), 148 - width)
    if left < free + 6 { continue }
    free = left + width
    picture += "<text x=\"\(pixels(left))\" y=\"11\">\(label)</text>"
  }
  picture += "</svg>"
  return picture
}

/// A power of ten of nanoseconds: `100 µs`, `1 s`.
private func decadeText(_ value: Int64) -> String {
  switch value {
  case ..<1000: "\(value) ns"
  case ..<1_000_000: "\(value / 1000) µs"
  case ..<1_000_000_000: "\(value / 1_000_000) ms"
  default: "\(countText(Int(value / 1_000_000_000))) s"
  }
}

/// How wide a text is drawn at most, in pixels, by the widest of the usual fonts (Verdana's and DejaVu's advances).
func textWidth(_ text: String, size: Double) -> Double {
  var width = 0.0
  for scalar in text.unicodeScalars {
    switch scalar {
    case "i", "j", "l", "I", "'", ".", ",", ":", ";", "|", "!", " ": width += 0.36
    case "f", "t", "r", "(", ")", "[", "]", "/", "-": width += 0.46
    case "m", "w", "M", "W", "@", "%", "…", "Q", "O", "G": width += 1.02
    case "a"..."z", "0"..."9", "_": width += 0.645
    case "A"..."Z": width += 0.8
    default: width += scalar.value < 0x2e80 ? 0.9 : 1.1
    }
  }
  return width * size
}
