/// OTLP's attributes, read from the text itself.
extension JSONText {
  /// A list of keys and values as one JSON object, as `putAttributes` with a tape writes it.
  ///
  /// The key that followed the one before it last time is tried first: spans of one kind have the same keys in the same order.
  ///
  /// - Parameters:
  ///   - cursor: stands at the list; stands behind it afterwards.
  ///   - kind: which spans this one is like.
  ///   - finder: learns where the values of the keys that matter stand among `values`, as plain JSON.
  ///   - values: gets these values.
  /// - Returns: false where a list is not as nearly all are: a key twice, a value that is no plain string, number or truth
  ///   value. What was written by then is to be taken back.
  mutating func putAttributes(
    _ cursor: inout JSONCursor, kind: Int, _ finder: inout AttributeFinder,
    _ values: inout ComposedSpan
  ) -> Bool {
    let start = buffer.count
    finder.clear(isPlain: true)
    guard cursor.take(0x5b) else { return false }
    if cursor.take(0x5d) { return true }
    keys.startList(kind: kind)
    var last: KeyTexts.Slot?
    repeat {
      if !cursor.take("{\"key\":") {
        guard cursor.take(0x7b), cursor.takeKey("key") else { return false }
      }
      guard let slot = putKey(&cursor, behind: last, finder) else { return false }
      last = slot
      guard putValue(&cursor, keys.meaning(slot), &finder, &values), cursor.take(0x7d),
        cursor.take(0x7d)
      else { return false }
    } while cursor.take(0x2c)
    // In place of the first key's comma.
    buffer.set(start, 0x7b)
    put(0x7d)
    return cursor.take(0x5d)
  }

  /// A comma, the key that stands at the cursor, and a colon; nil where the list held it before, or the table has no room for it.
  @inline(__always) private mutating func putKey(
    _ cursor: inout JSONCursor, behind last: KeyTexts.Slot?, _ finder: borrowing AttributeFinder
  ) -> KeyTexts.Slot? {
    let expected = keys.successor(of: last)
    let text = keys.quoted(expected)
    if text.count > 0, cursor.take(text) {
      if keys.meet(expected) { return nil }
      keys.put(expected, into: &buffer)
      return expected
    }
    return putOtherKey(&cursor, behind: last, finder)
  }

  @inline(never) private mutating func putOtherKey(
    _ cursor: inout JSONCursor, behind last: KeyTexts.Slot?, _ finder: borrowing AttributeFinder
  ) -> KeyTexts.Slot? {
    guard let key = cursor.string() else { return nil }
    let hash = key.keyHash
    let known = keys.find(key, hash)
    guard let slot = known ?? keys.add(key, hash, finder.attribute(key, hash)?.rawValue),
      !keys.meet(slot)
    else { return nil }
    keys.note(slot, of: last)
    keys.put(slot, into: &buffer)
    return slot
  }

  /// What stands behind a key, up to the braces that end the value and its pair.
  @inline(__always) private mutating func putValue(
    _ cursor: inout JSONCursor, _ attribute: Int?, _ finder: inout AttributeFinder,
    _ values: inout ComposedSpan
  ) -> Bool {
    if let attribute { finder.note(attribute, values.nextIndex) }
    if cursor.take(",\"value\":{\"stringValue\":") {
      return putPlainString(&cursor, attribute != nil, &values)
    }
    if cursor.take(",\"value\":{\"intValue\":") {
      return putWhole(&cursor, attribute != nil, &values)
    }
    return putOtherValue(&cursor, attribute != nil, &values)
  }

  @inline(never) private mutating func putOtherValue(
    _ cursor: inout JSONCursor, _ matters: Bool, _ values: inout ComposedSpan
  ) -> Bool {
    guard cursor.take(0x2c), cursor.takeKey("value"), cursor.take(0x7b), let name = cursor.key()
    else { return false }
    switch AnyValue.kind(name) {
    case .string: return putPlainString(&cursor, matters, &values)
    case .int: return putWhole(&cursor, matters, &values)
    case .bool:
      let isTrue = cursor.take("true")
      guard isTrue || cursor.take("false") else { return false }
      if isTrue { put("true") } else { put("false") }
      if matters { values.put(isTrue) }
    case .double:
      guard let number = cursor.shortNumber() else { return false }
      putDouble(number)
      if matters { values.put(number) }
    default: return false
    }
    return true
  }

  /// The string that stands at the cursor, in quotes; false where there is none, or a broken one.
  ///
  /// - Parameter matters: it is put among the values.
  @inline(__always) mutating func putPlainString(
    _ cursor: inout JSONCursor, _ matters: Bool, _ values: inout ComposedSpan
  ) -> Bool {
    let text: Bytes
    if let plain = cursor.string() {
      text = plain
      if matters { values.put(text) }
    } else if !matters, let written = cursor.writtenString() {
      text = written.text
    } else {
      return putEscapedString(&cursor, matters, &values)
    }
    buffer.reserve(text.count &+ 32)
    var out = unsafe UnsafeMutableRawPointer(buffer.end)
    // With the quotes around it.
    var i = -1
    while i <= text.count {
      unsafe out.storeBytes(of: text.sixteen(i), as: SIMD16<UInt8>.self)
      unsafe out += 16
      i &+= 16
    }
    buffer.count += text.count &+ 2
    return true
  }

  /// The same for a string with escapes.
  @inline(never) private mutating func putEscapedString(
    _ cursor: inout JSONCursor, _ matters: Bool, _ values: inout ComposedSpan
  ) -> Bool {
    guard cursor.unescape(into: &unescaped) else { return false }
    buffer.putString(unescaped.bytes)
    if matters { values.put(unescaped.bytes) }
    return true
  }

  /// A whole number, written as text or as a number.
  @inline(__always) private mutating func putWhole(
    _ cursor: inout JSONCursor, _ matters: Bool, _ values: inout ComposedSpan
  ) -> Bool {
    var number: Int64?
    if let text = cursor.string() {
      if putDigits(text) {
        if matters { values.put(signedDecimal(text) ?? 0) }
        return true
      }
      // `error` is told by the digits themselves, and "00" is not "0".
      let first = text.count > 1 && text[0] == 0x2d ? text[1] : text[0]
      if first == 0x30 || text.count == 0 { return false }
      number = signedDecimal(text)
    } else {
      number = cursor.wholeNumber()
    }
    guard let number else { return false }
    putInt(number)
    if matters { values.put(number) }
    return true
  }
}
