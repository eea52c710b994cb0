// Why the unsafe calls hold: each hands the system a path or a structure that lives until the call returns.
import TraceModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The lock of a store that is being written, and the temporary file of a new one.
///
/// A new store grows at `path` + `.partial` and gets its name once whole. The lock is `flock` on that file, or on the
/// store that is extended; it ends with the process, so what a killed one leaves is known to be abandoned. SQLite locks by
/// `fcntl`, which does not meet `flock` on local disks.
struct StoreFile: ~Copyable {
  private let descriptor: Int32
  /// The temporary file, nil once it has its name.
  private(set) var partialPath: String?

  /// Makes and locks the temporary file of a new store, readable by its owner alone.
  ///
  /// - Parameter wait: seconds to wait for another process that writes to the same path.
  init(creating path: String, wait: Double) throws(StoreError) {
    let partial = SpanWriter.partialPath(of: path)
    var pauses = Int(wait / 0.05)
    while true {
      guard systemError({ unsafe access(path, F_OK) }) == ENOENT else {
        throw StoreError(.exists, path, isWriting: true)
      }
      let opened = unsafe open(partial, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
      guard opened >= 0 else { throw StoreError(errno: errno, path, isWriting: true) }
      if flock(opened, LOCK_EX | LOCK_NB) == 0, StoreFile.isNamed(opened, partial) {
        guard fchmod(opened, 0o600) == 0, StoreFile.empty(opened) else {
          let code = errno
          close(opened)
          throw StoreError(errno: code, path, isWriting: true)
        }
        descriptor = opened
        partialPath = partial
        return
      }
      close(opened)
      guard pauses > 0 else { throw StoreError(.locked, path, isWriting: true) }
      pauses -= 1
      StoreFile.pause()
    }
  }

  /// Locks an existing store for writing.
  init(extending path: String, wait: Double) throws(StoreError) {
    try StoreFile.check(path, isWriting: true)
    let opened = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw StoreError(errno: errno, path, isWriting: true) }
    if StoreRemains.isForeign(opened) {
      close(opened)
      throw StoreError(.notAStore, path)
    }
    var pauses = Int(wait / 0.05)
    while flock(opened, LOCK_EX | LOCK_NB) != 0 {
      guard pauses > 0 else {
        close(opened)
        throw StoreError(.locked, path, isWriting: true)
      }
      pauses -= 1
      StoreFile.pause()
    }
    descriptor = opened
    partialPath = nil
  }

  /// Gives the whole file its name; never replaces a file that appeared meanwhile.
  mutating func publish(as path: String) throws(StoreError) {
    guard let partial = partialPath else { return }
    if unsafe link(partial, path) == 0 {
      _ = unsafe unlink(partial)
    } else {
      let code = errno
      if code == EEXIST { throw StoreError(.exists, path, isWriting: true) }
      // Some file systems have no links.
      guard systemError({ unsafe access(path, F_OK) }) == ENOENT else {
        throw StoreError(.exists, path, isWriting: true)
      }
      guard unsafe rename(partial, path) == 0 else {
        throw StoreError(errno: errno, path, isWriting: true)
      }
    }
    partialPath = nil
  }

  /// Refuses what cannot be a store by its looks.
  static func check(_ path: String, isWriting: Bool = false) throws(StoreError) {
    var info = stat()
    guard unsafe stat(path, &info) == 0 else {
      let code = errno
      if code == ENOENT || code == ENOTDIR { throw StoreError(.missing, path) }
      throw StoreError(errno: code, path, isWriting: isWriting)
    }
    guard info.st_mode & S_IFMT == S_IFREG else { throw StoreError(.notAFile, path) }
    guard info.st_size > 0 else { throw StoreError(.empty, path) }
    guard unsafe access(path, isWriting ? R_OK | W_OK : R_OK) == 0 else {
      throw StoreError(errno: errno, path, isWriting: isWriting)
    }
  }

  /// Waits for another process, a twentieth of a second.
  static func pause() { usleep(50_000) }

  /// Whether the system refuses to read, or to write the file or beside it.
  static func isDenied(_ path: String, isWriting: Bool) -> Bool {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? "."
    func refuses(_ path: String, _ mode: Int32) -> Bool {
      [EACCES, EPERM, EROFS].contains(systemError { unsafe access(path, mode) })
    }
    return refuses(path, isWriting ? R_OK | W_OK : R_OK) || isWriting && refuses(folder, W_OK)
  }

  /// Takes away what a killed process left in an open file.
  ///
  /// A file that is empty is not truncated: ext4 would take it for one that is being replaced (`auto_da_alloc`) and write all
  /// of it to the disk when it is closed.
  private static func empty(_ descriptor: Int32) -> Bool {
    var info = stat()
    if unsafe fstat(descriptor, &info) == 0, info.st_size == 0 { return true }
    return ftruncate(descriptor, 0) == 0
  }

  /// Whether an open file still has the name by which it was opened, and is ours.
  private static func isNamed(_ descriptor: Int32, _ path: String) -> Bool {
    var opened = stat()
    var named = stat()
    return unsafe fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0
      && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
      && opened.st_uid == geteuid()
  }

  deinit {
    if let partialPath {
      for file in [partialPath, partialPath + "-journal"] { _ = unsafe unlink(file) }
    }
    close(descriptor)
  }
}

/// The code of a failed system call, 0 where it succeeded.
private func systemError(_ call: () -> Int32) -> Int32 { call() == 0 ? 0 : errno }

extension StoreError {
  /// The error that a failed system call means.
  init(errno code: Int32, _ path: String, isWriting: Bool) {
    switch code {
    case EACCES, EPERM, EROFS, ELOOP: self.init(.denied, path, isWriting: isWriting)
    case ENOSPC, EDQUOT: self.init(.diskFull, path, isWriting: isWriting)
    case ENOENT: self.init(.missing, path, isWriting: isWriting)
    default:
      let words = unsafe String(cString: strerror(code))
      self.init(
        .failed, path, fault: SQLiteFault(code: 0, words: words), isWriting: isWriting)
    }
  }
}
