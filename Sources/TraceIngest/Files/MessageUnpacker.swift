import CZstd
import TraceModel

/// Messages that were packed one by one with zstd, each behind its length of four bytes, the most significant first, as the collector's
/// file exporter wrote them before it packed whole files.
///
/// JSON comes out as lines, anything else with the length of the unpacked message before it, as the same exporter writes both
/// without packing. A message that is damaged is counted and left out; where its length is wrong, the next message is found
/// by zstd's magic number.
///
/// - Source: formats/traces.md 1.5.
@safe struct MessageUnpacker: ~Copyable {
  /// What one message may take, packed or not; a collector takes no requests of that size.
  static let maxMessageBytes = 32 << 20
  private static let headBytes = 8

  /// Packed bytes that are not used up, and some that are.
  var input = ByteBuffer(capacity: 0)
  /// What could not be unpacked, placed in the unpacked bytes.
  private(set) var defects = DefectTally()
  private var start = 0
  private var output = ByteBuffer(capacity: 0)
  private var outputStart = 0
  private var delivered: Int64 = 0
  private var context: OpaquePointer?
  /// The search for the next message goes on.
  private var isInDamage = false
  /// Whether the messages are JSON; nil before the first.
  private var isJSON: Bool?

  deinit { if let context = unsafe context { unsafe ZSTD_freeDStream(context) } }

  /// Whether a source that starts with these bytes is such a file.
  static func isHere(_ bytes: Bytes) -> Bool {
    bytes.count >= headBytes && isMagic(bytes, 4) && length(bytes, 0) <= maxMessageBytes
  }

  /// Appends unpacked bytes to a buffer until it is full or there are no more at hand.
  mutating func deliver(into buffer: inout ByteBuffer, upTo limit: Int) {
    let part = output.bytes.slice(
      outputStart, min(output.count, outputStart + max(0, limit - buffer.count)))
    buffer.put(part)
    outputStart += part.count
    delivered += Int64(part.count)
  }

  /// Unpacks the next message once the last one is delivered.
  ///
  /// - Parameter isEnd: no more input will come.
  /// - Returns: false where more input is needed, or all is used up.
  mutating func unpackNext(isEnd: Bool) -> Bool {
    let bytes = input.bytes
    let left = bytes.count - start
    if left == 0 { return false }
    if left < Self.headBytes {
      if isEnd { leave(.cutOffRecord, at: bytes.count) }
      return isEnd
    }
    let length = Self.length(bytes, start)
    guard Self.isMagic(bytes, start + 4), length <= Self.maxMessageBytes else {
      return resync(.brokenRecord, isEnd: isEnd)
    }
    let end = start + 4 + length
    guard end <= bytes.count else {
      return isEnd && resync(.cutOffRecord, isEnd: isEnd)
    }
    switch unpack(bytes.slice(start + 4, end)) {
    case .whole: (start, isInDamage) = (end, false)
    case .tooLarge: leave(.tooLarge, at: end)
    case .damaged:
      let isNext = end == bytes.count || end + 8 > bytes.count || Self.isMagic(bytes, end + 4)
      guard isNext else { return resync(.corruptCompression, isEnd: isEnd) }
      leave(.corruptCompression, at: end)
    }
    compact()
    return true
  }

  private enum Unpacked {
    case whole, damaged, tooLarge
  }

  private mutating func unpack(_ packed: Bytes) -> Unpacked {
    output.count = 0
    outputStart = 0
    if isJSON != true { for _ in 0..<4 { output.put(0) } }
    let head = output.count
    if unsafe context == nil { unsafe context = ZSTD_createDStream() }
    guard let context = unsafe context else { fatalError("out of memory") }
    unsafe ZSTD_initDStream(context)
    var from = unsafe ZSTD_inBuffer(src: packed.base, size: packed.count, pos: 0)
    while true {
      output.reserve(max(4096, packed.count))
      // The room was reserved above.
      let room = output.capacity - output.count
      var to = unsafe ZSTD_outBuffer(dst: output.end, size: room, pos: 0)
      let code = unsafe ZSTD_decompressStream(context, &to, &from)
      output.count += unsafe to.pos
      if ZSTD_isError(code) != 0 { return fail(.damaged) }
      if output.count > Self.maxMessageBytes { return fail(.tooLarge) }
      if code == 0 { break }
      if unsafe from.pos == packed.count, unsafe to.pos < room { return fail(.damaged) }
    }
    guard unsafe from.pos == packed.count else { return fail(.damaged) }
    finish(head)
    return .whole
  }

  private mutating func fail(_ result: Unpacked) -> Unpacked {
    output.count = 0
    return result
  }

  /// Puts an unpacked message into the form of a file that is not packed.
  private mutating func finish(_ head: Int) {
    let isFirst = isJSON == nil
    if isFirst { isJSON = output.count > head && output.bytes[head] == 0x7b }
    if isJSON == true {
      if isFirst { outputStart = head }
      if output.count > head, output.bytes[output.count - 1] != 0x0a { output.put(0x0a) }
    } else {
      let length = output.count - head
      for place in 0..<4 {
        output.set(place, UInt8(truncatingIfNeeded: length >> (24 - 8 * place)))
      }
    }
  }

  // MARK: Damage

  private mutating func leave(_ kind: Defect.Kind, at end: Int) {
    if !isInDamage { defects.count(kind, at: delivered) }
    start = end
  }

  /// Moves to the next place with a length and the magic number, as far as there is input.
  private mutating func resync(_ kind: Defect.Kind, isEnd: Bool) -> Bool {
    let bytes = input.bytes
    var at = start + 1
    while at + Self.headBytes <= bytes.count, !Self.isMagic(bytes, at + 4) { at += 1 }
    let isFound = at + Self.headBytes <= bytes.count
    // Where messages follow, nothing was cut off.
    leave(
      isFound && kind == .cutOffRecord ? .brokenRecord : kind,
      at: isFound || !isEnd ? at : bytes.count)
    isInDamage = !isFound
    compact()
    return true
  }

  /// Forgets what is used up.
  private mutating func compact() {
    guard start >= 1 << 18 || start == input.count else { return }
    var rest = ByteBuffer(capacity: input.count - start)
    rest.put(input.bytes.slice(start, input.count))
    swap(&rest, &input)
    start = 0
  }

  private static func isMagic(_ bytes: Bytes, _ at: Int) -> Bool {
    at + 4 <= bytes.count && bytes.word(at) & 0xffff_ffff == 0xfd2f_b528
  }

  private static func length(_ bytes: Bytes, _ at: Int) -> Int {
    Int(UInt32(truncatingIfNeeded: bytes.word(at)).byteSwapped)
  }
}
