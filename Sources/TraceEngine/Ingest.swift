import Foundation
import TraceIngest
import TraceModel
import TraceStore

/// How far reading has come.
public struct IngestProgress: Sendable {
  /// Bytes of the inputs read so far, as they lie on disk.
  public var bytesRead: Int64
  /// Bytes of all inputs; nil where a stream is among them.
  public var bytesTotal: Int64?
}

/// Called, from any task, as bytes are read.
public typealias ProgressHandler = @Sendable (IngestProgress) -> Void

/// What to load, and where.
public struct IngestRequest: Sendable {
  /// Files, folders, globs, `-`.
  public var inputs: [String]
  /// Path of the store; made where it does not exist, extended where it does.
  public var store: String
  /// Name of the format to take the input for; nil to recognise it.
  public var format: String?
  /// Decoding tasks.
  public var workers: Int
  /// What log times mean that leave the year or the zone out.
  public var logTimes: LogTimes
  /// What bounds memory and disk.
  public var limits: ReadingLimits

  /// A request of its parts.
  public init(
    inputs: [String], store: String, format: String?, workers: Int, logTimes: LogTimes = LogTimes(),
    limits: ReadingLimits = ReadingLimits()
  ) {
    self.logTimes = logTimes
    self.limits = limits
    self.inputs = inputs
    self.store = store
    self.format = format
    self.workers = workers
  }
}

/// What bounds memory and disk while files are read; what passes a limit is a counted defect.
public struct ReadingLimits: Sendable {
  /// MiB of one span, one log record, or one record that cannot be taken apart.
  public var recordMiB = 64
  /// How many times as much may be unpacked as is read, once it is more than 256 MiB.
  public var ratio = 1000
  /// How many objects and lists may stand in each other; at least 1024.
  public var depth = 1024

  /// The usual limits.
  public init() {}
}

/// What log times mean that leave the year or the zone out.
public struct LogTimes: Sendable {
  /// The year; nil: that of the other data, else that of the file's time.
  public var year: Int?
  /// The zone, seconds east of UTC; nil: UTC is assumed, and counted.
  public var zone: Int?

  /// Nothing is known.
  public init() {}

  /// The zone that a text names: `UTC`, `Z`, `+02:00`, `-0330`, `+01`; nil for anything else.
  public static func zone(named text: String) -> Int? {
    if ["UTC", "Z"].contains(text.uppercased()) { return 0 }
    guard let match = text.wholeMatch(of: /([+-])(\d\d):?(\d\d)?/), let hours = Int(match.2),
      hours <= 18
    else { return nil }
    let minutes = match.3.flatMap { Int($0) } ?? 0
    return minutes < 60 ? (match.1 == "-" ? -1 : 1) * (hours * 60 + minutes) * 60 : nil
  }
}

/// What was loaded.
public struct IngestResult: Sendable {
  /// Spans stored by this load.
  public var spans = 0
  /// Log records stored by this load.
  public var logs = 0
  /// Metrics met.
  public var metrics = 0
  /// Findings of back ends that were kept: summaries, nodes of graphs, groups.
  public var answers = 0
  /// Files read.
  public var filesRead = 0
  /// Files of which the content was there before.
  public var filesKnown = 0
  /// Files skipped.
  public var filesSkipped = 0
  /// Path of the store.
  public var store = ""
  /// Sentences about what was skipped or lost, in the order of the files.
  public var remarks: [String] = []
  /// Whether anything was not kept.
  public var hasLosses = false
  /// The first of them in words; nil where nothing was lost.
  var firstLoss: String?

  /// One sentence: how much of what lies where.
  public var summary: String {
    var parts = [
      "\(spans) \(spans == 1 ? "span" : "spans")",
      "\(logs) log \(logs == 1 ? "record" : "records")",
    ]
    if answers > 0 {
      parts.append("\(answers) \(answers == 1 ? "finding" : "findings") of a back end")
    }
    if metrics > 0 { parts.append("\(metrics) \(metrics == 1 ? "metric" : "metrics")") }
    var text =
      "'\(store)': \(parts.joined(separator: ", ")) from \(filesRead) \(filesRead == 1 ? "file" : "files")"
    if filesKnown > 0 { text += ", \(filesKnown) known before" }
    if filesSkipped > 0 { text += ", \(filesSkipped) skipped" }
    return text
  }
}

