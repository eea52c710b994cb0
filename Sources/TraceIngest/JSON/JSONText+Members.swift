/// Members of an object that are written elsewhere, by the tape indices of their values.
///
/// - Assumes: they are few.
struct TakenMembers {
  private var values: [Int] = []
  /// Objects that hold some of them.
  private var holders: [Int] = []
  /// A bit for each value and holder, by the low six bits of its index.
  private var bits: UInt64 = 0

  /// Forgets all.
  mutating func removeAll() {
    values.removeAll(keepingCapacity: true)
    holders.removeAll(keepingCapacity: true)
    bits = 0
  }

  /// Notes that a value is written elsewhere.
  ///
  /// - Parameter holder: the object that holds it, 0 for the record itself.
  mutating func take(_ value: Int, from holder: Int = 0) {
    values.append(value)
    bits |= 1 << UInt64(value & 63)
    if holder != 0 {
      holders.append(holder)
      bits |= 1 << UInt64(holder & 63)
    }
  }

  /// Whether a value may be one of them, or hold one.
  @inline(__always) func concerns(_ value: Int) -> Bool { bits >> UInt64(value & 63) & 1 != 0 }

  /// Whether a value is written elsewhere.
  func has(_ value: Int) -> Bool { values.contains(value) }

  /// Whether a value is an object that holds such values.
  func isHolder(_ value: Int) -> Bool { holders.contains(value) }
}

extension JSONText {
  /// The members of a plain JSON object but those that are taken; nothing where none is left. Where a key occurs twice, the
  /// last one counts.
  ///
  /// - Parameter keys: what was found of the object, or of another one.
  mutating func putMembers(
    _ tape: JSONTape, _ object: Int, _ keys: RecordKeys, except taken: TakenMembers
  ) {
    guard keys.object == object, !keys.hasRepeats, keys.generation == memberKeys.generation else {
      return putOddMembers(tape, object, except: taken)
    }
    let start = buffer.count
    for member in keys.members {
      let value = Int(member.value)
      let concerns = taken.concerns(value)
      if concerns, taken.has(value) { continue }
      let before = buffer.count
      if member.slot >= 0 {
        memberKeys.put(member.slot, into: &buffer)
      } else {
        put(0x2c)
        putString(tape.text(value - 1) ?? Bytes.none)
        put(0x3a)
      }
      if concerns, taken.isHolder(value) {
        if !putHolder(tape, value, except: taken) { buffer.count = before }
      } else {
        putPlain(tape, value)
      }
    }
    guard buffer.count > start else { return }
    // In place of the first key's comma.
    buffer.set(start, 0x7b)
    put(0x7d)
  }

  /// A value as it stands.
  @inline(__always) private mutating func putPlain(_ tape: JSONTape, _ value: Int) {
    if let words = tape.text(value) { return putString(words) }
    if tape.tag(value) == JSONTape.Tag.int { return putInt(Int64(bitPattern: tape.number(value))) }
    putRaw(tape, value)
  }

  /// An object without its members that are taken; false where nothing is left.
  private mutating func putHolder(
    _ tape: JSONTape, _ object: Int, except taken: TakenMembers
  ) -> Bool {
    let start = buffer.count
    var (i, end) = tape.inside(object)
    while i + 1 < end {
      if !taken.has(i + 1) {
        put(buffer.count == start ? 0x7b : 0x2c)
        putString(tape.text(i) ?? Bytes.none)
        put(0x3a)
        putRaw(tape, i + 1)
      }
      i = tape.after(i + 1)
    }
    guard buffer.count > start else { return false }
    put(0x7d)
    return true
  }

  /// The same for objects in which keys may occur twice.
  @inline(never) private mutating func putOddMembers(
    _ tape: JSONTape, _ object: Int, except taken: TakenMembers
  ) {
    let start = buffer.count
    var last: [String: Int] = [:]
    var (i, end) = tape.inside(object)
    while i + 1 < end {
      if last.updateValue(i, forKey: (tape.text(i) ?? Bytes.none).string) != nil {
        repeatedKeys += 1
      }
      i = tape.after(i + 1)
    }
    i = tape.inside(object).first
    while i + 1 < end {
      let key = tape.text(i) ?? Bytes.none
      if last[key.string] == i, !taken.has(i + 1) {
        let before = buffer.count
        put(before == start ? 0x7b : 0x2c)
        putString(key)
        put(0x3a)
        if !taken.isHolder(i + 1) {
          putRaw(tape, i + 1)
        } else if !putHolder(tape, i + 1, except: taken) {
          buffer.count = before
        }
      }
      i = tape.after(i + 1)
    }
    if buffer.count > start { put(0x7d) }
  }
}
