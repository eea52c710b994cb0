import Testing
import TraceModel

@testable import TraceIngest

/// What two files of the same telemetry must have in common: all but where a row stands in its file.
struct Rows: Equatable {
  var spans: [ReadSpan]
  var logs: [ReadLog]
  var metrics: Int

  init(_ read: Collected) {
    spans = read.spans.map { span in
      var span = span
      span.row.offset = 0
      return span
    }
    logs = read.logs.map { log in
      var log = log
      log.row.offset = 0
      return log
    }
    metrics = read.summary.metricsSeen
  }
}

/// Expects that two readings gave the same rows in the same order, and says of the first pair that differs what it is.
func expectSameRows(
  _ read: Collected, _ wanted: Collected, _ comment: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let (a, b) = (Rows(read), Rows(wanted))
  let comment = Comment(rawValue: comment)
  #expect(
    a.spans.count == b.spans.count && a.logs.count == b.logs.count && a.metrics == b.metrics,
    comment, sourceLocation: sourceLocation)
  for (one, other) in zip(a.spans, b.spans) where one != other {
    #expect(one == other, comment, sourceLocation: sourceLocation)
    break
  }
  for (one, other) in zip(a.logs, b.logs) where one != other {
    #expect(one == other, comment, sourceLocation: sourceLocation)
    break
  }
  let places = read.spans.map(\.row.offset) + read.logs.map(\.row.offset)
  #expect(Set(places).count == places.count, comment, sourceLocation: sourceLocation)
}
