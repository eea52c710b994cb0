/// Reads what simdjson refuses and people still want: numbers that fit nowhere, NaN, broken text.
///
/// Writes the tape that simdjson would write, so the same code decodes it. Numbers without a 64-bit form become strings of
/// their digits, `NaN` and the infinities strings of their names, what is no UTF-8 and lone surrogates U+FFFD; control
/// characters in strings are taken as they are.
///
/// - Complexity: O(bytes), one byte at a time; containers stand on an explicit stack.
struct TolerantReader: ~Copyable {
  /// Objects and lists that may stand in each other.
  private let maxDepth: Int
  private var words: [UInt64] = []
  private var strings = ByteBuffer()
  private var store = ByteBuffer()
  /// How many strings were repaired in the last document.
  private(set) var repairedTexts = 0
  /// How many numbers were kept as text in the last document.
  private(set) var oddNumbers = 0

  /// Why a document was refused.
  enum Refusal {
    case broken
    case tooDeep
  }

  private struct Frame {
    let start: Int
    let isObject: Bool
    var count = 0
  }

  private static let valueNext = 0
  private static let firstNext = 1
  private static let separatorNext = 2

  init(maxDepth: Int) { self.maxDepth = maxDepth }

  /// Reads one document; `read` then gives its tape until the next call.
  mutating func parse(_ text: Bytes) -> Refusal? {
    words.removeAll(keepingCapacity: true)
    strings.count = 0
    repairedTexts = 0
    oddNumbers = 0
    words.append(0)
    var frames: [Frame] = []
    var i = JSONScan.skipBlanks(text, 0)
    var expect = Self.valueNext
    repeat {
      i = JSONScan.skipBlanks(text, i)
      guard i < text.count else { return .broken }
      if let frame = frames.last {
        let close: UInt8 = frame.isObject ? 0x7d : 0x5d
        if text[i] == close, expect != Self.valueNext {
          end(&frames)
          i += 1
          expect = Self.separatorNext
          continue
        }
        if expect == Self.separatorNext {
          guard text[i] == 0x2c else { return .broken }
          i = JSONScan.skipBlanks(text, i + 1)
          guard i < text.count else { return .broken }
        }
        frames[frames.count - 1].count += 1
        if frame.isObject {
          guard text[i] == 0x22, string(text, &i) else { return .broken }
          i = JSONScan.skipBlanks(text, i)
          guard i < text.count, text[i] == 0x3a else { return .broken }
          i = JSONScan.skipBlanks(text, i + 1)
          guard i < text.count else { return .broken }
        }
      }
      switch text[i] {
      case 0x7b, 0x5b:
        guard frames.count < maxDepth else { return .tooDeep }
        frames.append(Frame(start: words.count, isObject: text[i] == 0x7b))
        words.append(0)
        i += 1
        expect = Self.firstNext
        continue
      case 0x22: guard string(text, &i) else { return .broken }
      default: guard scalar(text, &i) else { return .broken }
      }
      expect = Self.separatorNext
    } while !frames.isEmpty
    guard JSONScan.skipBlanks(text, i) == text.count else { return .broken }
    words[0] = UInt64(UInt8(ascii: "r")) << 56 | UInt64(words.count + 1)
    words.append(UInt64(UInt8(ascii: "r")) << 56)
    return nil
  }

  /// The tape of the last document that was read.
  mutating func tape() -> JSONTape {
    store.count = 0
    store.reserve(words.count * 8 + 8)
    let unaligned = unsafe UInt(bitPattern: store.base) & 7
    let base = unsafe UnsafeMutableRawPointer(
      store.base + (unaligned == 0 ? 0 : 8 - Int(unaligned)))
    let copy = unsafe base.bindMemory(to: UInt64.self, capacity: words.count)
    for index in words.indices { unsafe copy[index] = words[index] }
    return unsafe JSONTape(
      words: UnsafePointer(copy), count: words.count, strings: UnsafePointer(strings.base),
      stringBytes: strings.count + ByteBuffer.room)
  }

  private mutating func end(_ frames: inout [Frame]) {
    let frame = frames.removeLast()
    let open = UInt64(frame.isObject ? JSONTape.Tag.object : JSONTape.Tag.array) << 56
    let close = UInt64(UInt8(frame.isObject ? 0x7d : 0x5d)) << 56
    words.append(close | UInt64(frame.start))
    words[frame.start] = open | UInt64(min(frame.count, 0xff_ffff)) << 32 | UInt64(words.count)
  }

  // MARK: Scalars

  private mutating func scalar(_ text: Bytes, _ i: inout Int) -> Bool {
    let start = i
    scan: while i < text.count {
      switch text[i] {
      case 0x2c, 0x5d, 0x7d, 0x3a, 0x7b, 0x5b, 0x22: break scan
      default:
        if JSONScan.isBlank(text[i]) { break scan }
        i += 1
      }
    }
    let word = text.slice(start, i)
    if word.equals("true") {
      tagged(JSONTape.Tag.yes)
    } else if word.equals("false") {
      tagged(JSONTape.Tag.no)
    } else if word.equals("null") {
      tagged(JSONTape.Tag.null)
    } else if word.equals("NaN") || word.equals("Infinity") || word.equals("-Infinity") {
      oddNumbers += 1
      keepAsText(word)
    } else {
      return number(word)
    }
    return true
  }