/// Loads files into a store, a large one or several small ones in a transaction, so that the store holds whole files only.
///
/// A file of no known format is an error where it is the only input, and a counted, named skip otherwise.
///
/// - Throws: `EngineError`; a new store is then not made, an existing one keeps what was complete.
public func ingest(
  _ request: IngestRequest, progress: ProgressHandler? = nil
) async throws -> IngestResult {
  do {
    return try await load(request, progress: progress)
  } catch let error as StoreError {
    throw EngineError(error)
  } catch let error as IngestError {
    throw EngineError(error)
  }
}

private func load(
  _ request: IngestRequest, progress: ProgressHandler?
) async throws -> IngestResult {
  var options = IngestOptions()
  options.workers = request.workers
  options.logYear = request.logTimes.year
  options.logZone = request.logTimes.zone
  options.maxRecordBytes = max(1, request.limits.recordMiB) << 20
  options.maxRatio = request.limits.ratio
  options.maxDepth = request.limits.depth
  if let name = request.format { options.format = try format(named: name) }
  if request.store.isEmpty { throw EngineError(.usage, "'--store' is empty; name a file") }
  let files = try expandInputs(request.inputs)
  let total = totalSize(of: files)
  let isNew = !FileManager.default.fileExists(atPath: request.store)
  let writer =
    isNew
    ? try SpanWriter(creating: request.store, expecting: total)
    : try SpanWriter(extending: request.store)
  // What an interrupt would leave behind of a new store.
  let partial = SpanWriter.partialPath(of: request.store)
  if isNew { TemporaryStore.watch(file: partial) }
  defer { TemporaryStore.forget(file: partial) }
  var loader = Loader(
    writer: writer, options: options, isOnlyFile: files.count == 1, total: total,
    progress: progress)
  loader.result.store = request.store
  try await loader.load(files, canWait: files.count > 1)
  try await loader.loadWaiting()
  return try loader.finish(request.inputs, files)
}

/// Loads one file after the other into a store.
private struct Loader: ~Copyable {
  private var writer: SpanWriter
  private var options: IngestOptions
  /// Whether one file is all there is: what is wrong with it is an error then, and else a skip.
  private let isOnlyFile: Bool
  private let total: Int64?
  private let progress: ProgressHandler?
  var result = IngestResult()
  private var bytesBefore: Int64 = 0
  /// The first file that was not read; rather one of which the system, or the archive around it, gave no bytes or too few.
  private var firstRefusal: IngestError?
  /// Times without a year take that of the other data, which are read before them.
  private var waiting: [InputFile] = []

  init(
    writer: consuming SpanWriter, options: IngestOptions, isOnlyFile: Bool, total: Int64?,
    progress: ProgressHandler?
  ) {
    self.writer = writer
    self.options = options
    self.isOnlyFile = isOnlyFile
    self.total = total
    self.progress = progress
  }

  /// Loads files.
  ///
  /// - Parameter canWait: whether those of times without a year wait for that of others.
  mutating func load(_ files: [InputFile], canWait: Bool) async throws {
    var ahead = FilesAhead(files, options: options, canWait: canWait)
    while let part = await ahead.next() { try await load(part, canWait: canWait) }
  }

  /// Loads a file, the members of an archive, a member, or small files that were decoded together.
  private mutating func load(_ part: FilePart, canWait: Bool) async throws {
    switch part {
    case .small(let batch, let files): try store(batch, files)
    case .waiting(let file):
      waiting.append(file)
      bytesBefore += file.bytesOnDisk
    case .file(let file):
      do {
        try await loadOne(file, canWait: canWait && !file.isMember)
      } catch let error as IngestError {
        try writer.rollBack()
        try await refuse(error, file)
      }
      bytesBefore += file.bytesOnDisk
    case .refused(let file, let error):
      try await refuse(error, file)
      bytesBefore += file.bytesOnDisk
    }
  }

  /// Stores small files that were decoded together.
  private mutating func store(_ batch: SpanBatch, _ files: [SmallFile]) throws {
    let finished = try writer.store(
      batch, files.map { SourceRecord($0.summary, name: $0.file.shownName) })
    for (one, small) in zip(finished, files) {
      result.add(one, small.summary, name: small.file.shownName)
      bytesBefore += small.file.bytesOnDisk
    }
    progress?(IngestProgress(bytesRead: bytesBefore, bytesTotal: total))
  }

  /// What becomes of a file that cannot be read as it is: an archive is taken apart, another one is an error or a skip.
  private mutating func refuse(_ error: IngestError, _ file: InputFile) async throws {
    var error = error
    if error.code == .archive, !file.isMember, file.bytes != nil {
      do {
        return try await loadArchive(file)
      } catch let other as IngestError {
        try writer.rollBack()
        error = other
      }
    }
    if isOnlyFile, file.isNamed { throw error }
    try skip(error, file)
  }

