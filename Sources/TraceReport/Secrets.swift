/// Finds what looks like a credential in text of the input and masks it (design.md 10).
///
/// What is masked: the value behind a telling key (`Authorization: …`, `password=…`, `"api_key": "…"`), `Bearer …` and
/// `Basic …`, JSON web tokens, AWS access keys, keys of well-known shape (`ghp_…`, `sk_live_…`, `xoxb-…`), private key
/// blocks, and the password in `scheme://user:password@host`. Trace ids, UUIDs, hashes and plain words stay: no rule
/// goes by randomness alone.
package struct Secrets {
  /// What stands in place of a masked value.
  package static let mask = "[masked]"

  /// Nothing masked so far.
  package init() {}

  /// How many values were masked so far.
  package private(set) var count = 0

  /// An attribute's value, in the light of its key.
  package mutating func masked(_ value: String, key: String) -> String {
    if Secrets.isTelling(Array(key.utf8)), !value.isEmpty, value != Secrets.mask {
      count += 1
      return Secrets.mask
    }
    return masked(value)
  }

  /// Text with all credentials in it masked.
  ///
  /// - Complexity: O(*n*) for *n* bytes.
  package mutating func masked(_ text: String) -> String {
    var scanner = SecretScanner(Array(text.utf8))
    scanner.scan()
    if scanner.found.isEmpty { return text }
    count += scanner.found.count
    return scanner.masked
  }

  /// Whether a key says that its value is a credential: `password`, `x-api-key`, `http.request.header.authorization`.
  static func isTelling(_ key: some Collection<UInt8>) -> Bool {
    // Words of the key, at `.`, `-`, `_` and where lower case turns into upper case.
    var words: [[UInt8]] = [[]]
    var previous: UInt8 = 0
    for byte in key.suffix(120) {
      let isUpper = (65...90).contains(byte)
      let isLetter = isUpper || (97...122).contains(byte) || (48...57).contains(byte)
      if !isLetter || (isUpper && (97...122).contains(previous)) { words.append([]) }
      if isLetter { words[words.count - 1].append(isUpper ? byte + 32 : byte) }
      previous = byte
    }
    let named = words.filter { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }
    guard let last = named.last else { return false }
    let pair = named.suffix(2).joined()
    return single.contains(last) || double.contains(pair)
      || double.contains(named.suffix(3).joined())
  }

  private static let single: Set<String> = [
    "authorization", "cookie", "cookies", "password", "passwd", "pwd", "passphrase", "secret",
    "secrets", "token", "apikey", "accesskey", "secretkey", "privatekey", "credential",
    "credentials", "accesstoken", "refreshtoken", "idtoken", "authtoken", "sessiontoken",
    "clientsecret", "jwt", "csrftoken", "xsrftoken", "sessionid", "jsessionid", "phpsessid",
  ]
  private static let double: Set<String> = [
    "setcookie", "apikey", "accesskey", "secretkey", "privatekey", "secretaccesskey", "authkey",
    "signingkey", "encryptionkey", "clientsecret", "sessionkey", "xamzsignature",
    "xamzsecuritytoken", "xamzcredential", "awsaccesskeyid",
  ]
}

/// One pass over the bytes of a text; ranges found never overlap.
private struct SecretScanner {
  let bytes: [UInt8]
  var found: [Range<Int>] = []
  private var at = 0
  private var token = 0..<0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The text with each range replaced.
  var masked: String {
    var result: [UInt8] = []
    var done = 0
    for range in found {
      result += bytes[done..<range.lowerBound]
      result += Array(Secrets.mask.utf8)
      done = range.upperBound
    }
    result += bytes[done...]
    return String(decoding: result, as: UTF8.self)
  }

