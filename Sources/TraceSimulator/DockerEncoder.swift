/// What a service in a container leaves behind: Docker's json-file log, an entry a line of text, so that a stack trace
/// is many entries. Times are those of the host's clock.
///
/// - Source: Docker, "JSON File logging driver": `log`, `stream`, `attrs`, `time`.
struct DockerEncoder {
  let telemetry: SimulatedTelemetry

  /// The 64 hex digits by which Docker knows the container of an instance.
  func containerID(_ resource: Int) -> String {
    var bytes: [UInt8] = []
    for part in 0..<4 as Range<UInt64> {
      bytes.append(hex: mixed(UInt64(resource) &* 977 &+ part &+ 1))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The log of one container.
  ///
  /// - Parameter logs: what its instance wrote, by true time.
  func jsonFile(_ logs: [SimulatedLog]) -> [UInt8] {
    var bytes: [UInt8] = []
    for log in logs {
      let resource = telemetry.resources[log.resource]
      let time = log.time + resource.clockOffset
      for (number, line) in lines(log, resource, time).enumerated() {
        bytes.append("{\"log\":")
        bytes.append(jsonText: line + "\n")
        bytes.append(",\"stream\":\"stderr\",\"attrs\":{\"com.docker.compose.service\":")
        bytes.append(jsonText: resource.service)
        bytes.append(
          "},\"time\":\"\(isoTime(time + Int64(number) * 18_000 + 41_000, digits: 9))Z\"}\n")
      }
    }
    return bytes
  }

  /// A record as the service's logger prints it, with the stack trace of what failed.
  private func lines(
    _ log: SimulatedLog, _ resource: SimulatedResource, _ time: Int64
  ) -> [String] {
    let level = severityWord(log.severity)
    let stamp = isoTime(time, digits: 3).map { $0 == "T" ? " " : $0 == "." ? "," : $0 }
    var ids = ""
    if let span = log.span {
      var bytes: [UInt8] = []
      bytes.append(" [trace_id=")
      bytes.append(hex: span.traceHigh)
      bytes.append(hex: span.traceLow)
      bytes.append(" span_id=")
      bytes.append(hex: span.id)
      bytes.append("]")
      ids = String(decoding: bytes, as: UTF8.self)
    }
    var lines = ["\(String(stamp)) \(level) \(resource.service).server\(ids) \(log.body)"]
    if let failure = log.failure {
      let place = String(log.body.prefix { $0 != ":" }).replacing(" failed", with: "")
      lines += resource.language.stackTrace(
        failure, service: resource.service, place: String(place)
      )
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    return lines
  }
}

/// A time of 2026-03-02, where the sample plays, without a zone; so many digits of a second.
func isoTime(_ time: Int64, digits: Int) -> String {
  let inDay = time % 86_400_000_000_000
  let (hours, minutes) = (inDay / 3_600_000_000_000, inDay / 60_000_000_000 % 60)
  let seconds = inDay / 1_000_000_000 % 60
  let fraction = padded(Int(inDay % 1_000_000_000), 9).prefix(digits)
  return
    "2026-03-02T\(padded(Int(hours), 2)):\(padded(Int(minutes), 2)):\(padded(Int(seconds), 2)).\(fraction)"
}

/// A number with zeros before it.
func padded(_ value: Int, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// The word for a severity number.
func severityWord(_ severity: Int) -> String {
  switch severity {
  case 17...: "ERROR"
  case 13...16: "WARN"
  default: "INFO"
  }
}
