/// What will happen, earliest first; of two things at the same moment the one that was planned first.
struct EventQueue {
  enum Kind {
    /// A client's request to the endpoint with this index.
    case request
    /// A probe of the resource with this index.
    case probe
    /// The resource with this index writes a log record of itself.
    case chatter
    /// The instance of this resource begins or ends to take requests.
    case lifecycle
    /// The frame's request reaches its instance.
    case arrival
    /// The frame waited too long for a slot.
    case slotTimeout
    /// The frame goes on.
    case resumption
    /// The frame makes its next attempt.
    case attempt
    /// The answer of the callee reaches the frame.
    case answer
    /// The frame's client gives up.
    case giveUp
  }

  struct Event {
    var time: Int64
    var order: Int
    var kind: Kind
    var index: Int
    /// The frame's ticket when this was planned: if it has another one by then, nothing happens.
    var ticket: Int
  }

  private var heap: [Event] = []
  private var planned = 0

  mutating func plan(_ kind: Kind, _ index: Int, ticket: Int = 0, at time: Int64) {
    let event = Event(time: time, order: planned, kind: kind, index: index, ticket: ticket)
    planned += 1
    heap.append(event)
    var hole = heap.count - 1
    while hole > 0 {
      let above = (hole - 1) / 2
      if !EventQueue.comesFirst(event, heap[above]) { break }
      heap[hole] = heap[above]
      hole = above
    }
    heap[hole] = event
  }

  mutating func next() -> Event? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return first }
    var hole = 0
    while true {
      var below = 2 * hole + 1
      if below >= heap.count { break }
      if below + 1 < heap.count, EventQueue.comesFirst(heap[below + 1], heap[below]) { below += 1 }
      if !EventQueue.comesFirst(heap[below], last) { break }
      heap[hole] = heap[below]
      hole = below
    }
    heap[hole] = last
    return first
  }

  private static func comesFirst(_ a: Event, _ b: Event) -> Bool {
    a.time != b.time ? a.time < b.time : a.order < b.order
  }
}
