import TraceModel

/// A span of a format whose fields lie elsewhere, put together as one object with OTLP's names and plain JSON attributes, the form of
/// CloudWatch's `aws/spans`: whatever is told of spans is then told by one reader.
///
/// What is put together is the tape that a parser would write of the object, so nothing is written as text and parsed again. Names
/// and texts are copied; the input's tape may go once the object is complete.
///
/// - Complexity: O(bytes of the names and texts).
///
/// Why the unsafe calls hold: words and strings are reserved before they are written; eight bytes behind the last string
/// belong to it, as `JSONTape` asks.
@safe struct ComposedSpan: ~Copyable {
  /// A container that is open: its word, and the elements or members so far.
  private struct Frame {
    var start = 0
    var count: UInt64 = 0
  }

  private var words = ByteBuffer(capacity: 1 << 13)
  private var strings = ByteBuffer(capacity: 1 << 12)
  /// The innermost container, and those around it.
  private var frame = Frame()
  private var outer: [Frame] = []

  private var wordCount: Int { words.count >> 3 }

  /// Begins an object anew.
  mutating func begin() {
    words.count = 0
    strings.count = 0
    outer.removeAll(keepingCapacity: true)
    word(UInt8(ascii: "r"), 0)
    start()
  }

  /// Ends the object; its tape holds until the next `begin`.
  mutating func finish() -> JSONTape {
    while !outer.isEmpty { close() }
    word(UInt8(ascii: "r"), 0)
    return tape()
  }

  // MARK: Values without a span

  /// Begins a row of values that stand in no object.
  mutating func beginValues() {
    words.count = 0
    strings.count = 0
    word(UInt8(ascii: "r"), 0)
  }

  /// Index of the value that is put next.
  var nextIndex: Int { wordCount }

  /// The values put so far; the tape holds until the next one is put.
  mutating func tape() -> JSONTape {
    strings.reserve(16)
    return unsafe JSONTape(
      words: UnsafeRawPointer(words.base).assumingMemoryBound(to: UInt64.self), count: wordCount,
      strings: UnsafePointer(strings.base), stringBytes: strings.count + 16)
  }

  /// Begins an object among the values, until `close`; its index.
  mutating func openValue() -> Int {
    start()
    return frame.start
  }

  // MARK: Names

  /// The name of a member; its value is to be put behind it.
  mutating func key(_ name: StaticString) {
    countOne()
    string(unsafe Bytes(name.utf8Start, name.utf8CodeUnitCount))
  }

  /// The name of a member that the input gives.
  mutating func key(_ name: Bytes) {
    countOne()
    string(name)
  }

  // MARK: Values

  /// A member that is text; none where there is no text, or an empty one.
  mutating func text(_ name: StaticString, _ value: Bytes?) {
    guard let value, value.count > 0 else { return }
    key(name)
    string(value)
  }

  /// A member that is text of our own.
  mutating func text(_ name: StaticString, plain value: String) {
    key(name)
    let start = beginString()
    strings.put(value)
    endString(start)
  }

  /// A member that is a whole number.
  mutating func number(_ name: StaticString, _ value: Int64) {
    key(name)
    put(value)
  }

  /// A whole number, behind its name.
  mutating func put(_ value: Int64) {
    word(JSONTape.Tag.int, 0)
    word(bits: UInt64(bitPattern: value))
  }

  /// A number, behind its name.
  mutating func put(_ value: Double) {
    word(JSONTape.Tag.double, 0)
    word(bits: value.bitPattern)
  }

  /// A truth value, behind its name.
  mutating func put(_ value: Bool) { word(value ? JSONTape.Tag.yes : JSONTape.Tag.no, 0) }

  /// Text, behind its name.
  mutating func put(_ value: Bytes) { string(value) }

  /// A member that stands as it is in the input; none where it is missing or null.
  @inline(__always) mutating func value(_ name: StaticString, _ tape: JSONTape, _ index: Int) {
    if index == 0 || tape.tag(index) == JSONTape.Tag.null { return }
    key(name)
    put(tape, index)
  }

  /// The same under a name that the input gives.
  @inline(__always) mutating func value(_ name: Bytes, _ tape: JSONTape, _ index: Int) {
    if index == 0 { return }
    key(name)
    put(tape, index)
  }

  /// The members of an object of the input, but those of some names.
  mutating func members(_ tape: JSONTape, _ object: Int, without names: [StaticString] = []) {
    for (key, value) in JSONMembers(tape, object)
    where tape.tag(value) != JSONTape.Tag.null && !names.contains(where: { key.equals($0) }) {
      self.key(key)
      put(tape, value)
    }
  }

  /// A member that is an object of what an object of the input holds beside members of some names; none where it holds no more.
  mutating func rest(
    _ name: StaticString, _ tape: JSONTape, _ object: Int, without names: [StaticString]
  ) {
    let hasMore = JSONMembers(tape, object).contains { member in
      tape.tag(member.value) != JSONTape.Tag.null && !names.contains { member.key.equals($0) }
    }
    if !hasMore { return }
    open(name)
    members(tape, object, without: names)
    close()
  }

