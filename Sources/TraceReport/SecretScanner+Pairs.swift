extension SecretScanner {
  /// How surely a key says that its value is a credential.
  private enum Strength {
    /// It does.
    case sure
    /// So does its value if it looks like one.
    case weak
  }

  /// The value of `key=value`, `key: value`, `"key":"value"` or `key%3Dvalue`, standing on the sign.
  func pair(signLength: Int) -> Range<Int>? {
    let isEncoded = signLength > 1
    let isColon =
      bytes[at] == UInt8(ascii: ":") || (isEncoded && (bytes[at + signLength - 1] | 32) == 97)
    var end = at
    while end > 0, bytes[end - 1] == UInt8(ascii: " "), at - end < 2 { end -= 1 }
    if isEncoded, end >= 3, starts("%22", end - 3) || starts("%27", end - 3) { end -= 3 }
    if end > 0, isQuote(bytes[end - 1]) { end -= 1 }
    if end > 0, bytes[end - 1] == UInt8(ascii: "\\") { end -= 1 }
    var start = end
    while start > 0, end - start < 80, isKey(bytes[start - 1]) { start -= 1 }
    // What is left of an encoded sign before the key, `%26`, is no part of it.
    if start > 0, bytes[start - 1] == UInt8(ascii: "%"), end - start > 2 { start += 2 }
    guard start < end,
      let strength = strength(start..<end) ?? (isOfTellingPair(start..<end) ? .sure : nil)
    else { return nil }
    guard let range = value(start..<end, signLength: signLength, isColon: isColon) else {
      return nil
    }
    switch strength {
    case .sure: return range
    case .weak: return !isColon && isSecretLike(range, key: start..<end) ? range : nil
    }
  }

  private func strength(_ key: Range<Int>) -> Strength? {
    let name = bytes[key]
    if Secrets.isTelling(name) { return .sure }
    let last = name.reversed().prefix { isLetter($0) || isDigit($0) }.reversed()
    let word = String(decoding: last, as: UTF8.self).lowercased()
    switch word {
    case "sig", "signature", "session", "sid", "sess", "auth", "response": return .weak
    case "id":
      let whole = String(decoding: name, as: UTF8.self).lowercased()
      return whole.hasSuffix("session_id") || whole.hasSuffix("session-id") ? .weak : nil
    case "key", "code":
      // Plain words elsewhere, credentials in a query.
      guard last.count == name.count, key.lowerBound > 0 else { return nil }
      let before = bytes[key.lowerBound - 1]
      return before == UInt8(ascii: "?") || before == UInt8(ascii: "&") ? .weak : nil
    default: return nil
    }
  }

  /// Whether a key is that of the value in a listed pair whose own key tells, as OTLP and Jaeger write them:
  /// `{"key":"password","value":{"stringValue":"…"}}`, `{"key":"password","type":"string","value":"…"}`.
  private func isOfTellingPair(_ key: Range<Int>) -> Bool {
    let last = bytes[key.upperBound - 1] | 32
    guard last == UInt8(ascii: "e"), key.lowerBound > 0 else { return false }
    var end = key.lowerBound - 1
    if !bytes[key].elementsEqual("value".utf8) {
      let name = bytes[key].suffix(5).map { $0 | 32 }
      guard name.elementsEqual("value".utf8), take("\"value\":{", before: &end) else {
        return false
      }
    }
    guard take(",", before: &end) else { return false }
    for type in ["string", "int64", "float64", "binary"]
    where take("\"type\":\"\(type)\",", before: &end) {
      break
    }
    guard take("\"", before: &end) else { return false }
    var start = end
    while start > 0, end - start < 120, isKey(bytes[start - 1]) { start -= 1 }
    let name = start..<end
    end = start
    return take("\"key\":\"", before: &end) && Secrets.isTelling(bytes[name])
  }

  /// Goes back over a text that stands before a place.
  private func take(_ text: String, before place: inout Int) -> Bool {
    let start = place - text.utf8.count
    guard start >= 0, starts(text, start) else { return false }
    place = start
    return true
  }

  /// Whether the value behind a key that tells little looks like a credential.
  private func isSecretLike(_ range: Range<Int>, key: Range<Int>) -> Bool {
    let name = String(decoding: bytes[key], as: UTF8.self).lowercased()
    if name.hasSuffix("response") {
      // Of a Digest: a hash in quotes.
      return (range.count == 32 || range.count == 64) && isQuote(bytes[range.lowerBound - 1])
        && bytes[range].allSatisfy { isDigit($0) || (97...102).contains($0 | 32) }
    }
    let inQuery =
      key.lowerBound > 0
      && (bytes[key.lowerBound - 1] == UInt8(ascii: "?")
        || bytes[key.lowerBound - 1] == UInt8(ascii: "&"))
    if inQuery, name.hasSuffix("sig") || name.hasSuffix("signature") || name == "auth" {
      return range.count >= 4
    }
    let least = name == "auth" ? 10 : name == "key" || name == "code" ? 8 : 6
    return isMixed(range, atLeast: least) || range.count >= 24
  }

  private func value(_ key: Range<Int>, signLength: Int, isColon: Bool) -> Range<Int>? {
    var start = at + signLength
    while start < bytes.count, start - at < 6, isLead(bytes[start]) {
      if starts(Secrets.mask, start) { break }
      start += 1
    }
    if starts(Secrets.mask, start) { return start..<start + Secrets.mask.utf8.count }
    if signLength > 1, starts("%22", start) || starts("%27", start) {
      let begin = start + 3
      return begin..<encodedEnd(begin, onlyQuotes: true)
    }
    if start < bytes.count, bytes[start] == UInt8(ascii: "\\") { start += 1 }
    if start < bytes.count, isQuote(bytes[start]) { return quoted(start) }
    if signLength > 1 {
      while starts("%20", start) || starts("+", start) { start += starts("+", start) ? 1 : 3 }
      return start..<encodedEnd(start, onlyQuotes: false)
    }
    let name = String(decoding: bytes[key], as: UTF8.self).lowercased()
    let isHeader = name.hasSuffix("authorization") || name.hasSuffix("cookie")
    // `token: expected` is a sentence; after a colon a value must look like one.
    if isColon, !isHeader, !looksLikeValue(start, key: name) { return nil }
    var end = start
    while end < bytes.count,
      isHeader ? bytes[end] != UInt8(ascii: "\n") : !ends(end)
    {
      end += 1
    }
    return end > start ? start..<end : nil
  }

  /// What may stand between a sign and its value: spaces, the rest of `=>` and `==`, the beginning of a list.
  private func isLead(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "=")
      || byte == UInt8(ascii: "[")
  }

  /// What stands in quotes that begin here; a cut text may lack their end.
  func quoted(_ quote: Int) -> Range<Int>? {
    let start = quote + 1
    var end = start
    while end < bytes.count, bytes[end] != bytes[quote], bytes[end] != UInt8(ascii: "\n") {
      end += 1
    }
    if end > start, bytes[end - 1] == UInt8(ascii: "\\") { end -= 1 }
    return end > start ? start..<end : nil
  }

  /// A comma ends a value only before a space or another pair: passwords hold commas.
  private func ends(_ place: Int) -> Bool {
    guard endsValue(bytes[place]) else { return false }
    guard bytes[place] == UInt8(ascii: ",") else { return true }
    var next = place + 1
    while next < bytes.count, next - place < 40, isKey(bytes[next]) { next += 1 }
    if next == place + 1 { return true }
    guard next < bytes.count else { return false }
    return bytes[next] == UInt8(ascii: "=") || bytes[next] == UInt8(ascii: ":")
      || isQuote(bytes[next])
  }

  private func encodedEnd(_ start: Int, onlyQuotes: Bool) -> Int {
    var end = start
    while end < bytes.count, !isSpace(bytes[end]), !isQuote(bytes[end]) {
      if starts("%22", end) || starts("%27", end) { break }
      if !onlyQuotes {
        if endsValue(bytes[end]) { break }
        if ["%26", "%20", "%3b", "%2c", "%7d", "%0a", "%0d"].contains(where: {
          startsIgnoringCase($0, end)
        }) {
          break
        }
      }
      end += 1
    }
    return end
  }

  /// Whether what follows a colon is a value: more than lower-case letters; or, behind a key of several words or a
  /// password's, any word that does not speak about the key.
  private func looksLikeValue(_ start: Int, key: String) -> Bool {
    var end = start
    var isOdd = false
    while end < bytes.count, end - start < 64, !endsValue(bytes[end]) {
      let byte = bytes[end]
      isOdd = isOdd || !((97...122).contains(byte) || byte == UInt8(ascii: "."))
      end += 1
    }
    guard end - start >= 4 else { return false }
    if isOdd { return true }
    let isPlain = !key.contains { $0 == "-" || $0 == "_" } && !key.contains("pass")
    return !isPlain && !speaksOfKey(start..<end)
  }

  /// Whether a word is one that sentences about options and keys go on with.
  func speaksOfKey(_ range: Range<Int>) -> Bool {
    let word = String(decoding: bytes[range].prefix(24), as: UTF8.self).lowercased()
    let bare = word.prefix { $0.isLetter }
    return SecretScanner.talk.contains(String(bare)) && bare.count >= word.count - 1
  }

  private static let talk: Set<String> = [
    "a", "an", "and", "are", "argument", "as", "at", "but", "can", "cannot", "changed", "did",
    "does", "empty", "expected", "expired", "failed", "false", "field", "flag", "for", "found",
    "from", "given", "has", "header", "if", "in", "incorrect", "invalid", "is", "it", "may",
    "mismatch", "missing", "must", "needs", "nil", "no", "none", "not", "null", "of", "on", "or",
    "option", "parameter", "refused", "rejected", "required", "requires", "reset", "revoked",
    "sent", "set", "should", "that", "the", "to", "too", "true", "undefined", "unexpected",
    "unknown", "unset", "use", "value", "was", "when", "will", "with", "without", "wrong",
  ]

  /// The text of `<password>…</password>`, standing on the `>`.
  func element() -> Range<Int>? {
    var start = at
    while start > 0, at - start < 60, isKey(bytes[start - 1]) || bytes[start - 1] == 58 {
      start -= 1
    }
    guard start > 0, bytes[start - 1] == UInt8(ascii: "<"), Secrets.isTelling(bytes[start..<at])
    else { return nil }
    var end = at + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "<"), bytes[end] != UInt8(ascii: "\n") {
      end += 1
    }
    return end > at + 1 ? at + 1..<end : nil
  }

  /// What follows an option on a command line: `--token …`, `-password …`, `mysql -p…`, `curl -u user:…`.
  mutating func option() -> Range<Int>? {
    guard at == 0 || isSpace(bytes[at - 1]) || isQuote(bytes[at - 1]) else { return nil }
    var start = at
    while start < bytes.count, start - at < 2, bytes[start] == UInt8(ascii: "-") { start += 1 }
    var end = start
    while end < bytes.count, end - start < 80, isKey(bytes[end]) { end += 1 }
    guard end > start else { return nil }
    if end < bytes.count, bytes[end] == UInt8(ascii: " "), Secrets.isTelling(bytes[start..<end]) {
      return argument(end + 1)
    }
    guard start - at == 1 || starts("user ", start) else { return nil }
    switch bytes[start] {
    case UInt8(ascii: "p"): return passwordOption(start + 1)
    case UInt8(ascii: "a") where end == start + 1 && names("redis-cli"): return argument(end + 1)
    case UInt8(ascii: "u") where end - start == 1 || end - start == 4:
      guard names("curl"), let range = argument(end + 1),
        let colon = bytes[range].firstIndex(of: UInt8(ascii: ":"))
      else { return nil }
      return colon + 1..<range.upperBound
    default: return nil
    }
  }

  /// `-pSECRET`: no port, no path, no word, unless the text names a program that takes passwords so.
  private mutating func passwordOption(_ start: Int) -> Range<Int>? {
    let end = endOfWord(start)
    if end == start { return names("sshpass") || names(" login") ? argument(start + 1) : nil }
    if bytes[start..<end].allSatisfy({ isDigit($0) || $0 == 58 || $0 == 46 || $0 == 47 }) {
      return nil
    }
    let takesPassword = names("mysql") || names("mariadb") || names("sshpass")
    let isOdd = bytes[start..<end].contains { isDigit($0) || (65...90).contains($0) }
    let isPath = bytes[start..<end].contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "=") }
    return takesPassword || (isOdd && !isPath && end - start >= 5) ? start..<end : nil
  }

  /// The word or the quoted text that is an option's argument.
  private func argument(_ place: Int) -> Range<Int>? {
    var start = place
    while start < bytes.count, bytes[start] == UInt8(ascii: " "), start - place < 4 { start += 1 }
    guard start < bytes.count else { return nil }
    if starts(Secrets.mask, start) { return start..<start + Secrets.mask.utf8.count }
    if isQuote(bytes[start]) { return quoted(start) }
    let end = endOfWord(start)
    if bytes[start] == UInt8(ascii: "-") || speaksOfKey(start..<end) { return nil }
    return end > start ? start..<end : nil
  }

  /// `api-key 4f3c…`, `password hunter2`: a key, a space, and what has letters and digits.
  func spacedKey() -> Range<Int>? {
    for word in ["x-api-key ", "api-key ", "api_key ", "apikey ", "password ", "passwd "]
    where startsIgnoringCase(word, at) {
      let start = at + word.utf8.count
      var end = start
      while end < bytes.count, isToken(bytes[end]) { end += 1 }
      if isMixed(start..<end, atLeast: 6) { return start..<end }
    }
    return nil
  }
}
