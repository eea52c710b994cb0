/// Jaeger's tags, read from the text itself.
extension JSONText {
  /// What the key of a tag means that is no attribute; attributes have smaller numbers.
  private static let toldKey = 128

  /// Tags as one JSON object, as `putPlainAttributes` writes what was put together of them.
  ///
  /// The key that followed the one before it last time is tried first: spans of one kind have the same tags in the same order.
  ///
  /// - Parameters:
  ///   - cursor: stands at the list; stands behind it afterwards.
  ///   - kind: which spans this one is like.
  ///   - finder: learns where the values of the keys that matter stand among `values`.
  ///   - values: gets these values.
  ///   - told: gets the tags that are no attributes.
  /// - Returns: false where a tag is not as nearly all are: a key twice, a value that is not of the type it names. What was
  ///   written by then is to be taken back.
  mutating func putTags(
    _ cursor: inout JSONCursor, kind: Int, _ finder: inout AttributeFinder,
    _ values: inout ComposedSpan, _ told: inout JaegerTold
  ) -> Bool {
    let start = buffer.count
    finder.clear(isPlain: true)
    guard cursor.take(0x5b) else { return false }
    if cursor.take(0x5d) { return true }
    tagKeys.startList(kind: kind)
    var last: KeyTexts.Slot?
    repeat {
      if !cursor.take("{\"key\":") {
        guard cursor.take(0x7b), cursor.takeKey("key") else { return false }
      }
      guard let slot = tagKey(&cursor, behind: last, finder) else { return false }
      last = slot
      let meaning = tagKeys.meaning(slot)
      if meaning == Self.toldKey {
        guard takesText(&cursor), let value = cursor.string() else { return false }
        let key = tagKeys.quoted(slot)
        guard told.take(key.slice(1, key.count - 1), value) else { return false }
      } else {
        tagKeys.put(slot, into: &buffer)
        if let meaning { finder.note(meaning, values.nextIndex) }
        guard putTagValue(&cursor, meaning != nil, &values) else { return false }
      }
      guard cursor.take(0x7d) else { return false }
    } while cursor.take(0x2c)
    if buffer.count > start {
      // In place of the first key's comma.
      buffer.set(start, 0x7b)
      put(0x7d)
    }
    return cursor.take(0x5d)
  }

  /// The key that stands at the cursor; nil where the list held it before, or the table has no room for it.
  @inline(__always) private mutating func tagKey(
    _ cursor: inout JSONCursor, behind last: KeyTexts.Slot?, _ finder: borrowing AttributeFinder
  ) -> KeyTexts.Slot? {
    let expected = tagKeys.successor(of: last)
    let text = tagKeys.quoted(expected)
    if text.count > 0, cursor.take(text) { return tagKeys.meet(expected) ? nil : expected }
    return otherTagKey(&cursor, behind: last, finder)
  }

  @inline(never) private mutating func otherTagKey(
    _ cursor: inout JSONCursor, behind last: KeyTexts.Slot?, _ finder: borrowing AttributeFinder
  ) -> KeyTexts.Slot? {
    guard let key = cursor.string() else { return nil }
    let hash = key.keyHash
    var probe = JaegerTold()
    let meaning =
      probe.take(key, Bytes.none) ? Self.toldKey : finder.attribute(key, hash)?.rawValue
    guard let slot = tagKeys.find(key, hash) ?? tagKeys.add(key, hash, meaning),
      !tagKeys.meet(slot)
    else { return nil }
    tagKeys.note(slot, of: last)
    return slot
  }

  /// Moves from behind a key to a value whose type is text.
  @inline(__always) private func takesText(_ cursor: inout JSONCursor) -> Bool {
    cursor.take(",\"type\":\"string\",\"value\":") || takesSpacedText(&cursor)
  }

  @inline(never) private func takesSpacedText(_ cursor: inout JSONCursor) -> Bool {
    cursor.take(0x2c) && cursor.takeKey("type") && cursor.take("\"string\"") && cursor.take(0x2c)
      && cursor.takeKey("value")
  }

  /// What stands behind a key, up to the brace that ends its pair.
  @inline(__always) private mutating func putTagValue(
    _ cursor: inout JSONCursor, _ matters: Bool, _ values: inout ComposedSpan
  ) -> Bool {
    if cursor.take(",\"type\":\"string\",\"value\":") {
      return cursor.next == 0x22
        ? putPlainString(&cursor, matters, &values) : putTagNumber(&cursor, matters, &values)
    }
    if cursor.take(",\"type\":\"int64\",\"value\":") {
      return putTagNumber(&cursor, matters, &values)
    }
    return putOtherTagValue(&cursor, matters, &values)
  }

  @inline(never) private mutating func putOtherTagValue(
    _ cursor: inout JSONCursor, _ matters: Bool, _ values: inout ComposedSpan
  ) -> Bool {
    guard cursor.take(0x2c), cursor.takeKey("type"), let type = cursor.string(),
      cursor.take(0x2c), cursor.takeKey("value")
    else { return false }
    let isText = type.equals("string") || type.equals("binary")
    guard isText || type.equals("int64") || type.equals("bool") || type.equals("float64") else {
      return false
    }
    // A number that is written as text has to be told from others.
    if cursor.next == 0x22 { return isText && putPlainString(&cursor, matters, &values) }
    return putTagNumber(&cursor, matters, &values)
  }

  /// A number or a truth value.
  @inline(__always) private mutating func putTagNumber(
    _ cursor: inout JSONCursor, _ matters: Bool, _ values: inout ComposedSpan
  ) -> Bool {
    let place = cursor.at
    guard let number = cursor.signedNumber() else {
      cursor.at = place
      return putRareTagNumber(&cursor, matters, &values)
    }
    putInt(number)
    if matters { values.put(number) }
    return true
  }

  @inline(never) private mutating func putRareTagNumber(
    _ cursor: inout JSONCursor, _ matters: Bool, _ values: inout ComposedSpan
  ) -> Bool {
    let isTrue = cursor.take("true")
    if isTrue || cursor.take("false") {
      if isTrue { put("true") } else { put("false") }
      if matters { values.put(isTrue) }
      return true
    }
    guard let number = cursor.shortNumber() else { return false }
    putDouble(number)
    if matters { values.put(number) }
    return true
  }
}
