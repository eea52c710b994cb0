package import TraceModel

/// How a source is read.
package struct IngestOptions: Sendable {
  /// How many tasks decode.
  package var workers: Int
  /// The format, where the user named it; nil to tell it from the first records.
  package var format: Format?
  /// Bytes of a chunk.
  package var chunkBytes: Int
  /// Limit of one span, one log record, or one record that cannot be taken apart.
  package var maxRecordBytes: Int
  /// How many times as much may be unpacked as is read, once it is more than `freeBytes`.
  package var maxRatio: Int
  /// How many objects and lists may stand in each other; at least 1024.
  package var maxDepth = 1024
  /// So much may be unpacked of however little.
  package var freeBytes = 256 << 20
  /// Every record of OTLP is parsed into a tape, however it is written: slower, and the rows are the same.
  package var usesTapes = false
  /// The year of log times that have none; nil: that of the file's time.
  package var logYear: Int?
  /// Offset of log times that name no zone, seconds east of UTC; nil: UTC, counted as an assumption.
  package var logZone: Int?

  /// Options; the defaults are what the program uses.
  package init(
    workers: Int = 2, format: Format? = nil, chunkBytes: Int = 2 << 20,
    maxRecordBytes: Int = 64 << 20, maxRatio: Int = 1000, logYear: Int? = nil, logZone: Int? = nil
  ) {
    self.workers = max(1, workers)
    self.format = format
    self.chunkBytes = chunkBytes
    self.maxRecordBytes = maxRecordBytes
    self.maxRatio = maxRatio
    self.logYear = logYear
    self.logZone = logZone
  }
}

/// What one source held.
package struct SourceSummary: Sendable {
  /// Name of the format; empty where the source is empty.
  package var formatName = ""
  /// `none`, `gzip` or `zstd`.
  package var compression = "none"
  /// Decompressed bytes.
  package var bytes: Int64 = 0
  /// XXH3 of the decompressed bytes, 32 hex digits.
  package var contentHash = ""
  /// Whole records that could be read.
  package var records = 0
  /// Spans met, kept or not.
  package var spansSeen = 0
  /// Spans not kept; each stands in the defects.
  package var spansDropped = 0
  /// Log records met, kept or not.
  package var logsSeen = 0
  /// Log records not kept; each stands in the defects.
  package var logsDropped = 0
  /// Metrics met, read or not; each that is read gives a row a data point.
  package var metricsSeen = 0
  /// Defects of the whole source.
  package var defects = DefectTally()

  /// Takes over what is known of the source as a whole.
  mutating func settle(_ end: SourceEnd) {
    formatName = end.formatName
    compression = end.compression.rawValue
    bytes = end.bytes
    contentHash = end.hash
    defects.merge(end.defects)
    // The record that the cut goes through has counted it.
    if let cutOff = end.cutOff, defects.entries[.cutOffRecord] == nil {
      defects.count(.cutOffRecord, at: cutOff)
    }
  }

  mutating func add(_ batch: borrowing SpanBatch) {
    records += batch.records
    spansSeen += batch.spansSeen
    spansDropped += batch.spansSeen - batch.spans.count
    logsSeen += batch.logsSeen
    logsDropped += batch.logsSeen - batch.logs.count
    metricsSeen += batch.metricsSeen
    defects.merge(batch.defects)
  }
}

/// A chunk and the batch that it becomes; goes round from the reader to a worker to the caller and back.
///
/// `@unchecked Sendable`: a task group's results must be copyable, so the owner of the
/// buffers is a class; and it has one user at any time, because it travels through streams that hand it on once.
private final class Workspace: @unchecked Sendable {
  var chunk: Chunk
  var batch = SpanBatch()
  var context = DecoderContext()
  /// Bytes of the file on disk, nil for a pipe.
  var total: Int64?

  init(chunkBytes: Int) { chunk = Chunk(capacity: chunkBytes) }
}

/// What the reader knows of the source as a whole.
struct SourceEnd: Sendable {
  var formatName = ""
  var compression = ByteSource.Compression.none
  var hash = ""
  var bytes: Int64 = 0
  var defects = DefectTally()
  /// Where packed data ends too early.
  var cutOff: Int64?
}

/// What comes to the caller's task: a batch with its place in the file, or the end of a worker.
private enum Arrival: Sendable {
  case batch(Int, Workspace)
  case workerEnded
}

