import CZlib

/// The content of gzip data that lies in memory; several members follow each other.
///
/// - Parameters:
///   - bytes: the packed data, from its magic number on.
///   - limit: what the content may not exceed; a small text can unpack into any size.
/// - Returns: nil where the data is damaged, ends early, or holds more than the limit.
func inflated(_ bytes: Bytes, limit: Int) -> ByteBuffer? {
  guard bytes.count >= 18, bytes[0] == 0x1f, bytes[1] == 0x8b else { return nil }
  var stream = unsafe z_stream()
  // 15 bits of window, and 16 for the gzip wrapper.
  guard unsafe inflateInit2_(&stream, 31, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK
  else { return nil }
  defer { unsafe inflateEnd(&stream) }
  var content = ByteBuffer(capacity: min(limit, max(1 << 12, bytes.count * 4)))
  unsafe stream.next_in = UnsafeMutablePointer(mutating: bytes.base)
  unsafe stream.avail_in = UInt32(clamping: bytes.count)
  while true {
    if content.count == content.capacity { content.reserve(1) }
    let room = min(content.capacity - content.count, 1 << 30)
    unsafe stream.next_out = content.end
    unsafe stream.avail_out = UInt32(room)
    let code = unsafe inflate(&stream, Z_NO_FLUSH)
    let got = room - Int(unsafe stream.avail_out)
    content.count += got
    if content.count > limit { return nil }
    switch code {
    case Z_STREAM_END:
      if unsafe stream.avail_in == 0 { return content }
      unsafe inflateReset(&stream)
    case Z_OK: continue
    case Z_BUF_ERROR:
      // Nothing was read and nothing written: the data ends early.
      if got == 0, unsafe stream.avail_in == 0 { return nil }
    default: return nil
    }
  }
}

/// The bytes of base64 text, padded or not; nil where it is none.
func base64Content(_ text: Bytes) -> ByteBuffer? {
  var content = ByteBuffer(capacity: text.count / 4 * 3 + 3)
  var bits: UInt32 = 0
  var count = 0
  var i = 0
  while i < text.count, text[i] != 0x3d {
    let byte = text[i]
    i += 1
    let value: UInt8
    switch byte {
    case 0x41...0x5a: value = byte - 0x41
    case 0x61...0x7a: value = byte - 0x61 + 26
    case 0x30...0x39: value = byte - 0x30 + 52
    case 0x2b, 0x2d: value = 62
    case 0x2f, 0x5f: value = 63
    case 0x0a, 0x0d: continue
    default: return nil
    }
    bits = bits << 6 | UInt32(value)
    count += 6
    if count >= 8 {
      count -= 8
      content.put(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
  }
  guard content.count > 0 else { return nil }
  return content
}
