/// OpenTelemetry's severity number of a word, as formats/logs.md 1 lists them; 0 for other words.
func severityNumber(_ word: Bytes) -> UInt8 {
  guard word.count > 0, word.count <= 13 else { return 0 }
  for (number, words) in severityWords where words.contains(where: { word.equalsIgnoringCase($0) })
  {
    return number
  }
  return 0
}

private let severityWords: [(UInt8, [StaticString])] = [
  (9, ["info", "informational", "information", "log", "i"]),
  (17, ["error", "err", "severe", "e"]), (13, ["warn", "warning", "w"]),
  (5, ["debug", "fine", "config", "d"]), (1, ["trace", "verbose", "finest", "v"]),
  (10, ["notice"]),
  (21, ["critical", "crit", "fatal", "panic", "dpanic", "emerg", "emergency", "alert", "f", "a"]),
]
