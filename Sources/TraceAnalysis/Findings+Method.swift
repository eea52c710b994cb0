extension Evaluation {
  /// How the numbers were made: one sentence a method.
  var methods: [String] {
    var sentences = [
      "A request is a trace, seen at its primary root; it belongs to the window that holds its "
        + "start. Traces whose first span is missing, and health checks, are counted apart.",
      "A span is an error by its status, else by error tag, HTTP status or gRPC code. An origin is "
        + "a failed span without failed children; a failed request is laid to the origin that its "
        + "root's error leads back to. A failed call that does not meet its failed callee in time is "
        + "joined with it. A call that gave up is laid to the operation below that kept it waiting.",
      "Percentiles are nearest-rank values of exact lengths, shown from 6 (p50), 36 (p90), 72 (p95) "
        + "and 368 traces (p99) on; below, a 95 % interval would have no upper end.",
      "Intervals of percentiles are 95 % order-statistic intervals by trace: spans of one trace "
        + "count for less where they are alike. Intervals of shares are Wilson's.",
      "The critical path is the chain of spans that decides when the request ends; its pieces sum to "
        + "the request's length. Shares are of the sum over all requests of a selection.",
      "Times are corrected where a host's clock contradicts its callers, by no more than it takes; "
        + "raw times stay in the store.",
      "A rise is a stretch of time in which failures crowd more than chance does once in a hundred "
        + "(Kuiper's statistic over the bins of the timeline). Causes that rose rank by the requests "
        + "beyond an even spread, steady ones by a tenth of their requests.",
      "Slow means at or above the endpoint's p95. An operation's part is the time a slow request "
        + "spends on it beyond the mean of all requests, over the same difference of their lengths.",
    ]
    if slow.requests.count > SlowSelection.limit {
      sentences.append(
        "Of \(slow.requests.count) slow requests the \(SlowSelection.limit) whose ids hash lowest "
          + "were measured.")
    }
    return sentences
  }
}
