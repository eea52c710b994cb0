/// What a decoder keeps between the records of a source: the next source starts with a new one.
///
/// What belongs here is what one record says about later ones. Parsers and room for texts stay with the decoder, rows with
/// the batch.
struct SourceState: ~Copyable {
  /// What CloudWatch's exports need between records.
  var cloudWatch = CloudWatchState()
  /// What is kept of a Jaeger trace.
  var jaeger = JaegerState()
  /// Upper halves of Datadog's trace ids by the lower ones.
  var datadogHalves: [UInt64: UInt64] = [:]
  /// The object of `console.dir` that is open: where it began, and its text so far.
  var jsObject: (offset: Int64, text: [UInt8])?
  /// Who sent the Elastic events at hand, and when their transactions began, by hash of the id.
  var elasticSender: ElasticSender?
  var elasticTimes: [UInt64: Int64] = [:]
  /// Who writes log records.
  var streams = LogStreams()
  /// How many of the next records, or runs of elements, the tape's reader gets at once.
  var pausedRecords = 0
  /// What transports of containers and systems keep.
  var system = SystemState()
  /// Text records that are being put together.
  var texts = TextLog()
  /// The years of times that name none.
  var years = Years()
}
