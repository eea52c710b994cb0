import TraceModel

/// What a batch held at some time, so that what came later can be taken back.
struct BatchMark {
  fileprivate let spans: Int
  fileprivate let logs: Int
  fileprivate let answers: Int
  fileprivate let points: Int
  fileprivate let resources: Int
  fileprivate let scopes: Int
  fileprivate let text: Int
  fileprivate let records: Int
  fileprivate let spansSeen: Int
  fileprivate let logsSeen: Int
  fileprivate let metricsSeen: Int
  fileprivate let defects: DefectTally
}

extension Decoder {
  /// What the batch holds now.
  mutating func mark() -> BatchMark {
    BatchMark(
      spans: batch.spans.count, logs: batch.logs.count, answers: batch.answers.count,
      points: batch.points.count, resources: batch.resources.count, scopes: batch.scopes.count,
      text: text.count, records: batch.records, spansSeen: batch.spansSeen,
      logsSeen: batch.logsSeen, metricsSeen: batch.metricsSeen, defects: batch.defects)
  }

  /// Whether rows that came since refer to a resource or a scope that may stand in another batch.
  mutating func hasLateRows(since mark: BatchMark) -> Bool {
    batch.resources[mark.resources...].contains { $0.late != 0 }
      || batch.scopes[mark.scopes...].contains { $0.late != 0 }
  }

  /// Takes back what came since; names stay.
  mutating func undo(_ mark: BatchMark) {
    batch.spans.removeSubrange(mark.spans...)
    batch.logs.removeSubrange(mark.logs...)
    batch.answers.removeSubrange(mark.answers...)
    batch.points.removeSubrange(mark.points...)
    batch.resources.removeSubrange(mark.resources...)
    resourceRows.forget(from: mark.resources)
    oddResources = oddResources.filter { $0.value < mark.resources }
    writtenResources.forget(from: mark.resources)
    metResources.forgetRows()
    batch.scopes.removeSubrange(mark.scopes...)
    writtenScopes.forget(from: mark.scopes)
    text.buffer.count = mark.text
    batch.records = mark.records
    batch.spansSeen = mark.spansSeen
    batch.logsSeen = mark.logsSeen
    batch.metricsSeen = mark.metricsSeen
    batch.defects = mark.defects
  }

  /// Decodes a source that is one chunk into the batch that was begun, behind others of the same format.
  ///
  /// - Parameter number: stands above the offsets of its rows.
  /// - Returns: its counts and defects.
  mutating func add(
    _ chunk: inout Chunk, _ context: DecoderContext, number: Int
  ) -> SourceSummary {
    begin(context)
    forgetSource()
    let mark = mark()
    batch.defects = DefectTally()
    decodeItems(&chunk)
    let above = Int64(number) << SpanBatch.offsetBits
    for index in mark.spans..<batch.spans.count { batch.spans[index].offset += above }
    for index in mark.logs..<batch.logs.count { batch.logs[index].offset += above }
    for index in mark.answers..<batch.answers.count { batch.answers[index].offset += above }
    for index in mark.points..<batch.points.count { batch.points[index].offset += above }
    var summary = SourceSummary()
    summary.records = batch.records - mark.records
    summary.spansSeen = batch.spansSeen - mark.spansSeen
    summary.spansDropped = summary.spansSeen - (batch.spans.count - mark.spans)
    summary.logsSeen = batch.logsSeen - mark.logsSeen
    summary.logsDropped = summary.logsSeen - (batch.logs.count - mark.logs)
    summary.metricsSeen = batch.metricsSeen - mark.metricsSeen
    summary.defects = batch.defects
    batch.defects = mark.defects
    return summary
  }
}
