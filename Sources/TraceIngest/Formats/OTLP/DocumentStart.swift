/// Where a document starts, wherever it stands: what lost its end does not take its successors along.
enum DocumentStart {
  /// Whether the object at an index is a document by its first key: one that lists resources, or `trace` or `result` around
  /// such a list. Nothing in a document looks like that, and in a string the quotes would be escaped.
  ///
  /// Nil where the bytes stop before that can be said.
  static func isHere(_ bytes: Bytes, _ start: Int) -> Bool? {
    var i = start
    for depth in 0..<2 {
      guard i < bytes.count else { return nil }
      guard bytes[i] == 0x7b else { return false }
      let quote = JSONScan.skipBlanks(bytes, i + 1)
      guard quote < bytes.count else { return nil }
      guard bytes[quote] == 0x22 else { return false }
      var end = quote + 1
      while end < bytes.count, end - quote <= longestKey, isKeyByte(bytes[end]) { end += 1 }
      guard end < bytes.count else { return nil }
      let key = bytes.slice(quote + 1, end)
      let isList = OTLPKeys.isResources(key)
      guard bytes[end] == 0x22, isList || depth == 0 && OTLPKeys.isWrapper(key) else {
        return false
      }
      let colon = JSONScan.skipBlanks(bytes, end + 1)
      guard colon < bytes.count else { return nil }
      guard bytes[colon] == 0x3a else { return false }
      i = JSONScan.skipBlanks(bytes, colon + 1)
      guard i < bytes.count else { return nil }
      if isList { return bytes[i] == 0x5b }
    }
    return false
  }

  /// The first document from an index on.
  ///
  /// `isCertain` is false where the bytes stop before its first key is complete.
  static func next(_ bytes: Bytes, _ start: Int) -> (index: Int, isCertain: Bool)? {
    var i = start
    while let brace = bytes.firstIndex(of: 0x7b, from: i) {
      switch isHere(bytes, brace) {
      case true?: return (brace, true)
      case nil: return (brace, false)
      case false?: i = brace + 1
      }
    }
    return nil
  }

  /// What the search for a value's end says to an object at a depth of it; nil where the value goes on.
  @inline(__always) static func check(_ bytes: Bytes, _ at: Int, depth: Int) -> JSONScan.End? {
    // Nearly all keys are told by their first letter.
    if at + 2 < bytes.count, bytes[at + 1] == 0x22, !isFirstLetter(bytes[at + 2]) { return nil }
    return slowCheck(bytes, at, depth)
  }

  @inline(never) private static func slowCheck(
    _ bytes: Bytes, _ at: Int, _ depth: Int
  ) -> JSONScan.End? {
    switch isHere(bytes, at) {
    case false?: nil
    case nil: .incomplete
    case true?: depth == 1 && isWrapped(bytes, at) ? nil : .broken(at)
    }
  }

  /// What the search for a string's end says to its closing quote: where a letter follows, the quote may belong to the first
  /// key of a document, and the string lost its end.
  @inline(__always) static func check(
    _ bytes: Bytes, from start: Int, quote: Int
  ) -> JSONScan.End {
    guard quote + 1 < bytes.count, isFirstLetter(bytes[quote + 1]) else { return .at(quote + 1) }
    return slowCheck(bytes, from: start, quote: quote)
  }

  @inline(never) private static func slowCheck(
    _ bytes: Bytes, from start: Int, quote: Int
  ) -> JSONScan.End {
    var brace = quote - 1
    while brace > start, JSONScan.isBlank(bytes[brace]) { brace -= 1 }
    guard brace > start else { return .at(quote + 1) }
    switch isHere(bytes, brace) {
    case false?: return .at(quote + 1)
    case nil: return .incomplete
    case true?: return .broken(brace)
    }
  }

  /// Whether an object is the value of a key that wraps documents.
  private static func isWrapped(_ bytes: Bytes, _ at: Int) -> Bool {
    var i = at - 1
    while i > 0, JSONScan.isBlank(bytes[i]) { i -= 1 }
    guard i > 0, bytes[i] == 0x3a else { return false }
    i -= 1
    while i > 0, JSONScan.isBlank(bytes[i]) { i -= 1 }
    return i >= 7
      && (bytes.slice(i - 6, i + 1).equals("\"trace\"")
        || bytes.slice(i - 7, i + 1).equals("\"result\""))
  }

  private static let longestKey = 16

  private static func isKeyByte(_ byte: UInt8) -> Bool { byte | 0x20 &- 0x61 < 26 || byte == 0x5f }

  /// `batches`, `resource…`, `result`, `trace`.
  @inline(__always) private static func isFirstLetter(_ byte: UInt8) -> Bool {
    byte == 0x62 || byte == 0x72 || byte == 0x74
  }
}
