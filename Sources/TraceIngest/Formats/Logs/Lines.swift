import TraceModel

/// How the lines of a text file are wrapped before their own text begins.
enum LineTransport: Sendable {
  /// Plain: the logger's own lines.
  case none
  /// Kubernetes' container runtime: `<RFC 3339> stdout F text`.
  case cri
  /// A time, then the text: `docker logs -t`, `kubectl logs --timestamps`.
  case timestamped
  /// `name-1  | text` of `docker compose logs`.
  case compose
  /// `[pod/name/container] text`.
  case podPrefix
  /// RFC 5424 or RFC 3164, with or without `<PRI>`.
  case syslog
  /// `journalctl -o export`.
  case journalExport
  /// CloudWatch's export to S3: `<RFC 3339 ms>Z text`, continuation lines without.
  case s3Export
  /// `aws logs tail`.
  case awsTail
  /// `--output text` of the AWS command line: `EVENTS`, tabs.
  case awsText
  /// CSV with a header line: downloads of Insights and of the log viewer.
  case csv
  /// Objects as Node's `console.dir` prints them between a process's own lines.
  case jsConsole
}

extension Decoder {
  /// One line of a text file, without its line break.
  mutating func line(_ bytes: Bytes, offset: Int64) {
    var envelope = Envelope()
    envelope.offset = offset
    switch context.lines {
    case .none: plainLine(bytes, envelope)
    case .cri, .timestamped, .compose, .podPrefix, .syslog, .journalExport:
      systemLine(bytes, envelope)
    case .jsConsole: jsConsoleLine(bytes, envelope)
    case .s3Export, .awsTail, .awsText, .csv: cloudWatchLine(bytes, envelope)
    }
  }
}
