/// Which known keys one JSON object has, and where their values stand; found in one walk over its members.
///
/// Kept by the decoder, one for each depth of unwrapping. A record that has a key twice is known by the last one.
///
/// - Assumes: nearly all keys were met before.
struct RecordKeys {
  /// One member of the object.
  struct Member {
    /// Index of its value on the tape.
    var value: Int32
    /// Its key's place among the keys of objects; -1 where it is not kept.
    var slot: MemberKeys.Slot
    /// The id that it names.
    var carrier: Carrier
    /// Whether its value is an object, or an array.
    var isContainer: Bool
  }

  /// The object, -1 before the first.
  private(set) var object = -1
  /// Its members in their order.
  private(set) var members: [Member] = []
  /// Bits of `RecordKey.Trait` of all its keys.
  private(set) var traits: UInt8 = 0
  /// Whether a key comes twice, or may.
  private(set) var hasRepeats = false
  /// When the slots of `members` were found.
  private(set) var generation = 0
  /// Beyond so many members, keys that are not kept are not compared with each other.
  private static let maxCompared = 64
  private var found: [Int32]
  private var order: [Int16] = []

  init() { found = Array(repeating: 0, count: RecordKey.allCases.count) }

  /// Index of a key's value on the tape; 0 where the object lacks the key.
  @inline(__always) subscript(key: RecordKey) -> Int { Int(found[key.rawValue]) }

  /// Whether the object has a key.
  @inline(__always) func has(_ key: RecordKey) -> Bool { found[key.rawValue] != 0 }

  /// How many members the object has, known or not, repeated ones each.
  var count: Int { members.count }

  /// Looks at the members of an object; forgets the object before.
  mutating func look(_ tape: JSONTape, _ object: Int, _ names: inout MemberKeys) {
    for key in order { found[Int(key)] = 0 }
    order.removeAll(keepingCapacity: true)
    members.removeAll(keepingCapacity: true)
    traits = 0
    hasRepeats = false
    self.object = object
    guard tape.tag(object) == JSONTape.Tag.object else { return }
    names.startObject()
    generation = names.generation
    var (i, end) = tape.inside(object)
    while i &+ 1 < end {
      let value = i &+ 1
      if let key = tape.text(i) { note(tape, key, value, &names) }
      i = tape.after(value)
    }
  }

  @inline(__always) private mutating func note(
    _ tape: JSONTape, _ key: Bytes, _ value: Int, _ names: inout MemberKeys
  ) {
    let tag = tape.tag(value)
    var member = Member(
      value: Int32(truncatingIfNeeded: value), slot: -1, carrier: .none,
      isContainer: tag == JSONTape.Tag.object || tag == JSONTape.Tag.array)
    if let slot = names.slot(key) {
      let entry = names[slot]
      if names.meet(slot) { hasRepeats = true }
      member.slot = slot
      member.carrier = entry.carrier
      if entry.record >= 0 {
        if found[Int(entry.record)] == 0 { order.append(entry.record) }
        found[Int(entry.record)] = member.value
        traits |= entry.traits
      }
    } else {
      noteUnkept(tape, key, &member, names)
    }
    members.append(member)
  }

  @inline(never) private mutating func noteUnkept(
    _ tape: JSONTape, _ key: Bytes, _ member: inout Member, _ names: borrowing MemberKeys
  ) {
    member.carrier = names.carrier(ofName: key)
    if members.count > Self.maxCompared { hasRepeats = true }
    for other in members where !hasRepeats && other.slot < 0 {
      if tape.text(Int(other.value) - 1)?.equals(key) == true { hasRepeats = true }
    }
    guard let record = names.record(key) else { return }
    if found[record.rawValue] == 0 { order.append(Int16(record.rawValue)) }
    found[record.rawValue] = member.value
    traits |= record.traits
  }
}
