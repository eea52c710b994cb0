/// Which keys the first records of a file have: what formats are told by.
///
/// Keys below the first level are written as `trace.batches` and `data[].spans`; of an array the first element is looked at.
struct Outline {
  private static let maxRecords = 20
  private static let maxDepth = 3

  private var keys: Set<String> = []
  /// How many objects were looked at.
  private(set) var objects = 0
  /// Whether the bytes stop before the first object's first key and its value begin.
  var isCutOff: Bool { objects == 1 && keys.isEmpty && endsInside }
  private var endsInside = false

  /// Whether one of the first records has a key.
  func has(_ key: String) -> Bool { keys.contains(key) }

  /// Whether one of the first records has a key of a certain form, on its first level.
  func hasKey(where isMeant: (String) -> Bool) -> Bool { keys.contains(where: isMeant) }

  /// The keys of the records in the first bytes of a file; what is broken or cut off counts as far as it goes.
  init(_ bytes: Bytes) {
    var i = bytes.starts(with: "\u{feff}") ? 3 : 0
    while i < bytes.count, objects < Self.maxRecords {
      let byte = bytes[i]
      if byte == 0x7b {
        objects += 1
        let end = collect(bytes, i, "", 0)
        if case .at(let next) = end {
          i = next
        } else {
          endsInside = end == .incomplete
          guard let next = afterBreak(bytes, i) else { return }
          i = next
        }
      } else if JSONScan.isBlank(byte) || byte == 0x2c || byte == 0x5b || byte == 0x5d {
        i += 1
      } else {
        guard let next = afterBreak(bytes, i) else { return }
        i = next
      }
    }
  }

  /// Where to go on behind something broken: at the next line or the next document.
  private func afterBreak(_ bytes: Bytes, _ start: Int) -> Int? {
    let lineBreak = bytes.firstIndex(of: 0x0a, from: start)
    let document = DocumentStart.next(bytes.slice(0, lineBreak ?? bytes.count), start + 1)
    return document?.isCertain == true ? document?.index : lineBreak
  }

  /// Notes the keys of the object that starts at an index; its end where it was found.
  private mutating func collect(
    _ bytes: Bytes, _ start: Int, _ prefix: String, _ depth: Int
  ) -> JSONScan.End {
    var i = start + 1
    while true {
      while i < bytes.count, JSONScan.isBlank(bytes[i]) || bytes[i] == 0x2c { i += 1 }
      guard i < bytes.count else { return .incomplete }
      if bytes[i] == 0x7d { return .at(i + 1) }
      guard bytes[i] == 0x22 else { return .broken(i) }
      let key = JSONScan.endOfString(bytes, i, breaks: .endRecords)
      guard case .at(let keyEnd) = key else { return key }
      let path = prefix + bytes.slice(i + 1, keyEnd - 1).string
      i = JSONScan.skipBlanks(bytes, keyEnd)
      guard i < bytes.count else { return .incomplete }
      guard bytes[i] == 0x3a else { return .broken(i) }
      i = JSONScan.skipBlanks(bytes, i + 1)
      guard i < bytes.count else { return .incomplete }
      keys.insert(path)
      if depth < Self.maxDepth { lookInside(bytes, i, path, depth) }
      switch JSONScan.endOfValue(bytes, i, isLast: false, breaks: .ignored) {
      case .at(let end): i = end
      case let end: return end
      }
    }
  }

  private mutating func lookInside(_ bytes: Bytes, _ start: Int, _ path: String, _ depth: Int) {
    var i = start
    var isList = false
    while i < bytes.count, bytes[i] == 0x5b || JSONScan.isBlank(bytes[i]) {
      isList = isList || bytes[i] == 0x5b
      i += 1
    }
    guard i < bytes.count, bytes[i] == 0x7b else { return }
    _ = collect(bytes, i, path + (isList ? "[]." : "."), depth + 1)
  }
}
