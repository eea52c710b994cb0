/// Writes plain JSON text: what the store keeps of attributes.
///
/// Strings are escaped as RFC 8259 asks and not further; numbers stand as they are. Lists of keys and values, arrays and
/// nested lists are walked with an explicit stack.
///
/// - Assumes: short strings without anything to escape; eight bytes are checked and copied at once.
struct JSONText: ~Copyable {
  var buffer = ByteBuffer(capacity: 1 << 16)
  /// How many keys were left out because they occur again later.
  var repeatedKeys = 0
  /// How many values were not what OTLP says.
  var wrongTypes = 0
  /// How many numbers were kept as text.
  var oddNumbers = 0
  /// Keys of attributes; they mean attributes.
  var keys = KeyTexts()
  /// Keys of Jaeger's tags.
  var tagKeys = KeyTexts()
  /// Room for a string that was written with escapes.
  var unescaped = ByteBuffer(capacity: 1 << 12)
  /// Hashes of the keys of the list at hand that are not in `keys`.
  private var hashes: [UInt64] = []
  /// Keys of plain objects.
  var memberKeys = MemberKeys()

  var count: Int { buffer.count }

  @inline(__always) mutating func put(_ byte: UInt8) { buffer.put(byte) }
  @inline(__always) mutating func put(_ literal: StaticString) { buffer.put(literal) }

  /// A string in quotes.
  @inline(__always) mutating func putString(_ text: Bytes) { buffer.putString(text) }

  /// A whole number.
  mutating func putInt(_ value: Int64) { buffer.putInt(value) }

  /// A number of 64 bits without sign.
  mutating func putUInt(_ value: UInt64) {
    if let small = Int64(exactly: value) { putInt(small) } else { buffer.put(String(value)) }
  }

  /// The shortest decimal that reads back as the same number.
  mutating func putDouble(_ value: Double) {
    if value.isFinite { buffer.put(value.description) } else { put("null") }
  }

  // MARK: Values of a tape as they stand

  /// Objects and lists that stand in each other; what lies deeper is one string. SQLite's JSON functions take 1,000.
  private static let deepest = 900

  /// Any JSON value, as plain JSON.
  mutating func putRaw(_ tape: JSONTape, _ index: Int) {
    putRaw(tape, index, deepest: Self.deepest)
  }

  private mutating func putRaw(_ tape: JSONTape, _ index: Int, deepest: Int) {
    var open: [Frame] = []
    var i = index
    while true {
      let tag = tape.tag(i)
      if tag == JSONTape.Tag.object || tag == JSONTape.Tag.array, open.count < deepest {
        put(tag)
        let (first, end) = tape.inside(i)
        open.append(Frame(end: end, next: end + 1, isObject: tag == JSONTape.Tag.object))
        i = first
      } else {
        if open.count < deepest { putScalar(tape, i) } else { putAsText(tape, i) }
        i = tape.after(i)
      }
      guard next(&open, &i) else { return }
      if open[open.count - 1].isObject {
        putString(tape.text(i) ?? Bytes.none)
        put(0x3a)
        i += 1
      }
    }
  }

  /// A value that lies too deep: a container as a string of its text.
  @inline(never) private mutating func putAsText(_ tape: JSONTape, _ i: Int) {
    let tag = tape.tag(i)
    guard tag == JSONTape.Tag.object || tag == JSONTape.Tag.array else {
      return putScalar(tape, i)
    }
    let start = buffer.count
    putRaw(tape, i, deepest: .max)
    unescaped.count = 0
    unescaped.put(buffer.bytes.slice(start, buffer.count))
    buffer.count = start
    putString(unescaped.bytes)
  }

  /// A JSON value that is no container.
  private mutating func putScalar(_ tape: JSONTape, _ i: Int) {
    switch tape.tag(i) {
    case JSONTape.Tag.string: putString(tape.text(i) ?? Bytes.none)
    case JSONTape.Tag.int: putInt(Int64(bitPattern: tape.number(i)))
    case JSONTape.Tag.uint: putUInt(tape.number(i))
    case JSONTape.Tag.double: putDouble(Double(bitPattern: tape.number(i)))
    case JSONTape.Tag.yes: put("true")
    case JSONTape.Tag.no: put("false")
    default: put("null")
    }
  }

