/// How text is made to stand out on a terminal; without color nothing but text is written.
struct TerminalStyle {
  /// Whether escape sequences may be written.
  var color: Bool

  /// What stands out, and how.
  enum Face: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case boldRed = "1;31"
  }

  /// Harmless text in a face.
  func draw(_ text: String, _ face: Face) -> String {
    color && !text.isEmpty ? "\u{1b}[\(face.rawValue)m\(text)\u{1b}[0m" : text
  }
}

/// Words broken into lines of at most `width` columns; longer words are broken where the line ends.
func wrapped(_ text: String, to width: Int, indent: String = "") -> [String] {
  let room = max(10, width - columnCount(indent))
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ") {
    var word = String(word)
    if !line.isEmpty, columnCount(line) + 1 + columnCount(word) <= room {
      line += " " + word
      continue
    }
    if !line.isEmpty { lines.append(indent + line) }
    while columnCount(word) > room {
      var head = ""
      while let next = word.first, columnCount(head) + columnCount(String(next)) <= room {
        head.append(next)
        word.removeFirst()
      }
      if head.isEmpty { break }
      lines.append(indent + head)
    }
    line = word
  }
  if !line.isEmpty { lines.append(indent + line) }
  return lines
}
