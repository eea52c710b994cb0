import TraceModel

extension Decoder {
  /// Nanoseconds of a decimal number of seconds since the epoch, as a number or as text; 0 where there is none or it is odd.
  ///
  /// The tape holds a double; its shortest decimal is what was written, for up to seventeen digits.
  ///
  /// - Source: traces-semantics.md 1.4; design.md 5.
  mutating func secondsTime(
    _ tape: JSONTape, _ index: Int, _ offset: Int64, _ name: StaticString
  ) -> Int64 {
    if index == 0 { return 0 }
    var time: Int64?
    switch tape.tag(index) {
    case JSONTape.Tag.double:
      var copy = ByteBuffer(capacity: 40)
      copy.put(Double(bitPattern: tape.number(index)).description)
      time = decimalSeconds(copy.bytes)
    case JSONTape.Tag.int, JSONTape.Tag.uint:
      let value = tape.number(index)
      // Some senders write ms or finer units; seconds are small numbers.
      time = value < 100_000_000 ? Int64(value) * 1_000_000_000 : epochTime(value)
    case JSONTape.Tag.string:
      if let text = tape.text(index) {
        time = decimalSeconds(text) ?? isoTime(text).map { settled($0, offset) }
      }
    default:
      countUnheld(.wrongType, index, offset, "\(name)")
      return 0
    }
    if let time, time > 0 { return time }
    countUnheld(.oddTime, index, offset, "\(name)")
    return 0
  }
}
