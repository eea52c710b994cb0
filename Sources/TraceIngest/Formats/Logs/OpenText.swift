import TraceModel

/// A record of text whose end is not known yet: its lines so far, as they were written.
struct OpenText {
  /// Where it stands and when it was written.
  var envelope = Envelope()
  var header = TextHeader()
  /// The time of its header, settled; 0 where it names none.
  var time: Int64 = 0
  /// Its lines, joined by line breaks.
  var text: [UInt8] = []
  var lines = 0
  /// When its last line was written, as the transport says.
  var lastTime: Int64 = 0
  var folding = StackTraceFolding()
  /// Whether `folding` was told of the lines so far.
  var isFolding = false
  /// Whether a stack trace has begun in it.
  var hasTrace = false
  var isOpen = false

  /// Whether a logger's header stands before it.
  var hasHeader: Bool { header.time != nil || header.severity != 0 }

  /// What a line without header is to it.
  mutating func role(of line: Bytes) -> StackTraceFolding.Role {
    if !isFolding {
      isFolding = true
      let written = text
      let start = min(header.end, written.count)
      var first = true
      for part in written[start...].split(separator: 0x0a, omittingEmptySubsequences: false) {
        unsafe part.withUnsafeBytes { bytes in
          if first { unsafe folding.start(bytes) } else { _ = unsafe folding.next(bytes) }
        }
        first = false
      }
    }
    return unsafe folding.next(line.raw)
  }
}

/// A message that waits until the habits of its source's headers are known.
struct PendingText {
  var envelope: Envelope
  var start: Int
  var end: Int
}

/// What the decoder keeps of text between lines.
struct TextLog: ~Copyable {
  /// A record ends here, however it goes on (formats/logs.md 11).
  static let maxLines = 2000
  static let maxBytes = 1 << 20
  /// Lines that their transport dates one by one belong together so long, ns.
  static let maxGap: Int64 = 1_000_000_000
  /// Records that are open at the same time; beyond them all are ended.
  static let maxOpen = 4096
  /// Records of other processes that wait for lines of theirs.
  static let maxParked = 32
  static let maxPendingBytes = 64 << 10

  /// A line without colours, or repaired.
  var plain = ByteBuffer()
  var habits = HabitTable()
  /// Messages from which habits were learned.
  var learnedFrom = 0
  var pending: [PendingText] = []
  var pendingBytes = ByteBuffer()

  /// One for each stream that was met, and those not in use.
  var records: [OpenText] = []
  /// Index of a stream's record, -1 none.
  var slots: [Int32] = []
  var free: [Int] = []
  var parked: [OpenText] = []
  /// When the last dated record was written, by stream; 0 none.
  var lastTimes: [Int64] = []
  var clock = ClockDays()

  /// The index of a stream's open record; nil where it has none.
  func open(_ stream: Int32) -> Int? {
    let stream = Int(stream)
    guard stream >= 0, stream < slots.count, slots[stream] >= 0 else { return nil }
    return Int(slots[stream])
  }

  /// An empty record that becomes the stream's open one.
  mutating func makeOpen(_ stream: Int32) -> Int {
    let number = max(0, Int(stream))
    while slots.count <= number {
      slots.append(-1)
      lastTimes.append(0)
    }
    let index: Int
    if let unused = free.popLast() {
      index = unused
    } else {
      index = records.count
      records.append(OpenText())
    }
    slots[number] = Int32(index)
    return index
  }
}

/// The days of times that name no date: the first lies on the day on which the source was last written, or the one before;
/// a clock that goes back by more than half a day has passed midnight.
struct ClockDays {
  private static let day: Int64 = 86_400_000_000_000
  private var start: Int64?
  private var last: Int64 = 0

  /// The moment, as if in UTC; nil where nothing says when the source was written.
  mutating func settle(_ clock: Int64, fileTime: Int64) -> Int64? {
    guard fileTime > 0 else { return nil }
    if let day = start {
      if clock < last, last - clock > Self.day / 2 { start = day + Self.day }
    } else {
      let midnight = fileTime / Self.day * Self.day
      // An hour's grace: the clock may be that of another zone.
      start = midnight + clock > fileTime + 3_600_000_000_000 ? midnight - Self.day : midnight
    }
    last = clock
    return start.map { $0 + clock }
  }
}
