/// Which known keys one JSON object has, and where their values stand; found in one walk over its members.
///
/// Kept by the decoder, one for each depth of unwrapping. A record that has a key twice is known by the last one.
///
/// - Assumes: most keys are known, or told by their hash not to be.
struct RecordKeys {
  private let slots: [(hash: UInt64, key: Int16)]
  private var found: [Int32]
  private var order: [Int16] = []

  init() {
    var slots: [(hash: UInt64, key: Int16)] = Array(repeating: (0, -1), count: 1024)
    found = Array(repeating: 0, count: RecordKey.allCases.count)
    for key in RecordKey.allCases {
      // A copy with room behind it, as `keyHash` wants it.
      var copy = ByteBuffer(capacity: 64)
      copy.put(key.name)
      let hash = copy.bytes.keyHash
      var slot = Int(hash >> 54)
      while slots[slot].key >= 0 { slot = (slot + 1) & 1023 }
      slots[slot] = (hash, Int16(key.rawValue))
    }
    self.slots = slots
  }

  /// Index of a key's value on the tape; 0 where the object lacks the key.
  @inline(__always) subscript(key: RecordKey) -> Int { Int(found[key.rawValue]) }

  /// Whether the object has a key.
  @inline(__always) func has(_ key: RecordKey) -> Bool { found[key.rawValue] != 0 }

  /// Looks at the members of an object; forgets the object before.
  mutating func look(_ tape: JSONTape, _ object: Int) {
    for key in order { found[Int(key)] = 0 }
    order.removeAll(keepingCapacity: true)
    guard tape.tag(object) == JSONTape.Tag.object else { return }
    var (i, end) = tape.inside(object)
    while i + 1 < end {
      if let name = tape.text(i), let key = key(name) {
        if found[key] == 0 { order.append(Int16(key)) }
        found[key] = Int32(truncatingIfNeeded: i + 1)
      }
      i = tape.after(i + 1)
    }
  }

  /// The number of a key's text, nil where it is none of ours.
  @inline(__always) func key(_ name: Bytes) -> Int? {
    let hash = name.keyHash
    var slot = Int(hash >> 54)
    while slots[slot].key >= 0 {
      if slots[slot].hash == hash, let known = RecordKey(rawValue: Int(slots[slot].key)),
        name.equals(known.name)
      {
        return known.rawValue
      }
      slot = (slot + 1) & 1023
    }
    return nil
  }
}
