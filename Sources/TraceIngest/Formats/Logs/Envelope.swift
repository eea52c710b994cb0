import TraceModel

/// What the transport says of a log record before the record's own text or JSON is looked at.
struct Envelope {
  /// Event time, ns; 0 unknown. What the payload says of its own time goes before it.
  var time: Int64 = 0
  /// When it was observed or ingested, ns; 0 unknown.
  var observed: Int64 = 0
  /// Byte offset of the record in the decompressed source.
  var offset: Int64 = 0
  /// OpenTelemetry severity, 0 unknown; the payload's own goes before it.
  var severity: UInt8 = 0
  /// Who wrote it: number of a `LogStream` of the decoder.
  var stream: Int32 = 0
  /// The trace that the transport names.
  var trace = TraceID.absent
  /// The span that the transport names.
  var span = SpanID.absent
  /// What tells this event from all others in whatever export it stands (eventId, insertId, uuid, __CURSOR), hashed; 0 none.
  var identity: UInt64 = 0
  /// Whether `time` is that of the writing of each single line, as with Docker: lines belong together only within a second.
  var isPerLine = false
  /// More that the transport says of this one record: a JSON object's text, empty where there is nothing. `newLog` puts it into the
  /// row; who writes attributes of its own adds it behind them (`JSONText.addObject`).
  var attributes: [UInt8] = []
  /// The level as the transport wrote it; empty where it names none.
  var level: [UInt8] = []
  /// What stood before the payload, so that both are the record as it was written; empty where nothing of its own did.
  var header: [UInt8] = []
  /// Id of the request that the transport says it belongs to; empty where unknown.
  var request: [UInt8] = []
  /// How often the payload was unwrapped; at most 3 (formats/logs.md 14).
  var depth = 0
}

/// Who writes log records: one container's stdout, one CloudWatch stream, one process of a host, one file.
///
/// Continuation lines are joined within a stream. Kept for the decoder's life; rows of a batch get its resource.
struct LogStream: Sendable {
  /// Service, empty where the transport does not say.
  var service = ""
  /// Host, empty where unknown.
  var host = ""
  /// Instance (pod, container, process), empty where unknown.
  var instance = ""
  /// Version, empty where unknown.
  var version = ""
  /// More that the transport says, under OpenTelemetry's names (`aws.log.group.names`, `k8s.pod.name`, …), in the order given.
  var attributes: [(key: String, value: String)] = []
}

/// The streams of a source, each once; number 0 is the source itself.
struct LogStreams {
  private var keys = SymbolTable()
  private var streams: [LogStream] = [LogStream()]

  /// A stream's facts.
  subscript(number: Int32) -> LogStream {
    get { streams[Int(number)] }
    set { streams[Int(number)] = newValue }
  }

  /// The number of the stream of a key, which is made where it is new.
  ///
  /// - Parameter key: any bytes that tell streams apart, not empty.
  mutating func number(_ key: Bytes, make: () -> LogStream) -> Int32 {
    let index = Int(unsafe keys.intern(key.raw).index)
    if index == streams.count { streams.append(make()) }
    return Int32(index)
  }
}
