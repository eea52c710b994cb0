/// The same bytes as gzip, the same on every machine and with no clock time in them.
///
/// Repeats are found in the last 32 KiB over one chain of equal four-byte beginnings; the codes are the fixed ones. That
/// is larger than a good compressor's output, and hangs on no library's version.
///
/// - Complexity: O(*n*) time and memory; at most 16 candidates are tried at each place.
/// - Source: RFC 1951 (deflate, section 3.2.6 fixed codes), RFC 1952 (gzip).
package func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var packed = Packer()
  packed.write(3, count: 3)  // the last block, fixed codes
  var heads = [Int32](repeating: -1, count: 1 << 15)
  var previous = [Int32](repeating: -1, count: 1 << 15)
  func enter(_ place: Int) {
    guard place + 4 <= bytes.count else { return }
    let slot = slotOfBeginning(bytes, place)
    previous[place & 0x7fff] = heads[slot]
    heads[slot] = Int32(place)
  }
  var place = 0
  while place < bytes.count {
    let match = longestMatch(bytes, place, heads, previous)
    if match.length >= 4 {
      packed.write(length: match.length, distance: match.distance)
      for entered in place..<place + match.length { enter(entered) }
      place += match.length
    } else {
      packed.write(symbol: Int(bytes[place]))
      enter(place)
      place += 1
    }
  }
  packed.write(symbol: 256)
  packed.flush()
  var file: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
  file += packed.bytes
  for value in [checksum(bytes), UInt32(truncatingIfNeeded: bytes.count)] {
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      file.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
  return file
}

private func slotOfBeginning(_ bytes: [UInt8], _ place: Int) -> Int {
  let word =
    UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
    | UInt32(bytes[place + 3]) << 24
  return Int((word &* 2_654_435_761) >> 17)
}

private func longestMatch(
  _ bytes: [UInt8], _ place: Int, _ heads: [Int32], _ previous: [Int32]
) -> (length: Int, distance: Int) {
  guard place + 4 <= bytes.count else { return (0, 0) }
  let limit = min(258, bytes.count - place)
  var best = (length: 0, distance: 0)
  var candidate = Int(heads[slotOfBeginning(bytes, place)])
  var tries = 16
  while candidate >= 0, place - candidate <= 32_768 - 1, tries > 0 {
    var length = 0
    while length < limit, bytes[candidate + length] == bytes[place + length] { length += 1 }
    if length > best.length { best = (length, place - candidate) }
    if length == limit { break }
    let next = Int(previous[candidate & 0x7fff])
    // An overwritten entry points forward: the chain ends.
    if next >= candidate { break }
    candidate = next
    tries -= 1
  }
  return best
}

/// Bits in deflate's order.
private struct Packer {
  var bytes: [UInt8] = []
  private var bits: UInt64 = 0
  private var filled: UInt64 = 0

  mutating func write(_ value: Int, count: Int) {
    bits |= UInt64(value) << filled
    filled += UInt64(count)
    while filled >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: bits))
      bits >>= 8
      filled -= 8
    }
  }

  mutating func flush() {
    if filled > 0 { write(0, count: 8 - Int(filled)) }
  }

  /// A literal or length symbol in its fixed code; codes go out highest bit first.
  mutating func write(symbol: Int) {
    switch symbol {
    case ..<144: write(code: 0x30 + symbol, count: 8)
    case ..<256: write(code: 0x190 + symbol - 144, count: 9)
    case ..<280: write(code: symbol - 256, count: 7)
    default: write(code: 0xc0 + symbol - 280, count: 8)
    }
  }

  mutating func write(length: Int, distance: Int) {
    var symbol = lengthBases.count - 1
    while lengthBases[symbol] > length { symbol -= 1 }
    write(symbol: 257 + symbol)
    let lengthBits = symbol < 8 || symbol == 28 ? 0 : symbol / 4 - 1
    write(length - lengthBases[symbol], count: lengthBits)
    var code = 29
    while distanceBase(code) > distance { code -= 1 }
    write(code: code, count: 5)
    write(distance - distanceBase(code), count: code < 4 ? 0 : code / 2 - 1)
  }

  private func distanceBase(_ code: Int) -> Int {
    code < 4 ? code + 1 : (2 + code % 2) << (code / 2 - 1) + 1
  }

  private mutating func write(code: Int, count: Int) {
    var reversed = 0
    for bit in 0..<count { reversed |= (code >> bit & 1) << (count - 1 - bit) }
    write(reversed, count: count)
  }
}

private let lengthBases = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
]

/// CRC-32 of RFC 1952.
private func checksum(_ bytes: [UInt8]) -> UInt32 {
  let table = (UInt32(0)..<256).map { byte in
    (0..<8).reduce(byte) { rest, _ in rest & 1 == 1 ? 0xedb8_8320 ^ rest >> 1 : rest >> 1 }
  }
  var sum = UInt32.max
  for byte in bytes { sum = table[Int((sum ^ UInt32(byte)) & 255)] ^ sum >> 8 }
  return ~sum
}
