import CSimdjson

/// The values of one JSON document in a row, as simdjson lays them out: a cursor is an index into the words.
///
/// A word's top byte is the tag, the rest its payload: `{` `[` the index behind the value, `"` the offset of a string (four
/// bytes of length, then its bytes), `l` `u` `d` a number in the next word, `t` `f` `n` themselves. Every access checks
/// bounds and tag, so a wrong index reads "nothing" and never wild memory. The tolerant reader writes the same layout.
///
/// - Assumes: the tape is read before the parser reads the next document.
/// - Source: simdjson 3.0.1, doc/tape.md.
@safe struct JSONTape {
  private let words: UnsafePointer<UInt64>
  private let strings: UnsafePointer<UInt8>
  private let stringBytes: Int
  let count: Int

  @unsafe init(
    words: UnsafePointer<UInt64>, count: Int, strings: UnsafePointer<UInt8>, stringBytes: Int
  ) {
    unsafe self.words = words
    self.count = count
    unsafe self.strings = strings
    self.stringBytes = stringBytes
  }

  /// What a value is.
  enum Tag {
    static let object = UInt8(ascii: "{")
    static let array = UInt8(ascii: "[")
    static let string = UInt8(ascii: "\"")
    static let int = UInt8(ascii: "l")
    static let uint = UInt8(ascii: "u")
    static let double = UInt8(ascii: "d")
    static let yes = UInt8(ascii: "t")
    static let no = UInt8(ascii: "f")
    static let null = UInt8(ascii: "n")
  }

  /// The document's value; nothing where the document was empty.
  var root: Int { 1 }

  /// The word at an index, 0 outside.
  @inline(__always) func word(_ index: Int) -> UInt64 {
    UInt(bitPattern: index) < UInt(bitPattern: count) ? unsafe words[index] : 0
  }

  /// The tag at an index, 0 outside.
  @inline(__always) func tag(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: word(index) >> 56) }

  /// The index behind a value; always greater than the index given.
  @inline(__always) func after(_ index: Int) -> Int {
    let word = word(index)
    switch UInt8(truncatingIfNeeded: word >> 56) {
    case Tag.object, Tag.array:
      let end = Int(word & 0xffff_ffff)
      return end > index && end <= count ? end : count
    case Tag.int, Tag.uint, Tag.double: return index + 2
    case 0: return max(count, index + 1)
    default: return index + 1
    }
  }

  /// Index of the first value inside a container, and of its closing word.
  @inline(__always) func inside(_ container: Int) -> (first: Int, end: Int) {
    (container + 1, after(container) - 1)
  }

  /// The bytes of a string, nil where the value is none.
  @inline(__always) func text(_ index: Int) -> Bytes? {
    let word = word(index)
    guard UInt8(truncatingIfNeeded: word >> 56) == Tag.string else { return nil }
    return bytes(word)
  }

  /// Key, name of the value's member and text of `{"key": "…", "value": {"stringValue": "…"}}`, written in that order and
  /// with any one member that holds text; nil where the value at the index is anything else.
  ///
  /// Its value then stands at `index` + 4, and what follows it at `index` + 9.
  @inline(__always) func plainPair(_ index: Int) -> (key: Bytes, member: Bytes, text: Bytes)? {
    guard index &+ 9 <= count else { return nil }
    let string = UInt64(Tag.string) << 56
    let object = UInt64(Tag.object) << 56
    let key = word(index &+ 2) ^ string
    let value = word(index &+ 6) ^ string
    let keyName = word(index &+ 1) ^ string
    let valueName = word(index &+ 3) ^ string
    let member = word(index &+ 5) ^ string
    // An object's word holds its tag, the number of its members and the index behind it.
    guard word(index) == object | 2 << 32 | UInt64(index &+ 9),
      word(index &+ 4) == object | 1 << 32 | UInt64(index &+ 8),
      (key | value | keyName | valueName | member) >> 56 == 0,
      let keyName = bytes(keyName), keyName.equals("key"),
      let valueName = bytes(valueName), valueName.equals("value"),
      let key = bytes(key), let member = bytes(member), let text = bytes(value)
    else { return nil }
    return (key, member, text)
  }

  /// The bytes of the string at an offset, nil where it is not inside.
  @inline(__always) private func bytes(_ place: UInt64) -> Bytes? {
    let offset = Int(place & 0x00ff_ffff_ffff_ffff)
    guard offset &+ 12 <= stringBytes else { return nil }
    let length = Int(unsafe UnsafeRawPointer(strings + offset).loadUnaligned(as: UInt32.self))
    guard offset &+ 12 &+ length <= stringBytes else { return nil }
    return unsafe Bytes(strings + offset + 4, length)
  }

  /// The bits of a number.
  @inline(__always) func number(_ index: Int) -> UInt64 { word(index + 1) }
}

/// A parser that is kept for a worker's life, and the tape of the last document.
@safe struct JSONParser: ~Copyable {
  private let parser: OpaquePointer

  init() {
    guard let parser = unsafe json_parser_create() else { fatalError("out of memory") }
    unsafe self.parser = parser
  }

  deinit { unsafe json_parser_destroy(parser) }

  /// The tape of one document; nil where simdjson refuses it.
  ///
  /// - Parameter hasRoom: 64 bytes behind the document may be read; without them it is copied.
  func parse(_ bytes: Bytes, hasRoom: Bool) -> JSONTape? {
    guard unsafe json_parser_parse(parser, bytes.base, bytes.count, hasRoom) == 0 else {
      return nil
    }
    let tape = unsafe json_parser_tape(parser)
    guard let words = unsafe tape.words, let strings = unsafe tape.strings else { return nil }
    return unsafe JSONTape(
      words: words, count: tape.word_count, strings: strings, stringBytes: tape.string_bytes)
  }
}
