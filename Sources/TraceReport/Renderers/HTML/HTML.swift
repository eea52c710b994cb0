/// Markup that is safe to send: text put into it by interpolation is escaped, markup is not.
///
///     let name = "<script>"
///     let cell: HTML = "<td>\(name)</td>"   // <td>&lt;script&gt;</td>
///
/// - Invariant: only literals of this program and other values of this type stand unescaped.
package struct HTML: ExpressibleByStringInterpolation, Sendable {
  /// The markup.
  package private(set) var text = ""

  /// Nothing.
  package init() {}

  package init(stringLiteral value: String) { text = value }

  package init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  /// Markup that this program made elsewhere: the style sheet and the script.
  init(trusted text: String) { self.text = text }

  /// Text of anywhere, at most `limit` characters of it, with the whole of it as a tooltip where it was cut.
  init(cut text: String, to limit: Int, keepingLines: Bool = false) {
    let shown = shortened(text, to: limit, keepingLines: keepingLines)
    if shown.hasSuffix("…"), !text.hasSuffix("…") {
      self = "<span title=\"\(shortened(text, to: 240))\">\(shown)</span>"
    } else {
      self = "\(shown)"
    }
  }

  /// Text of at most `limit` characters whose long words may be broken behind `/`, `.`, `_` and `:`.
  package init(breakable text: String, to limit: Int) {
    let whole = HTML(cut: text, to: limit)
    let longest = text.split(separator: " ").map(\.utf8.count).max() ?? 0
    guard longest > 16, text.utf8.count <= limit else {
      self = whole
      return
    }
    var parts = HTML()
    var part = ""
    let characters = Array(text)
    for (index, character) in characters.enumerated() {
      part.append(character)
      // Within a word: not at a sentence's end, nor in `3.1`.
      let next = index + 1 < characters.count ? characters[index + 1] : " "
      if "/._:".contains(character), next.isLetter {
        parts += "\(part)<wbr>"
        part = ""
      }
    }
    self = "\(parts)\(part)"
  }

  /// How many bytes it takes.
  var count: Int { text.utf8.count }

  static func += (a: inout HTML, b: HTML) { a.text += b.text }

  /// Builds the markup of a literal.
  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    package mutating func appendLiteral(_ literal: String) { text += literal }

    package mutating func appendInterpolation(_ html: HTML) { text += html.text }

    package mutating func appendInterpolation(_ number: Int) { text += String(number) }

    mutating func appendInterpolation(_ place: Percent) { text += place.text }

    package mutating func appendInterpolation(_ string: String) {
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
