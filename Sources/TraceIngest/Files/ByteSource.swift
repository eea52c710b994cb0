import CXXHash
import CZlib
import CZstd
import TraceModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The decompressed bytes of a file or a pipe, once, from front to back.
///
/// gzip may have several members, zstd several frames. Where compressed data is damaged or ends early, the bytes before it
/// are delivered and `damage` says where it happened. A hash of all decompressed bytes is kept.
///
/// - Assumes: the first block shows the compression; nothing is mapped into memory, so a file that shrinks is no fault.
@safe struct ByteSource: ~Copyable {
  /// How the bytes on disk are packed.
  enum Compression: String, Sendable {
    case none, gzip, zstd
  }

  /// Packed data that is not whole.
  struct Damage: Sendable {
    /// Offset in the decompressed bytes.
    let offset: Int64
    /// The data ends too early; else it is not what was packed.
    let isCutOff: Bool
    /// The data unpacks to more than was allowed, and the rest was left.
    let isTooDense: Bool
  }

  /// At most so much is read at once, so that it is hashed while the processor's cache holds it.
  private static let inputBytes = 256 << 10
  static let prefixBytes = 64 << 10

  /// The path as it was given.
  let path: String
  /// Bytes on disk, nil for a pipe.
  let size: Int64?
  /// How it is packed.
  let compression: Compression
  /// Bytes read from disk so far.
  private(set) var bytesRead: Int64 = 0
  /// Decompressed bytes delivered so far.
  private(set) var offset: Int64 = 0
  /// Where and how the packed data is not whole; nil where it is.
  private(set) var damage: Damage?
  /// The first decompressed bytes, at most 64 KiB: what a format is told by.
  private(set) var prefix: ByteBuffer

  private let descriptor: CInt
  /// When the file was last written, ns; 0 for a pipe.
  private(set) var modified: Int64
  private var input: ByteBuffer
  private var inputStart = 0
  private var inputEnded = false
  private var outputEnded = false
  /// Takes messages out that were packed one by one, where the source holds such.
  private var messages = MessageUnpacker()
  private var holdsMessages = false
  private var messagesEnded = false
  /// Bytes of unpacked messages.
  private var unpacked: Int64 = 0
  private var prefixStart = 0
  private var produced: Int64 = 0
  private let hash: OpaquePointer
  /// Where the bytes come from if it is the member of an archive.
  private var member: MemberHandle?
  private let inflater: UnsafeMutablePointer<z_stream>?
  private let unpacker: OpaquePointer?
  /// Inside a gzip member or zstd frame, so that an end of the input is a loss.
  private var isInside = false
  private var isDamaged = false
  /// How many times as much may be unpacked as is read.
  private var maxRatio: Int64 = 1000
  /// So much may be unpacked of however little.
  private var freeBytes: Int64 = 0

  /// Opens a file, or standard input for `-`, and looks at its first bytes.
  ///
  /// What the user named may be a pipe too, and is opened once. What was merely found is opened only if it is a regular file:
  /// to open a pipe that nobody writes to is to wait for ever, and to open a device may do anything.
  ///
  /// - Parameters:
  ///   - maxRatio: how many times as much may be unpacked as is read.
  ///   - freeBytes: bytes from which on that counts.
  static func open(
    _ file: InputFile, maxRatio: Int, freeBytes: Int
  ) throws(IngestError) -> ByteSource {
    let path = file.path
    if !file.isNamed, file.member == nil {
      var status = stat()
      guard unsafe stat(path, &status) == 0 else { throw IngestError.system(errno, path: path) }
      if status.st_mode & S_IFMT != S_IFREG {
        throw IngestError(.unreadable, path: path, detail: "it is no regular file")
      }
    }
    let isMember = file.member != nil
    let descriptor = isMember ? -1 : path == "-" ? 0 : Platform.open(path)
    guard isMember || descriptor >= 0 else { throw IngestError.system(errno, path: path) }
    var status = stat()
    var input = ByteBuffer(capacity: 0)
    var damage: Damage?
    var isEnded = false
    do throws(IngestError) {
      guard unsafe isMember || fstat(descriptor, &status) == 0 else {
        throw IngestError.system(errno, path: path)
      }
      if status.st_mode & S_IFMT == S_IFDIR {
        throw IngestError(.unreadable, path: path, detail: "it is a folder")
      }
      // Room for a small file, and one byte by which it is seen to have grown; some files say that they have none.
      let isFile = status.st_mode & S_IFMT == S_IFREG
      let size = isMember ? file.bytes : isFile ? Int(status.st_size) : nil
      let room = size.map { min(inputBytes, max(4096, $0) + 1) } ?? inputBytes
      while input.count < room, !isEnded {
        let got = try more(
          descriptor, file.member, &input, room - input.count, path: path, at: 0, &damage)
        isEnded = got == 0
      }
    } catch {
      if descriptor > 0 { close(descriptor) }
      throw error
    }
    var source = ByteSource(
      path: path, descriptor: descriptor, status: status, input: input, isEnded: isEnded)
    source.member = file.member
    source.damage = damage
    if let member = file.member { source.modified = member.time }
    source.maxRatio = Int64(max(1, maxRatio))
    source.freeBytes = Int64(max(0, freeBytes))
    try source.fillPrefix()
    return source
  }

