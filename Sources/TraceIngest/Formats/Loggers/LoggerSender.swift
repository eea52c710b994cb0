import TraceModel

/// Who wrote a record, where the record says so itself.
extension Decoder {
  private static let serviceKeys: [RecordKey] = [
    .service, .serviceName, .serviceNameSnake, .ddService, .otelService,
  ]
  private static let hostKeys: [RecordKey] = [.hostname, .host, .hostNameDotted]
  private static let versionKeys: [RecordKey] = [.serviceVersion, .ddVersion]

  /// The row of the record's sender: its own names, beside what its stream says.
  mutating func loggerResource(
    _ tape: JSONTape, _ keys: RecordKeys, _ stream: Int32
  ) -> UInt32 {
    var service = Bytes.none
    var version = Bytes.none
    for key in Self.serviceKeys where keys.has(key) {
      let value = keys[key]
      service = senderName(tape, value, ["name"])
      if service.count == 0 { continue }
      if tape.tag(value) == JSONTape.Tag.object {
        version = senderName(tape, value, ["version"])
      } else {
        taken.take(value)
      }
      break
    }
    if service.count == 0, keys.has(.name), keys.has(.hostname), keys.has(.pid) {
      // bunyan and pino: the logger's name is the program's.
      service = senderName(tape, keys[.name], [])
      if service.count > 0 { taken.take(keys[.name]) }
    }
    if service.count == 0, keys.has(.dd) {
      service = senderName(tape, keys[.dd], ["service"])
      version = senderName(tape, keys[.dd], ["version"])
    }
    for key in Self.versionKeys where version.count == 0 && keys.has(key) {
      version = senderName(tape, keys[key], [])
      if version.count > 0 { taken.take(keys[key]) }
    }
    var host = Bytes.none
    for key in Self.hostKeys where keys.has(key) {
      let value = keys[key]
      host = senderName(tape, value, ["name", "hostname"])
      if host.count == 0 { continue }
      if tape.tag(value) != JSONTape.Tag.object { taken.take(value) }
      break
    }
    return resource(ofStream: stream, service: service, host: host, version: version)
  }

  /// A text, or the first of an object's members with one of these names that is a text; empty where there is none.
  private func senderName(_ tape: JSONTape, _ value: Int, _ names: [StaticString]) -> Bytes {
    if let words = tape.text(value) {
      // What Powertools writes where nobody has named the service.
      return words.count <= 256 && !words.equals("service_undefined") ? words : Bytes.none
    }
    for name in names {
      if let words = tape.text(member(tape, value) { $0.equals(name) }), words.count <= 256 {
        return words
      }
    }
    return Bytes.none
  }
}
