extension SecretScanner {
  /// `Bearer x`, `Basic x`: at least 8 characters of a token with a digit, a capital or a sign in it.
  mutating func scheme() -> Range<Int>? {
    for word in ["bearer ", "basic "] where startsIgnoringCase(word, at) {
      var start = at + word.utf8.count
      while start < bytes.count, bytes[start] == UInt8(ascii: " ") { start += 1 }
      let end = endOfToken(start)
      let token = bytes[start..<end]
      let telling = token.contains { isDigit($0) || (65...90).contains($0) }
      if token.count >= 8, telling { return start..<end }
    }
    return nil
  }

  /// Addresses that let anyone in who knows them.
  func address() -> Range<Int>? {
    for head in SecretScanner.addresses where mayStart(head) {
      guard startsIgnoringCase(head, at) else { continue }
      let start = at + head.utf8.count
      if starts(Secrets.mask, start) { return start..<start + Secrets.mask.utf8.count }
      var end = start
      while end < bytes.count, !endsValue(bytes[end]), bytes[end] != UInt8(ascii: "?") { end += 1 }
      return end > start ? start..<end : nil
    }
    return nil
  }

  private static let addresses = [
    "hooks.slack.com/services/", "hooks.slack.com/workflows/", "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/", "api.telegram.org/bot", "webhook.office.com/webhookb2/",
  ]

  /// Whether the first two bytes here are those of a word in ASCII, in any case: sorts out most words at once.
  private func mayStart(_ word: String) -> Bool {
    guard at + 1 < bytes.count else { return false }
    var expected = word.utf8.makeIterator()
    return expected.next().map { $0 | 32 } == bytes[at] | 32
      && expected.next().map { $0 | 32 } == bytes[at + 1] | 32
  }

  /// Keys that bear their issuer's mark; shorter ones too where the text was cut in them.
  mutating func shape() -> Range<Int>? {
    if bytes[at] == UInt8(ascii: "A"), starts("AKIA", at) || starts("ASIA", at) {
      let end = endOfToken(at)
      guard end - at == 20 else { return nil }
      return bytes[at..<end].allSatisfy { isDigit($0) || (65...90).contains($0) } ? at..<end : nil
    }
    for mark in SecretScanner.marks[bytes[at]] ?? [] where mayStart(mark) && starts(mark, at) {
      let end = endOfToken(at)
      let isCut = end == bytes.count || starts("…", end)
      let body = bytes[min(end, at + mark.utf8.count)..<end].prefix(400)
      let isOdd = body.contains { isDigit($0) || (65...90).contains($0) }
      if isOdd, end - at >= (isCut ? 12 : 20) { return at..<end }
    }
    for head in SecretScanner.privateKeyHeads[bytes[at]] ?? []
    where mayStart(head) && starts(head, at) {
      var end = at
      while end < bytes.count, isToken(bytes[end]) || isSpace(bytes[end]) || bytes[end] == 92 {
        if starts("-----", end) { break }
        end += 1
      }
      return at..<end
    }
    return nil
  }

  /// Whether a mark, a private key or an address may begin with a byte.
  static let headBytes: [Bool] = {
    var heads = Array(repeating: false, count: 256)
    for byte in marks.keys { heads[Int(byte)] = true }
    for byte in privateKeyHeads.keys { heads[Int(byte)] = true }
    for byte in "adhwADHW".utf8 { heads[Int(byte)] = true }
    return heads
  }()

  /// Marks by their first letter.
  private static let marks = byFirst([
    "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "xoxb-",
    "xoxp-", "xoxa-", "xoxs-", "xoxr-", "xoxe-", "xoxe.", "xapp-", "sk_live_", "sk_test_",
    "rk_live_", "rk_test_", "whsec_", "AIza", "ya29.", "npm_", "pypi-", "sk-ant-", "sk-proj-",
    "SG.", "hvs.", "hf_", "dop_v1_", "doo_v1_", "dor_v1_", "dckr_pat_", "shpat_", "sq0atp-",
    "lin_api_",
  ])

