/// JSON loggers and plain text.
extension Format {
  static let loggerFormats: [Format] = []
}