  mutating func scan() {
    while at < bytes.count {
      if startsWord(), let range = scheme() ?? shape() ?? jwt() {
        take(range)
      } else if bytes[at] == UInt8(ascii: ":"), starts("://", at), let range = urlPassword() {
        take(range)
      } else if bytes[at] == UInt8(ascii: "-"), starts("-----BEGIN ", at), let range = keyBlock() {
        take(range)
      } else if bytes[at] == UInt8(ascii: "=") || bytes[at] == UInt8(ascii: ":"),
        let range = pair()
      {
        take(range)
      } else {
        at += 1
      }
    }
  }

  /// Whether a word begins here that may be one of those looked for, by its first letter.
  private func startsWord() -> Bool {
    switch bytes[at] {
    case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "A"), UInt8(ascii: "S"),
      UInt8(ascii: "e"), UInt8(ascii: "g"), UInt8(ascii: "x"), UInt8(ascii: "s"),
      UInt8(ascii: "r"), UInt8(ascii: "n"), UInt8(ascii: "h"):
      at == 0 || !isWord(bytes[at - 1])
    default: false
    }
  }

  private mutating func take(_ range: Range<Int>) {
    // A value that was masked before is not masked again: masking twice changes nothing.
    if !starts(Secrets.mask, range.lowerBound) { found.append(range) }
    at = max(at + 1, range.upperBound)
  }

  /// `Bearer x`, `Basic x`: at least 8 characters of a token with a digit, a capital or a sign in it.
  private mutating func scheme() -> Range<Int>? {
    for word in ["bearer ", "basic "] where startsIgnoringCase(word, at) {
      var start = at + word.utf8.count
      while start < bytes.count, bytes[start] == UInt8(ascii: " ") { start += 1 }
      let end = endOfToken(start)
      let token = bytes[start..<end]
      let telling = token.contains { (48...57).contains($0) || (65...90).contains($0) }
      if token.count >= 8, telling { return start..<end }
    }
    return nil
  }

  /// Keys that bear their issuer's mark.
  private mutating func shape() -> Range<Int>? {
    if starts("AKIA", at) || starts("ASIA", at) {
      let end = endOfToken(at)
      guard end - at == 20 else { return nil }
      return bytes[at..<end].allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
        ? at..<end : nil
    }
    let marks = [
      "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "xoxs-",
      "sk_live_", "sk_test_", "rk_live_", "AIza", "npm_", "sk-ant-", "sk-proj-", "SG.", "hvs.",
    ]
    for mark in marks where starts(mark, at) {
      let end = endOfToken(at)
      if end - at >= 20 { return at..<end }
    }
    return nil
  }

  /// Parts of base64url joined by dots, the first one the start of a JSON object; it ends within 1024 bytes.
  private mutating func jwt() -> Range<Int>? {
    guard starts("eyJ", at) else { return nil }
    var dot = at
    while dot < bytes.count, dot - at < 1024, isToken(bytes[dot]), bytes[dot] != UInt8(ascii: ".") {
      dot += 1
    }
    guard dot < bytes.count, bytes[dot] == UInt8(ascii: "."), dot - at >= 10 else { return nil }
    let end = endOfToken(at)
    return end - dot > 6 ? at..<end : nil
  }

  /// The password in `scheme://user:password@host`, standing on `://`.
  private func urlPassword() -> Range<Int>? {
    var i = at + 3
    var colon = -1
    var last = -1
    while i < bytes.count, i - at < 600, !isSpace(bytes[i]), bytes[i] != UInt8(ascii: "/"),
      bytes[i] != UInt8(ascii: "?"), bytes[i] != UInt8(ascii: "#"), bytes[i] != UInt8(ascii: "\"")
    {
      if bytes[i] == UInt8(ascii: ":"), colon < 0 { colon = i }
      if bytes[i] == UInt8(ascii: "@") { last = i }
      i += 1
    }
    return colon > 0 && last > colon + 1 ? colon + 1..<last : nil
  }

  private func keyBlock() -> Range<Int>? {
    var head = at + 11
    while head < bytes.count, head - at < 60, bytes[head] != UInt8(ascii: "\n") {
      if starts("PRIVATE KEY-----", head) {
        let start = head + 16
        var end = start
        while end < bytes.count, !starts("-----END", end) { end += 1 }
        return start < end ? start..<end : nil
      }
      head += 1
    }
    return nil
  }

  /// The value of `key=value`, `key: value` or `"key":"value"`, standing on the sign.
  private func pair() -> Range<Int>? {
    var end = at
    while end > 0, bytes[end - 1] == UInt8(ascii: " "), at - end < 2 { end -= 1 }
    if end > 0, isQuote(bytes[end - 1]) { end -= 1 }
    if end > 0, bytes[end - 1] == UInt8(ascii: "\\") { end -= 1 }
    var start = end
    while start > 0, end - start < 80, isKey(bytes[start - 1]) { start -= 1 }
    guard start < end, Secrets.isTelling(bytes[start..<end]) else { return nil }
    return value(isHeader: isHeader(bytes[start..<end]))
  }

  private func value(isHeader: Bool) -> Range<Int>? {
    var start = at + 1
    while start < bytes.count, bytes[start] == UInt8(ascii: " "), start - at < 4 { start += 1 }
    if start < bytes.count, bytes[start] == UInt8(ascii: "\\") { start += 1 }
    if start < bytes.count, isQuote(bytes[start]) {
      let quote = bytes[start]
      start += 1
      var end = start
      while end < bytes.count, bytes[end] != quote, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      if end > start, bytes[end - 1] == UInt8(ascii: "\\") { end -= 1 }
      return end > start ? start..<end : nil
    }
    // `token: expected` is a sentence; after a colon a value must look like one.
    if bytes[at] == UInt8(ascii: ":"), !isHeader, !looksLikeValue(start) { return nil }
    var end = start
    while end < bytes.count,
      isHeader ? bytes[end] != UInt8(ascii: "\n") : !endsValue(bytes[end])
    {
      end += 1
    }
    guard end > start else { return nil }
    return start..<end
  }

  /// Whether the first 64 bytes of a word hold more than lower-case letters, and at least four.
  private func looksLikeValue(_ start: Int) -> Bool {
    var end = start
    var isOdd = false
    while end < bytes.count, end - start < 64, !endsValue(bytes[end]) {
      let byte = bytes[end]
      isOdd = isOdd || !((97...122).contains(byte) || byte == UInt8(ascii: "."))
      end += 1
    }
    return isOdd && end - start >= 4
  }

  private func isHeader(_ key: ArraySlice<UInt8>) -> Bool {
    let name = String(decoding: key, as: UTF8.self).lowercased()
    return name.hasSuffix("authorization") || name.hasSuffix("cookie")
  }

  private func starts(_ text: String, _ place: Int) -> Bool {
    bytes[min(place, bytes.count)...].starts(with: text.utf8)
  }

  private func startsIgnoringCase(_ text: String, _ place: Int) -> Bool {
    var i = place
    for byte in text.utf8 {
      guard i < bytes.count,
        bytes[i] == byte || ((65...90).contains(bytes[i]) && bytes[i] + 32 == byte)
      else { return false }
      i += 1
    }
    return true
  }

  /// Where the token that holds `start` ends; remembered, so that no token is walked twice.
  private mutating func endOfToken(_ start: Int) -> Int {
    if start >= token.lowerBound, start < token.upperBound { return token.upperBound }
    let start = min(start, bytes.count)
    var end = start
    while end < bytes.count, isToken(bytes[end]) { end += 1 }
    token = start..<end
    return end
  }

  private func isWord(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      || byte == UInt8(ascii: "_")
  }

  private func isKey(_ byte: UInt8) -> Bool {
    isWord(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }

  private func isToken(_ byte: UInt8) -> Bool {
    isKey(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
      || byte == UInt8(ascii: "=") || byte == UInt8(ascii: "~")
  }

  private func isQuote(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte <= 32 }

  private func endsValue(_ byte: UInt8) -> Bool {
    isSpace(byte) || isQuote(byte) || byte == UInt8(ascii: "&") || byte == UInt8(ascii: ";")
      || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "}")
      || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: "#")
  }
}
