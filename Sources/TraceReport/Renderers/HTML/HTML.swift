/// Markup that is safe to send: text put into it by interpolation is escaped, markup is not.
///
///     let name = "<script>"
///     let cell: HTML = "<td>\(name)</td>"   // <td>&lt;script&gt;</td>
///
/// - Invariant: only literals of this program and other values of this type stand unescaped.
struct HTML: ExpressibleByStringInterpolation, Sendable {
  /// The markup.
  private(set) var text = ""

  /// Nothing.
  init() {}

  init(stringLiteral value: String) { text = value }

  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  /// Markup that this program made elsewhere: the style sheet and the script.
  init(trusted text: String) { self.text = text }

  /// Text of anywhere, at most `limit` characters of it, with the whole of it as a tooltip where it was cut.
  init(cut text: String, to limit: Int) {
    let shown = shortened(text, to: limit)
    if shown.hasSuffix("…"), !text.hasSuffix("…") {
      self = "<span title=\"\(shortened(text, to: 600))\">\(shown)</span>"
    } else {
      self = "\(shown)"
    }
  }

  /// How many bytes it takes.
  var count: Int { text.utf8.count }

  static func += (a: inout HTML, b: HTML) { a.text += b.text }

  /// Builds the markup of a literal.
  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    mutating func appendLiteral(_ literal: String) { text += literal }

    mutating func appendInterpolation(_ html: HTML) { text += html.text }

    mutating func appendInterpolation(_ number: Int) { text += String(number) }

    mutating func appendInterpolation(_ place: Percent) { text += place.text }

    mutating func appendInterpolation(_ string: String) {
      for scalar in visible(string, keepingLines: true).unicodeScalars {
        switch scalar {
        case "&": text += "&amp;"
        case "<": text += "&lt;"
        case ">": text += "&gt;"
        case "\"": text += "&quot;"
        case "'": text += "&#39;"
        default: text.unicodeScalars.append(scalar)
        }
      }
    }
  }
}

/// A fraction as a coordinate: `12.34%`, between 0 and 100.
struct Percent {
  let text: String

  init(_ fraction: Double) {
    let clamped = fraction.isFinite ? min(1, max(0, fraction)) : 0
    let hundredths = Int((clamped * 10_000).rounded())
    let rest = hundredths % 100
    text =
      rest == 0 ? "\(hundredths / 100)%" : "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)%"
  }
}

/// A coordinate in pixels with one decimal, as text.
func pixels(_ value: Double) -> String {
  guard value.isFinite else { return "0" }
  let tenths = Int((min(1e6, max(-1e6, value)) * 10).rounded())
  return tenths % 10 == 0
    ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
}
