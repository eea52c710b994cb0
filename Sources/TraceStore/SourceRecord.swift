package import TraceModel

/// What is known of one file or stream that was read, or skipped.
package struct SourceRecord: Sendable, Hashable {
  /// As the user knows it: a path, or `-`.
  package var name: String
  /// The format's name; empty where none was recognised.
  package var format: String
  /// `gzip`, `zstd`, or empty.
  package var compression: String
  /// Decompressed bytes.
  package var bytes: Int64
  /// 32 hex digits over the decompressed bytes; empty where it was not read.
  package var contentHash: String
  /// Whole records read: lines, documents.
  package var records: Int
  /// Spans met, kept or not.
  package var spansSeen: Int
  /// Spans met and not kept.
  package var spansDropped: Int
  /// Log records met, kept or not.
  package var logsSeen: Int
  /// Log records met and not kept.
  package var logsDropped: Int
  /// Metrics met, read or not; each that is read gives a row a data point.
  package var metricsSeen: Int
  /// All defects of the source: the sum over its batches, and what belongs to none.
  package var defects: DefectTally
  /// Words for people: why it was skipped, what is odd about it.
  package var remark: String

  /// A record of its parts.
  package init(
    name: String, format: String = "", compression: String = "", bytes: Int64 = 0,
    contentHash: String = "", records: Int = 0, spansSeen: Int = 0, spansDropped: Int = 0,
    logsSeen: Int = 0, logsDropped: Int = 0, metricsSeen: Int = 0,
    defects: DefectTally = DefectTally(), remark: String = ""
  ) {
    self.name = name
    self.format = format
    self.compression = compression
    self.bytes = bytes
    self.contentHash = contentHash
    self.records = records
    self.spansSeen = spansSeen
    self.spansDropped = spansDropped
    self.logsSeen = logsSeen
    self.logsDropped = logsDropped
    self.metricsSeen = metricsSeen
    self.defects = defects
    self.remark = remark
  }
}

/// A source as it stands in a store; its place in `StoreCatalog.sources` is its rank in the input's order.
package struct StoredSource: Sendable, Hashable {
  /// What was said of it when it was read.
  package var record: SourceRecord
  /// Whether it was loaded; a skipped one has no rows.
  package var isLoaded: Bool
  /// Spans stored.
  package var spansStored: Int
  /// Of these, spans without a trace id.
  package var spansQuarantined: Int
  /// Log records stored.
  package var logsStored: Int

  /// A source of its parts.
  package init(
    record: SourceRecord, isLoaded: Bool, spansStored: Int, spansQuarantined: Int, logsStored: Int
  ) {
    self.record = record
    self.isLoaded = isLoaded
    self.spansStored = spansStored
    self.spansQuarantined = spansQuarantined
    self.logsStored = logsStored
  }
}

/// What became of a source.
package enum FinishedSource: Sendable, Hashable {
  /// Its rows are in the store.
  case stored(spans: Int, logs: Int)
  /// A source of the same content, here named, was there before; nothing was changed.
  case sameContent(as: String)
}
