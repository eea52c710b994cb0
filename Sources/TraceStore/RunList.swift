import TraceModel

/// Rows that follow each other in the file and belong to one trace.
struct Run {
  /// Row of the first span.
  var first: Int64
  /// How many.
  var count: Int64
  /// Index of the trace in a window.
  var trace: Int32
}

/// The traces of a part of a store, and where their rows lie.
struct RunList {
  /// One trace.
  struct Entry {
    /// The trace's id, the longer form where two were joined.
    var id: TraceID
    /// The 64-bit id that was joined; absent where none was.
    var joinedID = TraceID.absent
    /// Its runs, by place in `runs`.
    var runs: Range<Int>
    /// Its first row.
    var first: Int64
    /// Its spans.
    var spans: Int
  }

  /// Runs by id, then by row.
  private(set) var runs: [Run] = []
  /// Traces; by id until `sortByFile`.
  private(set) var traces: [Entry] = []
  /// 64-bit ids that were joined, or fit several.
  private(set) var defects = DefectTally()
  /// Whether all numbers make sense.
  private(set) var isSound = true
  private let limit: Int64
  private var total: Int64 = 0
  private var group = IDGroup()
  private var groupStart = 0

  /// An empty list.
  ///
  /// - Parameter limit: spans that there can be.
  init(limit: Int64) { self.limit = limit }

  /// Adds a run; they come by low half, then high half, then row.
  mutating func add(low: Int64, high: Int64, first: Int64, count: Int64) {
    guard first > 0, count > 0, count <= limit - total, first <= Int64.max - count else {
      isSound = false
      return
    }
    total += count
    let id = TraceID(high: UInt64(bitPattern: high), low: UInt64(bitPattern: low))
    if group.low != low {
      closeGroup()
      group = IDGroup(low: low)
      groupStart = traces.count
    }
    if traces.count == groupStart || traces[traces.count - 1].id != id {
      traces.append(Entry(id: id, runs: runs.count..<runs.count, first: first, spans: 0))
    }
    group.note(high: high)
    runs.append(Run(first: first, count: count, trace: 0))
    let last = traces.count - 1
    traces[last].runs = traces[last].runs.lowerBound..<runs.count
    traces[last].first = min(traces[last].first, first)
    traces[last].spans += Int(count)
  }

  /// Joins the ids of the group that ends here. Call it once after the last run.
  mutating func closeGroup() {
    let members = groupStart..<traces.count
    if group.isJoined, members.count == 2 {
      let short = traces[groupStart].id.is64Bit ? groupStart : groupStart + 1
      let long = short == groupStart ? groupStart + 1 : groupStart
      defects.count(.joined64BitTraceID, traces[short].id.description)
      let runs = traces[groupStart].runs.lowerBound..<traces[groupStart + 1].runs.upperBound
      let joined = Entry(
        id: traces[long].id, joinedID: traces[short].id, runs: runs,
        first: min(traces[short].first, traces[long].first),
        spans: traces[short].spans + traces[long].spans)
      traces.replaceSubrange(members, with: CollectionOfOne(joined))
    } else if group.isAmbiguous, let low = group.low {
      defects.count(
        .ambiguous64BitTraceID, TraceID(high: 0, low: UInt64(bitPattern: low)).description)
    }
    groupStart = traces.count
    group = IDGroup()
  }

  /// Orders the traces as they lie in the file.
  mutating func sortByFile() { traces.sort { $0.first < $1.first } }
}

/// Traces that are read in one go, in the order of the file, however their rows lie.
struct TraceWindow {
  /// Spans that a window holds unless one trace alone has more.
  private static let size = 65_536

  /// The traces, in the order of the list.
  private(set) var traces: [RunList.Entry] = []
  /// Their runs, by row once `stretches` was called.
  private(set) var runs: [Run] = []
  /// Their spans, trace after trace.
  private(set) var spans: [Span] = []
  /// Where the next span of each trace goes.
  private var ends: [Int] = []
  private var total = 0

  /// Rows that follow each other, of one or several runs.
  struct Stretch {
    var first: Int64
    var last: Int64
    var runs: Range<Int>
  }

  /// Takes the next traces of a list.
  ///
  /// - Returns: where to go on.
  mutating func fill(from list: RunList, at start: Int) -> Int {
    traces.removeAll(keepingCapacity: true)
    runs.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    total = 0
    var next = start
    repeat {
      add(list, next)
      next += 1
    } while next < list.traces.count && total + list.traces[next].spans <= TraceWindow.size
    return next
  }

  /// Takes one trace of a list.
  mutating func add(_ list: RunList, _ index: Int) {
    let entry = list.traces[index]
    for place in entry.runs {
      var run = list.runs[place]
      run.trace = Int32(traces.count)
      runs.append(run)
    }
    traces.append(entry)
    ends.append(total)
    total += entry.spans
  }

  /// Sorts the runs by row and joins neighbours, so that as few ranges as possible are read.
  mutating func stretches() -> [Stretch] {
    runs.sort { $0.first < $1.first }
    var result: [Stretch] = []
    for (place, run) in runs.enumerated() {
      let last = run.first + run.count - 1
      if let open = result.last, open.last + 1 == run.first {
        result[result.count - 1].last = last
        result[result.count - 1].runs = open.runs.lowerBound..<place + 1
      } else {
        result.append(Stretch(first: run.first, last: last, runs: place..<place + 1))
      }
    }
    let blank = Span(id: .absent, start: Timestamp(0), end: Timestamp(0))
    if spans.count > total { spans.removeLast(spans.count - total) }
    if spans.count < total {
      spans.append(contentsOf: repeatElement(blank, count: total - spans.count))
    }
    return result
  }

  /// Puts the next span of a trace.
  mutating func put(_ span: Span, trace: Int32) {
    spans[ends[Int(trace)]] = span
    ends[Int(trace)] += 1
  }

  /// Where the spans of a trace lie.
  func range(_ trace: Int) -> Range<Int> { ends[trace] - traces[trace].spans..<ends[trace] }
}
