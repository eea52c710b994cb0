/// What OTLP's protobuf looks like from outside: told from text and from other binary data by lengths that fit into each other.
enum ProtobufShape {
  private static let oldScopes = UInt64(ProtobufSchema.oldScopes)

  /// The length that stands before a request.
  static func frameLength(_ bytes: Bytes, _ at: Int) -> Int {
    Int(UInt32(truncatingIfNeeded: bytes.word(at)).byteSwapped)
  }

  /// Whether a request with its length stands at an index; nil where the bytes end before that can be said.
  static func isFrame(_ bytes: Bytes, _ at: Int) -> Bool? {
    guard at + 4 <= bytes.count else { return nil }
    let length = frameLength(bytes, at)
    return length > 0 ? isEntry(bytes, at + 4, at + 4 + length) : false
  }

  /// Whether what one resource sent stands at an index, in a request that ends at another: field 1, and in it a resource or a
  /// scope, and in that a field that it may begin with, each length inside the one around it.
  ///
  /// Nil where the bytes end before that can be said.
  static func isEntry(_ bytes: Bytes, _ at: Int, _ end: Int) -> Bool? {
    guard let entry = inner(bytes, at, end, [1]) else { return nil }
    guard let entry, entry.wire == ProtobufWire.length, entry.start < entry.end else {
      return false
    }
    guard let part = inner(bytes, entry.start, entry.end, [1, 2, oldScopes]) else { return nil }
    guard let part, part.wire == ProtobufWire.length else { return false }
    if part.start == part.end {
      // An empty resource; then a scope, an address of a schema, or nothing at all.
      if part.number != 1 || part.end == entry.end { return part.end == entry.end }
      guard let next = inner(bytes, part.end, entry.end, [2, 3, oldScopes]) else { return nil }
      guard let next, next.wire == ProtobufWire.length else { return false }
      return next.number == 3 ? true : isScope(bytes, next)
    }
    return part.number == 1 ? isResource(bytes, part) : isScope(bytes, part)
  }

  /// A resource begins with an attribute, which begins with its key, or with a number of dropped ones.
  private static func isResource(_ bytes: Bytes, _ part: ProtobufWire.Head) -> Bool? {
    guard let field = inner(bytes, part.start, part.end, [1, 2, 3]) else { return nil }
    guard let field else { return false }
    if field.number == 2 { return field.wire == ProtobufWire.varint }
    guard field.wire == ProtobufWire.length, field.start < field.end else { return false }
    guard let key = inner(bytes, field.start, field.end, [1, 2, 3, 4]) else { return nil }
    guard let key, key.wire == ProtobufWire.length else { return false }
    guard field.number == 1, key.number == 1 else { return true }
    // Keys are names.
    for i in key.start..<min(key.end, bytes.count) where bytes[i] < 0x20 { return false }
    return true
  }

  /// A scope begins with what it is or with an element; elements begin with a time or with something that has a length.
  private static func isScope(_ bytes: Bytes, _ part: ProtobufWire.Head) -> Bool? {
    if part.start == part.end { return true }
    guard let field = inner(bytes, part.start, part.end, [1, 2, 3]) else { return nil }
    guard let field, field.wire == ProtobufWire.length else { return false }
    if field.start == field.end || field.number == 3 { return true }
    guard let first = inner(bytes, field.start, field.end, Array(1...16)) else { return nil }
    guard let first else { return false }
    return first.wire == ProtobufWire.length || first.wire == ProtobufWire.fixed64
      || first.wire == ProtobufWire.varint
  }

  /// Whether a source that starts with these bytes is OTLP's: a request, or one with its length, of which all that is whole is
  /// sound.
  static func isRequest(_ prefix: Bytes) -> Bool {
    guard prefix.count >= 4 else { return false }
    let isFramed = isFrame(prefix, 0) == true
    let start = isFramed ? 4 : 0
    let end = isFramed ? 4 + frameLength(prefix, 0) : Int.max
    guard isFramed || isEntry(prefix, 0, .max) == true,
      case .field(let entry) = ProtobufWire.head(prefix, start), entry.end <= end
    else { return false }
    var isProven = false
    var fields = ProtobufFields(prefix, entry.start, min(entry.end, prefix.count))
    while let head = fields.next() {
      if head.number == 1 {
        var strict = ProtobufReader()
        let resource = prefix.slice(head.start, head.end)
        guard strict.read(resource, as: .resource) == nil, strict.isExact else { return false }
        isProven = resource.count > 0
      } else if ProtobufSignal.isScopes(head) {
        var inner = ProtobufFields(prefix, head.start, head.end)
        while let element = inner.next() {
          guard element.number == 2 else { continue }
          let kind = ProtobufSignal.ofElement(prefix, element.start, element.end).kind
          guard let kind else { return false }
          if isProven { return true }
          var strict = ProtobufReader()
          let content = prefix.slice(element.start, element.end)
          return strict.read(content, as: .element(of: kind)) == nil && strict.isExact
        }
      }
    }
    return entry.end > prefix.count || fields.isSound
  }

  /// The field at an index inside a message that ends at another.
  ///
  /// - Returns: `.some(nil)` where none of the numbers stands there or it passes the end; nil where the bytes end before.
  private static func inner(
    _ bytes: Bytes, _ at: Int, _ end: Int, _ numbers: [UInt64]
  ) -> ProtobufWire.Head?? {
    guard at < end else { return .some(nil) }
    switch ProtobufWire.head(bytes.slice(0, min(bytes.count, end)), min(at, bytes.count)) {
    case .incomplete: return end <= bytes.count ? .some(nil) : nil
    case .broken: return .some(nil)
    case .field(let head):
      return .some(head.end <= end && numbers.contains(head.number) ? head : nil)
    }
  }

  /// Where the entries of a request end that should fill the bytes up to an index: there, or at the first that does not.
  static func endOfEntries(_ bytes: Bytes, _ from: Int, _ end: Int) -> Int {
    var fields = ProtobufFields(bytes, from, end)
    var reached = from
    while let head = fields.next() {
      // Other fields may come in later versions.
      guard head.number != 1 || head.wire == ProtobufWire.length else { break }
      reached = fields.place
    }
    return reached
  }
}
