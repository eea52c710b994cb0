import TraceModel

extension Decoder {
  /// Transports that write JSON objects: Docker, journald, GCP's LogEntry, Apple's unified log.
  mutating func systemObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    false
  }
}

extension Decoder {
  /// One line of `cri`, `timestamped`, `compose`, `podPrefix`, `syslog` or `journalExport`.
  mutating func systemLine(_ bytes: Bytes, _ envelope: Envelope) { payload(bytes, envelope) }
}
