extension ExceptionRecord {
  /// What groups errors of one cause: the types of the chain and the application's frames of the root cause, without line numbers.
  ///
  /// Where no frame is the application's own, all frames count; where there are none at all, the message's template.
  ///
  /// - Returns: the same on every machine.
  /// - Source: formats/logs.md 11, "For a fingerprint".
  public var strictFingerprint: UInt64 {
    var words = chain.map(\.type)
    let inwards = chain.reversed()
    let own = inwards.first { $0.frames.contains(where: \.isInApp) }
    let any = inwards.first { !$0.frames.isEmpty }
    let frames = own?.frames.filter(\.isInApp) ?? any?.frames ?? []
    var last = ""
    for frame in frames {
      let name = frame.fingerprint(language: language)
      // Recursion is one step.
      if name != last { words.append(name) }
      last = name
    }
    if frames.isEmpty, let root = chain.last { words.append(Self.template(root.message)) }
    return stableHash(words.joined(separator: "\n").utf8, seed: 3)
  }

  /// What groups errors that say the same: the outermost type and the template of its message.
  public var looseFingerprint: UInt64 {
    let first = parts.first
    let words = "\(first?.type ?? "")\n\(Self.template(first?.message ?? ""))"
    return stableHash(words.utf8, seed: 4)
  }

  /// `messageTemplate`, with paths and addresses replaced too: the first line counts.
  static func template(_ message: String) -> String {
    let line = message.prefix { !$0.isNewline }
    var result = ""
    for word in messageTemplate(line).split(separator: " ") {
      if !result.isEmpty { result += " " }
      let slashes = word.utf8.count { $0 == 0x2f }
      if slashes > 1 || word.contains("\\") && slashes == 0 && word.utf8.count > 3 {
        result += "/…"
      } else if word.contains("@"), word.first != "@" {
        result += "@…"
      } else {
        result += word
      }
    }
    return result
  }
}

extension StackFrame {
  /// What is the same of a frame in every release and on every host: the end of its path and its function, cleaned.
  func fingerprint(language: String) -> String {
    "\(Self.stablePath(module.isEmpty || language == "swift" ? file : module + "/" + file))|\(Self.stableFunction(function, language))"
  }

  /// The last two parts of a path, without versions, hashes and queries: what lies before them is the place of the installation.
  static func stablePath(_ path: String) -> String {
    let plain = path.prefix { $0 != "?" }
    var parts: [String] = []
    for part in plain.split(whereSeparator: { $0 == "/" || $0 == "\\" }) {
      let words = part.split(separator: ".", omittingEmptySubsequences: false).filter {
        !isVersion($0)
      }
      let name = words.joined(separator: ".").prefix { $0 != "@" }
      if !name.isEmpty { parts.append(String(name)) }
    }
    return parts.suffix(2).joined(separator: "/")
  }

  /// A version, a hash or a release's date: digits alone, or eight hex digits and more with one that is a number.
  private static func isVersion(_ word: Substring) -> Bool {
    let digits = word.utf8.count { $0 &- 0x30 < 10 }
    if digits == 0 { return false }
    let hex = word.utf8.count { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 6 }
    if digits == word.utf8.count { return true }
    return hex == word.utf8.count && hex >= 6
      || word.utf8.first == 0x76 && digits == word.utf8.count - 1
  }

  /// A function without what the compiler numbers: closures, anonymous classes, generics, addresses, arguments.
  static func stableFunction(_ function: String, _ language: String) -> String {
    var name = function[...]
    if language == "swift" {
      while name.hasPrefix("closure #"), let end = name.firstIndex(of: "i"),
        name[end...].hasPrefix("in ")
      {
        name = name[name.index(end, offsetBy: 3)...]
      }
      for prefix in ["partial apply for ", "specialized "] where name.hasPrefix(prefix) {
        name = name.dropFirst(prefix.count)
      }
    }
    if language == "dotnet" { name = name.prefix { $0 != "(" } }
    var result = ""
    var depth = 0
    for (character, next) in zip(name, name.dropFirst().map(Optional.some) + [nil]) {
      switch character {
      case "<" where next != ">" && language != "python" && language != "ruby": depth += 1
      case ">" where depth > 0: depth -= 1
      case _ where depth > 0: break
      default: result.append(character)
      }
    }
    if result.isEmpty { result = String(name) }
    return withoutNumbers(result, language)
  }

  /// Cuts `$1`, `lambda$x$0`, `.func1.2`, `{{closure}}`, `::h0123456789abcdef`.
  private static func withoutNumbers(_ name: String, _ language: String) -> String {
    let separator = language == "go" ? "." : language == "rust" ? "::" : "$"
    var parts: [Substring] = []
    for part in name.split(separator: separator) {
      var word = part.hasPrefix("func") && language == "go" ? part.dropFirst(4) : part
      if separator == "$" || word.count < part.count {
        word = word.drop { $0.isASCII && $0.isNumber }
        if word.isEmpty { continue }
        if word.first == "." || separator == "$" { parts.append(word) } else { parts.append(part) }
      } else if !isNumbered(word, language) {
        parts.append(part)
      }
    }
    return parts.joined(separator: separator)
  }

  /// Whether a part of a name is a number, a closure or a hash.
  private static func isNumbered(_ word: Substring, _ language: String) -> Bool {
    word.utf8.allSatisfy { $0 &- 0x30 < 10 } || word.hasPrefix("{{closure}}")
      || language == "rust" && word.utf8.count == 17 && word.first == "h"
  }
}
