import TraceModel

/// Records that are read from their text, and taken back where that fails; what stands in one format is in its folder.
extension Decoder {
  /// How many records are left to the tape's reader after one that was better read so.
  private static let pause = 15

  /// What a batch held before a record.
  struct TextMark {
    fileprivate let spans: Int
    fileprivate let spansSeen: Int
    fileprivate let resources: Int
    fileprivate let scopes: Int
    fileprivate let text: Int
    fileprivate let defects: DefectTally
  }

  /// Whether the next record is read from its text, where it is written as nearly all are.
  mutating func readsText() -> Bool {
    if context.usesTapes { return false }
    if pausedRecords == 0 { return true }
    pausedRecords -= 1
    return false
  }

  /// What the batch holds before a record is read from its text.
  mutating func markText() -> TextMark {
    TextMark(
      spans: batch.spans.count, spansSeen: batch.spansSeen, resources: batch.resources.count,
      scopes: batch.scopes.count, text: text.count, defects: batch.defects)
  }

  /// Takes back what was read of a record that is left to the tape's reader, as the next ones are.
  mutating func undoText(_ mark: TextMark) {
    batch.spans.removeSubrange(mark.spans...)
    batch.spansSeen = mark.spansSeen
    batch.resources.removeSubrange(mark.resources...)
    resourceRows.forget(from: mark.resources)
    oddResources = oddResources.filter { $0.value < mark.resources }
    writtenResources.forget(from: mark.resources)
    metResources.forgetRows()
    batch.scopes.removeSubrange(mark.scopes...)
    writtenScopes.forget(from: mark.scopes)
    text.buffer.count = mark.text
    batch.defects = mark.defects
    pausedRecords = Self.pause
  }

  /// Leaves the next records to the tape's reader where most spans of one had to be.
  mutating func noteRefused(_ refused: Int64, of spans: Int64) {
    if refused * 2 > spans { pausedRecords = Self.pause }
  }
}