/// Reads one source: exported bytes in, batches out.
///
/// A task of its own reads, inflates and cuts; `workers` tasks decode, one where records continue each other; batches are
/// delivered in the order of the file, on the caller's task, while the next ones are decoded. There are `workers` + 2 workspaces, so memory does not grow with the file.
///
/// - Parameters:
///   - file: what to read.
///   - progress: told how many bytes of the file as it lies on disk were read, and of how many (nil for a pipe).
///   - deliver: gets each batch once; its spans are sorted by trace id, those of one trace in the order of the input.
/// - Returns: counts and defects of the whole source.
/// - Throws: `IngestError` when the file cannot be read, is of no known format or of one that is not read; what `deliver`
///   throws. Broken data inside a readable file is counted, not thrown.
nonisolated(nonsending) package func ingest(
  _ file: InputFile, options: IngestOptions = IngestOptions(),
  progress: (@Sendable (_ bytesRead: Int64, _ total: Int64?) -> Void)? = nil,
  deliver: (borrowing SpanBatch) throws -> Void
) async throws -> SourceSummary {
  let free = AsyncStream.makeStream(of: Workspace.self)
  let filled = (0..<options.workers).map { _ in AsyncStream.makeStream(of: (Int, Workspace).self) }
  let arrivals = AsyncStream.makeStream(of: Arrival.self)
  for _ in 0..<options.workers + 2 {
    free.continuation.yield(Workspace(chunkBytes: options.chunkBytes))
  }
  var summary = SourceSummary()
  let end = try await withThrowingTaskGroup(of: SourceEnd?.self) { group in
    group.addTask {
      defer { for worker in filled { worker.continuation.finish() } }
      return try await read(file, options, free.stream) { index, workspace in
        // Where records continue each other, one worker decodes them all.
        let worker = workspace.context.framing.isOrdered ? 0 : index % filled.count
        _ = filled[worker].continuation.yield((index, workspace))
      }
    }
    for worker in filled {
      group.addTask {
        await decode(worker.stream) { _ = arrivals.continuation.yield(.batch($0, $1)) }
        arrivals.continuation.yield(.workerEnded)
        return nil
      }
    }
    do {
      try await collect(arrivals.stream, workers: filled.count) { workspace in
        summary.add(workspace.batch)
        try deliver(workspace.batch)
        progress?(workspace.chunk.bytesRead, workspace.total)
        _ = free.continuation.yield(workspace)
      }
    } catch {
      free.continuation.finish()
      group.cancelAll()
      throw error
    }
    var end = SourceEnd()
    while let result = try await group.next() {
      if let result { end = result }
    }
    return end
  }
  summary.settle(end)
  return summary
}

/// A source whose format is known, ready to be cut.
struct OpenedSource: ~Copyable {
  var splitter: RecordSplitter
  var context: DecoderContext
  var end: SourceEnd
  /// Bytes of the file on disk, nil for a pipe.
  var total: Int64?

  init(_ file: InputFile, _ options: IngestOptions) throws(IngestError) {
    let source = try ByteSource.open(
      file, maxRatio: options.maxRatio, freeBytes: options.freeBytes)
    total = source.size
    var context = DecoderContext()
    context.path = file.path
    context.fileTime = source.modified
    context.year = options.logYear
    context.zone = options.logZone
    context.maxDepth = options.maxDepth
    context.usesTapes = options.usesTapes
    var end = SourceEnd()
    end.compression = source.packing
    let prefix = source.prefix.bytes
    let first = JSONScan.skipBlanks(prefix, prefix.starts(with: "\u{feff}") ? 3 : 0)
    let isEmpty = first == prefix.count && prefix.count < ByteSource.prefixBytes
    if isEmpty {
      if let damage = source.damage {
        let state = damage.isCutOff ? "ends too early, before its first byte" : "is damaged"
        throw IngestError(
          .unreadable, path: file.path,
          detail: (source.compression == .none ? "it" : "its \(source.compression.rawValue) data")
            + " \(state)",
          hint: "copy the file again")
      }
      end.defects.count(.emptyFile)
    } else {
      let format = try recognize(prefix, file, options)
      end.formatName = format.name
      context.framing = format.framing
    }
    splitter = RecordSplitter(
      source: source, framing: context.framing, chunkBytes: options.chunkBytes,
      maxRecordBytes: options.maxRecordBytes)
    self.context = context
    self.end = end
  }

  /// What is known of the source once it was read to its end.
  consuming func finish() throws(IngestError) -> SourceEnd {
    let rest = try splitter.end()
    end.hash = rest.hash
    end.bytes = rest.bytes
    end.defects.merge(rest.defects)
    if let damage = rest.damage {
      if damage.isCutOff {
        end.cutOff = damage.offset
      } else {
        end.defects.count(
          damage.isTooDense ? .tooDense : .corruptCompression, at: damage.offset)
      }
    }
    return end
  }
}

