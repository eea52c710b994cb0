import TraceIngest

/// Small files that are decoded side by side, ahead of the writer, which takes them in their order.
///
/// One file is read by a reader and several decoders; of many small ones each is less work than to start these, so some files at a time
/// are read whole by a task of their own.
struct FilesAhead {
  /// Files that are read in one go: enough that a task and a transaction cost little.
  static let filesAtOnce = 128
  /// Bytes of these: few enough that their rows take little room.
  static let bytesAtOnce = 1 << 20

  private let files: [InputFile]
  private let options: IngestOptions
  private let canWait: Bool
  /// How many tasks may be ahead of the writer.
  private let window: Int
  private var tasks: [Task<SmallReader, Never>] = []
  /// Readers that have nothing to do.
  private var idle: [SmallReader] = []
  /// Who has read the files at hand, and how many of its parts were taken.
  private var current: SmallReader?
  private var taken = 0
  private var started = 0

  /// Files in the order in which they will be taken.
  ///
  /// - Parameter canWait: whether files of times without a year wait for that of others.
  init(_ files: [InputFile], options: IngestOptions, canWait: Bool) {
    self.files = files
    self.options = options
    self.canWait = canWait
    window = options.workers + 1
  }

  /// The next file, or the next ones that were read together; nil at the end.
  mutating func next() async -> FilePart? {
    if files.count == 1 {
      started += 1
      return started == 1 ? .file(files[0]) : nil
    }
    if let current, taken == current.parts.count {
      idle.append(current)
      self.current = nil
    }
    if current == nil {
      while started < files.count, tasks.count < window { start() }
      if tasks.isEmpty { return nil }
      current = await tasks.removeFirst().value
      taken = 0
    }
    taken += 1
    return current?.parts[taken - 1]
  }

  private mutating func start() {
    var end = started
    var bytes = 0
    repeat {
      bytes += files[end].bytes ?? 0
      end += 1
    } while end < files.count && end - started < Self.filesAtOnce
      && bytes + (files[end].bytes ?? 0) <= Self.bytesAtOnce
    let part = files[started..<end]
    let reader = idle.popLast() ?? SmallReader(options, canWait: canWait)
    started = end
    tasks.append(
      Task.detached {
        reader.read(part)
        return reader
      })
  }
}
