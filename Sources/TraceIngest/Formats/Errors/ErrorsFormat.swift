/// Dumps of error trackers.
extension Format {
  static let errorFormats: [Format] = []
}
