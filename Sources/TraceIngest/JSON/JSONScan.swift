/// Finds where JSON values end without decoding them.
///
/// Brackets are counted, not matched: a parser looks at the content later. A value that lost its end breaks where the next
/// document starts.
///
/// - Assumes: eight readable bytes behind `bytes`.
enum JSONScan {
  /// What the search for a value's end found.
  enum End: Equatable {
    /// The index behind the value.
    case at(Int)
    /// The bytes stop inside the value.
    case incomplete
    /// No valid JSON can go on like this; the index is that of the line break or the object at which a new record may start.
    case broken(Int)
  }

  /// Whether a byte is JSON's white space, or the separator of RFC 7464.
  @inline(__always) static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 || byte == 0x1e
  }

  /// The first index from `start` that holds no white space.
  @inline(__always) static func skipBlanks(_ bytes: Bytes, _ start: Int) -> Int {
    var i = start
    while i < bytes.count, isBlank(bytes[i]) { i += 1 }
    return i
  }

  /// The end of the string whose opening quote stands at `start`.
  @inline(__always) static func endOfString(
    _ bytes: Bytes, _ start: Int, breaks: LineBreaks
  ) -> End {
    var i = start + 1
    while i < bytes.count {
      let word = bytes.word(i)
      let found =
        zeroBytes(word ^ repeated(0x22)) | zeroBytes(word ^ repeated(0x5c))
        | zeroBytes(word ^ repeated(0x0a))
      if found == 0 {
        i += 8
        continue
      }
      i += found.trailingZeroBitCount >> 3
      if i >= bytes.count { return .incomplete }
      switch bytes[i] {
      case 0x22: return DocumentStart.check(bytes, from: start, quote: i)
      case 0x5c: i += 2
      case 0x0a:
        switch breaks.check(bytes, i, inString: true) {
        case .incomplete: return .incomplete
        case .broken(let at): return .broken(at)
        case .at: i += 1
        }
      default: i += 1
      }
    }
    return .incomplete
  }

  /// The end of the value that starts at `start`, which is no white space.
  static func endOfValue(
    _ bytes: Bytes, _ start: Int, isLast: Bool, breaks: LineBreaks
  ) -> End {
    guard start < bytes.count else { return .incomplete }
    switch bytes[start] {
    case 0x7b, 0x5b: return endOfContainer(bytes, start, breaks: breaks)
    case 0x22: return endOfString(bytes, start, breaks: breaks)
    default:
      var i = start
      while i < bytes.count {
        switch bytes[i] {
        case 0x2c, 0x5d, 0x7d, 0x20, 0x0a, 0x0d, 0x09, 0x3a, 0x7b, 0x5b, 0x22:
          return i > start ? .at(i) : .broken(i)
        default: i += 1
        }
      }
      return isLast ? .at(i) : .incomplete
    }
  }

  /// How many containers stand inside each other at most, in a value whose brackets match.
  static func depth(_ bytes: Bytes) -> Int {
    var depth = 0
    var deepest = 0
    var isString = false
    var i = 0
    while i < bytes.count {
      switch bytes[i] {
      case 0x22: isString.toggle()
      case 0x5c: i += 1
      case 0x7b, 0x5b:
        if !isString { depth += 1 }
        deepest = max(deepest, depth)
      case 0x7d, 0x5d: if !isString { depth -= 1 }
      default: break
      }
      i += 1
    }
    return deepest
  }

  /// The end of the container whose opening bracket stands at `start`.
  private static func endOfContainer(_ bytes: Bytes, _ start: Int, breaks: LineBreaks) -> End {
    var depth = 0
    var i = start
    while i < bytes.count {
      // With bit 5 set, square brackets become curly ones.
      let word = bytes.word(i)
      let folded = word | repeated(0x20)
      let found =
        zeroBytes(folded ^ repeated(0x7b)) | zeroBytes(folded ^ repeated(0x7d))
        | zeroBytes(word ^ repeated(0x22)) | zeroBytes(word ^ repeated(0x0a))
      if found == 0 {
        i += 8
        continue
      }
      i += found.trailingZeroBitCount >> 3
      if i >= bytes.count { return .incomplete }
      switch bytes[i] {
      case 0x22:
        guard case .at(let end) = endOfString(bytes, i, breaks: breaks) else {
          return endOfString(bytes, i, breaks: breaks)
        }
        i = end
      case 0x7b, 0x5b:
        if depth > 0, bytes[i] == 0x7b, let stop = DocumentStart.check(bytes, i, depth: depth) {
          return stop
        }
        depth += 1
        i += 1
      case 0x7d, 0x5d:
        depth -= 1
        i += 1
        if depth == 0 { return .at(i) }
      case 0x0a:
        switch breaks.check(bytes, i, inString: false) {
        case .incomplete: return .incomplete
        case .broken(let at): return .broken(at)
        case .at: i += 1
        }
      default: i += 1
      }
    }
    return .incomplete
  }

  /// What a line break inside a record means.
  enum LineBreaks {
    /// A record ends with its line.
    case endRecords
    /// A record may have several lines; a new one is seen where an object starts a line and none can stand there.
    case allowed
    /// No line break says anything: the bytes are known to be one record.
    case ignored

    fileprivate func check(_ bytes: Bytes, _ at: Int, inString: Bool) -> End {
      switch self {
      case .ignored: return .at(at)
      case .endRecords: return .broken(at)
      case .allowed:
        guard at + 1 < bytes.count else { return inString ? .incomplete : .at(at) }
        guard bytes[at + 1] == 0x7b else { return .at(at) }
        if inString {
          let key = JSONScan.skipBlanks(bytes, at + 2)
          guard key < bytes.count else { return .incomplete }
          return bytes[key] == 0x22 ? .broken(at) : .at(at)
        }
        var before = at - 1
        while before >= 0, isBlank(bytes[before]) { before -= 1 }
        guard before >= 0 else { return .at(at) }
        switch bytes[before] {
        case 0x2c, 0x5b, 0x3a: return .at(at)
        default: return .broken(at)
        }
      }
    }
  }
}
