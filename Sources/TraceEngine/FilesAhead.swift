import TraceIngest

/// Small files that are decoded side by side, ahead of the writer, which takes them in their order.
///
/// One file is read by a reader and several decoders; of many small ones each is less work than to start these, so some files at a time
/// are read whole by a task of their own.
struct FilesAhead {
  /// Files of a task: enough that starting it costs little, few enough that their rows take little room.
  private static let filesOfTask = 8

  private let files: [InputFile]
  private let options: IngestOptions
  /// How many tasks may be ahead of the writer; 0 where there is one file.
  private let window: Int
  private var tasks: [Task<[Result<SmallSource?, IngestError>], Never>] = []
  /// What the task at hand gave, from the file `first` on.
  private var ready: [Result<SmallSource?, IngestError>] = []
  private var first = 0
  private var started = 0

  /// Files in the order in which they will be taken.
  init(_ files: [InputFile], options: IngestOptions) {
    self.files = files
    self.options = options
    window = files.count > 1 ? options.workers + 1 : 0
  }

  /// The next file's content; nil where it is not small, so that it is to be read by `ingest`.
  ///
  /// - Parameter index: 0, then 1, and so on.
  mutating func take(_ index: Int) async throws(IngestError) -> SmallSource? {
    if window == 0 { return nil }
    if index == first + ready.count {
      while started < files.count, tasks.count < window { start() }
      first = index
      ready = await tasks.removeFirst().value
    }
    let result = ready[index - first]
    ready[index - first] = .success(nil)
    return try result.get()
  }

  private mutating func start() {
    let part = Array(files[started..<min(files.count, started + Self.filesOfTask)])
    let options = options
    started += part.count
    tasks.append(
      Task.detached {
        part.map { file in
          do throws(IngestError) {
            return .success(try readSmall(file, options: options))
          } catch {
            return .failure(error)
          }
        }
      })
  }
}
