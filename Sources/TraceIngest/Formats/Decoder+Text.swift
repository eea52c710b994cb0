import TraceModel

/// Records that are read from their text, and taken back where that fails; what stands in one format is in its folder.
extension Decoder {
  /// How many records are left to the tape's reader after one that was better read so.
  private static let pause = 15

  /// Whether the next record is read from its text, where it is written as nearly all are.
  mutating func readsText() -> Bool {
    if context.usesTapes { return false }
    if kept.pausedRecords == 0 { return true }
    kept.pausedRecords -= 1
    return false
  }

  /// Takes back what was read of a record that is left to the tape's reader, as the next ones are.
  mutating func undoText(_ mark: BatchMark) {
    undo(mark)
    kept.pausedRecords = Self.pause
  }

  /// Leaves the next records to the tape's reader where most spans of one had to be.
  mutating func noteRefused(_ refused: Int64, of spans: Int64) {
    if refused * 2 > spans { kept.pausedRecords = Self.pause }
  }
}
