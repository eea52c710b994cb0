import TraceModel

/// Reads OTLP's protobuf messages and writes the tape that simdjson would write of the same message in OTLP JSON, so that one
/// decoder reads both: keys in lowerCamelCase, ids as hex digits, bytes in base64, enumerations and 64-bit integers as numbers.
///
/// A field of no known number, or of another wire type than its own, stands under `field_` and its number. A message that
/// stands twice where one belongs is counted; the last one counts. Lists whose elements do not stand together are
/// brought together first.
///
/// - Assumes: most fields are known, lists stand together, most attributes are short text or whole numbers.
/// - Complexity: O(bytes); messages stand on an explicit stack.
///
/// Why the unsafe calls hold: `reserve` is called before each field, with room for all that a field without a length of its
/// own can write; frames are as many as the depth allows; slots come from `ProtobufSchema.slot`.
@safe struct ProtobufReader: ~Copyable {
  /// Messages and lists that may stand in each other.
  private let maxDepth: Int

  /// Why a message was refused.
  enum Refusal {
    case broken
    case tooDeep
    /// A list does not stand together.
    case scattered
  }

  /// A field as the reader sees it.
  struct Entry {
    var shape = ProtobufField.Shape.unknown
    var wire: UInt8 = 7
    var isRepeated = false
    var message = ProtobufMessage.resource
    /// The field's bit in a set of its message's fields.
    var bit: UInt32 = 0
    /// The tape's word for the key.
    var key: UInt64 = 0

    /// Whether it is a list of numbers.
    @inline(__always) var isNumbers: Bool {
      shape.rawValue >= ProtobufField.Shape.fixed64s.rawValue
    }

    /// Whether a field of the wire type belongs to it.
    @inline(__always) func canHave(_ wire: UInt8) -> Bool {
      wire == self.wire
        || isNumbers
          && wire == (shape == .integers ? ProtobufWire.varint : ProtobufWire.fixed64)
    }
  }

  /// A message that is being read.
  struct Frame {
    var message: ProtobufMessage
    /// Its first field in the table.
    var table: Int
    /// Where it ends in the bytes.
    var end: Int
    /// Its word on the tape.
    var object: Int
    /// Members written.
    var members: UInt64 = 0
    /// Fields met, as bits.
    var seen: UInt32 = 0
    /// The word of the list that is open, 0 for none.
    var list = 0
    /// The slot of the list that is open.
    var listSlot = 0
    /// Its elements.
    var elements: UInt64 = 0
  }

  private static let room = 32

  var strings = ByteBuffer(capacity: 1 << 14)
  /// How many strings were repaired in the last message.
  var repairedTexts = 0
  /// How many fields had another wire type than their own in the last message.
  private(set) var wrongTypes = 0
  /// How many messages stood where another one already stood.
  private(set) var repeatedMessages = 0
  private(set) var words: UnsafeMutablePointer<UInt64>
  private var capacity = 1 << 12
  private var count = 0
  private let entries: UnsafeMutablePointer<Entry>
  private let frames: UnsafeMutablePointer<Frame>
  private let keyBytes: Int
  private let fixed: FixedWords
  private var order = ProtobufOrder()

  /// Words of the strings that stand in most messages.
  private struct FixedWords {
    var key: UInt64 = 0
    var value: UInt64 = 0
    var empty: UInt64 = 0
    /// Keys of requests, by kind.
    var documents: [UInt64] = []
  }

  init(maxDepth: Int = DecoderContext().maxDepth) {
    self.maxDepth = maxDepth
    let table = Self.table
    unsafe words = .allocate(capacity: capacity)
    unsafe entries = table.entries
    unsafe frames = .allocate(capacity: maxDepth + 1)
    fixed = table.fixed
    keyBytes = table.keys.count
    for byte in table.keys { strings.put(byte) }
  }

  /// The fields of all messages, and the strings of their keys as they stand before those of a message. `@unchecked Sendable`: it
  /// is only read once it is made.
  @safe private struct Table: @unchecked Sendable {
    var entries: UnsafeMutablePointer<Entry>
    var fixed: FixedWords
    var keys: [UInt8]
  }

