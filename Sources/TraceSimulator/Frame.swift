/// Something under way: a body that runs steps in a span, or a call that makes attempts.
struct Frame {
  /// Its number is raised when what it waited for no longer matters, so that late events find another one.
  var ticket = 0
  /// Ordinal of the trace.
  var trace = 0
  var traceHigh: UInt64 = 0
  var traceLow: UInt64 = 0
  /// The span that is open: the body's, or the current attempt's.
  var span: UInt64 = 0
  var spanParent: UInt64 = 0
  var spanStart: Int64 = 0
  var shape = 0
  var service = 0
  var resource = 0
  /// Frame that waits for this one, -1 where none does.
  var parent = -1
  /// The parent's ticket when this one began.
  var parentTicket = 0
  /// What failed, once something has.
  var failure: Failure?

  /// Body: operation in the service, -1 for inner spans.
  var operation = -1
  /// Body: programs being run and the next instruction of each, innermost last.
  var stack: [(program: Int, next: Int)] = []
  /// Body: calls it waits for.
  var outstanding = 0
  /// Body: it has a slot of its instance.
  var holdsSlot = false
  /// Body: it stands in the line for a slot.
  var isWaiting = false

  /// Call: which one, -1 for a body.
  var call = -1
  /// Call: attempts that were made before.
  var attempt = 0
}

/// A failure on its way up.
struct Failure {
  /// What the caller sees.
  var exception: Scenario.Exception
  /// Shapes of the failing spans so far, origin first.
  var chain: [Int] = []
  /// traces-semantics 6.6.
  var blame: String
  /// The callee itself is not at fault (HTTP 4xx): its span is no error, its caller's is.
  var isClientFault = false
}

/// Those who wait for a slot, first come, first served.
struct WaitingLine {
  private var entries: [(frame: Int, ticket: Int)] = []
  private var head = 0

  mutating func append(_ frame: Int, ticket: Int) { entries.append((frame, ticket)) }

  mutating func next() -> (frame: Int, ticket: Int)? {
    guard head < entries.count else { return nil }
    defer { head += 1 }
    let entry = entries[head]
    if head > 64, head * 2 > entries.count {
      entries.removeFirst(head)
      head = 0
    }
    return entry
  }
}
