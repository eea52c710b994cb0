/// Plain text, the last that is tried: access logs, `key=value` lines, lines with a logger's header.
extension Format {
  static let textFormats: [Format] = []
}