  private init(
    path: String, descriptor: CInt, status: stat, input: consuming ByteBuffer, isEnded: Bool
  ) {
    guard let hash = unsafe XXH3_createState() else { fatalError("out of memory") }
    unsafe XXH3_128bits_reset(hash)
    let isFile = status.st_mode & S_IFMT == S_IFREG
    let compression = Self.compression(input.bytes)
    self.path = path
    self.descriptor = descriptor
    size = isFile ? Int64(status.st_size) : nil
    modified = isFile ? Self.time(status) : 0
    self.compression = compression
    unsafe self.hash = hash
    prefix = ByteBuffer(capacity: 0)
    bytesRead = Int64(input.count)
    inputEnded = isEnded
    self.input = input
    unsafe inflater = compression == .gzip ? Self.makeInflater() : nil
    unsafe unpacker = compression == .zstd ? ZSTD_createDStream() : nil
  }

  deinit {
    if descriptor > 0 { close(descriptor) }
    unsafe XXH3_freeState(hash)
    if let inflater = unsafe inflater {
      unsafe inflateEnd(inflater)
      unsafe inflater.deallocate()
    }
    if let unpacker = unsafe unpacker { unsafe ZSTD_freeDStream(unpacker) }
  }

  /// Appends bytes to a buffer until it is full or the source ends; false at the end.
  mutating func read(into buffer: inout ByteBuffer, upTo limit: Int) throws(IngestError) -> Bool {
    buffer.reserve(max(0, limit - buffer.count))
    while buffer.count < limit {
      let before = buffer.count
      if prefixStart < prefix.count {
        let part = prefix.bytes.slice(
          prefixStart, min(prefix.count, prefixStart + limit - buffer.count))
        buffer.put(part)
        prefixStart += part.count
      } else {
        guard try produce(into: &buffer, upTo: limit) else { return false }
      }
      unsafe culprit_hash_update(hash, buffer.base + before, buffer.count - before)
      offset += Int64(buffer.count - before)
    }
    return prefixStart < prefix.count || !(holdsMessages ? messagesEnded : outputEnded)
  }

  /// How the bytes on disk are packed, messages one by one among it.
  var packing: Compression { holdsMessages ? .zstd : compression }

  /// What could not be read of messages that were packed one by one.
  var defects: DefectTally { messages.defects }

  /// The hash of all bytes delivered, as 32 hex digits.
  ///
  /// - Source: Collet, XXH3 128 bit, canonical form.
  var contentHash: String {
    let value = unsafe XXH3_128bits_digest(hash)
    return TraceID(high: value.high64, low: value.low64).description
  }

