#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Bytes that grow, with `room` readable and writable bytes behind and `head` bytes before them.
///
/// The room is what simdjson wants behind a document; it also lets words be written in eights.
@safe struct ByteBuffer: ~Copyable {
  static let room = 64
  static let head = 8

  private(set) var base: UnsafeMutablePointer<UInt8>
  private(set) var capacity: Int
  var count = 0

  init(capacity: Int = 1024) {
    self.capacity = capacity
    unsafe base = ByteBuffer.allocate(capacity)
  }

  deinit { unsafe (base - ByteBuffer.head).deallocate() }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
    let block = UnsafeMutablePointer<UInt8>.allocate(capacity: head + capacity + room)
    unsafe (block + head + capacity).initialize(repeating: 0, count: room)
    return unsafe block + head
  }

  /// Makes room for more bytes.
  @inline(__always) mutating func reserve(_ more: Int) {
    if count &+ more > capacity { grow(count + more) }
  }

  @inline(never) private mutating func grow(_ needed: Int) {
    let larger = max(needed, capacity * 2)
    let block = unsafe ByteBuffer.allocate(larger)
    unsafe (block - ByteBuffer.head).update(
      from: base - ByteBuffer.head, count: ByteBuffer.head + count)
    unsafe (base - ByteBuffer.head).deallocate()
    unsafe base = block
    capacity = larger
  }

  /// The content; valid until the buffer changes.
  var bytes: Bytes { unsafe Bytes(UnsafePointer(base), count) }

  /// Where the next byte goes; the caller has reserved what it writes.
  @unsafe var end: UnsafeMutablePointer<UInt8> { unsafe base + count }

  @inline(__always) mutating func put(_ byte: UInt8) {
    reserve(1)
    unsafe base[count] = byte
    count += 1
  }

  @inline(__always) mutating func put(_ literal: StaticString) {
    let length = literal.utf8CodeUnitCount
    reserve(length)
    unsafe memcpy(base + count, literal.utf8Start, length)
    count += length
  }

  mutating func put(_ bytes: Bytes) {
    reserve(bytes.count)
    unsafe memcpy(base + count, bytes.base, bytes.count)
    count += bytes.count
  }

  /// Appends at most 64 bytes by copying 32 or 64: the caller has reserved 64, and as many can be read.
  @unsafe @inline(__always) mutating func putWide(_ from: UnsafePointer<UInt8>, _ length: Int) {
    let source = unsafe UnsafeRawPointer(from)
    let target = unsafe UnsafeMutableRawPointer(end)
    let low = unsafe source.loadUnaligned(as: SIMD32<UInt8>.self)
    unsafe target.storeBytes(of: low, as: SIMD32<UInt8>.self)
    if length > 32 {
      let high = unsafe source.loadUnaligned(fromByteOffset: 32, as: SIMD32<UInt8>.self)
      unsafe target.storeBytes(of: high, toByteOffset: 32, as: SIMD32<UInt8>.self)
    }
    count += length
  }

  mutating func put(_ text: String) {
    for byte in text.utf8 { put(byte) }
  }

  /// Overwrites one byte; the two before and behind the content may be written too.
  mutating func set(_ index: Int, _ byte: UInt8) { unsafe base[index] = byte }
}
