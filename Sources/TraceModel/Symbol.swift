/// A 32-bit handle of a name that is stored once. Its number depends on the order of the input: never sort by it.
public struct Symbol: Hashable, Sendable {
  /// The name's place in its table.
  public var index: UInt32

  /// A handle of a place.
  public init(_ index: UInt32) { self.index = index }

  /// The empty name, at place 0 of every table.
  public static let empty = Symbol(0)

  /// Whether this is the empty name.
  public var isEmpty: Bool { index == 0 }
}

/// Names, each stored once; handles are dense from 0, and 0 is the empty name.
///
/// Open addressing with linear probing over one block of bytes: interning a known name allocates nothing.
///
/// - Complexity: O(length) expected to intern, O(1) to find the bytes of a handle.
/// - Assumes: far fewer names than look-ups.
public struct SymbolTable: Sendable {
  private var bytes: [UInt8] = []
  private var starts: [UInt32] = [0, 0]
  private var hashes: [UInt32] = [0]
  private var slots: [UInt32]

  /// A table that holds the empty name.
  public init() { slots = Array(repeating: 0, count: 64) }

  /// How many names there are, the empty one included.
  public var count: Int { starts.count - 1 }

  /// How many bytes the names take.
  public var byteCount: Int { bytes.count }

  /// The handle of a name, new or known.
  public mutating func intern(_ name: some StringProtocol) -> Symbol {
    var name = String(name)
    return name.withUTF8 { unsafe intern(UnsafeRawBufferPointer($0)) }
  }

  /// The handle of a name given as bytes, new or known.
  @unsafe public mutating func intern(_ name: UnsafeRawBufferPointer) -> Symbol {
    if name.count == 0 { return .empty }
    let hash = unsafe SymbolTable.hash(name)
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let candidate = slots[slot]
      if hashes[Int(candidate)] == hash, unsafe equals(candidate, name) { return Symbol(candidate) }
      slot = (slot + 1) & (slots.count - 1)
    }
    let index = UInt32(count)
    unsafe bytes.append(contentsOf: name)
    precondition(bytes.count <= Int(UInt32.max), "a symbol table holds at most 4 GiB of names")
    starts.append(UInt32(bytes.count))
    hashes.append(hash)
    slots[slot] = index
    if count * 2 > slots.count { grow() }
    return Symbol(index)
  }

  /// The handle of a name that is in the table, else nil.
  public func find(_ name: String) -> Symbol? {
    var name = name
    return name.withUTF8 { text in
      if text.isEmpty { return .empty }
      let raw = UnsafeRawBufferPointer(text)
      let hash = unsafe SymbolTable.hash(raw)
      var slot = Int(hash) & (slots.count - 1)
      while slots[slot] != 0 {
        let candidate = slots[slot]
        if hashes[Int(candidate)] == hash, unsafe equals(candidate, raw) {
          return Symbol(candidate)
        }
        slot = (slot + 1) & (slots.count - 1)
      }
      return nil
    }
  }

  /// The name of a handle.
  public subscript(symbol: Symbol) -> String {
    String(decoding: bytes[range(symbol)], as: UTF8.self)
  }

  /// Calls `body` with the bytes of a name, without copying them.
  @unsafe public func withBytes<R>(
    of symbol: Symbol, _ body: (UnsafeRawBufferPointer) throws -> R
  ) rethrows -> R {
    let range = range(symbol)
    return try unsafe bytes.withUnsafeBytes {
      try unsafe body(UnsafeRawBufferPointer(rebasing: $0[range]))
    }
  }

  /// Forgets all names but the empty one and keeps the room.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    starts.removeSubrange(2...)
    hashes.removeSubrange(1...)
    for slot in slots.indices { slots[slot] = 0 }
  }

  private func range(_ symbol: Symbol) -> Range<Int> {
    let index = Int(symbol.index)
    return Int(starts[index])..<Int(starts[index + 1])
  }

  private func equals(_ candidate: UInt32, _ name: UnsafeRawBufferPointer) -> Bool {
    let range = range(Symbol(candidate))
    guard range.count == name.count else { return false }
    return unsafe bytes.withUnsafeBytes { stored in
      if range.count < 8 {
        for i in 0..<range.count where unsafe stored[range.lowerBound + i] != name[i] {
          return false
        }
        return true
      }
      // The last eight bytes may have been compared in part already.
      var i = 0
      while true {
        let a = unsafe stored.loadUnaligned(fromByteOffset: range.lowerBound + i, as: UInt64.self)
        let b = unsafe name.loadUnaligned(fromByteOffset: i, as: UInt64.self)
        if a != b { return false }
        if i == range.count - 8 { return true }
        i = min(i + 8, range.count - 8)
      }
    }
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for index in 1..<count {
      var slot = Int(hashes[index]) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(index)
    }
  }

  /// Eight bytes at a time, multiplied and folded; good enough for names, stable within one process only.
  private static func hash(_ name: UnsafeRawBufferPointer) -> UInt32 {
    var hash = UInt64(name.count) &* 0x9e37_79b9_7f4a_7c15
    var i = 0
    while i + 8 <= name.count {
      let word = unsafe name.loadUnaligned(fromByteOffset: i, as: UInt64.self)
      hash = (hash ^ word) &* 0xff51_afd7_ed55_8ccd
      hash ^= hash >> 32
      i += 8
    }
    var tail: UInt64 = 0
    if name.count >= 8 {
      // Some of them once more.
      tail = unsafe name.loadUnaligned(fromByteOffset: name.count - 8, as: UInt64.self)
    } else {
      for i in 0..<name.count { tail = unsafe tail << 8 | UInt64(name[i]) }
    }
    hash = (hash ^ tail) &* 0xc4ce_b9fe_1a85_ec53
    return UInt32(truncatingIfNeeded: hash ^ hash >> 29)
  }
}
