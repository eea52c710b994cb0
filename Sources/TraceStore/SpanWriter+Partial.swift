extension SpanWriter {
  /// Where a new store grows before it gets its name.
  package static func partialPath(of path: String) -> String { path + ".partial" }
}
