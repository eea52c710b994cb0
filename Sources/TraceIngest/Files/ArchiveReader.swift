import CArchive

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Walks the members of a `.tar` or `.zip` archive, tar packed with gzip or zstd too; nothing is written to the disk.
///
/// Each member is read as a file of its own, through `InputFile.member`, until the next one is asked for; a small one is held, and can
/// be read later and again.
///
/// - Source: libarchive, archive_read(3); decision 009.
@safe package struct ArchiveReader: ~Copyable {
  /// What was found at the next place of an archive.
  package enum Step: Sendable {
    /// A regular file that can be read, under `archive!name`.
    case member(InputFile)
    /// A member that cannot be read, with the reason.
    case refused(name: String, reason: String)
    /// There are no more.
    case end
    /// The archive is damaged from here on.
    case damaged(reason: String)
  }

  private static let blockBytes = 256 << 10

  private let handle: OpaquePointer
  private let path: String
  /// Bytes that may be unpacked in all.
  private let allowance: Int64
  private var spent: MemberHandle.Spent

  /// Opens an archive.
  ///
  /// - Parameters:
  ///   - maxRatio: how many times its size an archive may unpack to.
  ///   - freeBytes: bytes from which on that counts.
  package init(path: String, maxRatio: Int, freeBytes: Int) throws(IngestError) {
    guard let handle = unsafe archive_read_new() else { fatalError("out of memory") }
    unsafe archive_read_support_format_tar(handle)
    unsafe archive_read_support_format_zip(handle)
    unsafe archive_read_support_filter_gzip(handle)
    unsafe archive_read_support_filter_zstd(handle)
    guard unsafe archive_read_open_filename(handle, path, Self.blockBytes) == ARCHIVE_OK else {
      let words = unsafe Self.words(handle)
      unsafe archive_read_free(handle)
      throw IngestError(.unreadable, path: path, detail: words)
    }
    unsafe self.handle = handle
    self.path = path
    let (product, over) = Int64(regularSize(path) ?? 0).multipliedReportingOverflow(
      by: Int64(max(1, maxRatio)))
    allowance = max(Int64(freeBytes), over ? .max : product)
    spent = MemberHandle.Spent()
  }

  deinit { unsafe archive_read_free(handle) }

  /// Bytes of the archive that were read so far.
  package var bytesRead: Int64 { unsafe archive_filter_bytes(handle, -1) }

  /// The next member; folders, links, devices and hidden files are passed over. What is left of the one before is skipped.
  package mutating func next() -> Step {
    while true {
      var entry: OpaquePointer?
      let code = unsafe archive_read_next_header(handle, &entry)
      if code == ARCHIVE_EOF { return .end }
      guard code >= ARCHIVE_WARN, let entry = unsafe entry else {
        return unsafe .damaged(reason: Self.words(handle))
      }
      let name = unsafe Self.name(entry)
      guard unsafe archive_entry_filetype(entry) == S_IFREG, !Self.isHidden(name) else { continue }
      if unsafe archive_entry_is_encrypted(entry) != 0 {
        return .refused(name: "\(path)!\(name)", reason: "it is encrypted")
      }
      if spent.bytes > allowance {
        return .damaged(reason: "it unpacks to more than the limit; see --max-ratio")
      }
      let member = unsafe MemberHandle(
        archive: handle, time: Int64(archive_entry_mtime(entry)) &* 1_000_000_000,
        allowance: allowance, spent: spent)
      var file = InputFile(path: "\(path)!\(name)", isNamed: false, bytes: member.hold())
      file.member = member
      return .member(file)
    }
  }

  private static func name(_ entry: OpaquePointer) -> String {
    if let name = unsafe archive_entry_pathname(entry) { return unsafe String(cString: name) }
    if let name = unsafe archive_entry_pathname_utf8(entry) { return unsafe String(cString: name) }
    return "?"
  }

  /// As in a folder, what begins with a dot is left out, and so is what macOS adds to a zip.
  private static func isHidden(_ name: String) -> Bool {
    let parts = name.split(separator: "/")
    return parts.contains { $0.hasPrefix(".") && $0 != "." && $0 != ".." }
      || parts.first == "__MACOSX"
  }

  fileprivate static func words(_ handle: OpaquePointer) -> String {
    guard let words = unsafe archive_error_string(handle) else { return "it is damaged" }
    let text = unsafe String(cString: words)
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}

/// The member of an archive that is being read.
///
/// `@unchecked Sendable`: the archive has one user at any time, the task that reads the member; whoever walks the archive waits for it, but
/// for a member that is held whole, which does not touch the archive any more.
@safe package struct MemberHandle: @unchecked Sendable {
  private let archive: OpaquePointer
  /// When the member was last written, ns.
  let time: Int64
  private let allowance: Int64
  private let spent: Spent
  private let start = Start()
  /// What fails within one call of the archive is lost to its last byte.
  private static let pieceBytes = 16 << 10

  /// The first bytes of a member. `@unchecked Sendable`: it has one user at any time, as the member has.
  private final class Start: @unchecked Sendable {
    var held = ByteBuffer(capacity: 0)
    /// How many of them were read, and how many at most before it began anew.
    var position = 0
    var charged = 0
    /// What comes behind them where the archive was read so far; else nil.
    var end: Outcome?
  }

  /// How much an archive has given so far, bytes. `@unchecked Sendable`: its members share it, and they are read one after
  /// the other.
  final class Spent: @unchecked Sendable { var bytes: Int64 = 0 }

  @unsafe fileprivate init(archive: OpaquePointer, time: Int64, allowance: Int64, spent: Spent) {
    unsafe self.archive = archive
    self.time = time
    self.allowance = allowance
    self.spent = spent
  }

  /// What a reading gave.
  enum Outcome {
    /// So many bytes, 0 at the end.
    case bytes(Int)
    case damaged
    /// The archive has given more than was allowed.
    case tooDense
  }

  /// Takes a small member out of its archive.
  ///
  /// - Returns: how many bytes it has; nil where it is large or cannot be read to its end.
  fileprivate func hold() -> Int? {
    while start.held.count <= SmallReader.maxBytes {
      let outcome = unpack(into: &start.held, Self.pieceBytes)
      if case .bytes(let got) = outcome, got > 0 { continue }
      start.end = outcome
      if case .bytes = outcome { return start.held.count }
      return nil
    }
    return nil
  }

  /// Begins a member anew that is held.
  func rewind() { start.position = 0 }

  /// Appends up to so many bytes.
  func read(into buffer: inout ByteBuffer, _ count: Int) -> Outcome {
    let part = min(count, start.held.count - start.position)
    if part > 0 {
      buffer.put(start.held.bytes.slice(start.position, start.position + part))
      start.position += part
      // Only what is asked for is charged, once.
      let fresh = max(0, start.position - start.charged)
      start.charged += fresh
      return charge(fresh, part)
    }
    if let end = start.end { return end }
    let outcome = unpack(into: &buffer, min(count, Self.pieceBytes))
    if case .bytes(let got) = outcome { return charge(got, got) }
    return outcome
  }

  private func charge(_ bytes: Int, _ got: Int) -> Outcome {
    spent.bytes &+= Int64(bytes)
    return spent.bytes > allowance ? .tooDense : .bytes(got)
  }

  private func unpack(into buffer: inout ByteBuffer, _ count: Int) -> Outcome {
    buffer.reserve(count)
    let got = unsafe archive_read_data(archive, buffer.end, count)
    if got < 0 { return .damaged }
    buffer.count += got
    return .bytes(got)
  }
}