  /// The table, made once for all readers, for good.
  private static let table = {
    let messages = ProtobufMessage.allCases
    let entries = UnsafeMutablePointer<Entry>.allocate(
      capacity: messages.count * ProtobufSchema.slots)
    unsafe entries.initialize(repeating: Entry(), count: messages.count * ProtobufSchema.slots)
    var keys = ByteBuffer(capacity: 1 << 12)
    var fixed = FixedWords()
    fixed.empty = Self.put("", into: &keys)
    for key: StaticString in ["resourceSpans", "resourceLogs", "resourceMetrics"] {
      fixed.documents.append(Self.put(key, into: &keys))
    }
    for message in messages {
      for field in ProtobufSchema.fields(message) {
        let slot = ProtobufSchema.slot(UInt64(field.number))
        var entry = Entry()
        entry.shape = field.shape
        entry.wire = field.shape.wire
        entry.isRepeated = field.isRepeated
        entry.message = field.message
        entry.bit = 1 << UInt32(slot)
        entry.key = Self.put(field.key, into: &keys)
        unsafe entries[Int(message.rawValue) * ProtobufSchema.slots + slot] = entry
        if message == .keyValue, field.number == 1 { fixed.key = entry.key }
        if message == .keyValue, field.number == 2 { fixed.value = entry.key }
      }
    }
    return unsafe Table(entries: entries, fixed: fixed, keys: Array(keys.bytes.raw))
  }()

  deinit {
    unsafe words.deallocate()
    unsafe frames.deallocate()
  }

  private static func put(_ text: StaticString, into keys: inout ByteBuffer) -> UInt64 {
    let start = keys.count
    let length = text.utf8CodeUnitCount
    for byte in 0..<4 { keys.put(UInt8(truncatingIfNeeded: length >> (8 * byte))) }
    keys.put(text)
    keys.put(0)
    return UInt64(JSONTape.Tag.string) << 56 | UInt64(start)
  }
}

// MARK: - Whole messages

extension ProtobufReader {
  /// Reads one message.
  ///
  /// - Returns: nil where it was read; `tape` then gives it until the next call.
  mutating func read(_ bytes: Bytes, as message: ProtobufMessage) -> Refusal? {
    gathered(bytes, message) { reader, bytes in
      reader.walk(bytes, 0, bytes.count, message, depth: 0)
    }
  }

  /// Reads neighbouring elements of a list, each with its tag and its length; the tape is that of an array.
  mutating func readElements(_ bytes: Bytes, of kind: ListKind) -> Refusal? {
    let scope: ProtobufMessage =
      switch kind {
      case .span: .scopeSpans
      case .log: .scopeLogs
      case .metric: .scopeMetrics
      }
    return gathered(bytes, scope) { reader, bytes in
      let list = reader.openList()
      var fields = ProtobufFields(bytes, 0, bytes.count)
      var elements: UInt64 = 0
      while let head = fields.next() {
        guard head.number == 2, head.wire == ProtobufWire.length else { return .broken }
        if let refusal = reader.walk(bytes, head.start, head.end, .element(of: kind), depth: 1) {
          return refusal
        }
        elements += 1
      }
      reader.close(list, JSONTape.Tag.array, elements)
      return fields.isSound ? nil : .broken
    }
  }

  /// Reads a request of any signal. Each of its entries says by its elements of which it is.
  ///
  /// - Parameter unknown: counts entries whose elements are none of ours; they are left out.
  mutating func readRequest(_ bytes: Bytes, unknown: inout Int) -> Refusal? {
    var missed = 0
    defer { unknown = missed }
    return gathered(bytes, nil) { reader, bytes in
      missed = 0
      let object = reader.openObject()
      var members: UInt64 = 0
      var list = 0
      var elements: UInt64 = 0
      var known: ListKind?
      var fields = ProtobufFields(bytes, 0, bytes.count)
      while let head = fields.next() {
        guard head.number == 1 else { continue }
        guard head.wire == ProtobufWire.length else { return .broken }
        let signal = ProtobufSignal.ofResource(bytes, head.start, head.end)
        if signal == .unknown {
          missed += 1
          continue
        }
        let kind = signal.kind ?? known ?? .span
        if kind != known {
          if list > 0 { reader.close(list, JSONTape.Tag.array, elements) }
          reader.put(reader.fixed.documents[Int(kind.rawValue)])
          list = reader.openList()
          elements = 0
          members += 1
          known = kind
        }
        if let refusal = reader.walk(bytes, head.start, head.end, .resource(of: kind), depth: 2) {
          return refusal
        }
        elements += 1
      }
      if list > 0 { reader.close(list, JSONTape.Tag.array, elements) }
      reader.close(object, JSONTape.Tag.object, members)
      return fields.isSound ? nil : .broken
    }
  }