  private struct Frame {
    let end: Int
    /// Where to go on behind the value that it belongs to.
    let next: Int
    let isObject: Bool
    var isFirst = true
  }

  /// Closes what ends at `i` and writes the comma before what follows; false when all is closed.
  private mutating func next(_ open: inout [Frame], _ i: inout Int) -> Bool {
    while let top = open.last {
      if i < top.end {
        if top.isFirst { open[open.count - 1].isFirst = false } else { put(0x2c) }
        return true
      }
      put(top.isObject ? 0x7d : 0x5d)
      i = top.next
      open.removeLast()
    }
    return false
  }

  // MARK: OTLP's AnyValue and lists of keys and values

  /// An AnyValue as plain JSON.
  mutating func putValue(_ tape: JSONTape, _ index: Int) {
    var value = AnyValue(tape, index)
    if value.kind != .array, value.kind != .list {
      putSimple(tape, value)
      return
    }
    var open: [Frame] = []
    var skips: [Set<Int>] = []
    var i = 0
    while true {
      switch value.kind {
      case .array where open.count >= Self.deepest, .list where open.count >= Self.deepest:
        putAsText(tape, value.index)
      case .array, .list:
        let isList = value.kind == .list
        put(isList ? 0x7b : 0x5b)
        let (first, end) = tape.inside(value.index)
        open.append(Frame(end: end, next: i, isObject: isList))
        skips.append(isList ? repeats(tape, value.index) : [])
        i = first
      default:
        putSimple(tape, value, depth: open.count)
      }
      while let top = open.last, top.isObject, i < top.end, skips.last?.contains(i) == true {
        i = tape.after(i)
      }
      let depth = open.count
      guard next(&open, &i) else { return }
      if open.count < depth { skips.removeLast(depth - open.count) }
      if open[open.count - 1].isObject {
        let pair = KeyValue(tape, i)
        putString(pair.key ?? Bytes.none)
        put(0x3a)
        value = AnyValue(tape, pair.value)
      } else {
        value = AnyValue(tape, i)
      }
      i = tape.after(i)
    }
  }

  /// An AnyValue that holds no others, inside so many lists.
  @inline(__always) private mutating func putSimple(
    _ tape: JSONTape, _ value: AnyValue, depth: Int = 0
  ) {
    let i = value.index
    switch value.kind {
    case .string, .bytes:
      if let text = tape.text(i) { putString(text) } else { putWrong(tape, i, depth) }
    case .int: putIntValue(tape, i, depth)
    case .bool:
      let tag = tape.tag(i)
      if tag == JSONTape.Tag.yes {
        put("true")
      } else if tag == JSONTape.Tag.no {
        put("false")
      } else {
        putWrong(tape, i, depth)
      }
    case .double: putDoubleValue(tape, i, depth)
    case .null: put("null")
    case .array, .list: break
    case .emptyArray: put("[]")
    case .emptyList: put("{}")
    case .wrong: putWrong(tape, i, depth)
    }
  }

  /// What is not as OTLP says stays as it is.
  @inline(never) private mutating func putWrong(_ tape: JSONTape, _ i: Int, _ depth: Int) {
    if tape.tag(i) != JSONTape.Tag.null { wrongTypes += 1 }
    putRaw(tape, i, deepest: Self.deepest - depth)
  }

  @inline(never) private mutating func putIntValue(_ tape: JSONTape, _ i: Int, _ depth: Int) {
    switch tape.tag(i) {
    case JSONTape.Tag.int: putInt(Int64(bitPattern: tape.number(i)))
    case JSONTape.Tag.string:
      guard let text = tape.text(i) else { return put("null") }
      if let value = signedDecimal(text) {
        putInt(value)
      } else {
        putOddNumber(text)
      }
    case JSONTape.Tag.uint:
      oddNumbers += 1
      put(0x22)
      putUInt(tape.number(i))
      put(0x22)
    default: putWrong(tape, i, depth)
    }
  }

