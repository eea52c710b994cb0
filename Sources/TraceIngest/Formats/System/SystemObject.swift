import TraceModel

extension Decoder {
  /// Transports that write JSON objects: Docker, journald, GCP's LogEntry, Apple's unified log.
  mutating func systemObject(
    _ tape: JSONTape, _ index: Int, _ keys: RecordKeys, _ envelope: Envelope
  ) -> Bool {
    if isDocker(tape, keys) {
      dockerObject(tape, keys, envelope)
    } else if isJournal(keys) {
      journalObject(tape, index, envelope)
    } else if isGCP(tape, keys) {
      gcpObject(tape, index, keys, envelope)
    } else if isApple(keys) {
      appleObject(tape, index, keys, envelope)
    } else {
      return false
    }
    return true
  }
}

extension Decoder {
  /// One line of `cri`, `timestamped`, `compose`, `podPrefix`, `syslog` or `journalExport`.
  mutating func systemLine(_ bytes: Bytes, _ envelope: Envelope) {
    switch context.lines {
    case .cri: criLine(bytes, envelope)
    case .timestamped: timestampedLine(bytes, envelope)
    case .compose: composeLine(bytes, envelope)
    case .podPrefix: podLine(bytes, envelope)
    case .syslog: syslogLine(bytes, envelope)
    case .journalExport: journalExportLine(bytes, envelope)
    default: payload(bytes, envelope)
    }
  }
}
