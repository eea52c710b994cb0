import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// Writes a text to a file so that the file is whole or as it was before: a temporary file beside it, then renamed.
///
/// - Throws: `EngineError` with code `input`.
public func writeWhole(_ text: String, to path: String) throws(EngineError) {
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
