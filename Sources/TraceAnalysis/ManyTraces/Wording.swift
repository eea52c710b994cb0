import TraceModel

/// `12.3 %`: a share of whole numbers with one decimal, rounded half up in integers.
func percentText(_ count: Int, of total: Int) -> String {
  if total <= 0 { return "0.0 %" }
  let scaled = count.multipliedFullWidth(by: 2000)
  let doubled = total.multipliedReportingOverflow(by: 2)
  if doubled.overflow || scaled.high != 0 { return percentText(Double(count) / Double(total)) }
  let permille = (Int(truncatingIfNeeded: scaled.low) + total) / doubled.partialValue
  return "\(permille / 10).\(permille % 10) %"
}

/// `12.3 %`: a fraction with one decimal.
func percentText(_ share: Double) -> String {
  let permille = Int((min(max(share, -1e6), 1e6) * 1000).rounded())
  return "\(permille < 0 ? "-" : "")\(permille.magnitude / 10).\(permille.magnitude % 10) %"
}

/// `3.4`: a factor with one decimal.
func factorText(_ factor: Double) -> String {
  let tenths = Int((min(max(factor, 0), 1e9) * 10).rounded())
  return "\(tenths / 10).\(tenths % 10)"
}

/// `1,662`: a count with its thousands apart.
func grouped(_ count: Int) -> String {
  let digits = Array(String(count.magnitude))
  var text = count < 0 ? "-" : ""
  for (place, digit) in digits.enumerated() {
    if place > 0, (digits.count - place) % 3 == 0 { text += "," }
    text.append(digit)
  }
  return text
}

/// `1 request`, `1,662 requests`.
func counted(_ count: Int, _ noun: String) -> String {
  "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
}

/// A name for a sentence: at most 80 characters of it, in quotes where asked for.
func shortName(_ name: String) -> String {
  let cut = name.prefix(80)
  return cut.count < name.count ? cut + "…" : String(cut)
}

extension Operation {
  /// As it is named in sentences: `payment 'POST /charge'`.
  var sentenceName: String { "\(shortName(service)) '\(shortName(name))'" }
}

extension Evaluation {
  /// A moment as it is named in sentences: to the second, in UTC; with the date where the data cover more than one.
  func timeText(_ moment: Timestamp) -> String {
    func day(_ moment: Timestamp?) -> Substring? { moment.map { $0.text(digits: 0).prefix(10) } }
    let days = Set([day(investigation.first), day(investigation.last), day(moment)])
    let clock = moment.clockText() + " UTC"
    return days.count == 1 ? clock : "\(day(moment) ?? "") \(clock)"
  }
}

extension Findings.Share {
  /// `12 of 100 (12.0 %, 95 % interval 7.0 % to 19.8 %)`.
  var sentenceText: String {
    "\(grouped(count)) of \(grouped(total)) (\(percentText(count, of: total)), 95 % interval "
      + "\(percentText(low)) to \(percentText(high)))"
  }
}