  /// How the bodies of RSA, PKCS 8, EC and OpenSSH private keys begin in base64.
  private static let privateKeyHeads = byFirst([
    "MIIEpAIBAAKCAQEA", "MIIEowIBAAKCAQEA", "MIIEvQIBADANBgkq", "MIIEvgIBADANBgkq",
    "MIIEvAIBADANBgkq", "MIIJKQIBAAKCAgEA", "MIIJKAIBAAKCAgEA", "MHcCAQEEI",
    "b3BlbnNzaC1rZXktdjEA",
  ])

  private static func byFirst(_ words: [String]) -> [UInt8: [String]] {
    Dictionary(grouping: words) { $0.utf8.first ?? 0 }
  }

  /// Parts of base64url joined by dots, the first one the start of a JSON object; it ends within 1024 bytes.
  mutating func jwt() -> Range<Int>? {
    guard starts("eyJ", at) else { return nil }
    var dot = at
    while dot < bytes.count, dot - at < 1024, isToken(bytes[dot]), bytes[dot] != UInt8(ascii: ".") {
      dot += 1
    }
    guard dot < bytes.count, bytes[dot] == UInt8(ascii: "."), dot - at >= 10 else { return nil }
    let end = endOfToken(at)
    return end - dot > 6 ? at..<end : nil
  }

  /// The secret part of `scheme://user:password@host` or `scheme://token@host`, standing on `://`.
  ///
  /// What follows a colon and is no port is a password even where it holds `/`, `?` or `#`.
  func userInfo() -> Range<Int>? {
    let start = at + 3
    var colon = -1
    var sign = -1
    var i = start
    var isInside = true
    while i < bytes.count, i - at < 600, !isSpace(bytes[i]), bytes[i] != UInt8(ascii: "\"") {
      switch bytes[i] {
      case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"):
        if isInside {
          isInside = false
          let port = colon > 0 ? bytes[(colon + 1)..<i] : []
          if sign > 0 || colon < 0 || port.allSatisfy(isDigit) { i = bytes.count }
        }
      case UInt8(ascii: ":"): if colon < 0 { colon = i }
      case UInt8(ascii: "@"):
        sign = i
        if !isInside { i = bytes.count }
      default: break
      }
      i += 1
    }
    guard sign > start else { return nil }
    if colon > 0, colon < sign { return colon + 1..<sign }
    return isMixed(start..<sign, atLeast: 8) || sign - start >= 24 ? start..<sign : nil
  }

  /// The body of a private key behind its first line, to its last one or to where it was cut; or before its last line.
  func keyBlock() -> Range<Int>? {
    if starts("-----BEGIN ", at), let start = endOfKeyLine(at + 11) {
      var end = start
      while end < bytes.count, !starts("-----END", end) { end += 1 }
      return start < end ? start..<end : nil
    }
    if starts("-----END ", at), endOfKeyLine(at + 9) != nil {
      var start = at
      while start > lastEnd,
        isSpace(bytes[start - 1]) || bytes[start - 1] == 92
          || (isToken(bytes[start - 1]) && bytes[start - 1] != UInt8(ascii: "-"))
      {
        start -= 1
      }
      return at - start >= 8 ? start..<at : nil
    }
    return nil
  }

  /// Where `… PRIVATE KEY-----` ends that begins here.
  private func endOfKeyLine(_ start: Int) -> Int? {
    var head = start
    while head < bytes.count, head - start < 60, bytes[head] != UInt8(ascii: "\n") {
      for words in ["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----"] where starts(words, head) {
        return head + words.utf8.count
      }
      head += 1
    }
    return nil
  }

  /// `PASSWORD 'x'` and `IDENTIFIED BY 'x'` of SQL: what stands in the quotes, to the end where the text was cut in them.
  func statementPassword() -> Range<Int>? {
    for head in ["password", "identified by"] where startsIgnoringCase(head, at) {
      let from = at + head.utf8.count
      var start = from
      while start < bytes.count, isSpace(bytes[start]) || bytes[start] == UInt8(ascii: "(") {
        start += 1
      }
      if start > from, start < bytes.count, isQuote(bytes[start]) { return quoted(start) }
    }
    return nil
  }
}