  /// A value of the input, behind its name.
  mutating func put(_ tape: JSONTape, _ index: Int) {
    if let text = tape.text(index) { return string(text, mark: text[text.count]) }
    // Containers name places on the tape, which lie elsewhere here.
    let shift = wordCount - index
    let end = tape.after(index)
    var i = index
    while i < end {
      let tag = tape.tag(i)
      switch tag {
      case JSONTape.Tag.string:
        let text = tape.text(i) ?? Bytes.none
        string(text, mark: text[text.count])
        i += 1
      case JSONTape.Tag.object, JSONTape.Tag.array:
        word(bits: tape.word(i) &+ UInt64(bitPattern: Int64(shift)))
        i += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        word(bits: tape.word(i) &+ UInt64(bitPattern: Int64(shift)))
        i += 1
      case JSONTape.Tag.int, JSONTape.Tag.uint, JSONTape.Tag.double:
        word(bits: tape.word(i))
        word(bits: tape.word(i + 1))
        i += 2
      default:
        word(bits: tape.word(i))
        i += 1
      }
    }
  }

  // MARK: Containers

  /// Opens a member that is an object, until `close`.
  mutating func open(_ name: StaticString) {
    key(name)
    start()
  }

  /// Opens a member that is a list, until `closeList`.
  mutating func openList(_ name: StaticString) {
    key(name)
    start()
  }

  /// Opens an element of a list that is an object, until `close`.
  mutating func openElement() {
    countOne()
    start()
  }

  /// A value of the input as an element of the list at hand.
  mutating func element(_ tape: JSONTape, _ index: Int) {
    countOne()
    put(tape, index)
  }

  /// A number as an element of the list at hand.
  mutating func element(_ value: Double) {
    countOne()
    put(value)
  }

  /// Closes the object at hand.
  mutating func close() { end(JSONTape.Tag.object, UInt8(ascii: "}")) }

  /// Closes the list at hand.
  mutating func closeList() { end(JSONTape.Tag.array, UInt8(ascii: "]")) }

  private mutating func start() {
    outer.append(frame)
    frame = Frame(start: wordCount)
    word(bits: 0)
  }

  private mutating func end(_ tag: UInt8, _ endTag: UInt8) {
    guard let around = outer.popLast() else { return }
    defer { frame = around }
    word(endTag, UInt64(frame.start))
    let opening =
      UInt64(tag) << 56 | min(frame.count, 0xff_ffff) << 32 | UInt64(wordCount)
    unsafe UnsafeMutableRawPointer(words.base).storeBytes(
      of: opening, toByteOffset: frame.start << 3, as: UInt64.self)
  }

  @inline(__always) private mutating func countOne() {
    frame.count &+= 1
  }

  // MARK: Words

  @inline(__always) private mutating func word(_ tag: UInt8, _ payload: UInt64) {
    word(bits: UInt64(tag) << 56 | payload)
  }

  @inline(__always) private mutating func word(bits: UInt64) {
    words.reserve(8)
    unsafe UnsafeMutableRawPointer(words.end).storeBytes(of: bits, as: UInt64.self)
    words.count += 8
  }

  /// A string, and the byte behind it: 0, or what a parser of ours says of it there.
  @inline(__always) private mutating func string(_ value: Bytes, mark: UInt8 = 0) {
    let start = strings.count
    strings.reserve(value.count + 8)
    unsafe UnsafeMutableRawPointer(strings.end).storeBytes(
      of: UInt32(truncatingIfNeeded: value.count), as: UInt32.self)
    strings.count += 4
    strings.put(value)
    strings.put(mark)
    word(JSONTape.Tag.string, UInt64(start))
  }

  private mutating func beginString() -> Int {
    strings.reserve(4)
    strings.count += 4
    return strings.count - 4
  }

  private mutating func endString(_ start: Int) {
    unsafe UnsafeMutableRawPointer(strings.base).storeBytes(
      of: UInt32(truncatingIfNeeded: strings.count - start - 4), toByteOffset: start,
      as: UInt32.self)
    strings.put(0)
    word(JSONTape.Tag.string, UInt64(start))
  }
}

extension Decoder {
  /// Reads the span that was put together.
  mutating func addComposed(_ envelope: Envelope) {
    let tape = composed.finish()
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

/// Microseconds with or without a fraction as nanoseconds; nil for what is none or too much.
func nanoseconds(ofMicros index: Int, _ tape: JSONTape) -> Int64? {
  if let micros = wholeNumber(tape, index) {
    return micros.magnitude <= UInt64(Int64.max / 1000) ? micros * 1000 : nil
  }
  guard tape.tag(index) == JSONTape.Tag.double else { return nil }
  return Int64(exactly: (Double(bitPattern: tape.number(index)) * 1000).rounded())
}
