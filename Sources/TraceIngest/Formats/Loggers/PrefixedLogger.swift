import TraceModel

/// A logger's JSON with text around it, as where one logger writes through another, or a process manager puts a name before
/// each line: `2026-01-05 10:00:00 web.1: {"level":"info","msg":"…"}`.
extension Decoder {
  /// The longest text before and behind the object.
  private static let longestAround = 256

  /// A line of such a form; false where the object is not plainly a log record, so that a text that quotes JSON stays text.
  mutating func prefixedLogger(_ bytes: Bytes, _ envelope: Envelope) -> Bool {
    guard envelope.depth < Self.maxUnwraps, let start = bytes.firstIndex(of: 0x7b, from: 0),
      start > 0, start <= Self.longestAround, start + 1 < bytes.count, bytes[start + 1] == 0x22,
      case .at(let end) = JSONScan.endOfValue(bytes, start, isLast: true, breaks: .ignored),
      bytes.count - end <= Self.longestAround
    else { return false }
    var inner = envelope
    inner.depth += 1
    let object = bytes.slice(start, end)
    let isKnown = withPayload(object) { decoder, tape in
      guard tape.tag(tape.root) == JSONTape.Tag.object else { return false }
      decoder.keys[inner.depth].look(tape, tape.root, &decoder.text.memberKeys)
      let keys = decoder.keys[inner.depth]
      guard LoggerFields.messageKeys.contains(where: { keys.has($0) }),
        LoggerFields.timeKeys.contains(where: { keys.has($0) })
          || LoggerFields.levelKeys.contains(where: { keys.has($0) })
      else { return false }
      if inner.time == 0, let time = isoTime(bytes.slice(0, start)) {
        inner.time = decoder.settled(time, envelope.offset)
      }
      var around = ByteBuffer(capacity: 2 * Self.longestAround)
      around.put(bytes.slice(0, start))
      around.put(bytes.slice(end, bytes.count))
      return decoder.loggerObject(tape, tape.root, keys, inner, header: around.bytes)
    }
    return isKnown ?? false
  }
}
