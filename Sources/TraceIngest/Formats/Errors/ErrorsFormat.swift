/// Dumps of error trackers.
extension Format {
  static let errorFormats = [rollbar, sentry]

  /// Rollbar: answers of its API, payloads as they are sent, notifications, deploys. Records stand alone.
  static let rollbar = Format(
    name: "rollbar", contents: "items, occurrences or deploys of Rollbar",
    framing: .json(isOrdered: false)
  ) { isRollbar($0.outline) }

  /// Sentry: events, issues, envelopes.
  static let sentry = Format(
    name: "sentry", contents: "events or issues of Sentry", framing: .json(isOrdered: false)
  ) { isSentry($0.outline) }

  private static func isRollbar(_ outline: borrowing Outline) -> Bool {
    func has(_ names: [String]) -> Bool {
      for name in names where outline.has(name) { return true }
      return false
    }
    if outline.has("err"), has(["result", "message"]) { return true }
    if outline.has("event_name"), has(["data.item", "data.deploy", "data.occurrence"]) {
      return true
    }
    for prefix in ["", "data."] {
      let isForm = has(
        ["trace", "trace_chain", "crash_report", "message.body"].map { "\(prefix)body.\($0)" })
      if isForm, has(["environment", "notifier", "uuid", "level"].map { prefix + $0 }) {
        return true
      }
    }
    if outline.has("counter"), outline.has("title"),
      has(["total_occurrences", "last_occurrence_timestamp", "project_id"])
    {
      return true
    }
    return outline.has("revision") && outline.has("environment")
      && has(["local_username", "rollbar_username", "start_time", "access_token"])
  }

  private static func isSentry(_ outline: borrowing Outline) -> Bool {
    func has(_ names: [String]) -> Bool {
      for name in names where outline.has(name) { return true }
      return false
    }
    if outline.has("event_id"),
      has([
        "exception", "logentry", "contexts", "breadcrumbs", "sdk", "dsn", "sent_at", "stacktrace",
      ])
        || outline.has("platform") && outline.has("level")
    {
      return true
    }
    return outline.has("eventID") && has(["entries", "groupID", "dateCreated"])
      || outline.has("shortId") && has(["firstSeen", "lastSeen", "culprit"])
  }
}
