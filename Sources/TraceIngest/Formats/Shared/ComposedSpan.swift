import TraceModel

/// A span of a format whose fields lie elsewhere, put together as one object with OTLP's names and plain JSON attributes, the form of
/// CloudWatch's `aws/spans`: whatever is told of spans is then told by one reader.
///
/// - Assumes: such formats are small; each span is written and parsed once more.
struct ComposedSpan: ~Copyable {
  var buffer = ByteBuffer(capacity: 1 << 12)
  private var isFirst = true

  /// Begins an object anew.
  mutating func begin() {
    buffer.count = 0
    buffer.put(0x7b)
    isFirst = true
  }

  /// The name of a member; its value is to be put behind it.
  mutating func key(_ name: StaticString) {
    separate()
    buffer.put(0x22)
    buffer.put(name)
    buffer.put("\":")
  }

  /// The name of a member that the input gives.
  mutating func key(_ name: Bytes) {
    separate()
    buffer.putString(name)
    buffer.put(0x3a)
  }

  /// A member that is text; none where there is no text, or an empty one.
  mutating func text(_ name: StaticString, _ value: Bytes?) {
    guard let value, value.count > 0 else { return }
    key(name)
    buffer.putString(value)
  }

  /// A member that is text of our own, which needs no escapes.
  mutating func text(_ name: StaticString, plain value: String) {
    key(name)
    buffer.put(0x22)
    buffer.put(value)
    buffer.put(0x22)
  }

  /// A member that is a whole number.
  mutating func number(_ name: StaticString, _ value: Int64) {
    key(name)
    buffer.putInt(value)
  }

  /// Opens a member that is an object, until `close`.
  mutating func open(_ name: StaticString) {
    key(name)
    buffer.put(0x7b)
    isFirst = true
  }

  /// Opens a member that is a list, until `closeList`.
  mutating func openList(_ name: StaticString) {
    key(name)
    buffer.put(0x5b)
    isFirst = true
  }

  /// Opens an element of a list that is an object, until `close`.
  mutating func openElement() {
    separate()
    buffer.put(0x7b)
    isFirst = true
  }

  /// Closes the object at hand.
  mutating func close() {
    buffer.put(0x7d)
    isFirst = false
  }

  /// Closes the list at hand.
  mutating func closeList() {
    buffer.put(0x5d)
    isFirst = false
  }

  /// A member that stands as it is in the input; none where it is missing or null.
  mutating func value(_ name: StaticString, _ tape: JSONTape, _ index: Int, _ text: inout JSONText)
  {
    if index == 0 || tape.tag(index) == JSONTape.Tag.null { return }
    key(name)
    put(tape, index, &text)
  }

  /// The same under a name that the input gives.
  mutating func value(_ name: Bytes, _ tape: JSONTape, _ index: Int, _ text: inout JSONText) {
    if index == 0 { return }
    key(name)
    put(tape, index, &text)
  }

  /// The members of an object of the input, but those of some names.
  mutating func members(
    _ tape: JSONTape, _ object: Int, _ text: inout JSONText, without names: [StaticString] = []
  ) {
    for (key, value) in JSONMembers(tape, object)
    where tape.tag(value) != JSONTape.Tag.null && !names.contains(where: { key.equals($0) }) {
      self.key(key)
      put(tape, value, &text)
    }
  }

  private mutating func put(_ tape: JSONTape, _ index: Int, _ text: inout JSONText) {
    let start = text.count
    text.putRaw(tape, index)
    buffer.put(text.buffer.bytes.slice(start, text.count))
    text.buffer.count = start
  }

  private mutating func separate() {
    if isFirst { isFirst = false } else { buffer.put(0x2c) }
  }
}

extension Decoder {
  /// Reads the span that was put together.
  mutating func addComposed(_ envelope: Envelope) {
    guard let tape = composedParser.parse(composed.buffer.bytes, hasRoom: true) else {
      batch.spansSeen += 1
      batch.defects.count(.brokenRecord, at: envelope.offset)
      return
    }
    awsSpan(tape, tape.root, envelope)
  }
}

/// A whole number of 64 bits without sign, written as a number or as decimal text; nil for anything else.
func unsignedNumber(_ tape: JSONTape, _ index: Int) -> UInt64? {
  switch tape.tag(index) {
  case JSONTape.Tag.uint: tape.number(index)
  case JSONTape.Tag.int: UInt64(exactly: Int64(bitPattern: tape.number(index)))
  case JSONTape.Tag.string: tape.text(index).flatMap { decimal($0) }
  default: nil
  }
}