  /// Loads those that waited for a year.
  mutating func loadWaiting() async throws {
    let files = waiting
    waiting = []
    if files.isEmpty { return }
    if options.logYear == nil { options.logYear = try writer.medianYear() }
    for file in files { bytesBefore -= file.bytesOnDisk }
    try await load(files, canWait: false)
  }

  private mutating func loadOne(_ file: InputFile, canWait: Bool) async throws {
    var report: (@Sendable (Int64, Int64?) -> Void)?
    if let progress {
      let (before, total) = (bytesBefore, total)
      report = { read, _ in
        progress(IngestProgress(bytesRead: before + read, bytesTotal: total))
      }
    }
    try writer.begin(source: file.shownName)
    let summary = try await TraceIngest.ingest(file, options: options, progress: report) {
      batch in try writer.append(batch)
    }
    if summary.formatName.isEmpty, summary.defects.entries[.corruptCompression] == nil {
      throw IngestError(.empty, path: file.path)
    }
    if canWait, summary.defects.entries[.assumedYear] != nil, options.logYear == nil {
      try writer.rollBack()
      return waiting.append(file)
    }
    let finished = try writer.finish(SourceRecord(summary, name: file.shownName))
    result.add(finished, summary, name: file.shownName)
  }

  /// Notes a file that is not read.
  private mutating func skip(_ error: IngestError, _ file: InputFile) throws {
    if firstRefusal == nil || error.code == .unreadable && firstRefusal?.code != .unreadable {
      firstRefusal = error
    }
    try writer.recordSkipped(SourceRecord(refused: error, file))
    result.filesSkipped += 1
    if error.defect.severity == .loss { result.hasLosses = true }
    result.remarks.append("warning: skipped a file: \(error.sentence)")
  }

  /// Loads each member of an archive as a file of its own; what cannot be read of it is a skip, as in a folder.
  private mutating func loadArchive(_ file: InputFile) async throws {
    var reader = try ArchiveReader(
      path: file.path, maxRatio: options.maxRatio, freeBytes: options.freeBytes)
    let smallReader = SmallReader(options, canWait: false)
    var small: [InputFile] = []
    var bytes = 0
    var isEmpty = true
    while true {
      let step = reader.next()
      if case .member(let member) = step, let size = member.bytes {
        isEmpty = false
        if small.count == FilesAhead.filesAtOnce || bytes + size > FilesAhead.bytesAtOnce {
          try await loadMembers(&small, smallReader, read: reader.bytesRead)
          bytes = 0
        }
        small.append(member)
        bytes += size
        continue
      }
      try await loadMembers(&small, smallReader, read: reader.bytesRead)
      bytes = 0
      switch step {
      case .end:
        if isEmpty { try skip(IngestError(.empty, path: file.path), file) }
        return
      case .damaged(let reason):
        return try skip(IngestError(.unreadable, path: file.path, detail: reason), file)
      case .refused(let name, let reason):
        isEmpty = false
        let member = InputFile(path: name, isNamed: false)
        try skip(IngestError(.unreadable, path: name, detail: reason), member)
      case .member(let member):
        isEmpty = false
        try await load(.file(member), canWait: false)
      }
    }
  }

  /// Loads small members of an archive, of which so many bytes were read, and forgets them.
  private mutating func loadMembers(
    _ members: inout [InputFile], _ reader: SmallReader, read: Int64
  ) async throws {
    if members.isEmpty { return }
    reader.read(members[...])
    members.removeAll()
    for part in reader.parts { try await load(part, canWait: false) }
    progress?(IngestProgress(bytesRead: bytesBefore + read, bytesTotal: total))
  }

  /// Joins what was loaded and closes the store.
  consuming func finish(_ inputs: [String], _ files: [InputFile]) throws -> IngestResult {
    if result.filesRead == 0, result.filesKnown == 0 {
      throw nothingRead(inputs, files: files, first: firstRefusal)
    }
    if result.filesKnown == 0, result.spans == 0, result.logs == 0, result.metrics == 0,
      result.answers == 0
    {
      let names = inputs.map { "'\($0)'" }.joined(separator: ", ")
      throw EngineError(
        .input,
        "\(names) holds no span, no log record and no metric"
          + (result.firstLoss.map { "; \($0)" } ?? ""))
    }
    if try writer.needsJoins() { try deriveLogs(&writer) }
    let result = result
    try writer.close()
    return result
  }
}

