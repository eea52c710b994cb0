/// What the keys of a source say, each worked out once: keys of records come again millions of times.
///
/// Beyond its limit the table forgets everything and goes on.
///
/// Why the unsafe calls hold: slots are taken modulo their number, and half of them stay empty.
@safe struct KeyRoles: ~Copyable {
  private struct Entry {
    var hash: UInt64 = 0
    var start: Int32 = 0
    /// -1 in an empty slot.
    var count: Int32 = -1
    var carrier = Carrier.none
  }

  private static let slots = 1024
  private static let limit = slots / 2
  /// Longer keys are worked out each time.
  private static let longest = 64

  private let entries: UnsafeMutablePointer<Entry>
  private var texts = ByteBuffer(capacity: 1 << 13)
  private var used = 0
  private let names = CarrierNames()

  init() {
    unsafe entries = .allocate(capacity: Self.slots)
    unsafe entries.initialize(repeating: Entry(), count: Self.slots)
  }

  deinit { unsafe entries.deallocate() }

  /// The id that a key names.
  @inline(__always) mutating func carrier(_ key: Bytes) -> Carrier {
    let hash = key.keyHash
    var slot = Int(hash >> 54)
    while true {
      let count = unsafe Int(entries[slot].count)
      if count < 0 { return add(key, hash) }
      if unsafe entries[slot].hash == hash, count == key.count {
        let start = unsafe Int(entries[slot].start)
        if key.equals(texts.bytes.slice(start, start &+ count)) {
          return unsafe entries[slot].carrier
        }
      }
      slot = (slot &+ 1) & (Self.slots - 1)
    }
  }

  /// What a name in a text says; names of texts are not kept.
  func carrier(ofName name: Bytes) -> Carrier { names.carrier(name) }

  @inline(never) private mutating func add(_ key: Bytes, _ hash: UInt64) -> Carrier {
    let carrier = names.carrier(key)
    guard key.count <= Self.longest else { return carrier }
    if used == Self.limit {
      unsafe entries.update(repeating: Entry(), count: Self.slots)
      texts.count = 0
      used = 0
    }
    var slot = Int(hash >> 54)
    while unsafe entries[slot].count >= 0 { slot = (slot + 1) & (Self.slots - 1) }
    unsafe entries[slot] = Entry(
      hash: hash, start: Int32(texts.count), count: Int32(key.count), carrier: carrier)
    texts.put(key)
    used += 1
    return carrier
  }
}
