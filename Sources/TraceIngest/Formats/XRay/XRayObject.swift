import TraceModel

extension Decoder {
  /// X-Ray documents and answers, and spans of CloudWatch's `aws/spans`.
  mutating func xrayObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    false
  }
}
