/// Keys of attributes as they stand in JSON text, in quotes and with their colon: written once, then copied.
///
/// A file has a few dozen keys, and each comes millions of times. With a key stands what it means to its reader, most often
/// the attribute that it names, and the list in which it was met last, by which keys that occur twice are found. Beyond its
/// limit the table forgets everything and goes on.
///
/// - Assumes: keys are short and need no escaping; others are never in the table.
///
/// Why the unsafe calls hold: slots are taken modulo their number, and behind each text lies the buffer's room, which is as
/// long as the longest text.
@safe struct KeyTexts: ~Copyable {
  /// A key's place in the table; valid until the next list.
  typealias Slot = Int

  private struct Entry {
    var hash: UInt64 = 0
    /// Number of the list in which the key was met last.
    var list: UInt64 = 0
    /// Where the text starts in `texts`: a comma, the key in quotes, a colon.
    var start: Int32 = 0
    /// Bytes of the text; 0 in an empty slot.
    var count: Int16 = 0
    /// What the key means; -1: nothing.
    var meaning: Int16 = -1
  }

  private static let slots = 1024
  private static let limit = slots / 2
  /// How many kinds of lists are told apart.
  private static let kinds = 32
  /// Bytes of the longest text.
  static let longest = ByteBuffer.room

  private let entries: UnsafeMutablePointer<Entry>
  /// For each place, and before them all for the beginning of a list: the place of the key that followed last time, by kind of
  /// list.
  private let successors: UnsafeMutablePointer<Int16>
  private var texts = ByteBuffer(capacity: 1 << 14)
  private var used = 0
  private var list: UInt64 = 0
  private var kind = 0

  init() {
    unsafe entries = .allocate(capacity: Self.slots)
    unsafe entries.initialize(repeating: Entry(), count: Self.slots)
    unsafe successors = .allocate(capacity: (Self.slots + 1) * Self.kinds)
    unsafe successors.initialize(repeating: 0, count: (Self.slots + 1) * Self.kinds)
  }

  deinit {
    unsafe entries.deallocate()
    unsafe successors.deallocate()
  }

  /// Begins a list.
  ///
  /// - Parameter kind: lists of one kind, told apart by the lowest five bits, most often have the same keys in the same order.
  @inline(__always) mutating func startList(kind: Int = 0) {
    list += 1
    self.kind = kind & (Self.kinds - 1)
    if used == Self.limit { forget() }
  }

  @inline(never) private mutating func forget() {
    unsafe entries.update(repeating: Entry(), count: Self.slots)
    texts.count = 0
    used = 0
  }

  /// The place of a key, nil where it is not in the table.
  @inline(__always) func find(_ key: Bytes, _ hash: UInt64) -> Slot? {
    var slot = Int(hash >> 54)
    while true {
      let count = unsafe Int(entries[slot].count)
      if count == 0 { return nil }
      if unsafe entries[slot].hash == hash, count == key.count &+ 4 {
        let start = unsafe Int(entries[slot].start)
        if key.equals(texts.bytes.slice(start &+ 2, start &+ count &- 2)) { return slot }
      }
      slot = (slot &+ 1) & (Self.slots - 1)
    }
  }

  /// The place of the key that followed another one, or began a list where there is none before it, the last time.
  @inline(__always) func successor(of slot: Slot?) -> Slot {
    unsafe Int(successors[place(slot)])
  }

  @inline(__always) private func place(_ slot: Slot?) -> Int {
    ((slot ?? -1) &+ 1) &* Self.kinds &+ kind
  }

  /// Notes which key followed another one, or began a list.
  @inline(__always) mutating func note(_ successor: Slot, of slot: Slot?) {
    unsafe successors[place(slot)] = Int16(truncatingIfNeeded: successor)
  }

  /// A key in quotes; nothing in an empty place.
  @inline(__always) func quoted(_ slot: Slot) -> Bytes {
    let count = unsafe Int(entries[slot].count)
    let start = unsafe Int(entries[slot].start)
    return count == 0 ? Bytes.none : texts.bytes.slice(start &+ 1, start &+ count &- 1)
  }

  /// Puts a new key into the table, unless it is long, has to be escaped, or the table is full.
  ///
  /// - Parameter meaning: what it means to its reader, 0 to 32767; nil: nothing.
  @inline(never) mutating func add(_ key: Bytes, _ hash: UInt64, _ meaning: Int?) -> Slot? {
    guard used < Self.limit, key.count + 4 <= Self.longest else { return nil }
    for i in 0..<key.count where key[i] < 0x20 || key[i] == 0x22 || key[i] == 0x5c { return nil }
    var slot = Int(hash >> 54)
    while unsafe entries[slot].count != 0 { slot = (slot + 1) & (Self.slots - 1) }
    var entry = Entry()
    entry.hash = hash
    entry.start = Int32(texts.count)
    entry.count = Int16(key.count + 4)
    entry.meaning = Int16(meaning ?? -1)
    texts.put(",\"")
    texts.put(key)
    texts.put("\":")
    unsafe entries[slot] = entry
    used += 1
    return slot
  }

  /// Notes that the list holds a key.
  ///
  /// - Returns: whether it held it before.
  @inline(__always) func meet(_ slot: Slot) -> Bool {
    if unsafe entries[slot].list == list { return true }
    unsafe entries[slot].list = list
    return false
  }

  /// What a key means to its reader, if anything.
  @inline(__always) func meaning(_ slot: Slot) -> Int? {
    let meaning = unsafe Int(entries[slot].meaning)
    return meaning < 0 ? nil : meaning
  }

  /// Appends a comma, the key in quotes and a colon.
  @inline(__always) func put(_ slot: Slot, into buffer: inout ByteBuffer) {
    let count = unsafe Int(entries[slot].count)
    buffer.reserve(Self.longest)
    unsafe buffer.putWide(texts.base + Int(entries[slot].start), count)
  }
}