  /// Fails if the file shrank or was written over since it was opened. One that only grew is fine: exporters append, and
  /// what was read is what it held.
  func checkUnchanged() throws(IngestError) {
    guard let size else { return }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return }
    if Int64(status.st_size) < size || bytesRead < size {
      throw IngestError(
        .changed, path: path, detail: "it shrank from \(size) to \(status.st_size) bytes")
    }
    if Int64(status.st_size) == size, Self.time(status) != modified {
      throw IngestError(.changed, path: path, detail: "it was written to")
    }
  }

  // MARK: Bytes of the file

  private static func time(_ status: stat) -> Int64 {
    #if canImport(Glibc)
      Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    #else
      Int64(status.st_mtimespec.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtimespec.tv_nsec)
    #endif
  }

  /// The next bytes of a file or a member, 0 at the end; a member that is damaged ends there.
  private static func more(
    _ descriptor: CInt, _ member: MemberHandle?, _ buffer: inout ByteBuffer, _ count: Int,
    path: String, at offset: Int64, _ damage: inout Damage?
  ) throws(IngestError) -> Int {
    guard let member else { return try readOnce(descriptor, &buffer, count, path: path) }
    switch member.read(into: &buffer, count) {
    case .bytes(let got): return got
    case .damaged: damage = Damage(offset: offset, isCutOff: false, isTooDense: false)
    case .tooDense: damage = Damage(offset: offset, isCutOff: false, isTooDense: true)
    }
    return 0
  }

  /// One call of `read`, repeated when a signal interrupts it.
  private static func readOnce(
    _ descriptor: CInt, _ buffer: inout ByteBuffer, _ count: Int, path: String
  ) throws(IngestError) -> Int {
    buffer.reserve(count)
    while true {
      // The room was reserved above.
      let got = unsafe Platform.read(descriptor, buffer.end, count)
      if got >= 0 {
        buffer.count += got
        return got
      }
      if errno != EINTR { throw IngestError.system(errno, path: path) }
    }
  }

  private static func compression(_ bytes: Bytes) -> Compression {
    if bytes.count >= 2, bytes[0] == 0x1f, bytes[1] == 0x8b { return .gzip }
    guard bytes.count >= 4 else { return .none }
    if bytes[0] == 0x28, bytes[1] == 0xb5, bytes[2] == 0x2f, bytes[3] == 0xfd { return .zstd }
    return .none
  }

  private mutating func fillPrefix() throws(IngestError) {
    var first = ByteBuffer(
      capacity: compression == .none
        ? min(Self.prefixBytes, input.count) : Self.prefixBytes)
    while first.count < Self.prefixBytes {
      guard try produce(into: &first, upTo: Self.prefixBytes) else { break }
    }
    holdsMessages = MessageUnpacker.isHere(first.bytes)
    if holdsMessages {
      messages.input.put(first.bytes)
      first.count = 0
      while first.count < Self.prefixBytes {
        guard try produce(into: &first, upTo: Self.prefixBytes) else { break }
      }
    }
    prefix = first
  }

  // MARK: Unpacking

  /// Appends at least one byte, or returns false at the end.
  private mutating func produce(
    into buffer: inout ByteBuffer, upTo limit: Int
  ) throws(IngestError) -> Bool {
    if holdsMessages { return try produceMessages(into: &buffer, upTo: limit) }
    return try produceBytes(into: &buffer, upTo: limit)
  }

  /// The same of messages that were packed one by one.
  private mutating func produceMessages(
    into buffer: inout ByteBuffer, upTo limit: Int
  ) throws(IngestError) -> Bool {
    let before = buffer.count
    while !messagesEnded {
      messages.deliver(into: &buffer, upTo: limit)
      if buffer.count > before { break }
      if messages.unpackNext(isEnd: outputEnded) { continue }
      if outputEnded {
        messagesEnded = true
        break
      }
      var input = ByteBuffer(capacity: 0)
      swap(&input, &messages.input)
      input.reserve(Self.inputBytes)
      _ = try produceBytes(into: &input, upTo: input.count + Self.inputBytes)
      swap(&input, &messages.input)
    }
    unpacked += Int64(buffer.count - before)
    if unpacked > freeBytes, unpacked / maxRatio > bytesRead {
      damage = Damage(offset: unpacked, isCutOff: false, isTooDense: true)
      messagesEnded = true
    }
    return buffer.count > before
  }

  private mutating func produceBytes(
    into buffer: inout ByteBuffer, upTo limit: Int
  ) throws(IngestError) -> Bool {
    if outputEnded { return false }
    let before = buffer.count
    while buffer.count == before, !outputEnded {
      if inputStart == input.count {
        if compression == .none, !inputEnded {
          let got = try Self.more(
            descriptor, member, &buffer, min(Self.inputBytes, limit - buffer.count), path: path,
            at: produced, &damage)
          bytesRead += Int64(got)
          if got == 0 {
            inputEnded = true
            outputEnded = true
          }
          continue
        }
        try refill()
        if inputStart == input.count {
          if isInside, damage == nil {
            damage = Damage(offset: produced, isCutOff: !isDamaged, isTooDense: false)
          }
          outputEnded = true
          continue
        }
      }
      switch compression {
      case .none:
        let part = input.bytes.slice(
          inputStart, min(input.count, inputStart + limit - buffer.count))
        buffer.put(part)
        inputStart += part.count
      case .gzip: inflate(into: &buffer, upTo: limit)
      case .zstd: unpack(into: &buffer, upTo: limit)
      }
    }
    produced += Int64(buffer.count - before)
    if compression != .none, produced > freeBytes, produced / maxRatio > bytesRead {
      damage = Damage(offset: produced, isCutOff: false, isTooDense: true)
      stopDamaged(buffer.count)
      outputEnded = true
    }
    return buffer.count > before
  }

  private mutating func refill() throws(IngestError) {
    guard !inputEnded else { return }
    input.count = 0
    inputStart = 0
    let got = try Self.more(
      descriptor, member, &input, Self.inputBytes, path: path, at: produced, &damage)
    bytesRead += Int64(got)
    if got == 0 { inputEnded = true }
  }

  private static func makeInflater() -> UnsafeMutablePointer<z_stream> {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15 bits of window, and 16 for the gzip wrapper.
    let code = unsafe inflateInit2_(stream, 31, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { fatalError("out of memory") }
    return unsafe stream
  }

  private mutating func inflate(into buffer: inout ByteBuffer, upTo limit: Int) {
    guard let inflater = unsafe inflater else { return }
    if !isInside {
      // Zeros behind a member are padding; anything else that is no member is damage.
      while inputStart < input.count, input.bytes[inputStart] == 0, produced > 0 { inputStart += 1 }
      if inputStart == input.count { return }
      isInside = true
    }
    let available = input.count - inputStart
    unsafe inflater.pointee.next_in = input.base + inputStart
    unsafe inflater.pointee.avail_in = UInt32(available)
    unsafe inflater.pointee.next_out = buffer.end
    let room = min(limit - buffer.count, 1 << 30)
    unsafe inflater.pointee.avail_out = UInt32(room)
    let code = unsafe CZlib.inflate(inflater, Z_NO_FLUSH)
    inputStart += available - Int(unsafe inflater.pointee.avail_in)
    buffer.count += room - Int(unsafe inflater.pointee.avail_out)
    switch code {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END:
      isInside = false
      unsafe inflateReset(inflater)
    default: stopDamaged(buffer.count)
    }
  }

  private mutating func unpack(into buffer: inout ByteBuffer, upTo limit: Int) {
    guard let unpacker = unsafe unpacker else { return }
    var from = unsafe ZSTD_inBuffer(src: input.base, size: input.count, pos: inputStart)
    var to = unsafe ZSTD_outBuffer(dst: buffer.end, size: limit - buffer.count, pos: 0)
    let code = unsafe ZSTD_decompressStream(unpacker, &to, &from)
    inputStart = unsafe from.pos
    buffer.count += unsafe to.pos
    if ZSTD_isError(code) != 0 {
      stopDamaged(buffer.count)
    } else {
      isInside = code != 0
    }
  }

  private mutating func stopDamaged(_ count: Int) {
    isInside = true
    isDamaged = true
    inputEnded = true
    inputStart = input.count
    bytesRead = size ?? bytesRead
  }

}

/// Names of the C library that are names of ours too.
private enum Platform {
  static func open(_ path: String) -> CInt {
    #if canImport(Glibc)
      unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    #else
      unsafe Darwin.open(path, O_RDONLY | O_CLOEXEC)
    #endif
  }

  @unsafe static func read(_ descriptor: CInt, _ to: UnsafeMutablePointer<UInt8>, _ count: Int)
    -> Int
  {
    #if canImport(Glibc)
      unsafe Glibc.read(descriptor, to, count)
    #else
      unsafe Darwin.read(descriptor, to, count)
    #endif
  }
}
