/// The parts of an address that name the other end of a call and what is asked of it.
struct URLParts {
  /// Host without port and credentials; empty where there is none.
  var host = Bytes.none
  /// Port; nil where none is written.
  var port: Int64?
  /// Path without query, from its slash on; empty where there is none.
  var path = Bytes.none

  /// The parts of `scheme://user:password@host:port/path?query`; a text without `://` is a path if it begins with a slash.
  init(_ text: Bytes) {
    var start = 0
    while start + 2 < text.count,
      text[start] != 0x3a || text[start + 1] != 0x2f || text[start + 2] != 0x2f
    {
      start += 1
    }
    if start + 2 >= text.count {
      if text.count > 0, text[0] == 0x2f { path = URLParts.beforeQuery(text) }
      return
    }
    start += 3
    var end = start
    while end < text.count, text[end] != 0x2f, text[end] != 0x3f, text[end] != 0x23 { end += 1 }
    path = URLParts.beforeQuery(text.slice(end, text.count))
    for i in start..<end where text[i] == 0x40 { start = i + 1 }
    var hostEnd = end
    if start < end, text[start] == 0x5b {
      // An IPv6 address holds colons of its own.
      while hostEnd > start + 1, text[hostEnd - 1] != 0x5d, text[hostEnd - 1] != 0x3a {
        hostEnd -= 1
      }
      if text[hostEnd - 1] == 0x3a { hostEnd -= 1 } else { hostEnd = end }
    } else if let colon = text.slice(0, end).firstIndex(of: 0x3a, from: start) {
      hostEnd = colon
    }
    host = text.slice(start, hostEnd)
    if hostEnd < end { port = decimal(text.slice(hostEnd + 1, end)).flatMap { Int64(exactly: $0) } }
  }

  private static func beforeQuery(_ text: Bytes) -> Bytes {
    for i in 0..<text.count where text[i] == 0x3f || text[i] == 0x23 { return text.slice(0, i) }
    return text
  }
}