  /// Whether the last message held what its fields say and nothing else.
  var isExact: Bool { repairedTexts + wrongTypes + repeatedMessages == 0 }

  /// The tape of the last message that was read.
  var tape: JSONTape {
    unsafe JSONTape(
      words: UnsafePointer(words), count: count, strings: UnsafePointer(strings.base),
      stringBytes: strings.count + ByteBuffer.room)
  }

  /// Reads, and once more from bytes in order where a list did not stand together.
  ///
  /// - Parameter message: what the bytes are; nil for a request.
  private mutating func gathered(
    _ bytes: Bytes, _ message: ProtobufMessage?,
    _ read: (inout ProtobufReader, Bytes) -> Refusal?
  ) -> Refusal? {
    begin()
    var refusal = read(&self, bytes)
    if case .scattered? = refusal {
      begin()
      order.sort(bytes, message, maxDepth: maxDepth)
      var ordered = ByteBuffer(capacity: 0)
      swap(&ordered, &order.buffer)
      refusal = read(&self, ordered.bytes)
      swap(&ordered, &order.buffer)
    }
    put(UInt64(UInt8(ascii: "r")) << 56)
    unsafe words[0] = UInt64(UInt8(ascii: "r")) << 56 | UInt64(count)
    return refusal
  }

  private mutating func begin() {
    count = 0
    strings.count = keyBytes
    repairedTexts = 0
    wrongTypes = 0
    repeatedMessages = 0
    put(0)
  }
}

// MARK: - Words

extension ProtobufReader {
  /// Makes room for what one field writes, and for more where it is long.
  @inline(__always) mutating func reserve(_ more: Int = 0) {
    if count &+ more &+ Self.room > capacity { grow(more) }
  }

  @inline(never) private mutating func grow(_ more: Int) {
    let larger = max(capacity * 2, count + more + Self.room)
    let block = UnsafeMutablePointer<UInt64>.allocate(capacity: larger)
    unsafe block.update(from: words, count: count)
    unsafe words.deallocate()
    unsafe words = block
    capacity = larger
  }

  @inline(__always) mutating func put(_ word: UInt64) {
    unsafe words[count] = word
    count &+= 1
  }

  @inline(__always) mutating func putTagged(_ tag: UInt8) { put(UInt64(tag) << 56) }

  @inline(__always) mutating func putNumber(_ tag: UInt8, _ bits: UInt64) {
    put(UInt64(tag) << 56)
    put(bits)
  }

  /// The index of an object's word, which `close` fills.
  @inline(__always) mutating func openObject() -> Int {
    reserve()
    count &+= 1
    return count &- 1
  }

  /// The index of a list's word, which `close` fills.
  @inline(__always) mutating func openList() -> Int { openObject() }

  @inline(__always) mutating func close(_ start: Int, _ tag: UInt8, _ members: UInt64) {
    reserve()
    // `{` and `}` differ by two, `[` and `]` too.
    put(UInt64(tag &+ 2) << 56 | UInt64(start))
    unsafe words[start] = UInt64(tag) << 56 | min(members, 0xff_ffff) << 32 | UInt64(count)
  }
}

// MARK: - The walk

extension ProtobufReader {
  /// Writes one message and all that it holds.
  ///
  /// - Parameter depth: containers around it.
  private mutating func walk(
    _ bytes: Bytes, _ from: Int, _ to: Int, _ message: ProtobufMessage, depth: Int
  ) -> Refusal? {
    var i = from
    var depth = depth + 1
    var level = 0
    var top = frame(message, to)
    while true {
      if i == top.end {
        finish(&top, &depth)
        if level == 0 { return nil }
        level &-= 1
        depth &-= 1
        unsafe top = frames[level]
        continue
      }
      guard let tag = bytes.varint(&i, top.end), tag >> 3 > 0, tag >> 3 < 1 << 29 else {
        return .broken
      }
      let wire = UInt8(truncatingIfNeeded: tag & 7)
      let slot = ProtobufSchema.slot(tag >> 3)
      let entry = unsafe entries[top.table &+ slot]
      reserve()
      if top.list > 0, slot != top.listSlot || !entry.canHave(wire) { endList(&top, &depth) }
      guard entry.wire == wire, entry.shape == .message else {
        if entry.isNumbers, entry.canHave(wire) {
          if top.list == 0 {
            if top.seen & entry.bit != 0 { return .scattered }
            addMember(&top, entry)
            top.list = openList()
            top.listSlot = slot
            depth &+= 1
          }
          guard numbers(bytes, &i, &top, entry, wire) else { return .broken }
          continue
        }
        guard value(bytes, &i, &top, entry, tag) else { return .broken }
        continue
      }
      guard let length = bytes.varint(&i, top.end), length <= UInt64(top.end &- i) else {
        return .broken
      }
      let end = i &+ Int(length)
      if entry.isRepeated {
        if top.list == 0 {
          if top.seen & entry.bit != 0 { return .scattered }
          addMember(&top, entry)
          top.list = openList()
          top.listSlot = slot
          depth &+= 1
        }
        top.elements &+= 1
        if entry.message == .keyValue, plainPair(bytes, i, end) {
          i = end
          continue
        }
      } else {
        if top.seen & entry.bit != 0 { repeatedMessages += 1 }
        addMember(&top, entry)
      }
      guard depth < maxDepth else { return .tooDeep }
      unsafe frames[level] = top
      level &+= 1
      depth &+= 1
      top = frame(entry.message, end)
    }
  }

