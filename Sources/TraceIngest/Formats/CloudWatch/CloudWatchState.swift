import TraceModel

/// What a decoder keeps between the records of CloudWatch's exports.
struct CloudWatchState: ~Copyable {
  /// The event that is being put together from lines: its message so far.
  var open = ByteBuffer(capacity: 1 << 10)
  /// What is known of the open event; nil where none is open.
  var envelope: Envelope?
  /// Lines of the open event.
  var lines = 0
  /// Whether the open row of a table ends inside quotes.
  var isQuoteOpen = false
  /// Names of the columns, where the source is a table.
  var columns: [[UInt8]] = []
  /// Invocations that are running, by stream.
  var running: [Int32: LambdaInvocation] = [:]
  private var knownHint: FileHint?

  /// What the source's path says.
  mutating func hint(_ path: String) -> FileHint {
    if let knownHint { return knownHint }
    let hint = FileHint(path)
    knownHint = hint
    return hint
  }

  /// Whether the open event ends with its time, so that it is complete.
  var endsWithTime: Bool {
    let bytes = open.bytes
    guard bytes.count > 14 else { return false }
    return decimal(bytes.slice(bytes.count - 13, bytes.count)) != nil
      && bytes[bytes.count - 14] == 0x09
  }

  /// The envelope of a message, with the request that runs in its stream: an instance of a function works on one at a time.
  func withRequest(_ envelope: Envelope) -> Envelope {
    guard !running.isEmpty, envelope.request.isEmpty,
      let known = running[envelope.stream], envelope.time >= known.start
    else { return envelope }
    var inner = envelope
    inner.request = known.request
    return inner
  }
}

/// An invocation of a function of which a stream has told the start.
struct LambdaInvocation {
  /// Its id.
  var request: [UInt8]
  /// When it began, ns.
  var start: Int64
  /// How it ended, where a line said so before its report: `timeout` or `error`; else empty.
  var status: String = ""
  /// The platform's type of its error; empty where there is none.
  var errorType: String = ""
}
