/// JSON loggers.
extension Format {
  static let loggerFormats = [jsonLogs]

  /// Records of JSON loggers, one a line, back to back or in arrays. They stand alone: none continues another.
  static let jsonLogs = Format(
    name: "json-logs", contents: "log records of a JSON logger",
    framing: .json(isOrdered: false, hasText: true)
  ) { isLoggers($0.outline) }

  /// Whether the first records have what every logger writes: a message, and a time or a level.
  private static func isLoggers(_ outline: borrowing Outline) -> Bool {
    func has(_ names: [String]) -> Bool {
      for name in names where outline.has(name) { return true }
      return false
    }
    let message = has([
      "message", "msg", "event", "short_message", "@m", "@mt", "Message", "RenderedMessage",
      "MessageTemplate", "record.message", "fields.message", "errorMessage",
    ])
    let level = has([
      "level", "severity", "lvl", "loglevel", "log_level", "levelname", "levelno", "log.level",
      "LogLevel", "@l", "Level", "level_value", "record.level",
    ])
    let time = has([
      "@timestamp", "timestamp", "time", "ts", "t", "datetime", "eventTime", "asctime", "@t",
      "Timestamp", "timeMillis", "instant", "timestampSeconds", "record.time",
    ])
    let weakMessage = has(["body", "text", "log"])
    let weakLevel = has(["status"])
    return message && (level || time) || weakMessage && level && time
      || time && level || message && weakLevel
      || has(["timeUnixNano", "observedTimeUnixNano"]) && has(["body", "severityNumber"])
  }
}
