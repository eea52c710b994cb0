// Hot: looked up for each span.
//
// Why the unsafe call holds: the bytes of a series are used inside the call that lends them; seven numbers have no gaps between them.

/// What a span says beside its ids, times and texts, as row ids of the store. Most spans share theirs with many others.
struct Series: Equatable {
  var resource: Int64
  /// 0 where there is none; likewise `peer`, `errorType` and `flags`.
  var scope: Int64
  var operation: Int64
  var facts: Int64
  var peer: Int64
  var errorType: Int64
  var flags: Int64
}

/// Series on their way in: equal ones are stored once, as long as they are remembered (`RowIDs`).
///
/// - Assumes: most spans are of a few thousand series, which a look at the last ones finds without hashing all of it.
struct SeriesRows: ~Copyable {
  private struct Met {
    var series: Series
    /// 0 in an empty slot.
    var row: Int64
  }

  private static let slots = 4096
  private static let empty = Met(
    series: Series(resource: 0, scope: 0, operation: 0, facts: 0, peer: 0, errorType: 0, flags: 0),
    row: 0)

  private var known: RowIDs
  /// Those that were met last, each at a slot that its numbers give.
  private var recent = Array(repeating: empty, count: slots)
  private var insert: RawStatement

  init(_ connection: borrowing Connection, limit: RowIDs.Limit) throws(SQLiteFault) {
    insert = try connection.prepare(
      """
      insert into series (resource, scope, operation, facts, peer, error_type, flags)
      values (?, ?, ?, ?, ?, ?, ?)
      """)
    known = RowIDs(limit: limit)
  }

  /// The row id of a series.
  @inline(__always) mutating func id(of series: Series) throws(SQLiteFault) -> Int64 {
    let slot = Self.slot(series)
    if recent[slot].series == series, recent[slot].row != 0 { return recent[slot].row }
    return try lessRecentID(of: series, slot)
  }

  @inline(never) private mutating func lessRecentID(
    of series: Series, _ slot: Int
  ) throws(SQLiteFault) -> Int64 {
    let found = unsafe withUnsafeBytes(of: series) { unsafe known.find($0) }
    let row = if let found { found } else { try store(series) }
    recent[slot] = Met(series: series, row: row)
    return row
  }

  private mutating func store(_ series: Series) throws(SQLiteFault) -> Int64 {
    insert.bind(series.resource, at: 1)
    insert.bindUnlessZero(series.scope, at: 2)
    insert.bind(series.operation, at: 3)
    insert.bind(series.facts, at: 4)
    insert.bindUnlessZero(series.peer, at: 5)
    insert.bindUnlessZero(series.errorType, at: 6)
    insert.bindUnlessZero(series.flags, at: 7)
    try insert.execute()
    known.add(insert.lastInsertedRow)
    return insert.lastInsertedRow
  }

  /// Forgets all that a rolled-back transaction may have stored.
  mutating func removeAll() {
    known.removeAll()
    for slot in recent.indices { recent[slot] = Self.empty }
  }

  private static func slot(_ series: Series) -> Int {
    // Multiplied by odd numbers without a pattern, from the golden ratio and from square roots as in SHA-512 (FIPS 180-4, 5.3.5), each
    // number moves all upper bits.
    var hash = UInt64(bitPattern: series.operation) &* 0x9e37_79b9_7f4a_7c15
    hash ^= UInt64(bitPattern: series.resource) &* 0x6a09_e667_f3bc_c909
    hash ^= UInt64(bitPattern: series.facts) &* 0xbb67_ae85_84ca_a73b
    hash ^= UInt64(bitPattern: series.peer &+ series.flags << 32) &* 0x3c6e_f372_fe94_f82b
    hash ^= UInt64(bitPattern: series.scope &+ series.errorType << 32) &* 0xa54f_f53a_5f1d_36f1
    return Int(hash >> 52)
  }
}