  /// A number that has no 64-bit form; the tolerant reader counts those that were no strings.
  private mutating func putOddNumber(_ text: Bytes) {
    if text[text.count] != TolerantReader.numberMark { oddNumbers += 1 }
    putString(text)
  }

  @inline(never) private mutating func putDoubleValue(_ tape: JSONTape, _ i: Int, _ depth: Int) {
    switch tape.tag(i) {
    case JSONTape.Tag.double: putDouble(Double(bitPattern: tape.number(i)))
    case JSONTape.Tag.int: putDouble(Double(Int64(bitPattern: tape.number(i))))
    case JSONTape.Tag.uint: putDouble(Double(tape.number(i)))
    case JSONTape.Tag.string:
      guard let text = tape.text(i) else { return put("null") }
      if let value = Double(text.string), value.isFinite {
        putDouble(value)
      } else {
        putOddNumber(text)
      }
    default: putWrong(tape, i, depth)
    }
  }

  /// A list of keys and values as one JSON object; where a key occurs twice, the last one stands.
  ///
  /// - Parameters:
  ///   - list: index of the array.
  ///   - finder: learns where the values of the keys that matter stand.
  mutating func putAttributes(_ tape: JSONTape, _ list: Int, _ finder: inout AttributeFinder) {
    let start = buffer.count
    finder.clear()
    keys.startList()
    hashes.removeAll(keepingCapacity: true)
    var (i, end) = tape.inside(list)
    while i < end {
      if let pair = tape.plainPair(i) {
        guard putNewKey(pair.key, i + 4, &finder) else {
          return putRepeatedAttributes(tape, list, from: start, &finder)
        }
        if pair.member.equals("stringValue") {
          putString(pair.text)
        } else if !pair.member.equals("intValue") || !putDigits(pair.text) {
          putValue(tape, i + 4)
        }
        i += 9
        continue
      }
      let pair = KeyValue(tape, i)
      i = tape.after(i)
      guard let key = pair.key else {
        wrongTypes += 1
        continue
      }
      guard putNewKey(key, pair.value, &finder) else {
        return putRepeatedAttributes(tape, list, from: start, &finder)
      }
      putValue(tape, pair.value)
    }
    guard buffer.count > start else { return }
    // In place of the first key's comma.
    buffer.set(start, 0x7b)
    put(0x7d)
  }

  /// A plain JSON object as it stands; where a key occurs twice, the last one counts.
  ///
  /// - Parameters:
  ///   - object: index of the object.
  ///   - finder: learns where the values of the keys that matter stand.
  mutating func putPlainAttributes(
    _ tape: JSONTape, _ object: Int, _ finder: inout AttributeFinder
  ) {
    let start = buffer.count
    finder.clear(isPlain: true)
    keys.startList()
    hashes.removeAll(keepingCapacity: true)
    var (i, end) = tape.inside(object)
    while i + 1 < end {
      guard putNewKey(tape.text(i) ?? Bytes.none, i + 1, &finder) else {
        return putRepeatedPlainAttributes(tape, object, from: start, &finder)
      }
      putRaw(tape, i + 1)
      i = tape.after(i + 1)
    }
    guard buffer.count > start else { return }
    // In place of the first key's comma.
    buffer.set(start, 0x7b)
    put(0x7d)
  }

  /// The same for objects in which keys may occur twice.
  @inline(never) private mutating func putRepeatedPlainAttributes(
    _ tape: JSONTape, _ object: Int, from start: Int, _ finder: inout AttributeFinder
  ) {
    buffer.count = start
    finder.clear(isPlain: true)
    var last: [String: Int] = [:]
    var (i, end) = tape.inside(object)
    while i + 1 < end {
      if last.updateValue(i, forKey: (tape.text(i) ?? Bytes.none).string) != nil {
        repeatedKeys += 1
      }
      i = tape.after(i + 1)
    }
    var separator: UInt8 = 0x7b
    i = tape.inside(object).first
    while i + 1 < end {
      let key = tape.text(i) ?? Bytes.none
      if last[key.string] == i {
        put(separator)
        separator = 0x2c
        putString(key)
        put(0x3a)
        putRaw(tape, i + 1)
        if let attribute = finder.attribute(key, key.keyHash) {
          finder.note(attribute.rawValue, i + 1)
        }
      }
      i = tape.after(i + 1)
    }
    put(0x7d)
  }

