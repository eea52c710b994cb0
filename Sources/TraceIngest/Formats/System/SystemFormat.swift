/// Logs of containers and systems.
extension Format {
  static let systemFormats: [Format] = []
}
