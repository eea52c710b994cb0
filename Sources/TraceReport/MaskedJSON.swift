import Foundation

/// A JSON object or list with credentials masked; what comes out is JSON again.
///
/// - Returns: the text, and how many values were masked in it.
/// - Complexity: linear in the text.
public func maskedJSON(_ text: String) -> (text: String, count: Int) {
  let shown = maskedText(text)
  if shown.count == 0 || isJSON(shown.text) { return shown }
  // What looked like a credential went on past the string that it began in.
  var masker = JSONMasker(bytes: Array(text.utf8))
  return masker.run()
}

private func isJSON(_ text: String) -> Bool {
  (try? JSONSerialization.jsonObject(with: Data(text.utf8))) != nil
}

/// One pass over the bytes of a JSON text, string by string.
private struct JSONMasker {
  /// An object or a list that is open.
  private struct Level {
    var isObject: Bool
    /// Whether it stands behind a key that tells.
    var tells: Bool
    var isKeyNext: Bool
    /// The last key, of a list that of the list.
    var key = ""
    /// Whether its member `key` names a credential: its member `value` is one.
    var pairTells = false
  }

  let bytes: [UInt8]
  private var at = 0
  private var levels: [Level] = []
  private var output = ""
  private var secrets = Secrets()

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func run() -> (text: String, count: Int) {
    while at < bytes.count {
      let start = at
      switch bytes[at] {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        let isObject = bytes[at] == UInt8(ascii: "{")
        levels.append(
          Level(
            isObject: isObject, tells: tells, isKeyNext: isObject, key: levels.last?.key ?? ""))
        at += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        _ = levels.popLast()
        at += 1
      case UInt8(ascii: ","):
        if let last = levels.indices.last { levels[last].isKeyNext = levels[last].isObject }
        at += 1
      case UInt8(ascii: "\""):
        string()
        continue
      case UInt8(ascii: "-"), 48...57:
        while at < bytes.count, !",]} ".utf8.contains(bytes[at]) { at += 1 }
        if tells {
          output += "\"" + secrets.masked("-", key: "password") + "\""
          continue
        }
      default: at += 1
      }
      output += String(decoding: bytes[start..<at], as: UTF8.self)
    }
    return (output, secrets.count)
  }

  /// Whether the value at this place is a credential.
  private var tells: Bool {
    guard let level = levels.last else { return false }
    return level.tells || Secrets.isTelling(Array(level.key.utf8))
      || level.key == "value" && level.pairTells
  }

  private mutating func string() {
    let start = at
    at += 1
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
    }
    at = min(at + 1, bytes.count)
    let written = String(decoding: bytes[start..<at], as: UTF8.self)
    let value =
      (try? JSONSerialization.jsonObject(with: Data(written.utf8), options: .fragmentsAllowed))
      as? String
    guard let value, let last = levels.indices.last else {
      output += written
      return
    }
    if levels[last].isKeyNext {
      levels[last].isKeyNext = false
      levels[last].key = value
      output += written
      return
    }
    if levels[last].key == "key" {
      levels[last].pairTells = Secrets.isTelling(Array(value.utf8))
    }
    let shown = tells ? secrets.masked(value, key: "password") : secrets.masked(value)
    output += shown == value ? written : quoted(shown)
  }

  private func quoted(_ text: String) -> String {
    (try? JSONSerialization.data(
      withJSONObject: text, options: [.fragmentsAllowed, .withoutEscapingSlashes]))
      .map { String(decoding: $0, as: UTF8.self) } ?? "\"\(Secrets.mask)\""
  }
}