/// The sentence for a load that found nothing to read.
private func nothingRead(
  _ inputs: [String], files: [InputFile], first: IngestError?
) -> EngineError {
  let place = inputs.map { "'\($0)'" }.joined(separator: ", ")
  if files.isEmpty { return EngineError(.input, "\(place) holds no files") }
  let damage = first.flatMap { $0.code == .unreadable ? $0 : nil }
  if files.count == 1, let damage { return EngineError(damage) }
  let names = files.prefix(3).map { "'\($0.shownName)'" }.joined(separator: ", ")
  return EngineError(
    .input,
    "\(place) holds no file of a known format; \(files.count) \(files.count == 1 ? "was" : "were") looked at: \(names)\(files.count > 3 ? ", …" : "")\(damage.map { "; \($0.sentence)" } ?? "")",
    hint: first.flatMap { $0.hint.isEmpty ? nil : $0.hint })
}

/// The format of a name that the user wrote.
private func format(named name: String) throws(EngineError) -> Format {
  let known = Format.all.map(\.name)
  guard let format = Format.named(name) else {
    throw EngineError(
      .usage,
      "'--input-format \(name)' is not a format that is read; write \(known.joined(separator: ", "))"
    )
  }
  return format
}

extension EngineError {
  /// A file that cannot be read.
  fileprivate init(_ error: IngestError) {
    self.init(.input, error.sentence, hint: error.hint.isEmpty ? nil : error.hint)
  }
}

extension IngestError {
  /// The sentence without its hint.
  fileprivate var sentence: String {
    var bare = self
    bare.hint = ""
    return bare.description
  }

  /// Under which name a skipped file is counted.
  fileprivate var defect: Defect.Kind {
    switch code {
    case .unknownFormat, .unreadFormat: .unknownFile
    case .empty: .emptyFile
    case .archive: .unknownFile
    case .notFound, .unreadable, .changed: .unreadableFile
    }
  }
}

extension InputFile {
  /// What progress counts of it; the members of an archive are counted with it.
  fileprivate var bytesOnDisk: Int64 { isMember ? 0 : Int64(bytes ?? 0) }

  /// The name under which the store and sentences know it.
  fileprivate var shownName: String { path == "-" ? "standard input" : path }
}

private func totalSize(of files: [InputFile]) -> Int64? {
  var total: Int64 = 0
  for file in files {
    guard let bytes = file.bytes else { return nil }
    total += Int64(bytes)
  }
  return total
}

extension IngestResult {
  /// Counts a file that was read.
  fileprivate mutating func add(_ finished: FinishedSource, _ summary: SourceSummary, name: String)
  {
    switch finished {
    case .sameContent(let first):
      filesKnown += 1
      remarks.append(
        "'\(name)' has the same content as '\(first)', which is in the store; nothing was added")
    case .stored(let spans, let logs):
      filesRead += 1
      self.spans += spans
      self.logs += logs
      metrics += summary.metricsSeen
      let kept = summary.defects.entries[.backEndAnswer]?.count ?? 0
      answers += kept
      if kept > 0, spans == 0, logs == 0 {
        remarks.append(
          "note: '\(name)' holds findings of a back end (\(kept)) and no spans; they are kept beside our own"
        )
      }
      for defect in summary.defects.sorted where defect.kind.severity == .loss {
        hasLosses = true
        let place = defect.firstOffset.map { " (first at byte \($0))" } ?? ""
        let loss =
          "\(defect.count) × \(defect.kind.rawValue)\(place): \(defect.kind.explanation)"
        remarks.append("warning: '\(name)': \(loss)")
        firstLoss = firstLoss ?? loss
      }
      let repaired = summary.defects.sorted.filter { $0.kind.severity == .warning }
      if !repaired.isEmpty {
        let list = repaired.map { "\($0.count) × \($0.kind.rawValue)" }.joined(separator: ", ")
        remarks.append("note: '\(name)': repaired or left open: \(list)")
      }
    }
  }
}

extension SourceRecord {
  fileprivate init(_ summary: SourceSummary, name: String) {
    self.init(
      name: name, format: summary.formatName,
      compression: summary.compression == "none" ? "" : summary.compression,
      bytes: summary.bytes, contentHash: summary.contentHash, records: summary.records,
      spansSeen: summary.spansSeen, spansDropped: summary.spansDropped,
      logsSeen: summary.logsSeen, logsDropped: summary.logsDropped,
      metricsSeen: summary.metricsSeen, defects: summary.defects)
  }

  fileprivate init(refused error: IngestError, _ file: InputFile) {
    var defects = DefectTally()
    defects.add(Defect(kind: error.defect, example: file.shownName))
    self.init(
      name: file.shownName, bytes: file.bytesOnDisk, defects: defects,
      remark: error.sentence)
  }
}
