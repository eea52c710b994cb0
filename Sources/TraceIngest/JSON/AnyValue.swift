/// One element of OTLP's lists of keys and values, as tape indices.
struct KeyValue {
  /// The key; nil where the element has none that is text.
  var key: Bytes?
  /// Index of the AnyValue; 0, where nothing stands, if it is missing.
  var value = 0

  @inline(__always) init(_ tape: JSONTape, _ index: Int) {
    guard tape.tag(index) == JSONTape.Tag.object else { return }
    // Nearly all writers say "key" first and "value" second.
    if let first = tape.text(index + 1), first.equals("key"), let key = tape.text(index + 2),
      tape.after(index) > index + 4, let second = tape.text(index + 3), second.equals("value"),
      tape.after(index + 4) == tape.after(index) - 1
    {
      self.key = key
      value = index + 4
    } else {
      search(tape, index)
    }
  }

  @inline(never) private mutating func search(_ tape: JSONTape, _ index: Int) {
    var (i, end) = tape.inside(index)
    while i + 1 < end {
      if let name = tape.text(i) {
        if name.equals("key") { key = tape.text(i + 1) }
        if name.equals("value") { value = i + 1 }
      }
      i = tape.after(i + 1)
    }
  }
}

/// OTLP's AnyValue: which member is set, and where its content stands on the tape.
struct AnyValue {
  /// The member that is set.
  enum Kind {
    case string, bool, int, double, array, list, bytes
    case null, emptyArray, emptyList
    /// Something else than OTLP says, kept as it stands.
    case wrong
  }

  var kind = Kind.null
  /// Index of the content: of the elements for arrays and lists, of the whole value for `wrong`.
  var index = 0

  @inline(__always) init(_ tape: JSONTape, _ value: Int) {
    let tag = tape.tag(value)
    guard tag == JSONTape.Tag.object else {
      if tag != JSONTape.Tag.null, tag != 0 {
        kind = .wrong
        index = value
      }
      return
    }
    let (first, end) = tape.inside(value)
    guard first < end, let name = tape.text(first) else { return }
    if tape.after(first + 1) == end {
      kind = AnyValue.kind(name)
      index = kind == .wrong ? value : first + 1
    } else {
      choose(tape, value)
    }
    settle(tape)
  }

  /// A plain JSON value, as formats other than OTLP write attributes.
  init(plain tape: JSONTape, _ value: Int) {
    index = value
    switch tape.tag(value) {
    case JSONTape.Tag.string: kind = .string
    case JSONTape.Tag.int, JSONTape.Tag.uint: kind = .int
    case JSONTape.Tag.double: kind = .double
    case JSONTape.Tag.yes, JSONTape.Tag.no: kind = .bool
    case JSONTape.Tag.array: kind = .array
    case JSONTape.Tag.object: kind = .list
    default: kind = .null
    }
  }

  /// What a member's name says of its content.
  @inline(__always) static func kind(_ name: Bytes) -> Kind {
    switch name.count {
    case 11:
      if name.equals("stringValue") { return .string }
      if name.equals("doubleValue") { return .double }
      if name.equals("kvlistValue") { return .list }
      if name.equals("array_value") { return .array }
      if name.equals("bytes_value") { return .bytes }
    case 8: if name.equals("intValue") { return .int }
    case 9:
      if name.equals("boolValue") { return .bool }
      if name.equals("int_value") { return .int }
    case 10:
      if name.equals("arrayValue") { return .array }
      if name.equals("bytesValue") { return .bytes }
      if name.equals("bool_value") { return .bool }
    case 12:
      if name.equals("string_value") { return .string }
      if name.equals("double_value") { return .double }
      if name.equals("kvlist_value") { return .list }
    default: break
    }
    return .wrong
  }

  /// With several members, the first in the order string, bool, int, double, array, list, bytes counts.
  @inline(never) private mutating func choose(_ tape: JSONTape, _ value: Int) {
    let order: [Kind] = [.string, .bool, .int, .double, .array, .list, .bytes]
    var best = order.count
    kind = .wrong
    index = value
    var (i, end) = tape.inside(value)
    while i + 1 < end {
      if let name = tape.text(i), tape.tag(i + 1) != JSONTape.Tag.null,
        let rank = order.firstIndex(of: AnyValue.kind(name)), rank < best
      {
        best = rank
        kind = order[rank]
        index = i + 1
      }
      i = tape.after(i + 1)
    }
  }

  /// A null member is a null; arrays and lists stand for their elements.
  @inline(__always) private mutating func settle(_ tape: JSONTape) {
    if kind == .array || kind == .list { openList(tape) }
    if tape.tag(index) == JSONTape.Tag.null, kind != .emptyArray, kind != .emptyList {
      kind = .null
    }
  }

  @inline(never) private mutating func openList(_ tape: JSONTape) {
    let whole = index
    guard tape.tag(index) == JSONTape.Tag.object else {
      if tape.tag(index) != JSONTape.Tag.null { kind = .wrong }
      return
    }
    var (i, end) = tape.inside(index)
    while i + 1 < end {
      if let name = tape.text(i), name.equals("values"),
        tape.tag(i + 1) != JSONTape.Tag.null
      {
        index = i + 1
        if tape.tag(i + 1) != JSONTape.Tag.array {
          kind = .wrong
          index = whole
        }
        return
      }
      i = tape.after(i + 1)
    }
    kind = kind == .array ? .emptyArray : .emptyList
  }
}
