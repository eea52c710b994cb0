import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A folder of this process for a store that nobody asked to keep: 0700, below `$TMPDIR`, removed on any exit.
///
/// A kill cannot be caught: what it leaves behind is removed by the next run that finds its lock released.
public enum TemporaryStore {
  private static let folders = Mutex<[String: Int32]>([:])
  private static let files = Mutex<Set<String>>([])

  /// Has a file removed if this process is interrupted.
  static func watch(file: String) { files.withLock { _ = $0.insert(file) } }

  /// The file is whole, or gone.
  static func forget(file: String) { files.withLock { _ = $0.remove(file) } }

  /// Makes a folder and returns the path of a store in it, which does not exist yet.
  ///
  /// - Parameter bytes: what will be needed at most; the room is checked first.
  /// - Throws: `EngineError` with code `input` where there is no room or the folder cannot be made.
  static func make(roomFor bytes: Int64) throws(EngineError) -> String {
    let base =
      ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 }
      ?? "/tmp"
    removeAbandoned(below: base)
    if let free = freeBytes(at: base), free < bytes {
      throw EngineError(
        .input,
        "no room for a temporary store in '\(base)': \(free / 1_000_000) MB are free, \(bytes / 1_000_000) MB may be needed",
        hint:
          "name another folder with TMPDIR=…, or load into a store elsewhere with culprit ingest")
    }
    var template = Array("\(base)/culprit-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw EngineError(
        .input, "cannot make a folder for a temporary store in '\(base)': \(systemWords(errno))",
        hint: "name another folder with TMPDIR=…")
    }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let lock = unsafe open("\(folder)/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    flock(lock, LOCK_EX | LOCK_NB)
    folders.withLock { $0[folder] = lock }
    return "\(folder)/store.db"
  }

  /// Removes the folders of this process, and the files that an interrupt must not leave.
  public static func removeAll() {
    files.withLock { files in
      for file in files { try? FileManager.default.removeItem(atPath: file) }
      files.removeAll()
    }
    folders.withLock { folders in
      for (folder, lock) in folders {
        try? FileManager.default.removeItem(atPath: folder)
        close(lock)
      }
      folders.removeAll()
    }
  }

  /// Removes folders of ours whose process is gone.
  private static func removeAbandoned(below base: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
    for name in names where name.hasPrefix("culprit-") && name.count == 14 {
      let folder = "\(base)/\(name)"
      let lock = unsafe open("\(folder)/lock", O_RDWR | O_CLOEXEC)
      guard lock >= 0 else { continue }
      if flock(lock, LOCK_EX | LOCK_NB) == 0 { try? FileManager.default.removeItem(atPath: folder) }
      close(lock)
    }
  }

  private static func freeBytes(at path: String) -> Int64? {
    let values = try? FileManager.default.attributesOfFileSystem(forPath: path)
    return (values?[.systemFreeSize] as? NSNumber)?.int64Value
  }
}

/// The system's words for an error number.
func systemWords(_ number: Int32) -> String {
  guard let words = unsafe strerror(number) else { return "error \(number)" }
  return unsafe String(cString: words).lowercased()
}
