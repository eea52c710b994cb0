import Foundation
import TraceIngest
import TraceModel
import TraceStore

/// A store that can be read: one that the user named, or a temporary one made of his files.
public struct OpenedStore: Sendable {
  /// Path of the store.
  public var path: String
  /// What commands about it should name: the store, or the files.
  public var shownName: String
  /// Sentences about what was skipped or lost.
  public var remarks: [String]
  /// Whether anything of the input was not kept.
  public var hasLosses: Bool

  /// Opens a store where one is named alone, else reads the inputs into a temporary store.
  ///
  /// - Parameters:
  ///   - inputs: files, folders, globs, `-`, or one store.
  ///   - format: name of the format to take the input for; nil to recognise it.
  ///   - workers: decoding tasks.
  ///   - logTimes: what log times mean that leave the year or the zone out.
  ///   - limits: what bounds memory and disk.
  ///   - progress: called as bytes are read.
  /// - Throws: `EngineError`.
  public static func open(
    _ inputs: [String], format: String?, workers: Int, logTimes: LogTimes = LogTimes(),
    limits: ReadingLimits = ReadingLimits(), progress: ProgressHandler?
  ) async throws -> OpenedStore {
    let stores = inputs.filter(isStore)
    if let store = stores.first {
      guard inputs.count == 1 else {
        throw EngineError(
          .usage, "'\(store)' is a store and cannot stand beside other inputs",
          hint: "culprit ingest FILES --store \(store)")
      }
      _ = try openReader(store)
      return OpenedStore(path: store, shownName: store, remarks: [], hasLosses: false)
    }
    let path = try TemporaryStore.make(roomFor: room(for: inputs))
    let result = try await ingest(
      IngestRequest(
        inputs: inputs, store: path, format: format, workers: workers, logTimes: logTimes,
        limits: limits),
      progress: progress)
    return OpenedStore(
      path: path, shownName: inputs.count == 1 ? inputs[0] : "",
      remarks: result.remarks, hasLosses: result.hasLosses)
  }

  /// Whether a path names an SQLite file.
  private static func isStore(_ path: String) -> Bool {
    // What is no regular file is opened once, by the one who reads it.
    guard path != "-", regularSize(path) != nil, let file = FileHandle(forReadingAtPath: path)
    else {
      return false
    }
    defer { try? file.close() }
    return (try? file.read(upToCount: 16)) == Data("SQLite format 3\0".utf8)
  }

  /// What a store of these inputs takes at most: six tenths of plain bytes, eight times compressed ones.
  private static func room(for inputs: [String]) -> Int64 {
    var bytes: Int64 = 0
    for file in (try? expandInputs(inputs)) ?? [] {
      let size = Int64(regularSize(file.path) ?? 0)
      let isCompressed = [".gz", ".zst"].contains { file.path.hasSuffix($0) }
      bytes &+= isCompressed ? size &* 8 : size / 10 &* 6
    }
    return bytes
  }
}

/// Opens a reader, with the store's error as a sentence.
func openReader(_ path: String) throws(EngineError) -> TraceReader {
  do {
    return try TraceReader(path: path)
  } catch {
    throw EngineError(error)
  }
}

extension EngineError {
  /// A fault of the store: of the input, unless the query is wrong.
  init(_ error: StoreError) {
    self.init(error.code == .query ? .usage : .input, error.description, hint: error.hint)
  }
}
