extension ExceptionRecord {
  /// What groups errors of one cause: the types of the chain and the application's frames of the root cause, without line numbers.
  ///
  /// Where no frame is the application's own, all frames count; where there are none at all, the message's template.
  ///
  /// - Returns: the same on every machine.
  /// - Source: formats/logs.md 11, "For a fingerprint".
  public var strictFingerprint: UInt64 {
    var words = Array(chain.map(\.type).joined(separator: "\n").utf8)
    let inwards = chain.reversed()
    let own = inwards.first { $0.frames.contains(where: \.isInApp) }
    let any = inwards.first { !$0.frames.isEmpty }
    var last: [UInt8] = []
    for frame in (own ?? any)?.frames ?? [] where own == nil || frame.isInApp {
      let name = frame.fingerprint(language: language)
      // Recursion is one step.
      if name != last {
        words.append(0x0a)
        words += name
      }
      last = name
    }
    if any == nil, let root = chain.last {
      words.append(0x0a)
      words += Self.template(root.message)
    }
    return stableHash(words, seed: 3)
  }

  /// What groups errors that say the same: the outermost type and the template of its message.
  public var looseFingerprint: UInt64 {
    var words = Array((parts.first?.type ?? "").utf8)
    words.append(0x0a)
    words += Self.template(parts.first?.message ?? "")
    return stableHash(words, seed: 4)
  }

  /// `messageTemplate`, with paths and addresses replaced too: the first line counts.
  static func template(_ message: String) -> [UInt8] {
    let line = message.utf8.prefix(1000).prefix { $0 != 0x0a && $0 != 0x0d }
    var result: [UInt8] = []
    for word in messageTemplate(Array(line)).split(separator: 0x20) {
      if !result.isEmpty { result.append(0x20) }
      let slashes = word.count { $0 == 0x2f }
      if slashes > 1 || slashes == 0 && word.count > 3 && word.contains(0x5c) {
        result += Array("/…".utf8)
      } else if word.first != 0x40, word.contains(0x40) {
        result += Array("@…".utf8)
      } else {
        result += word
      }
    }
    return result
  }
}

extension StackFrame {
  /// What is the same of a frame in every release and on every host: the end of its path and its function, cleaned.
  func fingerprint(language: String) -> [UInt8] {
    var path = Array(file.utf8)
    if !module.isEmpty, language != "swift" { path = Array(module.utf8) + [0x2f] + path }
    var result = Self.stablePath(path)
    result.append(0x7c)
    result += Self.stableFunction(Array(function.utf8), language)
    return result
  }

  /// The last two parts of a path, without versions, hashes and queries: what lies before them is the place of the installation.
  static func stablePath(_ path: [UInt8]) -> [UInt8] {
    var parts: [[UInt8]] = []
    let plain = path.prefix { $0 != 0x3f }
    // From the end, as two are wanted.
    for part in plain.split(whereSeparator: { $0 == 0x2f || $0 == 0x5c }).reversed() {
      var name: [UInt8] = []
      for word in part.split(separator: 0x2e, omittingEmptySubsequences: false)
      where !isVersion(word) {
        if !name.isEmpty { name.append(0x2e) }
        name += word
      }
      if let at = name.firstIndex(of: 0x40) { name.removeSubrange(at...) }
      if !name.isEmpty { parts.append(name) }
      if parts.count == 2 { break }
    }
    return Array(parts.reversed().joined(separator: [0x2f]))
  }

  /// A version, a hash or a release's date: digits alone, `v` and digits, or six hex digits and more with a number among them.
  private static func isVersion(_ word: ArraySlice<UInt8>) -> Bool {
    var digits = 0
    var hex = 0
    for byte in word {
      if byte &- 0x30 < 10 { digits += 1 } else if (byte | 0x20) &- 0x61 < 6 { hex += 1 }
    }
    if digits == 0 { return false }
    return digits == word.count || digits + hex == word.count && word.count >= 6
      || word.first == 0x76 && digits == word.count - 1
  }

  /// A function without what the compiler numbers: closures, anonymous classes, generics, addresses, arguments.
  static func stableFunction(_ function: [UInt8], _ language: String) -> [UInt8] {
    var name = function[...]
    if language == "swift" {
      while name.has("closure #", at: name.startIndex),
        let mark = name.first(" in ", from: name.startIndex)
      {
        name = name[(mark + 4)...]
      }
      for prefix: StaticString in ["partial apply for ", "specialized "]
      where name.has(prefix, at: name.startIndex) {
        name = name.dropFirst(prefix.utf8CodeUnitCount)
      }
    }
    if language == "dotnet" { name = name.prefix { $0 != 0x28 } }
    let hasGenerics = language != "python" && language != "ruby"
    var result: [UInt8] = []
    result.reserveCapacity(name.count)
    var depth = 0
    for (place, byte) in zip(name.indices, name) {
      if byte == 0x3c, hasGenerics, name.byte(place + 1) != 0x3e {
        depth += 1
      } else if byte == 0x3e, depth > 0 {
        depth -= 1
      } else if depth == 0 {
        result.append(byte)
      }
    }
    return withoutNumbers(result.isEmpty ? name : result[...], language)
  }

  /// Cuts `$1`, `lambda$x$0`, `.func1.2`, `{{closure}}`, `::h0123456789abcdef`.
  private static func withoutNumbers(_ name: ArraySlice<UInt8>, _ language: String) -> [UInt8] {
    let separator: UInt8 = language == "go" ? 0x2e : language == "rust" ? 0x3a : 0x24
    guard name.contains(separator) else { return Array(name) }
    var result: [UInt8] = []
    for part in name.split(separator: separator) {
      let isFunc = language == "go" && part.has("func", at: part.startIndex)
      let numbered = isFunc ? part.dropFirst(4) : part
      let rest = numbered.drop { $0 &- 0x30 < 10 }
      if rest.isEmpty || isHash(part, language) || part.has("{{closure}}", at: part.startIndex) {
        continue
      }
      let kept = separator == 0x24 ? rest : part
      if !result.isEmpty { result.append(separator) }
      result += kept
    }
    return result
  }

  /// `h0123456789abcdef` at the end of Rust's names, the number of Java's hidden classes.
  private static func isHash(_ word: ArraySlice<UInt8>, _ language: String) -> Bool {
    language == "rust" && word.count == 17 && word.first == 0x68
      || language == "java" && word.count >= 8 && isVersion(word)
  }
}