  private mutating func frame(_ message: ProtobufMessage, _ end: Int) -> Frame {
    Frame(
      message: message, table: Int(message.rawValue) &* ProtobufSchema.slots, end: end,
      object: openObject())
  }

  @inline(__always) private mutating func addMember(_ top: inout Frame, _ entry: Entry) {
    // Of an AnyValue's members the last one counts.
    if top.message == .anyValue, top.members > 0 { forget(&top) }
    put(entry.key)
    top.members &+= 1
    top.seen |= entry.bit
  }

  @inline(never) private mutating func forget(_ top: inout Frame) {
    count = top.object + 1
    top.members = 0
  }

  private mutating func endList(_ top: inout Frame, _ depth: inout Int) {
    close(top.list, JSONTape.Tag.array, top.elements)
    top.list = 0
    top.elements = 0
    depth &-= 1
  }

  private mutating func finish(_ top: inout Frame, _ depth: inout Int) {
    if top.list > 0 { endList(&top, &depth) }
    if top.message == .keyValue, top.seen & 2 == 0 {
      // A field that is left out is empty.
      reserve()
      put(fixed.key)
      put(fixed.empty)
      top.members &+= 1
    }
    close(top.object, JSONTape.Tag.object, top.members)
  }

  /// Writes a key and a value without others in it as `JSONTape.plainPair` wants them; false, and nothing, where the message
  /// is anything else.
  @inline(__always) private mutating func plainPair(_ bytes: Bytes, _ from: Int, _ to: Int) -> Bool
  {
    var i = from
    guard i < to, bytes[i] == ProtobufWire.firstTag else { return false }
    i &+= 1
    guard let keyLength = bytes.varint(&i, to), keyLength < UInt64(to &- i) else { return false }
    let key = i
    i &+= Int(keyLength)
    // The tag of field 2 with a length.
    guard bytes[i] == 0x12 else { return false }
    i &+= 1
    guard let length = bytes.varint(&i, to), length == UInt64(to &- i), length > 1 else {
      return false
    }
    let tag = bytes[i]
    i &+= 1
    let object = count
    switch tag {
    case 0x0a:
      guard let textLength = bytes.varint(&i, to), textLength == UInt64(to &- i) else {
        return false
      }
      putPairStart(bytes.slice(key, key &+ Int(keyLength)), 1)
      putText(bytes.slice(i, to))
    case 0x10:
      guard let flag = bytes.varint(&i, to), i == to else { return false }
      putPairStart(bytes.slice(key, key &+ Int(keyLength)), 2)
      putTagged(flag == 0 ? JSONTape.Tag.no : JSONTape.Tag.yes)
    case 0x18:
      guard let number = bytes.varint(&i, to), i == to else { return false }
      putPairStart(bytes.slice(key, key &+ Int(keyLength)), 3)
      putNumber(JSONTape.Tag.int, number)
    default: return false
    }
    put(UInt64(UInt8(ascii: "}")) << 56 | UInt64(object &+ 4))
    put(UInt64(UInt8(ascii: "}")) << 56 | UInt64(object))
    let open = UInt64(JSONTape.Tag.object) << 56
    unsafe words[object] = open | 2 << 32 | UInt64(count)
    unsafe words[object &+ 4] = open | 1 << 32 | UInt64(count &- 1)
    return true
  }

