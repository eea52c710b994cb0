import TraceModel

extension Decoder {
  /// Rollbar's items and occurrences, Sentry's events and issues.
  mutating func errorObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    false
  }
}
