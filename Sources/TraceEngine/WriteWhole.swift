import Foundation
import TraceIngest

#if canImport(Glibc)
  import Glibc
#endif

/// Writes a text to a file so that the file is whole or as it was before: a temporary file beside it, then renamed.
///
/// - Throws: `EngineError` with code `input`.
public func writeWhole(_ text: String, to path: String) throws(EngineError) {
  // Through a link, so that the link stays one.
  let path = URL(filePath: path).resolvingSymlinksInPath().path
  let temporary = "\(path).\(getpid()).tmp"
  let data = Data(text.utf8)
  guard FileManager.default.createFile(atPath: temporary, contents: nil),
    let file = FileHandle(forWritingAtPath: temporary)
  else {
    throw EngineError(.input, "cannot write '\(path)': \(systemWords(errno))")
  }
  do {
    try file.write(contentsOf: data)
    try file.close()
  } catch {
    let words = systemWords(errno)
    try? FileManager.default.removeItem(atPath: temporary)
    throw EngineError(.input, "cannot write '\(path)': \(words); nothing was changed")
  }
  guard unsafe rename(temporary, path) == 0 else {
    let words = systemWords(errno)
    try? FileManager.default.removeItem(atPath: temporary)
    throw EngineError(.input, "cannot write '\(path)': \(words); nothing was changed")
  }
}

/// Refuses to write over what is read.
///
/// - Parameters:
///   - outputs: paths that will be written.
///   - inputs: files, folders, globs, `-`, or a store.
/// - Throws: `EngineError` with code `usage` where an output is one of the inputs, under whatever name.
public func refuseOverwriting(_ outputs: [String], inputs: [String]) throws(EngineError) {
  let read = ((try? expandInputs(inputs)) ?? []).compactMap { FileIdentity(path: $0.path) }
  for output in outputs {
    if let written = FileIdentity(path: output), read.contains(written) {
      throw EngineError(
        .usage, "'-o \(output)' is one of the inputs; nothing was read and nothing was written")
    }
  }
}

/// What makes two paths one file.
private struct FileIdentity: Equatable {
  var device: UInt64
  var node: UInt64

  init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    node = UInt64(truncatingIfNeeded: status.st_ino)
  }
}