  /// Writes what stands before the value of a pair, with the member of a number for the value.
  @inline(__always) private mutating func putPairStart(_ key: Bytes, _ member: Int) {
    count &+= 1
    put(fixed.key)
    putText(key)
    put(fixed.value)
    count &+= 1
    put(
      unsafe entries[Int(ProtobufMessage.anyValue.rawValue) &* ProtobufSchema.slots &+ member].key)
  }

  // MARK: Values

  /// Reads one field that is no message, or none that belongs here; false where it is broken.
  @inline(__always) private mutating func value(
    _ bytes: Bytes, _ i: inout Int, _ top: inout Frame, _ entry: Entry, _ tag: UInt64
  ) -> Bool {
    switch UInt8(truncatingIfNeeded: tag & 7) {
    case ProtobufWire.varint:
      guard let number = bytes.varint(&i, top.end) else { return false }
      guard entry.wire == ProtobufWire.varint else { return odd(&top, entry, tag, number) }
      addMember(&top, entry)
      switch entry.shape {
      case .bool: putTagged(number == 0 ? JSONTape.Tag.no : JSONTape.Tag.yes)
      case .zigzag: putNumber(JSONTape.Tag.int, number >> 1 ^ (0 &- (number & 1)))
      // A negative number of 32 bits is written with 64.
      default: putNumber(JSONTape.Tag.int, number)
      }
      return true
    case ProtobufWire.fixed64:
      guard top.end &- i >= 8 else { return false }
      let bits = bytes.word(i)
      i &+= 8
      guard entry.wire == ProtobufWire.fixed64 else { return odd(&top, entry, tag, bits) }
      addMember(&top, entry)
      putFixed(bits, entry.shape)
      return true
    case ProtobufWire.fixed32:
      guard top.end &- i >= 4 else { return false }
      let bits = bytes.word(i) & 0xffff_ffff
      i &+= 4
      guard entry.wire == ProtobufWire.fixed32 else { return odd(&top, entry, tag, bits) }
      addMember(&top, entry)
      putNumber(JSONTape.Tag.int, bits)
      return true
    case ProtobufWire.length:
      guard let length = bytes.varint(&i, top.end), length <= UInt64(top.end &- i) else {
        return false
      }
      let content = bytes.slice(i, i &+ Int(length))
      i &+= Int(length)
      text(content, &top, entry, tag)
      return true
    default: return false
    }
  }

  /// A field with a length that is no message.
  @inline(__always) private mutating func text(
    _ content: Bytes, _ top: inout Frame, _ entry: Entry, _ tag: UInt64
  ) {
    switch entry.shape {
    case .string:
      addMember(&top, entry)
      putText(content)
    case .id:
      addMember(&top, entry)
      putHex(content)
    case .bytes:
      addMember(&top, entry)
      putBase64(content)
    default:
      if entry.shape != .unknown { wrongTypes += 1 }
      putUnknownKey(&top, tag)
      putBase64(content)
    }
  }

  /// Numbers of the list that is open, packed into one field or one alone.
  @inline(never) private mutating func numbers(
    _ bytes: Bytes, _ i: inout Int, _ top: inout Frame, _ entry: Entry, _ wire: UInt8
  ) -> Bool {
    var end = top.end
    if wire == ProtobufWire.length {
      guard let length = bytes.varint(&i, top.end), length <= UInt64(top.end &- i) else {
        return false
      }
      end = i &+ Int(length)
    }
    repeat {
      if i == end { return true }
      reserve()
      if entry.shape == .integers {
        guard let number = bytes.varint(&i, end) else { return false }
        putUnsigned(number)
      } else {
        guard end &- i >= 8 else { return false }
        putFixed(bytes.word(i), entry.shape)
        i &+= 8
      }
      top.elements &+= 1
    } while wire == ProtobufWire.length
    return true
  }

  /// A number of an unknown field, or of one with another wire type.
  @inline(never) private mutating func odd(
    _ top: inout Frame, _ entry: Entry, _ tag: UInt64, _ bits: UInt64
  ) -> Bool {
    if entry.shape != .unknown { wrongTypes += 1 }
    putUnknownKey(&top, tag)
    putUnsigned(bits)
    return true
  }

  private mutating func putUnknownKey(_ top: inout Frame, _ tag: UInt64) {
    if top.message == .anyValue, top.members > 0 { forget(&top) }
    putName("field_\(tag >> 3)")
    top.members &+= 1
  }
}
