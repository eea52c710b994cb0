/// Brings the fields of messages in order, so that each list stands together.
///
/// A message's length does not hang on the order of its fields, so they move inside its bytes. Fields of one number and wire
/// type keep their order.
///
/// - Complexity: O(bytes · depth) and a sort of the fields of each message that is not in order.
struct ProtobufOrder: ~Copyable {
  /// The bytes in order.
  var buffer = ByteBuffer(capacity: 0)
  private var scratch = ByteBuffer(capacity: 0)

  private struct Part {
    var message: ProtobufMessage?
    var from: Int
    var to: Int
    var depth: Int
  }

  private struct Field {
    var tag: UInt64
    var start: Int
    var head: ProtobufWire.Head
  }

  /// Fills the buffer with the bytes of a message, nil for a request, in order.
  mutating func sort(_ bytes: Bytes, _ message: ProtobufMessage?, maxDepth: Int) {
    buffer.count = 0
    buffer.put(bytes)
    let known = ProtobufMessage.allCases.map(ProtobufSchema.fields)
    var open = [Part(message: message, from: 0, to: bytes.count, depth: 0)]
    while let part = open.popLast() {
      guard let message = part.message else {
        // Entries of a request are of any signal.
        for field in fields(part) where field.head.wire == ProtobufWire.length {
          let kind = ProtobufSignal.ofResource(buffer.bytes, field.head.start, field.head.end).kind
          open.append(
            Part(
              message: .resource(of: kind ?? .span), from: field.head.start, to: field.head.end,
              depth: 1))
        }
        continue
      }
      order(part)
      guard part.depth < maxDepth else { continue }
      for field in fields(part) where field.head.wire == ProtobufWire.length {
        if let inner = known[Int(message.rawValue)].first(where: {
          UInt64($0.number) == field.head.number && $0.shape == .message
        }) {
          open.append(
            Part(
              message: inner.message, from: field.head.start, to: field.head.end,
              depth: part.depth + 1))
        }
      }
    }
  }

  private func fields(_ part: Part) -> [Field] {
    var result: [Field] = []
    var fields = ProtobufFields(buffer.bytes, part.from, part.to)
    while true {
      let start = fields.place
      guard let head = fields.next() else { return result }
      result.append(Field(tag: head.number << 3 | UInt64(head.wire), start: start, head: head))
    }
  }

  private mutating func order(_ part: Part) {
    let fields = fields(part)
    var isOrdered = true
    for index in fields.indices.dropFirst() where fields[index].tag < fields[index - 1].tag {
      isOrdered = false
    }
    if isOrdered { return }
    let sorted = fields.enumerated().sorted {
      ($0.element.tag, $0.offset) < ($1.element.tag, $1.offset)
    }
    scratch.count = 0
    for (_, field) in sorted { scratch.put(buffer.bytes.slice(field.start, field.head.end)) }
    for index in 0..<scratch.count { buffer.set(part.from + index, scratch.bytes[index]) }
  }
}
