import TraceModel
import TraceReport
import TraceStore

/// The window asked for over the data of a store; nil where none was asked for, or where nothing has a time.
///
/// - Parameter withLogs: whether the data reach as far as log records do, and not only as spans do.
/// - Complexity: O(spans) where one was asked for: words like "10 minutes before the end" need the end.
func window(
  _ option: WindowOption, in store: OpenedStore, withLogs: Bool = false
) throws -> TimeWindow? {
  if option.isEmpty { return nil }
  let logs = "union all select row, coalesce(time_ns, observed_ns) from log"
  let moments = """
    with moment (row, ns) as (select row, start_ns from span \(withLogs ? logs : ""))
    """
  // A thousand starts tell where the data lie; a span with a wrong clock must not decide where they end.
  var starts: [Timestamp] = []
  try runQuery(
    path: store.path,
    sql: """
      \(moments) select ns from moment where ns > 0
      and row % (1 + (select count(*) from moment) / 1000) = 0 order by ns
      """
  ) { _, values in
    if case .int(let start) = values[0] { starts.append(Timestamp(start)) }
  }
  guard let near = TimeWindow(around: starts) else { return nil }
  var ends: (Int64, Int64)?
  try runQuery(
    path: store.path,
    sql: """
      \(moments) select min(ns), max(ns) from moment
      where ns >= \(near.start.nanoseconds) and ns < \(near.end.nanoseconds)
      """
  ) { _, values in
    if case .int(let first) = values[0], case .int(let last) = values[1] { ends = (first, last) }
  }
  guard let (first, last) = ends else { return nil }
  return try option.window(first: Timestamp(first), last: Timestamp(last))
}

/// How many log records of a store lie in a window, by the time of the event, else of its observation.
func logCount(in window: TimeWindow, store: String) throws -> Int {
  var count: Int64 = 0
  try runQuery(
    path: store,
    sql: """
      select count(*) from log where coalesce(time_ns, observed_ns) >= \(window.start.nanoseconds)
      and coalesce(time_ns, observed_ns) < \(window.end.nanoseconds)
      and not exists (select 1 from log_copy c where c.log = log.row)
      """
  ) { _, values in
    if case .int(let number) = values[0] { count = number }
  }
  return Int(count)
}

extension WindowOption {
  /// The options again, each preceded by a blank.
  var arguments: String {
    var text = ""
    if let since { text += " --since \(shellWord(since))" }
    if let until { text += " --until \(shellWord(until))" }
    if let around { text += " --around \(shellWord(around))" }
    if zone != "UTC" { text += " --tz \(shellWord(zone))" }
    return text
  }
}