  private mutating func number(_ word: Bytes) -> Bool {
    var i = 0
    var isWhole = true
    if i < word.count, word[i] == 0x2d { i += 1 }
    let firstDigit = i
    while i < word.count, word[i] &- 0x30 < 10 { i += 1 }
    guard i > firstDigit, i == firstDigit + 1 || word[firstDigit] != 0x30 else { return false }
    if i < word.count, word[i] == 0x2e {
      isWhole = false
      i += 1
      let fraction = i
      while i < word.count, word[i] &- 0x30 < 10 { i += 1 }
      guard i > fraction else { return false }
    }
    if i < word.count, word[i] | 0x20 == 0x65 {
      isWhole = false
      i += 1
      if i < word.count, word[i] == 0x2b || word[i] == 0x2d { i += 1 }
      let exponent = i
      while i < word.count, word[i] &- 0x30 < 10 { i += 1 }
      guard i > exponent else { return false }
    }
    guard i == word.count else { return false }
    if isWhole {
      if let value = Int64(word.string) {
        tagged(JSONTape.Tag.int, UInt64(bitPattern: value))
      } else if let value = UInt64(word.string) {
        tagged(JSONTape.Tag.uint, value)
      } else {
        oddNumbers += 1
        keepAsText(word)
      }
    } else if let value = Double(word.string), value.isFinite {
      tagged(JSONTape.Tag.double, value.bitPattern)
    } else {
      oddNumbers += 1
      keepAsText(word)
    }
    return true
  }

  private mutating func tagged(_ tag: UInt8) { words.append(UInt64(tag) << 56) }

  private mutating func tagged(_ tag: UInt8, _ bits: UInt64) {
    words.append(UInt64(tag) << 56)
    words.append(bits)
  }

  private mutating func keepAsText(_ word: Bytes) {
    let start = beginString()
    strings.put(word)
    endString(start, mark: Self.numberMark)
  }

  // MARK: Strings

  /// Stands behind the text of a number, where a string has a zero, so that nobody counts it twice.
  static let numberMark: UInt8 = 1

  private mutating func beginString() -> Int {
    let start = strings.count
    for _ in 0..<4 { strings.put(0) }
    return start
  }

  private mutating func endString(_ start: Int, mark: UInt8 = 0) {
    let length = UInt32(truncatingIfNeeded: strings.count - start - 4)
    for byte in 0..<4 { strings.set(start + byte, UInt8(truncatingIfNeeded: length >> (8 * byte))) }
    strings.put(mark)
    words.append(UInt64(JSONTape.Tag.string) << 56 | UInt64(start))
  }

  /// Reads the string whose opening quote stands at `i`.
  private mutating func string(_ text: Bytes, _ i: inout Int) -> Bool {
    let start = beginString()
    var isRepaired = false
    i += 1
    while i < text.count {
      let byte = text[i]
      switch byte {
      case 0x22:
        i += 1
        endString(start)
        if isRepaired { repairedTexts += 1 }
        return true
      case 0x5c: guard escape(text, &i, &isRepaired) else { return false }
      case 0..<0x20:
        isRepaired = true
        strings.put(byte)
        i += 1
      case 0..<0x80:
        strings.put(byte)
        i += 1
      default: strings.putCharacter(text, &i, &isRepaired)
      }
    }
    return false
  }

  private mutating func escape(_ text: Bytes, _ i: inout Int, _ isRepaired: inout Bool) -> Bool {
    guard i + 1 < text.count else { return false }
    let letter = text[i + 1]
    i += 2
    switch letter {
    case 0x22, 0x5c, 0x2f: strings.put(letter)
    case UInt8(ascii: "b"): strings.put(0x08)
    case UInt8(ascii: "f"): strings.put(0x0c)
    case UInt8(ascii: "n"): strings.put(0x0a)
    case UInt8(ascii: "r"): strings.put(0x0d)
    case UInt8(ascii: "t"): strings.put(0x09)
    case UInt8(ascii: "u"):
      guard let unit = unit(text, i) else { return false }
      i += 4
      var scalar = UInt32(unit)
      if unit >= 0xd800, unit < 0xdc00, i + 1 < text.count, text[i] == 0x5c,
        text[i + 1] == UInt8(ascii: "u"), let low = self.unit(text, i + 2), low >= 0xdc00,
        low < 0xe000
      {
        scalar = 0x10000 + (UInt32(unit) - 0xd800) << 10 + (UInt32(low) - 0xdc00)
        i += 6
      }
      if let valid = Unicode.Scalar(scalar) {
        for byte in String(Character(valid)).utf8 { strings.put(byte) }
      } else {
        putReplacement(&isRepaired)
      }
    default: return false
    }
    return true
  }

  private func unit(_ text: Bytes, _ at: Int) -> UInt16? {
    guard at + 4 <= text.count else { return nil }
    var value: UInt16 = 0
    for offset in 0..<4 {
      guard let digit = Character(Unicode.Scalar(text[at + offset])).hexDigitValue else {
        return nil
      }
      value = value << 4 | UInt16(digit)
    }
    return value
  }

  private mutating func putReplacement(_ isRepaired: inout Bool) {
    isRepaired = true
    strings.put("\u{fffd}")
  }
}
