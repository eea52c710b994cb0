// Why the unsafe calls hold: each hands the system a path, or room for its answer, that lives until the call returns.
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a writer that was killed leaves beside a store: a rollback journal, or a write-ahead log that was not folded in.
/// A store at rest is one file.
///
/// SQLite puts both in order as soon as somebody opens the file for writing; who opens it for reading only is refused by the
/// first, and by the second in a folder that cannot be written.
enum StoreRemains {
  /// Rolls back or folds in what an interrupted writer left, if there is any, if the file is a store of ours and if no
  /// process holds it; else does nothing. What of it fails is met again by who opens the store.
  ///
  /// Not for a process that is reading this very store: closing any descriptor of a file gives up its POSIX locks.
  static func tidy(_ path: String) {
    guard areFilesBeside(path), canBeTidied(path) else { return }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // A writer at work holds this lock, so what lies beside its store is no remains.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, isOurs(descriptor),
      let connection = try? Connection(path: path, for: .extending, wait: 0)
    else { return }
    // To read is to roll back; the end of the connection folds in.
    _ = try? connection.int("select count(*) from source")
  }

  /// Whether the system lets us write the file and beside it.
  static func canBeTidied(_ path: String) -> Bool {
    guard let real = resolved(path) else { return false }
    let folder = String(real[...(real.lastIndex(of: "/") ?? real.startIndex)])
    return unsafe access(real, W_OK) == 0 && access(folder, W_OK) == 0
  }

  /// Whether a file of SQLite lies beside the store, or the store says that one should.
  ///
  /// Not for a process that is reading this very store, like `tidy`.
  static func areBeside(_ path: String) -> Bool {
    if areFilesBeside(path) { return true }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return header(descriptor, at: 18, count: 1) == [2]
  }

  private static func areFilesBeside(_ path: String) -> Bool {
    guard let real = resolved(path) else { return false }
    return ["-journal", "-wal"].contains { unsafe access(real + $0, F_OK) == 0 }
  }

  /// Whether an open file is an SQLite database of somebody else, told without SQLite, which may fold in a log as it closes.
  static func isForeign(_ descriptor: Int32) -> Bool {
    header(descriptor, at: 0, count: 16) == Array("SQLite format 3\0".utf8) && !isOurs(descriptor)
  }

  private static func isOurs(_ descriptor: Int32) -> Bool {
    let id = header(descriptor, at: 68, count: 4).reduce(Int64(0)) { $0 << 8 | Int64($1) }
    return id == Schema.applicationID
  }

  /// Bytes of the file's header (sqlite.org/fileformat.html, 1.3), fewer where the file ends.
  private static func header(_ descriptor: Int32, at offset: Int, count: Int) -> [UInt8] {
    unsafe Array(unsafeUninitializedCapacity: count) { buffer, filled in
      filled = max(0, unsafe pread(descriptor, buffer.baseAddress, count, off_t(offset)))
    }
  }

  /// The path without symbolic links, as SQLite names the files beside it.
  private static func resolved(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }
}