/// The reader's task: fills one workspace after another until the source ends.
private func read(
  _ file: InputFile, _ options: IngestOptions, _ free: AsyncStream<Workspace>,
  fill: (Int, Workspace) -> Void
) async throws -> SourceEnd {
  var source = try OpenedSource(file, options)
  var index = 0
  for await workspace in free {
    let hasMore = try source.splitter.fill(&workspace.chunk)
    // The last chunk may be empty: it ends what is open.
    workspace.chunk.isEnd = !hasMore
    workspace.total = source.total
    workspace.context = source.context
    fill(index, workspace)
    index += 1
    if !hasMore { break }
  }
  try Task.checkCancellation()
  return try source.finish()
}

/// A worker's task: one decoder for all its chunks.
private func decode(
  _ filled: AsyncStream<(Int, Workspace)>, yield: (Int, Workspace) -> Void
) async {
  var arrivals = filled.makeAsyncIterator()
  guard var next = await arrivals.next() else { return }
  var decoder = Decoder(next.1.context)
  while true {
    let (index, workspace) = next
    workspace.batch.removeAll()
    decoder.decode(&workspace.chunk, into: &workspace.batch)
    yield(index, workspace)
    guard let following = await arrivals.next() else { return }
    next = following
  }
}

/// Hands batches on in the order of the file, until all workers have ended.
nonisolated(nonsending) private func collect(
  _ arrivals: AsyncStream<Arrival>, workers: Int, _ handOn: (Workspace) throws -> Void
) async throws {
  var running = workers
  var due = 0
  var early: [Int: Workspace] = [:]
  for await arrival in arrivals {
    switch arrival {
    case .workerEnded: running -= 1
    case .batch(let index, let workspace): early[index] = workspace
    }
    while let workspace = early.removeValue(forKey: due) {
      due += 1
      try handOn(workspace)
    }
    if running == 0 { break }
  }
  try Task.checkCancellation()
}

/// The format that a file's first bytes show.
private func recognize(
  _ prefix: Bytes, _ file: InputFile, _ options: IngestOptions
) throws(IngestError) -> Format {
  if let format = options.format { return format }
  // Binary data of ours may begin as other binary data does.
  if ProtobufShape.isRequest(prefix) { return .otlpProtobuf }
  if let name = signature(prefix) {
    if name == zipArchive || name == tarArchive {
      throw IngestError(.archive, path: file.path, detail: name, hint: "unpack it first")
    }
    throw IngestError(.unreadFormat, path: file.path, detail: name, hint: unpackHint(name))
  }
  // Most files begin so, and their keys need not be looked at.
  for start: StaticString in ["{\"resourceSpans\":[{", "{\"resourceLogs\":[{"]
  where prefix.starts(with: start) { return .otlp }
  let first = FirstBytes(outline: Outline(prefix), bytes: prefix, path: file.path)
  if let format = Format.all.first(where: { $0.sniff(first) }) { return format }
  let outline = first.outline
  if outline.isCutOff, prefix.count < ByteSource.prefixBytes {
    throw IngestError(
      .unknownFormat, path: file.path, detail: "it is cut off before its first key is complete")
  }
  let isText = prefix.firstIndex(of: 0, from: 0) == nil
  let names = Format.all.map(\.name).joined(separator: ", ")
  throw IngestError(
    .unknownFormat, path: file.path,
    detail: outline.objects == 0
      ? isText
        ? "it holds no JSON object, and less than half of its lines begin with a time"
        : "it holds no JSON object"
      : "its first object has none of the keys that traces, logs and metrics are told by",
    hint: outline.objects > 0
      ? "name it with --input-format \(names)"
      : isText ? "if it is a log, name it with --input-format logs" : "")
}

private func unpackHint(_ name: String) -> String {
  switch name {
  case "bzip2 data":
    "unpack it with bunzip2 or tar -xjf; plain files, .gz, .zst, .tar and .zip are read"
  case "xz data": "unpack it with unxz or tar -xJf; plain files, .gz, .zst, .tar and .zip are read"
  case "a 7z archive": "unpack it with 7z x; plain files, .gz, .zst, .tar and .zip are read"
  case "a rar archive": "unpack it with unrar x; plain files, .gz, .zst, .tar and .zip are read"
  case "a cpio archive": "unpack it with cpio -i; plain files, .gz, .zst, .tar and .zip are read"
  case "gzip data inside compressed data":
    "unpack it first; plain files, .gz and .zst are read"
  case "UTF-16 text": "convert it to UTF-8"
  default: ""
  }
}