  /// A comma, a key that the list did not hold before, and a colon; false where it did, or may have.
  @inline(__always) private mutating func putNewKey(
    _ key: Bytes, _ value: Int, _ finder: inout AttributeFinder
  ) -> Bool {
    let hash = key.keyHash
    guard let slot = keys.find(key, hash) else { return putUnknownKey(key, hash, value, &finder) }
    if keys.meet(slot) { return false }
    keys.put(slot, into: &buffer)
    if let attribute = keys.meaning(slot) { finder.note(attribute, value) }
    return true
  }

  @inline(never) private mutating func putUnknownKey(
    _ key: Bytes, _ hash: UInt64, _ value: Int, _ finder: inout AttributeFinder
  ) -> Bool {
    let attribute = finder.attribute(key, hash)
    if let slot = keys.add(key, hash, attribute?.rawValue) {
      _ = keys.meet(slot)
    } else {
      if hashes.count >= 64 || hashes.contains(hash) { return false }
      hashes.append(hash)
    }
    put(0x2c)
    putString(key)
    put(0x3a)
    if let attribute { finder.note(attribute.rawValue, value) }
    return true
  }

  /// A whole number as it is written; nothing and false where that is not how it is stored, or not told at once.
  @inline(__always) mutating func putDigits(_ text: Bytes) -> Bool {
    guard text.count > 0, text.count <= 8, text[0] != 0x30 || text.count == 1 else { return false }
    let word = text.word(0)
    // A digit leaves 0–9, whose sum with 0x76 has no top bit.
    let digits = word ^ repeated(0x30)
    let odd = (digits | (digits &+ repeated(0x76))) & repeated(0x80)
    guard odd & (~0 >> UInt64(64 &- 8 &* text.count)) == 0 else { return false }
    buffer.reserve(8)
    unsafe UnsafeMutableRawPointer(buffer.end).storeBytes(of: word, as: UInt64.self)
    buffer.count += text.count
    return true
  }

  /// The same for lists in which keys may occur twice.
  @inline(never) private mutating func putRepeatedAttributes(
    _ tape: JSONTape, _ list: Int, from start: Int, _ finder: inout AttributeFinder
  ) {
    buffer.count = start
    let skips = repeats(tape, list)
    finder.clear()
    put(0x7b)
    var isFirst = true
    let (first, end) = tape.inside(list)
    var i = first
    while i < end {
      let pair = KeyValue(tape, i)
      if let key = pair.key, !skips.contains(i) {
        if !isFirst { put(0x2c) }
        isFirst = false
        putString(key)
        put(0x3a)
        if let attribute = finder.attribute(key, key.keyHash) {
          finder.note(attribute.rawValue, pair.value)
        }
        putValue(tape, pair.value)
      }
      i = tape.after(i)
    }
    put(0x7d)
  }

  /// Elements of a list whose key occurs again behind them.
  private mutating func repeats(_ tape: JSONTape, _ list: Int) -> Set<Int> {
    var last: [String: Int] = [:]
    var skips: Set<Int> = []
    let (first, end) = tape.inside(list)
    var i = first
    while i < end {
      if let key = KeyValue(tape, i).key {
        if let earlier = last.updateValue(i, forKey: key.string) {
          skips.insert(earlier)
          repeatedKeys += 1
        }
      } else {
        wrongTypes += 1
        skips.insert(i)
      }
      i = tape.after(i)
    }
    return skips
  }
}

/// The value of an optional minus and decimal digits, nil where it has no 64-bit form.
func signedDecimal(_ text: Bytes) -> Int64? {
  guard text.count > 0 else { return nil }
  guard text[0] == 0x2d else { return decimal(text).flatMap { Int64(exactly: $0) } }
  guard let magnitude = decimal(text.slice(1, text.count)) else { return nil }
  return magnitude == 1 << 63 ? Int64.min : Int64(exactly: magnitude).map { -$0 }
}
