/// The keys of plain objects: what each says, worked out once, and how it stands in JSON text, written once and then copied.
///
/// A source has a few dozen keys, and each comes millions of times. Beyond its limit the table forgets everything and goes on.
///
/// - Assumes: keys are short and need no escaping; others are worked out each time.
///
/// Why the unsafe calls hold: slots are taken modulo their number, half of them stay empty, and behind each text lies the
/// buffer's room, which is as long as the longest text.
@safe struct MemberKeys: ~Copyable {
  /// A key's place in the table; valid as long as `generation` stays.
  typealias Slot = Int16

  /// What is known of a key.
  struct Entry {
    fileprivate var hash: UInt64 = 0
    /// Number of the object in which the key was met last.
    fileprivate var list: UInt64 = 0
    /// Where the text starts in `texts`: a comma, the key in quotes, a colon.
    fileprivate var start: Int32 = 0
    /// Bytes of the text; 0 in an empty slot.
    fileprivate var count: Int16 = 0
    /// The key's number among those that records are told by, -1 where it is none.
    var record: Int16 = -1
    /// The id that it names.
    var carrier = Carrier.none
    /// Bits of `RecordKey.Trait`.
    var traits: UInt8 = 0
  }

  private static let slots = 1024
  private static let limit = slots / 2
  /// Bytes of the longest text.
  static let longest = ByteBuffer.room

  /// Changes when the table forgets.
  private(set) var generation = 0
  private let entries: UnsafeMutablePointer<Entry>
  private var texts = ByteBuffer(capacity: 1 << 14)
  private var used = 0
  private var list: UInt64 = 0
  private static let records = Dictionary(
    uniqueKeysWithValues: RecordKey.allCases.map { ("\($0.name)", $0) })
  private static let carriers = CarrierNames()

  init() {
    unsafe entries = .allocate(capacity: Self.slots)
    unsafe entries.initialize(repeating: Entry(), count: Self.slots)
  }

  deinit { unsafe entries.deallocate() }

  /// Begins an object.
  @inline(__always) mutating func startObject() {
    list += 1
    if used == Self.limit { forget() }
  }

  @inline(never) private mutating func forget() {
    unsafe entries.update(repeating: Entry(), count: Self.slots)
    texts.count = 0
    used = 0
    generation += 1
  }

  /// The place of a key, new or known; nil where it is not kept.
  @inline(__always) mutating func slot(_ key: Bytes) -> Slot? {
    let hash = key.keyHash
    var slot = Int(hash >> 54)
    while true {
      let count = unsafe Int(entries[slot].count)
      if count == 0 { return add(key, hash, slot) }
      if unsafe entries[slot].hash == hash, count == key.count &+ 4 {
        let start = unsafe Int(entries[slot].start)
        if key.equals(texts.bytes.slice(start &+ 2, start &+ count &- 2)) {
          return Slot(truncatingIfNeeded: slot)
        }
      }
      slot = (slot &+ 1) & (Self.slots - 1)
    }
  }

  @inline(never) private mutating func add(_ key: Bytes, _ hash: UInt64, _ slot: Int) -> Slot? {
    guard used < Self.limit, key.count + 4 <= Self.longest else { return nil }
    for i in 0..<key.count where key[i] < 0x20 || key[i] == 0x22 || key[i] == 0x5c { return nil }
    var entry = Entry()
    entry.hash = hash
    entry.start = Int32(texts.count)
    entry.count = Int16(key.count + 4)
    if let record = Self.records[key.string] {
      entry.record = Int16(record.rawValue)
      entry.traits = record.traits
    }
    entry.carrier = Self.carriers.carrier(key)
    texts.put(",\"")
    texts.put(key)
    texts.put("\":")
    unsafe entries[slot] = entry
    used += 1
    return Slot(truncatingIfNeeded: slot)
  }

  /// What is known of a key at a place.
  @inline(__always) subscript(slot: Slot) -> Entry {
    unsafe entries[Int(slot) & (Self.slots - 1)]
  }

  /// Notes that the object holds a key.
  ///
  /// - Returns: whether it held it before.
  @inline(__always) func meet(_ slot: Slot) -> Bool {
    let index = Int(slot) & (Self.slots - 1)
    if unsafe entries[index].list == list { return true }
    unsafe entries[index].list = list
    return false
  }

  /// Appends a comma, the key in quotes and a colon.
  @inline(__always) func put(_ slot: Slot, into buffer: inout ByteBuffer) {
    let index = Int(slot) & (Self.slots - 1)
    let count = unsafe Int(entries[index].count)
    buffer.reserve(Self.longest)
    unsafe buffer.putWide(texts.base + Int(entries[index].start), count)
  }

  /// The id that a name says, kept for the next time.
  mutating func carrier(_ name: Bytes) -> Carrier {
    if let slot = slot(name) { return self[slot].carrier }
    return Self.carriers.carrier(name)
  }

  /// The id that a name in a text says; names of texts are not kept.
  func carrier(ofName name: Bytes) -> Carrier { Self.carriers.carrier(name) }

  /// The key that records are told by, of a name that is not kept.
  func record(_ name: Bytes) -> RecordKey? {
    name.count <= Self.longest ? Self.records[name.string] : nil
  }
}
