import TraceModel

extension Decoder {
  /// A record of a JSON logger (formats/logs.md 8), OTLP's log record and span standing alone among them; inside a transport
  /// any other object is a structured body.
  mutating func loggerObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    false
  }
}
