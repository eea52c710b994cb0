/// The parts that a protobuf message is made of.
///
/// - Source: protobuf.dev, "Encoding".
enum ProtobufWire {
  static let varint: UInt8 = 0
  static let fixed64: UInt8 = 1
  /// A length and so many bytes: text, bytes, messages, packed numbers.
  static let length: UInt8 = 2
  static let fixed32: UInt8 = 5
  /// The tag of field 1 with a length: the entries of a request, and the first byte of most messages.
  static let firstTag: UInt8 = 0x0a

  /// A field's head.
  struct Head {
    var number: UInt64
    var wire: UInt8
    /// Where the field's content begins: behind the tag, and behind the length where there is one.
    var start: Int
    /// Where the content ends; it may lie behind the bytes that there are.
    var end: Int
  }

  /// How reading a head came out.
  enum Step {
    case field(Head)
    /// The bytes stop inside the head.
    case incomplete
    /// No field begins so.
    case broken
  }

  /// The head of the field at an index.
  ///
  /// Groups (wire types 3 and 4) are no part of OTLP; they are taken for what they nearly always are, damage.
  static func head(_ bytes: Bytes, _ start: Int) -> Step {
    var i = start
    guard let tag = bytes.varint(&i, bytes.count) else {
      return i < bytes.count ? .broken : .incomplete
    }
    let number = tag >> 3
    guard number > 0, number < 1 << 29 else { return .broken }
    let wire = UInt8(tag & 7)
    switch wire {
    case varint:
      let content = i
      guard bytes.varint(&i, bytes.count) != nil else {
        return i < bytes.count ? .broken : .incomplete
      }
      return .field(Head(number: number, wire: wire, start: content, end: i))
    case fixed64: return .field(Head(number: number, wire: wire, start: i, end: i + 8))
    case fixed32: return .field(Head(number: number, wire: wire, start: i, end: i + 4))
    case length:
      guard let length = bytes.varint(&i, bytes.count) else {
        return i < bytes.count ? .broken : .incomplete
      }
      guard length < 1 << 40 else { return .broken }
      return .field(Head(number: number, wire: wire, start: i, end: i + Int(length)))
    default: return .broken
    }
  }
}

/// The fields of a message that lies in memory, as far as it is whole.
struct ProtobufFields {
  private let bytes: Bytes
  private(set) var place: Int
  /// Nothing in it breaks.
  private(set) var isSound = true

  init(_ bytes: Bytes, _ from: Int, _ to: Int) {
    self.bytes = bytes.slice(0, to)
    place = from
  }

  /// The next field; nil at the end, and where a field is broken or passes the end.
  mutating func next() -> ProtobufWire.Head? {
    guard place < bytes.count else { return nil }
    guard case .field(let head) = ProtobufWire.head(bytes, place), head.end <= bytes.count else {
      isSound = false
      return nil
    }
    place = head.end
    return head
  }
}

extension Bytes {
  /// The varint at an index, which then stands behind it.
  ///
  /// - Returns: nil where it does not end before `end`, and the index stands there; or is longer than ten bytes, and the index
  ///   stands before `end`.
  @inline(__always) func varint(_ i: inout Int, _ end: Int) -> UInt64? {
    if i < end, self[i] < 0x80 {
      i &+= 1
      return UInt64(self[i &- 1])
    }
    return longVarint(&i, end)
  }

  @inline(never) private func longVarint(_ i: inout Int, _ end: Int) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var at = i
    while at < end {
      let byte = self[at]
      value |= UInt64(byte & 0x7f) << shift
      at &+= 1
      if byte < 0x80 {
        i = at
        return value
      }
      shift &+= 7
      if shift > 63 { return nil }
    }
    i = end
    return nil
  }
}
