import TraceModel

/// Docker's json-file (formats/logs.md 5.1): `{"log":"text\n","stream":"stdout","time":"…"}`.
extension Decoder {
  /// Docker cuts lines at so many bytes.
  static let dockerPieceBytes = 16 << 10

  /// Whether an object is one of Docker's.
  func isDocker(_ tape: JSONTape, _ keys: RecordKeys) -> Bool {
    keys.has(.log) && keys.has(.time) && keys.has(.stream)
      && tape.tag(keys[.log]) == JSONTape.Tag.string
  }

  /// One entry: a line, or a piece of one.
  ///
  /// A piece is what has no line break at its end; but the last words of a process may lack it too, so a short piece is only
  /// continued within a second.
  mutating func dockerObject(_ tape: JSONTape, _ keys: RecordKeys, _ outer: Envelope) {
    guard var bytes = tape.text(keys[.log]) else { return }
    var envelope = outer
    envelope.isPerLine = true
    if let time = tape.text(keys[.time]).flatMap(isoTime) {
      envelope.time = settled(time, outer.offset)
    } else {
      batch.defects.count(.oddTime, at: outer.offset, "time")
    }
    envelope.stream = dockerStream(tape, keys, outer)
    if let open = kept.system.partials[envelope.stream], open.lastCount < Self.dockerPieceBytes,
      envelope.time &- open.lastTime > 1_000_000_000
    {
      endPartial(ofStream: envelope.stream)
    }
    let isWhole = bytes.count > 0 && bytes[bytes.count - 1] == 0x0a
    if isWhole {
      bytes = bytes.slice(0, bytes.count - 1)
      if bytes.count > 0, bytes[bytes.count - 1] == 0x0d { bytes = bytes.slice(0, bytes.count - 1) }
    }
    piece(bytes, envelope, goesOn: !isWhole)
  }

  /// The stream of an entry: its output, and its container as path and `attrs` name it.
  private mutating func dockerStream(
    _ tape: JSONTape, _ keys: RecordKeys, _ outer: Envelope
  ) -> Int32 {
    let output = tape.text(keys[.stream]) ?? Bytes.none
    path.count = 0
    path.put("docker")
    path.put(UInt8(truncatingIfNeeded: outer.stream))
    path.put(output)
    let attributes = keys[.attrs]
    if tape.tag(attributes) == JSONTape.Tag.object {
      var (i, end) = tape.inside(attributes)
      while i < end {
        if let text = tape.text(i) {
          path.put(0xff)
          path.put(text)
        }
        i = tape.after(i)
      }
    }
    let container = containerPath()
    let base = outer.stream == 0 ? container.stream(output.string) : kept.streams[outer.stream]
    return kept.streams.number(path.bytes) {
      var stream = base
      guard tape.tag(attributes) == JSONTape.Tag.object else { return stream }
      var (i, end) = tape.inside(attributes)
      while i + 1 < end {
        if let key = tape.text(i)?.string, let value = tape.text(i + 1)?.string {
          switch key {
          case "com.docker.compose.service", "com.docker.swarm.service.name", "service.name",
            "service":
            stream.service = value
          case "com.docker.compose.project": stream.attributes.append(("container.project", value))
          default: stream.attributes.append((key, value))
          }
        }
        i = tape.after(i + 1)
      }
      return stream
    }
  }

  /// The container that the source's path names.
  mutating func containerPath() -> ContainerPath {
    if let known = kept.system.container { return known }
    let path = ContainerPath(context.path)
    kept.system.container = path
    return path
  }
}
