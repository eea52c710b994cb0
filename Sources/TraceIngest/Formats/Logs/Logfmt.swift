import TraceModel

extension Decoder {
  /// A line of `key=value` pairs (formats/logs.md 7.2); false where it is none.
  mutating func logfmtLine(_ bytes: Bytes, _ envelope: Envelope) -> Bool { false }
}
