import TraceModel

extension Decoder {
  /// CloudWatch's envelopes: pages of events, subscriptions, Insights answers, single events.
  mutating func cloudWatchObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    false
  }

  /// Lambda's platform events in JSON (`{"time","type":"platform.…","record"}`).
  mutating func lambdaObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    false
  }

  /// Lambda's own lines (START, END, REPORT, XRAY, INIT_START, timeouts, …) and the headers that its runtimes write.
  mutating func lambdaLine(_ bytes: Bytes, _ envelope: Envelope) -> Bool { false }
}

extension Decoder {
  /// One line of `s3Export`, `awsTail`, `awsText` or `csv`.
  mutating func cloudWatchLine(_ bytes: Bytes, _ envelope: Envelope) { payload(bytes, envelope) }
}
