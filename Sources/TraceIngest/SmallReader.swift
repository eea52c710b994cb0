package import TraceModel

/// What became of a file, or of some small ones that were read together.
package enum FilePart: Sendable {
  /// Small files of one format: their rows in one batch, numbered as they stand here.
  case small(SpanBatch, [SmallFile])
  /// A file that is to be read by `ingest`.
  case file(InputFile)
  /// A file of times without a year, to be read once the other data are there.
  case waiting(InputFile)
  /// A file that cannot be read.
  case refused(InputFile, IngestError)
}

/// A small file that was read.
package struct SmallFile: Sendable {
  /// The file.
  package let file: InputFile
  /// Counts and defects of the whole of it.
  package let summary: SourceSummary
}

/// Reads small files without tasks of their own, so that many are read side by side; the rows are those of `ingest`.
///
/// One a task: decoder, buffers and batches are made once and not for each file, and neighbours of one format share a batch, so that
/// names and resources are met once. `@unchecked Sendable`: it has one user at any time, the task that reads or the one that takes what was read.
package final class SmallReader: @unchecked Sendable {
  /// Larger files are read by `ingest`.
  static let maxBytes = 1 << 20
  /// A batch of more text is not added to, nor kept for other files.
  private static let maxText = 2 << 20
  /// Once so many bytes were unpacked, the other files are left to `ingest`, which holds few of its batches at a time.
  private static let maxUnpacked = 2 << 20

  private let options: IngestOptions
  private let canWait: Bool
  private var decoder: Decoder
  private var chunk = Chunk(capacity: 64 << 10)
  private var spare: [SpanBatch] = []
  private var formatName = ""
  private var read: [SmallFile] = []
  private var unpacked: Int64 = 0

  /// What was read last, in the order of the files.
  package private(set) var parts: [FilePart] = []

  /// A reader for one load.
  ///
  /// - Parameter canWait: whether files of times without a year wait for that of others, where no year is given.
  package init(_ options: IngestOptions, canWait: Bool) {
    self.options = options
    self.canWait = canWait && options.logYear == nil
    var context = DecoderContext()
    context.maxDepth = options.maxDepth
    decoder = Decoder(context)
  }

  /// Reads files; what was read before is let go of.
  package func read(_ files: ArraySlice<InputFile>) {
    for case .small(let batch, _) in parts where batch.text.capacity <= Self.maxText {
      spare.append(batch)
    }
    parts.removeAll(keepingCapacity: true)
    unpacked = 0
    for file in files {
      do throws(IngestError) {
        switch try add(file) {
        case .added: continue
        case .left:
          file.member?.rewind()
          endBatch()
          parts.append(.file(file))
        case .waits:
          endBatch()
          parts.append(.waiting(file))
        }
      } catch {
        endBatch()
        parts.append(.refused(file, error))
      }
    }
    endBatch()
  }

  /// What became of one file.
  private enum Outcome {
    case added
    /// It is large, or odd in a way that `ingest` knows of.
    case left
    /// It names no year.
    case waits
  }

  /// Reads a file; no row of it is kept unless it was added.
  private func add(_ file: InputFile) throws(IngestError) -> Outcome {
    guard let bytes = file.bytes, bytes <= Self.maxBytes, unpacked < Self.maxUnpacked else {
      return .left
    }
    var source = try OpenedSource(file, options)
    _ = try source.splitter.fill(&chunk)
    if !source.splitter.isDone || source.end.formatName.isEmpty
      || chunk.buffer.count > Self.maxText
    {
      if chunk.buffer.capacity > 2 * Self.maxText { chunk = Chunk(capacity: 64 << 10) }
      return .left
    }
    chunk.isEnd = true
    let context = source.context
    let end = try source.finish()
    unpacked += end.bytes
    if end.formatName != formatName || decoder.text.count > Self.maxText { endBatch() }
    if read.isEmpty { beginBatch(end.formatName) }
    let mark = decoder.mark()
    var summary = decoder.add(&chunk, context, number: read.count)
    let waits = canWait && !file.isMember && summary.defects.entries[.assumedYear] != nil
    if waits || decoder.hasLateRows(since: mark) {
      decoder.undo(mark)
      return waits ? .waits : .left
    }
    summary.settle(end)
    read.append(SmallFile(file: file, summary: summary))
    return .added
  }

  private func beginBatch(_ formatName: String) {
    self.formatName = formatName
    decoder.batch = spare.popLast() ?? SpanBatch()
    decoder.batch.removeAll()
    decoder.beginBatch()
  }

  private func endBatch() {
    if read.isEmpty { return }
    decoder.endBatch()
    var batch = SpanBatch()
    swap(&batch, &decoder.batch)
    parts.append(.small(batch, read))
    read.removeAll()
  }
}
