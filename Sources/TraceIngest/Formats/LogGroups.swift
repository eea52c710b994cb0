import TraceModel

/// Brings the log records of one trace together, so that the store notes a stretch of rows and not each row.
///
/// Records that name no trace come first; traces stand in the order of their first record, and the records of a trace in the
/// order of the input.
///
/// - Complexity: O(*n*) expected for *n* records.
struct LogGroups {
  /// Numbers of groups by hash of their trace; 0 in an empty slot, as group 0 is that of no trace.
  private var slots: [Int32] = []
  /// The traces of the groups.
  private var traces: [TraceID] = []
  /// How many records a group has, then where the next one of it goes.
  private var places: [Int32] = []
  /// The group of each record.
  private var groups: [Int32] = []
  /// The records' numbers in their new order.
  private var order: [Int32] = []
  private var grouped: [LogRow] = []

  /// Reorders the records of a batch.
  mutating func group(_ rows: inout [LogRow]) {
    guard rows.contains(where: { !$0.trace.isAbsent }) else { return }
    count(rows)
    var next: Int32 = 0
    for group in places.indices {
      let size = places[group]
      places[group] = next
      next += size
    }
    order.removeAll(keepingCapacity: true)
    order.append(contentsOf: repeatElement(0, count: rows.count))
    for (index, group) in groups.enumerated() {
      order[Int(places[Int(group)])] = Int32(index)
      places[Int(group)] += 1
    }
    grouped.removeAll(keepingCapacity: true)
    grouped.reserveCapacity(rows.count)
    for index in order { grouped.append(rows[Int(index)]) }
    swap(&grouped, &rows)
  }

  /// Finds the groups and their sizes.
  private mutating func count(_ rows: [LogRow]) {
    var size = 64
    while size < rows.count * 2 { size *= 2 }
    slots.removeAll(keepingCapacity: true)
    slots.append(contentsOf: repeatElement(0, count: size))
    traces.removeAll(keepingCapacity: true)
    traces.append(.absent)
    places.removeAll(keepingCapacity: true)
    places.append(0)
    groups.removeAll(keepingCapacity: true)
    groups.reserveCapacity(rows.count)
    for row in rows {
      let group = row.trace.isAbsent ? 0 : number(row.trace, size - 1)
      groups.append(group)
      places[Int(group)] += 1
    }
  }

  /// The number of a trace's group, which is made where it is new.
  private mutating func number(_ trace: TraceID, _ mask: Int) -> Int32 {
    var hash = (trace.low ^ trace.high &* 0x9e37_79b9_7f4a_7c15) &* 0xff51_afd7_ed55_8ccd
    hash ^= hash >> 32
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      if traces[Int(slots[slot])] == trace { return slots[slot] }
      slot = (slot + 1) & mask
    }
    let group = Int32(traces.count)
    slots[slot] = group
    traces.append(trace)
    places.append(0)
    return group
  }
}
