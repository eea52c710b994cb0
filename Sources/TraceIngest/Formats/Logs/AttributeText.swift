/// A JSON object that is written member by member: attributes of one record that its transport or its line's own form names.
struct AttributeText: ~Copyable {
  private var text = ByteBuffer(capacity: 512)

  /// Begins a member.
  mutating func key(_ name: StaticString) {
    text.put(text.count == 0 ? 0x7b : 0x2c)
    text.put(0x22)
    text.put(name)
    text.put("\":")
  }

  /// Begins a member.
  mutating func key(_ name: Bytes) {
    text.put(text.count == 0 ? 0x7b : 0x2c)
    put(name)
    text.put(0x3a)
  }

  /// A member that is a text, where there is one.
  mutating func member(_ name: StaticString, _ value: Bytes) {
    if value.count == 0 { return }
    key(name)
    put(value)
  }

  /// A member that is a whole number.
  mutating func member(_ name: StaticString, _ value: Int64) {
    key(name)
    text.putInt(value)
  }

  /// A value: a text, or a whole number where it may be one and is.
  mutating func value(_ value: Bytes, mayBeNumber: Bool) {
    if mayBeNumber, let number = decimal(value), number <= UInt64(Int64.max) {
      text.putInt(Int64(number))
    } else {
      put(value)
    }
  }

  /// A text, which need not be UTF-8.
  private mutating func put(_ value: Bytes) {
    for i in 0..<value.count where value[i] >= 0x80 {
      var repaired = ByteBuffer(capacity: value.count * 3)
      repaired.put(value.string)
      return text.putString(repaired.bytes)
    }
    text.putString(value)
  }

  /// Any JSON value.
  ///
  /// - Parameter room: written to and left as it was.
  mutating func value(_ tape: JSONTape, _ index: Int, _ room: inout JSONText) {
    let start = room.count
    room.putRaw(tape, index)
    text.put(room.buffer.bytes.slice(start, room.count))
    room.buffer.count = start
  }

  /// A number as it stands; the caller knows that it is one in JSON too.
  mutating func number(_ digits: Bytes) { text.put(digits) }

  /// The value true.
  mutating func yes() { text.put("true") }

  /// Microseconds as seconds, without zeros at the end.
  mutating func seconds(micros: UInt64) {
    text.putInt(Int64(micros / 1_000_000))
    var fraction = micros % 1_000_000
    if fraction == 0 { return }
    text.put(0x2e)
    var unit: UInt64 = 100_000
    while fraction > 0 {
      text.put(UInt8(0x30 + fraction / unit))
      fraction %= unit
      unit = max(1, unit / 10)
    }
  }

  /// Several texts under one name.
  mutating func values<Element>(_ elements: [Element], _ text: (Element) -> Bytes) {
    for (number, element) in elements.enumerated() {
      self.text.put(number == 0 ? 0x5b : 0x2c)
      put(text(element))
    }
    self.text.put(0x5d)
  }

  /// The object's text; empty where it has no member.
  var object: [UInt8] {
    let bytes = text.bytes
    return bytes.count == 0 ? [] : unsafe Array(bytes.raw) + [0x7d]
  }
}
